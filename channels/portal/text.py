"""From an author's text to what a page may hold: clean plain text, its paragraphs and links."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Controls, lone surrogates and noncharacters (all invalid in XML or HTML), marks that turn the
# reading direction (they make text look like something else), byte order marks.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)

_BULLET = re.compile(r"\s*[-–—•*+]\s+(?P<text>\S.*)")
_NUMBER = re.compile(r"\s*(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)")

_LINK = re.compile(
    r"(?P<url>https?://[^\s<>\"'`{}|\\^\[\]]+)"
    r"|(?<![\w.+/-])(?P<phone>(?:\+84|0|1[89]00)(?:[ .\u00a0-]?\d){4,11})(?![\w/])",
    re.IGNORECASE,
)
_AFTER_URL = ".,;:!?)”’…"


def plain(text: str) -> str:
    """Return ``text`` as NFC with ``\\n`` line ends and nothing that a page must not hold."""
    lines = _NEWLINE.sub("\n", unicodedata.normalize("NFC", text)).split("\n")
    cleaned = (_UNPRINTABLE.sub("", line).replace("\t", " ").rstrip() for line in lines)
    return "\n".join(cleaned).strip("\n")


def one_line(text: str) -> str:
    """Return ``text`` cleaned and on one line."""
    return " ".join(plain(text).split())


class Kind(StrEnum):
    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (its lines) or a list (its items; ``numbers`` as the author wrote them)."""

    kind: Kind
    lines: tuple[str, ...]
    numbers: tuple[int, ...] = ()


@dataclass(slots=True)
class _Open:
    """The block being read."""

    kind: Kind
    lines: list[str]
    numbers: list[int]

    def closed(self) -> Block:
        return Block(self.kind, tuple(self.lines), tuple(self.numbers))


def blocks(text: str) -> tuple[Block, ...]:
    """Split clean text into paragraphs and lists, losing and adding no word.

    A blank line ends a block. Lines that begin with a dash, a dot or a number are a list's
    items; an indented line goes on with the item above it.
    """
    found: list[Block] = []
    current: _Open | None = None
    for line in (*text.split("\n"), ""):
        kind, words, number = _reading(line)
        in_list = current is not None and current.kind is not Kind.PARAGRAPH
        if current and in_list and kind is Kind.PARAGRAPH and words and line[:1].isspace():
            current.lines[-1] += f" {words}"
            continue
        if current and (not words or kind is not current.kind):
            found.append(current.closed())
            current = None
        if words:
            current = current or _Open(kind, [], [])
            current.lines.append(words)
            current.numbers.extend(number)
    return tuple(found)


def _reading(line: str) -> tuple[Kind, str, tuple[int, ...]]:
    """Return what a line is, its words without the mark, and its number if it has one."""
    if match := _BULLET.fullmatch(line):
        return Kind.BULLETS, match["text"], ()
    if match := _NUMBER.fullmatch(line):
        return Kind.NUMBERS, match["text"], (int(match["number"]),)
    return Kind.PARAGRAPH, line.strip(), ()


def excerpt(text: str, limit: int = 200) -> str:
    """Return the beginning of ``text`` on one line, cut between words, at most ``limit`` long."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[:limit]
    cut = head.rsplit(" ", 1)[0] if " " in head else head[:-1]
    return cut.rstrip(" ,;:.–-") + "…"


def linked(text: str) -> Markup:
    """Return ``text`` as HTML with web addresses and telephone numbers as links.

    Only ``http``, ``https`` and ``tel`` are ever linked; everything else is escaped text.
    """
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(text):
        anchor = _web_link(match["url"]) if match["url"] else _phone_link(match["phone"])
        parts += [escape(text[end : match.start()]), anchor]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _web_link(found: str) -> Markup:
    url = found.rstrip(_AFTER_URL)
    rest = found[len(url) :]
    parts = urlsplit(url)
    # A name before an @ is how an address pretends to be another one.
    if not parts.hostname or "@" in parts.netloc:
        return escape(found)
    return Markup('<a href="{0}" rel="noopener nofollow">{0}</a>{1}').format(url, rest)


def _phone_link(found: str) -> Markup:
    number = phone_number(found)
    if number is None:
        return escape(found)
    return Markup('<a class="tel" href="tel:{}">{}</a>').format(number, found)


def phone_number(text: str) -> str | None:
    """Return the digits to dial if ``text`` is a Vietnamese telephone number.

    Subscribers have 10 digits (mobile) or 11 (landline) with the leading 0; service numbers
    begin with 1800 or 1900 and have 8 or 10.
    """
    digits = re.sub(r"[^\d]", "", text)
    if text.startswith("+"):
        return f"+{digits}" if len(digits) in (11, 12) else None
    lengths = (10, 11) if digits.startswith("0") else (8, 10)
    return digits if len(digits) in lengths else None
