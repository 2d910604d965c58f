"""What people may know of a campaign before it is amended, and what of it still waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from channels.base import Channel
from engine.ledger import Current, Ledger
from engine.ledger.deliveries import missing_content
from engine.ledger.told import ToldRow
from engine.models import Campaign, Content, Purpose
from engine.models.plan import Frozen
from engine.planner.said import Words, issued_as, parts_of, second_parts, words_of
from engine.states import UNSENT, State

#: Hamlet, channel, target.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What a content says: its ``words`` (``words_of``), and the hash of itself said plainly.

    ``second`` are the parts that told readers of a second language, ``issued`` is the number of
    the document that it was; empty for none. ``texts`` are what was read or heard.
    """

    words: Words
    plainly: str
    second: tuple[str, ...] = ()
    issued: str = ""
    texts: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """Words that people may know at one place."""

    row: ToldRow
    said: Said

    @property
    def withdrawn(self) -> bool:
        """Say whether it told that the message does not hold here."""
        return self.row.purpose is Purpose.WITHDRAWAL


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery that counts, whatever has become of it: it need not be made again."""

    delivery: Current
    purpose: Purpose
    said: Said

    def good_as(self, plainly: str) -> bool:
        """Say whether it need not be made anew, if it tells the same words.

        What was not sent yet is, unless it is the same content.
        """
        return self.said.plainly == plainly or self.delivery.state not in UNSENT


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
        hashes = {row.content_hash for row in rows} | {one.key[5] for one in current}
        return cls.among(rows, current, said_by(ledger, hashes))

    @classmethod
    def among(
        cls, rows: Iterable[ToldRow], current: Iterable[Current], said: Mapping[str, Said]
    ) -> Known:
        """Return what these rows amount to; ``said`` is what their contents say."""
        told: dict[Place, list[Told]] = {}
        for row in rows:
            told.setdefault(row.place, []).append(Told(row, said[row.content_hash]))
        standing: dict[Place, list[Standing]] = {}
        for one in current:
            hamlet, channel, target, _slot, purpose, content = one.key
            there = Standing(one, Purpose(purpose), said[content])
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


def said_by(ledger: Ledger, hashes: Collection[str]) -> dict[str, Said]:
    """Return what contents say, by their hashes.

    Raises LoaError when the ledger has lost one of them.
    """
    known: dict[str, Frozen] = {}
    missing = set(hashes)
    while missing:
        found = ledger.deliveries.contents(missing)
        for lost in missing - found.keys():
            raise missing_content(lost)
        known |= found
        missing = {need for _content, needs in found.values() for need in needs.values()}
        missing -= known.keys()
    return said_in(known, hashes)


def said_in(known: Mapping[str, Frozen], hashes: Collection[str]) -> dict[str, Said]:
    """Return what contents say that are at hand, with all those that they build on."""
    words: dict[str, Words] = {}

    def words_in(key: str) -> Words:
        if key not in words:
            content, needs = known[key]
            words[key] = words_of(content, {name: words_in(need) for name, need in needs.items()})
        return words[key]

    return {key: _said(key, known[key][0], words_in(key)) for key in hashes}


def _said(key: str, content: Content, words: Words) -> Said:
    plainly = content.correction.words if content.correction is not None else ""
    second = second_parts(content.channel, content.options)
    reason = (content.correction.reason,) if content.correction is not None else ()
    texts = (*(text for _path, text in parts_of(content)), *reason)
    return Said(words, plainly or key, second, issued_as(content) or "", texts)
