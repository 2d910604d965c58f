"""The kit: a folder and a page from which a hamlet head forwards a message by hand."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typst
from support import builders
from support.builders import AWKWARD
from support.kits import (
    A5,
    HTML,
    REGISTRY,
    artifact,
    bundle,
    channel,
    content,
    laid,
    outbox,
    page_of,
)

from channels.chat import ChatChannel, kit
from channels.chat.pictures import LARGEST_PNG, flyer_png
from engine import files

__all__ = ["channel", "outbox"]


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
