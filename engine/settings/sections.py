"""The sections of ``loa.toml``, each with what an installer may set in it."""

from __future__ import annotations

import socket
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from engine.settings.kinds import EngineName, Engines, Region

#: Seconds, at most a day.
Seconds = Annotated[float, Field(gt=0, le=24 * 60 * 60)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


#: A wait of at most a day.


class ClockSettings(Section):
    simulated: AwareDatetime | None = Field(
        default=None,
        description="Đồng hồ giả để thử, ghi cả múi giờ; bỏ trống là đồng hồ của máy.",
    )


class LoudspeakerSettings(Section):
    engine: EngineName = Field(
        default="espeak",
        description="Giọng đọc: espeak (không cần mạng), gtts (cần mạng) hoặc piper (tệp giọng "
        "cài bằng loa voices install); giọng này không đọc được thì espeak đọc thay.",
    )
    engines: Engines | None = Field(
        default=None,
        description="Thay cho engine: thứ tự thử các giọng, ví dụ [gtts, piper, espeak]; giọng "
        "trước không đọc được thì giọng sau đọc cả mục tin, và có ghi lại lý do.",
    )
    voice: str = Field(default="vi-vn-x-south", description="Giọng của espeak.")
    piper_voice: str = Field(
        default="",
        description="Giọng của piper: tên đã đặt khi cài; thêm #3 để chọn người đọc số 3 của "
        "tệp ấy.",
    )
    piper_length: float = Field(
        default=1.0,
        ge=0.5,
        le=2.0,
        description="Piper đọc dài ra bao nhiêu lần: 1.2 là chậm hơn một phần năm.",
    )
    voices_folder: str = Field(
        default="voices",
        min_length=1,
        description="Nơi để các tệp giọng; ghi đường dẫn đầy đủ để cả máy dùng chung.",
    )
    helpers: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Bao nhiêu tiến trình đọc cùng lúc cho mỗi giọng không cần mạng; 0 là theo "
        "số lõi của máy.",
    )
    gtts_url: str = Field(
        default="",
        pattern="^(https?://[^/]+/?)?$",
        description="Địa chỉ thay cho máy chủ giọng đọc của Google; bỏ trống là của Google.",
    )
    region: Region = Field(
        default="south", description="Cách đọc số và chữ: south (Nam), north (Bắc)."
    )
    #: LUFS, integrated, measured on the decoded MP3.
    loudness: float = Field(
        default=-16.0, ge=-30, le=-9, description="Độ to, tính bằng LUFS, đo trên tệp MP3."
    )
    lead_minutes: int = Field(
        default=30,
        ge=0,
        le=24 * 60,
        description="Làm và giao chương trình trước giờ phát bao nhiêu phút.",
    )

    @property
    def chain(self) -> tuple[EngineName, ...]:
        """Return the engines in the order in which they are tried, each once."""
        return tuple(dict.fromkeys(self.engines or (self.engine, "espeak")))

    def voice_of(self, engine: str) -> str:
        """Return which voice of an engine is set; Google has one."""
        return {"espeak": self.voice, "piper": self.piper_voice}.get(engine, "vi")


class TelegramSettings(Section):
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
