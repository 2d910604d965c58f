"""The relay pages as routes: a person's link, his hamlets' texts, and what he says about them.

Opening a page changes nothing: chat apps and crawlers open links too. Only a form that is sent
says anything, and the link itself is what permits it.
"""

# Without annotations as text: FastAPI reads them, and those of routes name what is made here.

import gzip
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from engine.clock import local
from engine.console.reading import body_of
from engine.console.relay_desk import RelayDesk, Said
from engine.console.turnstile import Turnstile
from engine.errors import ChannelError, LoaError
from engine.i18n import gettext as _
from engine.models.relay import RelayLink, Way

#: Where links lead. Short: they are read out over the telephone, too.
PREFIX = "/r"

#: Bytes of the longest form.
FORM = 20_000

#: Nobody else may show the page, keep it, or learn its address from it.
_HEADERS = {
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

#: What the forms may say.
_WORDS = frozenset({"received", "relayed", "not_relayed", "question"})


def relay_router(desk: RelayDesk) -> APIRouter:
    """Return the routes below ``PREFIX``."""
    router = APIRouter(prefix=PREFIX)
    turnstile, template = Turnstile(), _template()

    def link_of(request: Request, token: str) -> RelayLink:
        try:
            return desk.link(token)
        except HTTPException:
            _slow_down(turnstile, request)
            raise

    known = Annotated[RelayLink, Depends(link_of)]

    def shown(link: RelayLink, token: str, said: str = "", fault: str = "") -> HTMLResponse:
        page = template.render(page=desk.page(link), token=token, said=said, fault=fault, Way=Way)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
        return HTMLResponse(page, status, headers=_HEADERS)

    @router.get("/_/{name}")
    def static(name: str, request: Request) -> Response:
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

    @router.get("/{token}")
    def page(link: known, token: str, da: str = "") -> HTMLResponse:
        return shown(link, token, da if da in _WORDS else "")

    @router.get("/{token}/{hamlet_id}/{name}")
    def file(link: known, hamlet_id: str, name: str) -> Response:
        body, media_type = desk.file(link, hamlet_id, name)
        return Response(body, media_type=media_type, headers=_HEADERS)

    @router.post("/{token}/{hamlet_id}")
    async def say(link: known, token: str, hamlet_id: str, request: Request) -> Response:
        try:
            said = _said(hamlet_id, await _form(request))
            await run_in_threadpool(desk.take, link, said)
        except (LoaError, ChannelError) as error:
            return await run_in_threadpool(shown, link, token, "", str(error))
        address = f"{PREFIX}/{token}?da={said.what}#{hamlet_id}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=_HEADERS)

    return router


@cache
def _bytes_of(name: str) -> tuple[bytes, bytes]:
    """Return what a page loads, and the same compressed: lines are slow where it is read."""
    body = files("engine.console").joinpath("static", name).read_bytes()
    return body, gzip.compress(body, mtime=0)


def lost(_request: Request, error: Exception) -> Response:
    """Answer in words for a head, not for a program: a link that opens nothing, a bad moment."""
    status = getattr(error, "status_code", HTTPStatus.SERVICE_UNAVAILABLE)
    again = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    page = _environment().get_template("lost.html.j2").render(again=again)
    return HTMLResponse(
        page, status, headers={**_HEADERS, **(getattr(error, "headers", None) or {})}
    )


async def _form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, the first of each name. Raises LoaError when it is none."""
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
    return {name: values[0] for name, values in found.items()}


def _said(hamlet_id: str, form: Mapping[str, str]) -> Said:
    what = form.get("what", "")
    if what not in _WORDS:
        raise LoaError(_("This is no form of this page."))
    way = form.get("way", Way.GROUP)
    return Said(
        hamlet_id,
        what,
        _households(form.get("households", "")),
        Way(way) if way in set(Way) else Way.OTHER,
        form.get("text", ""),
    )


def _households(written: str) -> int | None:
    """Read a number as people write it: 1.200, 90 hộ. Raises LoaError for what is none."""
    text = written.strip().lower().removesuffix("hộ").strip()
    if not text:
        return None
    digits = text.replace(".", "").replace(" ", "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 7:
        message = _("Households: found {found}; a whole number is allowed, such as 90.")
        raise LoaError(message.format(found=written.strip()[:40]))
    return int(digits)


def _slow_down(turnstile: Turnstile, request: Request) -> None:
    wait = turnstile.wait(request.client.host if request.client else "")
    if wait:
        headers = {"Retry-After": str(int(wait) + 1)}
        raise HTTPException(429, _("too many tries; wait a little"), headers=headers)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("engine.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["local"] = local
    return environment


def _template() -> Template:
    return _environment().get_template("relay.html.j2")
