"""A province's campaigns: its own revision, and that of every commune it is for.

Both are written together and approved together, each in one transaction. What follows is
each commune's own: planning, sending, reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from engine.ledger.codec import OptionModels
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.moves import record_event
from engine.ledger.revisions import Revision, Revisions, Status, Submission, submitted_row
from engine.ledger.tables import deliveries, events, revisions
from engine.ledger.wording import frozen_as
from engine.models.targets import campaign_id_below
from engine.states import State

#: Revisions that still may go out, or have.
ALIVE = (Status.SUBMITTED, Status.APPROVED, Status.OPEN)


@dataclass(frozen=True, slots=True)
class Part:
    """One commune's part of a campaign: its newest revision, where it stands, and why."""

    commune_id: str
    revision: int
    status: Status
    reason: str = ""


class Fanout:
    """The campaigns of one province, down to its communes. Nothing of anybody else is seen."""

    def __init__(self, database: Database, province_id: str, options: OptionModels) -> None:
        self._database = database
        self._province_id = province_id
        self.revisions = Revisions(database, province_id, options)

    def submit(
        self, own: Submission, parts: Iterable[tuple[str, Submission]], at: datetime
    ) -> Revision:
        """Freeze a revision for the province and for each commune; all or nothing.

        What waited for approval is replaced. A commune's revision has the province's number.
        """
        campaign_id = own.campaign.id
        below = [
            {**submitted_row(commune_id, part, 0, at), "province_id": self._province_id}
            for commune_id, part in parts
        ]
        with self._database.write(durable=True) as connection:
            take_turns(connection, self._province_id)
            connection.execute(
                update(revisions)
                .where(self._anywhere(campaign_id), revisions.c.status == Status.SUBMITTED)
                .values(status=Status.REPLACED)
            )
            last = connection.execute(
                select(func.max(revisions.c.revision)).where(self._own(campaign_id))
            ).scalar()
            number = (last or 0) + 1
            connection.execute(
                insert(revisions).values(submitted_row(self._province_id, own, number, at))
            )
            self._tell(connection, own, number, at)
            if below:
                rows = [{**row, "revision": number} for row in below]
                connection.execute(insert(revisions), rows)
        found = self.revisions.get(campaign_id, number)
        assert found is not None
        return found

    def approve(self, revision: Revision, by: str, at: datetime) -> bool:
        """Approve a revision, the province's and every commune's, in one durable commit.

        False when it no longer waits for approval.
        """
        r = revisions.c
        waiting = (r.revision == revision.revision, r.status == Status.SUBMITTED)
        approved = {"approved_by": by, "approved_at": at}
        with self._database.write(durable=True) as connection:
            won = connection.execute(
                update(revisions)
                .where(
                    self._own(revision.campaign_id),
                    *waiting,
                    r.content_hash == revision.content_hash,
                )
                .values(status=Status.OPEN, **approved)
            ).rowcount
            if not won:
                return False
            connection.execute(
                update(revisions)
                .where(
                    self._own(revision.campaign_id),
                    r.revision < revision.revision,
                    r.status == Status.OPEN,
                )
                .values(status=Status.SUPERSEDED)
            )
            communes = connection.execute(
                update(revisions)
                .where(self._below(revision.campaign_id), *waiting)
                .values(status=Status.APPROVED, **approved)
                .returning(r.commune_id, r.content_hash)
            ).all()
            detail = frozen_as(revision.revision, revision.content_hash)
            told = [(self._province_id, revision.campaign_id, detail)]
            told += [
                (row.commune_id, self._name(revision.campaign_id), row.content_hash)
                for row in communes
            ]
            connection.execute(
                insert(events),
                [
                    {
                        "commune_id": commune_id,
                        "at": at,
                        "actor": by,
                        "campaign_id": name,
                        "to_state": "approved",
                        "detail": said,
                    }
                    for commune_id, name, said in told
                ],
            )
        return True

    def cancel(self, campaign_id: str, by: str, at: datetime, reason: str) -> None:
        """Let nothing more be planned, in one durable commit; what is planned is stopped below."""
        with self._database.write(durable=True) as connection:
            unopened = revisions.c.status.in_((Status.SUBMITTED, Status.APPROVED))
            own = and_(self._own(campaign_id), revisions.c.status.in_(ALIVE))
            connection.execute(
                update(revisions)
                .where(or_(own, and_(self._below(campaign_id), unopened)))
                .values(status=Status.CANCELLED)
            )
            record_event(
                connection,
                self._province_id,
                what="campaign_cancelled",
                at=at,
                actor=by,
                campaign_id=campaign_id,
                detail=reason,
            )

    def parts(self, campaign_id: str) -> list[Part]:
        """Return each commune's newest revision of the campaign, by the commune's id."""
        r = revisions.c
        newest = (
            select(r.commune_id, func.max(r.revision).label("revision"))
            .where(self._below(campaign_id))
            .group_by(r.commune_id)
            .subquery()
        )
        query = (
            select(r.commune_id, r.revision, r.status)
            .join(
                newest,
                and_(r.commune_id == newest.c.commune_id, r.revision == newest.c.revision),
            )
            .where(self._below(campaign_id))
            .order_by(r.commune_id)
        )
        with self._database.read() as connection:
            reasons = self._reasons(connection, campaign_id)
            return [
                Part(
                    row.commune_id,
                    row.revision,
                    Status(row.status),
                    reasons.get(row.commune_id, "") if row.status == Status.REFUSED else "",
                )
                for row in connection.execute(query)
            ]

    def reached(self, campaign_id: str) -> set[str]:
        """Return the communes in which an approved revision of the campaign is alive."""
        r = revisions.c
        with self._database.read() as connection:
            return set(
                connection.execute(
                    select(r.commune_id)
                    .where(
                        self._below(campaign_id),
                        r.status.in_((Status.APPROVED, Status.OPEN)),
                    )
                    .distinct()
                ).scalars()
            )

    def told(self, campaign_id: str) -> set[str]:
        """Return the communes in which a revision of the campaign was ever approved."""
        r = revisions.c
        with self._database.read() as connection:
            return set(
                connection.execute(
                    select(r.commune_id)
                    .where(
                        self._below(campaign_id),
                        r.approved_at.is_not(None),
                        r.status != Status.REFUSED,
                    )
                    .distinct()
                ).scalars()
            )

    def counts(self, campaign_id: str) -> dict[str, dict[State, int]]:
        """Return how many deliveries that count are in each state, by commune."""
        d = deliveries.c
        ours = select(revisions.c.commune_id).where(self._below(campaign_id))
        counts = d.replaced_in.is_(None) | d.state.in_((State.CANCELLED, State.WITHDRAWN))
        query = (
            select(d.commune_id, d.state, func.count())
            .where(d.campaign_id == self._name(campaign_id), d.commune_id.in_(ours), counts)
            .group_by(d.commune_id, d.state)
            .order_by(d.commune_id)
        )
        found: dict[str, dict[State, int]] = {}
        with self._database.read() as connection:
            for commune_id, state, count in connection.execute(query):
                found.setdefault(commune_id, {})[State(state)] = count
        return found

    def _reasons(self, connection: Connection, campaign_id: str) -> dict[str, str]:
        ours = select(revisions.c.commune_id).where(self._below(campaign_id))
        rows = connection.execute(
            select(events.c.commune_id, events.c.detail)
            .where(
                events.c.campaign_id == self._name(campaign_id),
                events.c.to_state == "refused",
                events.c.commune_id.in_(ours),
            )
            .order_by(events.c.id)
        )
        return {row.commune_id: row.detail for row in rows}

    def _tell(self, connection: Connection, own: Submission, number: int, at: datetime) -> None:
        record_event(
            connection,
            self._province_id,
            what="submitted",
            at=at,
            actor=own.submitted_by,
            campaign_id=own.campaign.id,
            detail=frozen_as(number, own.content_hash),
        )

    def _name(self, campaign_id: str) -> str:
        return campaign_id_below(self._province_id, campaign_id)

    def _own(self, campaign_id: str) -> ColumnElement[bool]:
        r = revisions.c
        return and_(r.commune_id == self._province_id, r.campaign_id == campaign_id)

    def _below(self, campaign_id: str) -> ColumnElement[bool]:
        r = revisions.c
        name = self._name(campaign_id)
        return and_(r.province_id == self._province_id, r.campaign_id == name)

    def _anywhere(self, campaign_id: str) -> ColumnElement[bool]:
        return or_(self._own(campaign_id), self._below(campaign_id))
