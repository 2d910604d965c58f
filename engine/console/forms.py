"""What pages behind personal links share: their headers, forms, and how strangers are slowed down.

Opening such a page changes nothing: chat apps and crawlers open links too. Only a form that is
sent says anything, and the link itself is what permits it.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import parse_qs, quote

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.clock import local
from engine.console.reading import body_of
from engine.console.turnstile import Turnstile
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models.plain import plain_lines

#: Bytes of the longest form.
FORM = 20_000

#: How pages and files are asked for; whoever only looks what is there (HEAD) gets no body.
ASKED = ["GET", "HEAD"]

#: Nobody else may show the page, keep it, or learn its address from it.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self';"
        " script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
}

_STATIC = {
    "htmx.js": "text/javascript",
    "relay.css": "text/css",
    "relay.js": "text/javascript",
}


def static_file(name: str, request: Request) -> Response:
    """Return a style or script of the pages, compressed for whoever takes that.

    Raises HTTPException (404).
    """
    if name not in _STATIC:
        raise HTTPException(404)
    headers = {
        "Cache-Control": "public, max-age=86400",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    plain, small = _bytes_of(name)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(small, media_type=_STATIC[name], headers=headers)
    return Response(plain, media_type=_STATIC[name], headers=headers)


class ClosedError(HTTPException):
    """A link that opens nothing: unknown, over or revoked."""

    def __init__(self) -> None:
        super().__init__(404, _("this link is unknown, over or revoked"))


@cache
def _bytes_of(name: str) -> tuple[bytes, bytes]:
    """Return what a page loads, and the same compressed: lines are slow where it is read."""
    body = files("engine.console").joinpath("static", name).read_bytes()
    return body, gzip.compress(body, mtime=0)


def lost(_request: Request, error: Exception) -> Response:
    """Answer in words for a head, not for a program: a link that opens nothing, a bad moment.

    Another address below a link, or another way of asking, says nothing about the link itself.
    """
    status = getattr(error, "status_code", HTTPStatus.SERVICE_UNAVAILABLE)
    again = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    closed = isinstance(error, ClosedError)
    page = environment().get_template("lost.html.j2").render(again=again, closed=closed)
    return HTMLResponse(
        page, status, headers={**HEADERS, **(getattr(error, "headers", None) or {})}
    )


async def form_of(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, the first of each name, without what could steer a terminal.

    Raises LoaError when it is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise LoaError(_("This is no form of this page."))
    body = await body_of(request)
    if len(body) > FORM:
        raise LoaError(_("This is too long."))
    try:
        found = parse_qs(body.decode(), max_num_fields=20)
    except ValueError:
        raise LoaError(_("This is no form of this page.")) from None
    return {name: plain_lines(values[0]) for name, values in found.items()}


def back(page: str, place: str) -> Response:
    """Lead a browser to a page by a question of its own, so that loading it anew sends nothing."""
    address = f"{page}#{quote(place, safe='')}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=HEADERS)


#: A number as people write it, with what they put around it: khoảng 1.200 hộ, ~60.
_NUMBER = re.compile(
    r"(?:(?:khoảng|khoang|chừng|độ|tầm|cỡ)\s*)*[~≈]?\s*"
    r"(?P<digits>[0-9]{1,7}|[0-9]{1,3}(?:[. ][0-9]{3}){1,2})\.?\s*(?:hộ|ho)?\.?"
)

#: From so many to so many: whoever means one number has still to say which.
_RANGE = re.compile(
    r"\D*(?P<least>[0-9][0-9. ]*)(?:hộ)?\s*(?:[-‐-―]|đến|den|tới|toi|hoặc|hay)\s*[0-9][0-9. ]*\D*"
)


def whole_number(written: str, name: str) -> int | None:
    """Read a number as people write it: 1.200, 90 hộ, khoảng 60, ~60, ６０; None for nothing.

    Raises LoaError for what is none, or a range, of which only its writer knows what he means.
    """
    text = unicodedata.normalize("NFKC", written).strip().lower()
    if not text.removesuffix("hộ").strip():
        return None
    found = _NUMBER.fullmatch(text)
    if found is not None:
        return int(found["digits"].replace(".", "").replace(" ", ""))
    message = _("{name}: found {found}; a whole number is allowed, such as 90.")
    between = _RANGE.fullmatch(text)
    if between is not None:
        message = _("{name}: found {found}; write one number: the least that is sure, {least}.")
    least = between["least"].strip(" .") if between is not None else ""
    raise LoaError(message.format(name=name, found=written.strip()[:40], least=least))


def slow_down(turnstile: Turnstile, request: Request) -> None:
    wait = turnstile.wait(request.client.host if request.client else "")
    if wait:
        headers = {"Retry-After": str(int(wait) + 1)}
        raise HTTPException(429, _("too many tries; wait a little"), headers=headers)


def environment() -> Environment:
    """Return what fills in pages: an author's text is data, and nothing may be missing."""
    environment = Environment(
        loader=PackageLoader("engine.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["local"] = local
    return environment
