"""What a run says of itself, and a cancellation: this one's work, and what somebody must do."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.progress import Progress
from support.commune import NOTICE, PASSPHRASE, WARNING, make_commune

from engine.app import App, open_app
from engine.cli.bars import Bars
from engine.cli.main import build
from engine.clock import SimulatedClock, SystemClock
from workers.embedded import EmbeddedRuntime

PROVINCE = Path(__file__).parents[2] / "campaigns" / "examples" / "tinh-mau"

#: Campaigns on channels that are quick to make.
ROUTINE = NOTICE + "channels: {portal: true, chat: {schedule: {dates: 2026-12-02, times: 7h}}}\n"
URGENT = WARNING + "channels: {portal: true}\n"


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A commune with two campaigns, in whose folder one stands."""
    folder = make_commune(tmp_path / "xa", {"tiem-phong": ROUTINE, "bao-lu": URGENT}, live=False)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)
    return folder


def loa(*arguments: str) -> str:
    result = CliRunner().invoke(build(), arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def submit(campaign_id: str = "tiem-phong") -> None:
    loa("submit", f"campaigns/{campaign_id}.yaml", "--by", "lan")


def approve(campaign_id: str = "tiem-phong") -> None:
    if not (Path.cwd() / "loa.db").exists() or "passphrase set" not in loa("events"):
        loa("passphrase", "minh")
    loa("approve", campaign_id, "--by", "minh")


def cancel(campaign_id: str = "tiem-phong") -> str:
    said = loa("cancel", campaign_id, "--by", "minh", "--reason", "nhầm")
    return said.splitlines()[-1]


def test_a_run_without_anything_submitted_says_how_to_submit() -> None:
    said = loa("run")
    assert "not yet submitted: campaigns/bao-lu.yaml, campaigns/tiem-phong.yaml" in said
    assert "loa submit campaigns/bao-lu.yaml --by PERSON" in said


def test_a_run_with_nothing_approved_says_how_to_approve() -> None:
    submit()
    said = loa("run")
    assert "not yet approved: tiem-phong; approve it: loa approve tiem-phong --by" in said
    assert "submitted" not in said
    approve()
    assert "approved:" not in loa("run")
    assert "the simulated clock stands still at" in loa("run")


def test_an_empty_workspace_has_nothing_to_say(office: Path) -> None:
    shutil.rmtree(office / "campaigns")
    assert "nothing to send" not in loa("run")


def test_a_provinces_run_says_what_its_office_must_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(PROVINCE, tmp_path / "tinh"))
    monkeypatch.chdir(folder)
    loa("registry", "import", "danh-sach-ap.csv", "danh-sach-xa.csv")
    said = loa("run")
    assert "loa submit campaigns/bao-so-3.yaml" in said
    assert "the simulated clock stands still at" in said
    loa("submit", "campaigns/bao-so-3.yaml", "--by", "ha")
    assert "loa approve bao-so-3 --by PERSON" in loa("run")
    said = loa("cancel", "bao-so-3", "--by", "ha", "--reason", "nhầm")
    assert "revision 1 is cancelled: it waited for approval" in said


def test_cancelling_says_what_it_cancelled() -> None:
    submit()
    assert cancel() == (
        "✓ tiem-phong: revision 1 is cancelled: it waited for approval, and nothing of it was sent"
    )
    assert cancel() == "tiem-phong: nothing to cancel (revision 1: cancelled)"


def test_cancelling_what_is_approved_says_how_much_was_stopped(office: Path) -> None:
    submit()
    approve()
    (office / "campaigns" / "tiem-phong.yaml").write_text(
        ROUTINE.replace("Tiêm phòng lúc", "Tiêm phòng sớm, lúc"), encoding="utf-8"
    )
    submit()
    said = cancel()
    assert said.startswith("✓ tiem-phong: revision 2, which waited for approval, is cancelled, and")
    assert "0 deliveries" not in said


def test_cancelling_what_is_all_sent_says_that_nothing_was_left() -> None:
    submit("bao-lu")
    approve("bao-lu")
    loa("run")
    assert cancel("bao-lu") == "✓ bao-lu: cancelled; nothing was left to stop"


def drawn(app: App) -> tuple[Bars, Progress]:
    progress = Progress(disable=True)
    return Bars(app, progress), progress


def shown(progress: Progress) -> dict[str, tuple[float, float | None, str]]:
    return {t.description: (t.completed, t.total, t.fields["words"]) for t in progress.tasks}


def test_bars_count_this_run_and_nothing_that_was_sent_before(office: Path) -> None:
    submit("bao-lu")
    approve("bao-lu")
    loa("run")
    submit()
    approve()
    with open_app(office) as app:
        bars, progress = drawn(app)
        bars.draw()
        before = shown(progress)
        assert before["portal"] == (0, 2, "0 sent")
        assert before["chat"] == (0, 4, "0 sent")
        EmbeddedRuntime(app).run(on_progress=bars.refresh)
        bars.draw()
        after = shown(progress)
    assert after["portal"] == (2, 2, "2 sent")
    assert after["chat"] == (2, 2, "2 sent"), "the heads' group is only rehearsed"


def test_bars_leave_out_what_is_due_after_the_run(office: Path) -> None:
    submit()
    approve()
    with open_app(office) as app:
        rows = app.ledger.views.deliveries("tiem-phong")
        slot = min(row.slot for row in rows if row.channel == "chat")
        first = app.ledger.views.due(slot, rehearse=())
        assert first == {"portal": 2, "chat": 4}
        assert app.ledger.views.due(slot - timedelta(hours=1), rehearse=()) == {"portal": 2}
        assert app.ledger.views.due(slot - timedelta(days=9), rehearse=()) == {}
        chat = app.ledger.views.due(None, rehearse=("telegram",))
        assert chat == app.ledger.views.due(None, rehearse=()), "not rehearsed yet"
        EmbeddedRuntime(app).run()
        assert app.ledger.views.due(None, rehearse=("telegram",)) == {}
    with open_app(office, clock=SystemClock()) as app:
        assert not isinstance(app.clock, SimulatedClock)
        bars, progress = drawn(app)
        bars.draw()
        assert shown(progress) == {}
