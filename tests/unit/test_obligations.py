"""What a cited law asks of a message: read, planned for, counted by proof, warned of, signed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from support.commune import NOTICE, PASSPHRASE, make_commune

from campaigns.obligation_schema import shipped
from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.cli.main import build
from engine.clock import VIETNAM, SimulatedClock
from engine.dispatch.confirming import Word, confirm
from engine.errors import InputError, LoaError
from engine.ledger.views import DeliveryRow
from engine.models import Citation, Evidence, EvidenceKind, Obligation, Priority, Purpose
from engine.models.notice import Severity
from engine.notices.words import what, what_to_do
from engine.reports.obligations import obligation_report
from engine.rules.obligations import HamletStanding, Run, Standing, longest, standings
from engine.states import State
from workers.embedded import EmbeddedRuntime

LAW = "Luật số 10/2022/QH15, Điều 11 khoản 8"
THREE_DAYS = NOTICE.replace("[2026-12-01, 2026-12-02]", "[2026-12-01, 2026-12-02, 2026-12-03]")
CITING = f"{THREE_DAYS}legal_basis: {LAW}\n"
FIRST = date(2026, 12, 1)
RULE = Obligation("10/2022/QH15", 11, 7, 12, "Luật", "Điều 13", days=3, relay=True)


def at(day: int, hour: int = 5) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day - 1), time(hour), tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


# --- citations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        LAW,
        "khoản 8 Điều 11 Luật Thực hiện dân chủ ở cơ sở số 10/2022/QH15",
        "10/2022/QH15 điều 11 KHOẢN 8",
    ],
)
def test_a_citation_is_read_in_whatever_order_it_is_written(text: str) -> None:
    citation = Citation.of(text)
    assert (citation.law, citation.article) == ("10/2022/QH15", 11)
    assert (citation.first, citation.last) == (8, 8)
    assert RULE.covers(citation)


@pytest.mark.parametrize(
    ("clauses", "covered"), [("7-12", True), ("9 đến 10", True), ("6", False), ("12–13", False)]
)
def test_a_rule_covers_the_clauses_it_names(clauses: str, covered: bool) -> None:
    assert RULE.covers(Citation.of(f"10/2022/QH15, Điều 11 khoản {clauses}")) is covered


def test_the_rules_that_come_with_loa_name_their_source() -> None:
    (rule,) = shipped()
    assert (rule.days, rule.relay, rule.first, rule.last) == (3, True, 7, 12)
    assert "Điều 13 khoản 3" in rule.source


# --- what officials write ---------------------------------------------------------------------


def opened(tmp_path: Path, campaign: str, registry_more: str = "") -> App:
    workspace = make_commune(tmp_path / "xa", {"tin": campaign}, live=False)
    path = workspace / "commune.yaml"
    path.write_text(path.read_text("utf-8") + registry_more, encoding="utf-8")
    return open_app(workspace)


@pytest.mark.parametrize(
    ("cited", "said"),
    [
        ("Luật đất đai", "without the number of the law"),
        ("10/2022/QH15 khoản 8", "without the article"),
        ("10/2022/QH15 Điều 11", "without the clause"),
        ("31/2024/QH15 Điều 5 khoản 1", "known: 10/2022/QH15, Điều 11 khoản 7–12"),
    ],
)
def test_a_citation_from_which_nothing_follows_is_a_fault_with_its_place(
    tmp_path: Path, cited: str, said: str
) -> None:
    with (
        opened(tmp_path, f"{THREE_DAYS}legal_basis: {cited}\n") as app,
        pytest.raises(InputError) as caught,
    ):
        app.office.plan(app.workspace / "campaigns" / "tin.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (10, "legal_basis[1]")
    assert said in problem.message


def test_a_commune_writes_rules_of_its_own_before_those_of_loa(tmp_path: Path) -> None:
    own = """obligations:
  - law: 10/2022/QH15
    article: 11
    clauses: 8
    name: Luật
    days: 5
    source: Quy chế của xã
