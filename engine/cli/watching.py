"""``loa run --watch``: the embedded runtime as a service of one machine."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from engine.cli.common import open_workspace
from engine.cli.run import delivered, run_with_progress, say_how_it_ended
from engine.cli.services import readiness, start_service_log, telling
from engine.dispatch.observer import Everybody
from engine.ledger.gauges import Gauges
from workers.watch.journal import Journal
from workers.watch.metrics import Figures
from workers.watch.pages import pages_of
from workers.watch.pulse import Pulse
from workers.watch.stock import StockFigures, stock_of

#: How long one turn may take, with all that was due at once; longer means that it hangs.
LONGEST_TURN = timedelta(minutes=15)


def run_as_service(workspace: Path | None, listen: str | None) -> int:
    """Go on until told to stop; where no person looks on, write a log in place of progress."""
    figures, pulse = Figures(), Pulse()
    alone = not sys.stderr.isatty()
    observer = Everybody(Journal(), figures) if alone else figures
    say = start_service_log if alone else None
    with open_workspace(workspace, observer=observer, say=say) as app:
        gauges = Gauges(app.ledger.database, app.ledger.commune_id)
        stock = stock_of(gauges, app.clock, app.rehearsing)
        figures.registry.register(StockFigures(stock, queue=None))
        pages = pages_of(pulse, readiness(app.house), figures.registry)
        before = delivered(app)
        with telling(app.settings.http.listen if listen is None else listen, pages):
            ended = run_with_progress(
                app, watch=True, on_turn=lambda: pulse.beat("run", LONGEST_TURN)
            )
        return say_how_it_ended(app, ended, before)
