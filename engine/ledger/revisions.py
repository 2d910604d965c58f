"""Revisions of campaigns: what was submitted, by whom approved, and whether it is planned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, select, update

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger.codec import OptionModels, dump_campaign, load_campaign
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.moves import move_deliveries, record_event
from engine.ledger.revision import Revision as Revision
from engine.ledger.revision import Status as Status
from engine.ledger.revision import Submission as Submission
from engine.ledger.tables import deliveries, revisions
from engine.ledger.wording import frozen_as, overtaken
from engine.models import Priority
from engine.states import State

#: The event that two people gave their passphrases in one command.
TWO_KEYS = "two_keys"


class Revisions:
    """The revisions of one commune's campaigns."""

    def __init__(self, database: Database, commune_id: str, options: OptionModels) -> None:
        self._database = database
        self._commune_id = commune_id
        self._options = options

    def submit(self, submission: Submission, at: datetime, *, after: int | None = None) -> Revision:
        """Freeze a new revision; one that was waiting for approval is replaced by it.

        ``after``: it was judged by that revision, which must still be the newest. Raises
        LoaError, with nothing written, when somebody else was first.
        """
        campaign = submission.campaign
        table = revisions
        mine = (table.c.commune_id == self._commune_id, table.c.campaign_id == campaign.id)
        with self._database.write() as connection:
            take_turns(connection, self._commune_id)
            last = connection.execute(select(func.max(table.c.revision)).where(*mine)).scalar()
            if after is not None and last != after:
                raise LoaError(overtaken(campaign.id, last or 0))
            connection.execute(
                update(table)
                .where(*mine, table.c.status == Status.SUBMITTED)
                .values(status=Status.REPLACED)
            )
            number = (last or 0) + 1
            connection.execute(
                insert(table).values(submitted_row(self._commune_id, submission, number, at))
            )
            record_event(
                connection,
                self._commune_id,
                what="submitted",
                at=at,
                actor=submission.submitted_by,
                campaign_id=campaign.id,
                detail=frozen_as(number, submission.content_hash),
            )
        found = self.get(campaign.id, number)
        assert found is not None
        return found

    def get(self, campaign_id: str, revision: int) -> Revision | None:
        with self._database.look() as connection:
            row = connection.execute(
                select(revisions).where(
                    revisions.c.commune_id == self._commune_id,
                    revisions.c.campaign_id == campaign_id,
                    revisions.c.revision == revision,
                )
            ).first()
        return self._load(row) if row is not None else None

    def registry_of(self, campaign_id: str, revision: int) -> int:
        """Return the number of the registry that a revision pins.

        Raises LoaError when the ledger has no such revision.
        """
        asked = {
            "of_commune": self._commune_id,
            "of_campaign": campaign_id,
            "of_revision": revision,
        }
        with self._database.look() as connection:
            found = connection.execute(_PINNED, asked).scalar()
        if found is None:
            message = _("revision {revision} of {campaign} is missing from the ledger")
            raise LoaError(message.format(revision=revision, campaign=campaign_id))
        return int(found)

    def latest(self, campaign_id: str) -> Revision | None:
        """Return the newest revision, whatever its status."""
        with self._database.look() as connection:
            row = connection.execute(
                select(revisions)
                .where(
                    revisions.c.commune_id == self._commune_id,
                    revisions.c.campaign_id == campaign_id,
                )
                .order_by(revisions.c.revision.desc())
                .limit(1)
            ).first()
        return self._load(row) if row is not None else None

    def with_status(self, *statuses: Status) -> list[Revision]:
        """Return revisions in order of submission."""
        with self._database.look() as connection:
            given = {"of_commune": self._commune_id, "statuses": statuses}
            rows = connection.execute(_WITH_STATUS, given).all()
        return [self._load(row) for row in rows]

    def alerts(self, since: datetime) -> list[Revision]:
        """Return each emergency's newest approved revision, if approved after ``since``.

        Left out is what an all-clear ended or a later revision replaced, and all-clears.
        """
        r = revisions.c
        query = (
            select(revisions)
            .where(
                r.commune_id == self._commune_id,
                r.priority == Priority.EMERGENCY,
                r.status.in_((Status.OPEN, Status.CANCELLED)),
                r.approved_at >= since,
            )
            .order_by(r.campaign_id, r.revision)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        newest = {row.campaign_id: self._load(row) for row in rows}
        return [one for one in newest.values() if not one.campaign.all_clear]

    def first_approved(self, campaign_ids: Collection[str]) -> dict[str, datetime]:
        """Return when each campaign was approved first; what never was is missing."""
        asked = {"of_commune": self._commune_id, "asked": list(campaign_ids)}
        with self._database.look() as connection:
            rows = connection.execute(_FIRST_APPROVED, asked)
            return {row.campaign_id: row.at for row in rows}

    def campaign_ids(self) -> list[str]:
        """Return every campaign ever submitted, by name."""
        with self._database.read() as connection:
            return list(
                connection.execute(
                    select(revisions.c.campaign_id)
                    .where(revisions.c.commune_id == self._commune_id)
                    .distinct()
                    .order_by(revisions.c.campaign_id)
                ).scalars()
            )

    def approve(
        self, revision: Revision, by: str, at: datetime, *, waived: str = "", two_keys: str = ""
    ) -> bool:
        """Approve a submitted revision; False when it no longer waits for approval.

        ``waived`` are the rules that are broken knowingly; they go on the record. ``two_keys``
        says so where the submitter gave a passphrase too, in one command.
        """
        with self._database.write(durable=True) as connection:
            won = connection.execute(
                update(revisions)
                .where(
                    revisions.c.commune_id == self._commune_id,
                    revisions.c.campaign_id == revision.campaign_id,
                    revisions.c.revision == revision.revision,
                    revisions.c.status == Status.SUBMITTED,
                    revisions.c.content_hash == revision.content_hash,
                )
                .values(status=Status.APPROVED, approved_by=by, approved_at=at)
            ).rowcount
            if won and two_keys:
                record_event(
                    connection,
                    self._commune_id,
                    what=TWO_KEYS,
                    at=at,
                    actor=revision.submitted_by,
                    campaign_id=revision.campaign_id,
                    detail=two_keys,
                )
            if won:
                record_event(
                    connection,
                    self._commune_id,
                    what="approved",
                    at=at,
                    actor=by,
                    campaign_id=revision.campaign_id,
                    detail=joined(
                        " · ", (frozen_as(revision.revision, revision.content_hash), waived)
                    ),
                )
        return bool(won)

    def refuse(self, revision: Revision, reason: str, at: datetime) -> None:
        """Take an approved revision out of the way: it is not what was approved.

        What was held of it is never sent.
        """
        d = deliveries.c
        with self._database.write() as connection:
            connection.execute(
                update(revisions)
                .where(
                    revisions.c.commune_id == self._commune_id,
                    revisions.c.campaign_id == revision.campaign_id,
                    revisions.c.revision == revision.revision,
                    revisions.c.status == Status.APPROVED,
                )
                .values(status=Status.REFUSED)
            )
            move_deliveries(
                connection,
                self._commune_id,
                and_(d.campaign_id == revision.campaign_id, d.revision == revision.revision),
                old=State.HELD,
                new=State.CANCELLED,
                at=at,
                actor="loa",
                detail=reason,
            )
            record_event(
                connection,
                self._commune_id,
                what="refused",
                at=at,
                actor="loa",
                campaign_id=revision.campaign_id,
                detail=reason,
            )

    def _load(self, row: Row[tuple[object, ...]]) -> Revision:
        return Revision(
            campaign_id=row.campaign_id,
            revision=row.revision,
            status=Status(row.status),
            title=row.title,
            priority=Priority(row.priority),
            path=row.path,
            source=bytes(row.source),
            source_sha256=row.source_sha256,
            campaign=load_campaign(row.campaign, self._options),
            content_hash=row.content_hash,
            registry_revision=row.registry_revision,
            submitted_by=row.submitted_by,
            submitted_at=row.submitted_at,
            approved_by=row.approved_by,
            approved_at=row.approved_at,
            province_id=row.province_id,
        )


def submitted_row(
    commune_id: str, submission: Submission, number: int, at: datetime
) -> dict[str, Any]:
    """Return the row of a revision that waits for approval."""
    campaign = submission.campaign
    return {
        "commune_id": commune_id,
        "campaign_id": campaign.id,
        "revision": number,
        "status": Status.SUBMITTED,
        "title": campaign.title,
        "priority": campaign.urgency,
        "path": submission.path,
        "source": submission.source,
        "source_sha256": submission.source_sha256,
        "campaign": dump_campaign(campaign),
        "content_hash": submission.content_hash,
        "registry_revision": submission.registry_revision,
        "submitted_by": submission.submitted_by,
        "submitted_at": at,
    }


#: Built once: it runs for every message.
_PINNED = select(revisions.c.registry_revision).where(
    revisions.c.commune_id == bindparam("of_commune"),
    revisions.c.campaign_id == bindparam("of_campaign"),
    revisions.c.revision == bindparam("of_revision"),
)


_FIRST_APPROVED = (
    select(revisions.c.campaign_id, func.min(revisions.c.approved_at).label("at"))
    .where(
        revisions.c.commune_id == bindparam("of_commune"),
        revisions.c.campaign_id.in_(bindparam("asked", expanding=True)),
        revisions.c.approved_at.is_not(None),
    )
    .group_by(revisions.c.campaign_id)
)

#: Built once: asked of every commune that a province's campaign is planned in.
_WITH_STATUS = (
    select(revisions)
    .where(
        revisions.c.commune_id == bindparam("of_commune"),
        revisions.c.status.in_(bindparam("statuses", expanding=True)),
    )
    .order_by(revisions.c.submitted_at, revisions.c.campaign_id, revisions.c.revision)
)
