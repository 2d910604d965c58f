"""How long a bundle waits after a failure, and who decides it: installer, backend, everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import make_commune
from support.dispatching import Post, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, Mishap, temporary

from engine.app import open_app
from engine.dispatch.backoff import Retries, RetryPolicy, wait_after
from engine.errors import LoaError
from engine.models import Backoff
from engine.states import State


@dataclass
class PatientBackend(FakeBackend):
    """A backend with a policy of its own: a minute, then two, then four, and no longer."""

    backoff = Backoff(base=timedelta(minutes=1), cap=timedelta(minutes=4))


@pytest.fixture
def plain(tmp_path: Path) -> FakeBackend:
    return FakeBackend("so", True, FarSide(tmp_path / "far.log"))


@pytest.fixture
def patient(tmp_path: Path) -> PatientBackend:
    return PatientBackend("so", True, FarSide(tmp_path / "far.log"))


def waits(retries: Retries, backend: FakeBackend, channel: str = "giay") -> list[float]:
    """The seconds waited after each failure until the last one."""
    found = []
    while (wait := retries.wait(channel, backend, len(found) + 1, None)) is not None:
        found.append(wait.total_seconds())
    return found


@pytest.mark.parametrize("failures", range(1, 13))
def test_the_wait_doubles_up_to_the_cap_and_is_spread_over_half_as_long_again(
    failures: int,
) -> None:
    shortest, longest = (wait_after(failures, Backoff(), jitter) for jitter in (0.0, 0.999999))
    assert shortest == min(timedelta(seconds=30 * 2 ** (failures - 1)), timedelta(hours=1))
    assert shortest < longest < shortest * 1.5


def test_the_wait_never_overflows() -> None:
    assert wait_after(1000, Backoff(), 0.5) == timedelta(hours=1.25)


def test_a_backend_waits_by_its_own_policy(patient: PatientBackend, plain: FakeBackend) -> None:
    retries = Retries(6, jitter=lambda: 0.0)
    assert waits(retries, patient) == [60, 120, 240, 240, 240]
    assert waits(retries, plain) == [30, 60, 120, 240, 480]


def test_what_is_set_for_a_channel_goes_before_what_its_backend_says(
    patient: PatientBackend,
) -> None:
    set_for = {"giay": RetryPolicy(attempts=4, base=timedelta(seconds=10))}
    retries = Retries(6, set_for, jitter=lambda: 0.0)
    assert waits(retries, patient) == [10, 20, 40]
    assert waits(retries, patient, "khac") == [60, 120, 240, 240, 240]


def test_a_first_wait_beyond_the_longest_is_waited_all_the_same(plain: FakeBackend) -> None:
    day = timedelta(days=1)
    retries = Retries(4, {"giay": RetryPolicy(base=day)}, jitter=lambda: 0.0)
    assert waits(retries, plain) == [day.total_seconds()] * 3


def test_the_ledger_waits_and_gives_up_as_is_set(tmp_path: Path, patient: PatientBackend) -> None:
    patient.mishaps += [Mishap(temporary(f"lần {n}")) for n in range(1, 9)]
    with rigged(tmp_path, FakeChannel("giay", patient)) as rig:
        rig.release(Post())
        for wait in (60, 120):
            rig.send()
            moment = rig.ledger.bundles.next_moment(rehearse=())
            assert moment is not None
            assert moment - rig.clock.now() == timedelta(seconds=wait)
            rig.pass_time(seconds=wait)
        rig.send()
        assert rig.states() == {State.FAILED: 1}
        assert rig.rows()[0].reason == "lần 3"


def test_settings_for_a_channel_that_is_none_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    workspace = make_commune(tmp_path / "xa")
    with (workspace / "loa.toml").open("a", encoding="utf-8") as file:
        file.write("[retries.zalo]\nattempts = 3\n")
    with pytest.raises(LoaError, match=r"retries\.zalo.*chat, flyer, loudspeaker, portal"):
        open_app(workspace)
