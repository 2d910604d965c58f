"""The linters of what is deployed, each as one function: file in, complaints out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from compose_spec import PyCompose

#: Where units expect programs, and where systemd keeps its own units.
PROGRAMS = ("opt/loa/.venv/bin/loa", "opt/loa/.venv/bin/python", "usr/bin/liquidsoap")
SYSTEM = Path("usr/lib/systemd/system")

#: The most that systemd's review of a service's sandbox may come to, out of 100.
EXPOSURE = 20


def unit_faults(folder: Path, units: Path) -> str:
    """Let systemd read every unit of ``units``, laid out below ``folder`` as on a machine."""
    shutil.copytree(Path("/") / SYSTEM, folder / SYSTEM, symlinks=True)
    installed = folder / "etc/systemd/system"
    installed.mkdir(parents=True)
    for unit in (*units.glob("*.service"), *units.glob("*.timer")):
        shutil.copy(unit, installed)
    for program in (folder / one for one in PROGRAMS):
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
    names = sorted(path.name for path in installed.iterdir())
    return _run(_systemd(), "verify", "--man=no", f"--root={folder}", *names)


def exposure_faults(unit: Path) -> str:
    """Let systemd review the sandbox of one service; empty when it is tight enough."""
    command = ["security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", str(unit)]
    done = subprocess.run([_systemd(), *command], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def dockerfile_faults(path: Path) -> str:
    """Let hadolint read a Dockerfile."""
    program = Path(sys.executable).with_name("hadolint")
    return _run(str(program), "--no-color", "--failure-threshold", "info", str(path))


def compose_faults(text: str) -> str:
    """Read a compose file as its specification says; merge keys are YAML's matter."""
    try:
        PyCompose.from_json(json.dumps(yaml.safe_load(text)))
    except ValueError as error:
        return str(error)
    return ""


def _systemd() -> str:
    program = shutil.which("systemd-analyze")
    assert program is not None, "systemd-analyze is not installed: run make system"
    return program


def _run(*command: str) -> str:
    """Return all that a linter says; one that fails in silence is told as such."""
    done = subprocess.run(command, capture_output=True, text=True)
    said = done.stdout + done.stderr
    return said or (f"ended with status {done.returncode}" if done.returncode else "")
