"""What a campaign may say about its printed products, and how many of each a hamlet gets."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from channels.flyer.products import Product
from channels.options import Day, Options
from engine.i18n import gettext as _
from engine.models import Content, Correction, Hamlet, HouseholdGroup, Registry

Paper = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
MOST_COPIES = 100_000

#: Options that came later; where they say nothing, a message keeps the hash it always had.
_LATER = ("products", "product_copies", "official", "second_language")

#: What stands before a commune's name and is no part of it where a document names its place.
_KIND_OF_PLACE = re.compile(r"^(?:xã|phường|thị trấn|đặc khu)\s+", re.IGNORECASE)


def _switch(value: Any) -> Any:
    """``official: true`` asks for the header as the commune has it."""
    return {True: {}, False: None}[value] if isinstance(value, bool) else value


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _count(value: Any) -> Any:
    """A number of copies, or the group of households of which each gets one."""
    if type(value) is int and 0 <= value <= MOST_COPIES:
        return value
    if isinstance(value, HouseholdGroup) or value in set(HouseholdGroup):
        return HouseholdGroup(value)
    message = _("found {found}; write a number from 0 to {most}, or one of: {groups}")
    raise ValueError(
        message.format(found=str(value)[:40], most=MOST_COPIES, groups=", ".join(HouseholdGroup))
    )


Copies = Annotated[
    int | HouseholdGroup,
    BeforeValidator(_count),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MOST_COPIES},
                {"enum": list(HouseholdGroup)},
            ]
        }
    ),
]


#: The products that speak a second language.
_SECOND = (Product.BILINGUAL,)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Official(_Group):
    """The layout of an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""

    products: Annotated[tuple[Product, ...], BeforeValidator(_one_or_more)] = Field(
        default=(Product.NOTICE,),
        description="Bản nào in theo thể thức văn bản: notice, poster, bilingual, a5.",
    )
    superior: Short = Field(default="", description="Cơ quan chủ quản, in trên tên cơ quan.")
    number: Short = Field(default="", description="Số, ký hiệu, ví dụ 12/TB-UBND.")
    kind: Short = Field(default="THÔNG BÁO", description="Tên loại văn bản; để trống thì không in.")
    place: Short = Field(default="", description="Địa danh; bỏ trống là tên xã.")
    date: Day = Field(default=None, description="Ngày ban hành; bỏ trống thì chừa chỗ ghi tay.")
    signed_for: Short = Field(default="", description="Ký thay, ví dụ TM. ỦY BAN NHÂN DÂN.")
    signer_title: Short = Field(default="", description="Chức vụ người ký, ví dụ CHỦ TỊCH.")
    signer: Short = Field(default="", description="Họ và tên người ký.")
    recipients: Annotated[tuple[Short, ...], BeforeValidator(_one_or_more)] = Field(
        default=(), max_length=8, description="Nơi nhận."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for product in self.products:
            if not product.layout.official:
                message = _("{product} has no room for an official header; allowed: {allowed}")
                fitting = ", ".join(one for one in Product if one.layout.official)
                raise ValueError(message.format(product=product, allowed=fitting))
        return self


class SecondLanguage(_Group):
    """The other language of the two-language edition."""

    lang: str = Field(
        pattern=r"^[a-z]{2,3}$", description="Mã ngôn ngữ (ISO 639), ví dụ km: tiếng Khmer."
    )
    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
    ] = Field(description="Tiêu đề bằng ngôn ngữ ấy; dùng được biến.")
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)
    ] = Field(description="Nội dung bằng ngôn ngữ ấy; dùng được biến như nội dung chính.")


