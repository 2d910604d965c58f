"""Commands about files: making a workspace, checking, the editors' schema, planning."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from campaigns.json_schema import campaign_json_schema, registry_json_schema
from campaigns.loader import check_campaigns, load_campaign
from campaigns.registry_file import load_registry
from campaigns.workspace import workspace_files
from engine.app import OPTIONS
from engine.cli import province_office
from engine.cli.common import commune_option, find_workspace, open_workspace, workspace_option
from engine.cli.planned import plan_lines
from engine.cli.province import in_province
from engine.clock import SystemClock
from engine.errors import InputError, LoaError, Problem
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.settings import load_settings


def commands() -> list[click.Command]:
    return [init(), check(), schema(), plan()]


def init() -> click.Command:
    @click.command("init")
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    def command(folder: Path) -> None:
        files = workspace_files(SystemClock().now())
        there = [name for name in files if (folder / name).exists()]
        if there:
            message = _("{folder}: {names} already there; nothing was changed")
            raise LoaError(message.format(folder=folder, names=", ".join(there)))
        for name, text in files.items():
            write_atomic(folder / name, text.encode())
            click.echo(f"  {folder / name}")
        click.echo(_("Next: edit commune.yaml, then: loa check -w {folder}").format(folder=folder))

    return command


def check() -> click.Command:
    @click.command("check")
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @workspace_option
    def command(files: tuple[Path, ...], workspace: Path | None) -> None:
        if in_province(workspace, files[0] if files else None):
            province_office.check(files, workspace)
            return
        root = find_workspace(workspace, files[0] if files else None)
        settings = load_settings(root)
        loaded = load_registry(root / "commune.yaml")
        now = settings.clock.simulated or datetime.now(UTC)
        problems: list[Problem] = []
        checked = list(files)
        for file in files:
            try:
                load_campaign(file, loaded.registry, OPTIONS, now)
            except InputError as error:
                problems.extend(error.problems)
        if not files and (root / "campaigns").is_dir():
            checked = [
                root / "campaigns" / f"{one.campaign.id}"
                for one in check_campaigns(root / "campaigns", loaded.registry, OPTIONS, now)
            ]
        if problems:
            raise InputError(problems)
        for warning in loaded.warnings:
            click.echo(f"⚠ {warning}", err=True)
        click.echo(
            _("✓ commune.yaml and {count} campaigns are in order").format(count=len(checked))
        )

    return command


def schema() -> click.Command:
    @click.command("schema")
    @click.option("--registry", is_flag=True, help=_("The schema of commune.yaml instead."))
    def command(registry: bool) -> None:
        found = registry_json_schema() if registry else campaign_json_schema(OPTIONS)
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))

    return command


def plan() -> click.Command:
    @click.command("plan")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @commune_option
    @workspace_option
    def command(file: Path, workspace: Path | None) -> int:
        if in_province(workspace, file):
            return province_office.plan(file, workspace)
        with open_workspace(workspace, file) as app:
            campaign, planned = app.office.plan(file)
            click.echo("\n".join(plan_lines(campaign, planned, app.registry)))
        return 1 if planned.stops else 0

    return command
