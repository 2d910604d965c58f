"""Posts on portals that others run, from the YAML to the proof: real WordPress, real webhook.

What arrived is counted from the portals' own logs, never from the ledger.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import NOTICE, PASSPHRASE, loa, make_commune
from support.corrections import ID, correct, release, rows, send, withdraw
from support.nursery import Nursery
from support.webhook import SECRET, Portal, receiver
from support.wordpress import WordPress, wordpress

from engine.app import App, open_app, preview
from engine.app.noticing import commune_desk
from engine.models import EvidenceKind, Purpose
from engine.planner.effects import Effect, effects_of
from engine.states import State
from workers.embedded import EmbeddedRuntime

__all__ = ["wordpress"]

NEWS = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Văn phòng xã, điện thoại 0272.3000.111
hamlets:
  ap-1: {gio: 7 giờ}
  ap-2: {gio: 8 giờ}
text: Mời bà con họp lúc {{ gio }}.
schedule: now
channels: {portal: {}}
"""


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Portal]:
    with receiver(tmp_path / "far") as portal:
        yield portal


@pytest.fixture
def workspace(tmp_path: Path, wordpress: WordPress, far: Portal) -> Path:
    """A commune that posts on its static site, its WordPress and another portal."""
    folder = make_commune(tmp_path / "xa", {"hop-dan": NEWS})
    registry = folder / "commune.yaml"
    registry.write_text(registry.read_text().replace("https://xa-mau.example", wordpress.url))
    (folder / "mat-khau").write_text(wordpress.passwords["bien-tap"] + "\n")
    (folder / "khoa").write_text(SECRET + "\n")
    with (folder / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"""
[portal]
backends = ["wordpress", "webhook", "static"]
[portal.wordpress]
url = "{wordpress.url}"
user = "bien-tap"
password_file = "mat-khau"
[portal.webhook]
url = "{far.url}"
secret_file = "khoa"
""")
    return folder


def approved(workspace: Path) -> App:
    app = open_app(workspace)
    if app.ledger.credentials.get("minh") is None:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(workspace / "campaigns" / "hop-dan.yaml", "lan")
        app.office.approve("hop-dan", "minh", PASSPHRASE)
    return app


def states(app: App) -> dict[tuple[str, str], State]:
    return {
        (row.hamlet_id, row.target): row.state for row in app.ledger.views.deliveries("hop-dan")
    }


def test_each_portal_is_tracked_by_itself_and_confirmed_by_its_public_page(
    workspace: Path, wordpress: WordPress, far: Portal
) -> None:
    with approved(workspace) as app:
        EmbeddedRuntime(app).run()
        found = states(app)
        assert set(found) == {
            (hamlet, target)
            for hamlet in ("ap-1", "ap-2")
            for target in ("cong", "wordpress", "webhook")
        }
        assert {state for (_, target), state in found.items() if target == "cong"} == {State.SENT}
        others = {state for (_, target), state in found.items() if target != "cong"}
        assert others == {State.CONFIRMED}
        proofs = {(one.kind, one.by, one.source) for one in app.ledger.evidence.of("hop-dan")}
        assert proofs == {
            (EvidenceKind.PAGE_ANSWERS, "loa", f"read at {wordpress.url}/hop-dan/"),
            (EvidenceKind.PAGE_ANSWERS, "loa", f"read at {far.url}/hop-dan/"),
        }
    (post,) = wordpress.posts()
    assert post["link"] == f"{wordpress.url}/hop-dan/", "where the QR code leads"
    assert [one["campaign"] for one in far.log] == ["hop-dan"]
    assert (workspace / "outbox" / "portal" / "hop-dan" / "index.html").exists()


def test_a_workspace_that_is_not_live_posts_nowhere(
    workspace: Path, wordpress: WordPress, far: Portal
) -> None:
    settings = workspace / "loa.toml"
    settings.write_text(settings.read_text().replace("live = true", "live = false"))
    with approved(workspace) as app:
        EmbeddedRuntime(app).run()
        assert app.page_watch.look() == 0
    assert wordpress.writes() == []
    assert far.log == []


