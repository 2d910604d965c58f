"""Settings of a workspace: ``loa.toml``, then ``LOA_*`` from the environment.

``[telegram] base_url`` is overridden by ``LOA_TELEGRAM_BASE_URL``; any value may come from a
file named by the same variable with ``_FILE`` behind it, so that secrets stay out of the
environment and of the workspace.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, Field, PrivateAttr, ValidationError
from pydantic_core import ErrorDetails

from engine.settings.chat import AppriseName, AppriseSettings, ZaloBotSettings
from engine.settings.lines import line_of
from engine.settings.players import ALWAYS_THERE, PlayerName, PlayerSettings
from engine.settings.portal import PortalSettings
from engine.settings.printing import PrintSettings
from engine.settings.proof import ProofSettings
from engine.settings.secrets import (
    Faulty,
    SettingsError,
    SettingsFault,
    read_secret,
    with_own_secrets,
)
from engine.settings.sections import (
    AlertSettings,
    ArtifactSettings,
    BackupSettings,
    ClockSettings,
    ConsoleSettings,
    HttpSettings,
    LedgerSettings,
    LogSettings,
    MachineSettings,
    NoticeSettings,
    OutboxSettings,
    PlaylogSettings,
    PrivacySettings,
    QueueSettings,
    RetrySettings,
    RunSettings,
    Section,
    TelegramSettings,
)
from engine.settings.speaking import LoudspeakerSettings, ProgrammeSettings
from engine.settings.voices import VoiceSettings
from engine.settings.zalo import ZaloSettings

__all__ = [
    "ArtifactSettings",
    "LoudspeakerSettings",
    "Settings",
    "SettingsError",
    "SettingsFault",
    "load_settings",
    "read_secret",
]


class Settings(Section):
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
    #: By the commune's id.
    voices: dict[str, VoiceSettings] = Field(default={})
    programme: ProgrammeSettings = ProgrammeSettings()
    proof: ProofSettings = ProofSettings()
    print: PrintSettings = PrintSettings()
    #: By the name that clusters in the registry give.
    players: dict[PlayerName, PlayerSettings] = Field(default={})
    telegram: TelegramSettings = TelegramSettings()
    portal: PortalSettings = PortalSettings()
    #: Official Accounts, by the commune's id.
    zalo: dict[str, ZaloSettings] = Field(default={})
    zalo_bot: ZaloBotSettings = ZaloBotSettings()
    #: By the name that groups in the registry give as their address.
    apprise: dict[AppriseName, AppriseSettings] = Field(default={})
    run: RunSettings = RunSettings()
    #: By the channel's name.
    retries: dict[str, RetrySettings] = Field(default={})
    ledger: LedgerSettings = LedgerSettings()
    queue: QueueSettings = QueueSettings()
    artifacts: ArtifactSettings = ArtifactSettings()
    backup: BackupSettings = BackupSettings()
    http: HttpSettings = HttpSettings()
    console: ConsoleSettings = ConsoleSettings()
    machine: MachineSettings = MachineSettings()
    log: LogSettings = LogSettings()
    notices: NoticeSettings = NoticeSettings()
    alert: AlertSettings = AlertSettings()
    playlog: PlaylogSettings = PlaylogSettings()
    privacy: PrivacySettings = PrivacySettings()
    outbox: OutboxSettings = OutboxSettings()
    _faulty: dict[str, tuple[SettingsFault, ...]] = PrivateAttr(default_factory=dict)
    _faulty_accounts: dict[str, tuple[SettingsFault, ...]] = PrivateAttr(default_factory=dict)

    @property
    def faulty_players(self) -> Mapping[str, tuple[SettingsFault, ...]]:
        """What is wrong with players' sections that are left out, each by its own fault."""
        return self._faulty

    @property
    def faulty_accounts(self) -> Mapping[str, tuple[SettingsFault, ...]]:
        """What is wrong with the secrets of chat accounts, by section: ``apprise.thu_xa``."""
        return self._faulty_accounts

    def loudspeaker_of(self, commune_id: str) -> LoudspeakerSettings:
        """Return what holds for a commune: its own voices, where they are set."""
        own = self.voices.get(commune_id, VoiceSettings())
        return self.loudspeaker.model_copy(update=own.model_dump(exclude_none=True))


