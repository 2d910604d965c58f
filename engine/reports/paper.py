"""Documents to print and sign: constant templates, data as JSON, set by Typst."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.flyer import font

_TEMPLATES = Path(__file__).parent / "templates"


def pdf(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return ``data`` set by ``templates/<template>`` as PDF/A-2a and PDF/UA-1.

    Byte-identical for identical arguments. ``data`` is never code: templates only print it.
    """
    import typst  # 80 MB of library: loaded by those who print

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font.FOLDER]
    )
    return typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        font_paths=fonts,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(made_at.timestamp()),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
