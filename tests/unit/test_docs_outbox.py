"""docs/workspace.md names the files in the outbox as they are really called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commune import files_below, make_commune

from engine.app import App, open_app, preview
from workers.embedded import EmbeddedRuntime

PAGE = Path(__file__).parents[2] / "docs" / "workspace.md"

#: What stands for a name that differs.
PLACES = {
    "<ngày>": r"2026-12-0\d",
    "<giờ phút>": r"\d{4}",
    "<giờ>": r"\d{4}(\d\d(-\d{6})?)?",
    "<mức>": "(routine|important|emergency)",
    "<8 chữ mã băm>": "[0-9a-f]{8}",
    "<12 chữ mã băm>": "[0-9a-f]{12}",
    "<số>": r"\d+",
    "<số gói>": r"\d+",
    "<bản>": r"\d+",
}

#: One cluster hears two hamlets, whose words differ.
CAMPAIGN = """\
id: {id}
title: Họp
valid: {{from: 2026-12-01, until: 2026-12-05}}
contact: Xã
hamlets: {{ap-1: {{gio: 7 giờ}}, ap-2: {{gio: 8 giờ}}}}
text: Họp lúc {{{{ gio }}}}.{more}
schedule: {{dates: 2026-12-01, times: 17h}}
"""


def patterns() -> list[str]:
    """Return the first column of the page's table."""
    table = PAGE.read_text("utf-8").partition("<!-- outbox -->")[2].partition("<!-- end -->")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def expression(pattern: str) -> re.Pattern[str]:
    """Return what a name must look like; a folder stands for what is in it."""
    parts = re.split(r"(<[^>]+>)", pattern)
    made = "".join(
        PLACES.get(part, "[a-z0-9-]+") if part.startswith("<") else re.escape(part)
        for part in parts
    )
    return re.compile(made + (".+" if pattern.endswith("/") else ""))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A commune, approved in the middle of a second, whose campaign was revised once sent."""
    folder = tmp_path_factory.mktemp("docs") / "xa"
    make_commune(folder, {"hop": CAMPAIGN.format(id="hop", more="")}, live=False)
    registry = folder / "commune.yaml"
    registry.write_text(registry.read_text().replace("hamlets: [ap-1]}", "hamlets: all}", 1))
    settings = folder / "loa.toml"
    settings.write_text(settings.read_text().replace("T04:00:00", "T14:03:27.250000"))
    with open_app(folder) as opened:
        opened.office.set_passphrase("minh", "mat-khau-bia-ra", None)
        for more in ("", " Xin đến đúng giờ."):
            file = folder / "campaigns" / "hop.yaml"
            file.write_text(CAMPAIGN.format(id="hop", more=more), encoding="utf-8")
            opened.office.submit(file, "lan")
            opened.office.approve("hop", "minh", "mat-khau-bia-ra")
            EmbeddedRuntime(opened).run(until=opened.clock.now())
        EmbeddedRuntime(opened).run()
        yield opened


def test_every_file_has_a_name_as_the_page_says(app: App) -> None:
    written = files_below(app.outbox)
    known = [expression(pattern) for pattern in patterns()]
    own = re.compile(
        r"portal/.*|\.portal\.(next/.*|lock|same)|chat/[^/]+/2026-12-01/[^/]+/.*"
    )  # what lies beside their page
    for name in written:
        plain = re.sub(r"-v\d+(?=/)", "", name) if not name.startswith("rehearsal/") else name
        plain = re.sub(r"-(ap-\d)(?=\.mp3)", "", re.sub(r"00-bia-v\d", "00-bia", plain))
        assert any(one.fullmatch(plain) for one in known) or own.fullmatch(name), name
    for pattern, one in zip(patterns(), known, strict=True):
        plain = [re.sub(r"-(ap-\d)(?=\.mp3)", "", name) for name in written]
        assert any(one.fullmatch(name) for name in plain), pattern


def test_moments_and_editions_are_told_apart_as_the_page_says(app: App) -> None:
    names = "\n".join(files_below(app.outbox))
    assert "flyer/2026-12-01/140327-hop/00-bia.pdf" in names
    assert "flyer/2026-12-01/140327-hop-v2/00-bia-v2.pdf" in names
    assert re.search("^chat/.*/2026-12-01/140327-250000/index.html", names, re.MULTILINE)
    assert re.search("^chat/.*/2026-12-01/140327-250000-v2/index.html", names, re.MULTILINE)
    assert "/1700-routine-hop-ap-1.mp3" in names
    for example in ("2026-12-01", "0500", "140327", "140327-250000", "-v2"):
        assert f"`{example}`" in PAGE.read_text("utf-8")


def test_a_preview_uses_the_same_names(app: App) -> None:
    shown = preview(app, "hop")
    assert shown.folder.name == "hop-2"
    assert (shown.folder / "outbox" / "loudspeaker").is_dir()
