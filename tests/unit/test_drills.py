"""A drill says in every item and every form that it is one, and nothing else ever does."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from support import builders
from support.dispatching import campaign as made_up

from channels.base import Channel
from channels.chat.wording import head_line, message_of, words_of
from channels.loudspeaker.framing import Framing
from channels.portal.documents import Post
from channels.portal.labels import labels_of
from engine.app import OPTIONS, build_channels, close_channels
from engine.i18n import gettext as _
from engine.models import (
    Artifact,
    Campaign,
    Content,
    File,
    Item,
    Priority,
    Purpose,
    Schedule,
    Section,
)
from engine.planner.compose import Composer
from engine.settings import Settings
from engine.settings.speaking import ProgrammeSettings

WORD = "diễn tập"
REGISTRY = builders.registry()
HAMLET = REGISTRY.hamlets[0]

#: What must not be heard or read without the word before it.
ALARM = "thông báo khẩn cấp"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[dict[str, Channel]]:
    channels = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    yield channels
    close_channels(channels)


def alert(**changes: Any) -> Campaign:
    sections = {name: Section(options()) for name, options in OPTIONS.items()}
    values = {
        "title": "Thông báo khẩn cấp",
        "body": "Nước lũ đang lên nhanh.",
        "contact": "Trực ban, điện thoại 0272.3000.114",
        "sections": sections,
        "priority": Priority.EMERGENCY,
        "schedule": Schedule(asap=True),
    }
    return made_up("khan", **{**values, **changes})


def contents(real: dict[str, Channel], campaign: Campaign) -> dict[str, Content]:
    composer = Composer(campaign, REGISTRY, real)
    return {name: composer.content(name, HAMLET).content for name in campaign.sections}


def low(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def forms(real: dict[str, Channel], campaign: Campaign) -> dict[str, str]:
    """Return what people read or hear of each form, all of it."""
    found = {
        name: low(real[name].forecast(content, HAMLET).text)
        for name, content in contents(real, campaign).items()
    }
    assert set(found) == set(OPTIONS)
    return found


CASES = {
    "drill": {"drill": True},
    "its all-clear": {"drill": True, "all_clear": "dien-tap"},
    "own texts": {
        "drill": True,
        "sections": {
            name: Section(options(), title="Riêng", text="Chữ riêng.")
            for name, options in OPTIONS.items()
        },
    },
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", OPTIONS)
def test_every_form_of_a_drill_says_that_it_is_one(
    real: dict[str, Channel], form: str, case: str
) -> None:
    said = forms(real, alert(**CASES[case]))[form]
    assert WORD in said[: said.index(".")], "before the first sentence ends"
    body = said.index("riêng." if case == "own texts" else "nhanh.")
    assert "đây là diễn tập, không phải tình huống thật." in said[body:], "and at the end"
    for place in range(len(said)):
        if said.startswith(ALARM, place):
            assert said[:place].rstrip(": ").endswith(WORD), said


@pytest.mark.parametrize("changes", [{}, {"all_clear": "khan"}, {"priority": Priority.ROUTINE}])
@pytest.mark.parametrize("form", OPTIONS)
def test_nothing_else_ever_says_so(
    real: dict[str, Channel], form: str, changes: dict[str, Any]
) -> None:
    assert WORD not in forms(real, alert(**changes))[form]


def test_the_spoken_item_begins_and_ends_with_it_every_time(real: dict[str, Channel]) -> None:
    twice = OPTIONS["loudspeaker"].model_validate({"repeat": 2})
    sections = {"loudspeaker": Section(twice)}
    (content,) = contents(real, alert(drill=True, sections=sections)).values()
    said = low(real["loudspeaker"].forecast(content, HAMLET).text).strip()
    first, second = said.split("xin nhắc lại.")
    for reading in (first.strip(), second.strip()):
        assert reading.startswith(WORD)
        assert reading.endswith("đây là diễn tập.")


def test_the_chat_message_says_it_first_of_all_and_in_every_part(real: dict[str, Channel]) -> None:
    long = "Bà con lên chỗ cao, tránh xa bờ sông. " * 400
    content = contents(real, alert(drill=True, body=long))["chat"]
    message = message_of(words_of(content, ()))
    for parts in message.parts.values():
        assert len(parts) > 1
        assert all(WORD in low(part[:40]) for part in parts)
        assert not any(part.startswith("KHẨN CẤP") for part in parts)
    real_one = message_of(words_of(contents(real, alert(body=long))["chat"], ()))
    assert not [part for parts in real_one.parts.values() for part in parts if WORD in low(part)]


def test_heads_of_chat_messages_never_alarm_for_a_drill() -> None:
    for purpose in (Purpose.DRILL, Purpose.ALL_CLEAR):
        assert head_line(Priority.EMERGENCY, purpose, drill=True).startswith("DIỄN TẬP")
    assert head_line(Priority.EMERGENCY, Purpose.ALL_CLEAR) == "HẾT CẢNH BÁO"


def test_the_flyer_bears_the_mark_and_does_not_look_like_an_alarm(
    real: dict[str, Channel],
) -> None:
    for case, mark in (("drill", "DIỄN TẬP"), ("its all-clear", "DIỄN TẬP · HẾT NGUY HIỂM")):
        content = contents(real, alert(**CASES[case]))["flyer"]
        inputs = real["flyer"].prepare(content, HAMLET, builders.FakeArtifacts())
        assert inputs.mark == mark
        assert not inputs.loud
    alarm = contents(real, alert())["flyer"]
    assert real["flyer"].prepare(alarm, HAMLET, builders.FakeArtifacts()).loud


def test_the_post_says_it_in_title_and_text_and_is_no_alarm(real: dict[str, Channel]) -> None:
    content = contents(real, alert(drill=True))["portal"]
    inputs = real["portal"].prepare(content, HAMLET, builders.FakeArtifacts())
    post = Post.model_validate_json(real["portal"].render(inputs).data)
    assert post.title.startswith("Diễn tập: ")
    assert post.body.endswith("Đây là diễn tập, không phải tình huống thật.")
    assert post.purpose is Purpose.DRILL


def test_the_post_of_a_drill_s_all_clear_bears_the_word_beside_its_title(
    real: dict[str, Channel],
) -> None:
    """And the key of a real one's is what it was before drills were told apart."""
    for drill, labels in ((True, ["Diễn tập", "Đã an toàn"]), (False, ["Đã an toàn"])):
        content = contents(real, alert(drill=drill, all_clear="khan"))["portal"]
        inputs = real["portal"].prepare(content, HAMLET, builders.FakeArtifacts())
        assert ("of_drill" in inputs.identity()) is drill
        data = real["portal"].render(inputs).data
        assert (b'"of_drill"' in data) is drill
        assert [one.text for one in labels_of(Post.model_validate_json(data))] == labels


