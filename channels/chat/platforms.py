"""How each messaging platform counts a message, and what in it it would take for code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Platform:
    """The rules of one platform.

    ``limit`` is the longest message, counted in characters after NFC, or in UTF-16 code units
    when ``counts_utf16``. ``mention`` opens a mention in its markup; empty if it has none.
    """

    id: str
    limit: int
    counts_utf16: bool = False
    mention: str = ""

    def width(self, character: str) -> int:
        """Return what one code point adds to a message's length."""
        return 2 if self.counts_utf16 and character > "\uffff" else 1

    def length(self, text: str) -> int:
        """Return the length of NFC ``text`` as the platform counts it."""
        return len(text.encode("utf-16-le")) // 2 if self.counts_utf16 else len(text)

    def escape(self, text: str) -> str:
        """Return ``text`` such that the platform shows it and runs none of it.

        A mention is opened by a visible space, ``[ @``: an invisible character would travel
        on in every copy of the message, and nobody could see why a search does not find it.
        """
        return text.replace(self.mention, " ".join(self.mention)) if self.mention else text


#: 2,000 characters counted after NFC; ``[@id]`` is a mention (docs: reference, Zalo OA groups).
ZALO = Platform("zalo", 2_000, mention="[@")

#: Bot API, sendMessage: text of 1-4096 characters, which Telegram counts in UTF-16 code units.
TELEGRAM = Platform("telegram", 4_096, counts_utf16=True)

#: Platforms with rules of their own. What is known for none of them suits any other.
PLATFORMS = {platform.id: platform for platform in (ZALO, TELEGRAM)}


def platform_of(name: str) -> Platform:
    """Return the rules of ``name``; any other platform gets the strictest ones, Zalo's."""
    return PLATFORMS.get(name, ZALO)


def clean(text: str) -> str:
    """Return ``text`` in NFC, with ``\\n`` for line ends and without control characters.

    Control characters mean nothing in a message; Telegram refuses and HTML forbids them.
    """
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()