def test_a_preview_shows_what_would_be_posted_and_posts_nothing(
    workspace: Path, wordpress: WordPress, far: Portal
) -> None:
    with approved(workspace) as app:
        shown = preview(app, "hop-dan")
        files = [path for path in shown.folder.rglob("hop-dan*") if "wordpress" in path.parts]
        assert files
    assert wordpress.writes() == []
    assert far.log == []


def test_a_page_that_shows_older_words_is_looked_at_again(
    workspace: Path, wordpress: WordPress, caplog: pytest.LogCaptureFixture
) -> None:
    wordpress.plugin(
        "if (strpos($_SERVER['REQUEST_URI'], '/hop-dan/') === 0) { echo 'Trang cũ'; exit; }"
    )
    with approved(workspace) as app:
        EmbeddedRuntime(app).run()
        assert states(app)["ap-1", "wordpress"] is State.SENT
        assert "cache" in caplog.text
        wordpress.plugin("")
        assert app.page_watch.look() == 0, "not before its turn"
        app.house.clock.advance_to(app.clock.now() + timedelta(minutes=5))  # type: ignore[attr-defined]  # simulated
        assert app.page_watch.look() == 2
        assert states(app)["ap-1", "wordpress"] is State.CONFIRMED


@pytest.mark.parametrize("where", ["begun", "delivered"])
def test_killed_between_the_portal_and_the_ledger_nothing_is_doubled(
    workspace: Path, wordpress: WordPress, far: Portal, children: Nursery, where: str
) -> None:
    log = workspace.with_suffix(".log")
    for number in range(1, 4):
        child = children.start("kill_driver", [str(workspace), where, str(number)], log)
        assert child.wait(120) in (0, -signal.SIGKILL)
    assert wordpress.posts(), "some lived long enough"
    with approved(workspace) as app:
        EmbeddedRuntime(app).run()
        assert State.SENDING not in states(app).values()
    (post,) = wordpress.posts()
    assert post["status"] == "publish"
    assert [one["campaign"] for one in far.log] == ["hop-dan"]


def test_a_wrong_password_becomes_a_notice_and_the_others_go_on(
    workspace: Path, wordpress: WordPress, far: Portal
) -> None:
    (workspace / "mat-khau").write_text("sai\n")
    with approved(workspace) as app:
        EmbeddedRuntime(app).run()
        found = states(app)
        assert found["ap-1", "wordpress"] is State.FAILED
        assert found["ap-1", "webhook"] is State.CONFIRMED
        reasons = [row.detail for row in app.ledger.views.events("hop-dan")]
        assert any("application password" in str(reason) for reason in reasons)
    assert wordpress.posts() == []
    assert len(far.log) == 1
    told = loa("notices", cwd=workspace)
    assert told.returncode == 1
    assert "hop-dan, portal: 2 deliveries failed" in " ".join(told.stdout.split())


POSTED = NOTICE.partition("schedule:")[0] + "schedule: now\nchannels: {portal: {}}\n"
ONLY_TWO = POSTED.replace("  ap-1: {gio: 7 giờ}\n", "") + "audience: {hamlets: [ap-2]}\n"


def elsewhere(tmp_path: Path, settings: str) -> App:
    """Open the commune anew, with these settings of its portals."""
    folder = tmp_path / "xa-2"
    if not folder.exists():
        make_commune(folder)
        (folder / "khoa").write_text(SECRET + "\n")
    path = folder / "loa.toml"
    path.write_text(path.read_text().partition("[portal]")[0] + settings)
    app = open_app(folder)
    if app.ledger.credentials.get("minh") is None:
        app.office.set_passphrase("minh", PASSPHRASE, None)
    return app


def sections(far: Portal) -> dict[str, tuple[str, str]]:
    """Return what the portal shows each hamlet: as what, and under which title."""
    return {
        hamlet["id"]: (one["purpose"], one["title"])
        for one in far.post(ID)["sections"]
        for hamlet in one["hamlets"]
    }


