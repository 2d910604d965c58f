"""What ``province.yaml`` may hold."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field

from campaigns.escalation_schema import Escalation
from campaigns.fields import Id, Lexicon, Line, Phone, ShortLine, Strict
from campaigns.registry_fields import Count, HoursField, Ratio, Url
from campaigns.registry_schema import PersonSpec
from campaigns.station_schema import StationSpec
from engine.models import Hours


class ProvinceSpec(Strict):
    id: Annotated[Id, Field(description="Mã tỉnh, ví dụ tinh-mau.")]
    name: Annotated[ShortLine, Field(description="Tên tỉnh, thành phố.")]
    office: Annotated[ShortLine, Field(description="Cơ quan ban hành thông báo.")]
    phone: Annotated[Phone | None, Field(None, description="Điện thoại cơ quan.")]
    address: Annotated[Line | None, Field(None, description="Địa chỉ cơ quan.")]


class DefaultsSpec(Strict):
    """What holds in a commune for which no table and no earlier revision says anything."""

    office: Annotated[
        ShortLine,
        Field("Ủy ban nhân dân {name}", description="Cơ quan của xã; {name} là tên xã."),
    ]
    station: Annotated[StationSpec | None, Field(None, description="Quy định của đài.")]
    chat_hours: Annotated[
        HoursField, Field(Hours(time(6, 0), time(21, 0)), description="Giờ được nhắn tin.")
    ]
    print_point: Annotated[ShortLine | None, Field(None, description="Nơi in tờ rơi.")]
    copies: Annotated[Count | None, Field(None, description="Số tờ rơi cho mỗi ấp.")]
    copies_per_household: Annotated[
        Ratio | None, Field(None, description="Hoặc: số tờ mỗi hộ, làm tròn lên.")
    ]
    portal_name: Annotated[
        ShortLine | None, Field(None, description="Tên trang tin; {name} là tên xã.")
    ]
    portal_url: Annotated[
        Url | None,
        Field(None, description="Địa chỉ trang tin; {id} là mã xã: https://{id}.tinh-mau.example"),
    ]
    pronounce: Lexicon
    escalation: Annotated[
        Escalation,
        Field(
            (),
            description="Khi chưa thấy chuyển tin thì làm gì; bỏ trống là không làm gì.",
        ),
    ]


class ProvinceFileSpec(Strict):
    province: Annotated[ProvinceSpec, Field(description="Tỉnh, thành phố.")]
    people: Annotated[tuple[PersonSpec, ...], Field((), description="Cán bộ và quyền.")]
    communes: Annotated[
        DefaultsSpec,
        Field(DefaultsSpec(), description="Dùng cho xã mà danh sách không nói gì."),
    ]
