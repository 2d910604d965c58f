"""The program with its artifacts in a bucket, and with a full disk wherever one can be full."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, WARNING, files_below, loa, make_commune
from support.object_store import SECRET, Line, ObjectStore
from support.pdfs import pdf
from support.redis_server import RedisServer, wait_until
from support.services import serve, today
from support.small_disk import run_on_small_disk, worker_on_small_disk

from engine.app import open_app
from engine.artifacts.bucket import Bucket, Place
from engine.ledger.views import DeliveryRow
from engine.states import SETTLED, State

EXAMPLE = Path(__file__).parents[2] / "campaigns/examples/binh-hoa-hung/campaigns/tep"

MEETING = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trưởng ấp
text: Mời bà con đến họp.
attachments: [tep/giay-moi.pdf]
schedule: {dates: [2026-12-02], times: ["17:00"]}
channels:
  loudspeaker: {audio: tep/loi-moi-hop-dan.ogg}
  flyer: true
  portal: true
"""


def in_a_bucket(workspace: Path, place: Place) -> None:
    """Say in the settings where the artifacts are; the secret comes from outside."""
    with (workspace / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'[artifacts]\nurl = "{place}"\nendpoint = "{place.endpoint}"\nkey = "{place.key}"\n'
            "timeout_seconds = 20\n"
        )


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_ARTIFACTS_SECRET", SECRET)


def approved(workspace: Path, campaign_id: str, *, submit: bool = True) -> Path:
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        if submit:
            app.office.submit(workspace / "campaigns" / f"{campaign_id}.yaml", "lan")
        app.office.approve(campaign_id, "minh", PASSPHRASE)
    return workspace


def test_recording_and_attachment_go_through_the_bucket_and_nothing_is_made_twice(
    tmp_path: Path, object_store: ObjectStore
) -> None:
    """Submitted and previewed on one machine, sent from another, which shares the bucket alone."""
    workspace, place = make_commune(tmp_path / "xa", {"hop-dan": MEETING}), object_store.place()
    in_a_bucket(workspace, place)
    shutil.copytree(EXAMPLE, workspace / "campaigns/tep")
    paper = pdf()
    (workspace / "campaigns/tep/giay-moi.pdf").write_bytes(paper)
    for command in (("submit", "campaigns/hop-dan.yaml", "--by", "lan"), ("preview", "hop-dan")):
        done = loa(*command, cwd=workspace)
        assert done.returncode == 0, done.stderr
    previewed = files_below(workspace / "preview")
    made = sorted(found.name for found in Bucket(place).listed())
    assert Counter(name.split("/")[0] for name in made) == {"attachments": 2, "artifacts": 4}
    approved(workspace, "hop-dan", submit=False)
    shutil.rmtree(workspace / "artifacts")
    shutil.rmtree(workspace / "campaigns/tep")
    done = loa("run", cwd=workspace)
    assert done.returncode == 0, done.stderr
    sent = files_below(workspace / "outbox")
    assert paper in sent.values()
    for kind in (".mp3", ".pdf"):
        assert {data for name, data in sent.items() if name.endswith(kind)} & {
            data for name, data in previewed.items() if name.endswith(kind)
        }, kind
    assert sorted(found.name for found in Bucket(place).listed()) == made


def test_a_bucket_that_is_away_is_said_and_what_waits_goes_out_when_it_is_back(
    tmp_path: Path, object_store: ObjectStore, line: Line
) -> None:
    workspace = make_commune(tmp_path / "xa", {"bao-lu": WARNING}, live=False)
    in_a_bucket(workspace, object_store.place(port=line.port))
    approved(workspace, "bao-lu")
    shutil.rmtree(workspace / "artifacts/cache")  # or what approval has made need not be fetched
    line.fault = 503
    done = loa("run", cwd=workspace, LOA_RUN_ATTEMPTS="2")
    assert done.returncode == 1
    with open_app(workspace) as app:
        rows = app.ledger.views.deliveries("bao-lu")
        assert {row.state for row in rows} == {State.FAILED}, "tried as often as is set"
        assert all("answers with error 503" in row.reason for row in rows)
    line.fault = ""
    assert loa("retry", "bao-lu", "--by", "minh", cwd=workspace).returncode == 0
    assert loa("run", cwd=workspace).returncode == 0
    assert [name for name in files_below(workspace / "outbox") if name.endswith(".mp3")]