class FlyerOptions(Options):
    """The section ``flyer`` of a campaign."""

    takes_facts: ClassVar[bool] = True
    parts: ClassVar[tuple[str, ...]] = tuple(Product)
    alternatives: ClassVar[tuple[tuple[str, str], ...]] = (("copies", "copies_per_household"),)
    templated: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("second_language", "title"),
        ("second_language", "text"),
    )

    copies: int | None = Field(
        default=None, ge=1, le=MOST_COPIES, description="Tổng số tờ rơi in cho mỗi ấp."
    )
    copies_per_household: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="Số tờ rơi cho mỗi hộ thuộc đối tượng nhận tin. Không dùng cùng với copies.",
    )
    bring: tuple[Paper, ...] = Field(
        default=(),
        max_length=10,
        description="Giấy tờ cần mang theo, in thành khung có ô đánh dấu. Bỏ trống thì không in.",
    )
    show_hamlet: bool = Field(
        default=True,
        description="In tên ấp và số bản ở chân tờ rơi. Đặt false để mọi ấp dùng chung một tờ.",
    )
    products: Annotated[tuple[Product, ...], BeforeValidator(_one_or_more)] = Field(
        default=(Product.A5,),
        min_length=1,
        description="In những bản nào, bản phát cho hộ đầu tiên là bản đưa lên trang tin: a5, a6, "
        "notice (A4 niêm yết), poster (áp phích A3), large (chữ lớn), bilingual (song ngữ).",
    )
    product_copies: dict[Product, Copies] = Field(
        default={},
        description="Số bản mỗi ấp của từng loại: một số, hoặc all, poor, near_poor, "
        "poor_and_near_poor là mỗi hộ thuộc nhóm ấy một bản. Bản niêm yết, áp phích: mặc định 1.",
    )
    official: Annotated[Official | None, BeforeValidator(_switch)] = Field(
        default=None,
        description="Thể thức văn bản hành chính (Nghị định 30/2020/NĐ-CP); true là lấy cả ở "
        "flyers.official của commune.yaml.",
    )
    second_language: SecondLanguage | None = Field(
        default=None, description="Ngôn ngữ thứ hai của bản song ngữ."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(set(self.products)) != len(self.products):
            raise ValueError(_("products: each may be named once"))
        if (Product.BILINGUAL in self.products) != (self.second_language is not None):
            message = _("the product bilingual and the key second_language go together")
            raise ValueError(message)
        for product in self.product_copies:
            if product not in self.products:
                message = _("product_copies: {product} is not among the products")
                raise ValueError(message.format(product=product))
        return self

    def identity(self) -> dict[str, Any]:
        """Return what a hash is made of: what came later only where it says something."""
        default = type(self)()
        own = self.model_dump()
        return {
            name: value
            for name, value in own.items()
            if name not in _LATER or getattr(self, name) != getattr(default, name)
        }

    def in_commune(self, registry: Registry, text: str) -> Self:
        """Return these settings with what the commune's official documents have in common."""
        if self.official is None:
            return self
        known = registry.signature
        usual = {
            "superior": known.superior,
            "place": known.place or _KIND_OF_PLACE.sub("", registry.commune.name),
            "signed_for": known.signed_for,
            "signer_title": known.title,
            "signer": known.name,
            "recipients": known.recipients,
        }
        missing = {name: value for name, value in usual.items() if not getattr(self.official, name)}
        return self.model_copy(update={"official": self.official.model_copy(update=missing)})

    @property
    def main(self) -> Product:
        """The product that stands for the campaign: the first for households, if there is one."""
        return next((one for one in self.products if one.for_households), self.products[0])

    def without(self, parts: Collection[str]) -> Self | None:
        """Return these settings for the products that are left; None when none is."""
        left = tuple(one for one in self.products if one not in parts)
        return self._of(left) if left else None

    def said(self) -> Any:
        """What to bring, and the other language; not the paper that it is printed on."""
        other = self.second_language
        return [list(self.bring), (other.lang, other.title, other.text) if other else None]

    def handed_on(self) -> Any:
        """A post hands on the main product: the other language stands on no other than its own."""
        bring, other = self.said()
        return [bring, other if self.main in _SECOND else None]

    def in_second_language(self) -> tuple[str, ...]:
        return _SECOND if self.second_language is not None else ()

    def issued_as(self) -> str | None:
        return self.official.number if self.official is not None else None

    def to_withdraw(self, correction: Correction) -> Self:
        """Nothing need be brought to what does not take place.

        The other language says what is given for it, else nothing; a withdrawal is a document
        with a number and a date of its own.
        """
        left_out = {*correction.left_out("flyer"), *(() if correction.taken_back else _SECOND)}
        changed = (self.without(left_out) or self._of((Product.A5,))).model_copy(
            update={"bring": ()}
        )
        if changed.second_language is not None:
            said = changed.second_language.model_copy(update={"text": correction.taken_back})
            changed = changed.model_copy(update={"second_language": said})
        if changed.official is None or not correction.withdraws:
            return changed
        own = correction.document
        dated = {"number": own.number, "date": own.dated} if own else {"number": "", "date": None}
        official = changed.official.model_copy(update=dated)
        return changed.model_copy(update={"official": official})

    def _of(self, products: tuple[Product, ...]) -> Self:
        spoken = self.second_language if Product.BILINGUAL in products else None
        copies = {one: count for one, count in self.product_copies.items() if one in products}
        return self.model_copy(
            update={"products": products, "product_copies": copies, "second_language": spoken}
        )


def copies_for(content: Content, hamlet: Hamlet) -> int:
    """Return how many of the main product are printed for ``hamlet``."""
    return copies_of(content.options_as(FlyerOptions).main, content, hamlet)


def copies_of(product: Product, content: Content, hamlet: Hamlet) -> int:
    """Return how many copies of a product are printed for ``hamlet``.

    What the campaign says of the product; one of what hangs on a wall; else the campaign's own
    number; else so many per household of the group it is for; else, when it is for everybody,
    what the registry says; else one per household.
    """
    options = content.options_as(FlyerOptions)
    own = options.product_copies.get(product)
    if own is not None:
        return hamlet.households_of(own) if isinstance(own, HouseholdGroup) else own
    if not product.for_households:
        return 1
    if options.copies is not None:
        return options.copies
    households = hamlet.households_of(content.households)
    if options.copies_per_household is not None:
        return options.copies_per_household * households
    if content.households is HouseholdGroup.ALL and hamlet.flyer_copies:
        return hamlet.flyer_copies
    return households


def speaking(content: Content, hamlet: Hamlet) -> Product:
    """Return the product that stands for the hamlet's hand-out: the main one, if it gets any."""
    options = content.options_as(FlyerOptions)
    ordered = (options.main, *options.products)
    return next((one for one in ordered if copies_of(one, content, hamlet)), options.main)


def reached_by(product: Product, content: Content, hamlet: Hamlet, handed: int) -> int | None:
    """Return how many households ``handed`` copies make; None for what hangs on a wall."""
    if not product.for_households:
        return None
    each = copies_each(product, content)
    return min(handed // each, hamlet.households_of(content.households))


def copies_each(product: Product, content: Content) -> int:
    """Return how many copies of a product one household gets."""
    options = content.options_as(FlyerOptions)
    return 1 if product in options.product_copies else options.copies_per_household or 1


def sheets_for(copies: int, product: Product = Product.A5) -> int:
    """Return the sheets that ``copies`` take, rounded up: two A5 on an A4, four A6, else one."""
    return -(-copies // product.layout.on_a4)
