"""Loa's own player: programmes are published, signed, and it fetches them by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from channels.base import ChannelError
from channels.loudspeaker.names import SlotNames, is_plain
from channels.loudspeaker.players.feed import Feed
from channels.loudspeaker.players.places import no_plain_name
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, File, Priority, Purpose, Receipt
from engine.models.airing import Cancel, Programme, ProgrammeItem, Sound


@dataclass
class AgentBackend:
    """Publishes programmes for players of Loa's own. The same bundle again changes nothing.

    ``feed`` signs and keeps what is published. A programme that has not begun ``within`` this
    long after its slot must not begin any more. ``ahead``: how long before its slot it is
    published, so that players have it when the network is down.
    """

    name: str
    feed: Feed
    within: timedelta
    ahead: timedelta = timedelta(0)

    idempotent = True
    networked = True
    #: It plays nothing without saying so: its silence means something.
    always_reports = True

    def check(self) -> None:
        """Raise ChannelError when nobody would fetch anything."""
        if not self.feed.has_listeners():
            raise ChannelError(
                _("{player}: no player is enrolled: loa players enrol --cluster CLUSTER").format(
                    player=self.name
                )
            )

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Publish the programme, or that there is none any more.

        The receipt's reference is the sequence. Raises ChannelError.
        """
        if not is_plain(bundle.target):
            raise no_plain_name(bundle.target)
        manifest = json.loads(artifact.named(SlotNames.of(bundle).manifest).read())
        if manifest["items"]:
            programme = self._programme(manifest, bundle)
            return self._published(programme, _files(artifact, programme.sounds()))
        common = _common(bundle)
        return self._published(Cancel(**common), ())

    def _programme(self, manifest: Mapping[str, Any], bundle: Bundle) -> Programme:
        items = tuple(map(_item, manifest["items"]))
        return Programme(
            **_common(bundle),
            priority=min((item.priority for item in items), key=lambda one: one.rank),
            drill=all(item.purpose is Purpose.DRILL for item in items),
            expires=bundle.slot + self.within,
            items=items,
            opening=_part(manifest, "opening"),
            closing=_part(manifest, "closing"),
            bridge=_part(manifest, "bridge"),
        )

    def _published(self, message: Programme | Cancel, files: Sequence[File]) -> Receipt:
        sequence = self.feed.publish(message, files)
        detail = {"cluster": message.cluster, "sounds": str(len(files))}
        return Receipt(str(sequence), detail)


def _common(bundle: Bundle) -> dict[str, Any]:
    """Return what every message says; sequence and date are the feed's to give."""
    return {
        "commune": bundle.commune_id,
        "cluster": bundle.target,
        "slot": bundle.slot,
        "version": bundle.version,
        "sequence": 1,
        "made_at": bundle.slot,
    }


def _item(listed: Mapping[str, Any]) -> ProgrammeItem:
    return ProgrammeItem(
        title=listed["title"][:1_000],
        campaign=listed["campaign"],
        priority=Priority(listed["priority"]),
        purpose=Purpose(listed["purpose"]),
        hamlets=tuple(listed["hamlets"]),
        sound=_sound(listed),
        starts=listed.get("starts"),
    )


def _part(manifest: Mapping[str, Any], name: str) -> Sound | None:
    return _sound(manifest[name]) if name in manifest else None


def _sound(listed: Mapping[str, Any]) -> Sound:
    return Sound(listed["file"], listed["sha256"], listed["size"], listed["seconds"])


def _files(artifact: Artifact, sounds: Sequence[Sound]) -> list[File]:
    """Return the files of these sounds, each once. The whole in one file is nobody's to fetch."""
    wanted = {sound.sha256: sound.file for sound in sounds}
    return [artifact.named(name) for name in wanted.values()]
