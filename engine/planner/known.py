"""What people may know of a campaign before it is amended, and what of it still waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from channels.base import Channel
from engine.ledger import Current, Ledger
from engine.ledger.told import ToldRow
from engine.models import Campaign, Purpose
from engine.states import State

#: Hamlet, channel, target.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """Words that people may know at one place. ``words`` is the hash of what was said there.

    A correction's words are those that it says, without that it is one.
    """

    row: ToldRow
    words: str

    @property
    def withdrawn(self) -> bool:
        """Say whether it told that the message does not hold here."""
        return self.row.purpose is Purpose.WITHDRAWAL


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery that counts, whatever has become of it: it need not be made again."""

    delivery: Current
    purpose: Purpose
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What people may know, place by place, in the order in which they were told.

    ``standing`` are all deliveries that no later revision has replaced.
    """

    told: Mapping[Place, Sequence[Told]] = field(default_factory=dict)
    standing: Mapping[Place, Sequence[Standing]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, campaign_id: str, ledger: Ledger, recalled: Collection[str], now: datetime
    ) -> Known:
        """Read it. On ``recalled`` channels what lies ready for a slot after ``now`` is unknown.

        Raises LoaError when the ledger has lost what one of them says.
        """
        rows = [
            row
            for row in ledger.told.of(campaign_id)
            if not (row.state is State.SENT and row.channel in recalled and row.slot > now)
        ]
        current = ledger.deliveries.current(campaign_id)
        if not rows and not current:
            return NOBODY
        hashes = {row.content_hash for row in rows if row.purpose is Purpose.CORRECTION}
        hashes |= {one.key[5] for one in current if one.key[4] == Purpose.CORRECTION}
        words = said_by(ledger, hashes)
        told: dict[Place, list[Told]] = {}
        for row in rows:
            said = Told(row, words.get(row.content_hash, row.content_hash))
            told.setdefault(row.place, []).append(said)
        standing: dict[Place, list[Standing]] = {}
        for one in current:
            hamlet, channel, target, _slot, purpose, content = one.key
            there = Standing(one, Purpose(purpose), words.get(content, content))
            standing.setdefault((hamlet, channel, target), []).append(there)
        return cls(told, standing)


NOBODY = Known()


def known_of(
    campaign: Campaign, ledger: Ledger, channels: Mapping[str, Channel], now: datetime
) -> Known:
    """Return what people may know of a campaign that amends something; only such a one asks."""
    if campaign.correction is None:
        return NOBODY
    recalled = {name for name, one in channels.items() if one.cumulative}
    return Known.of(campaign.id, ledger, recalled, now)


def said_by(ledger: Ledger, hashes: Collection[str]) -> dict[str, str]:
    """Return, for contents that amend something, the hash of the same words said plainly."""
    found = ledger.deliveries.contents(hashes)
    return {
        key: content.correction.words
        for key, (content, _needs) in found.items()
        if content.correction is not None and content.correction.words
    }
