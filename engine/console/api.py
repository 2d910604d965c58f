"""The player API as routes: docs/player-protocol.md says what each means."""

# Without annotations as text: FastAPI reads them, and those of routes name what is made here.

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from engine.app.linking import COVERS
from engine.console.desk import Desk
from engine.console.figures import Figures
from engine.console.forms import lost
from engine.console.hub import Hub
from engine.console.reading import fields_of, sequence_of, token_of
from engine.console.relay import PREFIX as RELAY
from engine.console.turnstile import Turnstile
from engine.console.visits import PREFIX as VISITS
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger import LEDGER_ERRORS, ledger_reason
from engine.ledger.players import Player
from engine.models.airing import nonce_of
from engine.models.fields import Fields, WireError
from engine.models.lacking import MOST, Lack, Lacks
from engine.models.play import Play, play_from
from workers.watch.endpoint import Pages

logger = logging.getLogger(__name__)

#: Where players ask.
PREFIX = "/player/v1"

#: Pages for people: what goes wrong there is told in words.
LINKED = (f"{RELAY}/", f"{VISITS}/", f"{COVERS}/")

#: Seconds for which a question for news is held open.
HELD = 25.0

#: Plays in one request.
PLAYS = 500

#: Letters of a version that a player tells.
VERSION = 100


def build_api(
    desk: Desk, hub: Hub, figures: Figures, pages: Pages, others: Sequence[APIRouter] = ()
) -> FastAPI:
    """Return the application. ``pages`` say how this process fares, for those in front of it.

    ``others`` are the routes of those who are not players.
    """
    app = FastAPI(title="Loa", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(_router(desk, hub, Turnstile()), prefix=PREFIX)
    for router in others:
        app.include_router(router)
    for path in ("/healthz", "/readyz"):
        app.add_api_route(path, _page(pages, path))
    app.add_exception_handler(WireError, _unreadable)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(LEDGER_ERRORS, _away)
    app.add_exception_handler(OSError, _away)
    app.middleware("http")(figures.counted)
    return app


def _router(desk: Desk, hub: Hub, turnstile: Turnstile) -> APIRouter:
    router = APIRouter()

    def player_of(request: Request) -> Player:
        return desk.player(token_of(request))

    known = Annotated[Player, Depends(player_of)]
    fields = Annotated[Fields, Depends(fields_of)]

    @router.post("/enrol", dependencies=[Depends(_let_through(turnstile))])
    def enrol(found: fields) -> dict[str, object]:
        secret, version = found.text("code", 16), found.text("version", VERSION)
        found.done()
        return desk.enrol(secret, version)

    @router.get("/programmes")
    def programmes(player: known, after: str = "0") -> dict[str, object]:
        return desk.news(player, sequence_of(after)).as_json()

    @router.get("/events")
    async def events(player: known, after: str = "0") -> dict[str, object]:
        seen = sequence_of(after)
        before = hub.last(player.commune_id)
        news = await run_in_threadpool(desk.news, player, seen)
        where = (player.commune_id, player.id, player.clusters)
        while not news.envelopes and await hub.news(*where, known=before, seconds=HELD):
            before = hub.last(player.commune_id)
            news = await run_in_threadpool(desk.news, player, seen)
        return news.as_json()

    @router.get("/sounds/{sha256}")
    def sound(player: known, sha256: str) -> Response:
        found = desk.sound(player, Fields({"sha256": sha256}).sha256("sha256")).file
        headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, immutable"}
        if isinstance(found.source, Path):
            return FileResponse(found.source, media_type=found.media_type, headers=headers)
        return Response(found.source, media_type=found.media_type, headers=headers)

    @router.post("/plays")
    def plays(player: known, found: fields) -> dict[str, int]:
        listed = [_play(one) for one in found.inner_list("plays", PLAYS)]
        found.done()
        return {"kept": desk.keep(player, listed)}

    @router.post("/status")
    def status(player: known, found: fields) -> dict[str, object]:
        at, version = found.moment("at"), found.text("version", VERSION)
        free = found.whole("free_bytes")
        listed = found.inner_list("lacking", MOST) if found.has("lacking") else []
        found.done()
        desk.told(player, at, free, version, [_lack(one) for one in listed])
        return {"clusters": list(player.clusters)}

    @router.get("/time")
    def time(player: known, nonce: str = "") -> dict[str, str]:
        return desk.time(player, nonce_of(Fields({"nonce": nonce})))

    return router


def _play(found: Fields) -> Play:
    try:
        return play_from(found.rest())
    except ValueError as error:
        raise WireError(str(error)) from None


def _lack(found: Fields) -> Lack:
    lack = Lack(found.id("cluster"), found.moment("slot"), found.one_of("what", Lacks))
    found.done()
    return lack


def _let_through(turnstile: Turnstile) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        wait = turnstile.wait(request.client.host if request.client else "")
        if wait:
            headers = {"Retry-After": str(int(wait) + 1)}
            raise HTTPException(429, _("too many tries; wait a little"), headers=headers)

    return check


def _page(pages: Pages, path: str) -> Callable[[], Response]:
    def page() -> Response:
        answer = pages[path]()
        return Response(answer.body, answer.status, media_type=answer.media_type)

    return page


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a refusal: in words on a page to who followed a link, as JSON to a program."""
    if request.url.path.startswith(LINKED):
        return lost(request, error)
    assert isinstance(error, StarletteHTTPException)
    return await http_exception_handler(request, error)


async def _unreadable(_request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _away(request: Request, error: Exception) -> Response:
    """Say that it may be tried again, and to our own log why."""
    logger.warning(_("somebody could not be answered: {reason}").format(reason=_reason(error)))
    if request.url.path.startswith(LINKED):
        return lost(request, error)
    return JSONResponse(
        {"detail": _("try again later")},
        HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": "5"},
    )


def _reason(error: Exception) -> str:
    if isinstance(error, LEDGER_ERRORS):
        return ledger_reason(error)
    return os_reason(error) if isinstance(error, OSError) else str(error)
