"""The relay pages as routes: a person's link, his hamlets' texts, and what he says about them.

Opening a page changes nothing: chat apps and crawlers open links too. Only a form that is sent
says anything, and the link itself is what permits it.
"""

# Without annotations as text: FastAPI reads them, and those of routes name what is made here.

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from jinja2 import Template

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
from engine.console.forms import lost as lost
from engine.console.handing import handed
from engine.console.relay_desk import RelayDesk, Said
from engine.console.turnstile import Turnstile
from engine.errors import ChannelError, LoaError
from engine.i18n import gettext as _
from engine.models.relay import RelayLink, Way

#: Where links lead. Short: they are read out over the telephone, too.
PREFIX = "/r"

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
            slow_down(turnstile, request)
            raise

    known = Annotated[RelayLink, Depends(link_of)]

    def shown(link: RelayLink, token: str, **more: Any) -> HTMLResponse:
        values = {"said": "", "fault": "", "form": {}, **more}
        page = template.render(page=desk.page(link), token=token, **values)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if values["fault"] else HTTPStatus.OK
        return HTMLResponse(page, status, headers=HEADERS)

    @router.api_route("/_/{name}", methods=ASKED)
    def static(name: str, request: Request) -> Response:
        return static_file(name, request)

    @router.api_route("/{token}", methods=ASKED)
    def page(link: known, token: str, da: str = "") -> HTMLResponse:
        return shown(link, token, said=da if da in _WORDS else "")

    @router.api_route("/{token}/{hamlet_id}/{name}", methods=ASKED)
    def file(link: known, hamlet_id: str, name: str, request: Request) -> Response:
        found = desk.file(link, hamlet_id, name)
        return handed(request, found.read(), found.media_type, found.sha256)

    @router.api_route("/{token}/{hamlet_id}", methods=ASKED)
    def said_before(_link: known, token: str, hamlet_id: str) -> Response:
        """Who loads anew what answered a form is back on the page, and says nothing again."""
        return back(f"{PREFIX}/{token}", hamlet_id)

    @router.post("/{token}/{hamlet_id}")
    async def say(link: known, token: str, hamlet_id: str, request: Request) -> Response:
        form: Mapping[str, str] = {}
        try:
            form = await form_of(request)
            said = _said(hamlet_id, form)
            await run_in_threadpool(desk.take, link, said)
        except (LoaError, ChannelError) as error:
            typed = {**form, "hamlet": hamlet_id}
            return await run_in_threadpool(_refused, shown, link, token, error, typed)
        return back(f"{PREFIX}/{token}?da={said.what}", hamlet_id)

    return router


def _refused(
    shown: Any, link: RelayLink, token: str, error: Exception, typed: Mapping[str, str]
) -> Response:
    """Show the page again with what is wrong, and what was typed."""
    answer: Response = shown(link, token, fault=str(error), form=typed)
    return answer


def _said(hamlet_id: str, form: Mapping[str, str]) -> Said:
    what = form.get("what", "")
    if what not in _WORDS:
        raise LoaError(_("This is no form of this page."))
    way = form.get("way", Way.GROUP)
    if way not in set(Way):
        message = _("How it was passed on: found {found}; choose one of the ways on the page.")
        raise LoaError(message.format(found=way[:40]))
    return Said(
        hamlet_id,
        what,
        whole_number(form.get("households", ""), _("Households")),
        Way(way),
        form.get("text", ""),
    )


def _template() -> Template:
    return environment().get_template("relay.html.j2")
