"""The sections of ``loa.toml``, each with what an installer may set in it."""

from __future__ import annotations

import socket
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from engine.settings.kinds import ChannelNames

#: Seconds, at most a day.
Seconds = Annotated[float, Field(gt=0, le=24 * 60 * 60)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClockSettings(Section):
    simulated: AwareDatetime | None = Field(
        default=None,
        description="Đồng hồ giả để thử, ghi cả múi giờ; bỏ trống là đồng hồ của máy.",
    )


class TelegramSettings(Section):
    #: Values that may come from a file named by the same key with ``_file`` behind it.
    secrets: ClassVar[tuple[str, ...]] = ("token",)

    base_url: str = Field(
        default="https://api.telegram.org", description="Địa chỉ máy chủ Telegram."
    )
    token: str = Field(default="", description="Mã của bot; nên để trong tệp riêng.")
    messages_per_second: float = Field(
        default=20.0,
        ge=0.1,
        le=1000,
        description="Cả bot gửi tối đa bao nhiêu tin mỗi giây, tính chung mọi máy; "
        "Telegram cho chừng 30.",
    )
    group_messages_per_minute: float = Field(
        default=15.0,
        ge=1,
        le=60_000,
        description="Mỗi nhóm nhận tối đa bao nhiêu tin mỗi phút, tính chung mọi máy; "
        "Telegram cho 20.",
    )
    token_file: str = Field(
        default="", description="Tệp chứa mã của bot; đường dẫn tính từ thư mục làm việc."
    )


class AlertSettings(Section):
    channels: ChannelNames = Field(
        default=("loudspeaker", "portal", "chat"),
        description="loa alert dùng những kênh này nếu không ghi --channels.",
    )
    every_minutes: int = Field(
        default=15,
        ge=5,
        le=24 * 60,
        description="loa alert: cứ bao nhiêu phút loa phát lại một lần nếu không ghi --every.",
    )
    hours: int = Field(
        default=3,
        ge=1,
        le=24,
        description="loa alert: phát lại trong bao nhiêu giờ nếu không ghi --until.",
    )


class RunSettings(Section):
    threads: int = Field(default=4, ge=1, le=64, description="Số việc làm cùng lúc.")
    attempts: int = Field(
        default=6,
        ge=1,
        le=100,
        description="Lỗi tạm thời thì thử tối đa bao nhiêu lần trước khi tính là hỏng.",
    )


class RetrySettings(Section):
    """What holds for one channel in place of its own and of ``[run] attempts``."""

    attempts: int | None = Field(
        default=None, ge=1, le=100, description="Số lần thử của riêng kênh này (xem run.attempts)."
    )
    first_wait: Seconds | None = Field(
        default=None,
        description="Lỗi lần đầu thì chờ bao nhiêu giây rồi thử lại; mỗi lần sau chờ gấp đôi.",
    )
    longest_wait: Seconds | None = Field(
        default=None, description="Chờ lâu nhất bao nhiêu giây giữa hai lần thử."
    )


class QueueSettings(Section):
    url: str = Field(
        default="",
        description="Hàng đợi Redis cho nhiều máy (loa worker, loa scheduler): "
        "redis://:mật-khẩu@máy:6379/0; bỏ trống khi chỉ dùng loa run.",
    )
    name: str = Field(
        default="loa",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Tên hàng đợi; mỗi sổ cái dùng chung một Redis thì đặt một tên riêng.",
    )


class OutboxSettings(Section):
    machine: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,63}$",
        description="Máy giữ thư mục outbox: chỉ máy ấy ghi tệp vào đó. Bỏ trống khi chỉ có một "
        "máy, hoặc khi mọi máy dùng chung một ổ.",
    )


class HttpSettings(Section):
    listen: str = Field(
        default="",
        description="Nơi trả lời /healthz, /readyz, /metrics, ví dụ localhost:9464; "
        "bỏ trống là không mở. Nhiều dịch vụ trên một máy thì mỗi dịch vụ một cổng: --listen.",
    )


class ConsoleSettings(Section):
    listen: str = Field(
        default="localhost:8470",
        description="Nơi loa console chờ các máy phát, ví dụ 0.0.0.0:8470 để nhận từ mạng.",
    )
    certificate: str = Field(
        default="",
        description="Tệp chứng chỉ (PEM) để dùng HTTPS; đường dẫn tính từ thư mục làm việc. Bỏ "
        "trống là HTTP.",
    )
    certificate_key: str = Field(
        default="", description="Tệp khóa của chứng chỉ ấy (PEM), nếu không nằm cùng một tệp."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+)?$",
        description="Địa chỉ mà điện thoại của trưởng ấp mở được, ví dụ https://loa.xa-mau.vi.du; "
        "dùng cho đường dẫn chuyển tin và mã trên phiếu giao tờ rơi. Bỏ trống là địa chỉ của "
        "listen, và mã trên phiếu không mở trang nào.",
    )
    link_days: int = Field(
        default=30, ge=1, le=366, description="Đường dẫn chuyển tin dùng được bao nhiêu ngày."
    )
    code_hours: int = Field(
        default=48, ge=1, le=24 * 30, description="Mã ghi danh máy phát dùng được bao nhiêu giờ."
    )
    silent_minutes: int = Field(
        default=15,
        ge=2,
        le=24 * 60,
        description="Máy phát im lặng quá bao nhiêu phút thì báo.",
    )


