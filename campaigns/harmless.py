"""Documents that come with a campaign go out to everybody: what could do harm is refused here.

A PDF may hold programs, other files, and streams that grow to gigabytes when they are opened;
a small picture may be as large as a field when it is shown.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from engine.i18n import gettext as _

#: The largest picture: points in each direction and in all. A phone makes 50 million.
MAX_SIDE: Final = 20_000
MAX_POINTS: Final = 100_000_000

#: The most that a PDF may grow to when it is opened, in bytes, and its pages.
MAX_GROWN: Final = 400_000_000
MAX_PAGES: Final = 500

#: Streams in streams: nobody who means well needs more.
_NESTED = 3
_STREAMS = 200_000

#: What is unpacked at once: so much of it, to so much.
_BITE, _PIECE = 1 << 12, 1 << 20

_STREAM = re.compile(rb">>\s{0,20}stream\r?\n")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_SIDES = re.compile(rb"/(?:Width|Height)\s+(\d{1,9})")
_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm)(?![A-Za-z0-9])"
)

#: JPEG markers that begin a frame: SOF0 to SOF15 without DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def check(suffix: str, data: bytes) -> None:
    """Raise ValueError, with the reason in words, for a document that could do harm."""
    match suffix:
        case ".pdf":
            _check_pdf(data)
        case ".png":
            _check_size(_png_size(data))
        case _:
            _check_size(_jpeg_size(data))


def _check_size(size: tuple[int, int] | None) -> None:
    if size is None or not min(size):
        raise ValueError(_("the picture is damaged: it does not say how large it is"))
    width, height = size
    if max(size) > MAX_SIDE or width * height > MAX_POINTS:
        message = _(
            "the picture has {width} × {height} points, at most {side} each way and {most} in all"
        )
        raise ValueError(message.format(width=width, height=height, side=MAX_SIDE, most=MAX_POINTS))


def _png_size(data: bytes) -> tuple[int, int] | None:
    """Read the header (https://www.w3.org/TR/png-3/#11IHDR)."""
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Read the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _check_pdf(data: bytes) -> None:
    """Look at a PDF without obeying it (ISO 32000-1, 7.3.8 and 7.5.7)."""
    outside, at, room, whole = [], 0, MAX_GROWN, memoryview(data)
    for number, found in enumerate(_STREAM.finditer(data)):
        if found.start() < at:
            continue
        begins = max(at, data.rfind(b"obj", at, found.start()))
        about = _plain_names(data[begins : found.end()])
        sides = [int(side) for side in _SIDES.findall(about)]
        if b"/Image" in about and len(sides) == 2:
            _check_size((sides[0], sides[1]))
        # To the end of what is packed, whatever the file says about its length.
        room = _grown(whole[found.end() :], about, room)
        outside.append(data[at : found.end()])
        ends = data.find(b"endstream", found.end())
        at = len(data) if ends < 0 else ends
        if number > _STREAMS:
            raise _bomb()
    text = b"".join((*outside, data[at:]))
    _refuse_active(text)
    if re.search(rb"/Encrypt\b", _plain_names(text)):
        raise ValueError(_("the PDF is locked with a password; save it without one"))
    _check_pages(data)


def _grown(packed: bytes | memoryview, about: bytes, room: int) -> int:
    """Unpack one stream and return the room that is left. Raises ValueError when there is none."""
    times = len(_FLATE.findall(about))
    if times > _NESTED:
        raise _bomb()
    listed = b"/ObjStm" in about
    for number in range(1, times + 1):
        pieces = []
        for piece in _unpacked(packed):
            room -= len(piece)
            if room < 0:
                raise _bomb()
            if listed or number < times:
                pieces.append(piece)
        packed = b"".join(pieces)
    if listed and times:
        _refuse_active(bytes(packed))
    return room


def _unpacked(packed: bytes | memoryview) -> Iterator[bytes]:
    """Yield what a stream unpacks to, piece by piece; what is broken ends it."""
    unpacker = zlib.decompressobj()
    try:
        for start in range(0, len(packed), _BITE):
            bite: bytes | memoryview = packed[start : start + _BITE]
            while bite and not unpacker.eof:
                yield unpacker.decompress(bite, _PIECE)
                bite = unpacker.unconsumed_tail
            if unpacker.eof:
                return
    except zlib.error:
        return


def _refuse_active(text: bytes) -> None:
    """Refuse programs and hidden files, whose names may be written in several ways."""
    found = _ACTIVE.search(_plain_names(text))
    if found is not None:
        message = _(
            "the PDF holds something that runs or hides ({what}); print it to a new PDF and attach "
            "that"
        )
        raise ValueError(message.format(what=found[1].decode()))


def _plain_names(text: bytes) -> bytes:
    """Return names without their escapes (ISO 32000-1, 7.3.5): /#4AS is /JS."""
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)


def _bomb() -> ValueError:
    message = _("the PDF grows to more than {limit} MB when it is opened; print it to a new PDF")
    return ValueError(message.format(limit=MAX_GROWN // 1_000_000))


def _check_pages(data: bytes) -> None:
    import pypdfium2  # costly to import; only those who attach a PDF need it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(_("the PDF is damaged: it cannot be opened")) from error
    try:
        pages = len(document)
    finally:
        document.close()
    if not 0 < pages <= MAX_PAGES:
        message = _("the PDF has {count} pages; 1 to {limit} are allowed")
        raise ValueError(message.format(count=pages, limit=MAX_PAGES))
