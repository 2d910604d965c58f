"""Screens, errors and CLI in Vietnamese (default) or English (``LOA_LANG=en``).

Code is written with English messages; ``engine/locale/vi`` holds what officials read.
Artifacts (audio, flyers, posts, messages) are content, not screens: always Vietnamese.
"""

from __future__ import annotations

import errno
import gettext as _gettext
import os
from functools import cache
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("vi", "en")


def language() -> str:
    """Return the language in force: what ``LOA_LANG`` names, else Vietnamese."""
    return _language(os.environ.get("LOA_LANG", ""))


@cache
def _language(wanted: str) -> str:
    code = wanted.strip().lower().replace("_", "-").split("-")[0]
    return code if code in LANGUAGES else "vi"


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


def os_reason(error: OSError) -> str:
    """Say why the machine refused a file, in the reader's words: it speaks English itself."""
    if error.errno is None:
        return str(error)
    known = _reasons(language()).get(error.errno)
    name = errno.errorcode.get(error.errno, str(error.errno))
    return known or _("error {name} of the machine").format(name=name)


@cache
def _reasons(_language: str) -> dict[int, str]:
    full, forbidden = _("the disk is full"), _("permission is missing")
    return {
        errno.ENOSPC: full,
        errno.EDQUOT: full,
        errno.EACCES: forbidden,
        errno.EPERM: forbidden,
        errno.EROFS: _("the disk is read-only"),
        errno.ENOENT: _("it does not exist"),
        errno.EEXIST: _("it exists already"),
        errno.EISDIR: _("it is a folder"),
        errno.ENOTDIR: _("a file stands where a folder should be"),
        errno.ENAMETOOLONG: _("the name is too long"),
        errno.EIO: _("the disk reports a fault"),
        errno.EMFILE: _("too many files are open"),
    }
