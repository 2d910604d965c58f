"""Documents to print and sign: constant templates, data as JSON, set by Typst."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.typesetting import font, press, typeset

_TEMPLATES = Path(__file__).parent / "templates"


def pdf(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return ``data`` set by ``templates/<template>`` as PDF/A-2a and PDF/UA-1.

    Byte-identical for identical arguments. ``data`` is never code: templates only print it.
    Raises StoppedError, a LoaError, when it took too long or crashed.
    """
    return typeset(_TEMPLATES / template, data, made_at)


def printable(data: dict[str, object]) -> dict[str, object]:
    """Return the data with a mark for every character that the one font does not have."""
    text = json.dumps(data, ensure_ascii=False)
    lacking = str.maketrans(dict.fromkeys(font.missing(text), "\ufffd"))
    made: dict[str, object] = json.loads(text.translate(lacking))
    return made


def png(template: str, data: Mapping[str, Any], ppi: float) -> bytes:
    """Return ``data`` drawn by ``templates/<template>``, at ``ppi`` pixels per inch.

    Raises like ``pdf``.
    """
    return press().png(_TEMPLATES / template, data, ppi)
