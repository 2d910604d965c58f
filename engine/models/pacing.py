"""How a far side is treated with care: not too fast, and later and later after failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after failures: ``base`` after the first, then doubled, at most ``cap``."""

    base: timedelta = timedelta(seconds=30)
    cap: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast something may be asked of a far side: in any t seconds, ``burst + per_second * t``.

    ``key`` names what is counted, for all communes and workers alike: an account, or one group
    that it writes to. It holds no secret.
    """

    key: str
    per_second: float
    burst: int = 1
