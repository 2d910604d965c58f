"""docs/province.md works as it is printed, with the example that it names."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from support.commune import loa

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "province.md"


def transcripts() -> list[tuple[list[str], list[str]]]:
    """Return each command of the page with the lines that it prints there."""
    found: list[tuple[list[str], list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.M):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((shlex.split(line.removeprefix("$ LOA_LANG=en loa ")), []))
            else:
                found[-1][1].append(" ".join(line.split()))
    return found


def said(text: str) -> list[str]:
    """Return printed lines without rules, blank ones, and the spaces that make columns."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("─")]


def test_the_page_works_as_it_is_printed(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "campaigns" / "examples" / "tinh-mau", tmp_path / "tinh"))
    commands = transcripts()
    assert len(commands) == 7
    for arguments, expected in commands:
        done = loa(*arguments, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert said(done.stdout) == expected, arguments
    assert loa("check", cwd=folder).returncode == 0
