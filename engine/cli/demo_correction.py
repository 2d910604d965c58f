"""The demonstration's slip of the pen: one hamlet's hour was wrong, and is corrected on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine.app import App
from engine.cli.tracking import amended_lines
from engine.clock import VIETNAM, SimulatedClock, local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.planner.effects import Effect, effects_of
from engine.reports.report import Report

#: The campaign, the hamlet's line in its file, and when somebody sees that it is wrong.
CAMPAIGN = "tiem-vac-xin"
WRONG, RIGHT = "ap-4: {gio: 10 giờ 00}", "ap-4: {gio: 9 giờ 30}"
SEEN_AT = datetime(2026, 12, 3, 6, 0, tzinfo=VIETNAM)

#: Why, as people read and hear it.
REASON = "giờ tiêm của Ấp 4 bị ghi nhầm"


def correct(app: App, author: str, approver: str, passphrase: str) -> Iterator[str]:
    """Correct it by two people, and yield what came of it. Raises LoaError."""
    if isinstance(app.clock, SimulatedClock):
        app.clock.advance_to(SEEN_AT)
    path = app.workspace / "campaigns" / f"{CAMPAIGN}.yaml"
    text = path.read_text("utf-8")
    if WRONG not in text:
        raise LoaError(_("{file}: the line {line} is missing").format(file=path.name, line=WRONG))
    path.write_text(text.replace(WRONG, RIGHT), "utf-8")
    known = app.office.known(CAMPAIGN)
    done = app.office.correct(CAMPAIGN, path, author, REASON)
    told = [
        one for one in effects_of(done.plan, known, app.registry) if one.effect is Effect.CORRECTED
    ]
    app.office.approve(CAMPAIGN, approver, passphrase)
    facts = done.revision.campaign.correction
    assert facts is not None
    yield _("It is now {moment}. Somebody sees a wrong hour:").format(
        moment=f"{local(app.clock.now()):%H:%M %d/%m/%Y}"
    )
    yield f"✓ {facts.heading}: {facts.opening}"
    yield _("  loa correct {campaign}: {count} places of {hamlets} are told, nobody else").format(
        campaign=CAMPAIGN,
        count=len(told),
        hamlets=", ".join(
            dict.fromkeys(app.registry.hamlets_by_id[one.hamlet_id].name for one in told)
        ),
    )


def outcome(report: Report) -> Iterator[str]:
    """Yield how far it has come."""
    yield f"{CAMPAIGN}:"
    yield from amended_lines(report.amended)
