"""An item's lines as passages: what mastering works on side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from channels.base import ChannelError
from channels.loudspeaker.audio.pace import paced
from channels.loudspeaker.audio.pcm import Passage, Pcm, Samples, silence
from channels.loudspeaker.audio.terms import MAX_SECONDS
from channels.loudspeaker.script import AGAIN, MARGIN, Line
from channels.loudspeaker.wording import too_long

#: Seconds from which a passage ends at the next pause: enough to be worth an encoder of its own,
#: few enough for an item to keep several cores busy.
_LENGTH = 10.0

#: Seconds of a pause at which a passage may end.
_LONG_ENOUGH = 0.25

#: Seconds of silence that belong to a passage: the filters' and the encoder's ringing.
_TAIL = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class _Voiced:
    """``Passage.blocks`` of lines: their sounds, and the pauses between them."""

    lines: Sequence[Line]
    sounds: Mapping[str, Pcm]

    def __call__(self) -> Iterator[Samples]:
        for number, line in enumerate(self.lines, start=1):
            yield self.sounds[line.text].at_output_rate()
            yield silence(line.pause if number < len(self.lines) else _TAIL)


def passages(lines: Sequence[Line], sounds: Mapping[str, Pcm]) -> list[Passage]:
    """Return the item in passages, with a margin around. What is said twice is the same one.

    ``sounds`` has the sound of each line. Raises ChannelError, permanent, when it is too long.
    """
    if sum(_seconds(line, sounds) for line in lines) + 2 * MARGIN > MAX_SECONDS:
        raise ChannelError(too_long(), permanent=True)
    voiced: dict[tuple[Line, ...], _Voiced] = {}
    found: list[Passage] = []
    groups = list(_groups(lines, sounds))
    for number, group in enumerate(groups, start=1):
        # Its last pause is the passage's: readings that end in different ones sound the same.
        key = (*group[:-1], Line(group[-1].text, 0.0))
        last = number == len(groups)
        found.append(
            Passage(
                voiced.setdefault(key, _Voiced(group, sounds)),
                pause=max(0.0, group[-1].pause - _TAIL) + (MARGIN if last else 0.0),
                before=0.0 if found else MARGIN,
            )
        )
    return found


def at_their_pace(lines: Sequence[Line], sounds: Mapping[str, Pcm]) -> dict[str, Pcm]:
    """Return the sound of each line as slowly as it is said."""
    return {line.text: paced(sounds[line.text], line.pace) for line in lines}


def _groups(lines: Sequence[Line], sounds: Mapping[str, Pcm]) -> Iterator[list[Line]]:
    """Yield consecutive lines, cut at pauses, and where a reading ends or begins."""
    group: list[Line] = []
    length = 0.0
    for line in lines:
        if line.text == AGAIN.text and group:
            yield group
            group, length = [], 0.0
        group.append(line)
        length += _seconds(line, sounds)
        if line.text == AGAIN.text or (length >= _LENGTH and line.pause >= _LONG_ENOUGH):
            yield group
            group, length = [], 0.0
    if group:
        yield group


def _seconds(line: Line, sounds: Mapping[str, Pcm]) -> float:
    return sounds[line.text].seconds + line.pause
