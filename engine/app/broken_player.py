"""A player that cannot be built as it is set: it stands in its place, and refuses in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from channels.base import Channel, ChannelError
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt

#: Between two tries of what a person must mend in loa.toml.
MENDED_IN = timedelta(minutes=5)


class BrokenPlayer:
    """Takes nothing until its section is mended, so that nothing of the others stands still.

    It has sent nothing, so what was in flight may be sent again by whoever comes in its place.
    ``networked``: as its kind would be, so that a workspace which rehearses goes on doing so.
    """

    idempotent = True

    def __init__(self, name: str, faults: tuple[str, ...], *, networked: bool = True) -> None:
        self.name = name
        self.faults = faults
        self.networked = networked

    def check(self) -> None:
        """Raise ChannelError: what is wrong with the section."""
        raise ChannelError("; ".join(self.faults))

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        message = _("{target}: the player “{name}” cannot be used as it is set: {faults}")
        said = message.format(target=bundle.target, name=self.name, faults="; ".join(self.faults))
        raise ChannelError(said, retry_after=MENDED_IN)


def faults_of(channels: Mapping[str, Channel]) -> Iterator[str]:
    """Yield what is wrong with players that stand for themselves no more, one line each."""
    for channel in channels.values():
        for backend in channel.backends.values():
            if isinstance(backend, BrokenPlayer):
                yield from backend.faults
