"""Which topics of a broker are a cluster's own."""

from __future__ import annotations

from dataclasses import dataclass

from channels.loudspeaker.names import is_plain
from channels.loudspeaker.players.places import CLUSTER, COMMUNE, no_plain_name


@dataclass(frozen=True, slots=True)
class Topics:
    """``pattern`` names the commune and the cluster: ``loa/{commune}/{cluster}``."""

    pattern: str
    commune: str

    def of(self, cluster: str, what: str) -> str:
        """Return a cluster's topic. Raises a permanent ChannelError for an id that is no name."""
        for name in (cluster, self.commune):
            if not is_plain(name):
                raise no_plain_name(name)
        return self._filled(cluster, what)

    def of_all(self, what: str) -> str:
        """Return what listens to that topic of every cluster."""
        return self._filled("+", what)

    def told_by(self, topic: str) -> tuple[str, str]:
        """Return whose topic it is and which: cluster and the last part."""
        before, after = self._filled("+", "").split("+")
        cluster, _slash, what = topic.removeprefix(before).rpartition("/")
        return cluster.removesuffix(after.rstrip("/")), what

    def _filled(self, cluster: str, what: str) -> str:
        place = self.pattern.replace(COMMUNE, self.commune).replace(CLUSTER, cluster)
        return f"{place}/{what}"
