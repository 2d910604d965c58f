"""A campaign whose flyers and notices were handed to the print point, and what is printed of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from channels.flyer.products import Product
from engine.app import App, open_app
from engine.app.printing import Job, Wish, jobs_of, record_job
from support import paper
from support.commune import _REGISTRY, PASSPHRASE, make_commune
from workers.embedded import EmbeddedRuntime

NOTICE = """\
id: tiem-phong
title: Tiêm phòng
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trạm Y tế
hamlets:
  ap-1: {gio: 7 giờ}
  ap-2: {gio: 8 giờ}
text: Tiêm phòng lúc {{ gio }}.
channels:
  flyer: {products: [a6, notice], product_copies: {a6: poor}}
"""
TEAM = "teams: [{id: to-1, name: Tổ Một, members: [{name: Giả Ba}], hamlets: [ap-1, ap-2]}]\n"


def make_printed(folder: Path, notice: str = NOTICE, *, more: str = "") -> Path:
    """Make a workspace whose flyers are at the print point; ``more`` are settings of its own."""
    make_commune(folder, {"tiem-phong": notice}, registry=_REGISTRY + TEAM)
    with (folder / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        EmbeddedRuntime(app).run()
    return folder


def printed_all(app: App) -> list[Job]:
    """Print what is new, as ``loa print`` does, and return it."""
    made = list(jobs_of(app, Wish("tiem-phong")))
    for job in made:
        record_job(app, "tiem-phong", job, "in", "loa")
    return made


def amended(app: App, what: str, text: str = "") -> None:
    """Amend the notice, and bring what is due to the print point."""
    if text:
        path = app.workspace / "campaigns" / "tiem-phong.yaml"
        path.write_text(text, encoding="utf-8")
        app.office.correct("tiem-phong", path, "lan", what)
    else:
        app.office.withdraw("tiem-phong", "lan", what)
    app.office.approve("tiem-phong", "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()


def cover_text(pdf: bytes) -> str:
    """Return what stands on the cover, which is the first page."""
    return paper.text_of(pdf, pages=1)


def jobs(folder: Path, **wish: object) -> Iterator[tuple[str, bytes]]:
    """Make jobs of all there is, whatever was printed before."""
    wish["products"] = tuple(map(Product, wish.get("products", ())))
    with open_app(folder) as app:
        for job in jobs_of(app, Wish("tiem-phong", again=True, **wish)):
            yield job.name, job.pdf
