"""Alerts: given with two keys, said again and again, ended by an all-clear that reaches whom they
reached. On both ledgers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.alerts import KEYS, OTHER, alerts, files, rows, set_passphrases, wanted
from support.commune import PASSPHRASE, make_commune
from support.nursery import Nursery, nursery

from campaigns.alert_file import Wanted
from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.app.station import day_of
from engine.cli.alerting import all_clear_of
from engine.clock import SimulatedClock, local
from engine.errors import InputError, LoaError
from engine.ledger import Status
from engine.models import Audience, Purpose, Right
from engine.models.notice import Concern
from engine.planner.alerts import Keys, Stage, Standing
from engine.reports.report import build_report
from engine.reports.screen import overview
from engine.reports.station.table import day_table
from engine.states import State
from workers.embedded import EmbeddedRuntime

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with all that these tests say: what is said is rendered once."""
    workspace = make_commune(tmp_path_factory.mktemp("alerts") / "xa")
    with open_app(workspace) as app:
        set_passphrases(app)
        alert = give(app, wanted(app, channels=("loudspeaker", "portal", "chat"))).campaign_id
        run(app, minutes=65)
        end(app, alert)
        end(app, give(app, wanted(app, drill=True)).campaign_id)
        run(app, minutes=5)
    return workspace / "artifacts"


def opened(workspace: Path, rendered: Path, url: str = "") -> App:
    """Open a new commune in which nothing has to be rendered any more."""
    make_commune(workspace)
    shutil.copytree(rendered, workspace / "artifacts")
    if url:
        settings = workspace / "loa.toml"
        settings.write_text(settings.read_text("utf-8") + f'[ledger]\nurl = "{url}"\n', "utf-8")
    app = open_app(workspace)
    set_passphrases(app)
    return app


@pytest.fixture
def app(tmp_path: Path, rendered: Path) -> Iterator[App]:
    with opened(tmp_path / "xa", rendered) as app:
        yield app


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(request: pytest.FixtureRequest, tmp_path: Path, rendered: Path) -> Iterator[App]:
    server = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if server else ""
    with opened(tmp_path / "xa", rendered, url) as app:
        yield app


def give(app: App, asked: Wanted | None = None, keys: Keys | None = KEYS) -> Standing:
    return alerts(app).give(asked or wanted(app), "lan", keys, again=False)


def end(app: App, alert: str, text: str | None = None, keys: Keys | None = KEYS) -> Standing:
    newest = app.office.newest(alert)
    return alerts(app).end(newest, all_clear_of(app, newest, text), "lan", keys)


def run(app: App, **span: float) -> None:
    """Send what is due within so long from now."""
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    until = clock.now() + timedelta(**span)
    EmbeddedRuntime(app).run(until=until)
    clock.advance_to(max(until, clock.now()))


def manifest(app: App, cluster: str, hour: str) -> list[dict[str, object]]:
    path = app.outbox / "loudspeaker" / cluster / "2026-12-01" / f"{hour}.json"
    found: list[dict[str, object]] = json.loads(path.read_text("utf-8"))["items"]
    return found


def test_an_alert_is_on_air_at_once_and_again_until_its_end(on_both: App) -> None:
    app = on_both
    given = give(app)
    assert given.stage is Stage.ON_AIR
    run(app, hours=2)
    for cluster in ("cum-1", "cum-2"):
        folder = app.outbox / "loudspeaker" / cluster / "2026-12-01"
        assert sorted(path.stem for path in folder.glob("*.m3u8")) == [
            "0400", "0415", "0430", "0445", "0500",
        ]  # fmt: skip
        assert [item["campaign"] for item in manifest(app, cluster, "0445")] == [given.campaign_id]
    found = rows(app, given.campaign_id)
    assert {row.state for row in found} == {State.SENT}
    assert {row.purpose for row in found} == {Purpose.NOTICE}


