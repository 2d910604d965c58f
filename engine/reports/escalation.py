"""What was done where a message was not passed on, what comes next, and why something did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import Ledger
from engine.ledger.escalations import StepRow
from engine.models import Registry
from engine.models.escalation import Act
from engine.models.registry import PRIVATE
from engine.models.wording import act_word, step_reason
from engine.reports.plain import Discreet, plain
from engine.reports.words import SYMBOLS, moment, state_word
from engine.rules.escalated import Case, cases_of, in_force, nobody_to_ask
from engine.rules.escalation import Due, Outlook
from engine.states import State

#: Outlooks of what is to be done, or was.
_OPEN = (Outlook.WAITS, Outlook.DUE)

#: The code of a step for which there is nobody.
NOBODY = "nobody"

#: The code of the first line of a hamlet: what its head was told.
TOLD = "told"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in one hamlet, or what its head was told (``act`` "told"). Times are Vietnam's.

    ``state`` is that of its delivery, else ``waits``, ``needless``, ``never`` or ``nobody``.
    ``target`` is a group, a team or a person by id; empty where none is known yet.
    """

    hamlet_id: str
    hamlet: str
    act: str
    target: str
    at: datetime | None
    state: str
    reason: str = ""

    @property
    def symbol(self) -> str:
        try:
            return SYMBOLS[State(self.state)]
        except ValueError:
            return "!" if self.state == NOBODY else "○" if self.state == Outlook.WAITS else "–"

    @property
    def counts(self) -> bool:
        """Say whether it was done, or is to be; where a word came, the first line tells."""
        return self.state not in (State.CANCELLED, State.SUPERSEDED, Outlook.NEEDLESS)

    @property
    def what(self) -> str:
        """What is done, and where: ``remind the head (truong-ap)``."""
        word = _("the head is told") if self.act == TOLD else act_word(Act(self.act))
        return f"{word} ({self.target})" if self.target else word

    @property
    def how(self) -> str:
        """How it stands, and why: ``cancelled: needed no more``."""
        return joined(": ", (_state(self.state), self.reason))

    @property
    def when(self) -> str:
        return moment(self.at) if self.at is not None else "–"

    @property
    def words(self) -> str:
        """The line without its hamlet, for a terminal."""
        return f"{self.symbol} {self.when}  {self.what}: {self.how}"


def escalation_lines(
    ledger: Ledger, registry: Registry, campaign_id: str, now: datetime, discreet: Discreet
) -> tuple[StepLine, ...]:
    """Return every step of a campaign, hamlet by hamlet; nothing where nothing is chased after.

    ``registry`` is the registry as it stands.
    """
    revision = in_force(ledger, campaign_id)
    if revision is None:
        return tuple(_of_the_past(ledger, registry, campaign_id, discreet))
    found: list[StepLine] = []
    for case in cases_of(ledger, revision, registry, now):
        if case.foreseen or case.planned:
            found += _lines(case, registry, discreet)
    return tuple(found)


def _lines(case: Case, registry: Registry, discreet: Discreet) -> Iterator[StepLine]:
    name = plain(case.hamlet.name)
    if case.told is not None:
        at = case.situation.told_at or case.expected_at
        state = case.told.state if case.situation.told_at is None else State.SENT
        said = _answer(case)
        yield StepLine(case.hamlet.id, name, TOLD, case.told.target, _local(at), state.value, said)
    shown: set[int] = set()
    for due in case.foreseen:
        rows = _newest(case.rows_of(due))
        shown.update(row.delivery_id for row in case.rows_of(due))
        yield from (_of_row(row, name, discreet) for row in rows)
        if not rows or (due.outlook in _OPEN and not case.is_planned(due)):
            yield _foreseen(case, due, name, registry)
    for row in _newest([row for row in case.planned if row.delivery_id not in shown]):
        yield _of_row(row, name, discreet)


def _foreseen(case: Case, due: Due, name: str, registry: Registry) -> StepLine:
    code, reason = due.outlook.value, step_reason(due.step, at_night=due.at_night)
    if due.outlook is Outlook.NEEDLESS:
        reason = _answer(case)
    elif due.outlook is Outlook.NEVER:
        reason = _("the campaign is over before")
    elif nobody_to_ask(case.hamlet, due.step.do, registry):
        code, reason = NOBODY, _("the registry names nobody for it")
    else:
        code = Outlook.WAITS.value
    return StepLine(case.hamlet.id, name, due.step.do.value, "", _local(due.at), code, reason)


def _of_row(row: StepRow, name: str, discreet: Discreet) -> StepLine:
    waiting = row.state in (State.HELD, State.PLANNED)
    reason = discreet(row.reason)
    if row.state in (State.SENT, State.CONFIRMED) or (waiting and not reason):
        reason = step_reason(row.step)
    return StepLine(
        row.hamlet_id,
        name,
        row.step.do.value,
        row.target.removeprefix(PRIVATE),
        _local(row.slot),
        row.state.value,
        reason,
    )


def _of_the_past(
    ledger: Ledger, registry: Registry, campaign_id: str, discreet: Discreet
) -> Iterator[StepLine]:
    """Yield the steps of a campaign of which nothing is in force any more."""
    names = {hamlet.id: plain(hamlet.name) for hamlet in registry.hamlets}
    rows = sorted(_newest(ledger.escalations.steps(campaign_id)), key=lambda row: row.hamlet_id)
    for row in rows:
        yield _of_row(row, names.get(row.hamlet_id, row.hamlet_id), discreet)


def _newest(rows: Sequence[StepRow]) -> list[StepRow]:
    """Return of each step and target the last delivery, in order of their slots."""
    found: dict[tuple[str, str, str, str], StepRow] = {}
    for row in sorted(rows, key=lambda row: row.delivery_id):
        found[row.hamlet_id, row.telling, row.step.key, row.target] = row
    return sorted(found.values(), key=lambda row: (row.slot, row.delivery_id))


def _answer(case: Case) -> str:
    """Say what is known of a hamlet's passing it on."""
    people = ", ".join(case.denied_by)
    if people and case.situation.relayed:
        message = _("passed on, by word of the hamlet; not passed on, says {people}")
        return message.format(people=people)
    if people:
        return _("not passed on, says {people}").format(people=people)
    if case.situation.relayed:
        return _("passed on, by word of the hamlet")
    if case.situation.received:
        return _("the head has it; no word that it was passed on")
    return ""


def _state(code: str) -> str:
    try:
        return state_word(State(code))
    except ValueError:
        return {
            Outlook.WAITS.value: _("will be done, unless there is word before"),
            Outlook.NEEDLESS.value: _("not needed"),
            Outlook.NEVER.value: _("cannot come"),
            NOBODY: _("nobody to ask"),
        }[code]


def _local(at: datetime | None) -> datetime | None:
    return local(at) if at is not None else None
