"""Four channels that cost nothing, so that what is measured is Loa itself.

They go by the names of the real ones, so that hours, airtime and priorities are judged as ever.
As there, loudspeakers and chat groups belong to a hamlet, print point and portal to the commune;
in the worst case every hamlet is a target of its own on all four.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path

from channels.base import Artifacts, Backend, Options
from engine.app import Surroundings
from engine.app.channels import Builders
from engine.files import write_atomic
from engine.models import (
    Artifact,
    Bundle,
    Content,
    Forecast,
    Hamlet,
    Item,
    Placement,
    Priority,
    Receipt,
    Registry,
    Rendered,
)

#: Channels with a target for the whole commune.
_OF_THE_COMMUNE = frozenset({"flyer", "portal"})


class Sink(StrEnum):
    """What becomes of what is sent: nothing, or one small file for each delivery."""

    NULL = "null"
    FILES = "files"


class NullOptions(Options):
    """Nothing can be set."""


@dataclass(frozen=True, slots=True)
class NullInputs:
    """What there is to say."""

    body: str


class SinkBackend:
    """Takes everything at once. Emergencies leave a file whatever the sink, to be seen by.

    Their files are whole and synced as in Loa's own folders; those of the sink are just written.
    """

    name = "sink"
    idempotent = True
    networked = False

    def __init__(self, outbox: Path, sink: Sink) -> None:
        self._outbox = outbox
        self._sink = sink

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        if self._sink is Sink.NULL and bundle.priority is not Priority.EMERGENCY:
            return Receipt(bundle.target)
        folder = self._outbox / bundle.target
        if bundle.priority is Priority.EMERGENCY:
            for file in artifact.files:
                write_atomic(folder / file.name, file.read())
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for file in artifact.files:
                (folder / file.name).write_bytes(file.read())
        return Receipt(bundle.target)


class NullChannel:
    """A channel whose rendering is its text."""

    name = ""
    version = "1"
    options: type[Options] = NullOptions
    needs: tuple[str, ...] = ()
    lead = timedelta(0)
    grace: timedelta | None = None
    cumulative = False

    def __init__(self, backend: Backend, *, apart: bool) -> None:
        """``apart``: every hamlet is a target of its own."""
        self._apart = apart or self.name not in _OF_THE_COMMUNE
        self.backends: Mapping[str, Backend] = {backend.name: backend}

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        target = hamlet.id if self._apart else registry.print_point.id
        return (Placement(target, SinkBackend.name),)

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        return Forecast(content.body, seconds=1.0)

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> NullInputs:
        return NullInputs(content.body)

    def render(self, inputs: NullInputs) -> Rendered:
        return Rendered(inputs.body.encode(), "text/plain")

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        return Artifact(tuple(item.file.renamed(f"{item.delivery_id}.txt") for item in items))


class NullLoudspeaker(NullChannel):
    name = "loudspeaker"


class NullFlyer(NullChannel):
    name = "flyer"


class NullPortal(NullChannel):
    name = "portal"


class NullChat(NullChannel):
    name = "chat"


CHANNELS = (NullLoudspeaker, NullFlyer, NullPortal, NullChat)


def builders(sink: Sink, *, apart: bool) -> Builders:
    """Return what the composition root takes in place of the real channels."""
    return {kind: partial(_build, kind, sink, apart) for kind in CHANNELS}


def _build(kind: type[NullChannel], sink: Sink, apart: bool, here: Surroundings) -> NullChannel:
    return kind(SinkBackend(here.outbox(kind.name), sink), apart=apart)
