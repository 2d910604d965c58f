"""What can be printed from one campaign: sizes, smallest letters, and what each is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Product(StrEnum):
    """One form of paper."""

    A5 = "a5"
    A6 = "a6"
    NOTICE = "notice"
    POSTER = "poster"
    LARGE = "large"
    BILINGUAL = "bilingual"

    @property
    def for_households(self) -> bool:
        """Say whether it is handed out to households; the others hang where people pass."""
        return self not in (Product.NOTICE, Product.POSTER)

    @property
    def in_words(self) -> str:
        """Return its name as it is printed on covers: content, so always Vietnamese."""
        return _WORDS[self]

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self]


_WORDS = {
    Product.A5: "Tờ rơi A5",
    Product.A6: "Tờ rơi A6",
    Product.NOTICE: "Thông báo niêm yết A4",
    Product.POSTER: "Áp phích A3",
    Product.LARGE: "Bản chữ lớn A4",
    Product.BILINGUAL: "Bản song ngữ A4",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How one product is set. Millimetres for the paper, points for letters.

    ``sizes`` are tried for the text from the largest; below the last a text is refused.
    ``loud`` are tried before them when the message is an alarm. ``title`` is (times the
    text's size, at least, at most). ``official`` is the size of the official header; 0 where
    the paper is too small for it.
    """

    width: float
    height: float
    side: float
    top: float
    bottom: float
    sizes: tuple[float, ...]
    loud: tuple[float, ...]
    title: tuple[float, float, float]
    mark: float
    head: float
    foot: float
    contact: float
    address: float
    destination: float
    code: float
    between: float
    official: float = 0

    @property
    def smallest(self) -> float:
        """The smallest letters of the text."""
        return self.sizes[-1]

    @property
    def paper(self) -> str:
        return {105: "A6", 148: "A5", 210: "A4", 297: "A3"}[int(self.width)]

    @property
    def on_a4(self) -> int:
        """How many fit on a sheet of A4; a poster takes a sheet of A3."""
        return {105: 4, 148: 2}.get(int(self.width), 1)

    def as_data(self) -> Mapping[str, Any]:
        return asdict(self)


LAYOUTS: Mapping[Product, Layout] = {
    Product.A5: Layout(
        width=148,
        height=210,
        side=12,
        top=11,
        bottom=9,
        sizes=(18, 17, 16, 15, 14, 13, 12, 11),
        loud=(24, 22, 20),
        title=(1.4, 17, 30),
        mark=17,
        head=11.5,
        foot=10.5,
        contact=11.5,
        address=9,
        destination=10.5,
        code=29,
        between=13,
        official=8.5,
    ),
    Product.A6: Layout(
        width=105,
        height=148,
        side=8,
        top=7.5,
        bottom=6.5,
        sizes=(14, 13, 12, 11, 10),
        loud=(16, 15),
        title=(1.3, 13, 20),
        mark=12,
        head=9.5,
        foot=9,
        contact=9.5,
        address=8,
        destination=9,
        code=22,
        between=8,
    ),
    Product.NOTICE: Layout(
        width=210,
        height=297,
        side=20,
        top=18,
        bottom=15,
        sizes=(20, 19, 18, 17, 16, 15, 14, 13),
        loud=(26, 24, 22),
        title=(1.3, 18, 34),
        mark=22,
        head=14,
        foot=13,
        contact=14,
        address=11,
        destination=13,
        code=36,
        between=16,
        official=12,
    ),
    Product.POSTER: Layout(
        width=297,
        height=420,
        side=24,
        top=22,
        bottom=20,
        sizes=(48, 44, 40, 36, 33, 30, 28, 26, 24, 22, 20),
        loud=(60, 54),
        title=(1.5, 36, 84),
        mark=46,
        head=24,
        foot=22,
        contact=26,
        address=18,
        destination=20,
        code=60,
        between=28,
        official=17,
    ),
    Product.LARGE: Layout(
        width=210,
        height=297,
        side=15,
        top=14,
        bottom=12,
        sizes=(28, 26, 24, 22, 20, 19, 18),
        loud=(32, 30),
        title=(1.3, 24, 42),
        mark=26,
        head=18,
        foot=18,
        contact=18,
        address=18,
        destination=18,
        code=42,
        between=14,
    ),
    Product.BILINGUAL: Layout(
        width=210,
        height=297,
        side=14,
        top=13,
        bottom=11,
        sizes=(17, 16, 15, 14, 13, 12, 11),
        loud=(20, 18),
        title=(1.3, 15, 26),
        mark=18,
        head=13,
        foot=11.5,
        contact=12.5,
        address=10,
        destination=11.5,
        code=32,
        between=14,
        official=11,
    ),
}
