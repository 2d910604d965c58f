"""What is deployed for players: stations on the air, and devices with their broker."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.linting import exposure_faults, unit_faults

DEPLOY = Path(__file__).parents[2] / "deploy"
SCRIPT = DEPLOY / "station" / "station.liq"
UNITS = (DEPLOY / "station" / "loa-station@.service", DEPLOY / "mqtt" / "loa-device.service")


def script_faults(script: Path, folder: Path) -> str:
    """Let Liquidsoap read a script, types and all, without playing anything."""
    program = shutil.which("liquidsoap")
    assert program is not None, "liquidsoap is not installed: run make system"
    for part in ("programmes/plans", "state"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "source").write_text("x")
    folder.chmod(0o777)
    (folder / "state").chmod(0o777)
    told = {
        "LOA_STATION_FOLDER": str(folder / "programmes"),
        "LOA_STATION_STATE": str(folder / "state"),
        "LOA_STATION_SOCKET": str(folder / "socket"),
        "LOA_STATION_PASSWORD_FILE": str(folder / "source"),
    }
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if not os.geteuid() else {}
    done = subprocess.run(
        [program, "--check", "--strict", "-"],
        input=script.read_bytes(), capture_output=True, env={**os.environ, **told}, cwd="/",
        **nobody,
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode(errors="replace")
    return (said or f"ended with status {done.returncode}") if done.returncode else ""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may enter, too: pytest's own are shut again by its next run."""
    with tempfile.TemporaryDirectory(prefix="loa-station-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def test_liquidsoap_has_nothing_to_say_about_the_station_script(folder: Path) -> None:
    assert script_faults(SCRIPT, folder) == ""


def test_a_fault_in_the_script_would_be_found(folder: Path) -> None:
    text = SCRIPT.read_text("utf-8")
    assert "urgent : bool" in text
    broken = folder / "broken.liq"
    broken.write_text(text.replace("urgent : bool", "urgent : int"), "utf-8")
    assert "Error 5" in script_faults(broken, folder)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_service_is_right_and_locked_in(tmp_path: Path, unit: Path) -> None:
    assert unit_faults(tmp_path / "root", unit.parent) == ""
    assert exposure_faults(unit) == ""


def test_what_the_settings_file_names_is_what_the_script_reads() -> None:
    read = set(re.findall(r'setting\("(LOA_STATION_\w+)"', SCRIPT.read_text("utf-8")))
    offered = set(re.findall(r"^#(\w+)=", (DEPLOY / "station/station.env").read_text(), re.M))
    given = set(re.findall(r"^Environment=(\w+)=", UNITS[0].read_text("utf-8"), re.M))
    assert offered | given == read


def test_icecast_listens_to_this_machine_alone_and_has_no_password_of_ours() -> None:
    root = ElementTree.parse(DEPLOY / "station" / "icecast.xml").getroot()
    assert [one.text for one in root.iter("bind-address")] == ["127.0.0.1"]
    passwords = {one.text for one in root.iter() if one.tag.endswith("password")}
    assert passwords == {"CHANGE-ME"}
    assert root.findtext("limits/burst-on-connect") == "0", "emergencies are heard at once"


def test_the_broker_lets_nobody_in_without_a_name() -> None:
    text = (DEPLOY / "mqtt" / "mosquitto.conf").read_text("utf-8")
    assert "allow_anonymous false" in text
    for listener in re.findall(r"^listener (.*)$", text, re.M):
        assert listener in ("8883", "1883 127.0.0.1")