def test_a_wrong_key_is_said_at_submission(tmp_path: Path, object_store: ObjectStore) -> None:
    workspace = make_commune(tmp_path / "xa", {"hop-dan": MEETING})
    in_a_bucket(workspace, object_store.place())
    shutil.copytree(EXAMPLE, workspace / "campaigns/tep")
    (workspace / "campaigns/tep/giay-moi.pdf").write_bytes(pdf())
    done = loa("submit", "campaigns/hop-dan.yaml", "--by", "lan", cwd=workspace, **WRONG)
    assert done.returncode == 1
    assert "refuses the key: check artifacts.key" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    with open_app(workspace) as app:
        assert app.ledger.revisions.latest("hop-dan") is None


#: The group on Telegram: nothing leaves through the network in these tests.
REHEARSED = "truong-ap"

WRONG = {"LOA_ARTIFACTS_SECRET": "sai-mat-roi"}


@pytest.mark.parametrize("full", ["artifacts", "outbox", "artifacts/cache"])
def test_on_a_full_disk_everything_waits_and_when_there_is_room_everything_goes_out(
    tmp_path: Path, object_store: ObjectStore, full: str
) -> None:
    """Full while things are rendered, while they are sent, and under the cache of a bucket."""
    workspace = make_commune(tmp_path / "xa", {"bao-lu": WARNING}, live=False)
    if full == "artifacts/cache":
        in_a_bucket(workspace, object_store.place())
    approved(workspace, "bao-lu")
    tests = str(Path(__file__).parents[1])
    environ = {**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests}/..", "LOA_LANG": "en"}
    waiting, settled = run_on_small_disk(workspace, workspace / full, tmp_path / "left", environ)
    for _channel, target, state, reason in waiting:
        rehearsed = full == "artifacts/cache" and not reason and target == REHEARSED
        assert state == "planned", waiting
        assert "the disk is full" in reason or rehearsed, waiting
    for _channel, target, state, reason in settled:
        assert (state, reason) == ("planned", "") if target == REHEARSED else state == "sent"
    outbox = tmp_path / "left" if full == "outbox" else workspace / "outbox"
    names = " ".join(files_below(outbox))
    assert ".tmp" not in names
    for expected in (".mp3", ".pdf", "portal/bao-lu/index.html", "chat/"):
        assert expected in names
    with open_app(workspace) as app:
        sent = Counter(
            event.delivery_id
            for event in app.ledger.views.events("bao-lu")
            if event.to_state == State.SENT
        )
    assert set(sent.values()) == {1}
    assert len(sent) == sum(target != REHEARSED for _channel, target, *_ in settled) == 8


@pytest.mark.parametrize("full", ["artifacts", "outbox"])
def test_a_worker_on_a_full_disk_loses_nothing_and_goes_on_when_there_is_room(
    tmp_path: Path, redis_server: RedisServer, full: str
) -> None:
    workspace, room = today(tmp_path / "xa"), tmp_path / "co-cho"
    environ = {**os.environ, "LOA_QUEUE_URL": redis_server.url, "LOA_LANG": "en"}
    environ |= {"LOA_RUN_ATTEMPTS": "100"}
    for channel in ("LOUDSPEAKER", "FLYER", "PORTAL", "CHAT"):
        environ |= {f"LOA_RETRIES_{channel}_{wait}_WAIT": "1" for wait in ("FIRST", "LONGEST")}
    approved(workspace, "bao-lu")
    scheduler = serve(workspace, redis_server, "scheduler")
    worker = worker_on_small_disk(workspace, workspace / full, room, environ)
    try:
        with open_app(workspace) as app:

            def rows() -> list[DeliveryRow]:
                found = app.ledger.views.deliveries("bao-lu")
                return [row for row in found if row.target != REHEARSED]

            wait_until(lambda: all("the disk is full" in row.reason for row in rows()), "trouble")
            assert {row.state for row in rows()} <= {State.PLANNED, State.SENDING}
            room.touch()
            wait_until(lambda: all(row.state in SETTLED for row in rows()), "everything to go out")
            assert {row.state for row in rows()} == {State.SENT}
            sent = [
                event.delivery_id
                for event in app.ledger.views.events("bao-lu")
                if event.to_state == State.SENT
            ]
            assert sorted(sent) == sorted(row.id for row in rows())
    finally:
        for service in (worker, scheduler):
            service.terminate()
            service.wait(60)
    assert "Traceback" not in (workspace / "service.log").read_text()
