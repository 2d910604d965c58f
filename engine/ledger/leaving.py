"""How bundles leave the state `sending`: statements that are built once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Executable,
    Text,
    bindparam,
    case,
    cast,
    exists,
    update,
)

from engine.i18n import joined
from engine.ledger.given import given, is_given, told_of, unindexed
from engine.ledger.moves import Move
from engine.ledger.tables import bundles, deliveries
from engine.models import Bundle, Receipt
from engine.states import State


@dataclass(frozen=True, slots=True)
class Ended:
    """What records receipts: for deliveries, for bundles as they began, for the others."""

    move: Move
    leave: Executable
    leave_changed: Executable


@cache
def sending_ended(dialect: str) -> Ended:
    """Return the statements; their parameters are ``ids``, ``rows_given`` and who and when."""
    b, d = bundles.c, deliveries.c
    columns = {
        "id": BigInteger,
        "version": BigInteger,
        "detail": Text,
        "receipt": Text,
        "ends_at": Text,
    }
    results = given(dialect, columns)
    theirs, said = told_of(dialect, d.bundle_id, results, "detail", d.commune_id)
    sent = {
        "receipt": results.c.receipt,
        "edition": b.edition + 1,
        "ends_at": cast(results.c.ends_at, b.ends_at.type),
    }
    leave = update(bundles).where(
        is_given(dialect, b.id, results, b.commune_id), unindexed(b.state) == State.SENDING
    )
    # Whatever joins or leaves a bundle gives it a new version: as it began, nothing has.
    as_it_began = {**LEFT, "state": State.SENT, "expires_at": None, **sent}
    at = bindparam("left_at", type_=b.next_attempt_at.type)
    return Ended(
        Move(dialect, theirs, State.SENDING, State.SENT, detail=said),
        leave.where(b.version == results.c.version).values(as_it_began).returning(b.id),
        leave.values({**left(State.SENT, at), **sent}),
    )


#: Between a reference, which has no such mark, and remarks.
_AND = " · "

#: Nobody has a bundle that was left, and it was never tried.
LEFT = {"attempts": 0, "lease_until": None, "lease_by": None}


def left(state: State, at: BindParameter[datetime]) -> dict[str, Any]:
    """Where a bundle stands after its sending; items that joined make it wait again."""
    b = bundles.c
    newer = exists().where(deliveries.c.bundle_id == b.id, deliveries.c.state == State.PLANNED)
    return {
        "state": case((newer, State.PLANNED), else_=state),
        "next_attempt_at": case((newer, at), else_=b.next_attempt_at),
        "expires_at": case((newer, b.expires_at), else_=None),
        **LEFT,
    }


def noted(receipt: Receipt, remark: str) -> str:
    """Return what a delivery's history says of its sending: the reference, and the remark."""
    return joined(_AND, (receipt.reference or "–", remark)) if remark else receipt.reference


def remark_of(detail: str) -> str:
    """Return the remark in what ``noted`` wrote; empty when there is none."""
    return detail.partition(_AND)[2]


def kept(receipt: Receipt) -> str:
    """Return a receipt as its bundle keeps it."""
    return json.dumps({"reference": receipt.reference, **receipt.detail}, ensure_ascii=False)


def tell_why(connection: Connection, commune_id: str, bundle: Bundle, reason: str) -> None:
    """Let what waits say why, also where sending had not begun and no state changed."""
    d = deliveries.c
    connection.execute(
        update(deliveries)
        .where(d.commune_id == commune_id, d.bundle_id == bundle.id, d.state == State.PLANNED)
        .values(reason=reason)
    )
