"""The portals of the settings, and how each is built for a commune."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from channels.base import Backend
from channels.portal.publishing import STATIC, Publishing
from channels.portal.webhook.account import WebhookAccount
from channels.portal.webhook.backend import WebhookBackend
from channels.portal.wordpress.account import WordPressAccount
from channels.portal.wordpress.backend import WordPressBackend
from engine.clock import SystemClock
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.settings.portal import PortalSettings, WordPressSettings

if TYPE_CHECKING:
    from engine.app.channels import Surroundings

#: A portal's address: HTTPS, or this machine itself, where nobody listens in between.
_ADDRESS = re.compile(
    r"https://[^\s/?#@]+(/[^\s?#]*)?|http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(/[^\s?#]*)?"
)

_COMMUNE = "{commune}"

#: Letters of a secret that nobody guesses.
SHORTEST_SECRET = 16


def build_publishing(here: Surroundings) -> Publishing:
    """Build the portals. Raises LoaError for one that is chosen and cannot be as it is set."""
    portal = here.settings.portal
    repeated = [name for name in portal.backends if portal.backends.count(name) > 1]
    if repeated:
        message = _("[portal] backends: {name} stands there twice")
        raise LoaError(message.format(name=repeated[0]))
    wordpress = WordPressBackend(
        _wordpress(portal, here),
        here.remote_ids,
        here.clock,
        holds_permalink=portal.backends[0] == WordPressBackend.name,
        ahead=timedelta(hours=portal.wordpress.ahead_hours),
    )
    webhook = WebhookBackend(
        _webhook(portal, here),
        here.remote_ids,
        # A signature is as old as the portal's own clock says, which is never simulated.
        SystemClock() if here.clock.simulated else here.clock,
        holds_permalink=portal.backends[0] == WebhookBackend.name,
    )
    others: dict[str, Backend] = {wordpress.name: wordpress, webhook.name: webhook}
    return Publishing(portal.backends, others, portal.permalink)


def _wordpress(portal: PortalSettings, here: Surroundings) -> WordPressAccount | None:
    """Return how to come into WordPress; None where it is neither chosen nor set."""
    settings = portal.wordpress
    chosen = WordPressBackend.name in portal.backends
    if not (chosen or settings.url):
        return None
    _need("wordpress", {"url": settings.url, "user": settings.user})
    if not settings.password:
        _need("wordpress", {"password_file": settings.password_file})
    url = address("portal.wordpress", settings.url, here.commune_id)
    if here.folder != here.workspace and not (here.preview or _tells_communes_apart(settings)):
        message = _(
            "[portal.wordpress]: several communes are served here; put {part} in url or slug"
        )
        raise LoaError(message.format(part=_COMMUNE))
    return WordPressAccount(
        url=url,
        user=settings.user,
        password=settings.password,
        timeout=settings.timeout_seconds,
        ca_file=here.workspace / settings.ca_file if settings.ca_file else None,
        slug=settings.slug,
        category=settings.category.strip(),
        hamlets=settings.hamlets,
        trash=settings.withdrawn == "trash",
        overwrite=frozenset(settings.overwrite_edits),
    )


def _webhook(portal: PortalSettings, here: Surroundings) -> WebhookAccount | None:
    """Return where the webhook calls; None where it is neither chosen nor set."""
    settings = portal.webhook
    chosen = WebhookBackend.name in portal.backends
    if not (chosen or settings.url):
        return None
    _need("webhook", {"url": settings.url})
    if not settings.secret:
        _need("webhook", {"secret_file": settings.secret_file})
    if len(settings.secret) < SHORTEST_SECRET:
        message = _("[portal.webhook] secret: {count} letters are too few; at least {least}")
        raise LoaError(message.format(count=len(settings.secret), least=SHORTEST_SECRET))
    if settings.media == "link" and STATIC not in portal.backends:
        message = _('[portal.webhook] media = "link": needs static in [portal] backends')
        raise LoaError(message)
    return WebhookAccount(
        url=address("portal.webhook", settings.url, here.commune_id),
        secret=settings.secret,
        timeout=settings.timeout_seconds,
        ca_file=here.workspace / settings.ca_file if settings.ca_file else None,
        links=settings.media == "link",
    )


def _tells_communes_apart(settings: WordPressSettings) -> bool:
    return _COMMUNE in settings.url or _COMMUNE in settings.slug


def _need(section: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        if not value:
            message = _("[portal.{section}]: write {name}, so that Loa may post there")
            raise LoaError(message.format(section=section, name=name))


def address(section: str, written: str, commune_id: str) -> str:
    """Return a portal's address for one commune, without a final slash. Raises LoaError."""
    found = written.replace(_COMMUNE, commune_id)
    if _ADDRESS.fullmatch(found) is None:
        message = _(
            '[{section}] url: found "{found}"; allowed: https://…, or http:// on this machine '
            "itself (localhost), without user, ? or #"
        )
        raise LoaError(message.format(section=section, found=written[:200]))
    return found.rstrip("/")
