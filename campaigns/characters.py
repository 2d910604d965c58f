"""Which characters a text may hold."""

from __future__ import annotations

import re

# Control characters, line ends that no editor shows, marks that turn the reading direction
# round (a text could be read aloud otherwise than its approver saw it), and what is no character.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


def forbidden_character(text: str) -> tuple[int, str] | None:
    """Return the index and name (``U+202E``) of the first character that no text may hold."""
    found = _FORBIDDEN.search(text)
    return (found.start(), f"U+{ord(found.group()):04X}") if found else None


def without_forbidden(text: str) -> str:
    """Return the text with a space for each such character: every other keeps its place."""
    return _FORBIDDEN.sub(" ", text)
