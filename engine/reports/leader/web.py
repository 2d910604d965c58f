"""The leader's page for a browser: one file, no scripts, wide or narrow, light or dark."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from engine.i18n import language
from engine.reports.browser import page_environment, style_sheet
from engine.reports.html import tone
from engine.reports.leader import wording
from engine.reports.leader.page import Kind, Page
from engine.reports.leader.picture import left_out, map_svg

#: A longer table is folded away on a screen until it is opened.
OPEN_UP_TO = 60


def leader_html(page: Page) -> bytes:
    """Return the page, nothing cut, UTF-8."""
    template = _environment().get_template("leader.html.j2")
    text = template.render(
        page=page,
        language=language(),
        css=style_sheet("leader.css"),
        several=page.kind is Kind.PERIOD,
        map=Markup(map_svg(page.areas)),  # noqa: S704 - drawn by us, its words are escaped
        left_out=left_out(page.areas),
        open_up_to=OPEN_UP_TO,
    )
    return text.encode("utf-8")


@cache
def _environment() -> Environment:
    return page_environment({"say": wording, "tone": tone})