def load_settings(workspace: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the workspace's settings. Raises SettingsError with every fault.

    Players whose own sections have faults are left out, and these are ``faulty_players``: the
    others go on, and whoever looks is told. The player that is always there must be in order.
    """
    path = workspace / "loa.toml"
    text = _read_text(path)
    values = _read_toml(path, text)
    _apply_environment(Settings, values, environ, "LOA")
    faulty: dict[str, tuple[SettingsFault, ...]] = {}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False)
        located = [(fault["loc"], _located(fault, path, text, environ)) for fault in found]
        if not all(map(_is_players_own, (place for place, _fault in located))):
            raise SettingsError([fault for _place, fault in located]) from None
        for place, fault in located:
            faulty[str(place[1])] = (*faulty.get(str(place[1]), ()), fault)
        for name in faulty:
            values["players"].pop(name)
        settings = Settings.model_validate(values)
    settings._faulty = faulty
    return _with_secrets(settings, workspace)


def _is_players_own(place: tuple[int | str, ...]) -> bool:
    """Say whether a fault lies in a player's section, so that others need not mind it."""
    return len(place) > 1 and place[0] == "players" and place[1] != ALWAYS_THERE


def _located(
    fault: ErrorDetails, path: Path, text: str, environ: Mapping[str, str]
) -> SettingsFault:
    """Name the variable that gave the faulty value, else the file."""
    names = [str(part) for part in fault["loc"]]
    if names[:1] == ["players"] and len(names) > 3:
        del names[2]  # the kind, by which pydantic found the section's model
    keys = [part for part in names if not part.isdecimal()]  # not which one of a list
    variable = "_".join(["LOA", *keys]).upper()
    for given in (variable, f"{variable}_FILE"):
        if given in environ:
            return SettingsFault(given, "", fault)
    return SettingsFault(str(path), ".".join(names), fault, line_of(text, names))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError([SettingsFault(str(path), "", error)]) from None


def _read_toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([SettingsFault(str(path), "", error)]) from None


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
                _apply_to_named(_models_in(get_args(kind)[1]), sections, environ, variable)
        elif variable in environ:
            values[name] = environ[variable]
        elif f"{variable}_FILE" in environ and not name.endswith("_file"):
            values[name] = read_secret(Path(environ[f"{variable}_FILE"]))


def _apply_to_named(
    models: Sequence[type[BaseModel]],
    sections: dict[str, Any],
    environ: Mapping[str, str],
    prefix: str,
) -> None:
    """Do so for sections that may have any name, as in ``LOA_RETRIES_CHAT_ATTEMPTS``.

    Of ``models`` each section is one, or several may be: which, is not looked at.
    """
    fields = "|".join(dict.fromkeys(name for model in models for name in model.model_fields))
    form = re.compile(f"{prefix}_(.+?)_(?:{fields})(?:_FILE)?", re.IGNORECASE)
    names = {found[1].lower() for found in map(form.fullmatch, environ) if found}
    for name in names | set(sections):
        section = sections.setdefault(name, {})
        if isinstance(section, dict):
            for model in models:
                _apply_environment(model, section, environ, f"{prefix}_{name.upper()}")


def _models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return every model that a value of such a type may be."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for inner in get_args(annotation) for model in _models_in(inner))


def _with_secrets(settings: Settings, workspace: Path) -> Settings:
    """Read secrets from the files that are named for them.

    One that cannot be read is the fault of its own player or chat account: the others go on.
    """
    faulty = Faulty(workspace, dict(settings.faulty_players), {})
    own = faulty.with_secrets
    players = {
        name: kept
        for name, player in settings.players.items()
        if (kept := own(player, f"players.{name}", faulty.players, name)) is not None
    }
    portal = settings.portal.model_copy(
        update={
            "wordpress": with_own_secrets(settings.portal.wordpress, workspace),
            "webhook": with_own_secrets(settings.portal.webhook, workspace),
        }
    )
    known = settings.model_copy(
        update={
            "players": players,
            "telegram": faulty.account(settings.telegram, "telegram"),
            "zalo": {
                name: faulty.account(one, f"zalo.{name}") for name, one in settings.zalo.items()
            },
            "zalo_bot": faulty.account(settings.zalo_bot, "zalo_bot"),
            "apprise": {
                name: faulty.account(one, f"apprise.{name}")
                for name, one in settings.apprise.items()
            },
            "portal": portal,
        }
    )
    known._faulty = faulty.players
    known._faulty_accounts = faulty.accounts
    return known
