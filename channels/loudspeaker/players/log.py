"""A player's log, ``plays.jsonl``, as far as it was not read yet."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engine.i18n import gettext as _
from engine.models import Play, play_of

logger = logging.getLogger(__name__)

#: What the log is called, beside the programmes of a cluster.
LOG: Final = "plays.jsonl"

#: Bytes that are read of a log at once.
PIECE: Final = 1024 * 1024

#: Bytes at its beginning by which a log is told from the one that was there before.
_HEAD: Final = 256

#: Reads ``size`` bytes of a log at ``offset``; fewer at its end.
Read = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """How far a log was read: to which byte, and how it began."""

    offset: int = 0
    head: str = ""


def read_log(name: str, read: Read, size: int, after: Place) -> tuple[list[Play], Place]:
    """Return the plays of a log of ``size`` bytes after a place, and the new place.

    At most ``PIECE`` bytes of it: who wants more calls again. A log that was begun anew is read
    from its beginning. The last line counts once its line break is there. A line that is no
    play is told, by the log's ``name``, and passed over. Raises what ``read`` raises.
    """
    begun = read(0, _HEAD)
    known = len(begun) if not after.head else min(len(begun), int(after.head.partition(":")[0]))
    again = after.head and f"{known}:{_hash(begun[:known])}" != after.head
    offset = 0 if again or after.offset > size else after.offset
    piece = read(offset, PIECE)
    whole = piece[: piece.rfind(b"\n") + 1]
    place = Place(offset + len(whole), f"{len(begun)}:{_hash(begun)}")
    if not whole and len(piece) == PIECE:  # no line is as long as that
        logger.warning(_("{name}: what is in it is no log of plays").format(name=name))
        return [], Place(offset + PIECE, place.head)
    return _plays(name, whole, offset), place


def _plays(name: str, whole: bytes, offset: int) -> list[Play]:
    plays = []
    for line in whole.splitlines(keepends=True):
        try:
            if line.strip():
                plays.append(play_of(line))
        except ValueError as error:
            words = _("{name}: the line at byte {offset} is no play: {reason}")
            logger.warning(words.format(name=name, offset=offset, reason=error))
        offset += len(line)
    return plays


def _hash(begun: bytes) -> str:
    return hashlib.sha256(begun).hexdigest()[:16]
