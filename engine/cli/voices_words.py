"""The voices in words: a table for the screen, and the same for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from channels.loudspeaker.speech.engine import Cost
from engine.app.voicing import EVERYONE, ListedVoice
from engine.i18n import gettext as _
from engine.reports.words import number
from engine.settings import LoudspeakerSettings


def voices_table(found: Iterable[ListedVoice]) -> Table:
    """Return a row for each voice: what its engine is, and at which place it is tried."""
    table = Table(
        Column(_("Engine"), style="bold", no_wrap=True),
        Column(_("Voice"), no_wrap=True),
        Column(_("Language"), no_wrap=True),
        Column("Hz", justify="right", no_wrap=True),
        Column(_("Online"), no_wrap=True),
        Column(_("Cost"), no_wrap=True),
        Column(_("Kept"), no_wrap=True),
        Column(_("Used"), overflow="fold", min_width=len(_("Used"))),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for one in found:
        voice, traits = one.voice, one.engine.traits
        about = (region_word(voice.about) or voice.language) if voice else ""
        table.add_row(
            one.engine.name,
            f"{'✗ ' if one.trouble else ''}{one.choice.voice or '–'}",
            about or "–",
            number(voice.rate) if voice else "–",
            _("yes") if traits.online else _("no"),
            cost_word(traits.cost),
            _("yes") if traits.cacheable else _("no"),
            _used(one.used),
        )
    return table


def cost_lines(found: Iterable[ListedVoice]) -> Iterator[str]:
    """Yield what a mark in the table means, if it is there."""
    if any(one.engine.traits.cost is Cost.QUOTA for one in found):
        yield _("* as long as the far side lets itself be asked so often")


def trouble_lines(found: Iterable[ListedVoice]) -> Iterator[str]:
    """Yield what keeps voices from speaking, each reason once."""
    for reason in dict.fromkeys(
        f"{one.engine.name}: {one.trouble}" for one in found if one.trouble
    ):
        yield f"✗ {reason}"


def chain_lines(settings: Mapping[str, LoudspeakerSettings]) -> Iterator[str]:
    """Yield in which order engines are tried: for everyone, then for communes of their own."""
    for whose, own in settings.items():
        chain = " → ".join(f"{engine} ({own.voice_of(engine) or '–'})" for engine in own.chain)
        if whose == EVERYONE:
            yield _("Tried in this order: {chain}").format(chain=chain)
        else:
            yield _("{commune} alone: {chain}").format(commune=whose, chain=chain)


def plain(one: ListedVoice) -> dict[str, object]:
    """Return a voice for programs."""
    traits = one.engine.traits
    return {
        "engine": one.engine.name,
        "voice": one.choice.voice,
        "language": one.voice.language if one.voice else None,
        "rate": one.voice.rate if one.voice else None,
        "about": one.voice.about if one.voice else "",
        "online": traits.online,
        "cost": traits.cost.value,
        "cacheable": traits.cacheable,
        "at_once": traits.at_once,
        "used": {whose or "*": place for whose, place in one.used.items()},
        "trouble": one.trouble,
    }


def region_word(about: str) -> str:
    return {"south": _("South"), "north": _("North"), "central": _("Central")}.get(about, about)


def cost_word(cost: Cost) -> str:
    return {Cost.FREE: _("free"), Cost.QUOTA: _("free*")}[cost]


def _used(used: Mapping[str, int]) -> str:
    places = (
        str(place) if whose == EVERYONE else f"{whose}: {place}" for whose, place in used.items()
    )
    return ", ".join(places) or "–"
