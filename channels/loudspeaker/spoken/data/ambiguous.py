"""Abbreviations with more than one meaning, and the neighbours that decide between them.

The most likely meaning comes first; it is said with a doubt when no neighbour decides. Below
it stands each meaning that neighbours can call for, in the order tried: ``< after which words
> before which ~ near which``. The last are words of the clause that only hint at the meaning:
it is said with a doubt then too. Words are in lower case; a neighbour may also be a mark, or
``#number``, ``#phone``, ``#date``, ``#document`` (30/2022/TT-BYT), ``#plate``, ``#account``,
``#roman``, ``#percent``, ``#money``, ``#yield`` (6 tấn/ha), ``#area``, ``#load`` (5T), ``#inch``,
``#buddhist`` (a year such as 2571), ``#hour`` (5g30), ``#decimal`` (3,33), and
before it ``#clock`` (16g30). A meaning that begins with ``?`` is said with a doubt whatever
called for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from . import senses_a_c, senses_d_h, senses_k_p, senses_q_y


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning: it holds after one of ``after`` or before one of ``before``.

    One of ``topic`` in the same clause makes it likely. If ``unsure``, it is never more than that.
    """

    spoken: str
    unsure: bool
    after: frozenset[str]
    before: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Meanings in the order tried; ``otherwise`` is the most likely one, said with a doubt."""

    meanings: tuple[Meaning, ...]
    otherwise: str


def _read(table: str) -> dict[str, Ambiguous]:
    entries: dict[str, tuple[str, list[Meaning]]] = {}
    meanings: list[Meaning] = []
    for line in table.strip().splitlines():
        if line.startswith("  "):
            spoken, _, neighbours = line.strip().partition(" <")
            neighbours, _, topic = neighbours.partition("~")
            after, _, before = neighbours.partition(">")
            beside = [frozenset(part.split()) for part in (after, before, topic)]
            unsure = spoken.startswith("?")
            meanings.append(Meaning(spoken.lstrip("?"), unsure, *beside))
        else:
            written, _, otherwise = line.partition(" = ")
            meanings = []
            entries[written] = (otherwise, meanings)
    return {
        written: Ambiguous(tuple(meanings), otherwise)
        for written, (otherwise, meanings) in entries.items()
    }


AMBIGUOUS: Final = _read(senses_a_c.TABLE + senses_d_h.TABLE + senses_k_p.TABLE + senses_q_y.TABLE)
