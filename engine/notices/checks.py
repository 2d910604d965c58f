"""Far sides that are asked, before anything has to leave, whether they would take it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from channels.base import Channel, ChannelError, Checks
from engine.models.notice import Concern, Notice, Severity

#: Between two questions to the same far side, by whichever process.
EVERY = timedelta(hours=1)

#: The same while people are told that one takes nothing: it may have been mended meanwhile, and
#: an alarm that is over must not stand for an hour.
SOON = timedelta(minutes=2)

#: Only who was sent something so lately, or is to be sent something, is asked.
LATELY = timedelta(days=7)


class CheckGatherer:
    """Asks the backends in use, over the network, and sends nothing.

    ``used`` returns (channel, backend) of what is sent after a moment. ``take_turn`` says
    whether it is this process's turn to ask, for a span of time; ``ask_again`` says so while
    people are told that a far side takes nothing.
    """

    concerns = frozenset({Concern.MUTE})

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        used: Callable[[datetime], Collection[tuple[str, str]]],
        take_turn: Callable[[datetime, datetime], bool],
        ask_again: Callable[[datetime, datetime], bool] = lambda _now, _until: False,
    ) -> None:
        self._channels = channels
        self._used = used
        self._take_turn = take_turn
        self._ask_again = ask_again

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        its_turn = self._take_turn(now, now + EVERY)
        if not its_turn and not self._ask_again(now, now + SOON):
            return None
        return [
            Notice(
                Concern.MUTE,
                Severity.URGENT,
                now,
                (channel, backend),
                {"channel": channel, "backend": backend},
            )
            for channel, backend in sorted(self._used(now - LATELY))
            if self._is_mute(channel, backend)
        ]

    def _is_mute(self, channel: str, name: str) -> bool:
        here = self._channels.get(channel)
        backend = here.backends.get(name) if here is not None else None
        if backend is None or not isinstance(backend, Checks):
            return False
        try:
            backend.check()
        except ChannelError:
            return True
        return False
