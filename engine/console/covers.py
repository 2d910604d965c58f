"""The pages behind the codes on cover sheets: how many copies a hamlet has handed out.

Opening a page confirms nothing: cameras and chat apps open addresses too. Only a form that is
sent says anything, and the signed address itself is what permits it.
"""

# Without annotations as text: FastAPI reads them, and those of routes name what is made here.

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from channels.flyer.handout import Handout
from engine.app.handing_out import Count
from engine.app.linking import COVERS
from engine.console.covers_desk import CoverDesk, HandedOut
from engine.console.forms import (
    HEADERS,
    ClosedError,
    environment,
    form_of,
    slow_down,
    static_file,
    whole_number,
)
from engine.console.turnstile import Turnstile
from engine.errors import LoaError
from engine.i18n import gettext as _


def covers_router(desk: CoverDesk) -> APIRouter:
    """Return the routes below ``COVERS``."""
    router = APIRouter(prefix=COVERS)
    turnstile, template = Turnstile(), environment().get_template("covers.html.j2")

    def handout_of(request: Request, mark: str, code: str) -> Handout:
        try:
            return desk.handout(mark, code)
        except HTTPException:
            slow_down(turnstile, request)
            raise

    known = Annotated[Handout, Depends(handout_of)]

    def shown(
        handout: Handout, mark: str, form: Mapping[str, str], fault: str = "", done: str = ""
    ) -> HTMLResponse:
        try:
            page = desk.page(handout)
        except LoaError as error:
            raise ClosedError from error
        action = f"{COVERS}/{mark}/{handout.code}"
        html = template.render(page=page, action=action, form=form, fault=fault, done=done)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
        return HTMLResponse(html, status, headers=HEADERS)

    @router.get("/_/{name}")
    def static(name: str, request: Request) -> Response:
        return static_file(name, request)

    @router.get("/{mark}/{code:path}")
    def page(handout: known, mark: str, da: str = "") -> HTMLResponse:
        return shown(handout, mark, {}, done=da)

    @router.post("/{mark}/{code:path}")
    async def say(handout: known, mark: str, request: Request) -> Response:
        form: Mapping[str, str] = {}
        try:
            form = await form_of(request)
            said = _handed_out(form)
            await run_in_threadpool(desk.take, handout, said)
        except LoaError as error:
            return await run_in_threadpool(shown, handout, mark, form, str(error))
        address = f"{COVERS}/{mark}/{handout.code}?da={said.hamlet_id}#{said.hamlet_id}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=HEADERS)

    return router


def _handed_out(form: Mapping[str, str]) -> HandedOut:
    """Read what a form says. Raises LoaError when it says nothing."""
    if not form.get("by"):
        raise LoaError(_("Please choose who handed them out."))
    handed = whole_number(form.get("handed", ""), _("Handed out"))
    left = whole_number(form.get("left", ""), _("Left over"))
    short = whole_number(form.get("short", ""), _("Too few"))
    if left and short:
        raise LoaError(_("Left over and too few: only one of both can be."))
    if handed is None and left is None and short is None:
        raise LoaError(_("Please give a number first."))
    return HandedOut(form.get("hamlet", ""), form["by"], Count(-short if short else left, handed))
