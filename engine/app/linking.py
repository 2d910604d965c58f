"""The port through which a kit gets the link with which somebody answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.clock import Clock
from engine.ledger import Seal
from engine.ledger.relays import Relays
from engine.models.relay import RelayLink
from engine.settings.sections import ConsoleSettings

#: Where the codes on cover sheets lead.
COVERS = "/b"

#: Letters of a signature.
_SIGNED = 22


def cover_mark(seal: Seal, code: str) -> str:
    """Return what permits whoever holds a cover to say what came of its bundle.

    A signature under the data key, as links have; a cover is the same however often it is printed.
    """
    return seal.mark(f"cover\n{code}")[:_SIGNED]


def address_of(console: ConsoleSettings, relays: Relays, link: RelayLink) -> str:
    """Return the address that opens a link."""
    base = console.public_url or f"http://{console.listen}"
    return f"{base}/r/{relays.token(link)}"


@dataclass(frozen=True, slots=True)
class LedgerLinks:
    """One commune's links, as ``loa relay links`` makes them."""

    relays: Relays
    console: ConsoleSettings
    clock: Clock

    def address(self, campaign_id: str, person_id: str) -> str:
        """Return a person's link, made where there is none; "" where no phone could open it."""
        if not self.console.public_url:
            return ""
        now = self.clock.now()
        until = now + timedelta(days=self.console.link_days)
        link = self.relays.link(campaign_id, person_id, at=now, until=until)
        return address_of(self.console, self.relays, link)
