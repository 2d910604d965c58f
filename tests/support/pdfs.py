"""Small PDFs that any reader opens, with whatever a test wants in them."""

from __future__ import annotations


def pdf(inside: bytes = b"<< >>", *, pages: int = 1, trailer: bytes = b"") -> bytes:
    """Return a PDF of blank pages; ``inside`` is one more object, ``trailer`` more of its keys."""
    kids = b" ".join(b"%d 0 R" % (number + 4) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        inside,
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] >>"] * pages,
    ]
    data, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return data + head + table + tail % (size, trailer, len(data))
