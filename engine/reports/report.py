"""A campaign's report: what was said, who approved it, who was reached, who was not, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import TWO_KEYS, DeliveryRow, EventRow, Ledger, Revision, Status
from engine.models import Amends, Commune, Evidence, EvidenceKind, Priority, Purpose, Registry
from engine.models.word import judged
from engine.reports.amended import AmendedHamlet, AmendedPlace, amended_hamlets, amended_places
from engine.reports.coverage import Coverage, coverage
from engine.reports.escalation import StepLine, escalation_lines
from engine.reports.lines import DeliveryLine, EventLine, EvidenceLine, Lines, Who
from engine.reports.matrix import Matrix, in_order, matrix
from engine.reports.plain import Discreet, plain
from engine.reports.remarks import Remarked, remarked
from engine.reports.unreached import Unreached, unreached
from engine.reports.visits import Progress, progress_of
from engine.reports.words import moment
from engine.rules.team_days import OtherDays
from engine.rules.visits import goings
from engine.states import State

#: States of deliveries that somebody took out of the campaign; they tell nobody anything.
_TAKEN_OUT = frozenset({State.CANCELLED, State.WITHDRAWN, State.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the campaign is. Times are Vietnam's.

    ``waiting_revision`` is a newer revision that waits for approval, or None. ``all_clear`` is
    the alert that it ends, empty for all others. ``two_keys``: submitter and approver gave
    their passphrases in one command. ``amends`` says what it corrects, brings up to date or
    withdraws, and why; empty for a first revision.
    """

    campaign_id: str
    title: str
    issuer: str
    revision: int
    status: Status
    priority: Priority
    valid_from: datetime | None
    valid_until: datetime
    submitted_by: Who
    submitted_at: datetime
    approved_by: Who | None
    approved_at: datetime | None
    content_hash: str
    waiting_revision: int | None
    purpose: Purpose = Purpose.NOTICE
    drill: bool = False
    all_clear: str = ""
    two_keys: bool = False
    amends: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a leader needs to know of one campaign, as it stood at ``made_at``.

    ``live`` False: backends named in ``rehearsing`` only rehearsed. ``simulated``: the clock
    was made up. ``statements`` say both in words.
    """

    commune: Commune
    made_at: datetime
    simulated: bool
    rehearsing: tuple[str, ...]
    facts: Facts
    matrix: Matrix
    coverage: Coverage
    unreached: tuple[Unreached, ...]
    remarks: tuple[Remarked, ...]
    deliveries: tuple[DeliveryLine, ...]
    events: tuple[EventLine, ...]
    evidence: tuple[EvidenceLine, ...]
    amended: tuple[AmendedPlace, ...] = ()
    escalation: tuple[StepLine, ...] = ()
    visits: tuple[Progress, ...] = ()

    @property
    def amended_hamlets(self) -> tuple[AmendedHamlet, ...]:
        """How far an amendment has come, hamlet by hamlet."""
        return amended_hamlets(self.amended)

    @property
    def live(self) -> bool:
        return not self.rehearsing

    @property
    def by_ear(self) -> str:
        """Say where people heard the loudspeakers and no player reports it; empty for nowhere."""
        proved = {one.delivery_id for one in self.evidence if one.kind is EvidenceKind.PLAYED}
        heard = [one for one in self.evidence if one.kind is EvidenceKind.HEARD]
        hamlets = dict.fromkeys(one.hamlet for one in heard if one.delivery_id not in proved)
        if not hamlets:
            return ""
        words = _("Heard by people, without a player's report: {hamlets}")
        return words.format(hamlets=", ".join(hamlets))

    @property
    def not_passed_on(self) -> tuple[str, ...]:
        """Say who says that a hamlet was not told, and what others say; a line for each."""
        found: dict[str, None] = {}
        for one in self.evidence:
            if one.kind is EvidenceKind.NOT_RELAYED and one.holds:
                words = _("{hamlet}: {person} said at {moment} that it was not passed on")
                if any(other.denied and _same_place(other, one) for other in self.evidence):
                    words = _(
                        "{hamlet}: {person} said at {moment} that it was not passed on; somebody"
                        " else says it was: ask them"
                    )
                said = words.format(hamlet=one.hamlet, person=one.by.id, moment=moment(one.at))
                found[said] = None
        return tuple(found)

    @property
    def statements(self) -> tuple[str, ...]:
        """What must be known before any number here is believed."""
        drill = _("Drill: nothing here was, or counts as, a real alert.")
        said = (drill,) if self.facts.drill else ()
        return (*said, *conditions_said(self.rehearsing, simulated=self.simulated))


def _same_place(one: EvidenceLine, other: EvidenceLine) -> bool:
    return one.delivery_id == other.delivery_id and one.holds


def conditions_said(rehearsing: Collection[str], *, simulated: bool) -> tuple[str, ...]:
    """Say what is not real about a report's numbers."""
    message = _("Rehearsal: nothing was sent through {backends}; the workspace is not live.")
    found = (_("Simulated clock: every time in this report is made up."),) if simulated else ()
    if rehearsing:
        found = (*found, message.format(backends=", ".join(rehearsing)))
    return found