def test_two_keys_are_on_the_record_and_in_the_report(on_both: App) -> None:
    app = on_both
    given = give(app)
    events = {e.to_state: e for e in app.ledger.views.events(given.campaign_id)}
    assert events["two_keys"].actor == "lan"
    assert "lan" in events["two_keys"].detail
    assert "minh" in events["two_keys"].detail
    assert events["approved"].actor == "minh"
    assert "04:00" in events["approved"].detail, "which hours it breaks, and in whose name"
    report = build_report(app.ledger, app.registry, given.campaign_id, app.clock.now())
    assert report.facts.two_keys
    app.office.submit(app.workspace / "campaigns" / "bao-lu.yaml", "lan")
    app.office.approve("bao-lu", "minh", OTHER)
    plain = build_report(app.ledger, app.registry, "bao-lu", app.clock.now())
    assert not plain.facts.two_keys


@pytest.mark.parametrize(
    ("by", "keys", "reason"),
    [
        ("minh", Keys(OTHER, "minh", OTHER), "another person must approve"),
        ("lan", Keys("wrong-one", "minh", OTHER), "lan: the passphrase is wrong"),
        ("lan", Keys(PASSPHRASE, "minh", PASSPHRASE), "minh: the passphrase is wrong"),
        ("lan", Keys(PASSPHRASE, "lan", PASSPHRASE), "does not have the right"),
    ],
)
def test_one_person_alone_never_gives_an_alert(app: App, by: str, keys: Keys, reason: str) -> None:
    with pytest.raises(LoaError, match=reason):
        alerts(app).give(wanted(app), by, keys, again=False)
    run(app, hours=1)
    assert not (app.outbox / "loudspeaker").exists()
    assert {r.status for r in app.ledger.revisions.with_status(*Status)} == {Status.SUBMITTED}


def test_without_a_second_key_it_waits_and_somebody_is_told_at_once(app: App) -> None:
    given = give(app, keys=None)
    assert given.stage is Stage.WAITING
    run(app, minutes=1)
    assert not (app.outbox / "loudspeaker").exists()
    desk = commune_desk(app.house, app.ledger, ())
    (kept,) = desk.look()
    assert (kept.notice.concern, kept.notice.severity.value) == (Concern.APPROVAL, "urgent")
    with pytest.raises(LoaError, match="waits for approval since 04:00"):
        give(app, keys=None)
    assert give(app).stage is Stage.ON_AIR, "the second person came"
    assert app.office.newest(given.campaign_id).revision == 1


def test_the_same_words_do_not_go_on_air_twice(app: App) -> None:
    first = give(app)
    run(app, minutes=1)
    with pytest.raises(LoaError, match="on air since 04:00"):
        give(app, wanted(app, text="bà con lên  chỗ cao."))
    assert files(app.workspace, "khan*") == [f"{first.campaign_id}.yaml"]
    again = alerts(app).give(wanted(app), "lan", KEYS, again=True)
    assert again.campaign_id == f"{first.campaign_id}-2"
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(hours=20, minutes=30))
    assert give(app).campaign_id.startswith("khan-cap-261202"), "what was over may be said anew"


def test_the_same_words_count_as_the_same_past_midnight(app: App) -> None:
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(local(clock.now()).replace(hour=23, minute=59))
    give(app)
    clock.advance_to(clock.now() + 2 * MINUTE)
    with pytest.raises(LoaError, match="on air since 23:59"):
        give(app)


def test_two_who_type_at_the_same_moment_do_not_meet(app: App) -> None:
    with alerts(app)._alone(), pytest.raises(LoaError, match="somebody else is giving"):
        give(app)


def test_nothing_is_left_of_words_that_cannot_be_said(app: App) -> None:
    before = files(app.workspace, "*")
    with pytest.raises(InputError, match=r"what was typed: text: .*hamlet\.nam"):
        give(app, wanted(app, text="Chào {{ hamlet.nam }}"))
    with pytest.raises(LoaError, match="the next allowed hour is 05:00"):
        give(app, wanted(app, drill=True, until=app.clock.now() + 9 * MINUTE))
    with pytest.raises(LoaError, match="does not have the right"):
        alerts(app).give(wanted(app), "ap-1-head", KEYS, again=False)
    assert files(app.workspace, "*") == before


