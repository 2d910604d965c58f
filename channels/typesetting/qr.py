"""Codes on paper that a phone's camera reads."""

from __future__ import annotations

import io
from functools import lru_cache


@lru_cache(maxsize=256)
def qr_svg(text: str) -> str | None:
    """Return ``text`` as a QR code in SVG, None when it holds more than a code can.

    ISO/IEC 18004 at level M: the code still reads when a seventh of it is dirty or torn.
    """
    import segno  # costly to import; only those who print need it

    try:
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError:
        return None
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
