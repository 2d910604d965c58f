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
        """Fill in values by their names; numbers with decimals as the reader writes them."""
        said = super().format(*args, **{name: _written(one) for name, one in values.items()})
        return said if args or not self.msgid else Message(said, self.msgid, values)


class _Decimal(float):
    """A number that is written with a comma where that is the custom."""

    def __format__(self, spec: str) -> str:
        return decimal(self, spec or "g")


class _Whole(int):
    """The same, of a whole number that is asked for with decimals."""

    def __format__(self, spec: str) -> str:
        return decimal(self, spec) if spec[-1:] in ("e", "f", "g") else super().__format__(spec)


def _written(value: object) -> object:
    if isinstance(value, float):
        return _Decimal(value)
    return _Whole(value) if type(value) is int else value


def decimal(value: float, spec: str = ".1f") -> str:
    """Return a number as the person reading writes it: 28,1 in Vietnamese, 28.1 in English."""
    written = format(float(value), spec)
    return written.replace(".", ",") if language() == "vi" else written


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


def os_reason(error: OSError) -> str:
    """Say why the machine or the network refused, in the reader's words: it speaks English."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    for kind, words in _reasons_of_kinds(language()).items():
        if kind in kinds:
            return words
    if error.errno is None:
        return str(error)
    known = _reasons(language()).get(error.errno)
    name = errno.errorcode.get(error.errno, str(error.errno))
    return known or _("error {name} of the machine").format(name=name)


@cache
def _reasons_of_kinds(_language: str) -> dict[str, str]:
    """Return words by the names of classes: their numbers are none of the machine's, or missing.

    Names alone, so that nobody loads what he does not use.
    """
    broke = _("the line broke")
    return {
        "gaierror": _("the network does not know this name"),
        "SSLCertVerificationError": _("nobody vouches for its certificate"),
        "SSLError": _("no encrypted line can be agreed with it"),
        "TimeoutError": _("it does not answer in time"),
        "ConnectionRefusedError": _("nothing listens there"),
        "ConnectionResetError": broke,
        "ConnectionAbortedError": broke,
        "BrokenPipeError": broke,
    }


@cache
def _reasons(_language: str) -> dict[int, str]:
    full, forbidden = _("the disk is full"), _("permission is missing")
    unreachable = _("the network has no way to it")
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
        errno.ENFILE: _("too many files are open"),
        errno.ECONNREFUSED: _("nothing listens there"),
        errno.ECONNRESET: _("the line broke"),
        errno.EPIPE: _("the line broke"),
        errno.ETIMEDOUT: _("it does not answer in time"),
        errno.EHOSTUNREACH: unreachable,
        errno.ENETUNREACH: unreachable,
        errno.ENETDOWN: _("the network is down"),
        errno.EADDRINUSE: _("another program listens there already"),
        errno.EADDRNOTAVAIL: _("this machine has no such address"),
        errno.ENOEXEC: _("it is no program that this machine can run"),
        errno.EBUSY: _("something else is using it"),
        errno.EFBIG: _("it is too big for the disk"),
        errno.ELOOP: _("its links lead in a circle"),
        errno.ENXIO: _("the device is not there"),
        errno.ENODEV: _("the device is not there"),
        errno.ENOTCONN: _("the line broke"),
    }
