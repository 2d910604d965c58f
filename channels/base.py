"""The channel contract. Plain values in, ``Receipt`` out; failure raises ``ChannelError``.

To add a channel: a folder here that exports a class with these methods and an ``Options``
model, one line in ``engine/app/channels.py``, and its name in the contract suite's list
(``tests/contract/test_channels.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from channels.options import Options
from channels.ports import Artifacts, Limits, RemoteIds, Tokens
from engine.errors import ChannelError
from engine.models import (
    Artifact,
    Backoff,
    Bundle,
    Content,
    Forecast,
    Foreseen,
    Hamlet,
    Item,
    Pace,
    Placement,
    PlannedDelivery,
    Play,
    Receipt,
    Registry,
    Rendered,
    digest,
)

__all__ = [
    "Artifacts",
    "Backend",
    "BacksOff",
    "Channel",
    "ChannelError",
    "Checks",
    "Closes",
    "Expires",
    "Finds",
    "Foresees",
    "HasEndpoint",
    "HasTargets",
    "Limits",
    "Options",
    "Paced",
    "Proves",
    "Refreshes",
    "RemoteIds",
    "Reports",
    "Tokens",
    "always_reports",
    "artifact_key",
    "endpoint_of",
    "foreseen",
    "paces_of",
    "proves",
    "targets_of",
]


class Backend(Protocol):
    """One way in which a channel reaches its targets.

    ``idempotent``: the same bundle key twice has the effect of once. ``networked``: rehearses
    until the workspace is live. A backend that is neither idempotent nor ``Finds`` is sent at
    most once, one bundle at a time.
    """

    name: str
    idempotent: bool
    networked: bool

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Hand the bundle over. Raises ChannelError; never returns a failure."""
        ...


@runtime_checkable
class BacksOff(Protocol):
    """A backend that knows how long to wait after a failure; the others wait as everybody does."""

    backoff: Backoff


class Paced(Protocol):
    """A backend whose far side takes only so much at a time.

    Whoever would only swell the queue for such a far side is not even begun.
    """

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        """Return what the bundle's requests count for; empty when it makes none."""
        ...


class HasEndpoint(Protocol):
    """A backend whose bundles all go to one far side, which may be dead for all of them.

    ``endpoint`` names it for people and in metrics (a host, a site), without any secret. When
    it fails again and again its bundles wait, unspent, until it answers.
    """

    @property
    def endpoint(self) -> str: ...


@runtime_checkable
class Finds(Protocol):
    """A backend whose far side can be asked whether it took a bundle."""

    def find(self, bundle: Bundle) -> Receipt | None:
        """Return the receipt if the far side has the bundle, None if it has not."""
        ...


@runtime_checkable
class Checks(Protocol):
    """A backend whose far side can be asked whether it would take something now."""

    def check(self) -> None:
        """Ask without sending anything. Raises ChannelError that says what a person must do."""
        ...


@runtime_checkable
class Closes(Protocol):
    """A channel, or a player of it, that holds something open: a process, a connection."""

    def close(self) -> None: ...


@runtime_checkable
class Refreshes(Protocol):
    """A channel that must be looked after as time goes by.

    Its far side shows what time it is (notices that are over), or its permission to speak must
    be renewed.
    """

    def refresh(self, as_of: datetime) -> None:
        """Bring everything up to ``as_of``. Raises ChannelError."""
        ...


@runtime_checkable
class Expires(Protocol):
    """A backend whose permission to speak ends: a token that a person must renew."""

    def expires_at(self) -> datetime | None:
        """Return when it ends; None when it does not, or nobody can know. Asks nobody."""
        ...


@runtime_checkable
class Reports(Protocol):
    """A player that can be asked what it played: a loudspeaker backend."""

    def plays(self, after: str) -> tuple[Sequence[Play], str]:
        """Return what it says that it played since the mark ``after``, and the new mark.

        "" is from the beginning. The same play may come again, in any order: it counts once.
        A call may return a part of what there is; the next one goes on at the new mark.
        Raises ChannelError when the far side cannot be asked; the mark then stays.
        """
        ...


