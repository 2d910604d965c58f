"""Where posts go: the static site, and the portals that others run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from channels.base import Backend
from engine.models import Registry

#: The static site's name among the portals.
STATIC = "static"


@dataclass(frozen=True, slots=True)
class Publishing:
    """Which portals get posts, in order; the first is where the QR code leads.

    ``others`` are the portals besides the static site, by name; also one that is not chosen
    any more may still have something to do. ``permalink`` is the pattern of a post's public
    address, with ``{portal}``, ``{campaign}`` and ``{commune}``.
    """

    chosen: tuple[str, ...] = (STATIC,)
    others: Mapping[str, Backend] = field(default_factory=dict)
    permalink: str = "{portal}/{campaign}/"

    def address(self, registry: Registry, campaign_id: str) -> str:
        """Return a post's public address; computed, never fetched."""
        return self.permalink.format(
            portal=registry.portal.url.rstrip("/"),
            campaign=campaign_id,
            commune=registry.commune.id,
        )

    def target(self, name: str, registry: Registry) -> str:
        """Return what a portal is called as a target: each is tracked by itself."""
        return registry.portal.id if name == STATIC else name

    def targets(self, registry: Registry) -> frozenset[str]:
        """Return every portal that can be told something: also one that gets no new posts any more.

        The static site always can; another one while the settings say where it is.
        """
        return frozenset(self.target(name, registry) for name in self._reached())

    def _reached(self) -> Iterator[str]:
        yield STATIC
        yield from self.chosen
        for name, backend in self.others.items():
            if getattr(backend, "configured", True):
                yield name
