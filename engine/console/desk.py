"""What the server knows and does for players: all of it blocking, so all of it in threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from fastapi import HTTPException

from engine.app import Communes
from engine.artifacts import Stored
from engine.artifacts.sounds import find_sound
from engine.boundary import Boundary
from engine.dispatch.airing import record_plays
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.players import Doors, Player
from engine.ledger.programmes import Feeds
from engine.ledger.watched_clock import emergencies_only
from engine.models import Play, PlayOutcome
from engine.models.airing import ServerTime
from engine.models.fields import WireError
from engine.models.lacking import Lack

#: Programmes in one answer.
LIMIT = 100

#: A player's last sign of life is written so often.
NOTED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class News:
    """Envelopes for one player as JSON, and whether there are more after the last."""

    sequence: int
    envelopes: Sequence[dict[str, str]]
    more: bool

    def as_json(self) -> dict[str, object]:
        return {"sequence": self.sequence, "more": self.more, "programmes": self.envelopes}


class Desk:
    """Serves the players of the communes that a workspace serves."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes
        self._boundary: Boundary = communes.house.boundary
        self.feeds = Feeds(communes.house.database)
        self._doors = Doors(communes.house.database, communes.only_id)
        self._ledger = lru_cache(maxsize=4_096)(self._opened)

    def enrol(self, secret: str, version: str) -> dict[str, object]:
        """Give a player its token. Raises HTTPException for a code that is none."""
        enrolled = self._doors.enrol(secret, version=version, at=self._now())
        if enrolled is None:
            raise HTTPException(403, _("this code is unknown, used or too old: ask for a new one"))
        player = enrolled.player
        key = self._ledger(player.commune_id).player_keys.get(player.key_id)
        return {
            "player": player.id,
            "token": enrolled.token,
            "commune": player.commune_id,
            "clusters": list(player.clusters),
            "public_key": key.public.text,
        }

    def player(self, token: str | None) -> Player:
        """Return whose token this is. Raises HTTPException when it is nobody's."""
        player = self._doors.known_by(token) if token is not None else None
        if player is None:
            said = _("this token is unknown or was revoked")
            raise HTTPException(401, said, headers={"WWW-Authenticate": "Bearer"})
        now = self._now()
        if player.seen_at is None or now - player.seen_at > NOTED:
            self._doors.seen(player, now)
        return player

    def news(self, player: Player, after: int) -> News:
        """Return what was published for a player after this sequence."""
        programmes = self._ledger(player.commune_id).programmes
        programmes.seen_by_a_player(after, self._now())
        found = programmes.after(after, player.clusters, at=self._now(), limit=LIMIT + 1)
        keys = self._ledger(player.commune_id).player_keys
        signed = [keys.signed_with(one.envelope, player.key_id) for one in found[:LIMIT]]
        last = found[:LIMIT][-1].sequence if found else after
        return News(last, [one.as_json() for one in signed], len(found) > LIMIT)

    def sound(self, player: Player, sha256: str) -> Stored:
        """Return a sound that a programme of the player's lists. Raises HTTPException, OSError."""
        programmes = self._ledger(player.commune_id).programmes
        found = None
        if programmes.lists(sha256, player.clusters):
            found = find_sound(self._communes.house.artifacts, sha256)
        if found is None:
            raise HTTPException(404, _("no programme of this player has such a sound"))
        return found

    def keep(self, player: Player, plays: Sequence[Play]) -> int:
        """Keep what a player played; return up to which number all of it is kept.

        Raises WireError for plays that are not this player's. It may have refused what was meant
        for another cluster, and says so; that shows nothing of that cluster.
        """
        for play in plays:
            elsewhere = play.cluster not in player.clusters
            if play.player != player.id or (elsewhere and play.outcome is not PlayOutcome.REFUSED):
                message = _("play {number} is not of this player: {player}, {cluster}")
                raise WireError(
                    message.format(number=play.number, player=play.player, cluster=play.cluster)
                )
        ledger = self._ledger(player.commune_id)
        if plays:
            record_plays(ledger, self._communes.clock, plays)
            self._boundary("plays kept")
        return ledger.players.kept(player.id)

    def told(
        self,
        player: Player,
        at: datetime,
        disk_free: int,
        version: str,
        lacking: Sequence[Lack] = (),
    ) -> None:
        """Keep how a player fares; its clock said ``at`` when ours said what it says now.

        What it says of clusters that are not its own is nobody's business.
        """
        now = self._now()
        self._doors.told(
            player,
            at=now,
            offset=at - now,
            disk_free=disk_free,
            version=version,
            lacking=[one for one in lacking if one.cluster in player.clusters],
        )

    def time(self, player: Player, nonce: str) -> dict[str, str]:
        """Return the signed time. Raises HTTPException while our own clock is not trusted."""
        if emergencies_only(self._communes.clock):
            raise HTTPException(503, _("this server does not trust its own clock"))
        key = self._ledger(player.commune_id).player_keys.get(player.key_id)
        return key.sign(ServerTime(nonce, self._now())).as_json()

    def _now(self) -> datetime:
        return self._communes.clock.now()

    def _opened(self, commune_id: str) -> Ledger:
        house = self._communes.house
        return Ledger.on(house.database, commune_id, seal=house.seal, options=house.options)
