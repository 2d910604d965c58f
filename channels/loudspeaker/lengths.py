"""How long a sound of this channel's plays, looked up once for each."""

from __future__ import annotations

from functools import lru_cache

from channels.disk import refused
from channels.loudspeaker.audio.carrier import plays
from engine.models import File


def seconds_of(file: File) -> float:
    """Return how many seconds a sound plays, to a tenth. Raises ChannelError."""
    return _looked_up(_Looked(file))


class _Looked:
    """A file that equals every other with the same bytes."""

    __slots__ = ("file",)

    def __init__(self, file: File) -> None:
        self.file = file

    def __hash__(self) -> int:
        return hash(self.file.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Looked) and other.file.sha256 == self.file.sha256


@lru_cache(maxsize=4_096)
def _looked_up(looked: _Looked) -> float:
    try:
        return round(plays(looked.file), 1)
    except OSError as error:
        raise refused(error, looked.file.name) from error
