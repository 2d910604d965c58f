"""What the person who gives an alert is told: what happened, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from engine.app import App
from engine.cli.common import said_commune, shown_path
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Status
from engine.models.wording import channel_name
from engine.planner.alerts import Standing


def refuse_alone(app: App, by: str, second: str) -> None:
    """Raise LoaError when the second key would be the first person's own."""
    if by == second:
        message = _("two keys are two people's: {person} cannot be both; who may approve: {others}")
        others = ", ".join(app.office.approvers(but=by)) or "—"
        raise LoaError(message.format(person=by, others=others))


def given_lines(app: App, done: Standing, by: str, second: str | None) -> Iterator[str]:
    """Yield what is on air now, until when, and how it ends."""
    revision = done.revision
    assert revision is not None
    name, campaign = done.campaign_id + said_commune(), revision.campaign
    if second is not None and revision.approved_by == second:
        message = _("✓ {campaign}: approved with two keys, {first} and {second}")
        yield message.format(campaign=done.campaign_id, first=by, second=second)
    else:
        message = _("✓ {campaign}: already given, at {moment}, approved by {person}")
        at = revision.approved_at or revision.submitted_at
        shown = f"{local(at):%H:%M %d/%m/%Y}"
        yield message.format(campaign=done.campaign_id, moment=shown, person=revision.approved_by)
    if campaign.all_clear:
        yield _("  {alert} is stopped; told are those whom it reached").format(
            alert=campaign.all_clear
        )
    yield from _counts(app, done.campaign_id)
    if campaign.drill:
        yield _("  a drill: every item and every form says so")
    again = campaign.schedule.repeat
    if again is not None:
        message = _("  said again every {minutes} minutes until {until}")
        minutes = int(again.every.total_seconds()) // 60
        yield message.format(minutes=minutes, until=f"{local(again.until):%H:%M %d/%m/%Y}")
    if not campaign.all_clear:
        yield _("  to end it, both together: loa all-clear {id} --by PERSON --with PERSON").format(
            id=name
        )
    yield _("  sent by: loa run (unless it runs already)")


def waiting_lines(app: App, done: Standing, by: str, _second: str | None) -> Iterator[str]:
    """Yield who must approve, and what somebody who is alone can do."""
    name = done.campaign_id + said_commune()
    yield _("✓ {campaign} is written and waits for a second person: {file}").format(
        campaign=done.campaign_id, file=shown_path(done.path)
    )
    if done.unproved:
        yield f"  ✗ {done.unproved}"
    others = app.office.approvers(but=by)
    if not others:
        yield _("  nobody else may approve: give somebody the right to, in commune.yaml")
        return
    yield _("  who may approve: {others}").format(others=", ".join(others))
    yield _("  approve it: loa approve {id} --by PERSON").format(id=name)
    yield _("  if you are here alone: telephone one of them; nothing goes on air before that")
    ended = done.revision.campaign.all_clear if done.revision is not None else ""
    if ended:
        yield _("  until it is approved, what is left of {alert} goes on").format(alert=ended)
    yield _("  to speak from the amplifier meanwhile: loa preview {id} makes the MP3").format(
        id=name
    )


def _counts(app: App, campaign_id: str) -> Iterator[str]:
    revision = app.ledger.revisions.latest(campaign_id)
    if revision is None or revision.status not in (Status.APPROVED, Status.OPEN):
        return
    rows = app.ledger.views.deliveries(campaign_id)
    first = min((row.slot for row in rows if row.channel == "loudspeaker"), default=None)
    if first is not None:
        later = first > app.clock.now() + timedelta(minutes=1)
        message = _("  on air first at {moment}") if later else _("  on air now")
        yield message.format(moment=f"{local(first):%H:%M %d/%m/%Y}")
    targets = {(row.channel, row.target) for row in rows}
    counts = Counter(channel for channel, _target in targets)
    if counts:
        places = ", ".join(f"{channel_name(name)} {n}" for name, n in sorted(counts.items()))
        yield _("  places: {places}").format(places=places)
    else:
        yield _("  nobody was reached, so that nobody is told")
