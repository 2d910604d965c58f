"""Text on its way into a format that holds it on one line: tags, playlists."""

from __future__ import annotations

import unicodedata

_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_INVISIBLE = frozenset({"Cf", "Cs", "Cn", "Co"})


def one_line(text: str) -> str:
    """Return ``text`` in NFC on one line: no control, no line break, nothing invisible."""
    kept = unicodedata.normalize("NFC", text)
    for character in set(kept):
        category = unicodedata.category(character)
        if category in _INVISIBLE or category in _BREAKS:
            kept = kept.replace(character, " " if category in _BREAKS else "")
    return " ".join(kept.split())
