"""The picture of a day as PNG, for chat groups and screens that show no SVG."""

from __future__ import annotations

from engine.reports import paper

#: Dots per inch: 96 makes a pixel of the SVG one of the PNG, twice that is sharp on a phone.
_PPI = 192.0


def png(svg: str) -> bytes:
    """Return ``svg`` drawn by Typst, with Loa's own fonts and no other. Raises LoaError."""
    return paper.png("picture.typ", {"svg": svg}, _PPI)
