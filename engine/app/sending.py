"""Building what sends a commune's bundles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from math import inf
from pathlib import Path
from sys import maxsize

from channels.base import Channel
from engine.app.channels import OPTIONS
from engine.app.house import House
from engine.clock import Clock
from engine.dispatch import Assembler, Renderer, Sender
from engine.dispatch.backoff import Retries, RetryPolicy
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.buckets import LocalBuckets, RedisBuckets, SharedBuckets
from engine.dispatch.page_watch import PageWatch
from engine.dispatch.permits import Permits
from engine.dispatch.recall import Recall
from engine.dispatch.rehearsal import Rehearsal
from engine.dispatch.station_watch import Manner, StationWatch, judged_players
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.notices import NoticeBook
from engine.models import Registry
from engine.settings import Settings


def build_sender(
    house: House,
    folder: Path,
    ledger: Ledger,
    channels: Mapping[str, Channel],
    renderer: Renderer,
    rules: Callable[[], Registry],
) -> Sender:
    """Build the sender of one commune; ``rules`` returns its registry as it stands.

    Raises LoaError for settings that name no channel.
    """
    live = house.settings.live
    return Sender(
        ledger=ledger,
        channels=channels,
        assembler=_assembler(ledger, channels, renderer, rules),
        rehearsal=None if live else Rehearsal(folder / "outbox" / "rehearsal"),
        clock=house.clock,
        retries=_retries(house.settings),
        breaker=CircuitBreaker(ledger.breakers, house.clock),
        permits=house.permits,
        boundary=house.boundary,
        observer=house.observer,
    )


def build_station_watch(
    house: House,
    ledger: Ledger,
    channels: Mapping[str, Channel],
    rules: Callable[[], Registry],
) -> StationWatch | None:
    """Build what hears a commune's players; None where it has no loudspeakers."""
    channel = channels.get("loudspeaker")
    if channel is None:
        return None
    settings = house.settings
    wished = {name: player.must_report for name, player in settings.players.items()}
    manner = Manner(
        every=timedelta(seconds=settings.playlog.every_seconds),
        margin=timedelta(minutes=settings.playlog.margin_minutes),
        judged=judged_players(channel.backends, wished),
        live=settings.live,
    )
    return StationWatch(
        ledger=ledger, channel=channel, rules=rules, clock=house.clock, manner=manner
    )


def build_page_watch(house: House, ledger: Ledger, channels: Mapping[str, Channel]) -> PageWatch:
    """Build what looks at the public pages of a commune's posts."""
    return PageWatch(
        ledger=ledger,
        channels=channels,
        clock=house.clock,
        every=timedelta(minutes=house.settings.portal.check_minutes),
        take_turn=NoticeBook(house.database, ledger.commune_id).take_duty,
        live=house.settings.live,
    )


def build_recall(
    house: House,
    ledger: Ledger,
    channels: Mapping[str, Channel],
    rules: Callable[[], Registry],
) -> Recall | None:
    """Build what takes back from a commune's players; None where it has no loudspeakers."""
    if "loudspeaker" not in channels:
        return None
    return Recall(ledger=ledger, channels=channels, rules=rules, clock=house.clock)


def build_permits(settings: Settings, clock: Clock) -> Permits:
    """Count permits on the queue's Redis, if there is one, else in this process.

    Far sides live in real time: where it is simulated, whoever must wait waits on the spot.
    """
    url = settings.queue.url
    grants = SharedBuckets(RedisBuckets(url)) if url else LocalBuckets()
    if clock.simulated:
        return Permits(grants, patience=inf, waiters=maxsize)
    return Permits(grants)


def _assembler(
    ledger: Ledger,
    channels: Mapping[str, Channel],
    renderer: Renderer,
    rules: Callable[[], Registry],
) -> Assembler:
    @cache
    def pinned(campaign_id: str, revision: int) -> Registry:
        return ledger.registries.load(ledger.revisions.registry_of(campaign_id, revision))

    return Assembler(
        ledger=ledger,
        channels=channels,
        renderer=renderer,
        registries=pinned,
        latest_registry=rules,
    )


def _retries(settings: Settings) -> Retries:
    """Return what is set about trying again. Raises LoaError for a channel that is none."""
    for name in settings.retries:
        if name not in OPTIONS:
            message = _("[retries.{name}]: there is no such channel (there are: {known})")
            raise LoaError(message.format(name=name, known=", ".join(sorted(OPTIONS))))
    channels = {
        name: RetryPolicy(one.attempts, _seconds(one.first_wait), _seconds(one.longest_wait))
        for name, one in settings.retries.items()
    }
    return Retries(settings.run.attempts, channels)


def _seconds(given: float | None) -> timedelta | None:
    return None if given is None else timedelta(seconds=given)
