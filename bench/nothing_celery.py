"""What ``celery worker`` is given: a task that does nothing, on Celery's defaults.

Importing it makes the application at ``LOA_BENCH_REDIS``, as Celery's command wants it.
"""

from __future__ import annotations

import os

from celery import Celery  # type: ignore[import-untyped]  # it has no types

application = Celery("nothing", broker=os.environ["LOA_BENCH_REDIS"])


@application.task(name="nothing")  # type: ignore[untyped-decorator]  # as above
def nothing(_number: int) -> None:
    """Do nothing."""
