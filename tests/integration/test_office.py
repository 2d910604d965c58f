"""Submitting, approving, revising, cancelling: who may, bound to what, and what follows."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.builders import NOW
from support.commune import NOTICE, PASSPHRASE, files_below

from engine.app import App, open_app, preview
from engine.clock import SimulatedClock, local
from engine.errors import InputError, LoaError
from engine.ledger import Status
from engine.states import State
from workers.embedded import EmbeddedRuntime

SCHEDULE = NOTICE.splitlines()[-1]
LATER = SCHEDULE.replace("2026-12-02", "2026-12-03").replace("2026-12-01", "2026-12-02")


def write(app: App, text: str, name: str = "tiem-phong") -> Path:
    path = app.workspace / "campaigns" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def release(app: App, text: str = NOTICE) -> None:
    """Submit and approve the notice."""
    app.office.submit(write(app, text), "lan")
    app.office.approve("tiem-phong", "minh", PASSPHRASE)


def states(app: App, *, replaced: bool = False) -> Counter[tuple[str, State]]:
    rows = app.ledger.views.deliveries("tiem-phong", replaced=replaced)
    return Counter((row.channel, row.state) for row in rows)


def test_what_is_submitted_waits_and_nothing_is_sent(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    EmbeddedRuntime(app).run()
    assert not states(app)
    assert not files_below(app.outbox)


@pytest.mark.parametrize(
    ("by", "passphrase", "reason"),
    [
        ("lan", PASSPHRASE, "does not have the right"),
        ("minh", "wrong passphrase", "passphrase is wrong"),
        ("nobody", PASSPHRASE, "does not have the right"),
        ("ap-1-head", PASSPHRASE, "does not have the right"),
    ],
)
def test_only_a_person_with_the_right_and_the_passphrase_approves(
    app: App, by: str, passphrase: str, reason: str
) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    with pytest.raises(LoaError, match=reason):
        app.office.approve("tiem-phong", by, passphrase)
    latest = app.ledger.revisions.latest("tiem-phong")
    assert latest is not None
    assert latest.status is Status.SUBMITTED


def test_nobody_approves_what_he_submitted_himself(app: App) -> None:
    app.office.submit(write(app, NOTICE), "minh")
    with pytest.raises(LoaError, match="another person"):
        app.office.approve("tiem-phong", "minh", PASSPHRASE)


def test_a_person_without_a_passphrase_cannot_approve(workspace: Path) -> None:
    with open_app(workspace) as app:
        app.office.submit(write(app, NOTICE), "lan")
        with pytest.raises(LoaError, match="no passphrase"):
            app.office.approve("tiem-phong", "minh", "")


def test_a_passphrase_is_changed_only_by_who_knows_the_old_one(app: App) -> None:
    with pytest.raises(LoaError, match="old passphrase"):
        app.office.set_passphrase("minh", "another-one", "guess")
    app.office.set_passphrase("minh", "another-one", PASSPHRASE)
    with pytest.raises(LoaError, match="at least 8"):
        app.office.set_passphrase("minh", "short", "another-one")
    with pytest.raises(LoaError, match="no right"):
        app.office.set_passphrase("ap-1-head", "long enough", None)


def test_an_edit_after_submitting_voids_what_waits(app: App) -> None:
    path = write(app, NOTICE)
    app.office.submit(path, "lan")
    path.write_text(NOTICE.replace("Tiêm phòng lúc", "Tiêm chủng lúc"), encoding="utf-8")
    with pytest.raises(LoaError, match="changed after it was submitted"):
        app.office.approve("tiem-phong", "minh", PASSPHRASE)


def test_a_comment_added_after_submitting_voids_it_too(app: App) -> None:
    path = write(app, NOTICE)
    app.office.submit(path, "lan")
    path.write_text(NOTICE + "# chú thích\n", encoding="utf-8")
    with pytest.raises(LoaError, match="changed after"):
        app.office.approve("tiem-phong", "minh", PASSPHRASE)


def test_a_registry_that_changes_the_audience_voids_what_waits(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    registry = app.workspace / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    registry.write_text(text.replace("hamlets: [ap-2]}", "hamlets: [ap-1]}"), encoding="utf-8")
    with open_app(app.workspace) as again:
        assert again.registry_revision == app.registry_revision + 1
        with pytest.raises(LoaError, match="changed after"):
            again.office.approve("tiem-phong", "minh", PASSPHRASE)


def test_what_was_approved_goes_out_even_if_the_file_changes_later(app: App) -> None:
    release(app)
    write(app, NOTICE.replace("Tiêm phòng lúc", "Sai rồi, lúc"))
    EmbeddedRuntime(app).run()
    kits = [data for name, data in files_below(app.outbox).items() if name.endswith("-1.txt")]
    assert kits
    assert all("Sai rồi" not in data.decode() for data in kits)


def test_a_ledger_that_was_tampered_with_sends_nothing(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    with sqlite3.connect(app.workspace / "loa.db") as database:
        database.execute("UPDATE revisions SET campaign = replace(campaign, 'Tiêm', 'Tiền')")
        database.execute(
            "UPDATE revisions SET status='approved', approved_by='minh', approved_at=submitted_at"
        )
    EmbeddedRuntime(app).run()
    assert not states(app)
    latest = app.ledger.revisions.latest("tiem-phong")
    assert latest is not None
    assert latest.status is Status.REFUSED


def test_the_audit_trail_cannot_be_changed_or_shortened(app: App) -> None:
    release(app)
    with sqlite3.connect(app.workspace / "loa.db") as database:
        for statement in ("UPDATE events SET actor='x'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever grow"):
                database.execute(statement)


def test_events_name_people_by_id_and_hold_no_personal_data(app: App) -> None:
    release(app)
    EmbeddedRuntime(app).run()
    dump = (app.workspace / "loa.db").read_bytes()
    wal = app.workspace / "loa.db-wal"
    dump += wal.read_bytes() if wal.exists() else b""
    assert "Nguyễn Thị Lan".encode() not in dump
    assert any(event.actor == "minh" for event in app.ledger.views.events("tiem-phong"))


def test_submitting_the_same_again_is_refused(app: App) -> None:
    release(app)
    with pytest.raises(LoaError, match="already says exactly this"):
        app.office.submit(write(app, NOTICE), "lan")


def test_a_second_revision_sends_only_what_differs(app: App) -> None:
    release(app)
    EmbeddedRuntime(app).run()
    before = states(app)
    release(app, NOTICE.replace("ap-2: {gio: 8 giờ}", "ap-2: {gio: 9 giờ}"))
    EmbeddedRuntime(app).run()
    everything = app.ledger.views.deliveries("tiem-phong", replaced=True)
    second = [row for row in everything if row.revision == 2]
    assert {row.hamlet_id for row in second} == {"ap-2"}
    assert {row.channel for row in second} <= {"flyer", "portal", "chat", "loudspeaker"}
    assert all(row.state is State.SENT for row in second if row.channel != "chat")
    first = [row for row in everything if row.revision == 1 and row.hamlet_id == "ap-1"]
    assert not any(row.replaced for row in first)
    assert before[("portal", State.SENT)] == 2


def test_a_revision_stops_the_unsent_and_takes_back_programmes_to_come(app: App) -> None:
    assert isinstance(app.clock, SimulatedClock)
    release(app)
    EmbeddedRuntime(app).run(until=app.clock.now())
    release(app, NOTICE.replace("Tiêm phòng lúc", "Tiêm chủng lúc"))
    old = [r for r in app.ledger.views.deliveries("tiem-phong", replaced=True) if r.revision == 1]
    assert {row.state for row in old if row.channel == "loudspeaker"} == {State.SUPERSEDED}
    EmbeddedRuntime(app).run()
    new = [row for row in app.ledger.views.deliveries("tiem-phong") if row.revision == 2]
    assert {row.state for row in new if row.channel == "loudspeaker"} == {State.SENT}


def test_words_that_come_back_in_a_third_revision_are_sent_again(app: App) -> None:
    release(app)
    EmbeddedRuntime(app).run(until=app.clock.now())
    release(app, NOTICE.replace("Tiêm phòng lúc", "Tiêm chủng lúc"))
    EmbeddedRuntime(app).run(until=app.clock.now())
    release(app, NOTICE + "# như bản đầu\n")
    EmbeddedRuntime(app).run(until=app.clock.now())
    post = (app.outbox / "portal" / "tiem-phong" / "index.html").read_text(encoding="utf-8")
    current, _heading, former = post.partition("Các bản trước")
    assert "Tiêm phòng lúc 7 giờ" in current
    assert "Tiêm chủng lúc" not in current
    assert "<s>Tiêm chủng lúc 8 giờ.</s>" in former


def test_another_schedule_keeps_the_days_that_stay(app: App) -> None:
    release(app)
    release(app, NOTICE.replace(SCHEDULE, LATER))
    rows = app.ledger.views.deliveries("tiem-phong", replaced=True)
    days = Counter((row.slot.day, row.state) for row in rows if row.channel == "loudspeaker")
    # 05:00 in Vietnam is 22:00 of the day before in UTC.
    assert days == {
        (30, State.SUPERSEDED): 2,
        (1, State.PLANNED): 2,
        (2, State.PLANNED): 2,
    }


def test_cancelling_stops_the_unsent_and_empties_the_programme_to_come(app: App) -> None:
    release(app)
    assert isinstance(app.clock, SimulatedClock)
    runtime = EmbeddedRuntime(app)
    runtime.run(until=app.clock.now().replace(hour=21, minute=45))
    assert (app.outbox / "loudspeaker/cum-1/2026-12-01/0500-routine-tiem-phong.mp3").is_file()
    stopped = app.office.cancel("tiem-phong", "minh", "hoãn")
    assert stopped > 0
    runtime.run()
    names = files_below(app.outbox / "loudspeaker")
    assert not [name for name in names if name.endswith(".mp3")]
    left = states(app)
    assert left[("loudspeaker", State.WITHDRAWN)] == 2
    assert left[("loudspeaker", State.CANCELLED)] == 2
    with pytest.raises(LoaError, match="no campaign"):
        app.office.cancel("khong-co", "minh", "")


def test_a_cancelled_campaign_can_be_submitted_anew(app: App) -> None:
    release(app)
    app.office.cancel("tiem-phong", "minh", "hoãn")
    release(app)
    EmbeddedRuntime(app).run()
    sent = [row for row in app.ledger.views.deliveries("tiem-phong") if row.revision == 2]
    assert sent
    assert {row.state for row in sent if row.channel != "chat"} == {State.SENT}


def test_a_slot_outside_the_station_hours_is_refused_at_submission(app: App) -> None:
    night = NOTICE.replace('times: ["05:00"]', 'times: ["03:15"]')
    with pytest.raises(LoaError, match="03:15"):
        app.office.submit(write(app, night), "lan")
    assert app.ledger.revisions.latest("tiem-phong") is None


def test_an_emergency_may_break_the_hours_and_that_is_said(app: App) -> None:
    done = app.office.submit(app.workspace / "campaigns" / "bao-lu.yaml", "lan")
    assert any(breach.waived and "04:00" in breach.message for breach in done.plan.breaches)
    app.office.approve("bao-lu", "minh", PASSPHRASE)
    approval = [e for e in app.ledger.views.events("bao-lu") if e.to_state == "approved"]
    assert approval[0].actor == "minh"
    assert "04:00" in approval[0].detail


def test_a_campaign_that_is_over_is_refused(app: App) -> None:
    ended = NOTICE.replace("until: 2026-12-05", "until: 2026-12-03").replace(
        "from: 2026-12-01,", "from: 2026-12-04,"
    )
    with pytest.raises(InputError):
        app.office.submit(write(app, ended), "lan")


def test_a_preview_stays_in_its_folder_whatever_plays_the_cluster(app: App) -> None:
    disk = app.workspace / "usb"
    disk.mkdir()
    toml = app.workspace / "loa.toml"
    players = f'[players.may-a]\nkind = "folder"\npath = "{disk}"\n'
    toml.write_text(toml.read_text("utf-8") + players, encoding="utf-8")
    registry = app.workspace / "commune.yaml"
    text = registry.read_text("utf-8").replace(
        "hamlets: [ap-1]}", "hamlets: [ap-1], player: may-a}"
    )
    registry.write_text(text, encoding="utf-8")
    with open_app(app.workspace, clock=SimulatedClock(NOW)) as again:
        release(again)
        shown = preview(again, "tiem-phong")
        assert not any(disk.iterdir())
        previewed = files_below(shown.folder / "outbox" / "loudspeaker" / "cum-1")
        EmbeddedRuntime(again).run()
    assert files_below(disk / "cum-1") == previewed != {}


def test_the_preview_is_what_is_sent(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    shown = preview(app, "tiem-phong")
    assert not [one for one in shown.bundles if one.fault]
    rendered = app.artifacts.rendered
    app.office.approve("tiem-phong", "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()
    assert app.artifacts.rendered == rendered
    previewed = {
        name: data
        for name, data in files_below(shown.folder / "outbox").items()
        if name.endswith((".mp3", ".pdf"))
    }
    sent = files_below(app.outbox)
    assert previewed
    for name, data in previewed.items():
        assert sent[name] == data
    assert "lúc bảy giờ" in (shown.folder / "loudspeaker-1.txt").read_text("utf-8")


def test_an_id_belongs_to_one_file(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    other = write(app, NOTICE.replace("Tiêm phòng lúc", "Khác"), "ban-sao")
    with pytest.raises(LoaError, match=r"belongs to campaigns/tiem-phong\.yaml"):
        app.office.submit(other, "lan")


def test_a_workspace_may_move_between_submission_and_approval(app: App, tmp_path: Path) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    moved = Path(shutil.copytree(app.workspace, tmp_path / "moved"))
    shutil.rmtree(app.workspace / "campaigns")
    with open_app(moved) as again:
        again.office.approve("tiem-phong", "minh", PASSPHRASE)


def test_a_revision_overtaken_before_it_was_planned_never_comes_back(workspace: Path) -> None:
    def die(name: str) -> None:
        if name == "held":
            raise KeyboardInterrupt

    with open_app(workspace, boundary=die) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(write(app, NOTICE), "lan")
        with pytest.raises(KeyboardInterrupt):
            app.office.approve("tiem-phong", "minh", PASSPHRASE)
    with open_app(workspace) as app:
        release(app, NOTICE.replace("Tiêm phòng lúc", "Tiêm chủng lúc"))
        EmbeddedRuntime(app).run()
        first = app.ledger.revisions.get("tiem-phong", 1)
        assert first is not None
        assert first.status is Status.SUPERSEDED
        sent = [row for row in app.ledger.views.deliveries("tiem-phong") if row.state == "sent"]
        assert {row.revision for row in sent} == {2}


def test_a_clock_behind_the_last_event_is_not_trusted(workspace: Path) -> None:
    with open_app(workspace, clock=SimulatedClock(NOW + timedelta(days=1))) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
    with (
        open_app(workspace, clock=SimulatedClock(NOW)) as app,
        pytest.raises(LoaError, match="set the machine's clock"),
    ):
        EmbeddedRuntime(app).run()


def talk(name: str, minutes: str = "") -> str:
    """A campaign on the loudspeakers alone, about half a minute long."""
    return (
        f"id: {name}\ntitle: Thông báo {name}\nvalid: {{from: 2026-12-01, until: 2026-12-05}}\n"
        f"contact: Xã\ntext: {'Mời bà con đến họp tại nhà văn hóa ấp. ' * 8}\n"
        f'schedule: {{dates: [2026-12-02], times: ["{minutes or "05:00"}"]}}\n'
        "channels: {loudspeaker: true, flyer: false, portal: false, chat: false}\n"
    )


def strict(app: App, **rules: int) -> App:
    """The same workspace with stricter station rules."""
    path = app.workspace / "commune.yaml"
    text = path.read_text(encoding="utf-8")
    for name, number in rules.items():
        text = re.sub(rf"{name}: \d+", f"{name}: {number}", text)
    path.write_text(text, encoding="utf-8")
    return open_app(app.workspace)


def test_campaigns_together_may_not_outlast_a_session(app: App) -> None:
    with strict(app, minutes_per_session=1) as strict_app:
        strict_app.office.submit(write(app, talk("mot"), "mot"), "lan")
        strict_app.office.approve("mot", "minh", PASSPHRASE)
        done = strict_app.office.submit(write(app, talk("hai"), "hai"), "lan")
        said = [one.message for one in done.plan.breaches]
        assert said == ["the session at 05:00 02/12/2026 is full: it moves to 17:00 02/12/2026"]
        assert {f"{local(one.slot):%d %H}" for one in done.plan.deliveries} == {"02 17"}
        long = talk("dai").replace("Mời", "Mời bà con " * 40 + "mời", 1)
        with pytest.raises(LoaError, match="opening and closing included"):
            strict_app.office.submit(write(app, long, "dai"), "lan")


def test_campaigns_together_may_not_hold_more_sessions_than_a_day_has(app: App) -> None:
    with strict(app, sessions_per_day=1) as strict_app:
        strict_app.office.submit(write(app, talk("mot", "05:00"), "mot"), "lan")
        strict_app.office.approve("mot", "minh", PASSPHRASE)
        strict_app.office.submit(write(app, talk("hai", "05:00"), "hai"), "lan")
        with pytest.raises(LoaError, match="2 sessions"):
            strict_app.office.submit(write(app, talk("ba", "06:00"), "ba"), "lan")


def test_a_recording_counts_its_length_and_a_silent_one_is_refused(app: App) -> None:
    folder = app.workspace / "campaigns"
    soundfile.write(folder / "dai.wav", noise(90), 16_000)
    soundfile.write(folder / "im.wav", np.zeros(16_000 * 5), 16_000)
    recorded = talk("ghi-am").replace("loudspeaker: true", "loudspeaker: {audio: dai.wav}")
    with (
        strict(app, minutes_per_session=1) as strict_app,
        pytest.raises(LoaError, match="a session may last 1 minutes"),
    ):
        strict_app.office.submit(write(app, recorded, "ghi-am"), "lan")
    with pytest.raises(LoaError, match=r"im\.wav"):
        app.office.submit(write(app, recorded.replace("dai.wav", "im.wav"), "ghi-am"), "lan")
    app.office.submit(write(app, recorded, "ghi-am"), "lan")


def noise(seconds: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(1).normal(0, 0.1, 16_000 * seconds)


def test_what_ends_before_the_next_allowed_hour_is_refused_with_both(app: App) -> None:
    begin, end = (f"{local(NOW + timedelta(minutes=one)):%Y-%m-%d %H:%M}" for one in (0, 5))
    text = NOTICE.replace(SCHEDULE, "schedule: now\nchannels: {loudspeaker: {}}")
    text = re.sub(r"valid: .*", f"valid: {{from: {begin}, until: {end}}}", text)
    with pytest.raises(
        LoaError, match=rf"the next allowed hour is \S+ \S+, and .* ends at {end[-5:]}"
    ):
        app.office.submit(write(app, text), "lan")
