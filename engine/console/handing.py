"""Handing files to phones on bad lines: in pieces where they ask for one, and not again in vain.

What was cut off at two of three megabytes goes on from there (RFC 9110, 14: ranges), and who
has a file already is told so (13: If-None-Match).
"""

from __future__ import annotations

import re
from http import HTTPStatus

from fastapi import Request, Response

from engine.console.forms import HEADERS

#: One range of bytes: from … to, from … on, or the last so many. Several at once are not served.
_RANGE = re.compile(r"bytes=(?:(?P<first>\d{1,12})-(?P<last>\d{1,12})?|-(?P<tail>\d{1,12}))")


def handed(request: Request, body: bytes, media_type: str, tag: str) -> Response:
    """Return what answers a request for a file, or for a piece of it.

    ``tag`` stands for its bytes. The phone may keep it, and asks each time whether it is still
    the same: a correction makes another, and a link that is revoked shows nothing more.
    """
    etag = f'"{tag}"'
    headers = {
        **HEADERS,
        "Cache-Control": "private, no-cache",
        "ETag": etag,
        "Accept-Ranges": "bytes",
    }
    if etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    piece = _piece(request, len(body), etag)
    if piece is None:
        return Response(body, media_type=media_type, headers=headers)
    if not piece:
        headers["Content-Range"] = f"bytes */{len(body)}"
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{len(body)}"
    return Response(
        body[piece.start : piece.stop],
        HTTPStatus.PARTIAL_CONTENT,
        media_type=media_type,
        headers=headers,
    )


def _tags(listed: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in listed.split(",")}


def _piece(request: Request, size: int, etag: str) -> range | None:
    """Return the bytes that are asked for: None for all of them, an empty range for none there."""
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or request.headers.get("if-range", etag) != etag:
        return None
    if found["tail"] is not None:
        return range(max(0, size - int(found["tail"])), size)
    first = int(found["first"])
    last = min(int(found["last"]), size - 1) if found["last"] is not None else size - 1
    if found["last"] is not None and int(found["last"]) < first:
        return None  # no range at all, so it is as if none had been asked for
    return range(first, last + 1)
