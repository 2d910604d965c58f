"""Screens, errors and CLI in Vietnamese (default) or English (``LOA_LANG=en``).

Code is written with English messages; ``engine/locale/vi`` holds what officials read.
Artifacts (audio, flyers, posts, messages) are content, not screens: always Vietnamese.
"""

from __future__ import annotations

import gettext as _gettext
import os
from functools import cache
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("vi", "en")


def language() -> str:
    """Return the language in force: what ``LOA_LANG`` names, else Vietnamese."""
    wanted = os.environ.get("LOA_LANG", "").strip().lower().replace("_", "-").split("-")[0]
    return wanted if wanted in LANGUAGES else "vi"


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    if code == "en":
        return _gettext.NullTranslations()
    return _gettext.translation("loa", LOCALE_DIR, languages=[code])


def gettext(message: str) -> str:
    """Translate ``message`` for the person reading."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate with the plural form that ``count`` asks for."""
    return _catalogue(language()).ngettext(singular, plural, count)


_ = gettext
