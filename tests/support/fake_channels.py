"""Channels whose far side is an append-only log, and which fail when they are told to.

Three kinds of backend: ``idempotent`` (the same key twice has the effect of once),
``Finds`` (the far side can be asked) and neither. Each offers nothing that a real one lacks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.base import Artifacts, Backend, ChannelError, Options
from engine.models import (
    Artifact,
    Bundle,
    Content,
    Forecast,
    Hamlet,
    Item,
    Placement,
    Receipt,
    Registry,
    Rendered,
)


class FakeOptions(Options):
    """Fake channels have no settings."""


@dataclass(frozen=True)
class Mishap:
    """How one delivery goes wrong. ``taken``: the far side had it before the failure."""

    error: BaseException
    taken: bool = False


class FarSide:
    """What a real far side would keep: a log that only ever grows."""

    def __init__(self, log: Path) -> None:
        self._log = log
        log.touch()

    def take(self, bundle: Bundle, texts: Sequence[str]) -> None:
        line = {"key": bundle.key, "target": bundle.target, "texts": list(texts)}
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    @property
    def taken(self) -> list[dict[str, Any]]:
        """Everything that was accepted, in order."""
        return [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]

    @property
    def texts(self) -> Counter[str]:
        """How often each text arrived, counted as people would: each acceptance is one."""
        return Counter(text for line in self.taken for text in line["texts"])

    def now_shows(self) -> dict[str, list[str]]:
        """What a far side that replaces by key holds at the end: the last texts per target."""
        return {line["target"]: line["texts"] for line in self.taken}


@dataclass
class FakeBackend:
    """Delivers to a far side; each call first meets the next of ``mishaps``, if one is left.

    ``on_deliver`` is called with each bundle as its delivery begins.
    """

    name: str
    idempotent: bool
    far_side: FarSide
    networked: bool = False
    mishaps: list[Mishap | None] = field(default_factory=list)
    on_deliver: Callable[[Bundle], None] = lambda _bundle: None
    calls: int = 0

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        self.calls += 1
        self.on_deliver(bundle)
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if mishap is None or mishap.taken:
            self.far_side.take(bundle, [file.read().decode() for file in artifact.files])
        if mishap is not None:
            raise mishap.error
        return Receipt(f"so/{bundle.key}")


@dataclass
class DistantBackend(FakeBackend):
    """A backend whose bundles all go to one machine; while ``dead``, each call fails so."""

    endpoint: str = "may-xa.example"
    dead: Exception | None = None

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        if self.dead is not None:
            self.calls += 1
            raise self.dead
        return FakeBackend.deliver(self, artifact, bundle)


@dataclass
class FindingBackend(FakeBackend):
    """A backend whose far side can be asked; ``find_mishaps`` are met first."""

    find_mishaps: list[BaseException] = field(default_factory=list)
    asked: int = 0

    def find(self, bundle: Bundle) -> Receipt | None:
        self.asked += 1
        if self.find_mishaps:
            raise self.find_mishaps.pop(0)
        known = {line["key"] for line in self.far_side.taken}
        return Receipt(f"so/{bundle.key}") if bundle.key in known else None


@dataclass(frozen=True, slots=True)
class FakeInputs:
    text: str
    need: str


@dataclass
class FakeChannel:
    """A channel of one backend, one target per hamlet, and texts as artifacts.

    ``render_mishaps`` are met by body: each rendering of that body raises the next one left.
    ``on_render`` is called as each rendering begins.
    """

    name: str
    backend: Backend
    version: str = "1"
    options: type[Options] = FakeOptions
    needs: tuple[str, ...] = ()
    lead: timedelta = timedelta(0)
    grace: timedelta | None = None
    cumulative: bool = False
    render_mishaps: dict[str, list[BaseException]] = field(default_factory=dict)
    refresh_mishaps: list[BaseException] = field(default_factory=list)
    on_render: Callable[[str], None] = lambda _body: None
    rendered: Counter[str] = field(default_factory=Counter)
    moments: tuple[datetime | None, ...] = (None,)

    @property
    def backends(self) -> Mapping[str, Backend]:
        return {self.backend.name: self.backend}

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        schedule = content.own_schedule or content.schedule
        moments = (None,) if schedule.asap else schedule.moments
        return [Placement(f"noi-{hamlet.id}", self.backend.name, moment) for moment in moments]

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        return Forecast(content.body, seconds=float(len(content.body)))

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> FakeInputs:
        needed = [artifacts.need(channel) for channel in self.needs]
        return FakeInputs(content.body, " ".join(file.sha256 for file in needed if file))

    def render(self, inputs: FakeInputs) -> Rendered:
        self.on_render(inputs.text)
        left = self.render_mishaps.get(inputs.text)
        if left:
            raise left.pop(0)
        self.rendered[inputs.text] += 1
        return Rendered(inputs.text.encode(), "text/plain")

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        files = {item.file.sha256: item.file for item in items}
        return Artifact(tuple(file.renamed(f"{key}.txt") for key, file in sorted(files.items())))

    def refresh(self, as_of: datetime) -> None:
        if self.refresh_mishaps:
            raise self.refresh_mishaps.pop(0)


def temporary(message: str = "bận", **kind: Any) -> ChannelError:
    return ChannelError(message, **kind)


def permanent(message: str = "không bao giờ") -> ChannelError:
    return ChannelError(message, permanent=True)


def unknown(message: str = "đứt kết nối") -> ChannelError:
    return ChannelError(message, unknown=True)
