"""A command loads what it uses and nothing else: officials wait for the screen, not for libraries.

What a fresh process has loaded is asked of it; the times themselves are measured by ``make bench``.
"""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest

from engine.cli.main import build

#: Libraries for rendering, sending and printing, that no look at the ledger needs.
HEAVY = {
    "apprise",
    "asyncssh",
    "paho",
    "gtts",
    "httpx",
    "lameenc",
    "lxml",
    "mutagen",
    "onnxruntime",
    "piper",
    "numpy",
    "pypdfium2",
    "scipy",
    "segno",
}
HEAVY |= {"soundfile", "soxr", "typst"}

#: What commands need only when they run.
LATER = {"dramatiq", "jinja2", "pydantic", "rich", "sqlalchemy", "yaml"}


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that a new interpreter has loaded after ``code``."""
    ask = "; import json, sys; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    answer = subprocess.run(
        [sys.executable, "-c", code + ask], check=True, capture_output=True, text=True
    )
    return set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import engine.cli.main",
        "from engine.cli.main import build; build()",
        "from engine.cli.main import build; build().main(['--help'], standalone_mode=False)",
    ],
    ids=["imported", "built", "help"],
)
def test_help_loads_nothing_that_only_commands_need(code: str) -> None:
    assert loaded_by(code).isdisjoint(HEAVY | LATER)


@pytest.mark.parametrize(
    "module", ["engine.app", "engine.cli.tracking", "engine.cli.files", "engine.cli.cache"]
)
def test_opening_a_workspace_needs_no_library_for_rendering_or_sending(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint(HEAVY | {"dramatiq"})


def test_a_player_loads_next_to_nothing() -> None:
    assert loaded_by("import engine.cli.player").isdisjoint(HEAVY | LATER)


def test_models_load_nothing_that_a_small_player_cannot_afford() -> None:
    assert loaded_by("import engine.models").isdisjoint(HEAVY | LATER)


def test_what_a_process_has_loaded_is_really_seen() -> None:
    assert "numpy" in loaded_by("import channels.loudspeaker.studio")


def test_every_command_is_listed_once_with_what_it_does() -> None:
    group = build()
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        assert command.help, name
    assert sorted(group.commands) == sorted(group.list_commands(context))


def test_an_unknown_command_loads_nothing() -> None:
    assert build().get_command(click.Context(build()), "stat") is None


def test_planning_is_not_held_up_by_the_search_for_garbage() -> None:
    asked = (
        "from engine.cli.memory import settle; settle(); import gc; print(gc.get_threshold()[0])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True
    )
    assert int(answer.stdout) >= 50_000