def test_a_prepared_campaign_is_given_as_it_stands(app: App) -> None:
    path = app.workspace / "campaigns" / "bao-lu.yaml"
    assert alerts(app).give_file(path, "lan", None).stage is Stage.WAITING
    assert alerts(app).give_file(path, "lan", KEYS).stage is Stage.ON_AIR
    with pytest.raises(LoaError, match="on air since"):
        alerts(app).give_file(path, "lan", KEYS)


def test_the_all_clear_ends_it_and_reaches_those_whom_it_reached(on_both: App) -> None:
    app = on_both
    alert = give(app, wanted(app, channels=("loudspeaker", "portal", "chat"))).campaign_id
    run(app, minutes=20)
    lost = [r for r in rows(app, alert) if r.target == "truong-ap"]
    assert {row.state for row in lost} == {State.FAILED}, "no bot is set up here"
    done = end(app, alert)
    assert app.office.newest(alert).status is Status.ENDED
    run(app, hours=2)
    assert not manifest(app, "cum-1", "0430"), "what lay there already was taken back"
    assert not (app.outbox / "loudspeaker/cum-1/2026-12-01/0500.json").exists()
    told = rows(app, done.campaign_id)
    assert {(row.hamlet_id, row.channel, row.target) for row in told} == {
        ("ap-1", "loudspeaker", "cum-1"),
        ("ap-2", "loudspeaker", "cum-2"),
        ("ap-1", "portal", "cong"),
        ("ap-2", "portal", "cong"),
        ("ap-1", "chat", "nhom-ap-1"),
        ("ap-2", "chat", "nhom-ap-2"),
    }, "not those whom no word of it reached"
    assert {(row.purpose, row.state) for row in told} == {(Purpose.ALL_CLEAR, State.SENT)}
    (item,) = manifest(app, "cum-1", "0420")
    assert (item["campaign"], item["purpose"]) == (done.campaign_id, "all_clear")


@pytest.mark.parametrize("state", [State.SENDING, State.UNCERTAIN, State.NOT_PLAYED])
def test_the_all_clear_goes_to_those_of_whom_nobody_can_say(app: App, state: State) -> None:
    alert = give(app).campaign_id
    run(app, minutes=1)
    with app.ledger.database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE deliveries SET state = '{state}' WHERE target = 'cum-2'"
            " AND state = 'sent' AND slot < '2026-11-30T21:05'"
            if app.ledger.database.engine.dialect.name == "sqlite"
            else f"UPDATE deliveries SET state = '{state}' WHERE target = 'cum-2'"
            " AND state = 'sent' AND slot < '2026-11-30T21:05Z'"
        )
    assert state in {row.state for row in rows(app, alert)}
    done = end(app, alert)
    assert "cum-2" in {row.target for row in rows(app, done.campaign_id)}


def test_an_all_clear_of_what_reached_nobody_tells_nobody(app: App) -> None:
    alert = give(app).campaign_id
    done = end(app, alert)
    assert not rows(app, done.campaign_id)
    run(app, hours=2)
    assert {row.state for row in rows(app, alert)} == {State.CANCELLED}


def test_an_all_clear_twice_has_the_effect_of_once(on_both: App) -> None:
    app = on_both
    alert = give(app).campaign_id
    run(app, minutes=1)
    first = end(app, alert, "Nước đã rút.")
    before = [(row.id, row.state) for row in rows(app, first.campaign_id)]
    events = len(app.ledger.views.events())
    again = end(app, alert, "Nước đã rút hẳn.")
    assert (again.campaign_id, again.stage) == (first.campaign_id, Stage.ON_AIR)
    revision = app.ledger.revisions.latest(first.campaign_id)
    assert revision is not None
    app.office.open(revision)
    assert [(row.id, row.state) for row in rows(app, first.campaign_id)] == before
    assert len(app.ledger.views.events()) == events


