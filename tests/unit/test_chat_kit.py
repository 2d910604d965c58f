"""The kit: a folder and a page from which a hamlet head forwards a message by hand."""

import errno
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst
from support import builders
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds
from tinyhtml5.parser import HTMLParser

from channels.base import ChannelError
from channels.chat import ChatChannel, ChatOptions, kit
from channels.chat.pictures import LARGEST_PNG, flyer_png
from channels.chat.sheet import Enclosure, Group, Part, Sheet
from engine import files
from engine.models import (
    Artifact,
    Bundle,
    ChatGroup,
    Content,
    File,
    GroupKind,
    Item,
    Priority,
    Registry,
)

REGISTRY = builders.registry()
A5 = typst.compile(b'#set page("a5")\n#set text(size: 24pt)\nTo roi', format="pdf")
HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / "chat"


@pytest.fixture
def channel(outbox: Path) -> ChatChannel:
    return ChatChannel(
        outbox=outbox, remote_ids=MemoryRemoteIds(), limits=FreeLimits(), telegram=None
    )


def bundle(target: str = "nhom-ap-1", **changes: object) -> Bundle:
    return builders.bundle("chat", "kit", target, **changes)


def content(**changes: object) -> Content:
    return builders.content("chat", ChatOptions(), **changes)


def artifact(
    channel: ChatChannel,
    said: Content,
    *,
    to: Bundle | None = None,
    registry: Registry = REGISTRY,
    flyer: bytes | None = A5,
    attachments: dict[str, Path] | None = None,
) -> Artifact:
    """Assemble ``said`` for every hamlet of the group."""
    needs = {} if flyer is None else {"flyer": File.of_bytes("f.pdf", "application/pdf", flyer)}
    to = to or bundle()
    rendered = channel.render(channel.prepare(said, REGISTRY.hamlets[0], FakeArtifacts()))
    message = File.of_bytes("m.json", rendered.media_type, rendered.data)
    group = next(group for group in registry.chat_groups if group.id == to.target)
    items = [
        Item(n, registry.hamlets_by_id[h], said, message, needs, attachments or {})
        for n, h in enumerate(group.hamlets)
    ]
    return channel.assemble(to, items, registry)


def laid(outbox: Path) -> dict[str, bytes]:
    """Return every file below the outbox, hidden ones too."""
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in sorted(outbox.rglob("*"))
        if path.is_file()
    }


def page_of(html: str) -> ElementTree.Element:
    """Parse a page. Any parse error of HTML5 fails the test."""
    parser = HTMLParser()
    tree = parser.parse(html)
    assert parser.errors == []
    return tree


def sheet(**changes: object) -> Sheet:
    values: dict[str, object] = {
        "group": Group(
            id="g", name="Nhóm", platform="zalo", kind=GroupKind.HAMLET, address="", run_by=""
        ),
        "office": "UBND xã Mẫu",
        "phone": "",
        "urgent": False,
        "titles": ("Tin",),
        "links": (),
        "parts": (Part(campaign_id="tin", number=1, text="Họp."),),
    }
    return Sheet.model_validate({**values, **changes})


def test_a_kit_is_laid_by_group_day_and_hour_of_vietnam(channel: ChatChannel, outbox: Path) -> None:
    late = bundle(slot=datetime(2026, 12, 1, 22, 0, tzinfo=UTC))
    receipt = channel.backends["kit"].deliver(artifact(channel, content()), late)
    assert set(laid(outbox)) == {
        "nhom-ap-1/2026-12-02/0500/thong-bao-mau-1.txt",
        "nhom-ap-1/2026-12-02/0500/to-roi-ap-1.png",
        "nhom-ap-1/2026-12-02/0500/index.html",
    }
    assert receipt.reference == "nhom-ap-1/2026-12-02/0500/index.html"


def test_the_text_file_is_exactly_the_message(channel: ChatChannel, outbox: Path) -> None:
    channel.backends["kit"].deliver(artifact(channel, content(body=AWKWARD)), bundle())
    text = laid(outbox)["nhom-ap-1/2026-12-02/0500/thong-bao-mau-1.txt"].decode()
    assert channel.forecast(content(body=AWKWARD), REGISTRY.hamlets[0]).text == text


