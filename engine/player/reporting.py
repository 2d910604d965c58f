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
from engine.models.play import PlayOutcome
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


def status_lines(
    identity: Identity, place: Place, machine: datetime
) -> tuple[list[str], list[str]]:
    """Return how a player fares, and what is wrong with it, line by line.

    ``machine`` is what this machine's clock says now.
    """
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
        lines += _told(status, machine)
    troubles = [str(one) for one in status.get("troubles", ())]
    if not running:
        troubles.insert(0, _("the player is not running: loa player"))
    return lines, troubles


def _told(status: Mapping[str, Any], machine: datetime) -> Iterator[str]:
    yield _("as of {moment}").format(moment=_moment(status.get("at")))
    yield _("last heard from the server: {moment}").format(moment=_moment(status.get("heard")))
    yield _("clock: {reference}; last compared with the server's: {moment}").format(
        reference=_reference(status.get("reference")), moment=_moment(status.get("checked"))
    )
    yield _("on air: {title}").format(title=status.get("on_air") or "-")
    yield _last(status.get("last"))
    yield _to_come(status, machine)
    yield _("sounds still to be fetched: {count}").format(count=status.get("missing", 0))
    yield _("plays not yet reported: {count}").format(count=status.get("unsent", 0))


def _last(found: object) -> str:
    if not isinstance(found, list) or len(found) != 3:
        return _("played last: -")
    title, outcome, began = map(str, found)
    words = _("played last: {title} at {moment} ({outcome})")
    return words.format(title=title, moment=_moment(began), outcome=_outcome(outcome))


def _outcome(found: str) -> str:
    words = {
        PlayOutcome.PLAYED: _("whole"),
        PlayOutcome.CUT: _("broken off"),
        PlayOutcome.FAILED: _("nothing was heard"),
        PlayOutcome.REFUSED: _("refused"),
    }
    return next((said for outcome, said in words.items() if outcome == found), found)


def _to_come(status: Mapping[str, Any], machine: datetime) -> str:
    """Say how many programmes are to come: of those that were when the state was written."""
    given = status.get("to_come")
    slots = [str(one) for one in given] if isinstance(given, list) else []
    now = _now(status, machine)
    left = [slot for slot in slots if now is None or _is_after(slot, now)]
    count = max(int(status.get("programmes", 0)) - (len(slots) - len(left)), 0)
    if not left:
        return _("programmes to come: {count}").format(count=count)
    words = _("programmes to come: {count}; the next at {moment}")
    return words.format(count=count, moment=_moment(left[0]))


def _now(status: Mapping[str, Any], machine: datetime) -> datetime | None:
    """Return the time: the machine's clock, set right by as much as the player knew of it."""
    try:
        at, then = (datetime.fromisoformat(str(status[name])) for name in ("at", "machine"))
        return machine + (at - then)
    except (KeyError, ValueError, TypeError):
        return None


def _is_after(slot: str, now: datetime) -> bool:
    try:
        return datetime.fromisoformat(slot) > now
    except (ValueError, TypeError):
        return False


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
