"""What ``commune.yaml`` may hold."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
)

from campaigns.escalation_schema import Escalation
from campaigns.fields import (
    ONE_OR_MORE,
    AlsoAccepts,
    Day,
    Id,
    Lexicon,
    Line,
    Phone,
    ShortLine,
    Strict,
    Whole,
)
from campaigns.obligation_schema import ObligationSpec
from campaigns.registry_fields import Count, HamletIds, HoursField, PointField, Ratio, Url, named
from campaigns.station_schema import StationSpec
from engine.i18n import gettext as _
from engine.models import GroupKind, Hours, Right, Signature
from engine.models.registry import USUAL_PLAYER, VISITS_PER_DAY


class CommuneSpec(Strict):
    id: Annotated[Id, Field(description="Mã xã, ví dụ xa-mau.")]
    name: Annotated[ShortLine, Field(description="Tên xã.")]
    province: Annotated[ShortLine, Field(description="Tỉnh, thành phố.")]
    office: Annotated[ShortLine, Field(description="Cơ quan ban hành thông báo.")]
    phone: Annotated[Phone | None, Field(None, description="Điện thoại cơ quan.")]
    address: Annotated[Line | None, Field(None, description="Địa chỉ cơ quan.")]


class PersonSpec(Strict):
    id: Annotated[Id, Field(description="Mã người, ví dụ lan.")]
    name: Annotated[ShortLine, Field(description="Họ và tên.")]
    phone: Annotated[Phone | None, Field(None, description="Điện thoại.")]
    zalo: Annotated[
        ShortLine | None, Field(None, description="Mã người dùng Zalo, để biết ai nhắn vào nhóm.")
    ]
    role: Annotated[ShortLine | None, Field(None, description="Chức vụ.")]
    rights: Annotated[
        tuple[Right, ...],
        Field((), description="Quyền: submit (trình), approve (duyệt), confirm (xác nhận)."),
        *ONE_OR_MORE,
    ]


class NamedSpec(Strict):
    """Somebody who is written where they serve: a hamlet's head, a team's member."""

    name: Annotated[ShortLine, Field(description="Họ và tên, hoặc mã người trong people.")]
    phone: Annotated[Phone | None, Field(None, description="Điện thoại.")]
    zalo: Annotated[ShortLine | None, Field(None, description="Mã người dùng Zalo.")]


Named = Annotated[NamedSpec, BeforeValidator(named), AlsoAccepts({"type": "string"})]


class HamletSpec(Strict):
    id: Annotated[Id, Field(description="Mã ấp, ví dụ ap-1.")]
    name: Annotated[ShortLine, Field(description="Tên ấp.")]
    households: Annotated[Count, Field(description="Số hộ.")]
    poor_households: Annotated[Count, Field(0, description="Số hộ nghèo.")]
    near_poor_households: Annotated[Count, Field(0, description="Số hộ cận nghèo.")]
    elderly_households: Annotated[
        Count, Field(0, description="Số hộ chỉ có người cao tuổi, để các tổ đến thăm.")
    ]
    no_smartphone_households: Annotated[
        Count, Field(0, description="Số hộ không có điện thoại thông minh.")
    ]
    head: Annotated[Named | None, Field(None, description="Trưởng ấp.")]
    deputies: Annotated[
        tuple[Id, ...],
        Field((), description="Mã những người trong people được báo thay trưởng ấp."),
        *ONE_OR_MORE,
    ]
    tags: Annotated[tuple[Id, ...], Field((), description="Nhãn, ví dụ [ven-song]."), *ONE_OR_MORE]
    flyer_copies: Annotated[Count | None, Field(None, description="Số tờ rơi của riêng ấp này.")]
    point: Annotated[
        PointField | None,
        Field(None, description="Vĩ độ, kinh độ, để vẽ ấp trên bản đồ của báo cáo."),
    ]


class ClusterSpec(Strict):
    id: Annotated[Id, Field(description="Mã cụm loa, ví dụ cum-1.")]
    hamlets: HamletIds
    place: Annotated[ShortLine | None, Field(None, description="Nơi đặt loa.")]
    volume_group: Annotated[ShortLine | None, Field(None, description="Nhóm âm lượng.")]
    player: Annotated[
        Id,
        Field(
            USUAL_PLAYER,
            description="Thiết bị phát: tên trong [players.<tên>] của loa.toml; folder là thư mục "
            "trong outbox/.",
        ),
    ]


class ChatBackend(StrEnum):
    """How Loa reaches a chat group: the backends of the channel ``chat``."""

    KIT = "kit"
    TELEGRAM = "telegram"
    ZALO = "zalo"
    ZALO_ARTICLE = "zalo_article"
    ZALO_BOT = "zalo_bot"
    APPRISE = "apprise"


class ChatGroupSpec(Strict):
    id: Annotated[Id, Field(description="Mã nhóm, ví dụ nhom-ap-1.")]
    name: Annotated[ShortLine, Field(description="Tên nhóm.")]
    platform: Annotated[Id, Field(description="Nền tảng: zalo, telegram, facebook…")]
    backend: Annotated[
        ChatBackend | None,
        Field(
            None,
            description="Cách gửi: kit (chuyển bằng tay), telegram, zalo (nhóm do OA lập), "
            "zalo_article (bài viết gửi người quan tâm OA), zalo_bot hoặc apprise (thư điện tử, "
            "SMS, Viber…).",
        ),
    ]
    kind: Annotated[
        GroupKind,
        Field(
            description="heads: nhóm trưởng ấp; hamlet: nhóm của bà con; followers: người quan "
            "tâm OA."
        ),
    ]
    hamlets: HamletIds
    run_by: Annotated[Id | None, Field(None, description="Mã người phụ trách nhóm.")]
    agreed_on: Annotated[Day | None, Field(None, description="Ngày bà con thống nhất dùng nhóm.")]
    address: Annotated[
        ShortLine | None,
        Field(
            None,
            description="Mã nhóm trên nền tảng; với apprise là tên trong [apprise.<tên>] của "
            "loa.toml.",
        ),
    ]

    def sent_by(self) -> ChatBackend:
        if self.backend is not None:
            return self.backend
        return ChatBackend.TELEGRAM if self.platform == "telegram" else ChatBackend.KIT


class ChatSpec(Strict):
    hours: Annotated[
        HoursField,
        Field(Hours(time(6, 0), time(21, 0)), description="Giờ được nhắn tin."),
    ]
    groups: Annotated[tuple[ChatGroupSpec, ...], Field((), description="Các nhóm.")]


class PrintPointSpec(Strict):
    id: Annotated[Id, Field("van-phong", description="Mã nơi in.")]
    name: Annotated[ShortLine, Field(description="Tên nơi in.")]


class SignatureSpec(Strict):
    """What every official document of the commune bears; a campaign's own words win."""

    superior: Annotated[ShortLine | None, Field(None, description="Cơ quan chủ quản.")]
    place: Annotated[
        ShortLine | None, Field(None, description="Địa danh trước ngày; bỏ trống là tên xã.")
    ]
    signed_for: Annotated[
        ShortLine | None, Field(None, description="Ký thay, ví dụ TM. ỦY BAN NHÂN DÂN.")
    ]
    signer_title: Annotated[ShortLine | None, Field(None, description="Chức vụ người ký.")]
    signer: Annotated[ShortLine | None, Field(None, description="Họ và tên người ký.")]
    recipients: Annotated[
        tuple[ShortLine, ...], Field((), max_length=8, description="Nơi nhận."), *ONE_OR_MORE
    ]

    def signature(self) -> Signature:
        return Signature(
            self.superior or "",
            self.place or "",
            self.signed_for or "",
            self.signer_title or "",
            self.signer or "",
            self.recipients,
        )


