"""Which backend a bundle goes by, even when that is there no more."""

from __future__ import annotations

from collections.abc import Mapping

from channels.base import Backend, Channel, ChannelError
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt


class GoneBackend:
    """Stands for one that bundles name and the settings do not have any more.

    It refuses, in words, until it is set again. What it was sending is in doubt.
    """

    idempotent = False
    networked = False

    def __init__(self, name: str) -> None:
        self.name = name

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        message = _("{target}: “{name}” is not in loa.toml any more, so nothing can go by it")
        raise ChannelError(message.format(target=bundle.target, name=self.name))


def backend_of(channels: Mapping[str, Channel], bundle: Bundle) -> Backend:
    """Return the bundle's backend, or one that refuses it where its own has gone."""
    found = channels[bundle.channel].backends.get(bundle.backend)
    return found if found is not None else GoneBackend(bundle.backend)
