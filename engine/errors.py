"""Errors that people read. Messages are already in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class LoaError(Exception):
    """Something a person can mend. The message says what was found and what is allowed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a file that a person wrote.

    ``line`` and ``column`` count from 1; 0 means that the fault has no place of its own
    (the file as a whole).
    """

    file: str
    line: int
    column: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return (
            f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


class InputError(LoaError):
    """A file cannot be used. Carries every problem found, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ChannelError(Exception):
    """A channel could not do its work; only dispatch catches it.

    ``permanent`` means that trying again cannot help. ``retry_after`` is what the far side
    asked for, when it did; ``everyone`` that it asks this of all who speak to it, not of this
    bundle alone. ``unknown`` means that the far side may have taken the bundle before the
    failure: channels without idempotence or ``find`` must not try again.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        unknown: bool = False,
        everyone: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.unknown = unknown
        self.everyone = everyone


class NotYetError(ChannelError):
    """The far side may be asked when ``wait`` is over; it was not, and no attempt is spent."""

    def __init__(self, message: str, wait: timedelta) -> None:
        super().__init__(message, retry_after=wait)
        self.wait = wait
