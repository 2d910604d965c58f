"""What the relay pages know and do: all of it blocking, so all of it in threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import HTTPException

from channels.chat.pictures import flyer_png
from engine.app import Communes
from engine.console.forms import ClosedError
from engine.dispatch.relaying import Page, Relaying
from engine.i18n import gettext as _
from engine.ledger.relays import RelayDoor
from engine.models import File
from engine.models.relay import RelayLink, Way, WordKind

#: Channels whose files a page offers, by what the address calls them.
FILES = {"to-roi.png": "flyer", "loa.mp3": "loudspeaker"}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sent with the form of one hamlet."""

    hamlet_id: str
    what: str
    households: int | None = None
    way: Way = Way.GROUP
    text: str = ""


class RelayDesk:
    """Serves the links of the communes that a workspace serves."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes
        self._door = RelayDoor(communes.house.database, communes.house.seal, communes.only_id)

    def link(self, token: str) -> RelayLink:
        """Return what a token opens, by the registry as its file says now.

        Raises ClosedError for one that opens nothing.
        """
        link = self._door.open(token, self._communes.clock.now())
        if link is None:
            raise ClosedError
        self._communes.reread()
        return link

    def page(self, link: RelayLink) -> Page:
        with self._relaying(link) as relaying:
            return relaying.page(link)

    def file(self, link: RelayLink, hamlet_id: str, name: str) -> File:
        """Return a hamlet's picture or sound.

        Raises HTTPException (404) for one that there is not, and what Relaying raises.
        """
        with self._relaying(link) as relaying:
            theirs = {hamlet.id for hamlet in relaying.hamlets_of(link)}
            known = name in FILES and hamlet_id in theirs
            file = relaying.file(link, hamlet_id, FILES[name]) if known else None
            if file is None:
                raise HTTPException(404, _("there is nothing here"))
            if FILES[name] == "flyer":
                return File.of_bytes(name, "image/png", flyer_png(file.read()))
            return file

    def take(self, link: RelayLink, said: Said) -> None:
        """Keep what somebody said. Raises LoaError for what cannot be, in words for him."""
        now = self._communes.clock.now()
        with self._relaying(link) as relaying:
            match said.what:
                case "received":
                    relaying.received(link, said.hamlet_id, now)
                case "relayed":
                    relaying.passed_on(link, said.hamlet_id, said.households, said.way, now)
                case kind:
                    relaying.write(link, said.hamlet_id, WordKind(kind), said.text, now)

    @contextmanager
    def _relaying(self, link: RelayLink) -> Iterator[Relaying]:
        with self._communes.lent(link.commune_id) as app:
            newest = app.ledger.registries.latest()
            registry = app.ledger.registries.load(newest) if newest else app.registry
            yield Relaying(app.ledger, registry, app.channels, app.renderer)