def test_every_portal_is_told_where_a_notice_does_not_hold_and_that_it_is_withdrawn(
    workspace: Path, wordpress: WordPress, far: Portal
) -> None:
    everywhere = {"cong", "wordpress", "webhook"}
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        release(app, POSTED)
        send(app, "1 6:10")
        correct(app, ONLY_TWO, "chỉ còn tiêm ở Ấp 2")
        send(app, "2 6:10")
        told = rows(app, Purpose.WITHDRAWAL)
        assert {(one.hamlet_id, one.target) for one in told} == {("ap-1", at) for at in everywhere}
        (post,) = wordpress.posts()
        assert "không áp dụng cho nơi này" in post["content"]["raw"]
        assert sections(far) == {
            "ap-1": ("withdrawal", "Thu hồi thông báo: Tiêm phòng"),
            "ap-2": ("notice", "Tiêm phòng"),
        }
        withdraw(app)
        send(app, "4 6:10")
        told = [one for one in rows(app, Purpose.WITHDRAWAL) if one.revision == 3]
        assert {(one.hamlet_id, one.target) for one in told} == {("ap-2", at) for at in everywhere}
    (post,) = wordpress.posts()
    assert post["title"]["raw"].startswith("Thu hồi")
    assert "nay được thu hồi" in wordpress.page(f"/{ID}/").text
    assert [one["kind"] for one in far.log] == ["post.published", "post.updated", "post.withdrawn"]
    assert {purpose for purpose, _title in sections(far).values()} == {"withdrawal"}


@pytest.mark.parametrize("chosen_still", [True, False])
def test_a_portal_is_told_of_a_withdrawal_while_the_settings_say_where_it_is(
    tmp_path: Path, far: Portal, *, chosen_still: bool
) -> None:
    account = f'[portal.webhook]\nurl = "{far.url}"\nsecret_file = "khoa"\n'
    with elsewhere(tmp_path, f'[portal]\nbackends = ["webhook"]\n{account}') as app:
        release(app, POSTED)
        send(app)
    now = "webhook" if chosen_still else "static"
    with elsewhere(tmp_path, f'[portal]\nbackends = ["{now}"]\n{account}') as app:
        withdraw(app)
        send(app)
        assert {one.target for one in rows(app, Purpose.WITHDRAWAL)} == {"webhook"}
    assert [one["kind"] for one in far.log] == ["post.published", "post.withdrawn"]
    assert {purpose for purpose, _title in sections(far).values()} == {"withdrawal"}


def test_what_a_portal_shows_that_was_taken_out_of_the_settings_is_handed_to_a_person(
    tmp_path: Path, far: Portal
) -> None:
    account = f'[portal.webhook]\nurl = "{far.url}"\nsecret_file = "khoa"\n'
    both = f'[portal]\nbackends = ["static", "webhook"]\n{account}'
    with elsewhere(tmp_path, both) as app:
        release(app, POSTED)
        send(app)
    with elsewhere(tmp_path, "") as app:
        known = app.office.known(ID)
        _campaign, plan = app.office.preview_withdrawal(ID, "lan", "buổi tiêm bị hoãn")
        effects = {
            (one.hamlet_id, one.target): one.effect for one in effects_of(plan, known, app.registry)
        }
        assert effects == {
            (hamlet, target): effect
            for hamlet in ("ap-1", "ap-2")
            for target, effect in (("cong", Effect.WITHDRAWN), ("webhook", Effect.OUT_OF_REACH))
        }
        withdraw(app)
        send(app)
        assert {one.target for one in rows(app, Purpose.WITHDRAWAL)} == {"cong"}
        notices = {one.notice.key for one in commune_desk(app.house, app.ledger, ()).look()}
        assert f"unamended:{ID}:2" in notices
    assert [one["kind"] for one in far.log] == ["post.published"]
