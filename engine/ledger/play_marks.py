"""How far each player's log was read, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, literal, or_, select, update

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.tables import play_marks


@dataclass(frozen=True, slots=True)
class Mark:
    """One player's. ``fault`` is empty while it answers; ``since`` is when that began."""

    player: str
    mark: str
    heard_at: datetime | None
    fault: str
    since: datetime | None


class PlayMarks:
    """The marks of one commune's players."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def take_turn(self, player: str, now: datetime, before: datetime) -> bool:
        """Say, to one caller only, that it is to ask a player, if nobody did since ``before``."""
        m = play_marks.c
        with self._database.write() as connection:
            values = {"commune_id": self._commune_id, "player": player}
            first = upsert(connection, play_marks).values(**values, mark="", asked_at=now, fault="")
            asked = first.on_conflict_do_update(
                index_elements=["commune_id", "player"],
                set_={"asked_at": now},
                # A clock that was ahead and was set right would keep its turn for ever.
                where=or_(m.asked_at <= before, m.asked_at > now),
            ).returning(m.player)
            return connection.execute(asked).first() is not None

    def get(self, player: str) -> Mark:
        """Return a player's; an empty one when nothing was read yet."""
        nothing = Mark(player, "", None, "", None)
        return next((one for one in self.all() if one.player == player), nothing)

    def all(self) -> list[Mark]:
        m = play_marks.c
        query = select(play_marks).where(m.commune_id == self._commune_id).order_by(m.player)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Mark(row.player, row.mark, row.heard_at, row.fault, row.since) for row in rows]

    @again_if_lost
    def heard(self, player: str, mark: str, at: datetime) -> None:
        """Remember that everything up to ``mark`` is kept."""
        values = {"mark": mark, "heard_at": at, "fault": "", "since": None}
        self._set(player, values)

    @again_if_lost
    def failed(self, player: str, fault: str, at: datetime) -> None:
        """Remember why a player could not be asked; the mark stays."""
        m = play_marks.c
        self._set(
            player, {"fault": fault, "since": func.coalesce(m.since, literal(at, m.since.type))}
        )

    def _set(self, player: str, values: dict[str, object]) -> None:
        m = play_marks.c
        mine = and_(m.commune_id == self._commune_id, m.player == player)
        with self._database.write(durable=True) as connection:
            connection.execute(update(play_marks).where(mine).values(values))
