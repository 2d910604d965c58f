"""What an amended message says of itself: what it corrects, why, since when. In Vietnamese.

A message that people may know is amended in three ways: it is brought up to date, it is
corrected (it was wrong), or it is withdrawn (it holds no more). What people read and hear of
that is content, so it is always Vietnamese.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from engine.clock import local

#: How long after it was submitted an amendment holds, when what it amends does not.
WITHDRAWAL_HOLDS = timedelta(days=3)


class Amends(StrEnum):
    """In which way a revision amends what people may know."""

    UPDATE = "update"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a message amends, and why.

    ``reason`` is why, in the author's words; empty for an update that gives none. ``at`` is when
    it was submitted, ``number`` which amendment of its campaign it is, from 1.
    ``previous_title`` and ``previous_at`` are the title of what it amends and when that was
    approved; ``corrects`` is that revision's number. ``words`` is, in a content, the hash of
    the same words said without it: whoever was told those needs no correction.
    """

    reason: str
    at: datetime
    number: int
    previous_title: str
    previous_at: datetime | None = None
    corrects: int = 0
    amends: Amends = Amends.CORRECTION
    words: str = ""

    @property
    def withdraws(self) -> bool:
        return self.amends is Amends.WITHDRAWAL

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

    @property
    def opening(self) -> str:
        """Return the sentence that goes before the words: what is amended, and why.

        The same for every form, read and heard: ``Đính chính thông báo “…” ngày 01/12/2026: …``
        """
        word = {
            Amends.UPDATE: "Cập nhật thông báo",
            Amends.CORRECTION: "Đính chính thông báo",
            Amends.WITHDRAWAL: "Thu hồi thông báo",
        }[self.amends]
        day = f" ngày {local(self.previous_at):%d/%m/%Y}" if self.previous_at else ""
        what = f"{word} “{self.previous_title}”{day}"
        return f"{what}: {_ended(self.reason)}" if self.reason.strip() else f"{what}."

    @property
    def spoken(self) -> str:
        """Return how an announcer begins: without the title, which is said after it."""
        word = "Cập nhật" if self.amends is Amends.UPDATE else "Đính chính"
        day = f" ngày {local(self.previous_at):%d/%m/%Y}" if self.previous_at else ""
        what = f"{word} thông báo đã phát{day}"
        return f"{what}: {_ended(self.reason)}" if self.reason.strip() else f"{what}."

    def identity(self) -> dict[str, Any]:
        """Return what its hash is made of: moments are the same in whatever zone they are kept."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        zoned = {name: one for name, one in own.items() if isinstance(one, datetime)}
        return own | {name: one.astimezone(UTC).isoformat() for name, one in zoned.items()}


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
    day = f" ngày {local(correction.previous_at):%d/%m/%Y}" if correction.previous_at else ""
    what = f"Thông báo “{correction.previous_title}”{day}"
    why = f"\n\nLý do: {_ended(correction.reason)}" if correction.reason.strip() else ""
    if here:
        return f"{what} không áp dụng cho nơi này. Bà con không làm theo thông báo đó.{why}"
    return f"{what} nay được thu hồi. Bà con không làm theo thông báo đó.{why}"
