"""Evidence that people could be reached; append-only, and what turns `sent` into `confirmed`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, take_turns
from engine.ledger.escalations import stop_answered
from engine.ledger.moves import move_deliveries
from engine.ledger.tables import deliveries, evidence
from engine.ledger.tries import take_back_tries
from engine.models import Evidence, EvidenceKind
from engine.models.wording import households_in_words, others_word, views_in_words
from engine.states import State

#: States from which evidence leads to `confirmed`; elsewhere it is kept and changes nothing.
_CONFIRMABLE = (State.SENT, State.NOT_PLAYED, State.UNCERTAIN)

#: Between a kind and the one printed product that it is about.
_OF_PRODUCT = "/"


class EvidenceBook:
    """The evidence of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def add(self, pieces: Sequence[Evidence], *, once: bool = False) -> None:
        """Keep evidence, and confirm the deliveries of which it shows that they reached people.

        Two people who disagree are both kept. What is to be tried again for one that was heard
        after all is stopped, unless another still needs it; so are steps that waited for this.
        ``once``: a piece that says, but for its moment, what the same person said last of it is
        not kept again, also when a form is sent twice at the same time.
        """
        with self._database.write(durable=True) as connection:
            if once:
                take_turns(connection, f"{self._commune_id}/evidence")
                pieces = [one for one in pieces if not _is_known(connection, self._commune_id, one)]
            add_evidence(connection, self._commune_id, pieces)

    def of(self, campaign_id: str) -> list[Evidence]:
        """Return the campaign's evidence in the order in which it came."""
        e, d = evidence.c, deliveries.c
        with self._database.read() as connection:
            rows = connection.execute(
                select(evidence)
                .join(deliveries, e.delivery_id == d.id)
                .where(
                    e.commune_id == self._commune_id,
                    d.commune_id == self._commune_id,
                    d.campaign_id == campaign_id,
                )
                .order_by(e.id)
            ).all()
        return [_piece(row) for row in rows]


def pieces_of(connection: Connection, commune_id: str, delivery_id: int) -> list[Evidence]:
    """Return one delivery's evidence, within a transaction, in the order in which it came."""
    e = evidence.c
    query = select(evidence).where(e.commune_id == commune_id, e.delivery_id == delivery_id)
    return [_piece(row) for row in connection.execute(query.order_by(e.id))]


def _is_known(connection: Connection, commune_id: str, piece: Evidence) -> bool:
    """Say whether its author said the very same last; what he has changed since is news again."""
    known = pieces_of(connection, commune_id, piece.delivery_id)
    about = [one for one in known if one.by == piece.by and _subject(one) == _subject(piece)]
    return bool(about) and replace(about[-1], at=piece.at) == piece


def _subject(piece: Evidence) -> tuple[str, str]:
    kind = piece.kind
    about = EvidenceKind.RELAYED if kind is EvidenceKind.NOT_RELAYED else kind
    return about, piece.product


def _piece(row: Row[Any]) -> Evidence:
    kind, _mark, product = row.kind.partition(_OF_PRODUCT)
    return Evidence(
        row.delivery_id,
        EvidenceKind(kind),
        row.by,
        row.at,
        row.source,
        row.households,
        row.left_over,
        row.views,
        product,
    )


def _kind(piece: Evidence) -> str:
    """Return how the column ``kind`` has it: ``handed_out/large`` for one product of several.

    Whatever adds up households looks for whole kinds, and so leaves these out.
    """
    return f"{piece.kind}{_OF_PRODUCT}{piece.product}" if piece.product else piece.kind


def add_evidence(connection: Connection, commune_id: str, pieces: Sequence[Evidence]) -> None:
    """Do so within a transaction. That nobody was visited confirms nothing."""
    for piece in pieces:
        connection.execute(
            insert(evidence).values(
                commune_id=commune_id,
                delivery_id=piece.delivery_id,
                kind=_kind(piece),
                households=piece.households,
                by=piece.by,
                at=piece.at,
                source=piece.source,
                left_over=piece.left_over,
                views=piece.views,
            )
        )
        confirmed: list[int] = []
        for old in _CONFIRMABLE if piece.confirms else ():
            moved = move_deliveries(
                connection,
                commune_id,
                deliveries.c.id == piece.delivery_id,
                old=old,
                new=State.CONFIRMED,
                at=piece.at,
                actor=piece.by,
                detail=_in_words(piece),
            )
            confirmed += [row.id for row in moved]
        if confirmed:
            reason = _("it was heard after all: a person said so")
            take_back_tries(connection, commune_id, confirmed, piece.at, piece.by, reason)
        stop_answered(connection, commune_id, piece, _in_words(piece))


def _in_words(piece: Evidence) -> str:
    """Return what a piece of evidence shows, and how it is known; by whom says the event."""
    what, known = others_word(piece.kind, deputy=False), piece.source
    if piece.views is not None:
        views = views_in_words(piece.views)
        return _("{what}: {views} ({known})").format(what=what, views=views, known=known)
    if piece.households is None:
        return _("{what} ({known})").format(what=what, known=known)
    households = households_in_words(piece.households)
    return _("{what}: {households} ({known})").format(what=what, households=households, known=known)
