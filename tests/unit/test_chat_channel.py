"""Chat: one message set per group and campaign, in words that every platform takes."""

import json
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from pydantic import ValidationError
from support import builders
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds, MemoryTokens

from channels.base import Channel, ChannelError, Closes, artifact_key
from channels.chat import ChatChannel, ChatOptions
from channels.chat.sheet import Sheet
from channels.chat.wording import Message, head_line
from engine.clock import VIETNAM, SimulatedClock
from engine.models import (
    Artifact,
    Attachment,
    Bundle,
    ChatGroup,
    Content,
    File,
    GroupKind,
    Hamlet,
    Item,
    Placement,
    Priority,
    Purpose,
    Registry,
    Schedule,
)
from engine.models.facts import Facts

OPTIONS = ChatOptions()
REGISTRY = builders.registry()
HAMLET = REGISTRY.hamlets[0]


@pytest.fixture
def channel(tmp_path: Path) -> ChatChannel:
    return ChatChannel(
        outbox=tmp_path,
        remote_ids=MemoryRemoteIds(),
        tokens=MemoryTokens(),
        limits=FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
    )


def content(**changes: object) -> Content:
    return builders.content("chat", OPTIONS, **changes)


def item(
    channel: ChatChannel, said: Content, hamlet: Hamlet, number: int = 1, **more: object
) -> Item:
    rendered = channel.render(channel.prepare(said, hamlet, FakeArtifacts()))
    file = File.of_bytes("message.json", rendered.media_type, rendered.data)
    return Item(number, hamlet, said, file, **more)  # type: ignore[arg-type]  # test shorthand


def items(channel: ChatChannel, *bodies: str) -> list[Item]:
    """One item per body, for the registry's hamlets in turn."""
    return [
        item(channel, content(body=body), hamlet, number)
        for number, (body, hamlet) in enumerate(zip(bodies, REGISTRY.hamlets, strict=False))
    ]


def heads(**changes: object) -> Bundle:
    return builders.bundle("chat", "kit", "truong-ap", **changes)


def texts(artifact: Artifact) -> list[str]:
    return [part.text for part in Sheet.of_artifact(artifact).parts]


def test_the_channel_satisfies_the_contract(channel: ChatChannel) -> None:
    as_channel: Channel = channel
    assert (as_channel.name, as_channel.needs, as_channel.cumulative) == ("chat", ("flyer",), False)
    assert as_channel.grace is None
    assert isinstance(as_channel, Closes)
    assert as_channel.lead == timedelta(0)
    networked = {"telegram", "zalo", "zalo_article", "zalo_bot", "apprise"}
    assert set(as_channel.backends) == {"kit", *networked}
    assert {name for name, one in as_channel.backends.items() if one.networked} == networked
    assert {name for name, one in as_channel.backends.items() if one.idempotent} == {"kit"}


def test_every_group_of_a_hamlet_is_told_as_soon_as_the_campaign_is_approved(
    channel: ChatChannel,
) -> None:
    assert channel.slots(content(), HAMLET, REGISTRY) == (
        Placement("truong-ap", "kit"),
        Placement("nhom-ap-1", "kit"),
    )


def test_a_schedule_of_its_own_decides_the_times(channel: ChatChannel) -> None:
    moments = tuple(datetime(2026, 12, day, 18, tzinfo=VIETNAM) for day in (2, 3))
    planned = channel.slots(
        content(own_schedule=Schedule(asap=False, moments=moments)), HAMLET, REGISTRY
    )
    assert [(p.target, p.at) for p in planned] == [
        (group, moment) for group in ("truong-ap", "nhom-ap-1") for moment in moments
    ]
    assert channel.slots(content(own_schedule=Schedule(asap=True)), HAMLET, REGISTRY)[0].at is None


def test_what_it_comes_down_to_stands_in_short_lines_above_the_text(channel: ChatChannel) -> None:
    facts = Facts(
        what=("Tiêm phòng",),
        who=("Trẻ 18 tháng", "Trẻ 24 tháng"),
        when=("7 giờ 30 ngày 5/12",),
        contact=("Trạm Y tế xã",),
    )
    text = channel.forecast(content(body="Mời bà con.", facts=facts), HAMLET).text
    assert "vắc xin\n\nAi: Trẻ 18 tháng; Trẻ 24 tháng\nKhi nào: 7 giờ 30 ngày 5/12\n\nMời" in text
    assert "Việc gì" not in text  # the title says it
    assert text.count("Trạm Y tế xã") == 1  # the closing says whom to ask
    plain = channel.prepare(content(), HAMLET, FakeArtifacts())
    assert channel.prepare(content(facts=Facts(contact=("A",))), HAMLET, FakeArtifacts()) == plain