class Foresees(Protocol):
    """A channel that knows how what is planned will be carried out, all hamlets together."""

    def foresee(
        self, planned: Sequence[tuple[PlannedDelivery, Content]], registry: Registry
    ) -> Foreseen:
        """Say it. Changes nothing, and is cheap beside planning."""
        ...


class Proves(Protocol):
    """A channel that proves what it renders: what carries no proof must not be approved.

    ``proves`` is true. Rendering something that is not what it should be raises a permanent
    ChannelError, and gives figures with everything else (``Rendered.proof``).
    """

    proves: bool


class HasTargets(Protocol):
    """A channel whose targets are not, or not only, places of the registry."""

    def targets(self, registry: Registry) -> Collection[str]:
        """Return every target at which it can act; cheap, and asks nobody."""
        ...


class Channel(Protocol):
    """One form of reaching people.

    ``version`` names the renderer: a change to what rendering gives changes it, so that no
    artifact of the old one is used again. ``lead`` is how long before a slot work starts.
    ``grace`` is how long after a slot it may still be done (None: while the campaign is
    valid). ``cumulative``: a new version of a bundle carries again what earlier versions
    sent (a programme's playlist); otherwise only what is new. ``needs`` names the channels
    whose artifacts ``prepare`` looks at.
    """

    name: str
    version: str
    options: type[Options]
    needs: tuple[str, ...]
    lead: timedelta
    grace: timedelta | None
    cumulative: bool

    @property
    def backends(self) -> Mapping[str, Backend]:
        """Return the channel's backends by their names."""
        ...

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        """Return every target and time for one hamlet, in a fixed order."""
        ...

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        """Return what delivering would amount to, without rendering; cheap and pure."""
        ...

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> Any:
        """Return Inputs: a dataclass, frozen to the bottom, of all that shapes the bytes."""
        ...

    def render(self, inputs: Any) -> Rendered:
        """Return the bytes for ``inputs``, identical for identical inputs."""
        ...

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        """Join rendered items, in a fixed order, into what the bundle sends."""
        ...


def endpoint_of(backend: Backend) -> str | None:
    """Return what a backend that ``HasEndpoint`` calls its far side; None for the others.

    Asked about every bundle, so it costs nothing to speak of; ``isinstance`` would.
    """
    endpoint: str | None = getattr(backend, "endpoint", None)
    return endpoint


def always_reports(backend: Backend) -> bool:
    """Say whether a player reports whatever it plays, so that its silence means something.

    A backend says so by an attribute ``always_reports`` that is true, whether it is asked
    (``Reports``) or its reports come by themselves. Of the others only those count that have
    ever reported for the cluster.
    """
    return bool(getattr(backend, "always_reports", False))


def proves(channel: Channel) -> bool:
    """Say whether a channel ``Proves`` what it renders."""
    return bool(getattr(channel, "proves", False))


def foreseen(
    channel: Channel, planned: Sequence[tuple[PlannedDelivery, Content]], registry: Registry
) -> Foreseen:
    """Return what a channel that ``Foresees`` says; nothing for the others."""
    says: Callable[..., Foreseen] | None = getattr(channel, "foresee", None)
    return says(planned, registry) if says is not None else Foreseen()


def targets_of(channel: Channel, registry: Registry) -> Collection[str]:
    """Return every target at which a channel can act: the registry's places, or its own."""
    own: Callable[[Registry], Collection[str]] | None = getattr(channel, "targets", None)
    return own(registry) if own is not None else registry.targets


def paces_of(backend: Backend, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
    """Return what a bundle's requests count for; nothing where a backend is not ``Paced``.

    Raises what the backend raises. As cheap as ``endpoint_of``.
    """
    paces: Callable[[Artifact, Bundle], Sequence[Pace]] | None = getattr(backend, "paces", None)
    return paces(artifact, bundle) if paces is not None else ()


class Versioned(Protocol):
    """The part of a channel that shapes an artifact's key."""

    name: str
    version: str


def artifact_key(channel: Versioned, inputs: Any) -> str:
    """Return the name of what ``channel`` would render from ``inputs``: 64 hexadecimal digits."""
    return digest(channel.name, channel.version, inputs)
