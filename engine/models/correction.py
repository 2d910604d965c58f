"""What an amended message says of itself: what it corrects, why, since when. In Vietnamese.

A message that people may know is amended in three ways: it is brought up to date, it is
corrected (it was wrong), or it is withdrawn (it holds no more). What people read and hear of
that is content, so it is always Vietnamese.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from engine.clock import local
from engine.models.terms import Purpose

#: How long after it was submitted an amendment holds, when what it amends does not.
WITHDRAWAL_HOLDS = timedelta(days=3)


class Amends(StrEnum):
    """In which way a revision amends what people may know."""

    UPDATE = "update"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


#: Fields that say nothing in most amendments, and came after the first of them were hashed.
_LATER = ("previous_amends", "earlier", "second", "document", "without", "second_withdrawn")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A revision that was approved before: what it was called, when, and what it amended."""

    revision: int
    title: str
    at: datetime
    amends: Amends | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Number and date of an official document of its own; empty where they are left to a pen."""

    number: str = ""
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What an official states of an amendment besides why: see ``Correction``."""

    second: str = ""
    document: Document | None = None
    without: tuple[str, ...] = ()
    second_withdrawn: str = ""

    def __post_init__(self) -> None:
        """Raise TypeError for one part that is no tuple: its letters would be taken for parts."""
        given: object = self.without
        if isinstance(given, str):
            message = f"without is a tuple of parts, not a text: ({given!r},)"
            raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a message amends, and why.

    ``reason`` is why, in the author's words; empty for an update that gives none. ``at`` is when
    it was submitted, ``number`` which amendment of its campaign it is, from 1.
    ``previous_title``, ``previous_at`` and ``previous_amends`` are the title of what it amends,
    when that was approved, and what that amended itself; ``corrects`` is its revision's number.
    ``words`` is, in a content, the hash of the same content said without it.
    ``earlier`` are all revisions that were approved, the newest first: not everybody knows the
    last of them (``known_by``). ``second`` is what readers of the second language are told of
    it, ``second_withdrawn`` what those of them are told whom a correction leaves out.
    ``document`` is the withdrawal's own, ``without`` are the products that it leaves out, as
    ``flyer:a6``.
    """

    reason: str
    at: datetime
    number: int
    previous_title: str
    previous_at: datetime | None = None
    corrects: int = 0
    amends: Amends = Amends.CORRECTION
    words: str = ""
    previous_amends: Amends | None = None
    earlier: tuple[Earlier, ...] = ()
    second: str = ""
    document: Document | None = None
    without: tuple[str, ...] = ()
    second_withdrawn: str = ""

    def known_by(self, revision: int, purpose: Purpose) -> Correction:
        """Return it for those who last were told a revision, as a notice or as an amendment."""
        known = next((one for one in self.earlier if one.revision == revision), None)
        if known is None:
            return replace(self, earlier=())
        amends = {
            Purpose.CORRECTION: known.amends,
            Purpose.WITHDRAWAL: Amends.WITHDRAWAL,
        }.get(purpose)
        return replace(
            self,
            previous_title=known.title,
            previous_at=known.at,
            previous_amends=amends,
            corrects=revision,
            earlier=(),
        )

    def left_out(self, channel: str) -> frozenset[str]:
        """Return the products of a channel that the amendment leaves out."""
        pairs = (one.partition(":") for one in self.without)
        return frozenset(product for name, _colon, product in pairs if name == channel)

    @property
    def withdraws(self) -> bool:
        return self.amends is Amends.WITHDRAWAL

    @property
    def taken_back(self) -> str:
        """Return what readers of the second language are told where it does not hold any more."""
        return self.second if self.withdraws else self.second_withdrawn

    @property
    def read_as_of(self) -> datetime | None:
        """When what it amends was approved: its slots may be past when it is corrected.

        None for an update: it is read as any other file.
        """
        return None if self.amends is Amends.UPDATE else self.previous_at

    @property
    def heading(self) -> str:
        """What stands above, in capitals."""
        return {
            Amends.UPDATE: "CẬP NHẬT",
            Amends.CORRECTION: "ĐÍNH CHÍNH",
            Amends.WITHDRAWAL: "THU HỒI",
        }[self.amends]

    def heading_for(self, purpose: Purpose) -> str:
        """Return what stands above where it is told; a place that it leaves out has lost it."""
        return "THU HỒI" if purpose is Purpose.WITHDRAWAL else self.heading

    @property
    def opening(self) -> str:
        """Return the sentence that goes before the words: what is amended, and why.

        The same for every form, read and heard: ``Đính chính thông báo “…” ngày 01/12/2026: …``
        """
        word = {
            Amends.UPDATE: "Cập nhật",
            Amends.CORRECTION: "Đính chính",
            Amends.WITHDRAWAL: "Thu hồi",
        }[self.amends]
        what = self._again(f" “{self.previous_title}”") or f"{word} {self.previous}"
        return f"{what}: {_ended(self.reason)}" if self.reason.strip() else f"{what}."

    def _again(self, named: str = "") -> str:
        """Return how what was withdrawn is told again, by its name; empty for all others."""
        if self.previous_amends is not Amends.WITHDRAWAL or self.withdraws:
            return ""
        day = f" ngày {local(self.previous_at):%d/%m/%Y}" if self.previous_at else ""
        if self.amends is Amends.UPDATE:
            return f"Thông báo{named} đã thu hồi{day}, nay có hiệu lực trở lại"
        return f"Đính chính việc thu hồi thông báo{named}{day}"

    def opening_for(self, purpose: Purpose) -> str:
        """Return that sentence where it is told; a place that it leaves out has lost the notice."""
        if purpose is not Purpose.WITHDRAWAL or self.withdraws:
            return self.opening
        what = f"Không còn áp dụng {self.previous}"
        return f"{what}: {_ended(self.reason)}" if self.reason.strip() else f"{what}."

    @property
    def previous(self) -> str:
        """Name what it amends: a notice by its day, an amendment of it by its own day."""
        named = f"thông báo “{self.previous_title}”"
        day = f"ngày {local(self.previous_at):%d/%m/%Y}" if self.previous_at else ""
        if self.previous_amends is None:
            return f"{named} {day}".rstrip()
        return f"{named} ({_EDITIONS[self.previous_amends]} {day}".rstrip() + ")"

    @property
    def spoken(self) -> str:
        """Return how an announcer begins: without the title, which is said after it."""
        word = "Cập nhật" if self.amends is Amends.UPDATE else "Đính chính"
        day = f" ngày {local(self.previous_at):%d/%m/%Y}" if self.previous_at else ""
        heard = _HEARD[self.previous_amends] if self.previous_amends else "đã phát"
        what = self._again() or f"{word} thông báo {heard}{day}"
        return f"{what}: {_ended(self.reason)}" if self.reason.strip() else f"{what}."

    def identity(self) -> dict[str, Any]:
        """Return what its hash is made of: moments are the same in whatever zone they are kept."""
        own = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in _LATER or getattr(self, field.name)
        }
        zoned = {name: one for name, one in own.items() if isinstance(one, datetime)}
        return own | {name: one.astimezone(UTC).isoformat() for name, one in zoned.items()}


#: What an earlier amendment is called where it is amended itself, and how it is said aloud.
_EDITIONS = {
    Amends.UPDATE: "bản cập nhật",
    Amends.CORRECTION: "bản đính chính",
    Amends.WITHDRAWAL: "bản thu hồi",
}
_HEARD = {
    Amends.UPDATE: "đã được cập nhật",
    Amends.CORRECTION: "đã được đính chính",
    Amends.WITHDRAWAL: "đã được thu hồi",
}


def _ended(reason: str) -> str:
    """Return a reason on one line, as a sentence that ends."""
    said = " ".join(reason.split())
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def withdrawn_title(correction: Correction) -> str:
    """Return the title of a notice that takes back what was said."""
    return f"Thu hồi thông báo: {correction.previous_title}"


def withdrawn_body(correction: Correction, *, here: bool = False) -> str:
    """Return what a notice says that takes back what was said.

    ``here``: it still holds elsewhere; only this place is no longer meant.
    """
    what = correction.previous
    what = what[:1].upper() + what[1:]
    why = f"\n\nLý do: {_ended(correction.reason)}" if correction.reason.strip() else ""
    if here:
        return f"{what} không áp dụng cho nơi này. Bà con không làm theo thông báo đó.{why}"
    return f"{what} nay được thu hồi. Bà con không làm theo thông báo đó.{why}"