def test_a_hamlet_without_a_group_is_not_planned(channel: ChatChannel) -> None:
    assert channel.slots(content(), builders.hamlet(9), REGISTRY) == ()


def test_a_message_says_what_who_whom_to_ask_and_where_to_read_on(channel: ChatChannel) -> None:
    said = builders.content("chat", ChatOptions(hashtags=("xa_mẫu", "#tiêm")))
    assert channel.forecast(said, HAMLET).text == (
        "THÔNG BÁO – Ủy ban nhân dân xã Mẫu\n"
        "Thông báo tiêm vắc xin\n"
        "\n"
        "Mời bà con đưa trẻ đến Trạm Y tế xã lúc 7 giờ 30 ngày 05/12/2026.\n"
        "\n"
        "Khi đi mang theo sổ tiêm.\n"
        "\n"
        "Liên hệ: Trạm Y tế xã, điện thoại 0272.3000.111\n"
        "Xem thêm: https://xa-mau.example/thong-bao-mau/\n"
        "#xa_mẫu #tiêm"
    )


def test_a_message_without_contact_and_link_ends_with_its_body(channel: ChatChannel) -> None:
    text = channel.forecast(content(contact="", permalink=""), HAMLET).text
    assert text.endswith("Khi đi mang theo sổ tiêm.")


@pytest.mark.parametrize(
    ("priority", "purpose", "head"),
    [
        (Priority.ROUTINE, Purpose.NOTICE, "THÔNG BÁO"),
        (Priority.IMPORTANT, Purpose.NOTICE, "THÔNG BÁO QUAN TRỌNG"),
        (Priority.EMERGENCY, Purpose.NOTICE, "KHẨN CẤP"),
        (Priority.EMERGENCY, Purpose.CORRECTION, "KHẨN CẤP – ĐÍNH CHÍNH"),
        (Priority.ROUTINE, Purpose.REMINDER, "NHẮC LẠI"),
        (Priority.ROUTINE, Purpose.WITHDRAWAL, "THU HỒI THÔNG BÁO"),
        (Priority.EMERGENCY, Purpose.ALL_CLEAR, "HẾT CẢNH BÁO"),
        (Priority.EMERGENCY, Purpose.DRILL, "DIỄN TẬP – KHÔNG PHẢI TÌNH HUỐNG THẬT"),
    ],
)
def test_the_head_line_says_how_urgent_it_is_and_never_makes_a_drill_an_alarm(
    priority: Priority, purpose: Purpose, head: str
) -> None:
    assert head_line(priority, purpose) == head


def test_every_purpose_and_priority_has_a_head_line() -> None:
    assert all(head_line(priority, purpose) for priority in Priority for purpose in Purpose)


def test_the_forecast_is_exactly_what_is_sent(channel: ChatChannel) -> None:
    said = content(body="Mời bà con đi họp lúc 7 giờ 30. " * 200)
    sent = texts(
        channel.assemble(
            builders.bundle("chat", "kit", "nhom-ap-1"), [item(channel, said, HAMLET)], REGISTRY
        )
    )
    assert len(sent) == 4
    assert "\n---\n".join(sent) in channel.forecast(said, HAMLET).text


def test_the_forecast_shows_each_platform_when_their_messages_differ(channel: ChatChannel) -> None:
    text = channel.forecast(content(body="Xin [@chào]"), HAMLET).text
    assert text.startswith("[Zalo]\n")
    assert "Xin [ @chào]" in text
    assert "\n\n[Telegram]\n" in text
    assert "Xin [@chào]" in text


def test_a_long_message_is_a_doubt_and_a_short_one_is_not(channel: ChatChannel) -> None:
    assert channel.forecast(content(), HAMLET).doubts == ()
    (doubt,) = channel.forecast(content(body="dài " * 12_500), HAMLET).doubts
    assert "26" in doubt


