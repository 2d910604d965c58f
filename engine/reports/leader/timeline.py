"""What happened to a campaign, in the order of time: a line for each step a leader asks about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger import Revision
from engine.models import Purpose
from engine.reports.leader.page import Happened, Named
from engine.reports.lines import DeliveryLine
from engine.reports.plain import plain
from engine.reports.report import Report
from engine.reports.words import channel_word, event_word, moment, number
from engine.states import DELIVERED, State

#: Events of the campaign as a whole that a leader asks about; the codes are the ledger's.
_TOLD = ("submitted", "approved", "campaign_cancelled", "alert_ended")


def timeline(report: Report, revision: Revision, who: Mapping[str, Named]) -> tuple[Happened, ...]:
    """Return the lines; deliveries of one channel are one line, evidence of one kind another.

    ``who`` says how people are named, by their ids.
    """
    found = [*_steps(report, who), *_amendment(revision), *_sent(report), *_shown(report)]
    return tuple(sorted(found, key=lambda one: one.at))


def _steps(report: Report, who: Mapping[str, Named]) -> Iterator[Happened]:
    for event in report.events:
        if event.what in _TOLD and event.delivery_id is None:
            why = event.detail if event.what == "campaign_cancelled" else ""
            said = f"{event_word(event.what)}: {who.get(event.actor.id, event.actor)}"
            yield Happened(event.at, f"{said}: {why}" if why else said)


def _amendment(revision: Revision) -> Iterator[Happened]:
    correction = revision.campaign.correction
    if correction is not None:
        yield Happened(local(correction.at), plain(correction.opening))


def _sent(report: Report) -> Iterator[Happened]:
    """Yield when each channel began, how much of it left, and when the last of it did."""
    left: dict[tuple[str, bool], list[DeliveryLine]] = {}
    for line in report.deliveries:
        if not line.replaced and line.state in (*DELIVERED, State.NOT_PLAYED):
            reminds = line.purpose is Purpose.REMINDER
            left.setdefault((line.channel, reminds), []).append(line)
    for (channel, reminds), lines in left.items():
        slots = sorted(line.slot for line in lines)
        message = _("{channel}: {count} deliveries")
        if reminds:
            message = _("{channel}, where nobody had passed it on: {count} deliveries")
        said = message.format(channel=channel_word(channel), count=number(len(lines)))
        if slots[-1] > slots[0]:
            said = _("{said}, the last at {moment}").format(said=said, moment=moment(slots[-1]))
        yield Happened(slots[0], said)


def _shown(report: Report) -> Iterator[Happened]:
    """Yield when evidence of each kind came in first, and how many pieces there are."""
    first: dict[str, datetime] = {}
    count: dict[str, int] = {}
    for piece in report.evidence:
        word = piece.what
        first[word] = min(piece.at, first.get(word, piece.at))
        count[word] = count.get(word, 0) + 1
    for word, at in first.items():
        message = _("evidence: {what}, {count} times")
        yield Happened(at, message.format(what=word, count=number(count[word])))