class FlyersSpec(Strict):
    copies_per_household: Annotated[
        Ratio | None, Field(None, description="Số tờ mỗi hộ, làm tròn lên cho từng ấp.")
    ]
    copies: Annotated[Count | None, Field(None, description="Hoặc: số tờ cho mỗi ấp.")]
    print_point: Annotated[
        PrintPointSpec,
        BeforeValidator(named),
        AlsoAccepts({"type": "string"}),
        Field(description="Nơi in và giao tờ rơi."),
    ]
    official: Annotated[
        SignatureSpec,
        Field(
            SignatureSpec(),
            description="Phần chung của thể thức văn bản (channels.flyer.official của chiến dịch): "
            "chiến dịch chỉ ghi số và ngày.",
        ),
    ]


class TeamSpec(Strict):
    id: Annotated[Id, Field(description="Mã tổ, ví dụ to-1.")]
    name: Annotated[ShortLine, Field(description="Tên tổ.")]
    members: Annotated[tuple[Named, ...], Field((), description="Thành viên.")]
    hamlets: HamletIds
    visits_per_day: Annotated[
        Whole,
        Field(
            VISITS_PER_DAY,
            ge=1,
            le=100,
            description="Mỗi thành viên một ngày đến được bao nhiêu hộ, mỗi hộ 15 phút.",
        ),
    ]


#: Other portals, which are targets beside the commune's own site.
PORTALS = frozenset({"wordpress", "webhook"})


def _portal_id(value: str) -> str:
    if value in PORTALS:
        raise ValueError(_('the id "{name}" is kept for Loa; choose another').format(name=value))
    return value


class PortalSpec(Strict):
    id: Annotated[Id, AfterValidator(_portal_id), Field("cong", description="Mã trang tin.")]
    name: Annotated[ShortLine, Field(description="Tên trang tin.")]
    url: Annotated[
        Url,
        Field(description="Địa chỉ công khai, https:// hoặc http://."),
    ]


class RegistrySpec(Strict):
    commune: Annotated[CommuneSpec, Field(description="Xã.")]
    people: Annotated[tuple[PersonSpec, ...], Field((), description="Cán bộ và quyền.")]
    hamlets: Annotated[
        tuple[HamletSpec, ...], Field(min_length=1, description="Các ấp, thôn, tổ dân phố.")
    ]
    loudspeakers: Annotated[tuple[ClusterSpec, ...], Field((), description="Các cụm loa.")]
    station: Annotated[StationSpec, Field(description="Quy định của đài truyền thanh.")]
    chat: Annotated[ChatSpec, Field(ChatSpec(), description="Nhóm chat.")]
    flyers: Annotated[FlyersSpec, Field(description="Tờ rơi.")]
    teams: Annotated[tuple[TeamSpec, ...], Field((), description="Các tổ đến từng nhà.")]
    portal: Annotated[PortalSpec, Field(description="Trang tin của xã.")]
    pronounce: Lexicon
    obligations: Annotated[
        tuple[ObligationSpec, ...],
        Field((), description="Quy định riêng: tin thuộc điều nào thì phải phát mấy ngày."),
    ]
    escalation: Annotated[
        Escalation,
        AlsoAccepts({"const": "none"}),
        Field(
            (),
            description="Chưa thấy chuyển thì làm gì, cho mọi chiến dịch không ghi riêng; none: "
            "không làm gì.",
        ),
    ]
