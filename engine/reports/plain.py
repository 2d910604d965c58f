"""Text on its way into a report: no control characters, and nobody's phone number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.models import Person
from engine.models.plain import plain as plain

#: Nine digits or more, however they are grouped.
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\+|\()?\d(?:[ .()\-\u00a0]{0,2}\d){8,14}(?!\d)")

HIDDEN = "•••"


class Discreet:
    """Takes the phone numbers of people in the registry out of text that somebody typed."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._phones = {_digits(person.phone) for person in people} - {""}

    def __call__(self, text: str) -> str:
        """Return ``text`` made plain, with ``•••`` in place of a person's phone number."""
        return _LONG_NUMBER.sub(self._hide, plain(text))

    def _hide(self, found: re.Match[str]) -> str:
        return HIDDEN if _digits(found[0]) in self._phones else found[0]


def _digits(phone: str) -> str:
    """Return a number's digits as dialled at home: +84 912 … and 0912 … are the same."""
    digits = "".join(character for character in phone if character.isdecimal())
    return f"0{digits[2:]}" if digits.startswith("84") and len(digits) > 10 else digits
