"""The folder of spoken sentences as a whole: how much it is, and what of it may go.

Sentences are made again when they are needed, so any of them may go; those that somebody has
just used stay all the same, because he is likely to use them again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SUFFIX = ".sentence"

#: What was used within this time is in use, and is not removed. Twice the time within which the
#: cache notes that a sentence was used again.
USED_WITHIN = timedelta(hours=1)

#: A temporary file of this age belongs to a process that was killed.
_LEFT_BEHIND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Amount:
    """So many sentences, so many bytes."""

    sentences: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What the folder holds. Both moments are None when it holds nothing."""

    amount: Amount
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What went, or would go; what is left; what of that is too much but in use."""

    gone: Amount
    left: Amount
    in_use: Amount


@dataclass(frozen=True, slots=True)
class _Sentence:
    path: Path
    size: int
    used_at: float


def kept(folder: Path) -> Kept:
    """Look through the folder. Raises OSError."""
    found = list(_sentences(folder))
    used = sorted(one.used_at for one in found)
    moments = [datetime.fromtimestamp(at, UTC) for at in (used[:1] + used[-1:])]
    oldest, newest = moments if moments else (None, None)
    return Kept(_amount(found), oldest, newest)


def trim(
    folder: Path,
    *,
    older_than: timedelta | None = None,
    max_size: int | None = None,
    dry_run: bool = False,
    now: Callable[[], float] = time.time,
) -> Trimmed:
    """Remove what nobody used for ``older_than``, then the oldest until ``max_size`` bytes fit.

    Safe beside processes that speak: one that reads a sentence has all of it, one that comes
    later makes it anew. What is in use stays, even if there is too much of it. Raises OSError.
    """
    at = now()
    if not dry_run:
        _remove_leftovers(folder, at)
    found = sorted(_sentences(folder), key=lambda one: one.used_at)
    wanted = _too_old(found, at, older_than) | _too_much(found, max_size)
    in_use = {one for one in wanted if at - one.used_at < USED_WITHIN.total_seconds()}
    gone = [one for one in found if one in wanted - in_use and (dry_run or _removed(one))]
    left = [one for one in found if one not in set(gone)]
    return Trimmed(_amount(gone), _amount(left), _amount(in_use))


def _too_old(found: list[_Sentence], at: float, older_than: timedelta | None) -> set[_Sentence]:
    if older_than is None:
        return set()
    return {one for one in found if at - one.used_at > older_than.total_seconds()}


def _too_much(found: list[_Sentence], max_size: int | None) -> set[_Sentence]:
    """Return the oldest, as many as must go so that the others fit. ``found`` is in order."""
    if max_size is None:
        return set()
    over = sum(one.size for one in found) - max_size
    going = set()
    for one in found:
        if over <= 0:
            break
        going.add(one)
        over -= one.size
    return going


def _removed(one: _Sentence) -> bool:
    """Remove a sentence, unless somebody has used it since it was looked at."""
    try:
        if one.path.stat().st_mtime != one.used_at:
            return False
        one.path.unlink()
    except FileNotFoundError:
        pass  # another one trims, too
    return True


def _remove_leftovers(folder: Path, at: float) -> None:
    for path in folder.glob("*/.*.tmp"):
        try:
            if at - path.stat().st_mtime > _LEFT_BEHIND.total_seconds():
                path.unlink()
        except FileNotFoundError:
            continue


def _sentences(folder: Path) -> Iterator[_Sentence]:
    for path in folder.glob(f"*/*{SUFFIX}"):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        yield _Sentence(path, stat.st_size, stat.st_mtime)


def _amount(sentences: list[_Sentence] | set[_Sentence]) -> Amount:
    return Amount(len(sentences), sum(one.size for one in sentences))
