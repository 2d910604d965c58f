"""Teams' pages as routes: where to go, whom to visit, and what came of it.

Opening a page shows no list and changes nothing; a list is shown to who asks for it by a form.
"""

# Without annotations as text: FastAPI reads them, and those of routes name what is made here.

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from engine.console.forms import (
    ASKED,
    HEADERS,
    back,
    environment,
    form_of,
    slow_down,
    static_file,
    whole_number,
)
from engine.console.turnstile import Turnstile
from engine.console.visits_desk import Reported, VisitDesk
from engine.dispatch.visiting import MoreThanPlannedError
from engine.errors import ChannelError, LoaError
from engine.i18n import gettext as _
from engine.models.visit import VisitLink, Visits

#: Where teams' links lead.
PREFIX = "/t"


def visits_router(desk: VisitDesk) -> APIRouter:
    """Return the routes below ``PREFIX``."""
    router = APIRouter(prefix=PREFIX)
    turnstile, template = Turnstile(), environment().get_template("visits.html.j2")

    def link_of(request: Request, token: str) -> VisitLink:
        try:
            return desk.link(token)
        except HTTPException:
            slow_down(turnstile, request)
            raise

    known = Annotated[VisitLink, Depends(link_of)]

    def shown(link: VisitLink, token: str, **more: Any) -> HTMLResponse:
        values = {"said": "", "fault": "", "listed": [], "form": {}, **more}
        page = template.render(page=desk.page(link), token=token, **values)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if values["fault"] else HTTPStatus.OK
        return HTMLResponse(page, status, headers=HEADERS)

    @router.api_route("/_/{name}", methods=ASKED)
    def static(name: str, request: Request) -> Response:
        return static_file(name, request)

    @router.api_route("/{token}", methods=ASKED)
    def page(link: known, token: str, da: str = "") -> HTMLResponse:
        return shown(link, token, said="reported" if da else "")

    @router.post("/{token}/danh-sach")
    def listed(link: known, token: str) -> HTMLResponse:
        return shown(link, token, listed=desk.listed(link))

    @router.post("/{token}/phieu.pdf")
    async def sheet(link: known, token: str) -> Response:
        try:
            pdf = await run_in_threadpool(desk.sheet, link)
        except (LoaError, ChannelError) as error:
            return await run_in_threadpool(_refused, shown, link, token, error, {})
        return Response(pdf, media_type="application/pdf", headers=HEADERS)

    @router.post("/{token}/{hamlet_id}")
    async def say(link: known, token: str, hamlet_id: str, request: Request) -> Response:
        form: Mapping[str, str] = {}
        try:
            form = await form_of(request)
            await run_in_threadpool(desk.take, link, _reported(hamlet_id, form))
        except (LoaError, ChannelError) as error:
            asked = str(error.found) if isinstance(error, MoreThanPlannedError) else ""
            typed = {**form, "hamlet": hamlet_id, "sure_of": asked}
            return await run_in_threadpool(_refused, shown, link, token, error, typed)
        return back(f"{PREFIX}/{token}?da=1", hamlet_id)

    @router.api_route("/{token}/{hamlet_id}", methods=ASKED)
    def said_before(_link: known, token: str, hamlet_id: str) -> Response:
        """Who loads anew what answered a form is back on the page, and says nothing again."""
        return back(f"{PREFIX}/{token}", hamlet_id)

    return router


def _refused(
    shown: Any, link: VisitLink, token: str, error: Exception, typed: Mapping[str, str]
) -> Response:
    """Show the page again with what is wrong, and what was typed."""
    answer: Response = shown(link, token, fault=str(error), form=typed)
    return answer


def _reported(hamlet_id: str, form: Mapping[str, str]) -> Reported:
    names = {
        "visited": _("Visited"),
        "absent": _("Absent"),
        "refused": _("Refused"),
        "needs_help": _("Needs help"),
    }
    counts = {key: whole_number(form.get(key, ""), name) or 0 for key, name in names.items()}
    if not form.get("by"):
        raise LoaError(_("Please choose who reports."))
    sure_of = whole_number(form.get("sure_of", ""), _("Visited"))
    return Reported(hamlet_id, form["by"], Visits(**counts), form.get("note", ""), sure_of)
