"""Players as tests plant them: a rig with loudspeakers, and the logs that players would keep."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.dispatch.airing import record_plays
from engine.ledger import Kept
from engine.ledger.places import Place
from engine.models import Play, PlayOutcome, Purpose
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

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


@contextmanager
def station(folder: Path, place: Place | None = None, **settings: Any) -> Iterator[Rig]:
    """A rig whose loudspeakers' player is called ``loa``, at the time of ``AIR``."""
    channel = FakeChannel("loudspeaker", FakeBackend("loa", True, FarSide(folder / "far.log")))
    with rigged(folder, channel, place=place, **settings) as rig:
        rig.clock.advance_to(AIR)
        yield rig
