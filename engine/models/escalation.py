"""What is done when a message is not passed on: steps, each some time after the head was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Without(StrEnum):
    """What makes a step needless: word that households were told, or that the head has it."""

    RELAY = "relay"
    RECEIPT = "receipt"


class Act(StrEnum):
    """What a step does."""

    REMIND = "remind"
    SECOND_CONTACT = "second_contact"
    TEAM_VISIT = "team_visit"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``after`` so long ``without`` a word, ``do`` this."""

    after: timedelta
    do: Act
    without: Without = Without.RELAY

    @property
    def key(self) -> str:
        """What makes it the same step, whatever stands before and after it: ``remind@360``."""
        return f"{self.do}@{self.minutes}"

    @property
    def minutes(self) -> int:
        return int(self.after.total_seconds()) // 60


#: Steps in the order in which they come; () means that nothing is done.
Steps = tuple[Step, ...]


def steps_in_force(
    own: Steps | None, usual: Steps, channels: Sequence[str] | frozenset[str]
) -> Steps:
    """Return a campaign's steps: its ``own``, else those of the commune.

    Nothing is asked of heads whom no chat ever told.
    """
    if "chat" not in channels:
        return ()
    return usual if own is None else own
