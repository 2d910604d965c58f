"""What a public page says: whether the words that were posted stand on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from lxml import html

from channels.portal.article import Article

#: A times sign that a portal puts in place of an x between two numbers.
_TIMES = re.compile(r"(?<=\d)\s*[xX×]\s*(?=\d)")

_UNSEEN = ("script", "style", "template", "noscript")
_BLOCKS = {"p", "li", "h2", "h3", "figcaption"}


def missing(page: bytes, article: Article) -> str | None:
    """Return the first piece of ``article`` that ``page`` lacks, None if all of it is there.

    Letters and digits are compared: portals turn quotation marks, dashes and spaces into others.
    """
    said = letters(" ".join(_texts(page)))
    return next((piece for piece in _pieces(article) if letters(piece) not in said), None)


def letters(text: str) -> str:
    """Return the letters and digits of ``text`` alone, without case."""
    plain = _TIMES.sub("", unicodedata.normalize("NFC", text)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _pieces(article: Article) -> Iterator[str]:
    yield unescape(article.title)
    for element in html.fragments_fromstring(article.content):
        if isinstance(element, str):
            continue
        for block in element.iter(*_BLOCKS):
            yield "".join(block.itertext())


def _texts(page: bytes) -> Iterator[str]:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = html.document_fromstring(page.strip() or b"<p></p>", parser=parser)
    for unseen in root.xpath("|".join(f"//{name}" for name in _UNSEEN)):
        unseen.drop_tree()
    yield from map(str, root.itertext())
