"""Channels: whether the far side that a backend reaches would take something now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from campaigns.registry_file import load_registry
from channels.base import ChannelError, Checks
from channels.chat.telegram import TelegramBackend
from channels.chat.zalo.group import ZaloGroupBackend
from engine.app import build_channels, close_channels
from engine.app.channels import NothingRemembered
from engine.app.opening import REGISTRY_FILE
from engine.app.players import known_players
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models.wording import channel_name
from engine.settings import Settings
from engine.upkeep.findings import Finding, Patient, bad, fine, look


def channels_check(patient: Patient) -> Iterator[Finding]:
    """Ask every far side that can be asked. One that no target uses is only looked at."""
    assert patient.settings is not None
    channels = build_channels(patient.settings, patient.workspace, NothingRemembered())
    used = _used_backends(patient, patient.settings)
    try:
        for channel in channels.values():
            for backend in channel.backends.values():
                if not isinstance(backend, Checks) or backend.name not in used:
                    continue
                name = f"{channel_name(channel.name)}/{backend.name}"
                try:
                    backend.check()
                except ChannelError as error:
                    judge = bad if patient.settings.live or not backend.networked else look
                    yield judge(f"{name}: {error}")
                else:
                    yield fine(_("{name}: the far side answers").format(name=name))
    finally:
        close_channels(channels)


def _used_backends(patient: Patient, settings: Settings) -> frozenset[str]:
    """Return the backends that the registry's targets name; none when it cannot be read.

    Where the registries are in the ledger alone, what has been set up is taken to be used.
    """
    if not (patient.workspace / REGISTRY_FILE).exists():
        bot = {TelegramBackend.name} if settings.telegram.token else set()
        account = {ZaloGroupBackend.name} if settings.zalo else set()
        return known_players(settings) | bot | account
    with suppress(LoaError):
        registry = load_registry(patient.workspace / REGISTRY_FILE).registry
        groups = {group.backend for group in registry.chat_groups}
        return frozenset(groups | {cluster.player for cluster in registry.clusters})
    return frozenset()
