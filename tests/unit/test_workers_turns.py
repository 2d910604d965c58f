"""`loa run` has a workspace to itself; workers and schedulers share it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from engine.app import Communes
from engine.clock import Clock, SimulatedClock, SystemClock
from engine.errors import LoaError
from workers.turns import only_one, shared


def app_at(workspace: Path, clock: Clock | None = None) -> Communes:
    return cast(
        Communes,
        SimpleNamespace(
            workspace=workspace, clock=clock or SystemClock(), check_clock=lambda: None
        ),
    )


def test_any_number_of_workers_share_a_workspace(tmp_path: Path) -> None:
    with ExitStack() as held:
        for _number in range(3):
            held.enter_context(shared(app_at(tmp_path)))
        with pytest.raises(LoaError), only_one(tmp_path):
            pass
    with only_one(tmp_path):
        pass


def test_no_worker_starts_beside_a_run(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(LoaError, match="loa run"), shared(app_at(tmp_path)):
        pass


def test_a_simulated_clock_is_refused(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 12, 1, tzinfo=UTC))
    with pytest.raises(LoaError, match="loa run"), shared(app_at(tmp_path, clock)):
        pass
