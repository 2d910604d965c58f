"""What the law asks of a message, and where a campaign says that it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_NUMBER = re.compile(r"\b\d+/\d{4}/[A-ZĐ]+(?:-[A-ZĐ]+)*\d*")
_ARTICLE = re.compile(r"\bđiều\s+(\d{1,4})\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\bkhoản\s+(\d{1,3})(?:\s*(?:-|–|đến)\s*(\d{1,3}))?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a law: number, article, and the clauses from ``first`` to ``last``."""

    law: str
    article: int
    first: int
    last: int
    text: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a citation as officials write it, in whatever order.

        Raises ValueError when it lacks one of its three parts, with the name of that part.
        """
        law, article, clause = _NUMBER.search(text), _ARTICLE.search(text), _CLAUSE.search(text)
        if law is None:
            raise ValueError("law")
        if article is None:
            raise ValueError("article")
        if clause is None:
            raise ValueError("clause")
        first = int(clause[1])
        return cls(law[0], int(article[1]), first, int(clause[2] or first), text)


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a message owes people when it falls under some clauses of an article.

    ``days``: so many consecutive days on the loudspeakers, 0 for none. ``relay``: the hamlet
    head passes it on. ``source`` says where that is laid down.
    """

    law: str
    article: int
    first: int
    last: int
    name: str
    source: str
    days: int = 0
    relay: bool = False

    def covers(self, citation: Citation) -> bool:
        """Say whether every clause that is cited is one of these."""
        same = (citation.law, citation.article) == (self.law, self.article)
        return same and self.first <= citation.first <= citation.last <= self.last

    @property
    def place(self) -> str:
        """Return where it stands in the law, as officials write it."""
        clauses = f"{self.first}–{self.last}" if self.last > self.first else str(self.first)
        return f"{self.law}, Điều {self.article} khoản {clauses}"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A citation in a campaign, and what follows from it; frozen with the campaign."""

    citation: Citation
    obligation: Obligation