def test_delivering_twice_leaves_the_same_bytes_as_once(channel: ChatChannel, outbox: Path) -> None:
    made = artifact(channel, content())
    first = channel.backends["kit"].deliver(made, bundle())
    once = laid(outbox)
    assert channel.backends["kit"].deliver(made, bundle()) == first
    assert laid(outbox) == once


def test_editions_and_slots_of_the_same_minute_never_mix(
    channel: ChatChannel, outbox: Path
) -> None:
    slot = bundle().slot
    made = artifact(channel, content(), flyer=None)
    for edition, moment in (
        (1, slot),
        (2, slot),
        (1, slot + timedelta(seconds=7)),
        (1, slot + timedelta(seconds=7, microseconds=5)),
    ):
        channel.backends["kit"].deliver(made, bundle(edition=edition, slot=moment))
    assert {Path(name).parent.name for name in laid(outbox)} == {
        "0500",
        "0500-v2",
        "050007",
        "050007-000005",
    }


def test_the_page_comes_last(
    channel: ChatChannel, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def recorded(path: Path, data: bytes) -> None:
        written.append(path.name)
        files.write_atomic(path, data)

    monkeypatch.setattr(kit, "write_atomic", recorded)
    channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    assert written[-1] == "index.html"
    assert len(written) == len(laid(outbox)) == 3


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


def test_the_heads_group_gets_every_hamlets_flyer(channel: ChatChannel, outbox: Path) -> None:
    to = bundle("truong-ap")
    channel.backends["kit"].deliver(artifact(channel, content(), to=to), to)
    pictures = sorted(Path(name).name for name in laid(outbox) if name.endswith(".png"))
    assert pictures == [f"to-roi-ap-{n}.png" for n in (1, 2, 3, 4)]


def test_attachments_are_laid_under_names_made_from_ids(
    channel: ChatChannel, outbox: Path, tmp_path: Path
) -> None:
    path = tmp_path / "..mẫu đơn <b>.exe"
    path.write_bytes(b"form")
    attached = builders.attachment_of(path, "application/x-msdownload")
    made = artifact(
        channel,
        content(attachments=(attached,)),
        flyer=None,
        attachments={attached.sha256: path},
    )
    channel.backends["kit"].deliver(made, bundle())
    found = laid(outbox)
    assert found["nhom-ap-1/2026-12-02/0500/thong-bao-mau-dinh-kem.bin"] == b"form"
    page = page_of(found["nhom-ap-1/2026-12-02/0500/index.html"].decode())
    link = page.find(f".//{HTML}a[@href='thong-bao-mau-dinh-kem.bin']")
    assert link is not None
    assert "".join(link.itertext()) == path.name


def test_a_flyer_becomes_a_sharp_png(channel: ChatChannel) -> None:
    png = flyer_png(A5)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    assert (width, height) == (875, 1241)
    assert len(zlib.decompress(png[41:-16])) == height * (1 + width)


def test_a_flyer_full_of_noise_still_fits_into_a_megabyte() -> None:
    source = b"""#set page("a5", margin: 0pt)
#let noise(a, b) = calc.rem(a * 7919 + b * 104729 + a * a * b * 31, 256)
#for y in range(160) {
  let row = range(120).map(x => rgb(noise(x, y), noise(y, x + 3), noise(x + 7, y + 5)))
  stack(dir: ltr, ..row.map(colour => rect(width: 3.5pt, height: 3.7pt, fill: colour)))
}"""
    assert LARGEST_PNG / 100 < len(flyer_png(typst.compile(source, format="pdf"))) <= LARGEST_PNG


def test_a_picture_that_is_too_large_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.chat.pictures.LARGEST_PNG", 4_000)
    png = flyer_png.__wrapped__(A5)
    assert len(png) <= 4_000
    assert int.from_bytes(png[16:20]) < 875


def test_many_workers_make_pictures_at_the_same_time() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(flyer_png.__wrapped__, [A5] * 24))
    assert set(made) == {flyer_png(A5)}


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7 broken", b"<html>", A5[:400]])
def test_a_flyer_that_is_no_pdf_is_a_permanent_error_and_lays_nothing(
    channel: ChatChannel, outbox: Path, broken: bytes
) -> None:
    with pytest.raises(ChannelError) as caught:
        channel.backends["kit"].deliver(artifact(channel, content(), flyer=broken), bundle())
    assert caught.value.permanent
    assert laid(outbox) == {}


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "đầy|full"), (errno.EACCES, "quyền|permission")]
)
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_write_that_fails_is_temporary_and_leaves_no_kit(
    channel: ChatChannel,
    outbox: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    words: str,
    fails_at: int,
) -> None:
    calls: list[Path] = []

    def failing(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == fails_at:
            raise OSError(number, "made up")
        files.write_atomic(path, data)

    monkeypatch.setattr(kit, "write_atomic", failing)
    made = artifact(channel, content())
    with pytest.raises(ChannelError, match=words) as caught:
        channel.backends["kit"].deliver(made, bundle())
    assert not caught.value.permanent
    assert laid(outbox) == {}
    monkeypatch.undo()
    channel.backends["kit"].deliver(made, bundle())
    assert len(laid(outbox)) == 3


def test_a_failure_leaves_a_kit_that_was_complete_as_it_was(
    channel: ChatChannel, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = artifact(channel, content())
    channel.backends["kit"].deliver(made, bundle())
    before = laid(outbox)

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "made up")

    monkeypatch.setattr(kit, "write_atomic", full)
    with pytest.raises(ChannelError):
        channel.backends["kit"].deliver(made, bundle())
    assert laid(outbox) == before


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_worker_that_overslept_takes_nothing_away_that_another_delivered(
    channel: ChatChannel, outbox: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    made, calls = artifact(channel, content()), 0

    def overslept(path: Path, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            with monkeypatch.context() as awake:
                awake.setattr(kit, "write_atomic", files.write_atomic)
                channel.backends["kit"].deliver(made, bundle())
            raise FileNotFoundError(errno.ENOENT, "its own unfinished file is gone")
        files.write_atomic(path, data)

    monkeypatch.setattr(kit, "write_atomic", overslept)
    with pytest.raises(ChannelError):
        channel.backends["kit"].deliver(made, bundle())
    assert len(laid(outbox)) == 3


def test_a_file_where_the_outbox_should_be_is_a_temporary_error(
    channel: ChatChannel, outbox: Path
) -> None:
    outbox.parent.mkdir(parents=True)
    outbox.write_bytes(b"in the way")
    with pytest.raises(ChannelError, match="0500") as caught:
        channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    assert not caught.value.permanent
    assert outbox.read_bytes() == b"in the way"


def test_what_a_killed_process_left_is_cleared_by_the_next_delivery(
    channel: ChatChannel, outbox: Path
) -> None:
    folder = outbox / "nhom-ap-1/2026-12-02/0500"
    folder.mkdir(parents=True)
    (folder / ".index.html.00ff.tmp").write_bytes(b"half")
    channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    assert not any(".tmp" in name for name in laid(outbox))


def test_a_send_that_is_done_again_with_other_items_leaves_only_the_latest(
    channel: ChatChannel, outbox: Path
) -> None:
    long = content(body="Mời bà con đi họp lúc 7 giờ 30. " * 200)
    channel.backends["kit"].deliver(artifact(channel, long), bundle(version=1))
    channel.backends["kit"].deliver(artifact(channel, content(), flyer=None), bundle(version=2))
    assert {Path(name).name for name in laid(outbox)} == {"index.html", "thong-bao-mau-1.txt"}


@pytest.mark.parametrize("target", ["../ngoai", "/tmp/ngoai", "a/../../b", ".."])
def test_a_target_never_leads_out_of_the_outbox(
    channel: ChatChannel, outbox: Path, target: str
) -> None:
    made = artifact(channel, content())
    with pytest.raises(ChannelError) as caught:
        channel.backends["kit"].deliver(made, bundle(target))
    assert caught.value.permanent
    assert laid(outbox.parent) == {}


def test_an_artifact_that_left_the_store_is_a_temporary_error(
    channel: ChatChannel, outbox: Path, tmp_path: Path
) -> None:
    made = artifact(channel, content())
    lost = File("to-roi-ap-1.pdf", "application/pdf", "0" * 64, 4, tmp_path / "mất")
    for gone in (Artifact((made.files[0], lost)), Artifact((lost.renamed("messages.json"),))):
        with pytest.raises(ChannelError) as caught:
            channel.backends["kit"].deliver(gone, bundle())
        assert not caught.value.permanent
    assert laid(outbox) == {}


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
