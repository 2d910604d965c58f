"""The sections ``[players.<name>]``: what plays in clusters of loudspeakers.

To add a kind: a section here that ends ``PlayerSettings``, a module in
``channels/loudspeaker/players/``, and a line in ``engine/app/players.py``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from engine.settings.sections import Section

#: The player that every workspace has: it plays where nothing else is said.
ALWAYS_THERE = "folder"

#: As the registry writes it: ``player: may-xa``.
PlayerName = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]

#: A path may name the commune and the cluster.
_PATH = r"^([^{}]|\{commune\}|\{cluster\})*$"

#: Days that programmes are kept where they were put, after the day on which they aired.
KeepDays = Annotated[int, Field(ge=1, le=3650)]


class PlayerSection(Section):
    """What every kind has. ``secrets`` are keys that a file named by ``<key>_file`` may hold."""

    secrets: ClassVar[tuple[str, ...]] = ()

    kind: str
    must_report: bool | None = Field(
        default=None,
        description="true: máy phát im lặng thì coi là không phát; false: không bao giờ kết luận "
        "như vậy. Bỏ trống thì theo loại máy phát; riêng folder: từ khi cụm loa ấy có báo cáo.",
    )


class FolderPlayer(PlayerSection):
    kind: Literal["folder"] = Field(
        description="folder: một thư mục mà máy phát đọc theo danh sách .m3u8."
    )
    path: str = Field(
        default="",
        pattern=_PATH,
        description="Thư mục của các cụm loa, tính từ thư mục làm việc; {commune} là mã xã, "
        "{cluster} là mã cụm loa. Phần trước {…} phải có sẵn. Bỏ trống là outbox/loudspeaker/"
        "{cluster}.",
    )
    keep_days: KeepDays | None = Field(
        default=None,
        description="Chương trình đã phát quá số ngày này thì xóa khỏi thư mục; bỏ trống là "
        "giữ mãi.",
    )


class PackagePlayer(PlayerSection):
    kind: Literal["package"] = Field(
        description="package: mỗi bài một tệp ZIP để cán bộ nộp lên hệ thống của tỉnh."
    )
    path: str = Field(
        default="",
        pattern=r"^([^{}]|\{commune\})*$",
        description="Thư mục chứa các gói, tính từ thư mục làm việc; {commune} là mã xã. Bỏ trống "
        "là outbox/packages/<tên>.",
    )
    field: str = Field(
        default="Thông tin chung",
        min_length=1,
        max_length=100,
        description="Lĩnh vực của bài nào không tự ghi lĩnh vực (channels.loudspeaker.field).",
    )
    ahead_days: int = Field(
        default=7,
        ge=0,
        le=60,
        description="Gói có sẵn trước giờ phát bao nhiêu ngày, để cán bộ kịp nộp.",
    )
    keep_days: KeepDays | None = Field(
        default=None,
        description="Gói phát xong quá số ngày này thì xóa; bỏ trống là giữ mãi.",
    )


class AgentPlayer(PlayerSection):
    kind: Literal["agent"] = Field(
        description="agent: máy phát của Loa, tự lấy chương trình đã ký từ loa console."
    )
    ahead_days: int = Field(
        default=2,
        ge=0,
        le=14,
        description="Giao chương trình cho máy phát trước bao nhiêu ngày, để mất mạng vẫn phát. "
        "Giờ cấm ghi thêm sau khi đã giao thì thu lại khi máy phát hỏi lần sau; "
        "mất mạng thì chưa.",
    )
    begin_within_minutes: int = Field(
        default=10,
        ge=1,
        le=24 * 60,
        description="Trễ quá số phút này sau khung giờ thì máy phát không bắt đầu chương trình "
        "nữa.",
    )


class SftpPlayer(PlayerSection):
    secrets: ClassVar[tuple[str, ...]] = ("password",)

    kind: Literal["sftp"] = Field(description="sftp: một thư mục trên máy chủ, gửi qua SSH (SFTP).")
    host: str = Field(min_length=1, description="Tên hoặc địa chỉ IP của máy chủ.")
    port: int = Field(default=22, ge=1, le=65_535, description="Cổng SSH của máy chủ.")
    user: str = Field(min_length=1, description="Tên đăng nhập.")
    #: Never shown.
    password: str = Field(
        default="", repr=False, description="Mật khẩu; nên để trong tệp riêng (password_file)."
    )
    password_file: str = Field(
        default="", description="Tệp chứa mật khẩu; đường dẫn tính từ thư mục làm việc."
    )
    key_file: str = Field(
        default="",
        description="Tệp khóa riêng SSH, thay cho mật khẩu; đường dẫn tính từ thư mục làm việc.",
    )
    host_key: str = Field(
        default="",
        pattern=r"^(SHA256:[A-Za-z0-9+/]{43}([ ,]+|$))*$",
        description="Dấu vân tay khóa của máy chủ, SHA256:…, như ssh-keygen -lf in ra; nhiều khóa "
        "thì cách nhau bằng dấu cách. Máy chủ đưa khóa khác thì không gửi gì.",
    )
    known_hosts: str = Field(
        default="",
        description="Hoặc: tệp known_hosts; đường dẫn tính từ thư mục làm việc.",
    )
    path: str = Field(
        default="",
        pattern=_PATH,
        description="Thư mục của các cụm loa trên máy chủ; {commune} là mã xã, {cluster} là mã cụm "
        "loa. Phần trước {…} phải có sẵn. Bỏ trống là thư mục riêng của người dùng.",
    )
    timeout_seconds: float = Field(
        default=20.0, ge=0.2, le=600, description="Chờ máy chủ trả lời lâu nhất bao nhiêu giây."
    )
    keep_days: KeepDays | None = Field(
        default=None,
        description="Chương trình đã phát quá số ngày này thì xóa khỏi máy chủ; bỏ trống là "
        "giữ mãi.",
    )


#: Minutes.
Late = Annotated[int, Field(ge=0, le=24 * 60)]
_LATE = "Trễ quá bao nhiêu phút sau giờ phát thì không bắt đầu chương trình nữa."
_OVERRUN = (
    "Bao nhiêu phút sau giờ phát thì không bắt đầu bài nào nữa, kể cả tin khẩn cấp và bài bị "
    "tin khẩn cấp ngắt."
)


class LiquidsoapPlayer(PlayerSection):
    kind: Literal["liquidsoap"] = Field(
        description="liquidsoap: đài phát qua Icecast, mỗi cụm loa một đài."
    )
    path: str = Field(
        default="/srv/loa-station/{cluster}",
        pattern=_PATH,
        description="Thư mục mà đài đọc; {commune} là mã xã, {cluster} là mã cụm loa.",
    )
    socket: str = Field(
        default="/run/loa-station/{cluster}/socket",
        pattern=r"^/([^{}]|\{commune\})*\{cluster\}([^{}]|\{commune\}|\{cluster\})*$",
        description="Ổ cắm (unix socket) của đài trên máy này; phải có {cluster}.",
    )
    late_minutes: Late = Field(default=10, description=_LATE)
    overrun_minutes: Late = Field(default=60, description=_OVERRUN)
    keep_days: KeepDays = Field(
        default=7, description="Chương trình đã phát quá số ngày này thì xóa khỏi thư mục."
    )


class MqttPlayer(PlayerSection):
    secrets: ClassVar[tuple[str, ...]] = ("password",)

    kind: Literal["mqtt"] = Field(description="mqtt: thiết bị nhận lệnh qua máy chủ MQTT.")
    host: str = Field(min_length=1, description="Tên hoặc địa chỉ IP của máy chủ MQTT.")
    port: int = Field(
        default=8883, ge=1, le=65_535, description="Cổng; thường 8883 (tls), 1883 (không)."
    )
    tls: bool = Field(
        default=True, description="true: đường truyền mã hóa; false chỉ khi máy chủ ở cùng máy."
    )
    ca_file: str = Field(
        default="",
        description="Chứng chỉ gốc của máy chủ MQTT; đường dẫn tính từ thư mục làm việc. Bỏ trống "
        "là theo máy này.",
    )
    user: str = Field(default="loa", min_length=1, description="Tên đăng nhập.")
    #: Never shown.
    password: str = Field(
        default="", repr=False, description="Mật khẩu; nên để trong tệp riêng (password_file)."
    )
    password_file: str = Field(
        default="", description="Tệp chứa mật khẩu; đường dẫn tính từ thư mục làm việc."
    )
    topic: str = Field(
        default="loa/{commune}/{cluster}",
        pattern=r"^([^{}+#/]+/)*(\{commune\}/)?([^{}+#/]+/)*\{cluster\}$",
        description="Nhánh chủ đề của mỗi cụm loa; {cluster} ở cuối.",
    )
    sounds: str = Field(
        min_length=1,
        description="Thư mục mà máy chủ web đưa ra cho thiết bị tải âm thanh; đường dẫn tính từ "
        "thư mục làm việc.",
    )
    sounds_url: str = Field(
        pattern="^https?://.+", description="Địa chỉ của thư mục ấy, như thiết bị thấy."
    )
    answer_seconds: float = Field(
        default=20.0, ge=0.2, le=300, description="Chờ thiết bị trả lời lâu nhất bao nhiêu giây."
    )
    late_minutes: Late = Field(default=10, description=_LATE)
    overrun_minutes: Late = Field(default=60, description=_OVERRUN)
    keep_days: KeepDays = Field(
        default=30, description="Âm thanh không dùng nữa quá số ngày này thì xóa."
    )


#: Any kind of player.
PlayerSettings = Annotated[
    FolderPlayer | PackagePlayer | SftpPlayer | LiquidsoapPlayer | MqttPlayer | AgentPlayer,
    Field(discriminator="kind"),
]