"""
    with opened(tmp_path, CITING, own) as app:
        _campaign, plan = app.office.plan(app.workspace / "campaigns" / "tin.yaml")
    told = {(breach.hamlet_id, breach.message) for breach in plan.stops}
    message = "the law that is cited asks for 5 days in a row; planned: 3"
    assert told == {("ap-1, ap-2", message)}


def test_clauses_in_the_wrong_order_are_a_fault(tmp_path: Path) -> None:
    own = """obligations:
  - {law: 1/2020/QH14, article: 1, clauses: [4, 2], name: Luật, source: Luật}
"""
    with pytest.raises(InputError, match="write the first, then the last"):
        opened(tmp_path, CITING, own)


def test_a_plan_that_cannot_meet_the_law_is_refused(tmp_path: Path) -> None:
    short = CITING.replace("2026-12-02, 2026-12-03", "2026-12-03, 2026-12-04")
    with opened(tmp_path, short) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        with pytest.raises(LoaError, match="3 days in a row; planned: 2"):
            app.office.submit(app.workspace / "campaigns" / "tin.yaml", "lan")


def test_a_head_whom_nothing_tells_cannot_relay(tmp_path: Path) -> None:
    alone = f"{CITING}channels: {{loudspeaker: {{}}}}\n"
    with opened(tmp_path, alone) as app:
        _campaign, plan = app.office.plan(app.workspace / "campaigns" / "tin.yaml")
    assert [breach.channel for breach in plan.stops] == ["chat"]
    assert "nothing tells him" in plan.stops[0].message


def test_an_emergency_is_not_held_up(tmp_path: Path) -> None:
    urgent = CITING.replace("id: tiem-phong", "id: gap\npriority: emergency")
    urgent = urgent.replace("[2026-12-01, 2026-12-02, 2026-12-03]", "[2026-12-01]")
    with opened(tmp_path, urgent) as app:
        _campaign, plan = app.office.plan(app.workspace / "campaigns" / "tin.yaml")
    assert plan.stops == ()
    assert any("in a row" in breach.message for breach in plan.breaches)


# --- counting ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "run"),
    [
        ([], None),
        ([1], (1, 1)),
        ([3, 1, 2], (1, 3)),
        ([1, 2, 4, 5, 6], (4, 6)),
        ([1, 2, 4, 5], (1, 2)),
        ([1, 1, 2], (1, 2)),
    ],
)
def test_the_longest_run_is_the_earliest_of_equals(
    days: Sequence[int], run: tuple[int, int] | None
) -> None:
    found = longest(date(2026, 12, day) for day in days)
    wanted = Run(date(2026, 12, run[0]), date(2026, 12, run[1])) if run else None
    assert found == wanted


def test_a_run_goes_on_over_the_end_of_a_month() -> None:
    found = longest([date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 30)])
    assert found is not None
    assert found.days == 3


def row(number: int, day: int, state: State, channel: str = "loudspeaker") -> DeliveryRow:
    return DeliveryRow(
        id=number,
        campaign_id="tin",
        revision=1,
        hamlet_id="ap-1",
        channel=channel,
        backend="folder",
        target="cum-1",
        slot=at(day),
        purpose=Purpose.NOTICE,
        content_hash="0" * 64,
        priority=Priority.ROUTINE,
        households=10,
        state=state,
        reason="",
        changed_at=at(day),
        replaced=False,
    )


P, S, N, C = State.PLANNED, State.SENT, State.NOT_PLAYED, State.CONFIRMED


def judged(
    states: Sequence[State], now: datetime, kind: EvidenceKind = EvidenceKind.PLAYED
) -> HamletStanding:
    """Judge a hamlet with a slot on each day from the first on."""
    rows = [row(number, number, state) for number, state in enumerate(states, 1)]
    proof = [Evidence(one.id, kind, "may", one.slot, "nhật ký") for one in rows if one.state is C]
    (found,) = standings([RULE], rows, proof, now)
    return found


@pytest.mark.parametrize(
    ("states", "now", "standing", "needed"),
    [
        ((P, P, P), at(1, 4), Standing.RUNNING, None),
        ((S, P, P), at(1, 5), Standing.RUNNING, None),
        # The first of three days is silent, and the others cannot do without it.
        ((S, P, P), at(1, 7), Standing.AT_RISK, 1),
        # A fourth day was planned: the run may begin tomorrow.
        ((S, P, P, P), at(1, 7), Standing.RUNNING, None),
        ((C, C, P), at(2, 23), Standing.RUNNING, None),
        ((C, C, S), at(3, 7), Standing.AT_RISK, 3),
        ((C, C, C), at(3, 7), Standing.FULFILLED, None),
        # Two are done and the third was not played: today is still time.
        ((C, C, N), at(3, 7), Standing.AT_RISK, 3),
        # Nothing is planned for tomorrow.
        ((C, C), at(2, 7), Standing.AT_RISK, 3),
        # The third day has passed without proof: the run is lost.
        ((C, C, S), at(4, 6), Standing.SHORT, None),
        ((C, N, C, P, P), at(3, 9), Standing.RUNNING, None),
        ((N, N, N), at(3, 9), Standing.SHORT, None),
    ],
)
def test_a_hamlet_stands_as_its_proof_and_its_plan_say(
    states: Sequence[State], now: datetime, standing: Standing, needed: int | None
) -> None:
    found = judged(states, now)
    assert found.standing is standing
    assert found.needed == (date(2026, 12, needed) if needed else None)


def test_days_that_people_alone_vouch_for_are_marked() -> None:
    found = judged((C, C, C), at(3, 9), EvidenceKind.HEARD)
    assert found.standing is Standing.FULFILLED
    assert found.by_person == set(found.aired)
    assert judged((C, C, C), at(3, 9)).by_person == set()


def test_other_evidence_shows_no_airing() -> None:
    assert judged((C, C, C), at(3, 9), EvidenceKind.RECEIVED).aired == ()


def test_both_the_days_and_the_relay_are_asked_for() -> None:
    rows = [*(row(n, n, C) for n in (1, 2, 3)), row(4, 1, S, "chat")]
    proof = [Evidence(n, EvidenceKind.PLAYED, "may", at(n), "nhật ký") for n in (1, 2, 3)]
    (found,) = standings([RULE], rows, proof, at(4))
    assert (found.standing, found.fulfilled) == (Standing.FULFILLED, False)
    relayed = Evidence(4, EvidenceKind.RELAYED, "ap-1-head", at(2), "nói lại", 80)
    (found,) = standings([RULE], rows, [*proof, relayed], at(4))
    assert (found.fulfilled, found.relayed) == (True, (at(2),))


# --- the whole way ----------------------------------------------------------------------------


@pytest.fixture
def on_air(tmp_path: Path) -> Iterator[App]:
    with opened(tmp_path, CITING) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(app.workspace / "campaigns" / "tin.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        yield app


def settle(app: App, day: int, *, silent: str = "") -> None:
    """Let everything up to the day's slot be sent, and every cluster prove it but one."""
    EmbeddedRuntime(app).run(until=at(day))
    rows = app.ledger.views.deliveries("tiem-phong")
    app.ledger.evidence.add(
        [
            Evidence(one.id, EvidenceKind.PLAYED, one.target, one.slot, "nhật ký phát")
            for one in rows
            if (one.channel, one.slot, one.state) == ("loudspeaker", at(day), S)
            and one.hamlet_id != silent
        ]
    )
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(at(day, 7))


