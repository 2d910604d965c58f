"""The matrix on paper and in a terminal. Every name and number is made up."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from support.builders import AWKWARD, registry
from support.reports import CHANNELS, Ground, everywhere

from engine.ledger import Status, status_word
from engine.models import EvidenceKind, Priority
from engine.models.wording import evidence_word
from engine.reports import Matrix, matrix, overview, overview_table, status_table
from engine.reports.matrix import NEEDS_ATTENTION, ORDER
from engine.reports.words import (
    SYMBOLS,
    Absence,
    event_word,
    priority_word,
    state_word,
)
from engine.states import State


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def laid_out(ground: Ground) -> Matrix:
    rows = ground.ledger.views.deliveries("thong-bao")
    return matrix(rows, ground.registry, CHANNELS)


def printed(table: RenderableType, width: int = 80) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=width, color_system=None).print(table)
    return [line.rstrip() for line in screen.getvalue().splitlines()]


def test_every_state_has_one_place_in_the_order_a_word_and_a_symbol_of_its_own() -> None:
    assert sorted(ORDER) == sorted(State)
    codes = [*State, *Absence]
    assert len({SYMBOLS[code] for code in codes}) == len(codes)
    assert len({state_word(code) for code in codes}) == len(codes)
    assert all(len(SYMBOLS[code]) == 1 for code in codes)
    assert all(event_word(state.value) == state_word(state) for state in State)


def test_every_code_that_people_meet_has_words() -> None:
    assert all(status_word(status) for status in Status)
    assert all(priority_word(priority) for priority in Priority)
    assert all(evidence_word(kind) for kind in EvidenceKind)
    assert event_word("something_new") == "something_new"


def test_what_needs_a_person_comes_before_what_mends_itself() -> None:
    urgent = [state in NEEDS_ATTENTION for state in ORDER]
    assert all(before >= after for before, after in pairwise(urgent))


def test_a_cell_shows_what_is_worst_and_counts_the_rest(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.send(failing={("chat", "nhom-ap-2"): "no network"})
    ground.evidence(ground.row("ap-2", "chat", "truong-ap"), EvidenceKind.RECEIVED)
    cell = laid_out(ground).rows[1].cells[CHANNELS.index("chat")]
    assert cell.code is State.FAILED
    assert cell.text == "1 failed · 1 confirmed"
    assert cell.needs_attention
    assert laid_out(ground).rows[0].cells[0].text == "sent"


def test_a_hamlet_without_a_delivery_on_a_channel_has_no_place(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch([one for one in everywhere(2) if one.target != "cum-2"])
    grid = laid_out(ground)
    assert [row.hamlet_id for row in grid.rows] == ["ap-1", "ap-2"]
    assert grid.rows[1].cells[0].code is Absence.NO_PLACE
    assert grid.rows[1].needs_attention
    assert grid.absent == {"loudspeaker": 1}


def test_before_anything_is_planned_no_place_is_missing() -> None:
    grid = matrix((), registry(2), CHANNELS, audience={"ap-2", "ap-1"})
    assert [row.name for row in grid.rows] == ["Ấp 1", "Ấp 2"]
    assert {cell.code for row in grid.rows for cell in row.cells} == {Absence.NOT_PLANNED}
    assert not any(row.needs_attention for row in grid.rows)
    assert {cell.code for cell in grid.totals} == {Absence.NOT_PLANNED}


def test_a_hamlet_or_channel_that_only_old_rows_know_comes_last(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    rows = ground.ledger.views.deliveries("thong-bao")
    gone = [replace(row, hamlet_id="ap-cu", channel="team") for row in rows[:1]]
    grid = matrix([*gone, *rows], ground.registry, CHANNELS)
    assert grid.channels == (*CHANNELS, "team")
    assert grid.rows[-1].name == "ap-cu"


def test_a_matrix_without_hamlets_is_printed_all_the_same() -> None:
    assert any(
        "Hamlet" in line for line in printed(status_table(matrix((), registry(1), CHANNELS)))
    )


def test_four_hamlets_and_four_channels_fit_eighty_columns(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.send(waiting=[("loudspeaker", "cum-3")])
    lines = printed(status_table(laid_out(ground)))
    assert max(map(len, lines)) <= 80
    assert all(any(f"Ấp {number} " in line for line in lines) for number in range(1, 5))
    assert any("○ planned" in line for line in lines)
    assert any("◐ 4 sent" in line for line in lines)
    assert not any("…" in line for line in lines)


def test_many_hamlets_are_counted_and_only_those_in_need_are_listed(tmp_path: Path) -> None:
    ground = Ground(tmp_path, registry(60))
    ground.launch(everywhere(60))
    ground.send(failing={("loudspeaker", f"cum-{n}"): "no power" for n in range(50, 57)})
    lines = printed(status_table(laid_out(ground), limit=5))
    text = "\n".join(lines)
    assert [n for n in range(1, 61) if f" Ấp {n} " in text] == [50, 51, 52, 53, 54]
    assert "5 of 7 hamlets that need somebody to act; 60 hamlets in all" in " ".join(
        text.replace("\n", " ").split()
    )
    assert "✗ 7 failed" in text
    assert "◐ 53 sent" in text


def test_no_name_steers_the_terminal_or_is_taken_for_markup(tmp_path: Path) -> None:
    evil = "[red]Ấp[/red] \x1b]0;hacked\x07 \u202e [link=http://vi.du]x[/link]"
    places = registry(2)
    named = replace(places, hamlets=(replace(places.hamlets[0], name=evil), places.hamlets[1]))
    ground = Ground(tmp_path, named)
    ground.launch(everywhere(2), title=AWKWARD)
    text = "\n".join(printed(status_table(laid_out(ground)), width=200))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    shown = "".join(text.split())
    assert "[red]" in shown
    overviewed = "".join("".join(printed(overview_table(overview(ground.ledger)))).split())
    assert "{{7*7}}*đậm*" in overviewed


def test_an_id_is_never_broken_in_two_however_narrow_the_terminal(tmp_path: Path) -> None:
    ground, alert = Ground(tmp_path), "het-khan-cap-261201-2c50c9-2"
    ground.submit(alert, title="Nước lũ đang lên nhanh", priority=Priority.EMERGENCY)
    for width in (60, 80):
        assert alert in "\n".join(printed(overview_table(overview(ground.ledger)), width))


def test_the_overview_puts_emergencies_first(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.send()
    ground.submit("lu-khan-cap", title="Lũ về", priority=Priority.EMERGENCY)
    lines = overview(ground.ledger)
    assert [line.campaign_id for line in lines] == ["lu-khan-cap", "thong-bao"]
    assert lines[1].counts == {State.SENT: 20}
    assert not lines[1].needs_attention
    text = "\n".join(printed(overview_table(lines)))
    assert "‼ emergency" in text
    assert "… not planned yet" in text
    assert "◐ 20 sent" in text
