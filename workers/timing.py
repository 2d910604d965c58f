"""How long leases last, how often the ledger is looked at, how long stopping may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

#: How long a leased bundle is nobody else's in `loa run`; longer than an actor may run.
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Timing:
    """Tests shorten these; nobody else has to."""

    #: A worker's lease, which it renews: so long what it was sending waits when its machine died.
    working: timedelta = timedelta(minutes=3)
    #: The sweeper's, who may have to ask far sides; it is not renewed.
    sweeping: timedelta = timedelta(minutes=5)
    #: The lease of what waits in the queue: so long may a lost message go unnoticed.
    queued: timedelta = timedelta(seconds=60)
    #: Between two looks for what is due, while nothing is.
    look: timedelta = timedelta(milliseconds=250)
    #: Between two rounds of opening, expiring and sweeping.
    round: timedelta = timedelta(seconds=3)
    #: The longest pause between two attempts to reach Redis or the ledger.
    patience: timedelta = timedelta(seconds=10)
    #: After a request to stop: to finish what is being sent, before it is interrupted.
    grace: timedelta = timedelta(seconds=20)
    #: After that: to record the interruption.
    last_words: timedelta = timedelta(seconds=10)
