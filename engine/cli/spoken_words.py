"""What ``loa spoken --explain`` says of a line: its pieces, the rules, the doubts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from channels.loudspeaker.spoken import Spoken, Token
from channels.loudspeaker.spoken.rules import CATEGORY_OF, PRONOUNCE
from channels.loudspeaker.wording import why_in_words
from engine.i18n import gettext as _

#: What stands for the rule of words that are said as they are written.
AS_WRITTEN = "as written"
_WORDS = re.compile(r"\w(?:.*\w)?", re.DOTALL)
#: A piece wider than this does not push the others aside.
_WIDEST = 28


def explanation(number: int, line: str, spoken: Spoken) -> Iterator[str]:
    """Yield a line as written and as said, then a row for each piece, and an empty line."""
    yield f"{number:>4}  {line.strip()}"
    if not line.strip():
        return
    yield f"   →  {spoken.text}"
    pieces = pieces_of(line, spoken)
    width = min(_WIDEST, max((len(piece.written) for piece in pieces), default=0))
    for piece in pieces:
        yield from _row(piece, width)
    yield ""


def document(number: int, line: str, spoken: Spoken) -> dict[str, Any]:
    """Return the same for programs. Offsets count characters of the line in NFC."""
    return {
        "line": number,
        "written": line,
        "spoken": spoken.text,
        "pieces": [
            {
                "written": piece.written,
                "spoken": piece.spoken,
                "rule": piece.rule,
                "category": CATEGORY_OF.get(piece.rule),
                "start": piece.start,
                "end": piece.end,
                "doubt": piece.why and str(piece.why),
            }
            for piece in pieces_of(line, spoken)
        ],
    }


def pieces_of(line: str, spoken: Spoken) -> Sequence[Token]:
    """Return every piece of a line in order: what rules read, and the words between."""
    written = unicodedata.normalize("NFC", line)
    pieces: list[Token] = []
    reached = 0
    for token in spoken.tokens:
        pieces += _between(written, reached, token.start)
        pieces.append(token)
        reached = token.end
    return [*pieces, *_between(written, reached, len(written))]


def _between(written: str, start: int, end: int) -> Iterator[Token]:
    words = _WORDS.search(written, start, end)
    if words:
        yield Token(words[0], AS_WRITTEN, words[0], words.start(), words.end())


def _row(piece: Token, width: int) -> Iterator[str]:
    mark = "?" if piece.why else " "
    said = piece.spoken or _("(not said)")
    reading = "" if piece.rule == AS_WRITTEN else f"→ {said}   "
    yield f"   {mark}    {piece.written:<{width}}  {reading}[{rule_in_words(piece.rule)}]"
    if piece.why:
        doubt = _("Doubt: {why}").format(why=why_in_words(str(piece.why)))
        yield f"           {doubt}"


def rule_in_words(rule: str) -> str:
    """Return what a rule is about in the reader's language, and the rule's own name."""
    if rule == AS_WRITTEN:
        return _("said as written")
    if rule == PRONOUNCE:
        return _("the commune's own pronunciation")
    category = {
        "dates": _("days and months"),
        "times": _("hours"),
        "money": _("money"),
        "units": _("measures"),
        "numbers": _("numbers"),
        "phones": _("phone numbers"),
        "identity": _("numbers of papers and plates"),
        "addresses": _("addresses"),
        "documents": _("numbers of documents"),
        "roman": _("Roman numerals"),
        "abbreviations": _("abbreviations"),
        "foreign": _("foreign words"),
        "web": _("web addresses and files"),
        "signs": _("signs and marks"),
        "words": _("other words"),
    }[CATEGORY_OF[rule]]
    return f"{category}: {rule}"
