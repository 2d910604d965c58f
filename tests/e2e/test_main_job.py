"""The main job as people do it: the program's own commands, from YAML to proof.

The demonstration and a commune's first day are run by the program as it was installed.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path

import pytest
import soundfile
from support.commune import installed_loa, loa, make_commune
from support.fake_telegram import TOKEN, FakeTelegram


def succeed(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "xa"
    result = installed_loa("demo", folder, timeout=600)  # 15 s on a core of its own
    assert "simulated clock: 04:30 01/12/2026" in result.stderr
    return folder, succeed(result)


def test_the_demo_leaves_a_folder_alone_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "da-co").write_text("không trống", encoding="utf-8")
    refused = loa("demo", tmp_path)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["da-co"]


def test_the_demo_reaches_every_hamlet_on_four_channels(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    report = json.loads((folder / "reports/canh-bao-lu/report.json").read_text("utf-8"))
    with (folder / "reports/canh-bao-lu/report.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(report["deliveries"])
    told = [row for row in report["deliveries"] if row["purpose"] != "reminder"]
    assert len({(row["hamlet"], row["channel"]) for row in told}) == 16
    assert {row["state"] for row in told} == {"sent", "confirmed"}
    chased = [row for row in report["deliveries"] if row["purpose"] == "reminder"]
    assert {(row["hamlet"], row["channel"]) for row in chased if row["state"] == "sent"} == {
        ("Ấp 4", "chat"),
        ("Ấp 4", "team"),
    }
    assert "Ấp 4" in printed


@pytest.mark.parametrize("campaign", ["canh-bao-lu", "ho-tro-ho-ngheo", "tiem-vac-xin", "hop-dan"])
def test_every_campaign_is_heard_in_every_cluster(demo: tuple[Path, str], campaign: str) -> None:
    outbox = demo[0] / "outbox/loudspeaker"
    clusters = [path for path in outbox.iterdir() if path.is_dir()]
    assert len(clusters) >= 4
    for cluster in clusters:
        audio = sorted(cluster.glob(f"*/*-{campaign}*.mp3"))
        assert audio, cluster
        sound = soundfile.info(str(audio[0]))
        assert (sound.samplerate, sound.channels) == (44_100, 1)
        assert 5 < sound.duration < 180


def test_the_demo_says_where_to_look_and_it_is_there(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    places = [Path(word) for word in re.findall(r"\S+", printed) if word.startswith(str(folder))]
    assert len(places) >= 7
    assert all(place.exists() for place in places)


def test_the_demo_sends_teams_from_door_to_door(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert "Ấp 1: 21 households, 01/12: met 18, absent 2, refused 1, need help 1" in printed
    # Its team goes to every household about the flood first: nobody had passed the warning on.
    assert "Ấp 4: 15 households, 03/12: no report yet" in printed
    assert len(list((folder / "outbox/team").glob("*/*-ho-tro-ho-ngheo.pdf"))) == 4


def test_the_demo_corrects_one_hamlet_and_nobody_else(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert "7 places of Ấp 4 are told, nobody else" in printed
    assert "  Ấp 4: told 7, sent 7, confirmed 2, not yet 0" in printed
    page = (folder / "outbox/portal/tiem-vac-xin/index.html").read_text("utf-8")
    assert "giờ tiêm của Ấp 4 bị ghi nhầm" in page
    assert "Đính chính" in (folder / "reports/tiem-vac-xin/report.html").read_text("utf-8")


def test_the_demo_draws_the_stations_day(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    drawn = (folder / "reports" / "station-2026-12-01.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")
    width, height = (int.from_bytes(drawn[at : at + 4], "big") for at in (16, 20))
    assert width > height > 300
    assert "04:30:00" in printed


def test_the_demos_players_prove_what_they_played(demo: tuple[Path, str], tmp_path: Path) -> None:
    """Counted in the players' own logs; one of them lost its power in the middle of an item."""
    folder, printed = demo
    logs = list((folder / "outbox" / "loudspeaker").glob("*/plays.jsonl"))
    said = [json.loads(line) for log in logs for line in log.read_text("utf-8").splitlines()]
    assert len(logs) >= 4
    assert [one["outcome"] for one in said].count("cut") == 1
    table = tmp_path / "playlog.csv"
    assert f"{len(said)} reports" in succeed(loa("playlog", "-w", folder, "--csv", table))
    with table.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(said)
    assert [row["Worth code"] for row in rows].count("proof") == len(said) - 1
    assert all(row["Proves deliveries"] for row in rows if row["Worth code"] == "proof")
    assert re.search(r"[1-9]\d* deliveries were not played", printed)
    told = loa("notices", "-w", folder)
    assert "were not played" in told.stdout


