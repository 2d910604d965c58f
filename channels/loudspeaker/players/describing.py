"""What a player may want to know of a programme besides its sounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from engine.models import Artifact, Bundle, Content, Item, Registry


@runtime_checkable
class Describes(Protocol):
    """A player that adds to a programme what it needs of the items' words."""

    def described(
        self,
        artifact: Artifact,
        bundle: Bundle,
        items: Sequence[Item],
        registry: Registry,
        spoken: Callable[[Content], str],
    ) -> Artifact:
        """Return the programme with what is said of it; ``spoken`` gives an item as it is read.

        The same for the same items.
        """
        ...
