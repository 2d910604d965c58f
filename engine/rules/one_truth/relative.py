"""Words for days that depend on the day they are read: "hôm nay", "chiều mai", "tuần này"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from engine.rules.one_truth.dates import weekday_at
from engine.rules.one_truth.facts import Day, Fact, Kind, Role
from engine.rules.one_truth.found import role_at
from engine.rules.one_truth.words import Word, said_at, words_of

_PARTS: Final = ("sáng", "trưa", "chiều", "tối", "đêm")
#: Said words, and how many days after today they mean; None where that is no single day.
_SAID: Final[dict[tuple[str, str], int | None]] = {
    ("hôm", "nay"): 0, ("hôm", "qua"): -1, ("ngày", "mai"): 1, ("ngày", "mốt"): 2,
    ("ngày", "kia"): 2, ("đêm", "qua"): -1, ("tối", "qua"): -1,
    **{(part, "nay"): 0 for part in _PARTS}, **{(part, "mai"): 1 for part in _PARTS},
    ("tuần", "này"): None, ("tuần", "sau"): None, ("tuần", "tới"): None,
    ("tháng", "này"): None, ("tháng", "sau"): None, ("tháng", "tới"): None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relative:
    """A day named by the day of reading; ``after`` is how many days later, if that is known."""

    written: str
    start: int
    end: int
    after: int | None
    role: Role

    def on(self, day: date) -> Fact | None:
        """Return the day that it means where it is read on ``day``."""
        if self.after is None:
            return None
        meant = day + timedelta(days=self.after)
        value = Day(meant.day, meant.month, meant.year)
        return Fact(Kind.DATE, value, self.written, self.start, self.end, self.role)


def relative_days(text: str) -> tuple[Relative, ...]:
    """Return every word for a day that is right on one day only."""
    return tuple(_relative(text, words_of(text)))


def _relative(text: str, words: tuple[Word, ...]) -> Iterator[Relative]:
    for at, word in enumerate(words):
        said = (word.said, said_at(words, at + 1))
        if said in _SAID and not _goes_on(words, at):
            start, end = word.start, words[at + 1].end
            yield Relative(text[start:end], start, end, _SAID[said], role_at(words, at))
        elif said[1] in {"này", "tới"} and at and weekday_at(words, at - 1):
            start, end = words[at - 1].start, words[at + 1].end
            yield Relative(text[start:end], start, end, None, role_at(words, at - 1))


def _goes_on(words: tuple[Word, ...], at: int) -> bool:
    """ "ngày mai sau" and "từ hôm nay trở đi" still depend on the day; "mai táng" does not."""
    return said_at(words, at + 1) == "mai" and said_at(words, at + 2) in {"táng", "vàng", "một"}
