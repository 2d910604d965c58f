"""What a campaign may say about its flyers, and how many each hamlet gets."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints

from channels.base import Options
from engine.models import Content, Hamlet, HouseholdGroup

Paper = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class FlyerOptions(Options):
    """The section ``flyer`` of a campaign."""

    takes_facts: ClassVar[bool] = True
    alternatives: ClassVar[tuple[tuple[str, str], ...]] = (("copies", "copies_per_household"),)

    copies: int | None = Field(
        default=None, ge=1, le=100_000, description="Tổng số tờ rơi in cho mỗi ấp."
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

    def to_withdraw(self) -> Self:
        """Nothing needs to be brought to what does not take place."""
        return self.model_copy(update={"bring": ()})


def copies_for(content: Content, hamlet: Hamlet) -> int:
    """Return how many flyers are printed for ``hamlet``; 0 if none of its households is meant.

    The campaign's own number; else so many per household of the group it is for; else, when
    it is for everybody, what the registry says; else one per household.
    """
    options = content.options_as(FlyerOptions)
    if options.copies is not None:
        return options.copies
    households = hamlet.households_of(content.households)
    if options.copies_per_household is not None:
        return options.copies_per_household * households
    if content.households is HouseholdGroup.ALL and hamlet.flyer_copies:
        return hamlet.flyer_copies
    return households


def sheets_for(copies: int) -> int:
    """Return the A4 sheets that ``copies`` A5 flyers take: two on a sheet, rounded up."""
    return (copies + 1) // 2
