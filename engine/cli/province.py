"""What the commands share that a province's office runs: its workspace, opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from campaigns.province_file import PROVINCE_FILE
from engine.app.province import ProvinceApp, open_province
from engine.cli.common import (
    REGISTRY_FILE,
    chosen_commune,
    find_workspace,
    state_conditions,
)


def in_province(given: Path | None, near: Path | None = None) -> bool:
    """Say whether the province's own office is meant. Raises LoaError where there is none."""
    if chosen_commune() is not None:
        return False
    folder = find_workspace(given, near, (REGISTRY_FILE, PROVINCE_FILE))
    return (folder / PROVINCE_FILE).is_file()


@contextmanager
def opened_province(
    given: Path | None, near: Path | None = None, *, acting: bool = False
) -> Iterator[ProvinceApp]:
    """Open the province's workspace, and say what a person should look at in it.

    ``acting``: something will be recorded, for which the clock must be trusted. Raises
    InputError for the file, LoaError for the ledger or where there is no province.yaml.
    """
    with open_province(find_workspace(given, near, (PROVINCE_FILE,))) as app:
        for warning in app.warnings:
            click.echo(f"⚠ {warning}", err=True)
        if acting:
            app.check_clock()
        state_conditions(app)
        yield app
