"""``loa check`` in a province's workspace: province.yaml and the province's campaign files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from campaigns.loader import Examined, campaign_files, repeated_ids
from campaigns.province_checks import examine_province_campaign
from campaigns.province_file import PROVINCE_FILE, load_province
from engine.app import OPTIONS
from engine.app.province import ProvinceApp, no_commune_yet
from engine.cli.common import faulty_accounts, faulty_players, find_workspace
from engine.cli.examining import examine_all, of_settings, say_what_is_over
from engine.cli.lexicons import IN_CAMPAIGN, IN_PROVINCE, warn_of_lexicons
from engine.cli.province import opened_province
from engine.clock import SystemClock
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.settings import load_settings


def check_province(files: tuple[Path, ...], given: Path | None) -> None:
    """Check everything, finished campaigns of the folder too. Raises InputError, LoaError.

    What the communes' registries decide is left out while province.yaml has faults, or before
    any commune is known.
    """
    near = files[0] if files else None
    root = find_workspace(given, near, (PROVINCE_FILE,))
    folder = root / "campaigns"
    named = files or (campaign_files(folder) if folder.is_dir() else ())
    in_use = bool(files)
    try:
        load_province(root / PROVINCE_FILE)
    except InputError as error:
        now = load_settings(root).clock.simulated or SystemClock().now()
        _in_order(_examined(named, None, now, in_use=in_use), error.problems)
    with opened_province(given, near) as desk:
        territory = desk if desk.commune_ids else None
        lacking = [] if territory else [_lacking(root)]
        lacking += map(of_settings, (*faulty_players(desk), *faulty_accounts(desk.settings)))
        examined = _examined(named, territory, desk.clock.now(), in_use=in_use)
        _in_order(examined, lacking)
        lexicons = [(root / PROVINCE_FILE, IN_PROVINCE), *((file, IN_CAMPAIGN) for file in named)]
        warn_of_lexicons(lexicons, load_settings(root).loudspeaker.region)
        message = _("✓ province.yaml and {count} campaigns are in order; {communes} communes")
        click.echo(message.format(count=len(named), communes=len(desk.commune_ids)))
        say_what_is_over(examined, desk.clock.now())


def _lacking(root: Path) -> Problem:
    return Problem(str(root / PROVINCE_FILE), 0, 0, "", no_commune_yet())


def _examined(
    files: Sequence[Path], territory: ProvinceApp | None, now: datetime, *, in_use: bool
) -> list[Examined]:
    def examine(file: Path, finished_is_fault: bool) -> Examined:
        return examine_province_campaign(
            file, territory, OPTIONS, now, finished_is_fault=finished_is_fault
        )

    return examine_all(files, examine, in_use=in_use)


def _in_order(examined: Sequence[Examined], known: Sequence[Problem]) -> None:
    """Raise InputError if there is any fault, those already ``known`` among them."""
    problems = [*known, *repeated_ids(examined), *(p for one in examined for p in one.problems)]
    if problems:
        raise InputError(problems)