def test_the_same_words_are_one_artifact_whatever_hamlet_flyer_or_attachment(
    channel: ChatChannel,
) -> None:
    flyer = File.of_bytes("a.pdf", "application/pdf", b"%PDF")
    attached = content(attachments=(Attachment("a.pdf", "application/pdf", "0" * 64, 4),))
    inputs = [
        channel.prepare(content(), HAMLET, FakeArtifacts()),
        channel.prepare(content(), REGISTRY.hamlets[1], FakeArtifacts({"flyer": flyer})),
        channel.prepare(attached, HAMLET, FakeArtifacts()),
    ]
    assert len({artifact_key(channel, each) for each in inputs}) == 1
    other = channel.prepare(content(body="Khác."), HAMLET, FakeArtifacts())
    assert artifact_key(channel, other) != artifact_key(channel, inputs[0])


def test_what_is_rendered_can_be_read_again(channel: ChatChannel) -> None:
    rendered = channel.render(channel.prepare(content(body=AWKWARD), HAMLET, FakeArtifacts()))
    message = Message.from_json(rendered.data)
    assert message.body == AWKWARD
    assert message.to_json() == rendered.data


def test_an_authors_markup_arrives_as_it_was_written(channel: ChatChannel) -> None:
    said = content(body=AWKWARD, title="<script>alert(1)</script>")
    (text,) = texts(channel.assemble(heads(), [item(channel, said, HAMLET)], REGISTRY))
    assert AWKWARD in text
    assert "<script>alert(1)</script>" in text


def test_hamlets_with_the_same_text_are_told_once_and_unnamed(channel: ChatChannel) -> None:
    (text,) = texts(channel.assemble(heads(), items(channel, *["Họp lúc 7 giờ."] * 4), REGISTRY))
    assert text.count("Họp lúc 7 giờ.") == 1
    assert "Ấp 1" not in text


def test_differing_texts_are_said_once_each_under_the_names_of_their_hamlets(
    channel: ChatChannel,
) -> None:
    bodies = ("Tiêm lúc 7 giờ.", "Tiêm lúc 9 giờ.", "Tiêm lúc 7 giờ.", "Tiêm lúc 10 giờ.")
    (text,) = texts(channel.assemble(heads(), items(channel, *bodies), REGISTRY))
    assert text == (
        "THÔNG BÁO – Ủy ban nhân dân xã Mẫu\nThông báo tiêm vắc xin\n\n"
        "Ấp 1, Ấp 3:\nTiêm lúc 7 giờ.\n\n"
        "Ấp 2:\nTiêm lúc 9 giờ.\n\n"
        "Ấp 4:\nTiêm lúc 10 giờ.\n\n"
        "Liên hệ: Trạm Y tế xã, điện thoại 0272.3000.111\n"
        "Xem thêm: https://xa-mau.example/thong-bao-mau/"
    )


def test_a_text_that_names_its_hamlet_is_not_headed_by_that_name_again(
    channel: ChatChannel,
) -> None:
    bodies = (
        "Mời bà con Ấp 1 họp lúc 7 giờ.\n\nMang theo giấy tờ.",
        "Mời bà con ẤP 2 họp lúc 8 giờ.",
        "Mời bà con Ấp 3 họp cùng Ấp 2 lúc 8 giờ.",
        "Họp lúc 9 giờ.\n\nĐịa điểm: nhà văn hóa Ấp 4.",
    )
    (text,) = texts(channel.assemble(heads(), items(channel, *bodies), REGISTRY))
    assert (
        "\n\nMời bà con Ấp 1 họp lúc 7 giờ.\n\nMang theo giấy tờ."
        "\n\nMời bà con ẤP 2 họp lúc 8 giờ."
        "\n\nẤp 3:\nMời bà con Ấp 3 họp cùng Ấp 2 lúc 8 giờ."
        "\n\nẤp 4:\nHọp lúc 9 giờ.\n\n"
    ) in text


def test_a_message_for_some_of_a_groups_hamlets_names_them(channel: ChatChannel) -> None:
    (text,) = texts(channel.assemble(heads(), items(channel, "Họp.", "Họp."), REGISTRY))
    assert "Ấp 1, Ấp 2:\nHọp." in text


