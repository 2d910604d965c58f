"""What ``commune.yaml`` may hold about the station: when its loudspeakers may speak."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Self

from pydantic import Field, model_validator

from campaigns.fields import (
    ONE_OR_MORE,
    Day,
    Hour,
    Id,
    IdPattern,
    ShortLine,
    Strict,
    Weekday,
    Whole,
)
from campaigns.registry_fields import HoursField
from engine.i18n import gettext as _
from engine.models import FixedOrder, Hours, Quiet, Relay


class RelaySpec(Strict):
    hours: Annotated[HoursField, Field(description="Khung giờ tiếp sóng.")]
    name: Annotated[
        ShortLine, Field(description="Đài được tiếp sóng, ví dụ Đài Tiếng nói Việt Nam.")
    ]
    days: Annotated[
        tuple[Weekday, ...],
        Field(tuple(range(1, 8)), min_length=1, description="Các thứ có tiếp sóng."),
        *ONE_OR_MORE,
    ]

    def relay(self) -> Relay:
        return Relay(self.hours, self.name, frozenset(self.days))


class QuietSpec(Strict):
    from_: Annotated[Day, Field(alias="from", description="Từ ngày.")]
    to: Annotated[Day | None, Field(None, description="Đến hết ngày; để trống là một ngày.")]
    hours: Annotated[
        HoursField | None, Field(None, description="Khung giờ không phát; để trống là cả ngày.")
    ]
    reason: Annotated[ShortLine, Field(description="Lý do, ví dụ kỳ thi, tang lễ.")]
    clusters: Annotated[
        tuple[Id, ...],
        Field((), description="Mã các cụm loa không phát; để trống là mọi cụm."),
        *ONE_OR_MORE,
    ]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to is not None and self.to < self.from_:
            message = _("from is {begin}, to is {end}: the end must not be before the beginning")
            raise ValueError(message.format(begin=self.from_, end=self.to))
        return self

    def quiet(self) -> Quiet:
        hours = self.hours or Hours(time(0, 0), time(23, 59))
        return Quiet(
            self.from_, self.to or self.from_, hours, self.reason, frozenset(self.clusters)
        )


class FixedOrderSpec(Strict):
    time: Annotated[Hour, Field(description="Giờ phát của buổi được xếp cố định.")]
    date: Annotated[Day | None, Field(None, description="Ngày; để trống là mọi ngày.")]
    order: Annotated[
        tuple[IdPattern, ...],
        Field(min_length=1, description="Mã các chiến dịch theo thứ tự phát; tin khác phát sau."),
        *ONE_OR_MORE,
    ]

    def fixed(self) -> FixedOrder:
        return FixedOrder(self.time, self.order, self.date)


class StationSpec(Strict):
    hours: Annotated[
        tuple[HoursField, ...],
        Field(min_length=1, description="Các khung giờ được phát."),
        *ONE_OR_MORE,
    ]
    sessions_per_day: Annotated[Whole, Field(ge=1, le=48, description="Số buổi phát mỗi ngày.")]
    minutes_per_session: Annotated[Whole, Field(ge=1, le=240, description="Số phút mỗi buổi.")]
    days: Annotated[
        tuple[Weekday, ...],
        Field(tuple(range(1, 8)), min_length=1, description="Các thứ được phát."),
        *ONE_OR_MORE,
    ]

    name: Annotated[
        ShortLine | None,
        Field(
            None,
            description="Tên đài khi xưng trên loa; bỏ trống là Đài Truyền thanh kèm tên xã.",
        ),
    ]
    relays: Annotated[tuple[RelaySpec, ...], Field((), description="Giờ tiếp sóng đài cấp trên.")]
    quiet: Annotated[tuple[QuietSpec, ...], Field((), description="Những lúc không được phát loa.")]
    order: Annotated[
        tuple[IdPattern, ...],
        Field(
            (),
            description=(
                "Thứ tự phát các tin ưu tiên trong một buổi: mã chiến dịch, hoặc phần đầu của mã "
                "kèm dấu sao (y-te-*). Tin không nêu phát sau, duyệt trước phát trước."
            ),
        ),
        *ONE_OR_MORE,
    ]
    fixed_order: Annotated[
        tuple[FixedOrderSpec, ...],
        Field((), description="Thứ tự cố định cho buổi phát nhất định; tin khẩn cấp vẫn phát đầu."),
    ]
    cutoff_minutes: Annotated[
        Whole,
        Field(
            5,
            ge=0,
            le=240,
            description=(
                "Chốt chương trình trước giờ phát bao nhiêu phút; tin duyệt sau lúc đó chuyển "
                "sang buổi kế tiếp (tin khẩn cấp thì không)."
            ),
        ),
    ]
