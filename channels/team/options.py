"""What a campaign may say about visits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from channels.base import Options
from engine.i18n import gettext as _
from engine.models import HouseholdGroup

#: Minutes of a visit where a campaign does not say: what a registry's visits a day count.
MINUTES = 15

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]

#: How a day may be written, as elsewhere in a campaign.
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


def _day(value: Any) -> Any:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    for form in _DAYS:
        try:
            return datetime.strptime(str(value), form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    message = _("found {found}; write a day as 2026-12-31 or 31/12/2026")
    raise ValueError(message.format(found=str(value)[:40]))


Day = Annotated[
    date | None,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "examples": ["2026-12-01"]}),
]


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
