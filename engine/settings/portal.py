"""The section ``[portal]``: where posts go, and what each of those places must know."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from engine.settings.kinds import listed
from engine.settings.sections import Section

#: Where posts go; each is a target of its own, by this name.
PortalName = Literal["static", "wordpress", "webhook"]

PortalNames = Annotated[tuple[PortalName, ...], BeforeValidator(listed), Field(min_length=1)]

#: Ids of campaigns, or ``*`` for all.
CampaignIds = Annotated[
    tuple[Annotated[str, Field(pattern=r"^(\*|[a-z0-9-]{1,200})$")], ...], BeforeValidator(listed)
]

_TIMEOUT = "Chờ máy chủ trả lời lâu nhất bao nhiêu giây."
_CA = "Chứng chỉ gốc của máy chủ; đường dẫn tính từ thư mục làm việc. Bỏ trống là theo máy này."


class WordPressSettings(Section):
    secrets: ClassVar[tuple[str, ...]] = ("password",)

    url: str = Field(
        default="",
        description="Địa chỉ trang WordPress, https://…; http:// chỉ khi ở ngay máy này. {commune} "
        "là mã xã.",
    )
    user: str = Field(
        default="",
        description="Tên người dùng WordPress mà Loa đăng bài; vai trò Tác giả (author) là đủ nếu "
        "chuyên mục đã có.",
    )
    #: Never shown.
    password: str = Field(
        default="",
        repr=False,
        description="Mật khẩu ứng dụng của người dùng ấy (Hồ sơ → Mật khẩu ứng dụng), không phải "
        "mật khẩu đăng nhập; nên để trong tệp riêng.",
    )
    password_file: str = Field(
        default="",
        description="Tệp chứa mật khẩu ứng dụng; đường dẫn tính từ thư mục làm việc.",
    )
    ca_file: str = Field(default="", description=_CA)
    timeout_seconds: float = Field(default=30.0, ge=0.2, le=600, description=_TIMEOUT)
    slug: str = Field(
        default="{campaign}",
        pattern=r"^[a-z0-9-]*(\{commune\}[a-z0-9-]*)?\{campaign\}[a-z0-9-]*$",
        description="Tên bài trong địa chỉ (slug); {campaign} là mã chiến dịch, {commune} là mã "
        "xã.",
    )
    category: str = Field(
        default="Thông báo",
        max_length=100,
        description="Chuyên mục của mọi bài; chưa có thì Loa tạo. Bỏ trống là không xếp chuyên "
        "mục.",
    )
    hamlets: Literal["tags", "categories", "none"] = Field(
        default="tags",
        description="Tên ấp thành thẻ (tags), chuyên mục (categories), hay không ghi (none); chưa "
        "có thì Loa tạo.",
    )
    withdrawn: Literal["note", "trash"] = Field(
        default="note",
        description="Bài bị thu hồi: note thì thay bằng lời thu hồi, trash thì bỏ vào thùng rác "
        "của WordPress.",
    )
    overwrite_edits: CampaignIds = Field(
        default=(),
        description="Mã những chiến dịch mà Loa được ghi đè bài đã có người sửa trên WordPress; * "
        "là mọi chiến dịch. Bỏ trống thì Loa không ghi đè, mà báo cho cán bộ.",
    )
    ahead_hours: int = Field(
        default=0,
        ge=0,
        le=24 * 14,
        description="Giao bài hẹn giờ cho WordPress trước bao nhiêu giờ, để đến giờ máy này tắt "
        "bài vẫn hiện.",
    )


class WebhookSettings(Section):
    secrets: ClassVar[tuple[str, ...]] = ("secret",)

    url: str = Field(
        default="",
        description="Nơi nhận bài của cổng thông tin khác, https://…; http:// chỉ khi ở ngay máy "
        "này. {commune} là mã xã.",
    )
    #: Never shown.
    secret: str = Field(
        default="",
        repr=False,
        description="Khóa ký (HMAC-SHA-256) mà hai bên cùng giữ, ít nhất 16 ký tự; nên để trong "
        "tệp riêng.",
    )
    secret_file: str = Field(
        default="", description="Tệp chứa khóa ký; đường dẫn tính từ thư mục làm việc."
    )
    ca_file: str = Field(default="", description=_CA)
    timeout_seconds: float = Field(default=30.0, ge=0.2, le=600, description=_TIMEOUT)
    media: Literal["upload", "link"] = Field(
        default="upload",
        description="Tệp kèm theo: upload thì gửi cả tệp trong cùng lần gọi, link thì chỉ gửi địa "
        "chỉ của tệp trên trang tĩnh (phải có static trong portal.backends).",
    )


class PortalSettings(Section):
    backends: PortalNames = Field(
        default=("static",),
        description="Nơi đăng bài: static (trang tĩnh), wordpress, webhook; nhiều nơi thì ghi "
        "nhiều. Nơi đầu tiên là nơi mã QR dẫn tới.",
    )
    permalink: str = Field(
        default="{portal}/{campaign}/",
        pattern=r"^(https?://[^\s{}]+|\{portal\})(\{commune\}|[^\s{}])*\{campaign\}[^\s{}]*$",
        description="Địa chỉ công khai của mỗi bài, in thành mã QR; {portal} là địa chỉ trang tin "
        "trong commune.yaml, {campaign} là mã chiến dịch, {commune} là mã xã.",
    )
    check_minutes: int = Field(
        default=5,
        ge=1,
        le=24 * 60,
        description="Xem trang công khai đã có bài chưa, cách nhau bao nhiêu phút, cho đến khi "
        "thấy.",
    )
    wordpress: WordPressSettings = WordPressSettings()
    webhook: WebhookSettings = WebhookSettings()
