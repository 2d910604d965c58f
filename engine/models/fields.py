"""Reading JSON that comes from another machine: every field is asked for, checked and used up."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from engine.errors import LoaError
from engine.i18n import gettext as _

#: An id of the registry or of a campaign, as one step of a path.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")

#: A file below the place of a programme: ids, and slashes between them.
_PATH = re.compile(rf"{_ID.pattern}(?:/{_ID.pattern}){{0,3}}")

_SHA256 = re.compile(r"[0-9a-f]{64}")

#: Whole numbers that JSON carries everywhere without loss.
LARGEST = 2**53 - 1

#: Moments outside are slips, or trouble for whoever reckons with them.
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

EnumT = TypeVar("EnumT", bound=StrEnum)


class WireError(LoaError):
    """What came over the wire is not what it must be. The message names the field."""


def read_json(data: bytes) -> Fields:
    """Return a JSON object's fields. Raises WireError, also for a name that stands there twice."""
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise WireError(no_json(error)) from error
    return Fields(found)


def no_json(error: Exception) -> str:
    """Say that something is not JSON, and at which letter, where that is known."""
    if isinstance(error, json.JSONDecodeError):
        words = _("this is not JSON: line {line}, letter {column}")
        return words.format(line=error.lineno, column=error.colno)
    return _("this is not JSON")


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise WireError(_("{field} stands there twice").format(field=name))
        found[name] = value
    return found


def _no_number(word: str) -> float:
    raise WireError(_("{found} is no number").format(found=word))


class Fields:
    """The fields of one JSON object; ``where`` names it in errors, which are WireErrors."""

    def __init__(self, found: Any, where: str = "") -> None:
        if not isinstance(found, Mapping):
            raise _wrong(where or "JSON", found, _("an object"))
        self._left = dict(found)
        self._where = where

    def has(self, name: str) -> bool:
        """Say whether a field stands there that may be left out."""
        return name in self._left

    def done(self) -> None:
        """Raise WireError when a field was never asked for."""
        if self._left:
            names = ", ".join(sorted(map(self._name, self._left)))
            raise WireError(_("unknown fields: {names}").format(names=names))

    def rest(self) -> Mapping[str, Any]:
        """Return all that was not asked for yet, for a reader of its own."""
        left, self._left = self._left, {}
        return left

    def text(self, name: str, longest: int = 1_000) -> str:
        value = self._take(name)
        if not isinstance(value, str) or len(value) > longest:
            raise self._bad(name, value, _("text of at most {count} letters").format(count=longest))
        try:
            value.encode()
        except UnicodeEncodeError:
            raise self._bad(name, value, _("text")) from None
        return value

    def id(self, name: str) -> str:
        return self._matching(name, _ID, _("an id of letters, digits, “.”, “_” and “-”"))

    def path(self, name: str) -> str:
        return self._matching(name, _PATH, _("a file's name made of ids"))

    def sha256(self, name: str) -> str:
        return self._matching(name, _SHA256, _("64 hexadecimal digits"))

    def flag(self, name: str) -> bool:
        value = self._take(name)
        if not isinstance(value, bool):
            raise self._bad(name, value, "true, false")
        return value

    def whole(self, name: str, least: int = 0, most: int = LARGEST) -> int:
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            allowed = _("a whole number from {least} to {most}").format(least=least, most=most)
            raise self._bad(name, value, allowed)
        return value

    def number(self, name: str, least: float, most: float) -> float:
        value = self._take(name)
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not plain or not math.isfinite(value) or not least <= value <= most:
            allowed = _("a number from {least} to {most}").format(least=least, most=most)
            raise self._bad(name, value, allowed)
        return float(value)

    def whole_or_none(self, name: str, least: int, most: int) -> int | None:
        return None if self._absent(name) else self.whole(name, least, most)

    def number_or_none(self, name: str, least: float, most: float) -> float | None:
        return None if self._absent(name) else self.number(name, least, most)

    def moment(self, name: str) -> datetime:
        """Return a moment in ISO 8601 with its distance to UTC, of this century or the next."""
        value = self._take(name)
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None and _FIRST <= moment < _LAST:
                return moment
        except (TypeError, ValueError, OverflowError):
            pass
        raise self._bad(name, value, _("a moment in ISO 8601 with its zone"))

    def one_of(self, name: str, kind: type[EnumT]) -> EnumT:
        value = self._take(name)
        for member in kind:
            if value == member.value and isinstance(value, str):
                return member
        raise self._bad(name, value, ", ".join(kind))

    def inner(self, name: str) -> Fields:
        return Fields(self._take(name), self._name(name))

    def inner_or_none(self, name: str) -> Fields | None:
        return None if self._absent(name) else self.inner(name)

    def inner_list(self, name: str, most: int) -> list[Fields]:
        value = self._list(name, most)
        return [Fields(one, f"{self._name(name)}[{n}]") for n, one in enumerate(value)]

    def ids(self, name: str, most: int) -> tuple[str, ...]:
        value = self._list(name, most)
        for one in value:
            if not isinstance(one, str) or not _ID.fullmatch(one):
                raise self._bad(name, one, _("an id of letters, digits, “.”, “_” and “-”"))
        return tuple(value)

    def _list(self, name: str, most: int) -> list[Any]:
        value = self._take(name)
        if not isinstance(value, list) or len(value) > most:
            raise self._bad(name, value, _("a list of at most {count}").format(count=most))
        return value

    def _matching(self, name: str, pattern: re.Pattern[str], allowed: str) -> str:
        value = self._take(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self._bad(name, value, allowed)
        return value

    def _take(self, name: str) -> Any:
        if name not in self._left:
            raise WireError(_("{field} is missing").format(field=self._name(name)))
        return self._left.pop(name)

    def _absent(self, name: str) -> bool:
        """Say whether a field says null, and use it up if so. It must stand there all the same."""
        if self._left.get(name, self) is not None:
            return False
        del self._left[name]
        return True

    def _name(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else str(name)

    def _bad(self, name: str, value: object, allowed: str) -> WireError:
        return _wrong(self._name(name), value, allowed)


def _wrong(field: str, value: object, allowed: str) -> WireError:
    message = _("{field}: {found} is not allowed; allowed: {allowed}")
    found = ascii(value)
    found = found if len(found) <= 80 else f"{found[:77]}..."
    return WireError(message.format(field=field, found=found, allowed=allowed))
