"""The picture of a day as PNG, for chat groups and screens that show no SVG."""

from __future__ import annotations

from channels.flyer import font

#: Dots per inch: 96 makes a pixel of the SVG one of the PNG, twice that is sharp on a phone.
_PPI = 192.0

_PAGE = b"""\
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg")
"""


def png(svg: str) -> bytes:
    """Return ``svg`` drawn by Typst, with Loa's own font and no other."""
    import typst  # 80 MB of library: loaded by those who draw

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font.FOLDER]
    )
    return typst.compile(
        _PAGE,
        format="png",
        ppi=_PPI,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"svg": svg},
    )
