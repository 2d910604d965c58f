"""Old artifacts go; what a delivery still needs, whoever's it is, and attachments never do."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, files_below, loa, make_commune
from support.fake_telegram import TOKEN, FakeTelegram

from engine.app import App, open_app, preview
from engine.artifacts import Kind
from engine.clock import SimulatedClock
from engine.files import BACKUP_LOCK, alone
from workers.embedded import EmbeddedRuntime
from workers.pruning import MARK, prune, prune_daily

MONTH = timedelta(days=30)

MEETING = """\
id: {id}
title: Họp ấp
valid: {{from: 2026-12-01, until: 2027-03-01}}
contact: Xã
text: Họp ấp, {id}.
channels:
  chat:
    schedule: {{dates: ["{day}"], times: ["06:00"]}}
"""

#: One meeting that is soon over, and one that is told long after.
CAMPAIGNS = {
    "som": MEETING.format(id="som", day="2026-12-01"),
    "muon": MEETING.format(id="muon", day="2027-02-01"),
}


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune that has told the first meeting, and previewed the second."""
    home = tmp_path_factory.mktemp("prune")
    with FakeTelegram(log=home / "telegram.log") as server:
        folder = make_commune(home / "xa", CAMPAIGNS, telegram=server.base_url, token=TOKEN)
        with open_app(folder) as app:
            approve_all(app)
            EmbeddedRuntime(app).run(until=app.clock.now() + timedelta(hours=5))
            preview(app, "muon")
    return folder


def approve_all(app: App) -> None:
    app.office.set_passphrase("minh", PASSPHRASE, None)
    for name in CAMPAIGNS:
        app.office.submit(app.workspace / "campaigns" / f"{name}.yaml", "lan")
        app.office.approve(name, "minh", PASSPHRASE)


@pytest.fixture
def workspace(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "xa"))


@pytest.fixture
def app(workspace: Path) -> Iterator[App]:
    """The commune forty days later; nothing has touched its artifacts since."""
    with open_app(workspace) as opened:
        age(workspace, opened.clock.now())
        move(opened, days=40)
        yield opened


def move(app: App, *, days: float) -> None:
    assert isinstance(app.clock, SimulatedClock)
    app.clock.advance_to(app.clock.now() + timedelta(days=days))


def age(folder: Path, moment: datetime) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def keys(app: App) -> set[str]:
    return {entry.key for entry in app.artifacts.entries() if entry.kind is Kind.ARTIFACT}


def test_what_is_over_goes_and_what_is_still_to_be_sent_stays(app: App) -> None:
    before, rendered = keys(app), app.artifacts.rendered
    pruned = prune(app.house, MONTH)
    gone = before - keys(app)
    assert pruned.artifacts == len(gone) > 0
    assert keys(app), "the second meeting's artifacts are needed"
    EmbeddedRuntime(app).run()
    assert app.artifacts.rendered == rendered, "nothing had to be made again"
    assert not keys(app) & gone


def test_what_was_sent_lately_stays(workspace: Path) -> None:
    with open_app(workspace) as app:
        age(workspace, app.clock.now() - 2 * MONTH)
        before = keys(app)
        prune(app.house, MONTH)
        assert keys(app) == before


def test_an_attachment_is_never_removed(app: App, tmp_path: Path) -> None:
    sheet = tmp_path / "don.pdf"
    sheet.write_bytes(b"%PDF")
    sha256 = hashlib.sha256(b"%PDF").hexdigest()
    app.artifacts.keep_attachment(sha256, sheet)
    age(app.workspace, app.clock.now() - 10 * MONTH)
    move(app, days=365)
    app.sender.expire()
    move(app, days=31)
    prune(app.house, MONTH)
    assert not keys(app)
    assert app.artifacts.attachment(sha256).read_bytes() == b"%PDF"


def test_previews_rehearsals_and_sentences_go_when_nobody_used_them(app: App) -> None:
    for name in ("artifacts/speech/ab/x.sentence", "outbox/rehearsal/chat/x.txt"):
        (app.workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (app.workspace / name).write_text("x", encoding="utf-8")
    lately = app.workspace / "artifacts/speech/ab/y.sentence"
    lately.write_text("y", encoding="utf-8")
    age(app.workspace, app.clock.now() - 2 * MONTH)
    os.utime(lately, (app.clock.now().timestamp(),) * 2)
    outbox = {n for n in files_below(app.outbox) if not n.startswith("rehearsal/")}
    pruned = prune(app.house, MONTH)
    assert pruned.other >= 3
    assert not list((app.workspace / "preview").iterdir())
    assert list((app.workspace / "artifacts" / "speech").rglob("*.sentence")) == [lately]
    assert set(files_below(app.outbox)) == outbox, "what was handed over stays"


def test_a_dry_run_tells_the_same_and_removes_nothing(app: App) -> None:
    before = files_below(app.workspace)
    told = prune(app.house, MONTH, dry_run=True)
    assert set(files_below(app.workspace)) >= set(before)
    assert prune(app.house, MONTH) == told
    assert told.artifact_bytes > 0


def test_another_commune_s_artifacts_in_a_shared_store_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LEDGER_URL", f"sqlite:///{tmp_path}/chung.db")
    monkeypatch.setenv("LOA_ARTIFACTS_URL", str(tmp_path / "kho"))
    (tmp_path / "kho").mkdir()
    ours, theirs = (make_commune(tmp_path / name, CAMPAIGNS, live=False) for name in "ab")
    registry = theirs / "commune.yaml"
    registry.write_text(registry.read_text("utf-8").replace("id: xa-mau", "id: xa-khac"), "utf-8")
    shutil.copy(ours / "loa.toml", theirs / "loa.toml")
    with open_app(ours):
        shutil.copy(ours / "data.key", theirs / "data.key")
    with open_app(theirs) as app:
        approve_all(app)
        preview(app, "muon")
        made = keys(app)
        assert made
    with open_app(ours) as app:
        age(tmp_path / "kho", app.clock.now() - 2 * MONTH)
        prune(app.house, MONTH)
        assert keys(app) == made


def test_pruning_comes_once_a_day_and_never_beside_a_backup(app: App) -> None:
    settings = app.settings.model_copy(
        update={"artifacts": app.settings.artifacts.model_copy(update={"keep_days": 30})}
    )
    app = dataclasses.replace(app, house=dataclasses.replace(app.house, settings=settings))
    with alone(app.workspace / BACKUP_LOCK):
        before = keys(app)
        prune_daily(app.house)
        assert keys(app) == before
    prune_daily(app.house)
    assert keys(app) == before, "the day is over for today"
    move(app, days=1)
    EmbeddedRuntime(app).run(until=app.clock.now())
    assert keys(app) < before
    assert (app.workspace / MARK).exists()


def test_without_a_setting_nothing_goes_by_itself(app: App) -> None:
    before = files_below(app.workspace)
    prune_daily(app.house)
    assert files_below(app.workspace).keys() == before.keys()
    done = loa("prune", "--days", "30", "--dry-run", "-w", app.workspace)
    assert done.returncode == 0, done.stderr
    assert "would go:" in done.stdout
