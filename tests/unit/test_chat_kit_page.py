"""The kit's page: valid, without scripts, and no text of anybody's is code in it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from support import builders
from support.builders import AWKWARD
from support.kits import (
    HTML,
    REGISTRY,
    artifact,
    bundle,
    channel,
    content,
    laid,
    outbox,
    page_of,
    sheet,
)

from channels.chat import ChatChannel, kit
from channels.chat.sheet import Enclosure, Group, Part, Sheet
from engine.models import (
    ChatGroup,
    GroupKind,
    Priority,
)

__all__ = ["channel", "outbox"]


def test_the_page_is_valid_and_says_who_how_and_what(channel: ChatChannel, outbox: Path) -> None:
    channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    html = laid(outbox)["nhom-ap-1/2026-12-02/0500/index.html"].decode()
    page = page_of(html)
    text = " ".join("".join(page.itertext()).split())
    assert "Nhóm Ấp 1" in text
    assert "Trưởng ấp 1" in text
    assert "05 giờ 00, ngày 02/12/2026" in text
    assert page.attrib["lang"] == "vi"
    assert len(page.findall(f".//{HTML}ol/{HTML}li")) == 3
    (area,) = page.iter(f"{HTML}textarea")
    assert area.text == channel.forecast(content(), REGISTRY.hamlets[0]).text
    assert "readonly" in area.attrib
    assert [img.attrib["src"] for img in page.iter(f"{HTML}img")] == ["to-roi-ap-1.png"]
    assert {a.attrib["href"] for a in page.iter(f"{HTML}a")} == {
        "tel:02723000000",
        "thong-bao-mau-1.txt",
        "to-roi-ap-1.png",
        "https://xa-mau.example/thong-bao-mau/",
    }


def test_the_page_needs_no_script_and_nothing_from_elsewhere(
    channel: ChatChannel, outbox: Path
) -> None:
    channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    page = page_of(laid(outbox)["nhom-ap-1/2026-12-02/0500/index.html"].decode())
    tags = {element.tag.removeprefix(HTML) for element in page.iter()}
    assert tags.isdisjoint({"script", "link", "iframe", "object", "form"})
    assert not any(name.startswith("on") for element in page.iter() for name in element.attrib)


def test_every_part_has_its_frame_its_file_and_its_number(
    channel: ChatChannel, outbox: Path
) -> None:
    long = content(body="Mời bà con đi họp lúc 7 giờ 30. " * 200)
    channel.backends["kit"].deliver(artifact(channel, long, flyer=None), bundle())
    found = laid(outbox)
    page = page_of(found["nhom-ap-1/2026-12-02/0500/index.html"].decode())
    areas = [area.text for area in page.iter(f"{HTML}textarea")]
    assert areas == [
        found[f"nhom-ap-1/2026-12-02/0500/thong-bao-mau-{n}.txt"].decode() for n in (1, 2, 3, 4)
    ]
    assert "Làm lần lượt với cả 4 tin nhắn" in "".join(page.itertext())


@pytest.mark.parametrize(
    "attack",
    [
        AWKWARD,
        "</textarea><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% raw %}",
        "\u202e\u2066ngược\u200f",
        "<!--",
        "&lt;b&gt; &amp;amp;",
        "😀👨‍👩‍👧‍👦🇻🇳",
    ],
)
def test_no_text_becomes_markup_on_the_page(attack: str) -> None:
    hostile = sheet(
        group=Group(
            id="g",
            name=attack,
            platform=attack,
            kind=GroupKind.HEADS,
            address=attack,
            run_by=attack,
        ),
        office=attack,
        phone="1" + attack,
        titles=(attack,),
        links=(attack, f"javascript:{attack}", f"https://x.vn/{attack}"),
        parts=(Part(campaign_id="tin", number=1, text=attack),),
        flyers=(Enclosure(file="to-roi-a.pdf", label=attack),),
        attachments=(Enclosure(file="tin-dinh-kem.pdf", label=attack),),
    )
    page = page_of(kit.kit_page(hostile, bundle().slot))
    tame = page_of(kit.kit_page(sheet_like(hostile), bundle().slot))
    assert [element.tag for element in page.iter()] == [element.tag for element in tame.iter()]
    (area,) = page.iter(f"{HTML}textarea")
    assert area.text == attack
    hrefs = [a.attrib["href"] for a in page.iter(f"{HTML}a")]
    assert not any(href.startswith("javascript:") for href in hrefs)


def sheet_like(hostile: Sheet) -> Sheet:
    """Return a harmless sheet of the same shape."""
    return hostile.model_copy(
        update={
            "group": hostile.group.model_copy(
                update={"name": "a", "platform": "zalo", "run_by": "a"}
            ),
            "office": "a",
            "phone": "1",
            "titles": ("a",),
            "links": ("a", "b", "https://x.vn/"),
            "parts": (Part(campaign_id="tin", number=1, text="a"),),
            "flyers": (Enclosure(file="to-roi-a.pdf", label="a"),),
            "attachments": (Enclosure(file="tin-dinh-kem.pdf", label="a"),),
        }
    )


def test_an_urgent_kit_says_so_and_a_routine_one_does_not(channel: ChatChannel) -> None:
    def page(priority: Priority) -> str:
        made = artifact(channel, content(), to=bundle(priority=priority))
        return kit.kit_page(Sheet.of_artifact(made), bundle().slot)

    assert "KHẨN CẤP: đề nghị chuyển tin ngay" in page(Priority.EMERGENCY)
    assert "KHẨN CẤP" not in page(Priority.ROUTINE)


def test_fifty_thousand_characters_make_a_kit(channel: ChatChannel, outbox: Path) -> None:
    channel.backends["kit"].deliver(
        artifact(channel, content(body="Bà con ơi. " * 4600), flyer=None), bundle()
    )
    found = laid(outbox)
    texts = [data.decode() for name, data in found.items() if name.endswith(".txt")]
    assert len(texts) > 25
    assert all(len(text) <= 2000 for text in texts)
    page_of(found["nhom-ap-1/2026-12-02/0500/index.html"].decode())


def test_a_group_without_a_known_person_or_phone_still_has_a_valid_page() -> None:
    html = kit.kit_page(sheet(), bundle().slot + timedelta(microseconds=123456))
    page_of(html)
    assert "tel:" not in html
    assert "Người chuyển tin" not in html


def test_the_sheet_is_canonical_json(channel: ChatChannel) -> None:
    data = artifact(channel, content()).named("messages.json").read()
    again = json.dumps(json.loads(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode() == data


def test_a_group_of_another_platform_is_told_by_its_name(channel: ChatChannel) -> None:
    group = ChatGroup("nhom", "Bà con", "viber", "kit", GroupKind.HAMLET, ("ap-1",))
    registry = builders.registry(chat_groups=(group,))
    made = artifact(channel, content(), to=bundle("nhom"), registry=registry)
    assert "trên Viber" in kit.kit_page(Sheet.of_artifact(made), bundle().slot)
