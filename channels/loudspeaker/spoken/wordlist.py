"""Sets of words, written as people write lists."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of ``text``, which spaces or line breaks separate."""
    return frozenset(text.split())
