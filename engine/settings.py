"""Settings of a workspace: ``loa.toml``, then ``LOA_*`` from the environment.

``[telegram] base_url`` is overridden by ``LOA_TELEGRAM_BASE_URL``; any value may come from a
file named by the same variable with ``_FILE`` behind it, so that secrets stay out of the
environment and of the workspace.
"""

from __future__ import annotations

import os
import re
import socket
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One fault. ``place`` is a file or a variable; ``field`` is empty for all of it.

    ``cause`` is what pydantic found, or why the file cannot be read. Whoever tells people
    puts it into words: this floor speaks no language.
    """

    place: str
    field: str
    cause: ErrorDetails | OSError | UnicodeDecodeError | tomllib.TOMLDecodeError


class SettingsError(Exception):
    """Settings that cannot be used, with every fault."""

    def __init__(self, faults: Sequence[SettingsFault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


#: A wait of at most a day.
Seconds = Annotated[float, Field(gt=0, le=24 * 60 * 60)]


class ClockSettings(_Strict):
    simulated: AwareDatetime | None = Field(
        default=None,
        description="Đồng hồ giả để thử, ghi cả múi giờ; bỏ trống là đồng hồ của máy.",
    )


class LoudspeakerSettings(_Strict):
    engine: Literal["espeak", "gtts"] = Field(
        default="espeak", description="Giọng đọc: espeak (không cần mạng) hoặc gtts (cần mạng)."
    )
    voice: str = Field(default="vi-vn-x-south", description="Giọng của espeak.")
    region: Literal["south", "north"] = Field(
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


class TelegramSettings(_Strict):
    base_url: str = Field(
        default="https://api.telegram.org", description="Địa chỉ máy chủ Telegram."
    )
    token: str = Field(default="", description="Mã của bot; nên để trong tệp riêng.")
    token_file: str = Field(
        default="", description="Tệp chứa mã của bot; đường dẫn tính từ thư mục làm việc."
    )


class RunSettings(_Strict):
    threads: int = Field(default=4, ge=1, le=64, description="Số việc làm cùng lúc.")
    attempts: int = Field(
        default=6,
        ge=1,
        le=100,
        description="Lỗi tạm thời thì thử tối đa bao nhiêu lần trước khi tính là hỏng.",
    )


class RetrySettings(_Strict):
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


class QueueSettings(_Strict):
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


class OutboxSettings(_Strict):
    machine: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,63}$",
        description="Máy giữ thư mục outbox: chỉ máy ấy ghi tệp vào đó. Bỏ trống khi chỉ có một "
        "máy, hoặc khi mọi máy dùng chung một ổ.",
    )


class HttpSettings(_Strict):
    listen: str = Field(
        default="",
        description="Nơi trả lời /healthz, /readyz, /metrics, ví dụ localhost:9464; "
        "bỏ trống là không mở. Nhiều dịch vụ trên một máy thì mỗi dịch vụ một cổng: --listen.",
    )


class MachineSettings(_Strict):
    name: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,63}$",
        description="Tên của máy này trong sổ cái và thông báo; bỏ trống là tên mà máy tự có.",
    )

    @property
    def known_as(self) -> str:
        """Return what this machine is called: as set, else by its own system."""
        return self.name or socket.gethostname()


class LogSettings(_Strict):
    format: Literal["auto", "text", "json"] = Field(
        default="auto",
        description="Nhật ký của dịch vụ: text (cho người đọc), json (cho máy), "
        "auto: text trên màn hình, json ở nơi khác.",
    )


class LedgerSettings(_Strict):
    #: Never shown: it may hold a password.
    url: str = Field(
        default="",
        repr=False,
        description="Sổ cái trên máy chủ PostgreSQL, dùng chung cho nhiều máy: "
        "postgresql://tên:mật-khẩu@máy:5432/loa; nên để trong tệp mà LOA_LEDGER_URL_FILE nêu. "
        "Bỏ trống thì sổ cái là tệp loa.db trong thư mục làm việc.",
    )


class ArtifactSettings(_Strict):
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


class BackupSettings(_Strict):
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


class Settings(_Strict):
    """Everything that an installer may set."""

    #: False: networked backends rehearse, in a place apart, and states stay untouched.
    live: bool = Field(
        default=False, description="false: chỉ tập dượt, không gửi gì ra mạng; true: gửi thật."
    )
    data_key_file: str = Field(
        default="data.key", description="Tệp khóa mã hóa dữ liệu cá nhân; giữ kín và sao lưu."
    )
    clock: ClockSettings = ClockSettings()
    loudspeaker: LoudspeakerSettings = LoudspeakerSettings()
    telegram: TelegramSettings = TelegramSettings()
    run: RunSettings = RunSettings()
    #: By the channel's name.
    retries: dict[str, RetrySettings] = {}
    ledger: LedgerSettings = LedgerSettings()
    queue: QueueSettings = QueueSettings()
    artifacts: ArtifactSettings = ArtifactSettings()
    backup: BackupSettings = BackupSettings()
    http: HttpSettings = HttpSettings()
    machine: MachineSettings = MachineSettings()
    log: LogSettings = LogSettings()
    outbox: OutboxSettings = OutboxSettings()


def load_settings(workspace: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the workspace's settings. Raises SettingsError with every fault."""
    path = workspace / "loa.toml"
    values = _read_toml(path)
    _apply_environment(Settings, values, environ, "LOA")
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise SettingsError([_located(fault, path, environ) for fault in found]) from None
    return _with_token(settings, workspace)


