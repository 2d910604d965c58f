"""Commands about files: making a workspace, the editors' schema, planning."""

from __future__ import annotations

import json
from pathlib import Path

import click

from campaigns.json_schema import campaign_json_schema, registry_json_schema
from campaigns.workspace import workspace_files
from engine.app import OPTIONS
from engine.cli import province_office
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.planned import plan_lines
from engine.cli.province import in_province
from engine.clock import SystemClock
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _


def commands() -> list[click.Command]:
    return [init(), schema(), plan()]


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
            click.echo("\n".join(plan_lines(campaign, planned, app.registry, app.channels)))
        return 1 if planned.stops else 0

    return command