def test_an_all_clear_needs_a_second_person_as_well(app: App) -> None:
    alert = give(app).campaign_id
    run(app, minutes=1)
    waiting = end(app, alert, keys=None)
    assert waiting.stage is Stage.WAITING
    assert app.office.newest(alert).status is Status.OPEN, "it goes on until that is approved"
    with pytest.raises(LoaError, match=r"another person|does not have the right"):
        app.office.approve(waiting.campaign_id, "lan", PASSPHRASE)
    app.office.approve(waiting.campaign_id, "minh", OTHER)
    assert app.office.newest(alert).status is Status.ENDED


def test_only_an_emergency_can_be_ended_and_a_drill_only_as_a_drill(app: App) -> None:
    alert = give(app).campaign_id
    run(app, minutes=1)
    newest = app.office.newest(alert)
    asked = all_clear_of(app, newest, None)
    for changes, reason in (
        ({"all_clear": "khong-co"}, "no alert"),
        ({"all_clear": "tiem-phong"}, "no emergency"),
        ({"drill": True}, "is no drill"),
    ):
        if "all_clear" in changes and changes["all_clear"] == "tiem-phong":
            app.office.submit(app.workspace / "campaigns" / "tiem-phong.yaml", "lan")
        wrong = Wanted(**{**{k: getattr(asked, k) for k in asked.__slots__}, **changes})
        with pytest.raises(LoaError, match=reason):
            alerts(app).end(newest, wrong, "lan", KEYS)


def test_an_all_clear_cut_short_is_carried_out_by_the_next_run(app: App) -> None:
    alert = give(app).campaign_id
    run(app, minutes=1)

    def die(name: str) -> None:
        if name == "alert stopped":
            raise KeyboardInterrupt

    with open_app(app.workspace, boundary=die) as cut, pytest.raises(KeyboardInterrupt):
        end(cut, alert)
    done = app.ledger.revisions.latest(f"het-{alert}")
    assert done is not None
    assert done.status is Status.APPROVED
    run(app, minutes=1)
    assert {row.state for row in rows(app, done.campaign_id)} == {State.SENT}


def test_what_was_missed_while_the_machine_was_off_is_not_said_in_a_burst(on_both: App) -> None:
    app = on_both
    alert = give(app).campaign_id
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(minutes=47))
    run(app, minutes=1)
    spoken = [row for row in rows(app, alert) if row.target == "cum-1"]
    assert {f"{local(row.slot):%H:%M}": row.state for row in spoken} == {
        "04:00": State.EXPIRED,
        "04:15": State.EXPIRED,
        "04:30": State.EXPIRED,
        "04:45": State.SENT,
        "05:00": State.SENT,
    }


def test_an_alert_for_some_hamlets_is_heard_there_alone(app: App) -> None:
    asked = wanted(app, audience=Audience(hamlets=("ap-1",)), clusters=("cum-1",))
    alert = give(app, asked).campaign_id
    run(app, minutes=1)
    assert {row.hamlet_id for row in rows(app, alert)} == {"ap-1"}
    done = end(app, alert)
    assert {row.hamlet_id for row in rows(app, done.campaign_id)} == {"ap-1"}
    assert done.revision is not None
    assert done.revision.campaign.audience == Audience(hamlets=("ap-1",))


def test_a_drill_says_so_and_counts_as_no_alert(app: App) -> None:
    run(app, hours=1)  # 05:00: a drill keeps the hours
    drill = give(app, wanted(app, drill=True)).campaign_id
    assert drill.startswith("dien-tap-")
    run(app, minutes=20)
    found = rows(app, drill)
    assert {(row.purpose, row.priority.value) for row in found} == {(Purpose.DRILL, "important")}
    line = next(one for one in overview(app.ledger) if one.campaign_id == drill)
    assert (line.purpose, line.priority.value) == (Purpose.DRILL, "important")
    report = build_report(app.ledger, app.registry, drill, app.clock.now())
    assert any("Drill" in text for text in report.statements)
    assert report.facts.title.startswith("Diễn tập: ")
    assert line.title.startswith("Diễn tập: ")
    day = day_of(app, local(app.clock.now()).date())
    words = [str(cell) for column in day_table(day).columns for cell in column.cells]
    assert "drill" in words
    assert "emergency" not in words
    done = end(app, drill)
    assert done.revision is not None
    assert done.revision.campaign.drill
    run(app, minutes=1)
    (item,) = manifest(app, "cum-1", "0520")
    assert (item["purpose"], item["drill"]) == ("all_clear", True)
    assert str(item["title"]).startswith("Diễn tập: ")


