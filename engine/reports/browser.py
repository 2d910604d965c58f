"""What the reports' pages for a browser share: how templates are read, and the common words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.i18n import gettext as _
from engine.reports.words import SYMBOLS, channel_word, moment, number, state_word

_TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def style_sheet(name: str) -> Markup:
    """Return one of our own style sheets: the one text in a page that is not escaped."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def page_environment(words: Mapping[str, Any]) -> Environment:
    """Return an environment for our templates, which know ``words`` besides the common ones."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=_,
        symbols=SYMBOLS,
        state_word=state_word,
        channel_word=channel_word,
        moment=moment,
        number=number,
    )
    environment.globals.update(words)
    return environment
