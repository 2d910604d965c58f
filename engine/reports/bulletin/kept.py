"""Which bulletins that were made tell words that hold no more: what is printed does not change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine.ledger import Ledger
from engine.ledger.bulletins import SOUGHT, InBulletin, Stale
from engine.models import Registry, digest
from engine.reports.bulletin.gathering import Bulletin, Item, item_of
from engine.reports.bulletin.period import command_of


def keep(ledger: Ledger, bulletin: Bulletin, at: datetime, actor: str) -> None:
    """Keep in the trail of each campaign what a bulletin tells of it, where that is news."""
    told: dict[str, InBulletin] = {}
    for item in bulletin.items:
        made = InBulletin(bulletin.period.name, item.revision, words_of(item), at)
        before = {one.bulletin: one for one in ledger.bulletins.of(item.campaign_id)}
        last = before.get(made.bulletin)
        if last is None or (last.revision, last.words) != (made.revision, made.words):
            told[item.campaign_id] = made
    if told:
        ledger.bulletins.record(told, actor)


def words_of(item: Item) -> str:
    """Return a hash of what a bulletin tells people of a campaign, and in which hamlets."""
    told = [
        (
            one.hamlets,
            one.content.title,
            one.content.body,
            one.content.contact,
            one.content.facts,
            one.content.valid_until,
        )
        for one in item.told
    ]
    return digest(item.stopped, told)[:16]


def stale(ledger: Ledger, registry: Registry, now: datetime) -> list[Stale]:
    """Return the bulletins that tell words which were amended or stopped since."""
    found: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for campaign_id, revision, since in ledger.bulletins.changed(now - SOUGHT):
        for one in _outdated(ledger, registry, campaign_id, revision, now):
            found.setdefault(one.bulletin, []).append((campaign_id, one.at, since))
    return [
        Stale(
            name,
            tuple(campaign_id for campaign_id, _made, _since in ones),
            max(made for _campaign, made, _since in ones),
            min(since for _campaign, _made, since in ones),
            command_of(name),
        )
        for name, ones in sorted(found.items())
    ]


def _outdated(
    ledger: Ledger, registry: Registry, campaign_id: str, revision: int, now: datetime
) -> Iterator[InBulletin]:
    made = ledger.bulletins.of(campaign_id)
    if not made:
        return
    item = item_of(ledger, registry, campaign_id, revision, now)
    words = words_of(item) if item is not None else ""
    yield from (one for one in made if one.words != words)