def _located(fault: ErrorDetails, path: Path, environ: Mapping[str, str]) -> SettingsFault:
    """Name the variable that gave the faulty value, else the file."""
    names = [str(part) for part in fault["loc"]]
    variable = "_".join(["LOA", *names]).upper()
    for given in (variable, f"{variable}_FILE"):
        if given in environ:
            return SettingsFault(given, "", fault)
    return SettingsFault(str(path), ".".join(names), fault)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError([SettingsFault(str(path), "", error)]) from None
    return values


def _apply_environment(
    model: type[BaseModel], values: dict[str, Any], environ: Mapping[str, str], prefix: str
) -> None:
    """Overwrite ``values`` with what the environment names, section by section."""
    for name, field in model.model_fields.items():
        variable = f"{prefix}_{name.upper()}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            section = values.setdefault(name, {})
            if isinstance(section, dict):
                _apply_environment(kind, section, environ, variable)
        elif get_origin(kind) is dict:
            sections = values.setdefault(name, {})
            if isinstance(sections, dict):
                _apply_to_named(get_args(kind)[1], sections, environ, variable)
        elif variable in environ:
            values[name] = environ[variable]
        elif f"{variable}_FILE" in environ and not name.endswith("_file"):
            values[name] = read_secret(Path(environ[f"{variable}_FILE"]))


def _apply_to_named(
    model: type[BaseModel], sections: dict[str, Any], environ: Mapping[str, str], prefix: str
) -> None:
    """Do so for sections that may have any name, as in ``LOA_RETRIES_CHAT_ATTEMPTS``."""
    form = re.compile(f"{prefix}_(.+)_(?:{'|'.join(model.model_fields)})(?:_FILE)?", re.IGNORECASE)
    names = {found[1].lower() for found in map(form.fullmatch, environ) if found}
    for name in names | set(sections):
        section = sections.setdefault(name, {})
        if isinstance(section, dict):
            _apply_environment(model, section, environ, f"{prefix}_{name.upper()}")


def read_secret(path: Path) -> str:
    """Return a secret kept in a file, without the final line break. Raises SettingsError."""
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([SettingsFault(str(path), "", error)]) from None


def _with_token(settings: Settings, workspace: Path) -> Settings:
    telegram = settings.telegram
    if telegram.token or not telegram.token_file:
        return settings
    token = read_secret(workspace / telegram.token_file)
    return settings.model_copy(update={"telegram": telegram.model_copy(update={"token": token})})
