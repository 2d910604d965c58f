"""The registry as it stands: a funeral that is entered today binds what runs since last week."""

from __future__ import annotations

from engine.ledger import Ledger
from engine.models import Registry


class StandingRules:
    """Returns the newest registry of one commune, whoever has changed it meanwhile."""

    def __init__(self, ledger: Ledger, registry: Registry, revision: int) -> None:
        """``registry`` is what was read as ``revision``."""
        self._ledger = ledger
        self._registry = registry
        self._revision = revision

    def __call__(self) -> Registry:
        """Ask the ledger, which answers with the same object until there is a newer one."""
        newest = self._ledger.registries.latest()
        if newest <= self._revision:
            return self._registry
        return self._ledger.registries.load(newest)
