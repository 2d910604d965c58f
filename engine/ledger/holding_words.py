"""Which evidence still holds, said to the database as ``engine.models.word`` says it of pieces."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select

from engine.ledger.tables import evidence
from engine.models import EvidenceKind
from engine.models.relay import Way
from engine.models.wording import way_note

_E, _LATER, _DENIAL, _AGAIN = (
    evidence.c,
    evidence.alias("later").c,
    evidence.alias("denial").c,
    evidence.alias("again").c,
)


def said_more(commune_id: str, ids: tuple[int, int] | None) -> Select[tuple[int]]:
    """Return the commune's deliveries, of those between ``ids``, with several pieces of evidence.

    They are few, and found in one go: nothing of all others needs to be looked up.
    """
    several = evidence.alias("several").c
    found = select(several.delivery_id).where(several.commune_id == commune_id)
    if ids is not None:
        found = found.where(several.delivery_id.between(*ids))
    return found.group_by(several.delivery_id).having(func.count() > 1)


def is_last_word(more: Select[tuple[int]]) -> ColumnElement[bool]:
    """Say of evidence whether its author has not said otherwise since.

    ``more`` are the deliveries with several pieces (``said_more``).

    Copies are counted as a whole, too: what the same person has counted anew does not count any
    more (``engine.reports.handed``).
    """
    same_kind = _LATER.kind == _E.kind
    counted = and_(same_kind, _E.left_over.is_not(None), _LATER.left_over.is_not(None))
    given = and_(same_kind, _E.households.is_not(None), _LATER.households.is_not(None))
    taken_back = and_(
        _E.kind == EvidenceKind.RELAYED.value, _LATER.kind == EvidenceKind.NOT_RELAYED.value
    )
    otherwise = exists().where(
        *_same_person(_LATER, _E), or_(counted, and_(given, _same_way()), taken_back)
    )
    # Most evidence is a player's: no number, and nobody who could say otherwise.
    lasting = and_(
        _E.households.is_(None),
        _E.left_over.is_(None),
        _E.kind != EvidenceKind.RELAYED.value,
    )
    return or_(lasting, _E.delivery_id.not_in(more), not_(otherwise))


def is_denied(more: Select[tuple[int]]) -> ColumnElement[bool]:
    """Say of evidence whether somebody else said later, and still says, that it is not so."""
    relayed = and_(
        _AGAIN.kind == EvidenceKind.RELAYED.value,
        or_(_AGAIN.households.is_(None), _AGAIN.households != 0),
    )
    denial = exists().where(
        _DENIAL.commune_id == _E.commune_id,
        _DENIAL.delivery_id == _E.delivery_id,
        _DENIAL.id > _E.id,
        _DENIAL.by != _E.by,
        _DENIAL.kind == EvidenceKind.NOT_RELAYED.value,
        not_(exists().where(*_same_person(_AGAIN, _DENIAL), relayed)),
    )
    return and_(_E.kind == EvidenceKind.RELAYED.value, _E.delivery_id.in_(more), denial)


def _same_person(later: Any, than: Any) -> tuple[ColumnElement[bool], ...]:
    """Say that somebody spoke of a delivery a second time."""
    return (
        later.commune_id == than.commune_id,
        later.delivery_id == than.delivery_id,
        later.by == than.by,
        later.id > than.id,
    )


def _same_way() -> ColumnElement[bool]:
    """Say whether two numbers are about the same way of telling people.

    One that names no way speaks of all of them. The ledger keeps what a message is made of
    (``engine.ledger.said``), the same in every language.
    """
    notes = [way_note(way) for way in Way]
    nothing_named = or_(_E.source.not_in(notes), _LATER.source.not_in(notes))
    return or_(nothing_named, _E.source == _LATER.source)
