"""Typst, behind one function: constant template and JSON in, the same PDF bytes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels.flyer import font

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).parent / "templates"


class TypesetError(Exception):
    """The template would not print the data. ``reason`` is Typst's first line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@cache
def _fonts() -> typst.Fonts:
    """Return our font and no other: a machine's own fonts must not shape what is printed."""
    import typst  # 80 MB of library: loaded by those who print, not by every command

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font.FOLDER]
    )


def typeset(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return ``data`` set by ``templates/<template>`` as PDF/A-2a and PDF/UA-1.

    Byte-identical for identical arguments: ``made_at`` is the date the file bears. Templates
    import no package, so nothing reaches for the network. Raises TypesetError.
    """
    import typst

    try:
        return typst.compile(
            TEMPLATES / template,
            root=TEMPLATES,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(made_at.timestamp()),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise TypesetError(error.message) from error


@cache
def fingerprint() -> str:
    """Name the renderer: what shapes the pages besides their data, so no version is forgotten."""
    shapes = hashlib.sha256()
    for template in sorted(TEMPLATES.glob("*.typ")):
        shapes.update(template.read_bytes())
    for package in ("typst", "segno", "fontpkg-noto-sans"):
        shapes.update(f"{package} {version(package)}\n".encode())
    return shapes.hexdigest()[:16]
