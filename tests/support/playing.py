"""Players as tests plant them: a rig with loudspeakers, and the logs that players would keep."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.dispatch.airing import record_plays
from engine.dispatch.station_watch import Manner, StationWatch
from engine.ledger import Kept
from engine.ledger.places import Place
from engine.models import Airing, Artifact, Bundle, Item, Play, PlayOutcome, Purpose, Registry
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FakeOptions, FarSide

#: The slot of the evening's session, at which loudspeakers may speak.
AIR = NOW.replace(hour=17)


def on_air(cluster: str = "cum-1", hamlet: str = "ap-1", **more: Any) -> Post:
    """One hamlet's part of what a cluster plays at ``AIR``, or another ``slot``."""
    return Post(hamlet, channel="loudspeaker", target=cluster, **{"slot": AIR, **more})


def a_play(number: int = 1, **changes: Any) -> Play:
    """The report of an honest player about ``on_air()``; ``changes`` make it another."""
    play = Play(
        player="may-1",
        number=number,
        cluster="cum-1",
        slot=AIR,
        campaign_id="thong-bao",
        purpose=Purpose.NOTICE,
        hamlets=("ap-1",),
        sha256="",
        began=AIR + timedelta(seconds=12),
        seconds=60.0,
        outcome=PlayOutcome.PLAYED,
    )
    return dataclasses.replace(play, **changes)


def heard(rig: Rig, *plays: Play, through: str | None = None) -> Kept:
    return record_plays(rig.ledger, rig.clock, plays, through=through)


class AgainOptions(FakeOptions):
    """A campaign that asks for a second try."""

    if_not_played: str = "again"


class SpeakingChannel(FakeChannel):
    """A channel of which people hear each text, a second for each letter."""

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        made = FakeChannel.assemble(self, bundle, items, registry)
        sounds = {file.sha256: float(len(file.read().decode())) for file in made.files}
        airing = Airing(sum(sounds.values()), sounds) if sounds else None
        return dataclasses.replace(made, airing=airing)


class ReportingBackend(FakeBackend):
    """A player that can be asked; ``log`` is all that it ever said, ``failing`` why it does not."""

    log: list[Play]
    failing: Exception | None

    def plays(self, after: str) -> tuple[Sequence[Play], str]:
        if self.failing is not None:
            raise self.failing
        begin = int(after or 0)
        return self.log[begin : begin + 500], str(min(len(self.log), begin + 500))


def reporting(folder: Path) -> ReportingBackend:
    backend = ReportingBackend("loa", True, FarSide(folder / "far.log"))
    backend.log, backend.failing = [], None
    return backend


@contextmanager
def station(
    folder: Path,
    place: Place | None = None,
    *,
    backend: FakeBackend | None = None,
    again: bool = False,
    **settings: Any,
) -> Iterator[Rig]:
    """A rig whose loudspeakers' player is called ``loa``, at the time of ``AIR``."""
    player = backend or FakeBackend("loa", True, FarSide(folder / "far.log"))
    options = AgainOptions if again else FakeOptions
    channel = SpeakingChannel("loudspeaker", player, options=options, cumulative=True)
    with rigged(folder, channel, place=place, **settings) as rig:
        rig.clock.advance_to(AIR)
        yield rig


def watch(rig: Rig, judged: bool | None = True, **manner: Any) -> StationWatch:
    """What hears the rig's player; ``judged``: its silence means that nothing was played."""
    return StationWatch(
        ledger=rig.ledger,
        channel=rig.channels["loudspeaker"],
        rules=lambda: rig.registry,
        clock=rig.clock,
        manner=Manner(judged={"loa": judged}, **manner),
    )
