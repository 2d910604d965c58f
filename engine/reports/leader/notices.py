"""One campaign as a line of the leader's page: from its revision, sums and states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger import Ledger, Revision, Status, status_word
from engine.ledger.coverage_views import Stand
from engine.models import Campaign, Person, Registry
from engine.reports.amended import AmendedPlace, Has
from engine.reports.coverage import Bounds
from engine.reports.leader.page import Amended, Counts, Duty, Named, Notice
from engine.reports.matrix import hamlet_name, ordered_counts
from engine.reports.plain import Discreet, plain
from engine.rules.obligations import HamletStanding, Standing, required, rules_of, standings
from engine.states import State

#: How many hamlets a duty names that are short of it.
NAMED = 6

#: States in which something is still to come, or was before somebody stopped it.
_NEVER_BEGUN = frozenset({State.CANCELLED, State.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class Reach:
    """What the hamlets of one campaign add up to."""

    areas: int
    complete: int
    households: int
    covered: Bounds
    twice: Bounds


def counts_of(revision: Revision, stands: Iterable[Stand], now: datetime) -> Counts:
    """Say whether a campaign counts among those that people had to be reached by."""
    campaign, known = revision.campaign, [one for one in stands if not one.asks]
    if campaign.drill:
        return Counts.DRILL
    if campaign.correction is not None and campaign.correction.withdraws:
        return Counts.WITHDRAWN
    if revision.status is Status.CANCELLED and all(one.state in _NEVER_BEGUN for one in known):
        return Counts.CANCELLED
    if all(one.first > now for one in known if one.state not in _NEVER_BEGUN):
        return Counts.TO_COME
    return Counts.YES


def notice_of(
    revision: Revision,
    who: Mapping[str, Named],
    stands: Sequence[Stand],
    reach: Reach,
    now: datetime,
) -> Notice:
    """Return the line. ``who`` says how people are named, by their ids."""
    campaign = revision.campaign
    told = [one for one in stands if not one.asks]
    states: dict[State, int] = {}
    for one in told:
        states[one.state] = states.get(one.state, 0) + one.count
    return Notice(
        campaign_id=revision.campaign_id,
        title=plain(campaign.heading),
        revision=revision.revision,
        status=_status(revision, now),
        priority=revision.priority,
        purpose=campaign.purpose,
        counts=counts_of(revision, stands, now),
        submitted_by=_who(who, revision.submitted_by),
        submitted_at=local(revision.submitted_at),
        approved_by=_who(who, revision.approved_by) if revision.approved_by else None,
        approved_at=local(revision.approved_at) if revision.approved_at else None,
        first=local(min(one.first for one in told)) if told else None,
        last=local(max(one.last for one in told)) if told else None,
        areas=reach.areas,
        complete=reach.complete,
        households=reach.households,
        covered=reach.covered,
        twice=reach.twice,
        states=in_order(states),
    )


def names_in(people: Iterable[Person], discreet: Discreet) -> dict[str, Named]:
    """Return how people are named on a page, by their ids; nobody's phone number is among it."""
    return {one.id: Named(one.id, discreet(one.role), discreet(one.name)) for one in people}


def _who(who: Mapping[str, Named], person_id: str) -> Named:
    """Return a person as pages name him; one whom no registry knows any more, by his id."""
    return who.get(person_id) or Named(plain(person_id), "")


def in_order(states: Mapping[State, int]) -> Mapping[State, int]:
    """Return counts of deliveries in the order in which states are told."""
    return {state: states[state] for state in ordered_counts(states)}


def _status(revision: Revision, now: datetime) -> str:
    correction = revision.campaign.correction
    if correction is not None and correction.withdraws:
        return _("withdrawn")
    return status_word(revision.status, over=revision.campaign.valid_until < now)


def counting_word(counts: Counts) -> str:
    """Say why a campaign does not count; empty for one that does."""
    return {
        Counts.YES: "",
        Counts.DRILL: _("drill: reaches nobody"),
        Counts.WITHDRAWN: _("withdrawn"),
        Counts.CANCELLED: _("cancelled before anybody was told"),
        Counts.TO_COME: _("still to come"),
    }[counts]


def duty_of(ledger: Ledger, revision: Revision, registry: Registry, now: datetime) -> Duty | None:
    """Return how a campaign stands that cites a law; None for all others."""
    campaign = revision.campaign
    if not campaign.legal_basis:
        return None
    name = revision.campaign_id
    rows = ledger.views.deliveries(name, replaced=True)
    found = standings(rules_of(campaign), rows, ledger.evidence.of(name), now)
    lacking = [one for one in found if one.standing in (Standing.SHORT, Standing.AT_RISK)]
    return Duty(
        campaign_id=name,
        title=plain(campaign.heading),
        asked=_asked(campaign),
        areas=len(found),
        met=sum(one.fulfilled for one in found),
        running=sum(not one.fulfilled and one not in lacking for one in found),
        lacking=tuple(_names(lacking, registry)),
    )


def _asked(campaign: Campaign) -> str:
    days, relay = required(rules_of(campaign))
    parts = [_("{days} days in a row on the loudspeakers").format(days=days)] if days else []
    parts += [_("the head passes it on")] if relay else []
    cited = "; ".join(plain(one.citation.text) for one in campaign.legal_basis)
    return f"{cited}: {', '.join(parts)}" if parts else cited


def _names(found: Iterable[HamletStanding], registry: Registry) -> Iterable[str]:
    return (hamlet_name(registry, one.hamlet_id) for one in found)


def amended_of(revision: Revision, places: Iterable[AmendedPlace]) -> Amended | None:
    """Return how an amendment came to those who knew the earlier words; None: nothing amended."""
    correction = revision.campaign.correction
    if correction is None:
        return None
    counted = dict.fromkeys(Has, 0)
    for one in places:
        counted[one.has] += 1
    return Amended(
        campaign_id=revision.campaign_id,
        title=plain(revision.campaign.heading),
        said=plain(correction.opening),
        at=local(correction.at),
        places=counted,
    )
