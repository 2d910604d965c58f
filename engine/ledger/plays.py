"""What players report, kept once each, and the deliveries that it shows to have been heard."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Row, Text, and_, insert, select

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.denied import AGAINST, look_again
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.given import given, is_given, rows_given
from engine.ledger.meant import Meanings, Meant
from engine.ledger.moves import Move
from engine.ledger.tables import deliveries, evidence, plays, reused_numbers
from engine.ledger.tries import take_back_tries
from engine.models import EvidenceKind, Finding, Play, PlayOutcome, Purpose
from engine.models.wording import evidence_word
from engine.states import State

#: How many reports one transaction takes up.
CHUNK: Final = 500

ACTOR = "loa"

#: States from which a proof leads to `confirmed`.
_CONFIRMABLE = (State.SENT, State.NOT_PLAYED, State.UNCERTAIN)

#: Says what a report is worth, by the deliveries that it means and the time that it is now;
#: and for which of them.
Judge = Callable[[Play, Sequence[Meant], datetime], tuple[Finding, Sequence[Meant]]]


@dataclass(slots=True)
class Kept:
    """What came of reports: how many were new, by what they are worth; how many known before.

    ``conflicting`` are those under a number that another play of the same player has:
    they are not kept. ``confirmed`` deliveries moved by them, ``taken_back`` second tries.
    """

    new: Counter[Finding] = field(default_factory=Counter)
    known: int = 0
    conflicting: list[Play] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    taken_back: int = 0


@dataclass(frozen=True, slots=True)
class Aired:
    """One report as it was kept, and the deliveries that it proves."""

    id: int
    play: Play
    finding: Finding
    heard_at: datetime
    proves: tuple[int, ...]


class Plays:
    """The reports of one commune's players."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def keep(self, reports: Sequence[Play], judge: Judge, *, at: datetime) -> Kept:
        """Keep what is new, with the evidence that it gives and the deliveries that it confirms.

        The same play again changes nothing. What was kept has moved its deliveries in the same
        transaction; each takes up at most ``CHUNK`` reports.
        """
        whole = Kept()
        for start in range(0, len(reports), CHUNK):
            kept = self._keep(reports[start : start + CHUNK], judge, at)
            whole.new += kept.new
            whole.known += kept.known
            whole.conflicting += kept.conflicting
            whole.confirmed += kept.confirmed
            whole.taken_back += kept.taken_back
        return whole

    def of(
        self,
        begins: datetime | None = None,
        ends: datetime | None = None,
        *,
        cluster: str | None = None,
        campaign_id: str | None = None,
    ) -> list[Aired]:
        """Return what began from ``begins`` on and before ``ends``, in that order."""
        p, e = plays.c, evidence.c
        where = [p.commune_id == self._commune_id]
        where += [p.began >= begins] if begins is not None else []
        where += [p.began < ends] if ends is not None else []
        where += [p.cluster == cluster] if cluster is not None else []
        where += [p.campaign_id == campaign_id] if campaign_id is not None else []
        shown = (
            select(e.play_id, e.delivery_id)
            .join(plays, e.play_id == p.id)
            .where(e.commune_id == self._commune_id, *where)
            .order_by(e.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(select(plays).where(*where).order_by(p.began, p.id)).all()
            proves: dict[int, list[int]] = {}
            for row in connection.execute(shown):
                proves.setdefault(row.play_id, []).append(row.delivery_id)
        return [
            Aired(
                row.id,
                _play(row),
                Finding(row.finding),
                row.heard_at,
                tuple(proves.get(row.id, ())),
            )
            for row in rows
        ]

    @again_if_lost
    def _keep(self, reports: Sequence[Play], judge: Judge, at: datetime) -> Kept:
        kept = Kept()
        with self._database.write(durable=True) as connection:
            fresh = self._unheard(connection, reports, kept)
            self._note_reused(connection, kept.conflicting, at)
            if not fresh:
                return kept
            meanings = Meanings(connection, self._commune_id, fresh)
            judged = {play.name: judge(play, meanings.of(play), at) for play in fresh}
            ids = self._insert(connection, fresh, judged, at)
            kept.known += len(fresh) - len(ids)  # somebody else kept them meanwhile
            kept.new.update(judged[name][0] for name in ids)
            proofs = [
                (ids[play.name], play, judged[play.name][1])
                for play in fresh
                if play.name in ids and judged[play.name][0] is Finding.PROOF
            ]
            self._show(connection, proofs)
            kept.confirmed = self._confirm(connection, proofs, at)
            if kept.confirmed:
                reason = _("it was played after all: the player reported it late")
                kept.taken_back = take_back_tries(
                    connection, self._commune_id, kept.confirmed, at, ACTOR, reason
                )
            look_again(connection, self._commune_id, _denied(judged, ids))
        return kept

    def _unheard(self, connection: Connection, reports: Sequence[Play], kept: Kept) -> list[Play]:
        """Return what the ledger does not have, each once; count and tell the others."""
        p = plays.c
        # The commune too is given: SQLite would rather go through all of its plays.
        columns = {"commune": Text, "player": Text, "number": BigInteger}
        named = given(connection.dialect.name, columns)
        n = named.c
        same = and_(p.commune_id == n.commune, p.player == n.player, p.number == n.number)
        query = select(plays).join(named, same)
        names = sorted({(self._commune_id, *play.name) for play in reports})
        found = connection.execute(query, rows_given(names))
        known = {(row.player, row.number): _play(row) for row in found}
        fresh: list[Play] = []
        for play in reports:
            if play.name not in known:
                known[play.name] = play
                fresh.append(play)
            elif _same(known[play.name], play):
                kept.known += 1
            else:
                kept.conflicting.append(play)
        return fresh

    def _note_reused(
        self, connection: Connection, conflicting: Sequence[Play], at: datetime
    ) -> None:
        """Keep under which numbers other plays came, so that a person hears of it."""
        names = sorted({play.name for play in conflicting})
        if not names:
            return
        new = upsert(connection, reused_numbers)
        again = new.on_conflict_do_update(
            index_elements=["commune_id", "player", "number"],
            set_={"heard_at": new.excluded.heard_at},
        )
        more = {"commune_id": self._commune_id, "first_at": at, "heard_at": at}
        rows = [{**more, "player": player, "number": number} for player, number in names]
        connection.execute(again, rows)

    def _insert(
        self,
        connection: Connection,
        fresh: Sequence[Play],
        judged: Mapping[tuple[str, int], tuple[Finding, Sequence[Meant]]],
        at: datetime,
    ) -> dict[tuple[str, int], int]:
        p = plays.c
        insertion = upsert(connection, plays).on_conflict_do_nothing(
            index_elements=["commune_id", "player", "number"]
        )
        more = {"commune_id": self._commune_id, "heard_at": at}
        rows = [{**_row(play), **more, "finding": judged[play.name][0]} for play in fresh]
        made = connection.execute(insertion.returning(p.id, p.player, p.number), rows)
        return {(row.player, row.number): row.id for row in made}

    def _show(
        self, connection: Connection, proofs: Sequence[tuple[int, Play, Sequence[Meant]]]
    ) -> None:
        """Add the evidence: one piece for each delivery that a report shows."""
        rows = [
            {
                "commune_id": self._commune_id,
                "delivery_id": one.delivery_id,
                "kind": EvidenceKind.PLAYED,
                "by": play.player,
                "at": play.began,
                "source": source_of(play),
                "play_id": play_id,
            }
            for play_id, play, meant in proofs
            for one in meant
        ]
        if rows:
            connection.execute(insert(evidence), rows)

    def _confirm(
        self,
        connection: Connection,
        proofs: Sequence[tuple[int, Play, Sequence[Meant]]],
        at: datetime,
    ) -> list[int]:
        """Move what was shown; the history says by which report."""
        what = evidence_word(EvidenceKind.PLAYED)
        words = {
            one.delivery_id: _("{what} ({known})").format(what=what, known=source_of(play))
            for _play_id, play, meant in proofs
            for one in meant
        }
        if not words:
            return []
        dialect, d = connection.dialect.name, deliveries.c
        table = given(dialect, {"id": BigInteger, "detail": Text})
        where = is_given(dialect, d.id, table, d.commune_id)
        said = {"ids": list(words), **rows_given(sorted(words.items()))}
        moved: list[int] = []
        for old in _CONFIRMABLE:
            move = Move(dialect, where, old, State.CONFIRMED, detail=table.c.detail)
            run = move.run(connection, self._commune_id, at=at, actor=ACTOR, said=said)
            moved += [row.id for row in run]
        return moved


def _denied(
    judged: Mapping[tuple[str, int], tuple[Finding, Sequence[Meant]]],
    names: Collection[tuple[str, int]],
) -> set[int]:
    """Return the deliveries that these reports speak against."""
    return {
        one.delivery_id
        for name in names
        if judged[name][0] in AGAINST
        for one in judged[name][1]
        if one.state is State.SENT
    }


def source_of(play: Play) -> str:
    """Return how it is known: which player said so under which number, from when, how long."""
    words = _("player {player}, report {number}: from {began}, {seconds} s")
    began = f"{local(play.began):%H:%M:%S %d/%m/%Y}"
    return words.format(player=play.player, number=play.number, began=began, seconds=play.seconds)


def _row(play: Play) -> dict[str, Any]:
    return {
        "player": play.player,
        "number": play.number,
        "cluster": play.cluster,
        "slot": play.slot,
        "campaign_id": play.campaign_id,
        "purpose": play.purpose,
        "hamlets": json.dumps(play.hamlets, ensure_ascii=False),
        "sha256": play.sha256,
        "began": play.began,
        "seconds": play.seconds,
        "outcome": play.outcome,
        "reason": play.reason,
    }


def _play(row: Row[Any]) -> Play:
    return Play(
        player=row.player,
        number=row.number,
        cluster=row.cluster,
        slot=row.slot,
        campaign_id=row.campaign_id,
        purpose=Purpose(row.purpose),
        hamlets=tuple(json.loads(row.hamlets)),
        sha256=row.sha256,
        began=row.began,
        seconds=row.seconds,
        outcome=PlayOutcome(row.outcome),
        reason=row.reason,
    )


def _same(one: Play, other: Play) -> bool:
    """Say whether two reports are of the same play; the words of a reason decide nothing."""
    return replace(one, reason="") == replace(other, reason="")
