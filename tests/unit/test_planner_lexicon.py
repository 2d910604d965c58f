"""How a commune says its words: the campaign's own go before the commune's, those before rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import builders
from support.dispatching import campaign as made_up

from channels.base import Channel
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.spoken import entries_in
from engine.app import OPTIONS, build_channels, close_channels
from engine.cli.planned import plan_lines
from engine.ledger.codec import dump_content, dump_registry, load_content, load_registry
from engine.models import Attachment, Content, Plan, Registry, Section
from engine.planner import plan_campaign
from engine.settings import Settings

BODY = "Mời bà con đến trụ sở QXZ."


@pytest.fixture
def real(tmp_path: Path) -> Iterator[dict[str, Channel]]:
    channels = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    yield channels
    close_channels(channels)


def plan(real: dict[str, Channel], lexicon: dict[str, str], **section: Any) -> Plan:
    """Plan a spoken notice that holds an unknown word, in a commune with this lexicon."""
    options = LoudspeakerOptions(pronounce=section.pop("pronounce", {}))
    campaign = made_up("thong-bao", {"loudspeaker": Section(options, **section)}, body=BODY)
    return plan_campaign(campaign, commune(lexicon), real, builders.NOW)


def commune(lexicon: dict[str, str]) -> Registry:
    return builders.registry(pronounce=lexicon)


def hashes(found: Plan) -> set[str]:
    return {item.content_hash for item in found.deliveries}


def heard(found: Plan) -> str:
    return found.deliveries[0].forecast.text


def test_a_word_nobody_explains_is_spelled_and_the_plan_says_so(
    real: dict[str, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    found = plan(real, {})
    campaign = made_up("thong-bao", {})

    lines = list(plan_lines(campaign, found, commune({}), real))

    assert "trụ sở quy ích dét." in heard(found)
    assert "Please look at these before it goes out:" in lines
    assert sum(line.startswith("  ? “QXZ” is read as “quy ích dét”") for line in lines) == 1


def test_the_communes_lexicon_goes_before_the_rules_and_ends_the_doubt(
    real: dict[str, Channel],
) -> None:
    found = plan(real, {"QXZ": "ủy ban cũ"})

    assert "trụ sở ủy ban cũ." in heard(found)
    assert found.deliveries[0].forecast.doubts == ()


def test_the_campaigns_own_word_goes_before_the_communes(real: dict[str, Channel]) -> None:
    found = plan(real, {"QXZ": "ủy ban cũ", "trụ sở": "nhà việc"}, pronounce={"QXZ": "xã đội"})

    assert "nhà việc xã đội." in heard(found)


def test_only_a_word_that_is_said_makes_another_content(real: dict[str, Channel]) -> None:
    bare = hashes(plan(real, {}))

    assert hashes(plan(real, {"Bàu Môn": "bào môn"})) == bare
    assert not hashes(plan(real, {"QXZ": "ủy ban cũ"})) & bare


def test_a_recording_says_no_word_of_the_lexicon(real: dict[str, Channel]) -> None:
    recording = Attachment("loi-moi.ogg", "audio/ogg", "0" * 64, 10, seconds=5)
    plans = [plan(real, lexicon, recording=recording) for lexicon in ({}, {"QXZ": "ủy ban cũ"})]

    assert hashes(plans[0]) == hashes(plans[1])


def test_what_is_approved_keeps_its_words_in_the_ledger(real: dict[str, Channel]) -> None:
    found = plan(real, {f"TỪ{n}": f"từ {n}" for n in range(1_000)} | {"QXZ": "ủy ban cũ"})
    (content,) = (one for one in found.contents.values() if isinstance(one, Content))

    kept = load_content(dump_content(content), OPTIONS)

    assert kept == content
    assert kept.options_as(LoudspeakerOptions).pronounce == {"QXZ": "ủy ban cũ"}
    registry = commune({"QXZ": "ủy ban cũ"})
    assert load_registry(dump_registry(registry)).pronounce == {"QXZ": "ủy ban cũ"}


def test_a_registry_kept_before_there_were_lexicons_has_an_empty_one() -> None:
    body = dump_registry(builders.registry())
    assert load_registry(body.replace(', "pronounce": {}', "")) == builders.registry()


@pytest.mark.parametrize(
    ("key", "text"),
    [("u-bê-nờ", "tại U–BÊ–NỜ xã"), ("UBND", "𝐔𝐁𝐍𝐃 họp"), ("xã", "XÃ"), ("½", "1/2 ngày")],
)
def test_an_entry_is_kept_however_its_word_is_written(key: str, text: str) -> None:
    assert entries_in({key: "x", "khác": "y"}, text) == {key: "x"}


def test_a_larger_lexicon_changes_nothing_that_is_shared(real: dict[str, Channel]) -> None:
    registry = builders.registry(4, pronounce={"QXZ": "ủy ban cũ"})
    campaign = made_up("thong-bao", {"loudspeaker": Section(LoudspeakerOptions())}, body=BODY)

    found = plan_campaign(campaign, replace(registry), real, builders.NOW)

    assert len(hashes(found)) == 1
    assert len(found.deliveries) == 4