def told(app: App) -> list[tuple[str, Severity, str]]:
    desk = commune_desk(app.house, app.ledger, app.rehearsing)
    found = [one.notice for one in desk.look() if one.notice.key.startswith("obligation")]
    assert all("loa obligations tiem-phong" in what_to_do(one) for one in found)
    return [(one.key, one.severity, what(one)) for one in found]


def test_the_officials_are_warned_before_a_run_breaks_and_when_it_did(on_air: App) -> None:
    settle(on_air, 1)
    assert told(on_air) == []
    settle(on_air, 2, silent="ap-2")
    (notice,) = told(on_air)
    assert notice[:2] == ("obligation:tiem-phong:at_risk", Severity.URGENT)
    assert "in 1 hamlets they break off unless it is heard on 02/12/2026" in notice[2]
    settle(on_air, 3)
    (notice,) = told(on_air)
    assert notice[:2] == ("obligation:tiem-phong:at_risk", Severity.WARNING)
    assert "04/12/2026" in notice[2]


def printed(app: App, *words: str | Path) -> str:
    command = ["obligations", *map(str, words), "-w", str(app.workspace)]
    result = CliRunner().invoke(build(), command)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_record_says_what_was_heard_when_and_leaves_room_to_sign(
    on_air: App, tmp_path: Path
) -> None:
    for day in (1, 2, 3):
        settle(on_air, day, silent="ap-2" if day == 2 else "")
    on_air.close()
    shown = printed(on_air, "tiem-phong", "--pdf", tmp_path / "bien-ban.pdf")
    assert "✓ 3 days in a row" in shown
    assert "01/12, 03/12" in shown
    assert "Điều 11 khoản 7–12" in shown
    assert printed(on_air).count("Ấp 2") == 1
    pages = pypdfium2.PdfDocument(io.BytesIO((tmp_path / "bien-ban.pdf").read_bytes()))
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages).split()
    said = " ".join(text)
    for wanted in (
        "ỦY BAN NHÂN DÂN XÃ MẪU",
        "Tiêm phòng",
        "ĐỒNG HỒ MÔ PHỎNG",
        "3 ngày (01/12/2026–03/12/2026)",
        "chưa đủ",
        "Lãnh đạo UBND xã",
    ):
        assert wanted in said, wanted


