"""The demonstration's players: they read the manifests beside them and keep a log of plays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.app import App
from engine.clock import SimulatedClock
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Play, PlayOutcome, Purpose

#: Of how much of its last item the last cluster's player was cut off.
CUT = 0.3

#: What a player says in its log; it is Vietnamese, whoever reads it.
POWER_CUT = "mất điện (số liệu chạy thử)"


def play_all(app: App) -> tuple[int, int]:
    """Let every cluster play what it was given by now; return (reports kept, not played).

    The last cluster loses its power before its last item ends. Reports go the way of real ones:
    ``plays.jsonl`` beside the programmes, asked for and judged by the station's watch.
    """
    if isinstance(app.clock, SimulatedClock):  # until every programme is over
        minutes = app.settings.playlog.margin_minutes + app.registry.station.minutes_per_session
        lead = app.channels["loudspeaker"].lead
        app.clock.advance_to(app.clock.now() + lead + timedelta(minutes=minutes))
    now, clusters = app.clock.now(), app.registry.clusters
    for cluster in clusters:
        folder = app.outbox / "loudspeaker" / cluster.id
        plays = list(plays_of(folder, now, cut_off=cluster is clusters[-1]))
        if plays:
            write_atomic(folder / "plays.jsonl", "".join(one.line() for one in plays).encode())
    assert app.station_watch is not None
    app.station_watch.hear()
    return len(app.ledger.plays.of()), app.station_watch.judge()


def said_of(kept: int, silent: int) -> str:
    """Say what came of it."""
    words = _("✓ the players' logs: {kept} reports; {silent} deliveries were not played")
    return words.format(kept=kept, silent=silent)


def plays_of(folder: Path, now: datetime, *, cut_off: bool = False) -> Iterator[Play]:
    """Yield what a player would write about its manifests, in the order of slots."""
    manifests = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*/[0-9]*.json"))]
    aired = [one for one in manifests if datetime.fromisoformat(one["slot"]) <= now]
    items = [
        (one, item, datetime.fromisoformat(one["slot"])) for one in aired for item in one["items"]
    ]
    begins: dict[datetime, datetime] = {}
    for number, (manifest, item, slot) in enumerate(items, 1):
        opening = timedelta(seconds=manifest.get("opening", {}).get("seconds", 0))
        began = begins.setdefault(slot, slot + opening)
        begins[slot] = began + timedelta(seconds=item["seconds"])
        yield _play(number, manifest, item, began, cut=cut_off and number == len(items))


def _play(
    number: int, manifest: dict[str, Any], item: dict[str, Any], began: datetime, *, cut: bool
) -> Play:
    return Play(
        player=f"may-{manifest['cluster']}",
        number=number,
        cluster=manifest["cluster"],
        slot=datetime.fromisoformat(manifest["slot"]),
        campaign_id=item["campaign"],
        purpose=Purpose(item["purpose"]),
        hamlets=tuple(item["hamlets"]),
        sha256=item["sha256"],
        began=began,
        seconds=round(item["seconds"] * (CUT if cut else 1), 1),
        outcome=PlayOutcome.CUT if cut else PlayOutcome.PLAYED,
        reason=POWER_CUT if cut else "",
    )
