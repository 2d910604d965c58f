"""A small commune on disk for tests that run whole programs. Every name is invented."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from support.nursery import shared_nursery

PASSPHRASE = "mat-khau-bia-ra"

_REGISTRY = """\
commune: {id: xa-mau, name: Xã Mẫu, province: Tây Ninh, office: Ủy ban nhân dân xã Mẫu}
people:
  - {id: lan, name: Nguyễn Thị Lan, rights: [submit, confirm]}
  - {id: minh, name: Trần Văn Minh, rights: [approve, submit]}
hamlets:
  - id: ap-1
    name: Ấp 1
    households: 100
    poor_households: 10
    head: {name: Giả Một}
    tags: [ven-song]
  - {id: ap-2, name: Ấp 2, households: 80, poor_households: 5, head: {name: Giả Hai}}
loudspeakers:
  - {id: cum-1, hamlets: [ap-1]}
  - {id: cum-2, hamlets: [ap-2]}
station: {hours: ["05:00-06:30", "17:00-18:30"], sessions_per_day: 2, minutes_per_session: 30}
chat:
  groups:
    - id: truong-ap
      name: Nhóm trưởng ấp
      platform: telegram
      kind: heads
      hamlets: [ap-1, ap-2]
      address: "-100200300"
    - id: nhom-ap-1
      name: Nhóm Ấp 1
      platform: zalo
      kind: hamlet
      hamlets: [ap-1]
      run_by: ap-1-head
      agreed_on: 2026-03-01
    - id: nhom-ap-2
      name: Nhóm Ấp 2
      platform: zalo
      kind: hamlet
      hamlets: [ap-2]
      run_by: ap-2-head
      agreed_on: 2026-03-01
flyers: {copies_per_household: 1, print_point: {id: van-phong, name: Văn phòng}}
portal: {id: cong, name: Trang tin xã Mẫu, url: "https://xa-mau.example"}
"""

_SETTINGS = """\
live = {live}
[clock]
simulated = "2026-12-01T04:00:00+07:00"
[telegram]
base_url = "{telegram}"
token = "{token}"
messages_per_second = 1000
group_messages_per_minute = 60000
[run]
threads = 2
"""

NOTICE = """\
id: tiem-phong
title: Tiêm phòng
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trạm Y tế
hamlets:
  ap-1: {gio: 7 giờ}
  ap-2: {gio: 8 giờ}
text: Tiêm phòng lúc {{ gio }}.
schedule: {dates: [2026-12-01, 2026-12-02], times: ["05:00"]}
"""

WARNING = """\
id: bao-lu
title: Lũ lên
priority: emergency
valid: {from: 2026-12-01, until: 2026-12-03}
contact: Xã
text: Nước lên nhanh.
schedule: now
"""


def make_commune(
    folder: Path,
    campaigns: Mapping[str, str] | None = None,
    *,
    telegram: str = "http://127.0.0.1:9",
    token: str = "",
    live: bool = True,
    registry: str = _REGISTRY,
) -> Path:
    """Write a workspace with two hamlets and two campaigns, unless others are given."""
    (folder / "campaigns").mkdir(parents=True)
    (folder / "commune.yaml").write_text(registry, encoding="utf-8")
    settings = _SETTINGS.format(live=str(live).lower(), telegram=telegram, token=token)
    (folder / "loa.toml").write_text(settings, encoding="utf-8")
    for name, text in (campaigns or {"tiem-phong": NOTICE, "bao-lu": WARNING}).items():
        (folder / "campaigns" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def loa(
    *arguments: str | Path, cwd: Path | None = None, timeout: float = 120, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run ``loa`` in a process of its own, in English, and return what it printed.

    It is forked from one that has loaded everything, which is sooner done than starting Python
    anew; ``installed_loa`` is the program as it was installed.
    """
    with tempfile.TemporaryDirectory(prefix="loa-said-") as name:
        out, errors = Path(name) / "out", Path(name) / "errors"
        words = [str(argument) for argument in arguments]
        child = shared_nursery().start(
            "command_driver",
            words,
            out,
            errors=errors,
            cwd=cwd or Path.cwd(),
            environ=_a_persons(environ),
        )
        try:
            status = child.wait(timeout)
        finally:
            child.kill()
        said = (file.read_text(encoding="utf-8") for file in (out, errors))
        return subprocess.CompletedProcess(["loa", *words], status, *said)


def installed_loa(
    *arguments: str | Path, cwd: Path | None = None, timeout: float = 120, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run the installed ``loa`` as a person would, in English, and return what it printed."""
    return subprocess.run(
        [Path(sys.executable).with_name("loa"), *map(str, arguments)],
        cwd=cwd,
        env=_a_persons(environ),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def _a_persons(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        "LOA_LANG": "en",
        "LOA_PASSPHRASE": PASSPHRASE,
        "COLUMNS": "120",
        **environ,
    }


def files_below(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder`` with its bytes.

    Not what the portal keeps beside its site for the next time: the same files again, and marks
    that are this machine's own.
    """
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".portal.") for part in path.parts)
    }