def test_titles_and_links_that_differ_are_said_with_their_own_hamlet(channel: ChatChannel) -> None:
    mixed = [
        item(channel, content(title=f"Tin {h.id}", permalink=f"https://x.vn/{h.id}"), h)
        for h in REGISTRY.hamlets[:2]
    ]
    (text,) = texts(channel.assemble(heads(), mixed, REGISTRY))
    first, second = text.split("Ấp 2:")
    assert ("Tin ap-1" in first, "https://x.vn/ap-1" in first) == (True, True)
    assert ("Tin ap-2" in second, "https://x.vn/ap-2" in second) == (True, True)


def test_a_joined_message_is_split_within_the_limit(channel: ChatChannel) -> None:
    long = items(channel, *[f"Mời bà con tổ {n} đi họp. " * 60 for n in range(4)])
    sent = texts(channel.assemble(heads(), long, REGISTRY))
    assert len(sent) > 2
    assert all(len(text) <= 2000 for text in sent)
    assert sent[0].startswith(f"(1/{len(sent)})\n")


def test_each_campaign_has_messages_of_its_own_the_most_urgent_first(channel: ChatChannel) -> None:
    said = [
        content(campaign_id="a-thuong"),
        content(campaign_id="b-lu", priority=Priority.EMERGENCY, body="Lũ về. " * 400),
    ]
    sheet = Sheet.of_artifact(
        channel.assemble(heads(), [item(channel, c, HAMLET) for c in said], REGISTRY)
    )
    assert [part.id for part in sheet.parts] == ["b-lu-1", "b-lu-2", "a-thuong-1"]


def test_the_order_of_items_changes_nothing(channel: ChatChannel) -> None:
    given = items(channel, "Một.", "Hai.", "Một.")
    made = {
        channel.assemble(heads(), order, REGISTRY).files[0].sha256 for order in permutations(given)
    }
    assert len(made) == 1


def test_telegram_groups_get_messages_of_their_own_length_and_their_address(
    channel: ChatChannel,
) -> None:
    registry = _with_telegram("-1001")
    bundle = builders.bundle("chat", "telegram", "tele")
    said = content(body="Mời bà con đi họp. " * 180)
    sheet = Sheet.of_artifact(channel.assemble(bundle, [item(channel, said, HAMLET)], registry))
    assert len(sheet.parts) == 1
    assert len(sheet.parts[0].text) > 2000
    assert (sheet.group.address, sheet.group.platform) == ("-1001", "telegram")


def test_the_sheet_tells_the_backend_who_runs_the_group(channel: ChatChannel) -> None:
    bundle = builders.bundle("chat", "kit", "nhom-ap-1", priority=Priority.EMERGENCY)
    artifact = channel.assemble(bundle, items(channel, "Họp."), REGISTRY)
    sheet = Sheet.of_artifact(artifact)
    assert sheet.group.run_by == "Trưởng ấp 1"
    assert sheet.group.kind is GroupKind.HAMLET
    assert sheet.urgent
    raw = json.loads(artifact.named("messages.json").read())
    assert [(part["campaign_id"], part["number"]) for part in raw["parts"]] == [
        ("thong-bao-mau", 1)
    ]


def test_a_group_that_nobody_runs_is_no_error(channel: ChatChannel) -> None:
    group = ChatGroup("nhom", "Nhóm", "zalo", "kit", GroupKind.HAMLET, ("ap-1",), run_by="đã-nghỉ")
    registry = builders.registry(chat_groups=(group,))
    bundle = builders.bundle("chat", "kit", "nhom")
    sheet = Sheet.of_artifact(channel.assemble(bundle, items(channel, "Họp."), registry))
    assert sheet.group.run_by == ""


def test_flyers_and_attachments_go_into_a_kit_once_each(
    channel: ChatChannel, tmp_path: Path
) -> None:
    path = tmp_path / "mẫu đơn ../x.pdf".replace("/", "_")
    path.write_bytes(b"%PDF don")
    attachment = builders.attachment_of(path, "application/pdf")
    flyers = [File.of_bytes("x.pdf", "application/pdf", f"%PDF {n}".encode()) for n in range(3)]
    said = [content(attachments=(attachment,)), content(campaign_id="tin-2")]
    given = [
        item(channel, said[0], HAMLET, 1, needs={"flyer": flyers[0]}, attachments=_at(path)),
        item(
            channel,
            said[0],
            REGISTRY.hamlets[1],
            2,
            needs={"flyer": flyers[1]},
            attachments=_at(path),
        ),
        item(channel, said[1], HAMLET, 3, needs={"flyer": flyers[2]}),
    ]
    artifact = channel.assemble(heads(), given, REGISTRY)
    assert [file.name for file in artifact.files] == [
        "messages.json",
        "to-roi-ap-1.pdf",
        "thong-bao-mau-dinh-kem.pdf",
        "to-roi-ap-2.pdf",
        "to-roi-ap-1.2.pdf",
    ]
    sheet = Sheet.of_artifact(artifact)
    assert [(e.file, e.label) for e in sheet.attachments] == [
        ("thong-bao-mau-dinh-kem.pdf", path.name)
    ]
    assert [e.label for e in sheet.flyers] == ["Ấp 1", "Ấp 2", "Ấp 1"]