class MachineSettings(Section):
    name: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,63}$",
        description="Tên của máy này trong sổ cái và thông báo; bỏ trống là tên mà máy tự có.",
    )

    @property
    def known_as(self) -> str:
        """Return what this machine is called: as set, else by its own system."""
        return self.name or socket.gethostname()


class LogSettings(Section):
    format: Literal["auto", "text", "json"] = Field(
        default="auto",
        description="Nhật ký của dịch vụ: text (cho người đọc), json (cho máy), "
        "auto: text trên màn hình, json ở nơi khác.",
    )


class LedgerSettings(Section):
    #: Never shown: it may hold a password.
    url: str = Field(
        default="",
        repr=False,
        description="Sổ cái trên máy chủ PostgreSQL, dùng chung cho nhiều máy: "
        "postgresql://tên:mật-khẩu@máy:5432/loa; nên để trong tệp mà LOA_LEDGER_URL_FILE nêu. "
        "Bỏ trống thì sổ cái là tệp loa.db trong thư mục làm việc.",
    )


class ArtifactSettings(Section):
    url: str = Field(
        default="",
        description="Kho thành phẩm dùng chung cho nhiều máy: s3://kho/thư-mục trên máy chủ kiểu "
        "S3, hoặc thư mục mạng đã gắn vào máy. Bỏ trống thì là artifacts/ trong thư mục làm việc.",
    )
    endpoint: str = Field(
        default="",
        pattern="^(https?://.+)?$",
        description="Địa chỉ máy chủ kiểu S3: https://máy:cổng.",
    )
    region: str = Field(default="us-east-1", description="Vùng (region) mà máy chủ ấy đặt.")
    key: str = Field(default="", description="Mã truy cập (access key) của kho.")
    #: Never shown.
    secret: str = Field(
        default="",
        repr=False,
        description="Khóa bí mật (secret key) của kho; nên để trong tệp mà "
        "LOA_ARTIFACTS_SECRET_FILE nêu.",
    )
    timeout_seconds: int = Field(
        default=60, ge=1, le=600, description="Chờ máy chủ ấy lâu nhất bao nhiêu giây mỗi lần."
    )
    keep_days: int | None = Field(
        default=None,
        ge=7,
        le=36_500,
        description="Thành phẩm không ai dùng bao nhiêu ngày thì được xóa (làm lại được từ sổ "
        "cái); tệp kèm theo không bao giờ bị xóa. Bỏ trống là giữ mãi.",
    )
    cache_megabytes: int = Field(
        default=2000,
        ge=1,
        le=1_000_000,
        description="Bản sao của kho trên máy này chiếm nhiều nhất bao nhiêu megabyte, không kể "
        "những tệp dùng trong 15 phút vừa qua.",
    )


class BackupSettings(Section):
    folder: str = Field(
        default="backups",
        min_length=1,
        description="Nơi loa backup để bản sao lưu; nên là một ổ đĩa khác. Đường dẫn tính từ thư "
        "mục làm việc.",
    )
    keep: int = Field(
        default=14,
        ge=1,
        le=10_000,
        description="Giữ bao nhiêu bản sao lưu mới nhất ở nơi ấy; bản cũ hơn được xóa.",
    )


class PrivacySettings(Section):
    list_days: int = Field(
        default=30,
        ge=0,
        le=366,
        description="Tin hết hiệu lực bao nhiêu ngày thì danh sách riêng của các tổ, và lời báo hộ "
        "cần giúp đã xử lý, bị xóa khỏi sổ cái (loa privacy purge, và tự động mỗi ngày).",
    )


class PlaylogSettings(Section):
    every_seconds: int = Field(
        default=60, ge=5, le=86_400, description="Hỏi mỗi máy phát đã phát gì cách nhau bao giây."
    )
    margin_minutes: int = Field(
        default=30,
        ge=1,
        le=60 * 24 * 3,
        description="Chương trình hết bao nhiêu phút mà máy phát vẫn chưa báo thì coi là không "
        "phát. Chỉ xét máy phát có báo cáo (xem must_report của máy phát).",
    )


class NoticeSettings(Section):
    #: Never shown: addresses hold tokens and passwords.
    urls: str = Field(
        default="",
        repr=False,
        description="Nơi nhận thông báo việc cần người xử lý, viết theo kiểu Apprise (mailto://, "
        "tgram://, json://…), cách nhau bằng dấu cách hoặc xuống dòng; nên để trong tệp mà "
        "LOA_NOTICES_URLS_FILE nêu. Bỏ trống thì chỉ xem bằng loa notices.",
    )
    remind_hours: int = Field(
        default=24, ge=1, le=24 * 30, description="Chưa ai xử lý thì sau bao nhiêu giờ nhắc lại."
    )
    approval_hours: int = Field(
        default=24,
        ge=1,
        le=24 * 14,
        description="Trước khung giờ đầu tiên bao nhiêu giờ mà chưa duyệt thì báo.",
    )
    proof_hours: int = Field(
        default=72,
        ge=1,
        le=24 * 30,
        description="Sau khung giờ bao nhiêu giờ mà chưa có minh chứng thì báo.",
    )
    disk_percent: int = Field(
        default=10, ge=1, le=90, description="Đĩa còn trống dưới bao nhiêu phần trăm thì báo."
    )

    @property
    def targets(self) -> tuple[str, ...]:
        """Return each address by itself."""
        return tuple(self.urls.split())
