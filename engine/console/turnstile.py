"""How often strangers may knock: at enrolment nobody is known yet."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Tries that one address has at once, and seconds until it gets one back.
TRIES, REGAINED = 10, 6.0

#: The same for all addresses together: what they may cost.
TRIES_OF_ALL, REGAINED_BY_ALL = 100, 0.1

#: Addresses remembered; whoever was silent longest is forgotten first.
REMEMBERED = 10_000

_ALL = "*"


class Turnstile:
    """Lets an address through so often; safe from several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._guard = threading.Lock()
        # By address: tries left, and when they were counted.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Take a try; return 0, or the seconds to wait when none is left."""
        with self._guard:
            wait = self._take(address, TRIES, REGAINED)
            return wait or self._take(_ALL, TRIES_OF_ALL, REGAINED_BY_ALL)

    def _take(self, name: str, tries: int, regained: float) -> float:
        now = self._now()
        left, since = self._left.get(name, (float(tries), now))
        left = min(tries, left + (now - since) / regained)
        taken = left >= 1
        self._left[name] = (left - 1 if taken else left, now)
        self._left.move_to_end(name)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) * regained
