"""Confirmations by people: a head relayed, flyers were handed out, somebody heard it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow, Ledger
from engine.models import Evidence, EvidenceKind, GroupKind, Hamlet, Person, Registry, Right
from engine.models.wording import channel_name, state_name
from engine.states import State

#: What a person's word shows on each channel; on any other, that the message was relayed.
KINDS = {
    "chat": EvidenceKind.RELAYED,
    "flyer": EvidenceKind.HANDED_OUT,
    "loudspeaker": EvidenceKind.HEARD,
    "portal": EvidenceKind.PAGE_ANSWERS,
    "team": EvidenceKind.VISITED,
}

#: Evidence is kept for what was, or may have been, sent.
_LEFT = (State.SENT, State.CONFIRMED, State.UNCERTAIN, State.NOT_PLAYED)


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says: in this hamlet, on this channel, so many households.

    ``left_over`` is how many printed copies were left, below zero how many were lacking.
    ``received``: the head got the message, which says nothing about households. ``target``
    narrows it to one group or cluster, ``day`` to the slots of one day. ``product``: only this
    one of several printed products. ``also`` may say so besides those who always may. ``once``:
    the very same word of the same person counts no second time.
    """

    campaign_id: str
    hamlet_id: str
    channel: str
    by: str
    households: int | None = None
    received: bool = False
    target: str | None = None
    note: str = ""
    day: date | None = None
    left_over: int | None = None
    product: str = ""
    also: tuple[str, ...] = ()
    once: bool = False


def confirm(ledger: Ledger, registry: Registry, word: Word, now: datetime) -> int:
    """Keep a person's word as evidence; return for how many deliveries.

    The hamlet's head may confirm there, a deputy, and whoever has the right to. Raises LoaError for
    an unknown hamlet or person, more households than there are or none at all, nothing sent to
    confirm, or something heard on one of several days without saying on which.
    """
    hamlet = registry.hamlets_by_id.get(word.hamlet_id)
    if hamlet is None:
        known = ", ".join(registry.hamlets_by_id)
        message = _('no hamlet "{hamlet}" (there are: {known})')
        raise LoaError(message.format(hamlet=word.hamlet_id, known=known))
    person = _entitled(registry, hamlet, word)
    everything = ledger.views.deliveries(word.campaign_id)
    rows = [row for row in everything if _meant(row, word, registry) and _on_day(row, word)]
    left = [row for row in rows if row.state in _LEFT and row.slot <= now]
    if not left:
        spoken_of = [(row.hamlet_id, row.channel) for row in everything]
        elsewhere = (word.hamlet_id, word.channel) in spoken_of
        raise LoaError(_nothing_to_confirm(rows, word, elsewhere=elsewhere))
    _check_number(left, word, hamlet)
    kind = EvidenceKind.RECEIVED if word.received else KINDS.get(word.channel, EvidenceKind.RELAYED)
    if kind is EvidenceKind.HEARD:
        _check_day(left)
    if kind is EvidenceKind.VISITED and word.households is not None:
        _check_team(left, word)
    source = word.note or _("said by {person}").format(person=person.id)
    said = (word.households, word.left_over, None, word.product)
    pieces = [Evidence(row.id, kind, person.id, now, source, *said) for row in left]
    scanned = word.left_over is not None or bool(word.product)
    ledger.evidence.add(pieces, once=word.once or scanned)  # a cover may be scanned twice
    return len(left)


def deny(ledger: Ledger, registry: Registry, word: Word, now: datetime) -> int:
    """Keep a person's word that a hamlet was not told; return for how many deliveries.

    It speaks against whatever was said of the hamlet's passing on in the chat, by himself (then
    that is taken back) or by others (then both are kept), and of what ``word`` means. Nothing
    where nothing was sent. Raises LoaError for somebody who may not speak for the hamlet.
    """
    hamlet = registry.hamlets_by_id[word.hamlet_id]
    person = _entitled(registry, hamlet, word)
    relayed = {
        piece.delivery_id
        for piece in ledger.evidence.of(word.campaign_id)
        if piece.kind is EvidenceKind.RELAYED
    }
    left = [
        row
        for row in ledger.views.deliveries(word.campaign_id)
        if (row.hamlet_id, row.channel) == (word.hamlet_id, word.channel)
        and (row.id in relayed or _meant(row, word, registry))
        and row.state in _LEFT
        and row.slot <= now
    ]
    source = word.note or _("said by {person}").format(person=person.id)
    kind = EvidenceKind.NOT_RELAYED
    ledger.evidence.add([Evidence(row.id, kind, person.id, now, source) for row in left], once=True)
    return len(left)


def confirm_uploaded(
    ledger: Ledger, registry: Registry, rows: Sequence[DeliveryRow], by: str, now: datetime
) -> int:
    """Keep somebody's word that the package of these deliveries is on the province's system.

    It may be given before their slots, and confirms nothing: that they were heard is another
    word. Return for how many deliveries it is new. Raises LoaError for somebody without the
    right to confirm.
    """
    person = registry.people_by_id.get(by)
    if person is None or Right.CONFIRM not in person.rights:
        entitled = ", ".join(p.id for p in registry.people if Right.CONFIRM in p.rights) or "—"
        message = _("{person} may not confirm (who may: {people})")
        raise LoaError(message.format(person=by, people=entitled))
    known = uploaded_already(ledger, {row.campaign_id for row in rows})
    left = [row for row in rows if row.state in _LEFT and row.id not in known]
    source = _("said by {person}").format(person=person.id)
    ledger.evidence.add(
        [Evidence(row.id, EvidenceKind.UPLOADED, person.id, now, source) for row in left]
    )
    return len(left)


