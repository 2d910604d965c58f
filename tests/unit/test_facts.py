"""What a message comes down to: read from the file, filled in for each hamlet, shown by paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.builders import NOW, registry
from support.campaign_files import CAMPAIGN
from support.flyers import CHANNEL

from campaigns.loader import load_campaign
from channels.chat.channel import ChatChannel
from channels.flyer import FlyerOptions
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.portal.channel import PortalChannel
from engine.errors import InputError
from engine.ledger.codec import dump_campaign, dump_content, load_content
from engine.ledger.codec import load_campaign as campaign_of
from engine.models import Campaign, Content
from engine.models.facts import Facts
from engine.planner.compose import Composer

OPTIONS = {
    "loudspeaker": LoudspeakerChannel.options,
    "flyer": FlyerOptions,
    "portal": PortalChannel.options,
    "chat": ChatChannel.options,
}

FACTS = """\
hamlets: {ap-1: {gio: 7 giờ}, ap-2: {gio: 8 giờ}, ap-3: {gio: 8 giờ}}
facts:
  what: Tiêm vắc xin
  who: [Trẻ 18 tháng, "Trẻ {{ tuoi }} tháng"]
  when: "{{ gio }}, ngày 05/12/2026"
  where: Trạm Y tế xã
  bring: Sổ tiêm
  contact: "[[0272.3000.111]]"
values: {tuoi: 24}
channels: {flyer: true, loudspeaker: true, chat: true}
"""


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def read(folder: Path, more: str = FACTS) -> Campaign:
    path = folder / "c.yaml"
    path.write_text(CAMPAIGN + more, encoding="utf-8")
    return load_campaign(path, registry(3), OPTIONS, NOW).campaign


def refused(folder: Path, more: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, more)
    return str(caught.value)


class _Quiet(LoudspeakerChannel):
    needs = ()

    def __init__(self) -> None:
        """Nothing is said here."""


class _Chat(ChatChannel):
    needs = ()

    def __init__(self) -> None:
        """Nothing is sent here."""


def contents(campaign: Campaign) -> dict[str, list[Content]]:
    channels = {"flyer": CHANNEL, "loudspeaker": _Quiet(), "chat": _Chat()}
    composer = Composer(campaign, registry(3), channels)
    return {
        name: [composer.content(name, hamlet).content for hamlet in registry(3).hamlets]
        for name in channels
    }


def test_they_are_filled_in_for_each_hamlet_and_marks_for_the_voice_are_left_out(
    tmp_path: Path,
) -> None:
    first, second, third = (content.facts for content in contents(read(tmp_path))["flyer"])
    assert first == Facts(
        what=("Tiêm vắc xin",),
        who=("Trẻ 18 tháng", "Trẻ 24 tháng"),
        when=("7 giờ, ngày 05/12/2026",),
        where=("Trạm Y tế xã",),
        bring=("Sổ tiêm",),
        contact=("0272.3000.111",),
    )
    assert second == third != first


def test_channels_that_do_not_show_them_keep_the_same_words_whatever_they_say(
    tmp_path: Path,
) -> None:
    with_facts = read(tmp_path)
    without = read(tmp_path, FACTS.replace("what: Tiêm vắc xin", "what: Tiêm sởi"))
    assert contents(with_facts)["loudspeaker"] == contents(without)["loudspeaker"]
    for shows in ("flyer", "chat"):
        assert contents(with_facts)[shows] != contents(without)[shows]


def test_a_line_that_is_empty_in_a_hamlet_is_left_out_there() -> None:
    facts = Facts(what=("một", "hai"), who=("ba",))
    assert facts.each(lambda line: "" if line == "hai" else line) == Facts(("một",), ("ba",))
    assert not Facts()
    assert not Facts(what=("",)).each(str.strip)


def test_a_message_without_them_keeps_the_hash_it_always_had(tmp_path: Path) -> None:
    plain = contents(read(tmp_path, ""))["flyer"][0]
    assert "facts" not in plain.identity()
    assert "facts" in contents(read(tmp_path))["flyer"][0].identity()


def test_the_ledger_gives_them_back(tmp_path: Path) -> None:
    campaign = read(tmp_path)
    assert campaign_of(dump_campaign(campaign), OPTIONS).facts == campaign.facts
    content = contents(campaign)["flyer"][0]
    assert load_content(dump_content(content), OPTIONS) == content


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("facts: {whom: x}", "facts.whom"),
        ("facts: {what: ''}", "facts.what"),
        ('facts: {when: "{{ gio }}"}', '"gio" has no value'),
        ('facts: {when: [x, "{{ ten "]}', "facts.when"),
        ('facts: {contact: "[[0272"}', "]] is missing"),
        (f"facts: {{what: {'x' * 301}}}", "facts.what"),
        (f"facts: {{bring: [{', '.join('abcdefghijk')}]}}", "facts.bring"),
        ("facts: x", "facts"),
    ],
)
def test_a_fault_is_told_at_its_line(tmp_path: Path, written: str, said: str) -> None:
    told = refused(tmp_path, written + "\n")
    assert said in told
    assert "c.yaml:6:" in told
