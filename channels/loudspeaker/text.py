"""Text on its way into a format that holds it on one line: tags, playlists."""

from __future__ import annotations

import unicodedata

_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_INVISIBLE = frozenset({"Cf", "Cs", "Cn", "Co"})


def one_line(text: str) -> str:
    """Return ``text`` in NFC on one line: no control, no line break, nothing invisible."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category not in _INVISIBLE:
            kept.append(" " if category in _BREAKS else character)
    return " ".join("".join(kept).split())
