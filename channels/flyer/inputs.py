"""All that shapes one printed page, and how it reads."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from channels.flyer.options import FlyerOptions, copies_of
from channels.flyer.products import MM_PER_POINT, Product
from channels.flyer.wording import (
    NBSP,
    ZERO_WIDTH,
    amended,
    foreign,
    heading,
    is_calm,
    mark,
    number,
    one_line,
    unbroken,
    validity,
    withdrawn_since,
)
from engine.models import Content, Hamlet, Priority, Purpose

#: A word that templates/common.typ would look at: it may be wider than the page. Digits and most
#: small letters are narrow (Noto Sans Black, as Typst measures it; W is the widest of all).
_LONG_WORD = re.compile("[^\\s\u200b\u1780-\u17ff]{12,}")
_NARROW = frozenset("0123456789.,:/-abcdefghijklnopqrstuvxyz")
_NARROW_EM, _WIDE_EM = 0.67, 1.04

#: Capital letters, bold, are about so wide; looking closer is for the templates.
_BOLD_EM = 0.75

#: Before the place in an issuer's name: Ủy ban nhân dân | xã Bình Hòa Hưng.
_PLACE = re.compile(r"(\S)\s(?=(?:xã|phường|thị trấn|đặc khu)\s\S+\s?[^,]*$)", re.IGNORECASE)

#: What the facts are called on paper.
_LABELS = {
    "what": "Việc gì",
    "who": "Ai",
    "when": "Khi nào",
    "where": "Ở đâu",
    "bring": "Khi đi mang theo",
}


@dataclass(frozen=True, slots=True)
class OfficialHeader:
    """The parts of an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II)."""

    superior: str
    number: str
    kind: str
    place_and_date: str
    signed_for: str
    signer_title: str
    signer: str
    recipients: tuple[str, ...]

    def above(self, issuer: str) -> tuple[str, ...]:
        """Return what is read before the title, without empty parts."""
        said = (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            self.superior.upper(),
            issuer.upper(),
            f"Số: {self.number}" if self.number else "",
            self.place_and_date,
            self.kind,
        )
        return tuple(part for part in said if part)

    def below(self) -> tuple[str, ...]:
        """Return what is read at the end: who gets it, who signed."""
        receive = ("Nơi nhận:", *(f"- {one}" for one in self.recipients)) if self.recipients else ()
        return (*receive, *filter(None, (self.signed_for, self.signer_title, self.signer)))


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """What stands beside the Vietnamese text."""

    lang: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class FlyerInputs:
    """All that shapes one page. Texts are printable (see wording); ``paragraphs`` may hold
    line ends. ``hamlet`` and ``copies`` are empty when one page serves every hamlet. ``facts``
    are (label, lines). ``amends``: people may know other words of it; ``note`` says which, and
    why they changed.
    """

    issuer: str
    mark: str
    loud: bool
    title: str
    paragraphs: tuple[str, ...]
    bring: tuple[str, ...]
    contact: str
    validity: str
    permalink: str
    made_at: datetime
    hamlet: str = ""
    copies: int | None = None
    product: Product = Product.A5
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    official: OfficialHeader | None = None
    other: OtherLanguage | None = None
    amends: bool = False
    note: str = ""

    @property
    def smallest(self) -> float:
        """The size in points below which the text is refused."""
        layout = self.product.layout
        return layout.tight[-1] if self.amends else layout.smallest

    @property
    def print_count(self) -> str:
        return "" if self.copies is None else f"In {number(self.copies)} bản"

    @property
    def address(self) -> str:
        """The permalink as a person types it."""
        return self.permalink.removeprefix("https://").removeprefix("http://")

    def parts(self) -> tuple[str, ...]:
        """Return what is printed in reading order; empty parts leave no trace."""
        bring = "\n".join((f"{_LABELS['bring']}:", *(f"□ {paper}" for paper in self.bring)))
        contact = f"Cần hỏi thêm, xin liên hệ: {self.contact}"
        official = self.official
        said = (
            *(official.above(self.issuer) if official else (self.issuer,)),
            self.mark,
            self.note,
            self.title,
            "\n".join(f"{label}: {'; '.join(lines)}" for label, lines in self.facts),
            *self.paragraphs,
            *((self.other.title, self.other.body) if self.other else ()),
            bring if self.bring else "",
            *(official.below() if official else ()),
            contact if self.contact else "",
            self.validity,
            self.address,
            " – ".join(filter(None, (self.hamlet, self.print_count))),
        )
        return tuple(part.replace(NBSP, " ") for part in said if part)

    def read_as(self) -> str:
        """Return the printed text in reading order."""
        return "\n\n".join(self.parts())

    def characters(self) -> str:
        """Return every character that people wrote, but for the other language."""
        return "".join((*self._written, self.address))

    @property
    def _written(self) -> tuple[str, ...]:
        """What people wrote, but for the address and the other language."""
        around = (self.issuer, self.note, self.title, self.contact, self.hamlet)
        official = (*self.official.above(""), *self.official.below()) if self.official else ()
        return (*around, *self.paragraphs, *self._lists, *official)

    def _has_long_word(self, texts: tuple[str, ...]) -> bool:
        """Say whether a word may be wider than the narrowest column; see ``page.typ``."""
        layout = self.product.layout
        sizes = (*(layout.loud if self.loud else ()), *layout.sizes)
        largest = max(sizes[0], layout.contact, min(sizes[0] * layout.title[0], layout.title[2]))
        return any(self._is_wide(text, largest) for text in texts)

    def _is_wide(self, text: str, size: float) -> bool:
        """Say whether a word of ``text`` in letters of ``size`` points may need to be broken."""
        widest = self.product.layout.word(two=self.other is not None) / (size * MM_PER_POINT)
        return any(
            sum(_NARROW_EM if letter in _NARROW else _WIDE_EM for letter in word) > widest
            for word in _LONG_WORD.findall(text)
        )

    @property
    def _longest_run(self) -> str:
        """The longest part of a title inside which no line ends."""
        titles = f"{self.title} {self.other.title if self.other else ''}"
        return max(titles.replace(ZERO_WIDTH, " ").split(" "), key=len)

    def _may_fill(self, text: str, size: float) -> bool:
        """Say whether ``text`` may need a whole line in bold letters of ``size`` points."""
        layout = self.product.layout
        room = (layout.width - 2 * layout.side) * (0.45 if self.other is not None else 1)
        return len(text) * _BOLD_EM * size * MM_PER_POINT > room

    @property
    def _lists(self) -> tuple[str, ...]:
        return (*self.bring, *(line for _label, lines in self.facts for line in lines))

    def as_data(self, qr: str) -> dict[str, Any]:
        """Return what templates/page.typ reads; ``qr`` is a picture of the code."""
        layout, official, body = self.product.layout, self.official, "\n\n".join(self.paragraphs)
        other = f"{self.other.title} {self.other.body}" if self.other else ""
        beside = 2 * len(self.title) + sum(20 + len(line) for line in self._lists)
        return {
            "layout": layout.as_data(),
            "issuer": self.issuer,
            "mark": self.mark,
            "loud": self.loud,
            "amends": self.amends,
            "note": self.note,
            "title": self.title,
            "facts": self.facts,
            "body": body,
            "widest_word": self.product.layout.word(two=self.other is not None),
            "letters": max(len(body) + beside, len(other)),
            "long": self._has_long_word((*self._written, other)),
            "bring_label": _LABELS["bring"],
            "bring": self.bring,
            "contact": self.contact,
            "validity": self.validity,
            "long_address": self._is_wide(self.address, self.product.layout.address),
            "wide_title": self._may_fill(self._longest_run, layout.title[2]),
            "wide_issuer": official is not None or self._may_fill(self.issuer, layout.head),
            "issuer_parts": _PLACE.sub(r"\1\n", self.issuer, count=1).split("\n"),
            "permalink": self.permalink,
            "address": self.address,
            "qr": qr,
            "hamlet": self.hamlet,
            "copies": self.print_count,
            "official": asdict(official) if official else None,
            "other": (
                {"lang": self.other.lang, "title": self.other.title, "body": self.other.body}
                if self.other
                else None
            ),
        }


def inputs_for(content: Content, hamlet: Hamlet, product: Product) -> FlyerInputs:
    """Return what shapes a product: the same for every hamlet unless the hamlet is shown."""
    options = content.options_as(FlyerOptions)
    bring = (*(one_line(line) for line in content.facts.bring), *map(one_line, options.bring))
    asked = "; ".join(content.facts.contact) or content.contact
    shown = options.show_hamlet
    return FlyerInputs(
        issuer=heading(content.issuer),
        mark=mark(
            content.priority, content.purpose, drill=content.drill, correction=content.correction
        ),
        loud=content.priority is Priority.EMERGENCY and not is_calm(content),
        title=heading(content.title),
        paragraphs=tuple(unbroken(content.body).split("\n\n")),
        bring=tuple(dict.fromkeys(bring)),
        contact=one_line(asked),
        validity=_validity(content),
        permalink=content.permalink,
        made_at=content.valid_from or content.valid_until,
        hamlet=one_line(hamlet.name) if shown else "",
        copies=copies_of(product, content, hamlet) if shown else None,
        product=product,
        facts=_facts(content),
        official=_official(options) if _is_official(options, product) else None,
        other=_other(options, content) if product is Product.BILINGUAL else None,
        amends=content.correction is not None,
        note=amended(content),
    )


def _validity(content: Content) -> str:
    """Say until when it holds; what is withdrawn does no more, from its withdrawal on."""
    told = content.correction
    if content.purpose is Purpose.WITHDRAWAL and told is not None:
        return withdrawn_since(told.at)
    return validity(content.valid_until)


def _facts(content: Content) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (_LABELS[name], tuple(map(one_line, lines)))
        for name, lines in content.facts.named()
        if lines and name not in ("bring", "contact")
    )


def _is_official(options: FlyerOptions, product: Product) -> bool:
    return options.official is not None and product in options.official.products


def _official(options: FlyerOptions) -> OfficialHeader:
    asked = options.official
    assert asked is not None
    day = asked.date
    date = f"ngày {day:%d} tháng {day:%m} năm {day.year}" if day else "ngày … tháng … năm 20…"
    return OfficialHeader(
        superior=one_line(asked.superior),
        number=one_line(asked.number),
        kind=one_line(asked.kind),
        place_and_date=one_line(f"{asked.place}, {date}"),
        signed_for=one_line(asked.signed_for),
        signer_title=one_line(asked.signer_title),
        signer=one_line(asked.signer),
        recipients=tuple(map(one_line, asked.recipients)),
    )


def _other(options: FlyerOptions, content: Content) -> OtherLanguage:
    """Return the other language's text; a correction's says first that it is one, and why."""
    other = options.second_language
    assert other is not None
    told = content.correction
    first = told.second if told is not None and content.purpose is Purpose.CORRECTION else ""
    text = "\n\n".join(filter(None, (first, other.text)))
    title, body = (foreign(part, other.lang) for part in (other.title, text))
    return OtherLanguage(other.lang, " ".join(title.split()), body)
