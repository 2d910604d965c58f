"""What a message comes down to: what, who, when, where, what to bring, whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers that a reader looks for first; each may have several lines, or none.

    In a campaign they are Jinja2 sources, in a content plain text.
    """

    what: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything is answered."""
        return any(lines for _name, lines in self.named())

    def named(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each name with its lines, in the order in which they are read."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    def each(self, change: Callable[[str], str]) -> Facts:
        """Return them with every line changed; lines that become empty are left out."""
        changed = {
            name: tuple(new for line in lines if (new := change(line)))
            for name, lines in self.named()
        }
        return Facts(**changed)


#: What each is called where people read it: content, so always Vietnamese.
LABELS = {
    "what": "Việc gì",
    "who": "Ai",
    "when": "Khi nào",
    "where": "Ở đâu",
    "bring": "Khi đi mang theo",
    "contact": "Hỏi ai",
}

#: Nothing answered.
NONE = Facts()
