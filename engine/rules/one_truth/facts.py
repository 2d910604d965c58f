"""What a text says that can be true or false: a day, an hour, an amount, a number, a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """Facts of different kinds are never compared."""

    DATE = "date"
    MONTH = "month"
    LUNAR = "lunar"
    HOUR = "hour"
    MONEY = "money"
    QUANTITY = "quantity"
    PHONE = "phone"
    PLACE = "place"
    HAMLET = "hamlet"


class Role(StrEnum):
    """What a day or an hour is to the message: facts of different roles are different facts."""

    EVENT = "event"
    START = "start"
    END = "end"
    CITED = "cited"
    BIRTH = "birth"


#: Roles of which one may stand for the other: "lúc 7 giờ" and "từ 7 giờ".
_ALIKE = frozenset({Role.EVENT, Role.START})


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written: the year may be missing, or all but the weekday.

    ``weekday`` counts Monday as 1; of a day and month it is what the text says beside it.
    """

    day: int = 0
    month: int = 0
    year: int = 0
    weekday: int = 0

    @property
    def dated(self) -> bool:
        return self.day > 0

    def near(self, reference: date) -> date | None:
        """Return the day in full; without a year, that which comes next after ``reference``.

        "Next" begins 90 days before it, as a text may name a day that is just past. None for a
        weekday alone, and for what no calendar has.
        """
        if not self.dated:
            return None
        begins = reference - timedelta(days=90)
        years = (self.year,) if self.year else (begins.year, begins.year + 1)
        found = (_day(year, self.month, self.day) for year in years)
        days = [one for one in found if one is not None]
        return next((one for one in days if self.year or one >= begins), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes since midnight; or, with ``part``, no more than "buổi sáng"."""

    minutes: int = -1
    part: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of something: of đồng, kilograms, years of age."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number in national digits; ``short`` are those of two to four (115)."""

    digits: str

    @property
    def short(self) -> bool:
        return len(self.digits) <= 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place: what kind it is ("nhà văn hóa"), and the words that tell it from others."""

    kind: str
    name: tuple[str, ...] = ()


Value = Day | Clock | Amount | Number | Place


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of one text, as it is written from ``start`` to ``end``.

    ``near`` are the telling words right around it, ``wide`` those of its sentence with the other
    facts there: they say what it is about. ``venue``: a place to which people are asked.
    ``hamlet`` is the one that its clause names, of a day or an hour; empty where it names more.
    """

    kind: Kind
    value: Value
    written: str
    start: int
    end: int
    role: Role = Role.EVENT
    near: frozenset[str] = frozenset()
    wide: frozenset[str] = frozenset()
    venue: bool = False
    hamlet: str = ""


def roles_agree(one: Role, other: Role) -> bool:
    """Say whether facts of these roles can be the same fact."""
    return one is other or {one, other} <= _ALIKE
