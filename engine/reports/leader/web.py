"""The leader's page for a browser: one file, no scripts, wide or narrow, light or dark."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.i18n import gettext as _
from engine.i18n import language
from engine.reports.html import tone
from engine.reports.leader import wording
from engine.reports.leader.page import Kind, Page
from engine.reports.leader.picture import left_out, map_svg
from engine.reports.words import SYMBOLS, channel_word, moment, number, state_word

_TEMPLATES = Path(__file__).parent.parent / "templates"

#: A longer table is folded away on a screen until it is opened.
OPEN_UP_TO = 60


def leader_html(page: Page) -> bytes:
    """Return the page, nothing cut, UTF-8."""
    template = _environment().get_template("leader.html.j2")
    text = template.render(
        page=page,
        language=language(),
        css=_css(),
        several=page.kind is Kind.PERIOD,
        map=Markup(map_svg(page.areas)),  # noqa: S704 - drawn by us, its words are escaped
        left_out=left_out(page.areas),
        open_up_to=OPEN_UP_TO,
    )
    return text.encode("utf-8")


@cache
def _css() -> Markup:
    """Return the style sheet: our own file."""
    return Markup((_TEMPLATES / "leader.css").read_text(encoding="utf-8"))  # noqa: S704 - ours


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=_,
        say=wording,
        symbols=SYMBOLS,
        tone=tone,
        state_word=state_word,
        channel_word=channel_word,
        moment=moment,
        number=number,
    )
    return environment
