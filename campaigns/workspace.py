"""What ``loa init`` writes, and where the example commune lies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from string import Template

from engine.clock import VIETNAM

_HERE = Path(__file__).parent

#: The example commune, a whole workspace: to be copied, not written to.
EXAMPLE = _HERE / "examples" / "binh-hoa-hung"


def workspace_files(now: datetime) -> Mapping[str, str]:
    """Return the files of a new workspace, by path relative to it; their days follow ``now``."""
    today = now.astimezone(VIETNAM)
    days = {f"day{n}": (today + timedelta(days=n)).date() for n in range(1, 4)}
    names = {
        **{name: day.isoformat() for name, day in days.items()},
        "day3_vn": f"{days['day3']:%d/%m/%Y}",
        "until": (today + timedelta(days=4)).date().isoformat(),
        "agreed": (today - timedelta(days=30)).date().isoformat(),
        "today_iso": today.replace(microsecond=0).isoformat(),
    }
    folder = _HERE / "templates"
    paths = ("commune.yaml", "loa.toml", "campaigns/thong-bao-mau.yaml")
    return {
        path: Template((folder / path).read_text(encoding="utf-8")).substitute(names)
        for path in paths
    }
