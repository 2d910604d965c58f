"""Screens, errors and CLI in Vietnamese (default) or English (``LOA_LANG=en``).

Code is written with English messages; ``engine/locale/vi`` holds what officials read.
Artifacts (audio, flyers, posts, messages) are content, not screens: always Vietnamese.
"""

from __future__ import annotations

import errno
import gettext as _gettext
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

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


class Message(str):
    """Words for the person reading, which know how they were made.

    So that they can be kept, and said again in the language of whoever reads them then:
    ``msgid`` with ``values`` filled in, or, without a msgid, ``parts`` with ``separator``
    between them. Whatever else is made of them (a sum, a slice) is text and no more.
    """

    msgid: str
    values: Mapping[str, object]
    separator: str
    parts: tuple[str, ...]

    def __new__(
        cls,
        said: str,
        msgid: str = "",
        values: Mapping[str, object] = MappingProxyType({}),
        *,
        separator: str = "",
        parts: tuple[str, ...] = (),
    ) -> Message:
        made = super().__new__(cls, said)
        made.msgid, made.values = msgid, values
        made.separator, made.parts = separator, parts
        return made

    def __str__(self) -> Message:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str.__str__(self),)  # copied, or sent to another process: text

    def format(self, *args: object, **values: object) -> str:
        """Fill in values by their names."""
        said = super().format(*args, **values)
        return said if args or not self.msgid else Message(said, self.msgid, values)


def joined(separator: str, parts: Iterable[str]) -> Message:
    """Return the parts that say something, with ``separator`` between them."""
    kept = tuple(part for part in parts if part)
    return Message(separator.join(kept), separator=separator, parts=kept)


def gettext(message: str) -> str:
    """Translate ``message`` for the person reading; what is returned is a ``Message``."""
    return Message(_catalogue(language()).gettext(message), message)


def anew(msgid: str, values: Mapping[str, object]) -> str:
    """Say a message that was kept. Raises LookupError, ValueError for what it cannot be made of."""
    message = Message(_catalogue(language()).gettext(msgid), msgid)
    return message.format(**values) if values else message


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate with the plural form that ``count`` asks for."""
    return _catalogue(language()).ngettext(singular, plural, count)


_ = gettext


def decimal(number: float, digits: int = 1) -> str:
    """Return a number as the reader writes it: with a comma in Vietnamese."""
    written = f"{number:.{digits}f}"
    return written.replace(".", ",") if language() == "vi" else written


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
