"""What the ledger has on air, as sessions that rules are judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from channels.base import Channel
from engine.ledger import Ledger
from engine.ledger.air_views import Aired
from engine.models import Registry, Sessions, Sound
from engine.states import State

#: What is with the far side or on its way there, and cannot be called back.
_FIRM = (State.SENDING, State.CONFIRMED)


def sessions_on_air(
    ledger: Ledger,
    channels: Mapping[str, Channel],
    registry: Registry,
    *,
    after: datetime,
    now: datetime,
    but: str = "",
    cluster: str = "",
) -> Sessions:
    """Return the sessions from ``after`` on, without the campaign ``but`` and emergencies.

    Of one ``cluster``, if one is named. Raises LoaError when the ledger has lost what one says.
    """
    on_air = ledger.views.on_air(after, but=but, cluster=cluster)
    wanted = {one.content_hash for one in on_air}
    contents = ledger.deliveries.contents(wanted)
    for missing in wanted - contents.keys():
        ledger.deliveries.content(missing)  # raises, and says so
    since = ledger.revisions.first_approved({one.campaign_id for one in on_air}) if on_air else {}
    hamlet = registry.hamlets[0]
    said = {
        key: (channels[content.channel].forecast(content, hamlet).seconds, content.valid_until)
        for key, (content, _needs) in contents.items()
    }
    found: dict[tuple[str, datetime], dict[str, Sound]] = defaultdict(dict)
    for one in on_air:
        seconds, until = said[one.content_hash]
        sound = Sound(
            one.campaign_id,
            one.content_hash,
            one.priority,
            seconds,
            until,
            since.get(one.campaign_id),
            firm=_firm(one, now),
            again=one.again,
        )
        session = found[one.cluster, one.slot]
        other = session.get(sound.key)
        if other is not None:
            firm, again = sound.firm or other.firm, sound.again and other.again
            sound = replace(sound, firm=firm, again=again)
        session[sound.key] = sound
    return found


def _firm(one: Aired, now: datetime) -> bool:
    return one.state in _FIRM or one.slot <= now