def uploaded_already(ledger: Ledger, campaigns: Iterable[str]) -> frozenset[int]:
    """Return the deliveries of which somebody said that they are on the province's system."""
    return frozenset(
        piece.delivery_id
        for campaign_id in campaigns
        for piece in ledger.evidence.of(campaign_id)
        if piece.kind is EvidenceKind.UPLOADED
    )


def _entitled(registry: Registry, hamlet: Hamlet, word: Word) -> Person:
    person, may = registry.people_by_id.get(word.by), (*hamlet.speakers, *word.also)
    if person is None or not (Right.CONFIRM in person.rights or person.id in may):
        entitled = [p.id for p in registry.people if Right.CONFIRM in p.rights]
        people = ", ".join(dict.fromkeys([*entitled, *may]))
        message = _("{person} may not confirm for {hamlet} (who may: {people})")
        raise LoaError(message.format(person=word.by, hamlet=hamlet.name, people=people or "—"))
    return person


def _meant(row: DeliveryRow, word: Word, registry: Registry) -> bool:
    """Say whether a word speaks for a delivery.

    In chat, "relayed" is about the groups of this hamlet alone, "received" about the groups
    of heads. A group that serves several hamlets is meant only when it is named.
    """
    if (row.hamlet_id, row.channel) != (word.hamlet_id, word.channel):
        return False
    if word.target is not None:
        return row.target == word.target
    if word.channel != "chat":
        return True
    meant = {
        group.id
        for group in registry.chat_groups
        if (group.kind is GroupKind.HEADS if word.received else group.hamlets == (word.hamlet_id,))
    }
    return row.target in meant


def relayed_from(registry: Registry, hamlet_id: str, targets: Collection[str]) -> str | None:
    """Return the group to name in a head's word that he passed on what came to ``targets``.

    None where his hamlet has a group of its own, for that is meant. Where it has none, he tells
    people at a meeting or from door to door what came to the group of heads, or to another.
    """
    groups = [one for one in registry.chat_groups if hamlet_id in one.hamlets and one.id in targets]
    if any(one.hamlets == (hamlet_id,) and one.kind is not GroupKind.HEADS for one in groups):
        return None
    groups.sort(key=lambda one: one.kind is not GroupKind.HEADS)
    return groups[0].id if groups else None


def _nothing_to_confirm(rows: list[DeliveryRow], word: Word, *, elsewhere: bool) -> str:
    """Say why; ``elsewhere``: the channel reaches the hamlet through targets not meant here."""
    if not rows:
        message = _("{campaign}: nothing goes to {hamlet} by {channel}")
        if elsewhere and not word.received and word.target is None:
            message = _(
                "{campaign}: {hamlet} has no {channel} of its own here; a head's word that he "
                "got it is given with --received, another group's with --target"
            )
        return message.format(
            campaign=word.campaign_id, hamlet=word.hamlet_id, channel=channel_name(word.channel)
        )
    to_come = [row.slot for row in rows if row.state in _LEFT]
    if to_come:
        message = _("{campaign}: {channel} to {hamlet} is not before {slot}")
        return message.format(
            campaign=word.campaign_id,
            hamlet=word.hamlet_id,
            channel=channel_name(word.channel),
            slot=f"{local(min(to_come)):%H:%M %d/%m/%Y}",
        )
    states = ", ".join(sorted({state_name(row.state) for row in rows}))
    message = _("{campaign}: nothing sent yet to {hamlet} by {channel} ({states})")
    return message.format(
        campaign=word.campaign_id,
        hamlet=word.hamlet_id,
        channel=channel_name(word.channel),
        states=states,
    )


def _on_day(row: DeliveryRow, word: Word) -> bool:
    return word.day is None or local(row.slot).date() == word.day


def _check_day(left: Sequence[DeliveryRow]) -> None:
    """One who heard it on a day has not heard it on the others. Raises LoaError."""
    days = sorted({local(row.slot).date() for row in left if row.state is not State.CONFIRMED})
    if len(days) > 1:
        message = _("heard on which day? --day with one of: {days}")
        raise LoaError(message.format(days=", ".join(f"{day:%d/%m/%Y}" for day in days)))


def _check_team(left: Sequence[DeliveryRow], word: Word) -> None:
    """Whom one team has visited another has not: households count once. Raises LoaError."""
    teams = list(dict.fromkeys(row.target for row in left))
    if len(teams) > 1:
        message = _("{hamlet} is visited by several teams: --target with one of: {teams}")
        raise LoaError(message.format(hamlet=word.hamlet_id, teams=", ".join(teams)))


def _check_number(rows: list[DeliveryRow], word: Word, hamlet: Hamlet) -> None:
    most = max(row.households for row in rows)
    if word.households is not None and not 0 <= word.households <= most:
        message = _("{found} households: 0 to {most} are allowed for {hamlet}")
        raise LoaError(message.format(found=word.households, most=most, hamlet=hamlet.name))
    # Printed copies that all were left over, and rounds in which nobody was met, are counts.
    counts = word.channel == "team" or word.left_over is not None
    if word.households == 0 and not counts and not word.received:
        message = _(
            "0 households: nobody was told in {hamlet}, so there is nothing to confirm. Confirm"
            " once somebody was; without --households where nobody knows how many; with"
            " --received if only the head has it."
        )
        raise LoaError(message.format(hamlet=hamlet.name))