def test_telegram_is_given_the_flyer_beside_the_text(channel: ChatChannel) -> None:
    flyer = File.of_bytes("x.pdf", "application/pdf", b"%PDF")
    artifact = channel.assemble(
        builders.bundle("chat", "telegram", "tele"),
        [item(channel, content(), HAMLET, needs={"flyer": flyer})],
        _with_telegram("-1001"),
    )
    assert [file.name for file in artifact.files] == ["messages.json", "to-roi-ap-1.pdf"]


def test_an_attachment_that_is_gone_is_an_error_that_names_it(channel: ChatChannel) -> None:
    said = content(attachments=(Attachment("mau-don.pdf", "application/pdf", "0" * 64, 4),))
    with pytest.raises(ChannelError, match=r"mau-don\.pdf") as caught:
        channel.assemble(heads(), [item(channel, said, HAMLET)], REGISTRY)
    assert caught.value.permanent


def test_a_message_that_is_gone_from_the_store_is_a_temporary_error(
    channel: ChatChannel, tmp_path: Path
) -> None:
    lost = File("m.json", "application/json", "0" * 64, 4, tmp_path / "mất")
    with pytest.raises(ChannelError) as caught:
        channel.assemble(heads(), [Item(1, HAMLET, content(), lost)], REGISTRY)
    assert not caught.value.permanent


def test_a_group_that_left_the_registry_is_a_permanent_error(channel: ChatChannel) -> None:
    with pytest.raises(ChannelError, match="nhom-cu") as caught:
        channel.assemble(
            builders.bundle("chat", "kit", "nhom-cu"), items(channel, "Họp."), REGISTRY
        )
    assert caught.value.permanent


def test_a_bundle_with_nothing_to_say_is_refused_instead_of_sent_empty(
    channel: ChatChannel,
) -> None:
    with pytest.raises(ChannelError) as caught:
        channel.assemble(heads(), [], REGISTRY)
    assert caught.value.permanent


@pytest.mark.parametrize("bad", ["../thoát", "a/b", ".an", "", "a\nb"])
def test_an_id_that_is_no_file_name_is_refused(channel: ChatChannel, bad: str) -> None:
    with pytest.raises(ChannelError) as caught:
        channel.assemble(heads(), [item(channel, content(campaign_id=bad), HAMLET)], REGISTRY)
    assert caught.value.permanent


@pytest.mark.parametrize("bad", ["hai chữ", "#", "a" * 51, "a-b", "<b>"])
def test_a_hashtag_is_one_word(bad: str) -> None:
    with pytest.raises(ValidationError):
        ChatOptions(hashtags=(bad,))


def test_options_describe_themselves_in_vietnamese() -> None:
    fields = ChatOptions.model_json_schema()["properties"]
    assert all(
        "ă" in str(f["description"]) or "ẻ" in str(f["description"]) for f in fields.values()
    )
    assert ChatOptions.takes_attachments


def test_four_hamlets_and_four_thousand_render_as_often(channel: ChatChannel) -> None:
    for count in (4, 4000):
        keys = {
            artifact_key(channel, channel.prepare(content(), hamlet, FakeArtifacts()))
            for hamlet in builders.registry(count).hamlets
        }
        assert len(keys) == 1


def _with_telegram(address: str) -> Registry:
    group = ChatGroup(
        "tele", "Nhóm T", "telegram", "telegram", GroupKind.HAMLET, ("ap-1",), address=address
    )
    return builders.registry(chat_groups=(group,))


def _at(path: Path) -> dict[str, Path]:
    return {builders.attachment_of(path, "application/pdf").sha256: path}
