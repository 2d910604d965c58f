"""What keeps an amendment from going out as it stands, and what an official should know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from engine.i18n import gettext as _
from engine.models import (
    Amends,
    Breach,
    Campaign,
    Forecast,
    Hamlet,
    PlannedDelivery,
    Purpose,
    Registry,
    digest,
)
from engine.models.wording import channel_name
from engine.planner.amending import Amender
from engine.planner.compose import Composed, Composer, audience
from engine.planner.known import Known, Told
from engine.planner.said import issued_as, second_parts
from engine.planner.truth import Before
from engine.states import UNSENT


class Meant(Protocol):
    """One hamlet on one channel: its words."""

    @property
    def hamlet(self) -> Hamlet: ...

    @property
    def channel(self) -> str: ...

    @property
    def composed(self) -> Composed: ...


class AmendingRules:
    """Judges one amendment in one commune, by what its places know and by what is planned."""

    def __init__(
        self,
        campaign: Campaign,
        registry: Registry,
        known: Known,
        composer: Composer,
        amender: Amender,
        meant: Sequence[Meant],
    ) -> None:
        assert campaign.correction is not None
        self._campaign = campaign
        self._registry = registry
        self._composer = composer
        self._amender = amender
        self._meant = meant
        self._correction = campaign.correction
        #: As it is told to those who know the newest; others know an older one by another name.
        self._facts = replace(campaign.correction, earlier=())
        self._there = {place[:2] for place in (*known.told, *known.standing)}
        told = [one for ones in known.told.values() for one in ones]
        #: All that may be known in each hamlet, by each channel.
        self._by_place = [
            (place[:2], one.said)
            for places in (known.told, known.standing)
            for place, ones in places.items()
            for one in ones
        ]
        #: The same, but for what was taken back.
        self._holding = [
            *(
                (place[:2], one.said)
                for place, ones in known.told.items()
                for one in _holding(ones)
            ),
            *(
                (place[:2], one.said)
                for place, ones in known.standing.items()
                for one in ones
                if one.purpose is not Purpose.WITHDRAWAL and one.delivery.state in UNSENT
            ),
        ]
        self._numbers = {one.said.issued for one in told if one.said.issued}

    def breaches(self, deliveries: Sequence[PlannedDelivery]) -> Iterator[Breach]:
        """Yield why it cannot be delivered, also to places that may come to know of it yet."""
        yield from self._unfit()
        yield from self._dropped()
        yield from self._numbered(deliveries)
        if self._correction.amends is not Amends.UPDATE:
            yield from self._unspoken()
        if not self._correction.withdraws:
            yield from self._untold()

    def before(self) -> Before:
        """Return what people were told, and the hamlets where that is not what they are told now.

        Whoever still may come to know of the old words counts as one who was told.
        """
        meant = {(item.hamlet.id, item.channel): item.hamlet for item in self._meant}
        otherwise = {
            place[0]
            for place, said in self._by_place
            if place not in meant or not self._composer.says(said.words, place[1], meant[place])
        }
        texts: dict[str, set[str]] = {}
        for (hamlet_id, _channel), said in self._by_place:
            texts.setdefault(hamlet_id, set()).update(said.texts)
        return Before(texts, otherwise)

    def remarks(self) -> Iterator[str]:
        """Yield what is left out, and what is left to a pen."""
        if self._correction.without:
            parts = ", ".join(self._correction.without)
            yield _("left out, as asked: {parts}").format(parts=parts)
        for option, given, told in (
            ("--reason-second", self._correction.second, self._readers()),
            ("--withdrawn-second", self._correction.second_withdrawn, self._readers(meant=False)),
        ):
            if given and not told:
                message = _("{option}: nobody was told anything of it in a second language")
                yield message.format(option=option)
        if self._correction.withdraws:
            yield from self._numberless()

    def _numberless(self) -> Iterator[str]:
        """Yield where a withdrawal bears no number, or was given one that nothing prints."""
        names = {name for _hamlet, name in self._there} & self._campaign.sections.keys()
        issued = {
            name: issued_as(self._composer.withdrawn(name, self._facts).content) for name in names
        }
        for name in sorted(name for name, number in issued.items() if number == ""):
            yield _(
                "{channel}: the withdrawal is a document of its own: it is printed without a "
                "number, to be written by hand; or give one: --number, --date"
            ).format(channel=channel_name(name))
        if self._correction.document is not None and set(issued.values()) <= {None}:
            yield _("--number, --date: nothing that was told is an official document")

    def fingerprint(self, plainly: str, channels: Iterable[str]) -> str:
        """Hash what it is bound to: the words, plain and as a correction, and its reason.

        Whom they have reached by the time at which it opens has no part in it.
        """
        corrected = {
            one.hash: self._amender.forecast(one, item.hamlet).text
            for item in self._meant
            for one in (self._composer.corrected(item.composed, self._facts),)
        }
        taken_back = {
            name: self._taken_back(name, hamlet).text
            for name in channels
            for hamlet in self._registry.hamlets[:1]
        }
        return digest(plainly, self._correction, corrected, taken_back)

    def _taken_back(self, channel: str, hamlet: Hamlet) -> Forecast:
        return self._amender.forecast(self._composer.withdrawn(channel, self._facts), hamlet)

    def _unfit(self) -> Iterator[Breach]:
        """Yield which flyer has no room for what it says of itself, and what can be done."""
        seen: set[tuple[str, str]] = set()
        for hamlet, channel, said in self._amendments():
            forecast = self._amender.forecast(said, hamlet)
            hints = {one.words: f"{channel}:{one.part}" for one in forecast.unfit}
            for words in forecast.breaches:
                if (said.hash, words) not in seen:
                    seen.add((said.hash, words))
                    yield Breach(_with_hint(words, hints.get(words)), channel, hamlet.id)

    def _amendments(self) -> Iterator[tuple[Hamlet, str, Composed]]:
        """Yield what is said, as an amendment, wherever somebody may know of it."""
        meant: set[tuple[str, str]] = set()
        for item in self._meant:
            place = (item.hamlet.id, item.channel)
            meant.add(place)
            if place in self._there:
                said = self._composer.corrected(item.composed, self._facts)
                yield item.hamlet, item.channel, said
        for hamlet_id, channel in sorted(self._there - meant):
            hamlet = self._registry.hamlets_by_id.get(hamlet_id)
            if hamlet is not None and channel in self._amender.channels:
                yield hamlet, channel, self._composer.withdrawn(channel, self._facts)

    def _dropped(self) -> Iterator[Breach]:
        """Yield that a channel is left out that told hamlets which are still meant.

        It could only tell them that the notice does not hold, which would be false.
        """
        meant = {hamlet.id for hamlet in audience(self._campaign, self._registry)}
        for hamlet, channel in dict.fromkeys(self._amender.told_by_now()):
            if hamlet in meant and channel not in self._campaign.sections:
                message = _(
                    "{channel} has told people here, and the file leaves it out, although the "
                    "notice still holds here: keep {channel} in the file, or withdraw the notice"
                )
                yield Breach(message.format(channel=channel_name(channel)), channel, hamlet)

    def _readers(self, *, meant: bool = True) -> tuple[str, ...]:
        """Return the parts that told readers of a second language, where it still is meant, or not.

        A withdrawal is one for everybody.
        """
        here = {(item.hamlet.id, item.channel) for item in self._meant}
        parts = {
            part
            for place, one in self._holding
            if self._correction.withdraws or (place in here) is meant
            for part in one.second
        }
        return tuple(sorted(parts - set(self._correction.without)))

    def _unspoken(self) -> Iterator[Breach]:
        """Yield that readers of a second language were told, and would not be told otherwise."""
        for part in self._readers():
            channel = part.partition(":")[0]
            if not self._speaks(part):
                message = _(
                    "readers of the second language were told ({part}), and the file says nothing "
                    "in it any more: keep it there; or leave them out, and tell them yourselves: "
                    "--without {part}"
                )
                yield Breach(message.format(part=part), channel)
            elif not self._correction.second:
                message = _(
                    "readers of the second language were told ({part}): say in that language, as "
                    "it is to be printed, that this is amended, and why: --reason-second; or leave "
                    "them out, and tell them yourselves: --without {part}"
                )
                yield Breach(message.format(part=part), channel)

    def _untold(self) -> Iterator[Breach]:
        """Yield that readers of a second language would not be told that it does not hold there."""
        for part in self._readers(meant=False):
            if self._correction.second_withdrawn and self._speaks(part):
                continue
            message = _(
                "readers of the second language were told ({part}) in hamlets that the file leaves "
                "out: say in that language, as it is to be printed, that it does not hold for "
                "them: loa correct … --withdrawn-second, with the second language in the file; or "
                "leave them out, and tell them yourselves: --without {part}"
            )
            yield Breach(message.format(part=part), part.partition(":")[0])

    def _speaks(self, part: str) -> bool:
        """Say whether the file says something in a second language, as that part."""
        channel = part.partition(":")[0]
        section = self._campaign.sections.get(channel)
        return section is not None and part in second_parts(channel, section.options)

    def _numbered(self, deliveries: Sequence[PlannedDelivery]) -> Iterator[Breach]:
        """Yield that an amendment bears the number of what it amends."""
        used = self._amender.used
        issued = {
            (one.channel, issued_as(used[one.content_hash].content))
            for one in deliveries
            if one.content_hash in used
        }
        for channel, number in sorted((c, n) for c, n in issued if n and n in self._numbers):
            message = _(
                "the number {number} is that of the document that people have: an amendment is a "
                "document of its own; give it its own number and date ({where}), or leave the "
                "number empty"
            )
            withdraws = self._correction.withdraws
            where = "--number, --date" if withdraws else "official.number, official.date"
            yield Breach(message.format(number=number, where=where), channel)


def _holding(told: Sequence[Told]) -> Sequence[Told]:
    """Return what a place was told, if it was not told last that it does not hold."""
    return () if told[-1].withdrawn else [one for one in told if not one.withdrawn]


def _with_hint(words: str, part: str | None) -> str:
    if part is None:
        return words
    hint = _("{words} (of the text or of the reason); or leave it out: --without {part}")
    return hint.format(words=words, part=part)
