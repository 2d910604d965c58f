"""Text that people write, on its way into the ledger, a page or a terminal: nothing that steers."""

from __future__ import annotations

import re
import unicodedata

#: What could steer a terminal or turn the line around it; tabs and line breaks are kept apart.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """Return ``text`` in NFC as one line that shows the same everywhere."""
    return _without_steering(text, keeping="").strip()


def plain_lines(text: str) -> str:
    """Return ``text`` in NFC with its tabs and line breaks, and no other control character."""
    return _without_steering(text.replace("\r\n", "\n"), keeping="\n\t")


def _without_steering(text: str, *, keeping: str) -> str:
    def instead(found: re.Match[str]) -> str:
        if found[0] in keeping:
            return found[0]
        return " " if found[0].isspace() else ""

    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", _STEERING.sub(instead, text)))
