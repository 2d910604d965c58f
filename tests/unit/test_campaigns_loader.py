from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from support import builders
from support.campaign_files import (
    CAMPAIGN,
    OGG,
    OPTIONS,
    PDF,
    LoudspeakerOptions,
    check_campaigns,
    load,
)

from campaigns.loader import load_campaign
from campaigns.schema import campaign_model
from channels.base import Options
from engine.clock import VIETNAM
from engine.errors import InputError
from engine.models import HouseholdGroup, Priority, canonical_json


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_short_campaign_takes_every_default(tmp_path: Path) -> None:
    loaded = load(tmp_path, CAMPAIGN)
    campaign = loaded.campaign
    assert campaign.priority is Priority.ROUTINE
    assert campaign.issuer == "Ủy ban nhân dân xã Mẫu"
    assert campaign.contact == "Ủy ban nhân dân xã Mẫu, điện thoại 0272.3000.000"
    assert list(campaign.sections) == list(OPTIONS)
    assert campaign.schedule.asap
    assert campaign.valid_until == datetime(2026, 12, 8, 23, 59, 59, tzinfo=VIETNAM)
    assert campaign.valid_from is None
    assert loaded.source == CAMPAIGN.encode()
    assert len(loaded.sha256) == 64
    assert loaded.files == {}


def test_a_full_campaign_keeps_all_that_its_author_wrote(tmp_path: Path) -> None:
    (tmp_path / "tep").mkdir()
    (tmp_path / "tep" / "mẫu.pdf").write_bytes(PDF)
    (tmp_path / "loi.ogg").write_bytes(OGG)
    loaded = load(
        tmp_path,
        """\
id: a-1
title: Một
issuer: Trạm Y tế
priority: emergency
audience: {hamlets: [ap-1], households: poor_and_near_poor}
valid: {from: 01/12/2026, until: 2026-12-05 17h00}
contact: 113
text: "{{ a }} {{ gio }}"
values: {a: 1, xs: [x, 2, true]}
hamlets: {ap-1: {gio: 5:30}}
attachments: [tep/mẫu.pdf]
schedule: {from: 2026-12-01, to: 2026-12-03, days: [wed, thu], times: [17h00, 5:30, "05:30"]}
channels:
  loudspeaker: {audio: loi.ogg, repeat: 2, clusters: [cum-1], schedule: now}
  flyer: false
  chat: {enabled: true, title: Ngắn, text: Nội dung}
  portal: {enabled: false}
""",
    )
    campaign = loaded.campaign
    speaker = campaign.sections["loudspeaker"]
    assert campaign.audience.hamlets == ("ap-1",)
    assert campaign.audience.households is HouseholdGroup.POOR_AND_NEAR_POOR
    assert list(campaign.sections) == ["loudspeaker", "chat"]
    assert speaker.options == LoudspeakerOptions(clusters=("cum-1",), repeat=2)
    assert speaker.schedule is not None
    assert speaker.schedule.asap
    assert speaker.recording is not None
    assert (campaign.sections["chat"].title, campaign.sections["chat"].text) == ("Ngắn", "Nội dung")
    assert campaign.sections["chat"].schedule is None
    assert campaign.variables == {"a": 1, "xs": ["x", 2, True]}
    assert campaign.hamlet_values == {"ap-1": {"gio": "5:30"}}
    assert campaign.contact == "113"
    assert [f"{m:%d %H:%M}" for m in campaign.schedule.moments] == [
        "02 05:30",
        "02 17:00",
        "03 05:30",
        "03 17:00",
    ]
    assert set(loaded.files) == {campaign.attachments[0].sha256, speaker.recording.sha256}
    assert campaign.attachments[0].name == "mẫu.pdf"
    assert canonical_json(campaign)


def test_loading_again_later_the_same_day_gives_the_same_campaign(tmp_path: Path) -> None:
    first = load(tmp_path, CAMPAIGN).campaign
    later = builders.NOW + timedelta(hours=9)
    again = load_campaign(tmp_path / "c.yaml", builders.registry(), OPTIONS, later).campaign
    assert first == again


def test_markup_of_every_format_stays_the_authors_words(tmp_path: Path) -> None:
    text = CAMPAIGN.replace("đến lúc 7 giờ.", "{{ x }} 😀 <b>#read</b>") + "values:\n  x: >-\n    "
    loaded = load(tmp_path, text + builders.AWKWARD + "\n")
    assert loaded.campaign.variables["x"] == builders.AWKWARD
    assert "😀 <b>#read</b>" in loaded.campaign.body


def test_a_finished_campaign_may_stay_in_the_folder_but_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(CAMPAIGN + "schedule: {dates: 2026-12-02, times: 5:30}\n")
    later = builders.NOW + timedelta(days=30)
    checked = check_campaigns(tmp_path, builders.registry(), OPTIONS, later)
    assert [one.campaign.id for one in checked] == ["tiem-vac-xin"]
    with pytest.raises(InputError, match=r"3:16: valid\.until: the campaign ended on 08/12/2026"):
        load_campaign(tmp_path / "c.yaml", builders.registry(), OPTIONS, later)


def test_a_channel_that_no_file_could_configure_is_refused_at_start() -> None:
    class Clash(Options):
        title: str = ""

    class Needy(Options):
        takes_recording: ClassVar[bool] = True

        voice: str

    for options in (Clash, Needy):
        with pytest.raises(ValueError, match="x "):
            campaign_model({"x": options})
