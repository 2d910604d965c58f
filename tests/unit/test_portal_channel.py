"""The portal channel: slots, forecast, prepare, render, assemble."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from support import builders
from support.builders import AWKWARD, NOW, FakeArtifacts
from support.portal import Desk, flyer, post, sound

from channels.base import Channel, ChannelError, artifact_key
from channels.portal import PortalChannel, PortalOptions
from engine.models import Attachment, Schedule


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "portal")


def test_the_channel_satisfies_the_contract(tmp_path: Path) -> None:
    channel: Channel = PortalChannel(outbox=tmp_path, lead=timedelta(minutes=5))
    assert (channel.name, channel.needs, channel.grace) == (
        "portal",
        ("loudspeaker", "flyer"),
        None,
    )
    assert (channel.cumulative, channel.lead) == (False, timedelta(minutes=5))
    backend = channel.backends["static"]
    assert (backend.name, backend.idempotent, backend.networked) == ("static", True, False)


def test_making_a_channel_touches_no_disk(tmp_path: Path) -> None:
    PortalChannel(outbox=tmp_path / "portal")
    assert list(tmp_path.iterdir()) == []


def test_a_post_goes_out_once_as_soon_as_it_is_approved(desk: Desk) -> None:
    (placement,) = desk.channel.slots(post(), builders.hamlet(), desk.registry)
    assert (placement.target, placement.backend, placement.at) == ("cong", "static", None)


def test_its_own_schedule_sets_the_first_moment(desk: Desk) -> None:
    own = Schedule(asap=False, moments=(NOW + timedelta(days=2), NOW + timedelta(days=1)))
    (placement,) = desk.channel.slots(post(own_schedule=own), builders.hamlet(), desk.registry)
    assert placement.at == NOW + timedelta(days=1)


def test_a_section_that_says_now_is_posted_at_once(desk: Desk) -> None:
    content = post(own_schedule=Schedule(asap=True))
    (placement,) = desk.channel.slots(content, builders.hamlet(), desk.registry)
    assert placement.at is None


def test_the_forecast_is_the_text_as_posted(desk: Desk) -> None:
    content = post(title="Thông\nbáo", body="Mời\r\nbà con\u202e.")
    forecast = desk.channel.forecast(content, builders.hamlet())
    assert (forecast.text, forecast.breaches) == ("Thông báo\n\nMời\nbà con.", ())


@pytest.mark.parametrize("name", ["ap", "posts", "tat-ca"])
def test_a_campaign_named_like_a_page_of_the_site_is_refused(desk: Desk, name: str) -> None:
    content = post(campaign_id=name)
    assert name in desk.channel.forecast(content, builders.hamlet()).breaches[0]
    with pytest.raises(ChannelError, match=name) as refused:
        desk.channel.prepare(content, builders.hamlet(), FakeArtifacts())
    assert refused.value.permanent


@pytest.mark.parametrize("name", ["", "..", "../x", "/etc", "a/b", "Lũ", "a.b", "A", "a" * 101])
def test_no_id_leads_out_of_the_site(desk: Desk, name: str) -> None:
    with pytest.raises(ChannelError) as refused:
        desk.channel.prepare(post(campaign_id=name), builders.hamlet(), FakeArtifacts())
    assert refused.value.permanent


def test_a_hamlet_that_could_lead_out_of_the_site_is_refused(desk: Desk) -> None:
    item = desk.item(post(), builders.hamlet())
    with pytest.raises(ChannelError, match="evil"):
        desk.artifact([replace(item, hamlet=builders.hamlet(id="../evil"))])


def test_a_summary_is_at_most_300_characters() -> None:
    assert PortalOptions(summary="ă" * 300).summary == "ă" * 300
    with pytest.raises(ValidationError):
        PortalOptions(summary="ă" * 301)
    with pytest.raises(ValidationError):
        PortalOptions.model_validate({"sumary": "x"})


def test_every_option_is_described_for_officials() -> None:
    fields = PortalOptions.model_json_schema()["properties"]
    assert "Tóm tắt" in fields["summary"]["description"]
    assert PortalOptions.takes_attachments


def test_the_same_words_are_rendered_once_for_four_thousand_hamlets(desk: Desk) -> None:
    content, keys = post(), set()
    for number in range(1, 4001):
        given = FakeArtifacts({"loudspeaker": sound(), "flyer": flyer(f"ap-{number}")})
        inputs = desk.channel.prepare(content, builders.hamlet(number), given)
        keys.add(artifact_key(desk.channel, inputs))
    assert len(keys) == 1


def test_a_hamlet_with_its_own_words_or_sound_is_rendered_for_itself(desk: Desk) -> None:
    def key(body: str, audio: str) -> str:
        given = FakeArtifacts({"loudspeaker": sound(audio)})
        inputs = desk.channel.prepare(post(body=body), builders.hamlet(), given)
        return artifact_key(desk.channel, inputs)

    assert len({key("7 giờ", "a"), key("8 giờ", "a"), key("7 giờ", "b")}) == 3


def test_an_attachment_under_another_name_is_another_post(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "mẫu.pdf"
    file.write_bytes(b"%PDF")
    first = builders.attachment_of(file, "application/pdf")
    second = replace(first, name="Đơn.pdf")
    keys = {
        artifact_key(
            desk.channel,
            desk.channel.prepare(
                post(attachments=(attachment,)),
                builders.hamlet(),
                FakeArtifacts(attachments={attachment.sha256: file}),
            ),
        )
        for attachment in (first, second)
    }
    assert len(keys) == 2


def test_rendering_gives_canonical_clean_text(desk: Desk) -> None:
    content = post(title=unicodedata.normalize("NFD", AWKWARD), body="a\x00b\u202ec", summary="Gọn")
    inputs = desk.channel.prepare(content, builders.hamlet(), FakeArtifacts())
    rendered = desk.channel.render(inputs)
    assert rendered.media_type == "application/json"
    assert rendered.data == desk.channel.render(inputs).data
    document = json.loads(rendered.data)
    assert (document["title"], document["body"], document["summary"]) == (AWKWARD, "abc", "Gọn")
    assert (document["priority"], document["valid_from"]) == (
        "routine",
        "2026-12-01T08:00:00+07:00",
    )
    assert document["audio"] is None


def test_a_bundle_holds_each_text_each_sound_and_each_flyer_once(desk: Desk) -> None:
    one, two, three, four = desk.registry.hamlets
    items = [
        desk.item(post(body="7 giờ"), one, audio=sound("a"), paper=flyer(one.id)),
        desk.item(post(body="8 giờ"), two, audio=sound("b"), paper=flyer(two.id)),
        desk.item(post(body="8 giờ"), three, audio=sound("b"), paper=flyer(three.id)),
        desk.item(post(body="8 giờ"), four, audio=sound("b")),
    ]
    artifact = desk.artifact(items)
    record = json.loads(artifact.named("posts/thong-bao-mau.json").read())
    assert [
        (wording["post"]["body"], [hamlet["id"] for hamlet in wording["hamlets"]])
        for wording in record["wordings"]
    ] == [("7 giờ", ["ap-1"]), ("8 giờ", ["ap-2", "ap-3", "ap-4"])]
    names = sorted(file.name for file in artifact.files)
    assert [name for name in names if name.endswith(".pdf")] == [
        f"thong-bao-mau/to-roi-ap-{n}.pdf" for n in (1, 2, 3)
    ]
    assert len([name for name in names if name.endswith(".mp3")]) == 2
    assert len(names) == len(set(names))


def test_a_bundle_is_the_same_in_whatever_order_its_items_come(desk: Desk) -> None:
    items = [*desk.items(post()), *desk.items(post(campaign_id="hop-dan"))]
    assert desk.artifact(items) == desk.artifact(items[::-1])


def test_the_site_document_holds_the_office_but_no_person(desk: Desk) -> None:
    artifact = desk.artifact(desk.items(post()))
    site = json.loads(artifact.named("site.json").read())
    assert (site["commune"], site["url"]) == ("Xã Mẫu", "https://xa-mau.example")
    assert site["hamlets"][0] == {"id": "ap-1", "name": "Ấp 1"}
    everything = b"".join(file.read() for file in artifact.files)
    for person in desk.registry.people:
        assert person.name.encode() not in everything


def test_attachments_travel_under_names_made_of_their_hash(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"<script>alert(1)</script>")
    digest = builders.attachment_of(file, "text/html").sha256
    page = Attachment("../../../trang.html", "text/html", digest, file.stat().st_size)
    items = desk.items(post(attachments=(page,)), "ap-1", attachments={digest: file})
    names = [file.name for file in desk.artifact(items).files]
    assert f"thong-bao-mau/tep-{digest[:12]}.bin" in names


def test_a_post_whose_recording_or_attachment_is_gone_is_not_assembled(
    desk: Desk, tmp_path: Path
) -> None:
    (item,) = desk.items(post(), "ap-1")
    with pytest.raises(ChannelError, match="loa-") as gone:
        desk.artifact([replace(item, needs={"loudspeaker": sound("khác")})])
    assert gone.value.permanent
    file = tmp_path / "đơn.pdf"
    file.write_bytes(b"%PDF")
    attached = builders.attachment_of(file, "application/pdf")
    content = post(attachments=(attached,))
    (item,) = desk.items(content, "ap-1", attachments={attached.sha256: file})
    with pytest.raises(ChannelError, match=r"đơn\.pdf"):
        desk.artifact([replace(item, attachments={})])
