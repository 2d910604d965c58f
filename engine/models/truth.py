"""What an author says of two forms of a message that do not say the same."""

from __future__ import annotations

from dataclasses import dataclass, field

#: A place in a campaign's file: keys, and places in lists.
FieldPath = tuple[str | int, ...]

#: Texts that stand in no file: they are given with the command that corrects or withdraws.
OPTIONS = ("reason", "reason-second")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A difference that the author means: ``where`` says ``fact``, and the others do not.

    ``where`` is a channel or a field of the campaign. ``instead_of``, when it is given, is what
    the others say. A difference that is not exactly this one is not confirmed.
    """

    fact: str
    where: str
    because: str
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a campaign's file says something: a field, and the words in it.

    ``hamlet_id``: as filled in there, to find the value by. ``line`` counts from 1; 0 until the
    file is at hand.
    """

    path: FieldPath
    written: str
    hamlet_id: str = field(default="", compare=False)
    file: str = ""
    line: int = 0
    column: int = 0
