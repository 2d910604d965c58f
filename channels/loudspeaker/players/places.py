"""Where a cluster's programmes lie: a path of the settings with the ids filled in."""

from __future__ import annotations

from dataclasses import dataclass

from channels.base import ChannelError
from channels.loudspeaker.names import is_plain
from engine.i18n import gettext as _

COMMUNE, CLUSTER = "{commune}", "{cluster}"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of a commune's clusters.

    ``path`` may name the commune and the cluster; a cluster that it does not name gets a folder
    of its own below it, so that two never share one.
    """

    path: str
    commune: str = ""

    @property
    def base(self) -> str:
        """The part that must be there already: what comes before the first id."""
        before = self._whole.partition("{")[0]
        return before.rpartition("/")[0] or ("/" if before.startswith("/") else ".")

    def of(self, cluster: str) -> str:
        """Return a cluster's folder. Raises a permanent ChannelError for an id that is no name."""
        for name in (cluster, self.commune) if COMMUNE in self.path else (cluster,):
            if not is_plain(name):
                raise no_plain_name(name)
        return self._filled.replace(CLUSTER, cluster)

    @property
    def parent(self) -> str:
        """The folder in which clusters' folders are, or the first step towards each."""
        before = self._filled.partition(CLUSTER)[0]
        return before.rpartition("/")[0] or ("/" if before.startswith("/") else ".")

    def cluster_in(self, name: str) -> str | None:
        """Return the cluster whose folder ``name`` is, in ``parent``; None where it is none's."""
        before, _cluster, after = self._filled.partition(CLUSTER)
        start, end = before.rpartition("/")[2], after.partition("/")[0]
        middle = name[len(start) : len(name) - len(end)]
        fits = name == f"{start}{middle}{end}" and is_plain(middle)
        return middle if fits else None

    @property
    def _filled(self) -> str:
        return self._whole.replace(COMMUNE, self.commune)

    @property
    def _whole(self) -> str:
        return self.path if CLUSTER in self.path else f"{self.path.rstrip('/')}/{CLUSTER}"


def no_plain_name(name: str) -> ChannelError:
    """Return the refusal of a name that could lead elsewhere."""
    return ChannelError(
        _("“{name}” is not a name that may be written for this slot").format(name=name),
        permanent=True,
    )
