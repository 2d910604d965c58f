"""Ways to chat groups that are set up for the whole workspace: Zalo's bot, addresses of Apprise."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from engine.settings.sections import Section

#: What a group's ``address`` names; such that a variable's name can hold it.
AppriseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ZaloBotSettings(Section):
    """One bot of Zalo Bot."""

    #: Values that may come from a file named by the same key with ``_file`` behind it.
    secrets: ClassVar[tuple[str, ...]] = ("token",)

    base_url: str = Field(
        default="https://bot-api.zaloplatforms.com", description="Địa chỉ máy chủ Zalo Bot."
    )
    token: str = Field(default="", repr=False, description="Mã của bot; nên để trong tệp riêng.")
    token_file: str = Field(
        default="", description="Tệp chứa mã của bot; đường dẫn tính từ thư mục làm việc."
    )
    messages_per_minute: float = Field(
        default=60.0,
        ge=1,
        le=60_000,
        description="Bot gửi tối đa bao nhiêu tin mỗi phút, tính chung mọi máy; Zalo không nói "
        "cho bao nhiêu.",
    )


class AppriseSettings(Section):
    """One secret address, by the name that groups of the backend ``apprise`` have."""

    #: As above.
    secrets: ClassVar[tuple[str, ...]] = ("url",)

    url: str = Field(
        default="",
        repr=False,
        description="Địa chỉ kiểu Apprise; có mật khẩu bên trong nên để trong tệp riêng.",
    )
    url_file: str = Field(
        default="", description="Tệp chứa địa chỉ ấy; đường dẫn tính từ thư mục làm việc."
    )
