"""Channels: whether the far side that a backend reaches would take something now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from campaigns.registry_file import load_registry
from channels.base import Channel, ChannelError, Checks
from channels.chat.long_tail import AppriseBackend, not_set_up
from channels.chat.telegram import TelegramBackend
from channels.chat.zalo.group import ZaloGroupBackend
from channels.chat.zalo_bot import ZaloBotBackend
from channels.pages import permalink_of
from engine.app import build_channels, close_channels
from engine.app.channels import NothingRemembered
from engine.app.opening import REGISTRY_FILE
from engine.app.players import known_players
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Registry
from engine.models.wording import channel_name
from engine.settings import Settings
from engine.upkeep.findings import Finding, Patient, bad, fine, look


def channels_check(patient: Patient) -> Iterator[Finding]:
    """Ask every far side that can be asked. One that no target uses is only looked at."""
    assert patient.settings is not None
    registry = _registry(patient)
    commune_id = registry.commune.id if registry is not None else ""
    channels = build_channels(
        patient.settings, patient.workspace, NothingRemembered(), commune_id=commune_id
    )
    used = _used_backends(patient, patient.settings) | _used_portals(patient.settings, registry)
    try:
        yield from _addresses(patient.settings, channels, registry)
        yield from _unaddressed(patient.settings, registry)
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


def _registry(patient: Patient) -> Registry | None:
    """Return the commune's registry; None where it has no file, or one that cannot be read."""
    with suppress(LoaError):
        if (patient.workspace / REGISTRY_FILE).exists():
            return load_registry(patient.workspace / REGISTRY_FILE).registry
    return None


def _used_portals(settings: Settings, registry: Registry | None) -> frozenset[str]:
    """Return the portals that get posts; not those that each commune has at an address of its own.

    Such a one can be asked only where it is known which commune this is.
    """
    portal = settings.portal
    addresses = {"wordpress": portal.wordpress.url, "webhook": portal.webhook.url}
    several = registry is None
    return frozenset(
        name for name in portal.backends if not (several and "{commune}" in addresses.get(name, ""))
    )


def _addresses(
    settings: Settings, channels: Mapping[str, Channel], registry: Registry | None
) -> Iterator[Finding]:
    """Compare where QR codes lead with where the first portal is."""
    portal = settings.portal
    if registry is None or portal.backends[0] != "wordpress":
        return
    printed = permalink_of(channels, registry, "x")
    posted = portal.wordpress.url.replace("{commune}", registry.commune.id)
    if urlsplit(printed).netloc != urlsplit(posted).netloc:
        message = _(
            "{channel}: QR codes lead to {printed}, but posts go to {posted}: correct portal.url "
            "in commune.yaml, or [portal] permalink"
        )
        name = channel_name("portal")
        yield bad(message.format(channel=name, printed=printed, posted=posted))


def _unaddressed(settings: Settings, registry: Registry | None) -> Iterator[Finding]:
    """Name groups for which no address of Apprise's is set up."""
    judge = bad if settings.live else look
    for group in registry.chat_groups if registry is not None else ():
        name = group.address or group.id
        if group.backend == AppriseBackend.name and name not in settings.apprise:
            message = _("{channel}: group {group}: {reason}")
            reason = not_set_up(name)
            yield judge(message.format(channel=channel_name("chat"), group=group.id, reason=reason))


def _used_backends(patient: Patient, settings: Settings) -> frozenset[str]:
    """Return the backends that the registry's targets name; none when it cannot be read.

    Where the registries are in the ledger alone, what has been set up is taken to be used.
    """
    if not (patient.workspace / REGISTRY_FILE).exists():
        bot = {TelegramBackend.name} if settings.telegram.token else set()
        bot |= {ZaloBotBackend.name} if settings.zalo_bot.token else set()
        account = {ZaloGroupBackend.name} if settings.zalo else set()
        account |= {AppriseBackend.name} if settings.apprise else set()
        return known_players(settings) | bot | account
    with suppress(LoaError):
        registry = load_registry(patient.workspace / REGISTRY_FILE).registry
        groups = {group.backend for group in registry.chat_groups}
        return frozenset(groups | {cluster.player for cluster in registry.clusters})
    return frozenset()
