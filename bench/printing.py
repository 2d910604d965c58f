"""A thousand flyers that differ by hamlet, and the same thousand pages by Chromium at once."""

from __future__ import annotations

import html
import os
import resource
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure, Note, clocked
from channels.flyer.inputs import FlyerInputs
from channels.flyer.product import qr_svg, render_flyer
from channels.typesetting import press
from channels.typesetting.font import UPRIGHT

FLYERS = 1_000

#: As many threads as there are cores ask the press.
_THREADS = len(os.sched_getaffinity(0))

_STARTED = datetime(2026, 12, 1, tzinfo=UTC)
_TEXT = (
    "Mời bà con đưa trẻ từ 18 đến 24 tháng tuổi đến Trạm Y tế xã lúc 7 giờ 30 ngày 05/12/2026 để "
    "tiêm vắc xin sởi – rubella. Khi đi mang theo sổ tiêm chủng và thẻ bảo hiểm y tế của trẻ. "
)

_PAGE = """<section><h3>{issuer}</h3><h1>{title}</h1><p>{text}</p><p>{text}</p>
<footer>{qr}<p>{contact}</p><p>{validity}</p><b>{hamlet}</b></footer></section>"""
_DOCUMENT = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Tờ rơi</title><style>
@font-face {{ font-family: N; src: url("{font}") }} @page {{ size: A5; margin: 12mm }}
body {{ font: 16pt N }} section {{ break-after: page }} svg {{ width: 29mm; height: 29mm }}
</style>{pages}</html>"""


def figures(folder: Path) -> Iterator[Figure | Note]:
    flyers = [_flyer(number) for number in range(FLYERS)]
    before = _cpu()
    render_flyer(replace(flyers[0], title="Trang đầu"))  # the press has started
    with _Memory() as memory, ThreadPoolExecutor(_THREADS) as pool:
        seconds, made = clocked(lambda: list(pool.map(render_flyer, flyers)))
    assert len({one.data for one in made}) == FLYERS
    press().close()  # a process's time is known when it has ended
    used = _cpu() - before
    chromium, _pdf = clocked(lambda: _by_chromium(folder, flyers))
    yield Figure(
        f"{FLYERS:,} flyers that differ by hamlet", seconds, "s", chromium, "Chromium, one document"
    )
    yield Figure("their CPU time, every process", used, "s")
    yield Figure("their memory, every process", memory.most / 1e6, "MB")
    first, _one = clocked(lambda: render_flyer(replace(flyers[0], title="Lại trang đầu")))
    yield Figure("the first flyer, the press not started", first * 1000, "ms")
    yield Note("Chromium's pages have no PDF/A and are one document; Loa's are a file for each.")


def _flyer(number: int) -> FlyerInputs:
    return FlyerInputs(
        issuer="Ủy ban nhân dân xã Mẫu",
        mark="",
        loud=False,
        title="Tiêm vắc xin sởi – rubella cho trẻ",
        paragraphs=(_TEXT, _TEXT),
        bring=("Sổ tiêm chủng",),
        contact="Trạm Y tế xã, điện thoại 0272.3000.111",
        validity="Có hiệu lực đến hết ngày 05/12/2026",
        permalink="https://xa-mau.example/tiem-vac-xin/",
        made_at=_STARTED + timedelta(days=4),
        hamlet=f"Ấp {number + 1}",
        copies=100 + number,
    )


def _by_chromium(folder: Path, flyers: list[FlyerInputs]) -> bytes:
    page, pdf = folder / "flyers.html", folder / "flyers.pdf"
    pages = "".join(
        _PAGE.format(
            issuer=html.escape(one.issuer),
            title=html.escape(one.title),
            text=html.escape(one.paragraphs[0]),
            qr=qr_svg(one.permalink),
            contact=html.escape(one.contact),
            validity=html.escape(one.validity),
            hamlet=html.escape(f"{one.hamlet} {one.print_count}"),
        )
        for one in flyers
    )
    page.write_text(_DOCUMENT.format(font=UPRIGHT.as_uri(), pages=pages), "utf-8")
    program = shutil.which("chromium")
    assert program is not None, "Chromium is needed: sh tests/system.sh"
    subprocess.run(
        [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *(f"--user-data-dir={folder / 'chromium'}", f"--print-to-pdf={pdf}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
    )
    return pdf.read_bytes()


def _cpu() -> float:
    """Return the seconds of CPU that this process and those that it has ended took."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Memory:
    """The most memory that this process and what it started held at once, in bytes."""

    def __enter__(self) -> _Memory:
        self.most = 0
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            pids = {os.getpid(), *_children(os.getpid())}
            self.most = max(self.most, sum(_resident(pid) for pid in pids))


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            yield from map(int, (task / "children").read_text("ascii").split())
        except OSError:
            continue


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
