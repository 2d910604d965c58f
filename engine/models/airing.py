"""What Loa tells a player, as plain values and as bytes: docs/player-protocol.md.

Reading is strict: a field that is missing, unknown, twice there or out of its range is an error,
so that what was signed has one meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from engine.clock import local
from engine.i18n import gettext as _
from engine.models.fields import Fields, WireError, read_json
from engine.models.hashing import canonical_json
from engine.models.terms import Priority, Purpose

__all__ = [
    "MAX_PAYLOAD",
    "Cancel",
    "Message",
    "Programme",
    "ProgrammeItem",
    "ServerTime",
    "Sound",
    "WireError",
    "decode",
    "encode",
]

#: Bytes of the longest payload that is read.
MAX_PAYLOAD = 1_000_000

#: Items of one programme, hamlets of one item.
MAX_ITEMS, MAX_HAMLETS = 500, 5_000

#: Bytes and seconds of the longest sound: a programme of four hours at 320 kbit/s.
MAX_SIZE, MAX_SECONDS = 600_000_000, 4 * 3_600.0

#: Seconds between two repeats, at least and at most.
MIN_REPEAT, MAX_REPEAT = 30, 86_400

#: Letters of a nonce, at least and at most.
MIN_NONCE, MAX_NONCE = 16, 128


class _Kind(StrEnum):
    PROGRAMME = "programme"
    CANCEL = "cancel"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound by its hash. ``file`` is what the manifest calls it; ``seconds`` it plays."""

    file: str
    sha256: str
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """One item, as the manifest lists it.

    ``starts`` is how many seconds into the programme it begins; None when nobody worked it out.
    """

    title: str
    campaign: str
    priority: Priority
    purpose: Purpose
    hamlets: tuple[str, ...]
    sound: Sound
    starts: float | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """What one cluster plays in one slot: ``opening``, ``items`` in their order, ``closing``.

    ``bridge`` comes between two items.

    It takes the place of what was published before for this cluster and slot. ``sequence`` only
    ever grows for a cluster. It must not begin after ``expires``; with ``repeat`` it begins again
    so long after its last beginning, until then. ``priority`` is the most urgent item's; ``drill``
    says that all of it is one. All moments are aware. It has at least one item: what has none
    left is a ``Cancel``.
    """

    commune: str
    cluster: str
    slot: datetime
    version: int
    sequence: int
    priority: Priority
    drill: bool
    expires: datetime
    made_at: datetime
    items: tuple[ProgrammeItem, ...]
    repeat: timedelta | None = None
    opening: Sound | None = None
    closing: Sound | None = None
    bridge: Sound | None = None

    def sounds(self) -> tuple[Sound, ...]:
        """Return every sound in the order in which they play, the bridge once for each time."""
        played: list[Sound | None] = [self.opening]
        for number, item in enumerate(self.items):
            played += [self.bridge, item.sound] if number else [item.sound]
        parts = (*played, self.closing)
        return tuple(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nothing of this cluster and slot is to be played, nor goes on playing."""

    commune: str
    cluster: str
    slot: datetime
    version: int
    sequence: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The moment at which the server answered whoever made up ``nonce``."""

    nonce: str
    at: datetime


Message = Programme | Cancel | ServerTime


def encode(message: Message) -> bytes:
    """Return the payload: JSON in canonical form, moments to the microsecond."""
    plain: dict[str, Any]
    if isinstance(message, ServerTime):
        plain = {"kind": _Kind.TIME, "nonce": message.nonce, "at": _moment(message.at)}
    elif isinstance(message, Cancel):
        plain = {**_common(message), "kind": _Kind.CANCEL}
    else:
        plain = {
            **_common(message),
            "kind": _Kind.PROGRAMME,
            "priority": message.priority,
            "drill": message.drill,
            "expires": _moment(message.expires),
            "repeat_seconds": _whole_seconds(message.repeat),
            "items": [_item(item) for item in message.items],
            "opening": message.opening and _sound(message.opening),
            "closing": message.closing and _sound(message.closing),
            "bridge": message.bridge and _sound(message.bridge),
        }
    return canonical_json(plain)


def decode(payload: bytes) -> Message:
    """Return what a payload says. Raises WireError. Whoever signed it is another question."""
    if len(payload) > MAX_PAYLOAD:
        message = _("{size} bytes are too many; allowed: at most {most}")
        raise WireError(message.format(size=len(payload), most=MAX_PAYLOAD))
    found = read_json(payload)
    kind = found.one_of("kind", _Kind)
    readers: dict[_Kind, Callable[[Fields], Message]] = {
        _Kind.PROGRAMME: _programme,
        _Kind.CANCEL: _cancel,
        _Kind.TIME: _time,
    }
    read = readers[kind](found)
    found.done()
    return read


def _common(message: Programme | Cancel) -> dict[str, Any]:
    return {
        "commune": message.commune,
        "cluster": message.cluster,
        "slot": _moment(message.slot),
        "version": message.version,
        "sequence": message.sequence,
        "made_at": _moment(message.made_at),
    }


def _moment(moment: datetime) -> str:
    return local(moment).isoformat()


def _whole_seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())


