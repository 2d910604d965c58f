"""What players say that they played, in ``plays.jsonl`` beside a cluster's programmes.

A player adds a line for each item; what was read is remembered as a mark, by cluster: how many
bytes, and how the file began, so that one that was begun anew is read from its beginning.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from channels.loudspeaker.players.reasons import in_words
from engine.i18n import gettext as _
from engine.models.play import LONGEST, Play, play_of

logger = logging.getLogger(__name__)

#: The name of a player's log, in the folder of its cluster.
LOG: Final = "plays.jsonl"

#: Bytes by which a log is known to be the one that was read before.
HEAD: Final = 128

#: Bytes that are read of one log at a time: longer than any line, so that each call gets on.
TAIL: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class Read:
    """How far one log was read: so many bytes of the one that begins like this."""

    offset: int = 0
    head: int = 0

    def begin(self, head: bytes, size: int) -> int:
        """Return where to go on in a log that begins with ``head`` and is ``size`` bytes long."""
        return self.offset if size >= self.offset and self.head == self._sum(head) else 0

    @classmethod
    def up_to(cls, offset: int, head: bytes) -> Read:
        return cls(offset, cls(offset)._sum(head))

    def _sum(self, head: bytes) -> int:
        """Return the sum over what was there already when the log was read so far."""
        return zlib.crc32(head[: min(HEAD, self.offset)])


def marks_of(mark: str) -> dict[str, Read]:
    """Return how far each cluster's log was read. A mark that is none is the beginning."""
    try:
        found = json.loads(mark or "{}")
        return {str(name): Read(int(one[0]), int(one[1])) for name, one in found.items()}
    except (ValueError, TypeError, LookupError, AttributeError):
        return {}


def mark_of(marks: Mapping[str, Read]) -> str:
    """Return the mark that says how far each log was read."""
    told = {name: [one.offset, one.head] for name, one in marks.items() if one.offset}
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def plays_in(tail: bytes, cluster: str) -> tuple[list[Play], int]:
    """Return the plays in whole lines of ``tail``, and how many bytes those are.

    A line that tells of no play, or of another cluster's, is logged and passed over.
    """
    end = tail.rfind(b"\n") + 1
    if not end and len(tail) > LONGEST:
        _passed_over(cluster, _("longer than {count} bytes").format(count=LONGEST))
        return [], len(tail)
    plays = []
    for line in tail[:end].splitlines():
        if not line.strip():
            continue
        try:
            play = play_of(line)
            if play.cluster != cluster:
                message = _("{field}: {found} is not allowed; allowed: {allowed}")
                raise ValueError(
                    message.format(field="cluster", found=play.cluster, allowed=cluster)
                )
        except ValueError as error:
            _passed_over(cluster, str(error))
        else:
            plays.append(in_words(play))
    return plays, end


def _passed_over(cluster: str, reason: str) -> None:
    message = _("{cluster}: a line of {file} tells of no play, it is passed over: {reason}")
    logger.warning("%s", message.format(cluster=cluster, file=LOG, reason=reason))
