"""Every kind of player there is, and how each is built for a commune."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channels.base import Backend
from channels.loudspeaker.players.agent import AgentBackend
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.liquidsoap import LiquidsoapBackend
from channels.loudspeaker.players.mqtt.account import Account
from channels.loudspeaker.players.mqtt.backend import MqttBackend
from channels.loudspeaker.players.mqtt.topics import Topics
from channels.loudspeaker.players.package.backend import PackageBackend
from channels.loudspeaker.players.places import COMMUNE, Places
from channels.loudspeaker.players.sftp.account import SftpAccount
from channels.loudspeaker.players.sftp.backend import SftpBackend
from channels.loudspeaker.players.station_plan import Limits
from engine.app.broken_player import BrokenPlayer
from engine.app.settings_words import settings_line
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models.registry import USUAL_PLAYER
from engine.settings import Settings
from engine.settings.lines import line_of
from engine.settings.players import (
    AgentPlayer,
    FolderPlayer,
    LiquidsoapPlayer,
    MqttPlayer,
    PackagePlayer,
    PlayerSettings,
    SftpPlayer,
)

if TYPE_CHECKING:
    from engine.app.channels import Surroundings


def _folder(name: str, player: FolderPlayer, here: Surroundings) -> Backend:
    return FolderBackend(
        here.outbox("loudspeaker"),
        name=name,
        places=_own(name, player, here),
        keep_days=player.keep_days,
        clock=here.clock,
    )


def _own(name: str, player: FolderPlayer, here: Surroundings) -> Places | None:
    """Return where a player's folders lie when that is not the outbox."""
    if not player.path or here.preview:
        return None
    if Path(player.path).is_absolute():
        return places_of(name, player.path, here)
    return Places(str(here.folder / player.path), here.commune_id)


def _package(name: str, player: PackagePlayer, here: Surroundings) -> Backend:
    if player.path and Path(player.path).is_absolute() and not here.preview:
        places_of(name, player.path, here)
    return PackageBackend(
        package_folder(name, player, here.folder, here.commune_id, preview=here.preview),
        name=name,
        field=player.field,
        ahead=timedelta(days=player.ahead_days),
        keep_days=player.keep_days,
        clock=here.clock,
    )


def package_folder(
    name: str, player: PackagePlayer, folder: Path, commune_id: str, *, preview: bool = False
) -> Path:
    """Return where a player's packages lie, for a commune whose own folder is ``folder``."""
    if player.path and not preview:
        return folder / player.path.replace(COMMUNE, commune_id)
    return folder / "outbox" / "packages" / name


def _agent(name: str, player: AgentPlayer, here: Surroundings) -> Backend:
    return AgentBackend(
        name,
        here.feed,
        timedelta(minutes=player.begin_within_minutes),
        ahead=timedelta(days=player.ahead_days),
    )


def _sftp(name: str, player: SftpPlayer, here: Surroundings) -> Backend:
    if not (player.host_key or player.known_hosts):
        message = _(
            "[players.{name}]: write host_key (or known_hosts), so that Loa knows the server: on"
            " it, ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub prints it"
        )
        raise LoaError(message.format(name=name))
    if not (player.password or player.key_file):
        message = _("[players.{name}]: write password_file or key_file, so that Loa may come in")
        raise LoaError(message.format(name=name))
    account = SftpAccount(
        player=name,
        host=player.host,
        user=player.user,
        port=player.port,
        password=player.password,
        key_file=here.workspace / player.key_file if player.key_file else None,
        host_keys=tuple(re.split(r"[ ,]+", player.host_key.strip())) if player.host_key else (),
        known_hosts=here.workspace / player.known_hosts if player.known_hosts else None,
        timeout=player.timeout_seconds,
    )
    return SftpBackend(
        account,
        places=places_of(name, player.path or ".", here),
        keep_days=player.keep_days,
        clock=here.clock,
    )


def _liquidsoap(name: str, player: LiquidsoapPlayer, here: Surroundings) -> Backend:
    return LiquidsoapBackend(
        name,
        places=places_of(name, str(here.workspace / player.path), here),
        sockets=places_of(name, player.socket, here),
        limits=_limits(player),
        keep_days=player.keep_days,
        clock=here.clock,
    )


def _mqtt(name: str, player: MqttPlayer, here: Surroundings) -> Backend:
    if not player.password:
        message = _("[players.{name}]: write password_file, so that Loa may come in")
        raise LoaError(message.format(name=name))
    account = Account(
        player=name,
        host=player.host,
        port=player.port,
        user=player.user,
        password=player.password,
        tls=player.tls,
        ca_file=here.workspace / player.ca_file if player.ca_file else None,
    )
    topic = places_of(name, player.topic, here).path
    return MqttBackend(
        account,
        Topics(topic, here.commune_id),
        sign=here.feed.sign,
        sounds=here.workspace / player.sounds,
        address=player.sounds_url,
        limits=_limits(player),
        patience=player.answer_seconds,
        keep_days=player.keep_days,
        clock=here.clock,
    )


def _limits(player: LiquidsoapPlayer | MqttPlayer) -> Limits:
    late, overrun = player.late_minutes, player.overrun_minutes
    return Limits(timedelta(minutes=late), timedelta(minutes=max(late, overrun)))


#: Builds a player from its name, its section and the surroundings, by its kind. Adding one
#: touches its module, its section in the settings, and a line here.
KINDS: Mapping[str, Callable[[str, Any, Surroundings], Backend]] = {
    "folder": _folder,
    "package": _package,
    "agent": _agent,
    "sftp": _sftp,
    "liquidsoap": _liquidsoap,
    "mqtt": _mqtt,
}


#: Kinds that write into folders alone.
_OF_FILES = frozenset({"folder", "package"})


def places_of(name: str, path: str, here: Surroundings) -> Places:
    """Return where a player's clusters lie.

    Raises LoaError for a path in which two communes of one workspace would meet.
    """
    if here.folder != here.workspace and COMMUNE not in path:
        message = _("[players.{name}] path: several communes are served here; put {part} in it")
        raise LoaError(message.format(name=name, part=COMMUNE))
    return Places(path, here.commune_id)


def known_players(settings: Settings) -> frozenset[str]:
    """Return the names that a cluster's ``player`` may have."""
    return frozenset({USUAL_PLAYER, *settings.players, *settings.faulty_players})


def build_players(here: Surroundings) -> dict[str, Backend]:
    """Build every player of the settings; for one that cannot be as it is set, what says so.

    Raises LoaError for the usual player, without which nobody is heard.
    """
    players = here.settings.players
    kind = str(players[USUAL_PLAYER].kind) if USUAL_PLAYER in players else "folder"
    if kind != "folder":
        message = _('[players.{name}]: found kind "{kind}"; this player is always a folder')
        raise LoaError(message.format(name=USUAL_PLAYER, kind=kind))
    broken = {
        name: BrokenPlayer(name, tuple(map(settings_line, faults)))
        for name, faults in here.settings.faulty_players.items()
    }
    return {**broken, **{name: _built(name, player, here) for name, player in players.items()}}


def _built(name: str, player: PlayerSettings, here: Surroundings) -> Backend:
    try:
        return KINDS[player.kind](name, player, here)
    except LoaError as error:
        if name == USUAL_PLAYER:
            raise
        path = here.workspace / "loa.toml"
        line = line_of(path.read_text("utf-8-sig"), ["players", name]) if path.is_file() else 0
        place = f"{path}:{line}" if line else str(path)
        networked = player.kind not in _OF_FILES
        return BrokenPlayer(name, (f"{place}: {error}",), networked=networked)