def test_a_commune_is_served_from_its_first_day(tmp_path: Path) -> None:
    """Init, check, plan, submit, preview, approve, run, confirm, report: what the README says."""
    home = tmp_path / "xa-toi"
    succeed(installed_loa("init", home))
    assert installed_loa("init", home).returncode == 1
    succeed(installed_loa("check", "-w", home))
    campaign = home / "campaigns/thong-bao-mau.yaml"
    before = sorted(path for path in home.rglob("*") if path.is_file())
    planned = succeed(installed_loa("plan", campaign))
    assert "MP3" in planned
    written = {path.name for path in home.rglob("*") if path.is_file()} - {p.name for p in before}
    assert written <= {"loa.db", "loa.db-wal", "loa.db-shm", "data.key"}
    people = re.findall(r"^  - id: (\S+)", (home / "commune.yaml").read_text("utf-8"), re.M)
    author, approver = people[0], people[1]
    succeed(installed_loa("passphrase", approver, "-w", home))
    succeed(installed_loa("submit", campaign, "--by", author))
    succeed(installed_loa("preview", "thong-bao-mau", "-w", home))
    assert installed_loa("approve", "thong-bao-mau", "--by", author, "-w", home).returncode == 1
    succeed(installed_loa("approve", "thong-bao-mau", "--by", approver, "-w", home))
    succeed(installed_loa("run", "-w", home))
    assert (home / "outbox/portal/thong-bao-mau/index.html").is_file()
    assert "thong-bao-mau" in succeed(installed_loa("status", "-w", home))
    assert "sent" in succeed(installed_loa("status", "thong-bao-mau", "-w", home))
    succeed(installed_loa("report", "thong-bao-mau", "-w", home))
    assert (home / "reports/thong-bao-mau/report.html").is_file()
    assert "approved" in succeed(installed_loa("events", "thong-bao-mau", "-w", home))
    words = ("cancel", "thong-bao-mau", "--by", approver, "--reason", "thử", "-w", home)
    assert "stopped" in succeed(installed_loa(*words))


def test_planning_and_asking_write_nothing_outside_the_ledger(tmp_path: Path) -> None:
    home = make_commune(tmp_path / "xa")
    succeed(loa("plan", home / "campaigns/bao-lu.yaml"))
    assert not (home / "outbox").exists()
    assert not (home / "artifacts").exists()


def test_a_head_confirms_and_more_households_than_there_are_is_refused(tmp_path: Path) -> None:
    home = make_commune(tmp_path / "xa")
    succeed(loa("passphrase", "minh", "-w", home))
    succeed(loa("submit", home / "campaigns/bao-lu.yaml", "--by", "lan"))
    succeed(loa("approve", "bao-lu", "--by", "minh", "-w", home))
    too_early = loa(
        "confirm", "bao-lu", "--hamlet", "ap-1", "--channel", "chat", "--by", "lan", "-w", home
    )
    assert too_early.returncode == 1
    assert "nothing sent yet" in too_early.stderr
    assert loa("run", "-w", home).returncode == 1  # the heads' group has no bot: a person acts
    told = loa("status", "bao-lu", "-w", home).stdout
    assert "chat, ap-1, ap-2: failed: No Telegram bot" in told, told
    words = ["confirm", "bao-lu", "--hamlet", "ap-1", "--channel", "chat", "-w", home]
    assert "0 to 100" in loa(*words, "--by", "ap-1-head", "--households", "101").stderr
    nowhere = loa(*words, "--by", "ap-1-head", "--target", "nhom-ap-3").stderr
    assert "nhom-ap-3" in nowhere
    assert "nhom-ap-1" in nowhere
    assert "may not confirm" in loa(*words, "--by", "ap-2-head", "--households", "10").stderr
    succeed(loa(*words, "--by", "ap-1-head", "--households", "90"))
    succeed(loa("report", "bao-lu", "-w", home))
    report = json.loads((home / "reports/bao-lu/report.json").read_text("utf-8"))
    confirmed = [row for row in report["deliveries"] if row["state"] == "confirmed"]
    assert [row["target"] for row in confirmed] == ["nhom-ap-1"]


def test_networked_channels_rehearse_until_the_workspace_is_live(tmp_path: Path) -> None:
    log = tmp_path / "far-side.log"
    log.touch()
    with FakeTelegram(log=log) as server:
        home = make_commune(tmp_path / "xa", telegram=server.base_url, token=TOKEN, live=False)
        succeed(loa("passphrase", "minh", "-w", home))
        succeed(loa("submit", home / "campaigns/bao-lu.yaml", "--by", "lan"))
        succeed(loa("approve", "bao-lu", "--by", "minh", "-w", home))
        run = loa("run", "-w", home)
        assert "rehearsal" in run.stderr
        succeed(run)
        assert not log.read_text(encoding="utf-8")
        assert list((home / "outbox/rehearsal/chat/telegram").rglob("messages.json"))
        assert "planned" in succeed(loa("status", "bao-lu", "-w", home))
        settings = home / "loa.toml"
        text = settings.read_text(encoding="utf-8").replace("live = false", "live = true")
        settings.write_text(text, encoding="utf-8")
        succeed(loa("run", "-w", home))
        # The words once, then a picture of each hamlet's flyer.
        told = ["Nước lên nhanh" in line for line in log.read_text("utf-8").splitlines()]
        assert told == [True, False, False]
