"""What was typed, as an alert or an all-clear."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from campaigns.alert_file import Wanted, title_and_text
from campaigns.faults import unknown
from campaigns.schedule import parse_moment, parse_span, parse_time
from engine.app import OPTIONS, App
from engine.clock import VIETNAM, local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Revision
from engine.models import Audience, Priority

#: How long an all-clear holds: who was away finds it on the portal the next day.
ALL_CLEAR_HOLDS = timedelta(days=1)

#: Options that a campaign file answers by itself.
_IN_A_FILE = ("title", "hamlets", "clusters", "every", "until", "once", "channels", "again")


def wanted_of(app: App, *, text: str | None, file: Path | None, **given: Any) -> Wanted | None:
    """Return the alert that was typed; None when it is a campaign file, which must be one.

    Raises UsageError, LoaError.
    """
    if (text is None) == (file is None):
        raise click.UsageError(_("give either TEXT or --file"))
    if file is not None:
        _check_file(app, file, given)
        return None
    assert text is not None
    now = app.clock.now()
    clusters = _known(_("cluster"), given["clusters"], [c.id for c in app.registry.clusters])
    title, body = (given["title"], text) if given["title"] else title_and_text(text)
    every = _every(app, given)
    return Wanted(
        title=title,
        text=body,
        audience=Audience(hamlets=_hamlets(app, given["hamlets"], clusters)),
        clusters=clusters,
        channels=_channels(app, given["channels"]),
        until=_until(app, given["until"], now),
        every=every,
        drill=given["drill"],
    )


def _check_file(app: App, file: Path, given: dict[str, Any]) -> None:
    named = [name for name in _IN_A_FILE if given[name]]
    if named:
        raise click.UsageError(_("with --file, the file says that itself; leave the option out"))
    campaign = app.office.load(file.resolve()).campaign
    if campaign.priority is not Priority.EMERGENCY:
        message = _("{file}: priority is {found}; an alert needs priority: emergency")
        raise LoaError(message.format(file=file, found=campaign.priority.value))
    if given["drill"] and not campaign.drill:
        message = _("{file}: it is no drill; write drill: true into it")
        raise LoaError(message.format(file=file))


def _hamlets(app: App, named: Iterable[str], clusters: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hamlets that are meant; where only clusters are named, those that hear them."""
    hamlets = _known(_("hamlet"), named, app.registry.hamlets_by_id)
    if hamlets or not clusters:
        return hamlets
    heard = {h for c in app.registry.clusters if c.id in clusters for h in c.hamlets}
    return tuple(h.id for h in app.registry.hamlets if h.id in heard)


def _channels(app: App, typed: str | None) -> tuple[str, ...]:
    names = typed.replace(",", " ").split() if typed else app.settings.alert.channels
    return _known(_("channel"), names, OPTIONS)


def _known(kind: str, names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return names, each once. Raises LoaError for one that nobody knows."""
    allowed, found = set(known), tuple(dict.fromkeys(names))
    for name in found:
        if name not in allowed:
            raise LoaError(unknown(kind, name, allowed))
    return found


def _every(app: App, given: dict[str, Any]) -> timedelta | None:
    if given["once"]:
        if given["every"]:
            raise click.UsageError(_("give either --every or --once"))
        return None
    if given["every"] is None:
        return timedelta(minutes=app.settings.alert.every_minutes)
    try:
        return parse_span(given["every"])
    except ValueError as error:
        raise LoaError(f"--every: {error}") from error


def _until(app: App, typed: str | None, now: datetime) -> datetime:
    """Return when an alert ends: a length of time, an hour (the next one), or a date and hour."""
    if typed is None:
        return _minute(now + timedelta(hours=app.settings.alert.hours))
    try:
        return _minute(now + parse_span(typed))
    except ValueError:
        pass
    try:
        today = datetime.combine(local(now).date(), parse_time(typed), VIETNAM)
        return today if today > now else today + timedelta(days=1)
    except ValueError:
        pass
    try:
        return parse_moment(typed, end=True)
    except ValueError as error:
        message = _('--until: "{text}" is no end; write 22:00, 3h, or 2026-12-01 22:00')
        raise LoaError(message.format(text=typed[:40])) from error


def _minute(moment: datetime) -> datetime:
    """Return the whole minute that follows."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def alert_to_end(app: App, campaign_id: str) -> Revision:
    """Return the newest revision of an alert that people may know of. Raises LoaError."""
    newest = app.office.newest(campaign_id)
    if newest.province_id:
        message = _("{campaign} is the province's ({province}): only the province decides about it")
        raise LoaError(message.format(campaign=campaign_id, province=newest.province_id))
    approved = newest
    while approved.approved_at is None and approved.revision > 1:
        before = app.ledger.revisions.get(campaign_id, approved.revision - 1)
        assert before is not None
        approved = before
    if approved.approved_at is None:
        message = _(
            "{campaign} was never approved, so that nobody was told of it;"
            " to withdraw it: loa cancel {campaign} --reason WHY --by PERSON"
        )
        raise LoaError(message.format(campaign=campaign_id))
    return approved


def all_clear_of(app: App, alert: Revision, text: str | None) -> Wanted:
    """Return the all-clear of an alert: for whom it was, and whom earlier revisions reached."""
    campaign, now = alert.campaign, app.clock.now()
    reached = app.ledger.views.reached(alert.campaign_id)
    meant = {h.id for h in app.registry.hamlets if campaign.audience.includes(h)}
    meant |= {hamlet for hamlet, _channel, _target in reached}
    everybody = [h.id for h in app.registry.hamlets]
    hamlets = tuple(h for h in everybody if h in meant)
    used = {channel for _hamlet, channel, _target in reached}
    title = f"Hết cảnh báo: {campaign.title}"
    return Wanted(
        title=title if len(title) <= 150 else "Hết cảnh báo",
        text=text or _usual_words(alert),
        audience=Audience() if len(hamlets) == len(everybody) else Audience(hamlets=hamlets),
        clusters=(),
        channels=tuple(name for name in OPTIONS if name in used or name in campaign.sections),
        until=_minute(now + ALL_CLEAR_HOLDS),
        drill=campaign.drill,
        all_clear=alert.campaign_id,
    )


def _usual_words(alert: Revision) -> str:
    """Return what an all-clear says of itself. Content, so always Vietnamese."""
    assert alert.approved_at is not None
    since = local(alert.approved_at)
    return (
        f"Tin “{alert.campaign.title}” phát lúc {since:%H} giờ {since:%M} ngày "
        f"{since:%d/%m/%Y} nay đã hết hiệu lực. Bà con trở lại sinh hoạt bình thường và tiếp tục "
        "theo dõi loa phát thanh."
    )
