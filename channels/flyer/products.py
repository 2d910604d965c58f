"""What can be printed from one campaign: sizes, smallest letters, and what each is for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

#: A point is a 72nd of an inch.
MM_PER_POINT = 25.4 / 72

_LAYOUTS = Path(__file__).parent / "templates" / "layouts.toml"


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
        return _layouts()[self]


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
    ``loud`` are tried before them when the message is an alarm, ``tight`` after them, with less
    room between the parts, when it amends another and so has a line more to say. ``title`` is
    (times the text's size, at least, at most). ``official`` is the size of the official header;
    0 where the paper is too small for it.
    """

    width: float
    height: float
    side: float
    top: float
    bottom: float
    sizes: tuple[float, ...]
    loud: tuple[float, ...]
    tight: tuple[float, ...]
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
        """The smallest letters of the text, unless it amends another."""
        return self.sizes[-1]

    def word(self, *, two: bool) -> float:
        """The width above which a word may break anywhere, with ``two`` columns or one; mm."""
        return (self.width - 2 * self.side) * (0.4 if two else 0.62)

    @property
    def paper(self) -> str:
        return {105: "A6", 148: "A5", 210: "A4", 297: "A3"}[int(self.width)]

    @property
    def on_a4(self) -> int:
        """How many fit on a sheet of A4; a poster takes a sheet of A3."""
        return {105: 4, 148: 2}.get(int(self.width), 1)

    def as_data(self) -> Mapping[str, Any]:
        return asdict(self)


@cache
def _layouts() -> Mapping[Product, Layout]:
    """Read templates/layouts.toml, which ships with the package."""
    known = tomllib.loads(_LAYOUTS.read_text("utf-8"))
    return {product: _layout_of(known[product]) for product in Product}


def _layout_of(values: Mapping[str, Any]) -> Layout:
    fixed: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    return Layout(**fixed)
