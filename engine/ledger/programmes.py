"""What players are to play: signed, in the order in which it was published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.player_keys import PlayerKeys
from engine.ledger.player_tables import player_feeds, programmes
from engine.models.airing import Cancel, Programme
from engine.models.envelope import Envelope
from engine.models.hashing import digest

#: How long a cancelled slot is told: longer than any programme may wait to begin.
CANCELLED_FOR = timedelta(days=1)

#: How far ahead of the present a player may have seen sequences: a clock that was wrong when
#: something was published. What is beyond that, nobody has published.
FURTHEST = timedelta(days=400)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Published:
    """One thing that was published, and the sequence it has."""

    sequence: int
    envelope: Envelope


class Programmes:
    """What is published for one commune's players.

    A sequence is at least the milliseconds since 1970 at which it was given, and more than the
    one before: a ledger that came back from a backup goes on above all that players have seen.
    """

    def __init__(self, database: Database, commune_id: str, keys: PlayerKeys) -> None:
        self._database = database
        self._commune_id = commune_id
        self._keys = keys

    @again_if_lost
    def publish(self, message: Programme | Cancel, at: datetime) -> int:
        """Publish what is to be played or not; return its sequence.

        ``sequence`` and ``made_at`` of the message are given here. What says the same as what
        is published already keeps its sequence, and so does what a newer version has replaced.
        Raises LoaError when the signing key cannot be opened.
        """
        said = _said(message)
        p = programmes.c
        mine: list[ColumnElement[bool]] = [
            p.commune_id == self._commune_id,
            p.cluster == message.cluster,
            p.slot == message.slot,
        ]
        # A power cut may undo this, with all that was written after it: it is then published
        # again, by the clock above what players have seen.
        with self._database.write() as connection:
            # First, so that who publishes for this commune at the same time waits here: what
            # players have read up to a sequence is then all there is below it.
            sequence = self._next(connection, at)
            known = connection.execute(
                select(p.said, p.version, p.sequence).where(*mine)
            ).one_or_none()
            if known and (known.said == said or known.version > message.version):
                return int(known.sequence)
            self._write(connection, message, said, sequence, at)
        return sequence

    def after(
        self, sequence: int, clusters: Collection[str], *, at: datetime, limit: int
    ) -> Sequence[Published]:
        """Return what was published for ``clusters`` after ``sequence`` and is not over."""
        p = programmes.c
        query = (
            select(p.sequence, p.payload, p.signature, p.key_id)
            .where(
                p.commune_id == self._commune_id,
                p.cluster.in_(sorted(clusters)),
                p.sequence > sequence,
                p.expires_at >= at,
            )
            .order_by(p.sequence)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Published(row.sequence, Envelope(bytes(row.payload), bytes(row.signature), row.key_id))
            for row in rows
        ]

    def lists(self, sha256: str, clusters: Collection[str]) -> bool:
        """Say whether anything published for ``clusters`` plays this sound."""
        p = programmes.c
        query = select(p.sequence).where(
            p.commune_id == self._commune_id,
            p.cluster.in_(sorted(clusters)),
            p.sounds.contains(sha256, autoescape=True),
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def last(self) -> int:
        """Return the last sequence that was given; 0 when there is none."""
        query = select(player_feeds.c.sequence)
        with self._database.read() as connection:
            found = connection.execute(
                query.where(player_feeds.c.commune_id == self._commune_id)
            ).scalar()
        return int(found or 0)

    @again_if_lost
    def seen_by_a_player(self, sequence: int, at: datetime) -> bool:
        """Go on above what a player has seen; say whether it was ahead of this ledger.

        It is after a backup came back, and the clock had been ahead of itself before. What
        nobody can have published is not believed.
        """
        if not self.last() < sequence <= _milliseconds(at + FURTHEST):
            return False
        with self._database.write(durable=True) as connection:
            self._raise_to(connection, sequence)
        return True

    def _write(
        self,
        connection: Connection,
        message: Programme | Cancel,
        said: str,
        sequence: int,
        at: datetime,
    ) -> None:
        dated = replace(message, sequence=sequence, made_at=at)
        envelope = self._keys.signing(connection, at).sign(dated)
        heard = message.sounds() if isinstance(message, Programme) else ()
        cancelled = message.slot + CANCELLED_FOR
        row = {
            "commune_id": self._commune_id,
            "cluster": message.cluster,
            "slot": message.slot,
            "version": message.version,
            "sequence": sequence,
            "said": said,
            "payload": envelope.payload,
            "signature": envelope.signature,
            "key_id": envelope.key,
            "sounds": " ".join(dict.fromkeys(sound.sha256 for sound in heard)),
            "expires_at": message.expires if isinstance(message, Programme) else cancelled,
            "published_at": at,
        }
        new = upsert(connection, programmes).values(row)
        key = ["commune_id", "cluster", "slot"]
        changed = {name: new.excluded[name] for name in row if name not in key}
        connection.execute(new.on_conflict_do_update(index_elements=key, set_=changed))

    def _next(self, connection: Connection, at: datetime) -> int:
        return self._raise_to(connection, _milliseconds(at), step=1)

    def _raise_to(self, connection: Connection, sequence: int, step: int = 0) -> int:
        """Raise the commune's sequence at least to this; its row is ours until the end."""
        last = player_feeds.c.sequence
        new = upsert(connection, player_feeds).values(
            commune_id=self._commune_id, sequence=sequence
        )
        given = new.excluded.sequence
        raised = case((last + step > given, last + step), else_=given)
        statement = new.on_conflict_do_update(
            index_elements=["commune_id"], set_={"sequence": raised}
        ).returning(last)
        return int(connection.execute(statement).scalar_one())


class Feeds:
    """The feeds of every commune, for the one process that answers all their players."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sequences(self) -> Mapping[str, int]:
        """Return each commune's last sequence: one small table, read many times a second."""
        with self._database.read() as connection:
            rows = connection.execute(select(player_feeds.c.commune_id, player_feeds.c.sequence))
            return {row.commune_id: row.sequence for row in rows}

    def clusters(self, commune_id: str, after: int) -> frozenset[str]:
        """Return the clusters of a commune for which something was published after this."""
        p = programmes.c
        query = select(p.cluster).where(p.commune_id == commune_id, p.sequence > after).distinct()
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def forget(self, before: datetime) -> int:
        """Remove what was over before this moment; return how many programmes."""
        over = delete(programmes).where(programmes.c.expires_at < before)
        with self._database.write() as connection:
            return connection.execute(over).rowcount


def raise_feeds(connection: Connection, at: datetime) -> None:
    """Let every commune go on above what a lost ledger may have published until ``at``."""
    last, least = player_feeds.c.sequence, _milliseconds(at)
    connection.execute(update(player_feeds).where(last < least).values(sequence=least))


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _said(message: Programme | Cancel) -> str:
    """Return the hash of what a message says, whenever it is said."""
    return digest(type(message).__name__, replace(message, sequence=1, made_at=_EPOCH))
