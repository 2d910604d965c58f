"""The station's day, gathered from the ledger and from a campaign that is not approved yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from channels.framed import around_of
from engine.app.opening import App
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Content
from engine.reports.station.day import StationDay, station_day
from engine.reports.station.parts import days_of


def day_of(
    app: App, day: date, proposed: Path | None = None, cluster: str | None = None
) -> StationDay:
    """Return what the loudspeakers play on ``day``; of one ``cluster``, if one is named.

    ``proposed`` is a campaign's file, planned as if it were approved now (``loa plan``). Raises
    InputError for that file, and LoaError for a cluster that does not exist or a content that
    is lost.
    """
    known = [one.id for one in app.registry.clusters]
    if cluster is not None and cluster not in known:
        message = _("there is no cluster “{cluster}”; allowed: {allowed}")
        raise LoaError(message.format(cluster=cluster, allowed=", ".join(known) or "–"))
    plan = app.office.plan(proposed)[1] if proposed is not None else None
    begins, ends = days_of(day, plan)
    airings = app.ledger.views.on_loudspeakers(begins, ends)
    if cluster is not None:
        airings = [one for one in airings if one.cluster == cluster]
    hashes = {one.content_hash for one in airings}
    frozen = app.ledger.deliveries.contents(hashes)
    for missing in hashes - frozen.keys():
        app.ledger.deliveries.content(missing)  # raises, and says so
    return station_day(
        day,
        app.registry,
        airings,
        {key: content for key, (content, _needs) in frozen.items()},
        lambda content: _seconds(app, content),
        plan,
        only=cluster,
        now=app.clock.now(),
        around=around_of(app.channels.get("loudspeaker"), app.registry),
        since=app.ledger.revisions.first_approved({one.campaign_id for one in airings}),
    )


def _seconds(app: App, content: Content) -> float:
    return app.channels["loudspeaker"].forecast(content, app.registry.hamlets[0]).seconds