def _sound(sound: Sound) -> dict[str, Any]:
    plain = {one.name: getattr(sound, one.name) for one in fields(sound)}
    return {**plain, "seconds": float(sound.seconds)}


def _item(item: ProgrammeItem) -> dict[str, Any]:
    return {
        "title": item.title,
        "campaign": item.campaign,
        "priority": item.priority,
        "purpose": item.purpose,
        "hamlets": list(item.hamlets),
        "starts": None if item.starts is None else float(item.starts),
        **_sound(item.sound),
    }


def _programme(found: Fields) -> Programme:
    items = tuple(map(_read_item, found.inner_list("items", MAX_ITEMS)))
    if not items:
        raise WireError(_("a programme without items is no programme: it is cancelled instead"))
    repeat = found.whole_or_none("repeat_seconds", MIN_REPEAT, MAX_REPEAT)
    return Programme(
        **_read_common(found),
        priority=found.one_of("priority", Priority),
        drill=found.flag("drill"),
        expires=found.moment("expires"),
        items=items,
        repeat=None if repeat is None else timedelta(seconds=repeat),
        opening=_part(found, "opening"),
        closing=_part(found, "closing"),
        bridge=_part(found, "bridge"),
    )


def _cancel(found: Fields) -> Cancel:
    return Cancel(**_read_common(found))


def _time(found: Fields) -> ServerTime:
    return ServerTime(nonce_of(found), found.moment("at"))


def nonce_of(found: Fields) -> str:
    """Return the nonce among ``found``. Raises WireError."""
    nonce = found.id("nonce")
    if not MIN_NONCE <= len(nonce) <= MAX_NONCE:
        message = _("nonce: {count} letters; allowed: {least} to {most}")
        raise WireError(message.format(count=len(nonce), least=MIN_NONCE, most=MAX_NONCE))
    return nonce


def _read_common(found: Fields) -> dict[str, Any]:
    return {
        "commune": found.id("commune"),
        "cluster": found.id("cluster"),
        "slot": found.moment("slot"),
        "version": found.whole("version"),
        "sequence": found.whole("sequence", 1),
        "made_at": found.moment("made_at"),
    }


def _part(found: Fields, name: str) -> Sound | None:
    part = found.inner_or_none(name)
    if part is None:
        return None
    sound = _read_sound(part)
    part.done()
    return sound


def _read_sound(found: Fields) -> Sound:
    return Sound(
        file=found.path("file"),
        sha256=found.sha256("sha256"),
        size=found.whole("size", 1, MAX_SIZE),
        seconds=found.number("seconds", 0.0, MAX_SECONDS),
    )


def _read_item(found: Fields) -> ProgrammeItem:
    item = ProgrammeItem(
        title=found.text("title"),
        campaign=found.id("campaign"),
        priority=found.one_of("priority", Priority),
        purpose=found.one_of("purpose", Purpose),
        hamlets=found.ids("hamlets", MAX_HAMLETS),
        starts=found.number_or_none("starts", 0.0, MAX_SECONDS),
        sound=_read_sound(found),
    )
    found.done()
    return item
