"""``loa check``: everything in a workspace's files that somebody must mend, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from campaigns.loader import Examined, campaign_files, examine_campaign, repeated_ids
from campaigns.registry_file import examine_registry
from channels.base import Channel
from engine.app import OPTIONS, build_channels, close_channels
from engine.app.broken_player import faults_of
from engine.app.channels import NothingRemembered
from engine.app.players import known_players
from engine.cli.common import (
    REGISTRY_FILE,
    chosen_commune,
    commune_option,
    faulty_accounts,
    find_workspace,
    gone_sounds,
    open_workspace,
    workspace_option,
)
from engine.cli.examining import examine_all, of_settings, say_what_is_over
from engine.cli.lexicons import IN_CAMPAIGN, IN_REGISTRY, warn_of_lexicons
from engine.cli.province import in_province
from engine.cli.province_checking import check_province
from engine.clock import SystemClock
from engine.errors import InputError, LoaError, Problem
from engine.i18n import gettext as _
from engine.models import Registry
from engine.planner.checking import broken_rules
from engine.settings import Settings, load_settings


def commands() -> list[click.Command]:
    return [check()]


def check() -> click.Command:
    @click.command("check")
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @commune_option
    @workspace_option
    def command(files: tuple[Path, ...], workspace: Path | None) -> None:
        near = files[0] if files else None
        if in_province(workspace, near):
            check_province(files, workspace)
            return
        alone = chosen_commune() is None
        with _own_commune(workspace, near) if alone else _one_of_many(workspace, near) as commune:
            named = files or commune.files()
            examined = examine_all(named, commune.examine, in_use=bool(files))
            problems = list(_problems(examined, commune))
        if problems:
            raise InputError(problems)
        for warning in commune.warnings:
            click.echo(f"⚠ {warning}", err=True)
        lexicons = [(file, IN_REGISTRY) for file in commune.registry_files]
        lexicons += [(file, IN_CAMPAIGN) for file in named]
        warn_of_lexicons(lexicons, commune.region)
        message = _("✓ {count} campaigns are in order")
        if alone:
            message = _("✓ commune.yaml and {count} campaigns are in order")
        click.echo(message.format(count=len(named)))
        say_what_is_over(examined, commune.now)

    return command


@dataclass(frozen=True)
class _Commune:
    """What campaign files are held against.

    ``registry`` is None while its own faults leave unsure what a campaign may name.
    """

    registry: Registry | None
    channels: Mapping[str, Channel]
    now: datetime
    folder: Path
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    region: str = "south"
    registry_files: Sequence[Path] = ()

    def examine(self, file: Path, finished_is_fault: bool) -> Examined:
        return examine_campaign(
            file, self.registry, OPTIONS, self.now, finished_is_fault=finished_is_fault
        )

    def files(self) -> tuple[Path, ...]:
        """Return all campaign files. Raises InputError for a folder that cannot be read."""
        return campaign_files(self.folder) if self.folder.is_dir() else ()


@contextmanager
def _own_commune(workspace: Path | None, near: Path | None) -> Iterator[_Commune]:
    """Read the one commune of a workspace, from its file alone. Raises what settings raise."""
    root = find_workspace(workspace, near)
    settings = load_settings(root)
    for line in gone_sounds(settings, root):
        click.echo(line, err=True)
    examined = examine_registry(root / REGISTRY_FILE, known_players(settings))
    channels = build_channels(settings, root, NothingRemembered())
    try:
        faults = map(of_settings, (*faults_of(channels), *faulty_accounts(settings)))
        yield _Commune(
            registry=examined.places,
            channels=channels,
            now=settings.clock.simulated or SystemClock().now(),
            folder=root / "campaigns",
            problems=[*faults, *examined.problems],
            warnings=examined.loaded.warnings if examined.loaded else (),
            region=_region(settings, examined.places),
            registry_files=(root / REGISTRY_FILE,),
        )
    finally:
        close_channels(channels)


@contextmanager
def _one_of_many(workspace: Path | None, near: Path | None) -> Iterator[_Commune]:
    """Open the chosen commune of many, as the ledger has it. Raises what opening raises."""
    if near is None:
        raise LoaError(_("with --commune, name the campaign FILES to check"))
    with open_workspace(workspace, near) as app:
        region = _region(app.settings, app.registry)
        yield _Commune(app.registry, app.channels, app.clock.now(), near.parent, region=region)


def _region(settings: Settings, registry: Registry | None) -> str:
    """Return how a commune speaks; while its file has faults, how all do."""
    spoken = settings.loudspeaker_of(registry.commune.id) if registry else settings.loudspeaker
    return spoken.region


def _problems(examined: Sequence[Examined], commune: _Commune) -> Iterator[Problem]:
    """Yield every fault of the commune's file, of the campaigns, and between these."""
    yield from commune.problems
    yield from repeated_ids(examined)
    for one in examined:
        yield from one.problems
        if commune.registry is not None:
            yield from broken_rules(one, commune.registry, commune.channels, commune.now)
