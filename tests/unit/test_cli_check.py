"""``loa check``: one run tells all that somebody must mend, the commune's rules included."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.commune import NOTICE, make_commune

from engine.cli.main import build
from engine.errors import InputError

#: NOTICE's times, and what replaces them.
TIMES = 'times: ["05:00"]'


@pytest.fixture
def xa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A commune with one campaign, in whose folder one stands."""
    folder = make_commune(tmp_path / "xa", {"tin": NOTICE})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LOA_LANG", "en")
    return folder


def check(*arguments: str) -> tuple[list[str], str]:
    """Return the faults that a check told, else what it said."""
    result = CliRunner().invoke(build(), ["check", *arguments])
    if isinstance(result.exception, InputError):
        return [f"{one.field}: {one.message}" for one in result.exception.problems], ""
    assert result.exit_code == 0, (result.output, result.exception)
    return [], result.output


def write(xa: Path, text: str, name: str = "tin") -> None:
    (xa / "campaigns" / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_hours_and_sessions_are_held_against_the_stations_rules(xa: Path) -> None:
    assert check() == ([], "✓ commune.yaml and 1 campaigns are in order\n")
    write(xa, NOTICE.replace(TIMES, 'times: ["05:00", 22:00, 17h, 18h]'))
    found, _said = check()
    hours = "is outside the allowed hours (05:00–06:30, 17:00–18:30)"
    assert found == [
        "schedule.times: loudspeaker · cum-1, cum-2 · 4 sessions on 01/12/2026; "
        "2 a day are allowed",
        "schedule.times: loudspeaker · cum-1, cum-2 · 4 sessions on 02/12/2026; "
        "2 a day are allowed",
        f"schedule.times[2]: loudspeaker · 22:00 01/12/2026 {hours}",
        f"schedule.times[2]: loudspeaker · 22:00 02/12/2026 {hours}",
    ]


def test_sound_times_are_judged_beside_one_that_is_none(xa: Path) -> None:
    faulty = NOTICE.replace(TIMES, "times: [25:30, 22:00]").replace("{{ gio }}", "{{ gio }")
    write(xa, faulty.replace("[2026-12-01, 2026-12-02]", "2026-12-01"))
    fields = [fault.partition(":")[0] for fault in check()[0]]
    assert fields == ["text", "schedule.times[1]", "schedule.times[2]"]


def test_a_channels_own_hours_are_told_at_its_schedule(xa: Path) -> None:
    own = "channels: {chat: {schedule: {dates: 2026-12-02, times: [7h, 23:00]}}, flyer: true}\n"
    write(xa, NOTICE + own)
    (fault,) = check()[0]
    assert fault.startswith("channels.chat.schedule.times[2]: chat · 23:00 02/12/2026 is outside")


def test_what_an_emergency_may_break_is_no_fault(xa: Path) -> None:
    late = NOTICE.replace(TIMES, 'times: ["22:00"]')
    write(xa, late.replace("valid:", "priority: emergency\nvalid:"))
    assert check()[0] == []
    write(xa, late.replace("valid:", "priority: emergenci\nvalid:"))
    assert [fault.partition(":")[0] for fault in check()[0]] == ["priority"]


def test_a_text_that_is_too_long_for_a_session_is_told(xa: Path) -> None:
    write(xa, NOTICE.replace("{{ gio }}", "{{ gio }}. " + "Mời bà con đến nhà văn hóa. " * 700))
    assert any("30 minutes" in fault for fault in check()[0])


def test_a_campaign_that_is_over_is_named_and_no_fault_unless_it_is_meant(xa: Path) -> None:
    old = NOTICE.replace("2026-12", "2026-10").replace("id: tiem-phong", "id: thang-muoi")
    write(xa, old, "cu")
    assert "1 of them are over: thang-muoi" in check()[1]
    assert [fault.partition(":")[0] for fault in check("campaigns/cu.yaml")[0]] == ["valid.until"]
    write(xa, old.replace("title:", "titel:"), "cu")
    fields = [fault.partition(":")[0] for fault in check()[0]]
    assert fields == ["title", "titel", "valid.until"]


def test_campaigns_are_checked_beside_a_faulty_registry(xa: Path) -> None:
    write(xa, NOTICE.replace(TIMES, "times: [25:30, 22:00]").replace("title:", "titel:"))
    registry = xa / "commune.yaml"
    sound = registry.read_text()
    registry.write_text(sound.replace("portal: {", "portals: {"))
    fields = [fault.partition(":")[0] for fault in check()[0]]
    assert fields[:4] == ["title", "titel", "schedule.times[1]", "schedule.times[2]"]
    assert fields[-2:] == ["portal", "portals"]
    registry.write_text(sound.replace("households: 80", "households: nhiều"))
    fields = [fault.partition(":")[0] for fault in check()[0]]
    assert fields == ["title", "titel", "schedule.times[1]", "hamlets[2].households"]


def test_two_files_of_one_id_are_told_beside_their_other_faults(xa: Path) -> None:
    write(xa, NOTICE.replace("title:", "titel:"), "tin-2")
    assert any('"tiem-phong" is already that of' in fault for fault in check()[0])


def test_a_reading_that_the_rules_would_read_anew_is_told_and_is_no_fault(xa: Path) -> None:
    registry = xa / "commune.yaml"
    lexicon = "pronounce: {m2: mờ 2, Bàu Môn: bào môn, QXZ: UBND xã}\n"
    registry.write_text(registry.read_text("utf-8") + lexicon, encoding="utf-8")
    own = "channels:\n  loudspeaker: {pronounce: {HB: héc/ba}}\n"
    write(xa, NOTICE.replace("channels:\n", own, 1) if "channels:" in NOTICE else NOTICE + own)
    found, said = check()
    told = [line for line in said.splitlines() if "⚠" in line and "read by the rules" in line]
    assert found == []
    assert [line.rpartition("pronounce.")[2] for line in told] == [
        "m2: this reading is itself read by the rules, as “mờ hai”: write it in words",
        "QXZ: this reading is itself read by the rules, as “Ủy ban nhân dân xã”: write it in words",
        "HB: this reading is itself read by the rules, as “héc, ba”: write it in words",
    ]
    line = len(registry.read_text("utf-8").splitlines())
    assert f"commune.yaml:{line}:" in told[0]
