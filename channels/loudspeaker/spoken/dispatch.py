"""Which rules are worth trying at a place: by its first character and what follows its digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from .context import Reader, Rule

#: A rule's name, its pattern's ``match`` and its reader.
Candidate: TypeAlias = tuple[str, Callable[[str, int, int], re.Match[str] | None], Reader]

#: The run of digits, a space, and what follows; a point or a comma that ends a clause counts
#: as nothing, unless a digit follows after all: "thứ 2, 4".
_AFTER_DIGITS: Final = re.compile(r"[0-9]+( ?)(?:[.,](?![^\W_])(?!(?<=,) [0-9])|([\s\S])|$)")


class Dispatch(dict[str, tuple[Candidate, ...]]):
    """Rules in their order, fewer for each kind of place; filled as places are met.

    Leaves out only rules whose ``starts`` or ``then`` say that they cannot match there.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._rules = rules
        self._known = frozenset("".join(rule.then or "" for rule in rules))

    def at(self, line: str, position: int) -> tuple[Candidate, ...]:
        """Return the rules to try at a place that begins with no digit."""
        return self[line[position]]

    def at_digits(self, line: str, position: int) -> tuple[Candidate, ...]:
        """Return the rules to try at a place that begins with digits."""
        found = _AFTER_DIGITS.match(line, position)
        space, then = (found[1], found[2] or "") if found else ("", "")
        if then.isdigit():
            then = "0"
        return self[line[position] + (space + then if then in self._known else "")]

    def __missing__(self, key: str) -> tuple[Candidate, ...]:
        first, then, spaced = key[0], key[1:].strip(), " " in key
        found = tuple(
            (rule.name, rule.pattern.match, rule.read)
            for rule in self._rules
            if (not rule.starts or first in rule.starts)
            and (rule.then is None or (then and then in rule.then))
            and not (spaced and rule.tight)
        )
        self[key] = found
        return found
