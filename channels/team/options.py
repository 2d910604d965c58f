"""What a campaign may say about visits."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from channels.options import Day, Options
from engine.models import HouseholdGroup

#: Minutes of a visit where a campaign does not say: what a registry's visits a day count.
MINUTES = 15

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]


class TeamOptions(Options):
    """The section ``team`` of a campaign."""

    only_named: ClassVar[bool] = True

    households: HouseholdGroup | None = Field(
        default=None,
        description="Đến thăm những hộ nào: all, poor, near_poor, poor_and_near_poor, elderly "
        "(người cao tuổi), no_smartphone (không có điện thoại thông minh). Bỏ trống: các hộ được "
        "nhận tin.",
    )
    by: Day = Field(
        default=None,
        description="Phải đi xong trước hết ngày nào; bỏ trống là đến khi tin hết hiệu lực.",
    )
    minutes: int = Field(default=MINUTES, ge=5, le=240, description="Mỗi lượt thăm bao nhiêu phút.")
    teams: tuple[Id, ...] = Field(
        default=(),
        max_length=200,
        description="Những tổ nào đi. Bỏ trống: ở mỗi ấp, tổ phụ trách ít ấp nhất.",
    )
    list: str = Field(
        default="",
        max_length=200,
        description="Tệp danh sách riêng (CSV, XLSX) mà loa team list import sẽ đọc; dữ liệu cá "
        "nhân không bao giờ đi theo chiến dịch.",
    )

    def identity(self) -> dict[str, Any]:
        """Where a private list lies shapes no word of the sheet."""
        return self.model_dump(exclude={"list"})
