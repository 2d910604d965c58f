"""What checking a commune's campaign files and a province's have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click

from campaigns.loader import Examined
from engine.errors import Problem
from engine.i18n import gettext as _

#: Finished campaigns that are named; of more it says only that there are.
MOST_NAMED = 5


def of_settings(line: str) -> Problem:
    """Return a fault of loa.toml, which is told by one line, as one among those of other files."""
    place, _colon, message = line.partition(": ")
    return Problem(place, 0, 0, "", message)


def examine_all(
    files: Sequence[Path], examine: Callable[[Path, bool], Examined], *, in_use: bool
) -> list[Examined]:
    """Examine files; ``examine`` is told of each whether being over is a fault.

    ``in_use``: these files are to be used, so that it is. Of a whole folder, only a file that
    must be mended anyway is told that it is over as well.
    """
    first = [examine(file, in_use) for file in files]
    return [examine(one.path, True) if one.problems and not in_use else one for one in first]


def say_what_is_over(examined: Sequence[Examined], now: datetime) -> None:
    """Name the campaigns that are in order and no longer hold."""
    campaigns = (one.loaded.campaign for one in examined if one.loaded is not None)
    over = [campaign.id for campaign in campaigns if campaign.valid_until < now]
    if over:
        named = ", ".join(over[:MOST_NAMED]) + (" …" if len(over) > MOST_NAMED else "")
        click.echo(_("  {count} of them are over: {names}").format(count=len(over), names=named))
