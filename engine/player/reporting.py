"""How a player fares, in a small file that ``loa player status`` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.clock import local
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.player.identity import Identity
from engine.player.place import Place


def write_status(path: Path, status: Mapping[str, Any]) -> None:
    """Write what is known; a disk that refuses loses nothing but this."""
    with suppress(OSError):
        write_atomic(path, json.dumps(status, ensure_ascii=False).encode(), durable=False)


def read_status(path: Path) -> dict[str, Any]:
    """Return what was last written; empty where nothing can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def status_lines(identity: Identity, place: Place) -> tuple[list[str], list[str]]:
    """Return how a player fares, and what is wrong with it, line by line."""
    status = read_status(place.status)
    running = place.in_use()
    lines = [
        _("player: {player}, commune {commune}, clusters {clusters}").format(
            player=identity.player,
            commune=identity.commune,
            clusters=", ".join(identity.clusters),
        ),
        _("server: {address}; trusted key: {key}").format(
            address=identity.server, key=identity.key.id
        ),
    ]
    if status:
        lines += _told(status)
    troubles = [str(one) for one in status.get("troubles", ())]
    if not running:
        troubles.insert(0, _("the player is not running: loa player"))
    return lines, troubles


def _told(status: Mapping[str, Any]) -> Iterator[str]:
    yield _("as of {moment}").format(moment=_moment(status.get("at")))
    yield _("last heard from the server: {moment}").format(moment=_moment(status.get("heard")))
    yield _("clock: {reference}; last compared with the server's: {moment}").format(
        reference=_reference(status.get("reference")), moment=_moment(status.get("checked"))
    )
    yield _("on air: {title}").format(title=status.get("on_air") or "-")
    yield _("programmes to come: {count}; the next at {moment}").format(
        count=status.get("programmes", 0), moment=_moment(status.get("next"))
    )
    yield _("sounds still to be fetched: {count}").format(count=status.get("missing", 0))
    yield _("plays not yet reported: {count}").format(count=status.get("unsent", 0))


def _reference(found: object) -> str:
    words = {
        "server": _("the server's signed time"),
        "ntp": _("kept right by NTP"),
        "battery": _("the machine's battery clock"),
    }
    return words.get(str(found)) or _("nothing vouches for it")


def _moment(text: object) -> str:
    try:
        return f"{local(datetime.fromisoformat(str(text))):%H:%M:%S %d/%m/%Y}"
    except ValueError:
        return "-"