def build_report(
    ledger: Ledger,
    registry: Registry,
    campaign_id: str,
    now: datetime,
    *,
    simulated: bool = False,
    rehearsing: Collection[str] = (),
) -> Report:
    """Read one campaign's report from the ledger. Raises LoaError for an unknown campaign.

    ``registry`` is the registry as it stands and names the roles of people; hamlets and
    households are those of the revision that the campaign pins. ``rehearsing`` are the
    backends that only rehearse.
    """
    revision, waiting = in_force(ledger, campaign_id)
    pinned = ledger.registries.load(revision.registry_revision)
    people = {**registry.people_by_id, **pinned.people_by_id}
    rows = [row for row in ledger.views.deliveries(campaign_id) if not row.asks]
    every = ledger.views.deliveries(campaign_id, replaced=True)
    evidence = ledger.evidence.of(campaign_id)
    happened = ledger.views.events(campaign_id)
    discreet = Discreet([*registry.people, *pinned.people])
    lines = Lines(pinned, people, discreet, every, happened, (registry, pinned))
    deliveries = tuple(map(lines.delivery, every))
    households = households_meant(revision, pinned, rows)
    planned = [row for row in rows if row.purpose is not Purpose.REMINDER]
    grid = matrix(planned, pinned, tuple(revision.campaign.sections), audience=households)
    covered = coverage(rows, evidence, pinned, households)
    return Report(
        commune=_public(pinned.commune),
        made_at=local(now),
        simulated=simulated,
        rehearsing=tuple(sorted(rehearsing)),
        facts=_facts(revision, waiting, lines, happened),
        matrix=grid,
        coverage=covered,
        unreached=unreached(grid, covered, rows, lines.discreet),
        remarks=remarked(deliveries),
        deliveries=deliveries,
        events=tuple(map(lines.event, happened)),
        evidence=tuple(map(lines.evidence, judged(evidence))),
        escalation=escalation_lines(ledger, registry, campaign_id, now, discreet),
        amended=amended_places(ledger.told.of(campaign_id), every, pinned, now, _amends(revision)),
        visits=_visits(ledger, campaign_id, rows, evidence, registry),
    )


def _visits(
    ledger: Ledger,
    campaign_id: str,
    rows: Sequence[DeliveryRow],
    evidence: Sequence[Evidence],
    registry: Registry,
) -> tuple[Progress, ...]:
    """Return how teams fare, by the registry as it stands: they are sent by it."""
    if not any(row.channel == "team" for row in rows):
        return ()
    found = goings(
        rows,
        evidence,
        ledger.visits.counts(campaign_id),
        registry,
        lambda key: ledger.deliveries.content(key)[0],
        OtherDays(ledger),
    )
    return progress_of(found, registry)


def _amends(revision: Revision) -> Amends:
    facts = revision.campaign.correction
    return facts.amends if facts is not None else Amends.CORRECTION


def in_force(ledger: Ledger, campaign_id: str) -> tuple[Revision, int | None]:
    """Return the newest revision that set something going, or the newest if none ever did.

    With it the number of a newer one that waits for approval, if there is one.
    """
    newest = ledger.revisions.latest(campaign_id)
    if newest is None:
        known = ", ".join(ledger.revisions.campaign_ids()) or "—"
        message = _('no campaign "{campaign}" was submitted (submitted: {known})')
        raise LoaError(message.format(campaign=campaign_id, known=known))
    waiting = newest.revision if newest.status is Status.SUBMITTED else None
    for number in range(newest.revision, 0, -1):
        revision = ledger.revisions.get(campaign_id, number)
        if revision is not None and _took_effect(revision):
            return revision, waiting
    return newest, None


def _took_effect(revision: Revision) -> bool:
    return revision.approved_at is not None and revision.status is not Status.REFUSED


def households_meant(
    revision: Revision, registry: Registry, rows: Iterable[DeliveryRow]
) -> dict[str, int]:
    """Return households meant, by hamlet: the audience, and who was told by earlier revisions."""
    audience = revision.campaign.audience
    meant = {
        hamlet.id: hamlet.households_of(audience.households)
        for hamlet in registry.hamlets
        if audience.includes(hamlet)
    }
    for row in rows:
        if row.state not in _TAKEN_OUT and row.hamlet_id not in meant:
            meant[row.hamlet_id] = row.households
    return {hamlet_id: meant[hamlet_id] for hamlet_id in in_order(registry, meant)}


def _facts(
    revision: Revision, waiting: int | None, lines: Lines, happened: Iterable[EventRow]
) -> Facts:
    campaign = revision.campaign
    return Facts(
        campaign_id=revision.campaign_id,
        title=plain(campaign.heading),
        issuer=plain(campaign.issuer),
        revision=revision.revision,
        status=revision.status,
        priority=revision.priority,
        valid_from=local(campaign.valid_from) if campaign.valid_from else None,
        valid_until=local(campaign.valid_until),
        submitted_by=lines.who(revision.submitted_by),
        submitted_at=local(revision.submitted_at),
        approved_by=lines.who(revision.approved_by) if revision.approved_by else None,
        approved_at=local(revision.approved_at) if revision.approved_at else None,
        content_hash=revision.content_hash,
        waiting_revision=waiting,
        purpose=campaign.purpose,
        drill=campaign.drill,
        all_clear=campaign.all_clear,
        amends=plain(campaign.correction.opening) if campaign.correction else "",
        two_keys=any(
            event.to_state == TWO_KEYS and event.at == revision.approved_at for event in happened
        ),
    )


def _public(commune: Commune) -> Commune:
    """Return what a report prints of the commune, as plain text."""
    return replace(
        commune,
        name=plain(commune.name),
        province=plain(commune.province),
        office=plain(commune.office),
        phone="",
        address="",
    )