def test_a_drill_comes_beside_the_day_s_sessions(app: App) -> None:
    """The station has two a day; none is refused, and none is taken from anybody else."""
    run(app, hours=1)
    drill = give(app, wanted(app, drill=True)).campaign_id
    run(app, minutes=65)
    spoken = [row for row in rows(app, drill) if row.target == "cum-1"]
    assert [row.state for row in spoken] == [State.SENT] * 5
    day = local(app.clock.now()).replace(hour=0, minute=0, second=0)
    assert not app.ledger.views.sessions_sent(["cum-1"], day, day + timedelta(days=1))
    assert not app.ledger.views.on_air(day)


def test_an_alert_that_nobody_ended_is_a_notice(on_both: App) -> None:
    app = on_both
    desk = commune_desk(app.house, app.ledger, ())
    alert, drill = give(app).campaign_id, ""
    run(app, minutes=90)
    drill = give(app, wanted(app, drill=True, every=None)).campaign_id
    run(app, minutes=70)

    def missing() -> list[str]:
        found = [kept.notice for kept in desk.look()]
        return [n.facts["campaign"] for n in found if n.concern is Concern.NO_ALL_CLEAR]

    assert missing() == [alert], drill
    end(app, alert)
    assert not missing()


def test_a_cancelled_alert_that_people_heard_wants_an_all_clear_too(app: App) -> None:
    alert = give(app).campaign_id
    run(app, minutes=1)
    app.office.cancel(alert, "minh", "sai")
    run(app, minutes=1)
    desk = commune_desk(app.house, app.ledger, ())
    assert Concern.NO_ALL_CLEAR in {kept.notice.concern for kept in desk.look()}
    done = end(app, alert)
    assert {row.target for row in rows(app, done.campaign_id)} >= {"cum-1", "cum-2"}
    assert app.office.newest(alert).status is Status.ENDED


def test_the_portal_shows_an_ended_alert_as_over(app: App) -> None:
    alert = give(app).campaign_id
    run(app, minutes=1)
    page = app.outbox / "portal" / alert / "index.html"
    assert 'class="post alarm"' in page.read_text("utf-8")
    end(app, alert)
    run(app, minutes=1)
    assert 'class="post expired"' in page.read_text("utf-8")
    assert "card alarm" not in (app.outbox / "portal" / "index.html").read_text("utf-8")


def test_a_right_is_proved_before_anything_is_written(app: App) -> None:
    assert app.office.prove("lan", PASSPHRASE, Right.SUBMIT).id == "lan"
    with pytest.raises(LoaError):
        app.office.prove("lan", PASSPHRASE, Right.APPROVE)
    assert app.office.approvers(but="lan") == ("minh",)
    assert app.office.approvers(but="minh") == ()


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as found:
        yield found


@pytest.mark.parametrize("boundary", ["alert written", "alert submitted", "approved", "held"])
def test_killed_at_any_step_it_goes_on_and_there_is_one_alert(
    tmp_path: Path, rendered: Path, children: Nursery, boundary: str
) -> None:
    workspace = tmp_path / "xa"
    opened(workspace, rendered).close()

    def drive(*death: str) -> int:
        child = children.start("alert_driver", [str(workspace), *death], tmp_path / "log")
        return child.wait(60)

    assert drive(boundary) == -9
    drive()  # goes on, or says that it is on air already
    with open_app(workspace) as app:
        assert len(files(workspace, "khan*")) == 1
        (alert,) = app.ledger.revisions.campaign_ids()
        EmbeddedRuntime(app).run(until=app.clock.now())
        assert app.office.newest(alert).revision == 1
        assert app.office.newest(alert).status is Status.OPEN
        first = [r for r in rows(app, alert) if r.target == "cum-1" and r.slot <= app.clock.now()]
        assert [row.state for row in first] == [State.SENT]
