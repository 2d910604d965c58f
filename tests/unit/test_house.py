"""The house itself: every module has a floor, nothing happens on import, words are literal."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tokenize import COMMENT, tokenize

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "channels", "campaigns", "workers")

#: Imports the modules it is given, in an interpreter that refuses to write, connect or start.
IMPORTER = """
import importlib, os, sys

sys.dont_write_bytecode = True
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.fork", "os.posix_spawn",
           "os.symlink", "os.link", "os.truncate", "subprocess.Popen", "sqlite3.connect",
           "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"}

def guard(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
    if writes or event in REFUSED:
        raise RuntimeError(f"{event} {arguments!r} while importing {name}")

name = ""
sys.addaudithook(guard)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules() -> list[str]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def floors() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["type"] == "layers")
    return {room.strip() for layer in layers for room in layer.split("|")}


def without_floor(names: list[str]) -> list[str]:
    """Modules that no floor holds; ``engine`` itself is the stairwell, and empty."""
    rooms = floors()
    return [
        name
        for name in names
        if name != "engine" and not any(f"{name}.".startswith(f"{room}.") for room in rooms)
    ]


def test_every_module_belongs_to_a_floor() -> None:
    assert len(modules()) > 100
    assert not without_floor(modules())


def test_a_module_without_a_floor_would_be_found() -> None:
    names = ["engine.cli.run", "engine.attic", "engine.application", "workers.x"]
    assert without_floor(names) == ["engine.attic", "engine.application"]


def test_every_floor_has_somebody_on_it() -> None:
    assert floors() <= set(modules())


def test_the_stairwell_holds_nothing_but_words() -> None:
    body = ast.parse((ROOT / "engine" / "__init__.py").read_text("utf-8")).body
    assert all(isinstance(node, ast.Expr) for node in body)


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_writes_nothing_starts_nothing_and_opens_no_connection(package: str) -> None:
    names = [
        name
        for name in modules()
        # Alembic runs its environment itself, inside a migration; nothing imports it.
        if name.partition(".")[0] == package and name != "engine.ledger.migrations.env"
    ]
    done = python("-c", IMPORTER, *names, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stdout


@pytest.mark.parametrize(
    "deed",
    [
        "open('/dev/null', 'w')",
        "import os; os.mkdir('x')",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import sqlite3; sqlite3.connect(':memory:')",
    ],
)
def test_a_module_that_acts_on_import_would_be_found(tmp_path: Path, deed: str) -> None:
    (tmp_path / "acting.py").write_text(deed, encoding="utf-8")
    done = python("-c", IMPORTER, "acting", cwd=tmp_path)
    assert done.returncode == 1
    assert "while importing acting" in done.stderr


def test_our_channels_lie_beside_our_engine(tmp_path: Path) -> None:
    """``channels`` is Django Channels' name too; side by side they overwrite each other."""
    code = (
        "import "
        + ", ".join(PACKAGES)
        + "\n"
        + "\n".join(f"print({name}.__file__)" for name in PACKAGES)
    )
    done = python("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    places = {Path(line).parent.parent for line in done.stdout.splitlines()}
    assert places == {ROOT}
    assert not done.stderr


def translated(path: Path) -> Iterator[tuple[int, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if named and node.func.id in ("_", "gettext", "ngettext"):
            yield node.lineno, node


def not_literal(path: Path) -> list[str]:
    """Messages that no catalogue can hold: made up as the program runs."""
    found = []
    for line, call in translated(path):
        messages = call.args[:2] if call.func.id == "ngettext" else call.args[:1]
        if not all(
            isinstance(one, ast.Constant) and isinstance(one.value, str) for one in messages
        ):
            found.append(f"{path.name}:{line}: {ast.unparse(call)}")
    return found


def in_formatted(path: Path) -> list[str]:
    """Messages within an f-string, where those who gather them for translation do not look."""
    return [
        f"{path.name}:{call.lineno}: {ast.unparse(call)}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "gettext", "ngettext")
    ]


def test_every_message_is_written_out_where_it_is_said() -> None:
    faults = [
        fault
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for fault in (*not_literal(path), *in_formatted(path))
    ]
    assert not faults


def test_a_message_made_up_as_the_program_runs_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text('_("fine")\n_(f"{x} not")\n_("no" + x)\n_(name)\n', encoding="utf-8")
    assert [fault.split(":")[1] for fault in not_literal(path)] == ["2", "3", "4"]
    path.write_text("_('fine')\nf'{_(\"not\")}'\n", encoding="utf-8")
    assert [fault.split(":")[1] for fault in in_formatted(path)] == ["2"]


#: What silences a linter, with the names of its rules.
SILENCED = re.compile(r"# (?:noqa|type: ignore)(?:: [A-Z0-9, ]+|\[[a-z, -]+\])?")


def unexplained(path: Path) -> list[str]:
    """Lines that silence a linter and do not say why."""
    with path.open("rb") as file:
        comments = [token for token in tokenize(file.readline) if token.type == COMMENT]
    return [
        f"{path.name}:{token.start[0]}: {token.string}"
        for token in comments
        if SILENCED.search(token.string) and not re.search(r"\w", SILENCED.sub("", token.string))
    ]


def test_whoever_silences_a_linter_says_why() -> None:
    folders = (*PACKAGES, "tests", "bench", "docs")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 500
    assert not [line for path in files for line in unexplained(path)]


def test_a_linter_silenced_without_a_reason_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("a = 1  # noqa: E402\nb = 2  # type: ignore[arg-type]\n")
    assert len(unexplained(path)) == 2
    path.write_text('a = "# noqa"  # noqa: E402 - why\nb = 2  # type: ignore[x]  # why\n')
    assert unexplained(path) == []


def test_no_file_grows_beyond_what_one_reads_in_one_sitting() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > 320} == {}
