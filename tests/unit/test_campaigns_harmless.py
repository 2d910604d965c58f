"""Attachments that could do harm are refused when a campaign is checked, at their line."""

from __future__ import annotations

import struct
import time
import zlib
from pathlib import Path

import pytest
from support.campaign_files import CAMPAIGN, told
from support.pdfs import pdf

from campaigns import harmless


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def stream(about: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(data), data)


def bomb(size: int, times: int = 1) -> bytes:
    data = bytes(size)
    for _time in range(times):
        data = zlib.compress(data, 9)
    filters = b" ".join([b"/FlateDecode"] * times)
    return pdf(stream(b"/Filter [%s]" % filters, data))


def png(width: int, height: int) -> bytes:
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 0)
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x08" + frame


def refused(folder: Path, name: str, data: bytes) -> str:
    """Return what is said of a campaign with such an attachment; "" when it is taken."""
    (folder / name).write_bytes(data)
    found = told(folder, CAMPAIGN + f"attachments: ['{name}']\n")
    assert len(found) < 2
    return found[0].removeprefix(f"6:15: attachments[1]: {name}: ") if found else ""


def test_an_ordinary_file_is_taken(tmp_path: Path) -> None:
    ordinary = stream(b"/Filter /FlateDecode", zlib.compress(b"BT (Xin chao) Tj ET" * 1000))
    assert refused(tmp_path, "a.pdf", pdf(ordinary)) == ""
    assert refused(tmp_path, "a.png", png(4000, 3000)) == ""
    assert refused(tmp_path, "a.jpg", jpeg(8000, 6000)) == ""


@pytest.mark.parametrize(
    "inside",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /#4aavaScript /#4a#53 (app.alert(1)) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /Type /EmbeddedFile >>",
        stream(b"/Type /ObjStm /Filter /FlateDecode", zlib.compress(b"1 0 << /JS (x) >>")),
        stream(
            b"/Type /ObjStm /Filter [/FlateDecode /FlateDecode]",
            zlib.compress(zlib.compress(b"1 0 << /S /Launch >>")),
        ),
    ],
    ids=["program", "escaped", "launch", "file in it", "hidden", "hidden twice"],
)
def test_a_pdf_that_runs_or_hides_something_is_refused(tmp_path: Path, inside: bytes) -> None:
    assert "runs or hides" in refused(tmp_path, "a.pdf", pdf(inside))


def test_a_pdf_bomb_is_refused_soon_and_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harmless, "MAX_GROWN", 20_000_000)
    for data in (bomb(30_000_000), bomb(30_000_000, 2), bomb(1000, 4)):
        assert "grows to more than 20 MB" in refused(tmp_path, "a.pdf", data)
    # One that says it ends before it does.
    packer = zlib.compressobj(0)
    packed = packer.compress(b"endstream") + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed += rest.compress(bytes(30_000_000)) + rest.flush()
    data = pdf(stream(b"/Filter /FlateDecode", packed))
    assert "grows to more than 20 MB" in refused(tmp_path, "a.pdf", data)


def test_a_hostile_pdf_takes_no_time(tmp_path: Path) -> None:
    """Nothing here grows with the square of the file."""
    began = time.process_time()
    many = b">>\nstream\nendstream " * 210_000 + b"<<" * 500_000
    assert refused(tmp_path, "a.pdf", pdf(many))
    small = b"/Filter /FlateDecode >>\nstream\n" + zlib.compress(b"x") + b"\nendstream "
    assert refused(tmp_path, "a.pdf", pdf(small * 100_000)) == ""
    assert time.process_time() - began < 20


def test_pictures_that_are_fields_are_refused(tmp_path: Path) -> None:
    assert "60000 × 60000" in refused(tmp_path, "a.png", png(60_000, 60_000))
    assert "15000 × 15000" in refused(tmp_path, "a.jpg", jpeg(15_000, 15_000))
    image = stream(b"/Subtype /Image /Width 90000 /Height 90000 /Filter /DCTDecode", b"x")
    assert "90000 × 90000" in refused(tmp_path, "a.pdf", pdf(image))
    assert "damaged" in refused(tmp_path, "a.jpg", b"\xff\xd8\xff\xd9")
    assert "damaged" in refused(tmp_path, "a.png", b"\x89PNG\r\n\x1a\n")


def test_what_is_no_pdf_or_locked_or_endless_is_refused(tmp_path: Path) -> None:
    assert "damaged" in refused(tmp_path, "a.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>")
    assert "password" in refused(tmp_path, "a.pdf", pdf(b"<< >>", trailer=b"/Encrypt 3 0 R"))
    many = pdf(b"<< >>", pages=harmless.MAX_PAGES + 1)
    assert f"{harmless.MAX_PAGES + 1} pages" in refused(tmp_path, "a.pdf", many)


def test_a_drawing_that_runs_is_refused_under_any_name(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    assert "this kind of file is not taken" in refused(tmp_path, "a.svg", svg)
    for name in ("a.png", "a.jpg", "a.pdf"):
        assert "its content is not that of" in refused(tmp_path, name, svg)
