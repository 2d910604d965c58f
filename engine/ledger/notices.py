"""The life of a notice: it appears, is told, is done with, gets worse, goes and comes back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, take_turns, upsert
from engine.ledger.house_tables import duties, notices
from engine.ledger.moves import record_event
from engine.models.notice import Concern, Notice, Severity

#: The book of what belongs to no commune: machines, their clocks and disks.
HOUSE = ""

#: What has not happened yet to a notice that has just appeared.
_NOT_YET = ("gone_at", "done_at", "done_by", "told_at", "told_severity", "next_try_at")

#: How long it is remembered that there was a notice.
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as the ledger keeps it.

    ``told_at`` is when it was last told outside; ``told_to`` who took it since, while others
    did not, and ``error`` why.
    """

    notice: Notice
    gone_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    told_at: datetime | None
    told_to: frozenset[str]
    tries: int
    next_try_at: datetime | None
    error: str


class NoticeBook:
    """The notices of one commune, or of the house."""

    def __init__(
        self, database: Database, commune_id: str, *, recorded_in: str | None = None
    ) -> None:
        """``recorded_in``: the commune whose audit trail keeps what its people did (its own)."""
        self._database = database
        self._commune_id = commune_id
        self._recorded_in = commune_id if recorded_in is None else recorded_in

    @property
    def commune_id(self) -> str:
        """Return whose book it is; HOUSE for that of the machines."""
        return self._commune_id

    @again_if_lost
    def take_duty(self, name: str, now: datetime, until: datetime) -> bool:
        """Say, to one caller only until ``until``, that this duty is his."""
        row = {"commune_id": self._commune_id, "name": name, "until": until}
        u = duties.c
        held = select(u.name).where(u.commune_id == self._commune_id, u.name == name, u.until > now)
        with self._database.read() as connection:
            if connection.execute(held).first() is not None:
                return False
        with self._database.write() as connection:
            new = upsert(connection, duties).values(row)
            taken = new.on_conflict_do_update(
                index_elements=["commune_id", "name"],
                set_={"until": new.excluded.until},
                where=duties.c.until <= now,
            )
            return connection.execute(taken.returning(duties.c.name)).first() is not None

    @again_if_lost
    def record(
        self, found: Iterable[Notice], concerns: Collection[Concern], as_of: datetime
    ) -> None:
        """Write down what was found from ``as_of`` on, looking for ``concerns``.

        Notices of these concerns that were not found, and that nobody saw since, are gone.
        One that is worse than before is no longer done with.
        """
        by_key = {notice.key: notice for notice in found}
        if not by_key and not self._knows_any(concerns):
            return
        with self._database.write() as connection:
            take_turns(connection, f"{self._commune_id}/notices")
            known = {row.key: row for row in connection.execute(self._all())}
            for key, notice in by_key.items():
                self._write(connection, notice, known.get(key), as_of)
            n = notices.c
            mine = and_(n.commune_id == self._commune_id, n.concern.in_(concerns))
            connection.execute(
                update(notices)
                .where(mine, n.key.not_in(by_key), n.gone_at.is_(None), n.seen_at <= as_of)
                .values(gone_at=as_of)
            )
            connection.execute(delete(notices).where(mine, n.gone_at < as_of - REMEMBERED))

    def all(self, *, gone: bool = False) -> list[Kept]:
        """Return notices, the most urgent first; with ``gone`` also those of the past."""
        query = self._all() if gone else self._all().where(notices.c.gone_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        kept = [_kept(row) for row in rows]
        kept.sort(
            key=lambda one: (
                one.gone_at is not None,
                one.done_at is not None,
                -one.notice.severity.rank,
                one.notice.since,
                one.notice.key,
            )
        )
        return kept

    @again_if_lost
    def done(self, key: str, by: str, at: datetime) -> bool:
        """Keep, on the record, that a person has seen to it; False when there is none such."""
        n = notices.c
        with self._database.write(durable=True) as connection:
            found = connection.execute(
                update(notices)
                .where(n.commune_id == self._commune_id, n.key == key, n.gone_at.is_(None))
                .values(done_at=at, done_by=by)
            ).rowcount
            if found:
                record_event(
                    connection, self._recorded_in, what="notice_done", at=at, actor=by, detail=key
                )
        return bool(found)

    @again_if_lost
    def claim(
        self, now: datetime, *, holder: str, until: datetime, remind: timedelta
    ) -> Sequence[Kept]:
        """Take what is to be told outside, so that nobody else tells it before ``until``.

        That is what was never told, what has got worse since, and after ``remind`` all again.
        """
        if not self._knows_any(Concern):
            return []
        n = notices.c
        worse = and_(n.severity == Severity.URGENT, n.told_severity == Severity.WARNING)
        untold = or_(n.told_at.is_(None), worse, n.told_at < now - remind)
        free = and_(
            or_(n.claimed_until.is_(None), n.claimed_until < now),
            or_(n.next_try_at.is_(None), n.next_try_at <= now),
        )
        open_ = and_(n.gone_at.is_(None), n.done_at.is_(None))
        with self._database.write(durable=True) as connection:
            take_turns(connection, f"{self._commune_id}/notices")
            rows = connection.execute(
                update(notices)
                .where(n.commune_id == self._commune_id, open_, untold, free)
                .values(claimed_by=holder, claimed_until=until)
                .returning(*n)
            ).all()
        return sorted(map(_kept, rows), key=lambda one: (-one.notice.severity.rank, one.notice.key))

    @again_if_lost
    def told(self, holder: str, keys: Collection[str], at: datetime) -> None:
        """Keep that what ``holder`` claimed has been told everywhere."""
        severity = notices.c.severity
        self._settle(
            holder, keys, told_at=at, told_severity=severity, told_to="", tries=0, error=""
        )

    @again_if_lost
    def not_told(
        self,
        holder: str,
        keys: Collection[str],
        *,
        told_to: Collection[str],
        error: str,
        again_at: datetime,
    ) -> None:
        """Keep why it could not be told everywhere, who took it, and when to try again."""
        names = " ".join(sorted(told_to))
        tries = notices.c.tries + 1
        self._settle(holder, keys, told_to=names, tries=tries, error=error, next_try_at=again_at)

    def _settle(self, holder: str, keys: Collection[str], **values: Any) -> None:
        n = notices.c
        free = {"claimed_by": None, "claimed_until": None, "next_try_at": None}
        mine = and_(n.commune_id == self._commune_id, n.claimed_by == holder, n.key.in_(keys))
        with self._database.write(durable=True) as connection:
            connection.execute(update(notices).where(mine).values({**free, **values}))

    def _write(
        self, connection: Connection, notice: Notice, known: Row[Any] | None, at: datetime
    ) -> None:
        n = notices.c
        seen = {
            "severity": notice.severity,
            "facts": json.dumps(dict(notice.facts), ensure_ascii=False, sort_keys=True),
            "seen_at": at,
        }
        fresh: dict[str, Any] = {"since": notice.since, "tries": 0, "error": "", "told_to": ""}
        fresh |= dict.fromkeys(_NOT_YET)
        if known is None:
            named = {"commune_id": self._commune_id, "key": notice.key}
            connection.execute(
                insert(notices).values(**named, concern=notice.concern, **seen, **fresh)
            )
            return
        if known.gone_at is not None:
            seen |= fresh
        elif notice.severity.rank > Severity(known.severity).rank:
            seen |= {"done_at": None, "done_by": None}
        mine: ColumnElement[bool] = and_(n.commune_id == self._commune_id, n.key == notice.key)
        connection.execute(update(notices).where(mine).values(seen))

    def stands(self, concern: Concern) -> bool:
        """Say whether a notice about this stands, whether or not somebody has seen to it."""
        n = notices.c
        some = select(n.key).where(
            n.commune_id == self._commune_id, n.concern == concern, n.gone_at.is_(None)
        )
        with self._database.read() as connection:
            return connection.execute(some.limit(1)).first() is not None

    def _knows_any(self, concerns: Iterable[Concern]) -> bool:
        """Look without keeping others from writing; thousands of communes have none."""
        n = notices.c
        some = select(n.key).where(n.commune_id == self._commune_id, n.concern.in_(list(concerns)))
        with self._database.read() as connection:
            return connection.execute(some.limit(1)).first() is not None

    def _all(self) -> Any:
        return select(notices).where(notices.c.commune_id == self._commune_id)


def _kept(row: Row[Any]) -> Kept:
    concern = Concern(row.concern)
    about = tuple(row.key.split(":")[1:])
    notice = Notice(concern, Severity(row.severity), row.since, about, json.loads(row.facts))
    return Kept(
        notice=notice,
        gone_at=row.gone_at,
        done_at=row.done_at,
        done_by=row.done_by,
        told_at=row.told_at,
        told_to=frozenset(row.told_to.split()),
        tries=row.tries,
        next_try_at=row.next_try_at,
        error=row.error,
    )