def test_the_plan_says_what_the_law_asks_for(tmp_path: Path) -> None:
    workspace = make_commune(tmp_path / "xa", {"tin": CITING}, live=False)
    file = str(workspace / "campaigns" / "tin.yaml")
    said = CliRunner().invoke(build(), ["plan", file])
    assert said.exit_code == 0, said.output
    wanted = "§ 3 days in a row on the loudspeakers, the hamlet head passes it on (Luật Thực hiện"
    assert wanted in said.output


def test_a_campaign_that_cites_nothing_has_no_record(tmp_path: Path) -> None:
    workspace = make_commune(tmp_path / "xa", {"tin": THREE_DAYS}, live=False)
    runner = CliRunner()
    nothing = runner.invoke(build(), ["obligations", "-w", str(workspace)])
    assert (nothing.exit_code, "no campaign" in nothing.output) == (0, True)
    with open_app(workspace) as app:
        app.office.submit(workspace / "campaigns" / "tin.yaml", "lan")
    with pytest.raises(LoaError, match="cites no law"):
        runner.invoke(
            build(),
            ["obligations", "tiem-phong", "-w", str(workspace)],
            catch_exceptions=False,
        )


def test_a_file_without_the_channel_that_the_law_asks_for_is_told(tmp_path: Path) -> None:
    alone = f"{CITING}channels: {{loudspeaker: {{}}}}\n"
    workspace = make_commune(tmp_path / "xa", {"tin": alone}, live=False)
    said = CliRunner().invoke(build(), ["check", "-w", str(workspace)])
    assert isinstance(said.exception, InputError)
    assert "channels: chat" in str(said.exception)
    assert "nothing tells him" in str(said.exception)


def test_one_who_heard_it_on_one_day_has_not_heard_it_on_the_others(on_air: App) -> None:
    for day in (1, 2, 3):
        settle(on_air, day, silent="ap-2")
    with pytest.raises(LoaError, match="--day with one of: 01/12/2026, 02/12/2026, 03/12/2026"):
        confirm(on_air.ledger, on_air.registry, heard_in("ap-2"), on_air.clock.now())
    word = replace(heard_in("ap-2"), day=date(2026, 12, 2))
    assert confirm(on_air.ledger, on_air.registry, word, on_air.clock.now()) == 1
    revision = on_air.ledger.revisions.latest("tiem-phong")
    assert revision is not None
    report = obligation_report(on_air.ledger, revision, on_air.clock.now(), simulated=True)
    assert report.hamlets[1][1].aired == (date(2026, 12, 2),)


def heard_in(hamlet_id: str) -> Word:
    return Word("tiem-phong", hamlet_id, "loudspeaker", "lan")
