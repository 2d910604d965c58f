"""The rounds: communes are planned several at a time, and none is left out or planned twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from workers.rounds import PLANNERS, Rounds


class _Communes:
    """Communes that all have something to open; ``opens`` is what opening one does."""

    def __init__(self, count: int, opens: Callable[[str], None]) -> None:
        self.opened: list[str] = []
        self.rounds = SimpleNamespace(to_open=lambda: [f"xa-{n}" for n in range(count)])
        self._opens = opens

    @contextmanager
    def lent(self, commune_id: str) -> Iterator[Any]:
        def open_all() -> None:
            self._opens(commune_id)
            self.opened.append(commune_id)

        yield SimpleNamespace(office=SimpleNamespace(open_all=open_all))


def _rounds(communes: _Communes) -> Rounds:
    return Rounds(communes)  # type: ignore[arg-type]  # what the rounds ask of them, no more


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_each_commune_is_opened_once(count: int) -> None:
    communes = _Communes(count, lambda _one: None)
    _rounds(communes).open_all()
    assert sorted(communes.opened) == sorted(communes.rounds.to_open())


def test_as_many_are_opened_at_once_as_there_are_planners() -> None:
    together = threading.Barrier(PLANNERS, timeout=30)
    communes = _Communes(PLANNERS, lambda _one: together.wait() and None)
    _rounds(communes).open_all()
    assert len(communes.opened) == PLANNERS


def test_a_failure_is_raised_and_what_had_not_begun_is_left_for_the_next_round() -> None:
    def refuse(commune_id: str) -> None:
        if commune_id == "xa-0":
            raise OSError("the ledger is away")
        held.wait(30)

    held = threading.Event()
    communes = _Communes(500, refuse)
    threading.Timer(0.5, held.set).start()
    with pytest.raises(OSError, match="away"):
        _rounds(communes).open_all()
    assert len(communes.opened) < 100


def test_told_to_stop_it_begins_no_more() -> None:
    stop = threading.Event()
    communes = _Communes(500, lambda _one: stop.set())
    _rounds(communes).open_all(stop)
    assert len(communes.opened) <= PLANNERS
