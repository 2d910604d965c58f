"""``[zalo.<commune>]``: the Official Account of a commune."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from engine.settings.sections import Section


class ZaloSettings(Section):
    """One Official Account; its tokens are in the ledger (loa zalo login)."""

    #: Values that may come from a file named by the same key with ``_file`` behind it.
    secrets: ClassVar[tuple[str, ...]] = ("app_secret", "oa_secret")

    app_id: str = Field(pattern=r"^\d{1,32}$", description="Mã ứng dụng ở developers.zalo.me.")
    oa_id: str = Field(pattern=r"^\d{1,32}$", description="Mã Zalo Official Account của xã.")
    app_secret: str = Field(
        default="", repr=False, description="Khóa bí mật của ứng dụng; nên để trong tệp riêng."
    )
    app_secret_file: str = Field(
        default="", description="Tệp chứa khóa bí mật của ứng dụng, tính từ thư mục làm việc."
    )
    oa_secret: str = Field(
        default="",
        repr=False,
        description="Khóa bí mật của OA, để biết tin báo về có đúng của Zalo không.",
    )
    oa_secret_file: str = Field(
        default="", description="Tệp chứa khóa bí mật của OA, tính từ thư mục làm việc."
    )
    webhook_timestamp_header: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9-]{0,60}$",
        description="Đầu mục (header) mang dấu thời gian của tin báo, nếu Zalo không để trong "
        "thân tin; bỏ trống là trong thân tin.",
    )
    api_url: str = Field(default="https://openapi.zalo.me", description="Địa chỉ máy chủ của Zalo.")
    oauth_url: str = Field(
        default="https://oauth.zaloapp.com", description="Địa chỉ máy chủ cấp quyền của Zalo."
    )
    redirect_url: str = Field(
        default="",
        description="Địa chỉ trở về sau khi cấp quyền, đúng như đã khai ở developers.zalo.me.",
    )
    cover_url: str = Field(
        default="", description="Ảnh bìa của bài viết gửi người quan tâm; địa chỉ https công khai."
    )
    requests_per_minute: float = Field(
        default=3_000.0,
        ge=1,
        le=60_000,
        description="Mỗi phút gọi Zalo tối đa bao nhiêu lần, tính chung mọi máy; Zalo cho 4.000, "
        "gói nhỏ thì ít hơn.",
    )
