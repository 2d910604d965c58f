"""What campaign files say of emergencies: repeats, drills, all-clears; every fault at its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support import builders
from support.builders import NOW
from support.campaign_files import CAMPAIGN, OGG, load, told

from campaigns.alert_file import Wanted, alert_id, alert_yaml, all_clear_id, title_and_text
from campaigns.json_schema import campaign_json_schema
from campaigns.loader import load_campaign
from campaigns.schedule import MAX_REPEATS, parse_span
from campaigns.source import read_source
from engine.app import OPTIONS
from engine.clock import VIETNAM
from engine.models import Audience, Purpose, Registry, Repeat, Schedule

URGENT = CAMPAIGN + "priority: emergency\n"
AGAIN = "schedule: {now: true, repeat: {every: 15m, until: 2026-12-01 22:00}}\n"
LATE = datetime(2026, 12, 1, 22, 0, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def registry() -> Registry:
    return builders.registry()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("15m", 15), ("15 phút", 15), ("1h", 60), ("1h30m", 90), ("2 giờ", 120), ("5p", 5)],
)
def test_lengths_of_time_are_read_as_people_write_them(text: str, minutes: int) -> None:
    assert parse_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "m", "4m", "25h", "15", "-15m", "1d", "15m15m"])
def test_other_lengths_of_time_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"15m or 1h|from 5m to 24h"):
        parse_span(text)


def test_an_emergency_may_be_said_again_and_again(tmp_path: Path) -> None:
    schedule = load(tmp_path, URGENT + AGAIN).campaign.schedule
    assert schedule == Schedule(asap=True, repeat=Repeat(timedelta(minutes=15), LATE))
    alone = AGAIN.replace("now: true, ", "")
    assert load(tmp_path, URGENT + alone).campaign.schedule == schedule
    assert load(tmp_path, URGENT + "schedule: {now: true}\n").campaign.schedule == Schedule(True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (CAMPAIGN + AGAIN, "6:23: schedule.repeat: only a campaign with priority: emergency"),
        (
            URGENT + "schedule: {now: true, times: 5:30}\n",
            "7:11: schedule: now and repeat begin with the approval",
        ),
        (URGENT + "schedule: {now: false}\n", "7:17: schedule.now: write now: true"),
        (
            URGENT + "schedule: {repeat: {every: 3m, until: 2026-12-02}}\n",
            '7:28: schedule.repeat.every: "3m": from 5m to 24h is allowed',
        ),
        (URGENT + "schedule: {repeat: {every: 1h}}\n", "7:20: schedule.repeat.until: this key is"),
        (
            URGENT + "schedule: {repeat: {every: 1h, until: 2026-12-09}}\n",
            "7:39: schedule.repeat.until: outside the campaign's validity",
        ),
        (
            URGENT + "schedule: {repeat: {every: 1h, until: 2026-12-01 07:00}}\n",
            "7:39: schedule.repeat.until: this moment has passed",
        ),
        (
            URGENT + "schedule: {repeat: {every: 5m, until: 2026-12-08}}\n",
            f"7:20: schedule.repeat: it would be said more than {MAX_REPEATS} times",
        ),
        (
            URGENT + "channels: {chat: {schedule: {repeat: {every: 1h, until: 2026-12-02}}}}\n",
            "7:30: channels.chat.schedule.repeat: only the loudspeaker says",
        ),
        (CAMPAIGN + "all_clear: bao-lu\n", "6:1: all_clear: an all-clear must have priority"),
        (URGENT + "all_clear: tiem-vac-xin\n", "7:12: all_clear: a campaign cannot end itself"),
        (CAMPAIGN + "drill: maybe\n", '6:8: drill: found "maybe"; write true or false'),
        (
            URGENT + "drill: true\nchannels: {loudspeaker: {audio: a.ogg}}\n",
            "8:26: channels.loudspeaker.audio: a drill is spoken",
        ),
    ],
)
def test_every_fault_of_an_emergency_is_told_at_its_place(
    tmp_path: Path, text: str, fault: str
) -> None:
    (tmp_path / "a.ogg").write_bytes(OGG)
    assert any(found.startswith(fault) for found in told(tmp_path, text)), told(tmp_path, text)


def test_a_drill_and_an_all_clear_have_purposes_of_their_own(tmp_path: Path) -> None:
    assert load(tmp_path, URGENT).campaign.purpose is Purpose.NOTICE
    assert load(tmp_path, URGENT + "drill: true\n").campaign.purpose is Purpose.DRILL
    ending = load(tmp_path, URGENT + "drill: true\nall_clear: bao-lu\n").campaign
    assert (ending.purpose, ending.all_clear, ending.drill) == (Purpose.ALL_CLEAR, "bao-lu", True)


@pytest.mark.parametrize(
    ("schedule", "sound"),
    [
        ("{now: true}", True),
        ("{now: true, repeat: {every: 15m, until: 2026-12-02}}", True),
        ("{repeat: {every: 15m, until: 2026-12-02}}", True),
        ("{dates: 2026-12-02, times: 5:30}", True),
        ("{dates: 2026-12-02}", False),
        ("{repeat: {every: 15m}}", False),
        ("{now: true, times: 5:30}", False),
    ],
)
def test_the_schema_for_editors_agrees(tmp_path: Path, schedule: str, sound: bool) -> None:
    (tmp_path / "c.yaml").write_text(f"{URGENT}schedule: {schedule}\n", encoding="utf-8")
    written = read_source(tmp_path / "c.yaml").root.plain()
    validator = Draft202012Validator(campaign_json_schema(OPTIONS))
    assert validator.is_valid(written) == sound


def wanted(**changes: object) -> Wanted:
    values: dict[str, object] = {
        "title": "Nước lũ đang lên.",
        "text": 'Bà con "ven sông" lên chỗ cao: ngay!\n\n- Đừng qua cầu.\n# 113',
        "audience": Audience(),
        "clusters": (),
        "channels": ("loudspeaker", "portal"),
        "until": LATE,
        "every": timedelta(minutes=15),
    }
    return Wanted(**{**values, **changes})  # type: ignore[arg-type] - one dictionary of many kinds


def test_an_alert_is_a_campaign_file_as_a_person_would_write_it(
    tmp_path: Path, registry: Registry
) -> None:
    asked = wanted(audience=Audience(hamlets=("ap-1", "ap-2")), clusters=("cum-1",), drill=True)
    path = tmp_path / "khan.yaml"
    path.write_bytes(alert_yaml("khan", asked, NOW))
    campaign = load_campaign(path, registry, OPTIONS, NOW).campaign
    assert campaign.title == asked.title
    assert campaign.body.strip() == asked.text
    assert campaign.audience == asked.audience
    assert campaign.schedule.repeat == Repeat(timedelta(minutes=15), LATE)
    assert campaign.valid_until == LATE
    assert campaign.drill
    assert set(campaign.sections) == {"loudspeaker", "portal"}
    assert campaign.sections["loudspeaker"].options.model_dump()["clusters"] == ("cum-1",)


@pytest.mark.parametrize("text", ["  Nước lên", "a: b", "- x\n\n  y", "'", '"', "#", "|", "…\nhai"])
def test_any_text_survives_being_written(tmp_path: Path, registry: Registry, text: str) -> None:
    path = tmp_path / "khan.yaml"
    path.write_bytes(alert_yaml("khan", wanted(text=text), NOW))
    body = load_campaign(path, registry, OPTIONS, NOW).campaign.body
    assert body.split() == text.split()


def test_the_same_words_have_the_same_id_however_they_are_spaced() -> None:
    name = alert_id(wanted(), NOW)
    assert name == alert_id(
        wanted(text='bà con  "Ven sông" lên chỗ cao: ngay! - Đừng qua cầu. # 113'), NOW
    )
    assert name.startswith("khan-cap-261201-")
    assert alert_id(wanted(text="Khác."), NOW) != name
    assert alert_id(wanted(drill=True), NOW).startswith("dien-tap-261201-")
    assert len(all_clear_id("x" * 64)) <= 64


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Nước lên nhanh. Lên chỗ cao!", "Nước lên nhanh.", "Lên chỗ cao!"),
        ("Nước lên nhanh", "Thông báo khẩn cấp", "Nước lên nhanh"),
        ("x" * 151 + ". Hai.", "Thông báo khẩn cấp", "x" * 151 + ". Hai."),
        ("{{ hamlet.name }} ngập. Hai.", "Thông báo khẩn cấp", "{{ hamlet.name }} ngập. Hai."),
    ],
)
def test_the_first_sentence_is_the_title(text: str, title: str, body: str) -> None:
    assert title_and_text(text) == (title, body)
