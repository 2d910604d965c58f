"""What the doctor says of processes and units: at work, at boot, silent, missing."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.doctor import seen, told, workspace

from engine.ledger.machines import Process, Role
from engine.ledger.watched_clock import Fault
from engine.upkeep.checks.machines import judged
from engine.upkeep.checks.running import BACKUP, WITH_QUEUE, WITHOUT
from engine.upkeep.findings import Level

__all__ = ["workspace"]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def systemd(folder: Path, monkeypatch: pytest.MonkeyPatch, **states: str) -> None:
    """Let ``systemctl is-enabled`` answer so about these units; of others it knows nothing."""
    answers = "".join(
        f"  loa-{name}) echo {state}; [ {state} = enabled ]; exit;;\n"
        for name, state in ((key.replace("_", "."), state) for key, state in states.items())
    )
    program = folder / "bin" / "systemctl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\ncase "$2" in\n{answers}esac\necho gone >&2; exit 1\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_who_is_at_work_and_what_starts_at_boot_is_told(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing has run here yet" in seen(workspace, "running")
    systemd(tmp_path, monkeypatch, run_service="disabled", backup_timer="enabled")
    assert seen(workspace, "boot") == (
        "look: loa-run.service does not start with the machine:"
        " systemctl enable --now loa-run.service\n"
        "fine: loa-backup.timer starts with the machine"
    )
    monkeypatch.setenv("LOA_QUEUE_URL", "redis://127.0.0.1:9/0")
    systemd(tmp_path, monkeypatch, worker_service="enabled", scheduler_service="masked")
    found = seen(workspace, "boot")
    assert "look: loa-scheduler.service does not start with the machine" in found
    assert "fine: loa-worker.service starts" in found
    assert "fine: not installed on this machine: loa-backup.timer;" in found


def test_units_that_were_never_installed_are_not_to_be_enabled_but_installed(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for state in ({}, {"run_service": "not-found"}):
        systemd(tmp_path, monkeypatch, **state)
        (found,) = seen(workspace, "boot").splitlines()
        assert found.startswith("look: not installed")
        command = re.search("install -m 644 (.*) /etc/systemd/system/", found)
        assert command is not None
        for file in command[1].split():
            assert (Path(__file__).parents[2] / file).is_file()
        assert "enable --now loa-run.service loa-backup.timer" in found
        assert "docs/operations.md" in found


def process(role: Role, **changes: object) -> Process:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    values: dict[str, object] = {
        "name": "may-1",
        "role": role,
        "process": role.value,
        "started_at": now,
        "seen_at": now,
        "offset": timedelta(0),
        "fault": None,
        "version": "1",
        "disk_free": 1,
        "disk_total": 1,
    }
    return Process(**{**values, **changes})  # type: ignore[arg-type]  # a test's own values


def test_a_process_that_is_missing_silent_or_off_is_told(workspace: Path) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    both = (Role.SCHEDULER, Role.WORKER)
    well = [process(role) for role in both]
    assert {one.level for one in judged(well, both, now)} == {Level.FINE}
    found = told(list(judged(well[:1], both, now)))
    assert "bad: no worker lives: start loa worker" in found
    silent = [process(Role.RUN, seen_at=now - timedelta(hours=1))]
    assert told(list(judged(silent, (), now))).startswith("look: run may-1: silent since")
    off = [process(Role.WORKER, fault=Fault.APART, offset=timedelta(seconds=300))]
    assert "bad: worker may-1: its clock is off by 300 s" in told(list(judged(off, (), now)))
    assert "bad" not in seen(workspace, "machines"), "loa run needs no other process"


def test_every_unit_that_is_asked_about_is_in_deploy() -> None:
    units = Path(__file__).parents[2] / "deploy" / "systemd"
    assert {*WITH_QUEUE, *WITHOUT, BACKUP} <= {path.name for path in units.iterdir()}
