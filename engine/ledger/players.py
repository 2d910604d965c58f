"""Players that fetch their programmes: enrolled once, known by a token, and how they fare."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, true, update

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.air_tables import plays
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.player_keys import PlayerKeys
from engine.ledger.player_tables import players
from engine.models.enrolment import Code
from engine.models.lacking import Lack, Lacks

#: Bytes of a token, from the system's randomness.
_TOKEN = 32


@dataclass(frozen=True, slots=True)
class Player:
    """One player as the ledger knows it.

    ``key_id`` is the key that it pins. ``offset`` says how far its clock was ahead of Loa's when
    it last told, ``disk_free`` is in bytes; None where it has never told.
    """

    commune_id: str
    id: str
    name: str
    clusters: tuple[str, ...]
    key_id: str
    made_at: datetime
    code_until: datetime | None
    enrolled_at: datetime | None
    revoked_at: datetime | None
    seen_at: datetime | None
    offset: timedelta | None
    disk_free: int | None
    version: str | None
    #: What it cannot play as it should, the earliest slot first, as it last told.
    lacking: tuple[Lack, ...] = ()

    @property
    def plays(self) -> bool:
        """Say whether it is enrolled and not revoked."""
        return self.enrolled_at is not None and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a new player gets, once: its ``token`` is kept nowhere but there."""

    player: Player
    token: str = field(repr=False)


class Players:
    """The players of one commune."""

    def __init__(self, database: Database, commune_id: str, keys: PlayerKeys) -> None:
        self._database = database
        self._commune_id = commune_id
        self._keys = keys

    def invite(
        self, clusters: Collection[str], *, name: str, at: datetime, until: datetime
    ) -> tuple[Player, Code]:
        """Make a place for a player; whoever brings the code before ``until`` gets it.

        Raises LoaError when the signing key cannot be opened.
        """
        key = self._keys.current(at)
        code = Code.made(key)
        with self._database.write(durable=True) as connection:
            take_turns(connection, f"{self._commune_id}/players")
            mine = players.c.commune_id == self._commune_id
            taken = set(connection.execute(select(players.c.id).where(mine)).scalars())
            row = {
                "commune_id": self._commune_id,
                "id": _free(sorted(clusters)[0], taken),
                "name": name,
                "clusters": json.dumps(sorted(clusters)),
                "key_id": key.id,
                "made_at": at,
                "code_hash": _hash(code.secret),
                "code_until": until,
            }
            connection.execute(insert(players).values(row))
            found = connection.execute(select(players).where(mine, players.c.id == row["id"])).one()
        return _player(found), code

    def revoke(self, player_id: str, at: datetime) -> Player:
        """Let a player's token be worth nothing from now on. Raises LoaError for an unknown one."""
        p = players.c
        mine = (p.commune_id == self._commune_id, p.id == player_id)
        with self._database.write(durable=True) as connection:
            connection.execute(
                update(players)
                .where(*mine, p.revoked_at.is_(None))
                .values(revoked_at=at, code_hash=None, code_until=None)
            )
            found = connection.execute(select(players).where(*mine)).one_or_none()
        if found is None:
            known = ", ".join(one.id for one in self.all()) or "-"
            message = _("there is no player {player} (there are: {known})")
            raise LoaError(message.format(player=player_id, known=known))
        return _player(found)

    def kept(self, player_id: str) -> int:
        """Return the highest number of a play that is kept of this player; 0 for none."""
        p = plays.c
        query = select(func.max(p.number)).where(
            p.commune_id == self._commune_id, p.player == player_id
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar() or 0)

    def all(self) -> Sequence[Player]:
        """Return every player there ever was, by id."""
        query = select(players).where(players.c.commune_id == self._commune_id)
        with self._database.read() as connection:
            return [_player(row) for row in connection.execute(query.order_by(players.c.id))]


class Doors:
    """Where players of any commune knock: with a code once, with their token from then on."""

    def __init__(self, database: Database, commune_id: str | None = None) -> None:
        """``commune_id``: only this one's players may come in; others' codes are not used up."""
        self._database = database
        self._own = players.c.commune_id == commune_id if commune_id is not None else true()

    def enrol(self, secret: str, *, version: str, at: datetime) -> Enrolled | None:
        """Give the player whose code this is its token; None when no code is like that now."""
        token = secrets.token_urlsafe(_TOKEN)
        p = players.c
        with self._database.write(durable=True) as connection:
            found = connection.execute(
                update(players)
                .where(
                    p.code_hash == _hash(secret),
                    p.code_until >= at,
                    p.revoked_at.is_(None),
                    self._own,
                )
                .values(
                    code_hash=None,
                    code_until=None,
                    token_hash=_hash(token),
                    enrolled_at=at,
                    seen_at=at,
                    version=version,
                )
                .returning(*p)
            ).one_or_none()
        return Enrolled(_player(found), token) if found is not None else None

    def known_by(self, token: str) -> Player | None:
        """Return the player whose token this is; None when it is nobody's, or was revoked."""
        p = players.c
        query = select(players).where(
            p.token_hash == _hash(token), p.revoked_at.is_(None), self._own
        )
        with self._database.read() as connection:
            found = connection.execute(query).one_or_none()
        return _player(found) if found is not None else None

    def any_listens(self) -> bool:
        """Say whether a player is enrolled."""
        p = players.c
        query = select(p.id).where(p.token_hash.is_not(None), p.revoked_at.is_(None), self._own)
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def told(
        self,
        player: Player,
        *,
        at: datetime,
        offset: timedelta,
        disk_free: int,
        version: str,
        lacking: Sequence[Lack] = (),
    ) -> None:
        """Keep how a player fares."""
        self._keep(
            player,
            seen_at=at,
            clock_offset=offset.total_seconds(),
            disk_free=disk_free,
            version=version,
            lacking=json.dumps([[one.cluster, one.slot.isoformat(), one.what] for one in lacking]),
        )

    def seen(self, player: Player, at: datetime) -> None:
        """Keep that a player asked for something."""
        self._keep(player, seen_at=at)

    def _keep(self, player: Player, **values: Any) -> None:
        p = players.c
        mine = (p.commune_id == player.commune_id, p.id == player.id)
        with self._database.write() as connection:
            connection.execute(update(players).where(*mine).values(values))


def _free(cluster: str, taken: Collection[str]) -> str:
    """Return a player's id: its first cluster's with a number.

    No name of a player in the registry has a dot, so that no other kind of player can be
    called the same.
    """
    number = 1
    while (name := f"{cluster}.{number}") in taken:
        number += 1
    return name


def _hash(secret: str) -> str:
    """A secret of 80 random bits or more needs no slow hash: nobody guesses it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _player(row: Row[Any]) -> Player:
    offset = row.clock_offset
    return Player(
        commune_id=row.commune_id,
        id=row.id,
        name=row.name,
        clusters=tuple(json.loads(row.clusters)),
        key_id=row.key_id,
        made_at=row.made_at,
        code_until=row.code_until,
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        seen_at=row.seen_at,
        offset=None if offset is None else timedelta(seconds=offset),
        disk_free=row.disk_free,
        version=row.version,
        lacking=tuple(
            Lack(cluster, datetime.fromisoformat(slot), Lacks(what))
            for cluster, slot, what in json.loads(row.lacking or "[]")
        ),
    )
