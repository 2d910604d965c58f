"""A printed page: whether its text fits, and its PDF."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from channels.base import ChannelError
from channels.flyer.envelope import Envelope, shape_of
from channels.flyer.inputs import FlyerInputs
from channels.flyer.products import Product
from channels.typesetting import StoppedError, TypesetError, font, typeset
from channels.typesetting.qr import qr_svg as qr_svg
from engine.i18n import gettext as _
from engine.models import Rendered

TEMPLATES = Path(__file__).parent / "templates"

#: ISO 32000-1, 7.7.3.2: the node above all pages, which Typst does not compress.
_PAGES = re.compile(rb"/Type ?/Pages\b[^>]*?/Count (\d+)")

#: Ordinary Vietnamese of this load (see ``_load``) always fits on an A5; only what is longer is
#: measured by typesetting it. Of 1,500 texts at random the lightest that did not fit weighed 1,000.
_SURE_LOAD = 800


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a flyer cannot be printed: characters without a glyph, or too much text.

    ``passing``: trying again may help, because what sets pages was stopped or crashed. ``size``
    is the smallest that was tried, in points.
    """

    missing: tuple[str, ...] = ()
    cut: int = 0
    reason: str = ""
    passing: bool = False
    product: Product = Product.A5
    size: float = 0

    def in_words(self) -> str:
        """Say what is wrong and what would mend it, in the reader's language."""
        if self.missing:
            return _("these characters cannot be printed on a flyer: {characters}").format(
                characters=", ".join(map(_describe, self.missing))
            )
        if self.cut:
            message = _(
                "the text does not fit on one {paper} page at {size} points: cut {cut} characters"
            )
            if self.reason == "LOA-OTHER":
                message = _(
                    "the text in the second language does not fit on one {paper} page at {size} "
                    "points: cut {cut} characters"
                )
            paper = self.product.layout.paper
            return message.format(paper=paper, size=f"{self.size:g}", cut=self.cut)
        return {
            "LOA-FURNITURE": _(
                "issuer, title, facts, papers to bring and contact fill the page: shorten them"
            ),
            "LOA-HAMLET": _("the hamlet's name is wider than the flyer"),
            "LOA-ADDRESS": _("the post's address is too long for a QR code"),
        }.get(self.reason, _("the flyer cannot be typeset: {reason}").format(reason=self.reason))


def fault_of(inputs: FlyerInputs) -> Fault | None:
    """Return why ``inputs`` cannot be printed, None if they can as far as can be told cheaply.

    Short texts of ordinary words are judged by their length, longer ones by typesetting them
    (about 10 ms) or others like them, once per text: the hamlet, which takes one line in any
    case, is left aside.
    """
    missing = font.missing(inputs.hamlet)
    return (
        Fault(missing, product=inputs.product)
        if missing
        else _fault_of_text(replace(inputs, hamlet="", copies=None))
    )


def render_flyer(inputs: FlyerInputs) -> Rendered:
    """Return the PDF of one page. Raises a permanent ChannelError when it cannot be printed."""
    missing = _missing(inputs)
    made = Fault(missing) if missing else _typeset(inputs)
    if isinstance(made, Fault):
        raise ChannelError(made.in_words(), permanent=not made.passing)
    return Rendered(made, "application/pdf")


@lru_cache(maxsize=1024)
def _fault_of_text(inputs: FlyerInputs) -> Fault | None:
    missing = _missing(inputs)
    if missing:
        return Fault(missing)
    sure = inputs.product is Product.A5 and inputs.official is None and not inputs.amends
    return None if sure and _load(inputs) <= _SURE_LOAD else _fault_of_page(inputs)


def _missing(inputs: FlyerInputs) -> tuple[str, ...]:
    """Return the characters without a glyph; Khmer ones are printed in the second language."""
    other = inputs.other
    own = font.missing(inputs.characters())
    more = font.missing(other.title + other.body, font.KHMER) if other else ()
    return tuple(dict.fromkeys((*own, *more)))


def _fault_of_page(inputs: FlyerInputs) -> Fault | None:
    """Typeset a text, unless texts like it tell already that it fits."""
    text = "\n\n".join(inputs.paragraphs)
    around = replace(inputs, paragraphs=())

    def fits(other: str) -> bool:
        return isinstance(_typeset(replace(around, paragraphs=tuple(other.split("\n\n")))), bytes)

    envelope = _envelope(around, shape_of(text))
    if envelope.covers(text, fits):
        return None
    made = _typeset(inputs)
    if isinstance(made, Fault):
        return made
    envelope.learn(text)
    return None


@lru_cache(maxsize=1024)
def _envelope(around: FlyerInputs, shape: tuple[str, ...]) -> Envelope:
    """Return what is known about texts of one shape with the same things around them."""
    return Envelope()


def _load(inputs: FlyerInputs) -> int:
    """Weigh the text: characters of body size, and what each new line wastes at its end."""
    lines = sum(paragraph.count("\n") + 1 for paragraph in inputs.paragraphs)
    facts = [len(line) for _label, known in inputs.facts for line in known]
    lines += 2 * len(facts)
    body = sum(map(len, inputs.paragraphs)) + sum(map(len, inputs.bring)) + sum(facts)
    around = sum(map(len, (inputs.title, inputs.contact, inputs.issuer, inputs.address)))
    return body + 2 * around + 30 * (lines + len(inputs.bring))


def _typeset(inputs: FlyerInputs) -> bytes | Fault:
    qr = qr_svg(inputs.permalink)
    if qr is None:
        return Fault(reason="LOA-ADDRESS", product=inputs.product)
    try:
        pdf = typeset(TEMPLATES / "flyer.typ", inputs.as_data(qr), inputs.made_at)
    except StoppedError as error:
        return Fault(reason=error.reason, passing=True)
    except TypesetError as error:
        code = re.search(r"LOA-[A-Z]+", error.reason)
        cut = re.search(r"LOA-(?:CUT|OTHER) (\d+)", error.reason)
        reason = code[0] if code else error.reason
        return Fault(
            cut=int(cut[1]) if cut else 0,
            reason=reason,
            product=inputs.product,
            size=inputs.smallest,
        )
    return pdf if pages_of(pdf) == 1 else Fault(reason="LOA-PAGES", product=inputs.product)


def pages_of(pdf: bytes) -> int:
    """Return how many pages a document of ours has, as the root of its pages says.

    Asking Typst (``counter(page).final()``) makes it lay out everything a second time.
    """
    root = _PAGES.search(pdf)
    return int(root[1]) if root else 0


def _describe(character: str) -> str:
    """Name a character for a person: how it looks, if it can be seen, and its code point."""
    code = f"U+{ord(character):04X}"
    unseen = unicodedata.category(character)[0] in "CZ"
    return code if unseen else f"{character} ({code})"