def opening(real: dict[str, Channel], *campaigns: Campaign) -> str:
    """Return the words that open a programme of these, as they are rendered."""
    speaker = real["loudspeaker"]
    items = []
    for number, one in enumerate(campaigns, 1):
        content = contents(real, one)["loudspeaker"]
        made = speaker.render(speaker.prepare(content, HAMLET, builders.FakeArtifacts()))
        file = File.of_bytes("x", made.media_type, made.data)
        items.append(Item(number, HAMLET, content, file))
    slot = builders.NOW.replace(hour=5)
    bundle = builders.bundle("loudspeaker", "folder", "cum-1", slot=slot)
    spoken: list[str] = []
    announce = type(speaker)._announced

    def heard(self: Any, text: str, tags: Any) -> Any:
        spoken.append(text)
        return announce(self, text, tags)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(speaker), "_announced", heard)
        artifact: Artifact = speaker.assemble(bundle, items, REGISTRY)
    manifest = json.loads(artifact.named("2026-12-01/0500.json").read())
    assert [one["drill"] for one in manifest["items"]].count(True) == sum(
        one.drill for one in campaigns
    )
    return spoken[0]


def test_a_programme_of_drills_opens_with_the_word_and_without_an_alarm(
    real: dict[str, Channel],
) -> None:
    drill = alert(drill=True)
    assert opening(real, drill) == Framing().filled(Framing().drill, REGISTRY)
    assert low(Framing().drill).startswith(WORD)
    assert ALARM not in low(Framing().drill)


def test_a_real_alert_beside_a_drill_opens_as_what_it_is(real: dict[str, Channel]) -> None:
    drill, genuine = alert(drill=True), alert()
    assert low(opening(real, drill, made_up_as("that", genuine))).startswith(ALARM)


def test_a_drill_beside_a_notice_raises_no_alarm(real: dict[str, Channel]) -> None:
    notice = made_up_as("tin", alert(priority=Priority.ROUTINE, title="Tin", body="Họp ấp."))
    said = opening(real, alert(drill=True), notice)
    assert ALARM not in low(said)
    assert WORD not in low(said)


def test_an_all_clear_opens_calmly(real: dict[str, Channel]) -> None:
    assert ALARM not in low(opening(real, alert(all_clear="khan", title="Hết lũ", body="Xong.")))


def made_up_as(name: str, campaign: Campaign) -> Campaign:
    import dataclasses

    return dataclasses.replace(campaign, id=name)


def test_no_setting_lets_a_drill_open_without_the_word() -> None:
    assert ProgrammeSettings(drill="Diễn tập của {station}.").drill
    for wrong in ("", "Thông báo khẩn cấp!", "Đây là {station}."):
        with pytest.raises(ValidationError):
            ProgrammeSettings(drill=wrong)


def test_a_drill_is_never_planned_as_an_emergency() -> None:
    assert alert(drill=True).urgency is Priority.IMPORTANT
    assert alert(drill=True, priority=Priority.ROUTINE).urgency is Priority.ROUTINE
    assert alert().urgency is Priority.EMERGENCY
    assert alert(all_clear="khan").urgency is Priority.EMERGENCY
    assert alert(valid_until=builders.NOW + timedelta(days=1), drill=True).purpose is Purpose.DRILL


def test_a_heading_has_the_word_and_only_a_drill_s_has() -> None:
    assert alert(drill=True, title="Vỡ đê").heading == "Diễn tập: Vỡ đê"
    assert alert(drill=True, title="Hết lũ", all_clear="khan").heading == "Diễn tập: Hết lũ"
    assert alert(title="Vỡ đê").heading == "Vỡ đê"


def test_the_word_is_not_used_for_a_workspace_that_is_not_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A real emergency in such a workspace is no drill, on any screen and in any report."""
    monkeypatch.setenv("LOA_LANG", "vi")
    for said in (
        _("rehearsal"),
        _("rehearsed"),
        _("Rehearsal: nothing was sent through {backends}; the workspace is not live."),
        _("⚑ rehearsal: nothing leaves through the network until loa.toml says live = true"),
    ):
        assert "tập dượt" in said.lower(), said
        assert WORD not in said.lower()
