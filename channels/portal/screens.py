"""Pages for screens in public places: what is in force in one hamlet, one notice after another.

A page holds all its notices, so it goes on without a network; its script shows one at a time
and, by the screen's own clock, none that has run out. Without scripts all of them stand below
each other.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256

from markupsafe import Markup

from channels.portal.archive import State
from channels.portal.documents import Place
from channels.portal.labels import Label
from channels.portal.names import SCREENS
from channels.portal.pages import asset, page
from channels.portal.text import Block, excerpt
from channels.portal.views import PostView, SectionView
from engine.clock import VIETNAM
from engine.models import Priority, Purpose
from engine.models.correction import WITHDRAWAL_HOLDS

#: How many notices take turns; emergencies always do.
SHOWN = 30

#: How many characters of a text stand on a screen; the rest is behind the QR code.
READABLE = 420

#: How many of them a line of the facts takes the room of: it stands by itself.
FACT = 60

_FILES = ("screen.css", "screen.js", "sw.js", "loa.svg")


@dataclass(frozen=True)
class Slide:
    """One notice on a screen."""

    post: PostView
    section: SectionView

    @property
    def drill(self) -> bool:
        """Whether it is one, or ends or amends one."""
        return self.section.post.purpose is Purpose.DRILL or self.section.post.of_drill

    @property
    def urgent(self) -> bool:
        """Whether it takes the whole screen; a drill of an emergency does, too."""
        post = self.section.post
        plays = post.purpose is Purpose.DRILL and post.priority is Priority.EMERGENCY
        return post.urgent or plays

    @property
    def kind(self) -> str:
        words = ("urgent" if self.urgent else "", "drill" if self.drill else "")
        return " ".join(filter(None, ("notice", *words)))

    @property
    def withdrawn(self) -> bool:
        """Whether it tells that the notice holds here no more; so for some days after that."""
        return self.section.withdrawn

    @property
    def labels(self) -> tuple[Label, ...]:
        """What concerns this hamlet; another one's amendment is none of it."""
        return self.post.labels_in(self.section)

    @property
    def since(self) -> datetime:
        """When it was withdrawn."""
        amended = self.section.amended
        return amended.at if amended is not None else self.post.updated

    @property
    def note(self) -> str:
        """What a correction corrects, and why; a withdrawal says that in its text."""
        amended = self.section.amended
        return "" if amended is None or self.withdrawn else amended.opening

    @property
    def ends(self) -> int:
        """When it has run out, in seconds since 1970."""
        own = self.section.post.valid_until
        if self.withdrawn:
            own = min(own, self.post.updated + WITHDRAWAL_HOLDS)
        ended = self.post.ended_at
        return int((min(own, ended) if ended else own).timestamp())

    @property
    def facts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it comes down to; a notice that says so may do without its text."""
        return self.section.facts

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """As many whole paragraphs as can be read from afar; of text alone at least a beginning."""
        chosen: list[Block] = []
        room = READABLE - FACT * sum(len(lines) for _label, lines in self.facts)
        for block in self.section.blocks:
            length = sum(len(line) for line in block.lines)
            if length > room:
                break
            chosen.append(block)
            room -= length
        while len(chosen) < len(self.section.blocks) and _announces(chosen[-1:]):
            chosen.pop()  # the list that it announces is not there
        if not chosen and self.section.blocks and not self.facts:
            first = self.section.blocks[0]
            line = excerpt(" ".join(first.lines), READABLE)
            chosen.append(Block(first.kind, (line,), first.numbers[:1]))
        return tuple(chosen)

    @property
    def shortened(self) -> bool:
        def length(blocks: Sequence[Block]) -> int:
            return sum(len(line) for block in blocks for line in block.lines)

        return length(self.blocks) < length(self.section.blocks)

    @property
    def qr(self) -> Markup:
        return _qr(self.post.record.permalink)


def screens(
    state: State, places: Sequence[Place], every: Sequence[Place]
) -> Iterator[tuple[str, bytes]]:
    """Yield the list of screens and what they load, then the screens of ``places``."""
    yield f"{SCREENS}/index.html", page("screens.html.j2", state.site, "../", places=every)
    for name in _FILES:
        yield f"{SCREENS}/{name}", asset(name)
    for place in places:
        slides = slides_of(state, place)
        since = max((slide.post.updated for slide in slides), default=None)
        as_of = int(since.timestamp()) if since else 0
        values = {"place": place, "slides": slides, "made": made_by(), "as_of": as_of}
        values["zone"] = VIETNAM.key
        name = f"{SCREENS}/{place.id}/index.html"
        yield name, page("screen.html.j2", state.site, "../../", **values)


def slides_of(state: State, place: Place) -> list[Slide]:
    """Return what is in force in a hamlet, emergencies first, then the newest.

    What was withdrawn there is told for some days: people may have read it here.
    """
    as_of = state.site.as_of
    slides: list[Slide] = []
    for entry in state.catalogue.told.get(place.id, ()):
        taken = place.id in entry.taken and not state.catalogue.told_withdrawn(entry, as_of)
        if not taken and not state.catalogue.over(entry, as_of):
            if not entry.urgent and len(slides) >= SHOWN:
                continue
            view = state.view(entry.id)
            section = view.section_of(place.id)
            if section and section.post.valid_until >= as_of:
                slides.append(Slide(view, section))
    return sorted(slides, key=lambda slide: (not slide.urgent, slide.drill))


def _announces(blocks: Sequence[Block]) -> bool:
    """Say whether something must follow: "đại diện hộ mang theo:"."""
    return any(block.lines[-1].rstrip().endswith(":") for block in blocks)


@lru_cache(maxsize=256)
def _qr(address: str) -> Markup:
    """Return a QR code as an image within the page."""
    out = io.BytesIO()
    import segno  # costly to import; only those who publish need it

    code = segno.make(address, error="m", micro=False, mask=0)
    code.save(out, kind="svg", xmldecl=False, svgns=True, border=3, light="#fff", omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704 - segno's own drawing, of no text


def made_by() -> str:
    """Name the scripts and styles that a screen should run: another name, and it starts anew."""
    return sha256(b"".join(asset(name) for name in _FILES)).hexdigest()[:12]
