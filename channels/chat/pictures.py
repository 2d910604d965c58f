"""A flyer as a picture that a chat app takes."""

from __future__ import annotations

import struct
import threading
import zlib
from functools import lru_cache
from typing import Any

from channels.base import ChannelError
from engine.i18n import gettext as _

#: Zalo takes pictures of up to 1 MB (docs: reference, Zalo uploads).
LARGEST_PNG = 1_000_000
_DOTS_PER_INCH = 150
_POINTS_PER_INCH = 72
#: PDFium may be used by one thread at a time, whatever the document.
_PDFIUM = threading.Lock()


@lru_cache(maxsize=16)
def flyer_png(pdf: bytes) -> bytes:
    """Return the first page of ``pdf`` as a PNG of at most ``LARGEST_PNG`` bytes.

    150 dots per inch, fewer when the picture would be too large. Raises ChannelError,
    permanent, if the bytes are no PDF.
    """
    import pypdfium2  # costly to import; only those who send a flyer need it

    scale = _DOTS_PER_INCH / _POINTS_PER_INCH
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise ChannelError(_("The flyer cannot be read as a PDF."), permanent=True) from error
        try:
            while len(png := _png(_pixels(document, scale))) > LARGEST_PNG:
                scale *= 0.8
        finally:
            document.close()
    return png


def _pixels(document: Any, scale: float) -> Any:
    """Return the first page in grey, rows × columns: flyers are printed in black alone."""
    page = document[0]
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = bitmap.to_numpy().copy()  # the array would share memory with what is closed next
    bitmap.close()
    page.close()
    return pixels


def _png(pixels: Any) -> bytes:
    """Encode grey ``pixels``, 8 bits each, rows unfiltered (RFC 2083)."""
    height, width = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
