"""Faults as officials meet them, through the real program: a clear word, never a traceback,
never half a file in the outbox; and once the fault is gone, everything goes out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from itertools import cycle
from pathlib import Path

import pytest
from support.commune import NOTICE, PASSPHRASE, WARNING, files_below, loa, make_commune

LANGUAGES = ("en", "vi")
LOA = Path(sys.executable).with_name("loa")

#: Makes a small disk over the outbox, in a mount namespace of its own, and runs what follows.
ON_A_SMALL_DISK = 'mount -t tmpfs -o size="$1" loa-test "$2" && shift 2 && exec "$@"'


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What was printed, which holds no traceback."""
    words = done.stdout + done.stderr
    assert "Traceback" not in words
    assert not re.search(r'File ".*\.py", line \d+', words), words
    return words


def approved(workspace: Path, campaign_id: str = "bao-lu") -> Path:
    """Submit and approve; anything but success fails the test."""
    steps = (
        ("passphrase", "minh"),
        ("submit", workspace / "campaigns" / f"{campaign_id}.yaml", "--by", "lan"),
        ("approve", campaign_id, "--by", "minh"),
    )
    for step in steps:
        done = loa(*step, cwd=workspace)
        assert done.returncode == 0, done.stderr
    return workspace


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an approved flood warning. Its networked groups only rehearse."""
    folder = tmp_path_factory.mktemp("faults") / "xa"
    return approved(make_commune(folder, {"bao-lu": WARNING}, live=False))


@pytest.fixture
def workspace(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "xa"))


def states(workspace: Path) -> str:
    return said(loa("report", "bao-lu", cwd=workspace)) + "".join(
        path.read_text("utf-8") for path in (workspace / "reports").rglob("*.csv")
    )


def check_whole(outbox: Path) -> None:
    """Nothing half-written: no temporary file, no empty or cut file."""
    for name, data in files_below(outbox).items():
        assert not name.endswith(".tmp"), name
        assert data or Path(name).name == ".lock", f"{name} is empty"
        if name.endswith(".pdf"):
            assert data.rstrip().endswith(b"%%EOF"), name
        if name.endswith((".html", ".xml")):
            assert data.rstrip().endswith(b">"), name


def finishes(workspace: Path, *, already: Collection[str] = ()) -> None:
    """The fault is lifted: a person lets it be tried again, and everything goes out.

    ``already`` names the files that went out before, to a disk that is gone since.
    """
    assert loa("retry", "bao-lu", "--by", "minh", cwd=workspace).returncode == 0
    done = loa("run", cwd=workspace)
    said(done)
    assert done.returncode == 0, done.stderr
    outbox = workspace / "outbox"
    check_whole(outbox)
    names = " ".join([*files_below(outbox), *already])
    for expected in (".mp3", ".pdf", "portal/bao-lu/index.html", "chat/"):
        assert expected in names


def run_on_a_small_disk(
    workspace: Path, size: str, language: str
) -> subprocess.CompletedProcess[str]:
    """Run ``loa run`` with the outbox on a disk of ``size``, and copy what it left there."""
    outbox = workspace / "outbox"
    outbox.mkdir(exist_ok=True)
    left = workspace.parent / "left"
    script = f'"{LOA}" run; status=$?; cp -a "{outbox}/." "{left}"; exit $status'
    left.mkdir()
    return subprocess.run(
        [
            "unshare",
            "-rm",
            "sh",
            "-c",
            ON_A_SMALL_DISK,
            "sh",
            size,
            str(outbox),
            "sh",
            "-c",
            script,
        ],
        cwd=workspace,
        env={**os.environ, "LOA_LANG": language, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    workspace: Path, language: str
) -> None:
    done = run_on_a_small_disk(workspace, "96k", language)
    said(done)
    assert done.returncode == 1, done.stderr
    left = workspace.parent / "left"
    assert sum(map(len, files_below(left).values())) < 96 * 1024
    check_whole(left)
    told = states(workspace)
    assert "disk is full" in told or "ổ đĩa đã đầy" in told
    finishes(workspace, already=files_below(left))


@pytest.mark.parametrize("language", ["en"])
def test_a_file_where_the_outbox_should_be_is_said_and_mended(
    workspace: Path, language: str
) -> None:
    (workspace / "outbox").write_text("một tệp", encoding="utf-8")
    done = loa("run", cwd=workspace, LOA_LANG=language)
    said(done)
    assert done.returncode == 1
    assert (workspace / "outbox").read_text("utf-8") == "một tệp"
    (workspace / "outbox").unlink()
    finishes(workspace)


@pytest.mark.parametrize("language", ["vi"])
def test_an_outbox_that_may_not_be_written_is_said_and_mended(
    workspace: Path, language: str
) -> None:
    """A read-only mount holds root back too, which a mode does not."""
    outbox = workspace / "outbox"
    outbox.mkdir()
    script = 'mount -t tmpfs -o ro loa-test "$1" && shift && exec "$@"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(outbox), str(LOA), "run"],
        cwd=workspace,
        env={**os.environ, "LOA_LANG": language, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said(done)
    assert done.returncode == 1
    assert not files_below(outbox)
    finishes(workspace)


@pytest.mark.parametrize(("room", "language"), [(12, "en"), (240, "vi")])
def test_a_full_disk_under_the_ledger_is_said(workspace: Path, language: str, room: int) -> None:
    """The whole workspace lies on the small disk: ledger, artifacts and outbox.

    ``room`` is how many kilobytes are free there when it begins.
    """
    shutil.rmtree(workspace / "artifacts")  # what approval has made is made again there
    pages = sum(-(-path.stat().st_size // 4096) for path in workspace.rglob("*") if path.is_file())
    size = f"{4 * pages + room}k"
    place = workspace.parent / "nho"
    place.mkdir()
    script = (
        'mount -t tmpfs -o size="$1" loa-test "$2" && cp -a "$3/." "$2" && cd "$2" || exit 77; '
        '"$4" run; status=$?; find . -name "*.tmp" | grep . && exit 78; exit $status'
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", size, str(place), str(workspace), str(LOA)],
        env={**os.environ, "LOA_LANG": language, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    words = said(done)
    assert done.returncode == 1, (done.returncode, words)


BAD_CAMPAIGNS = {
    "unknown-hamlet": (NOTICE.replace("  ap-2: {gio", "  ap-9: {gio"), "ap-9"),
    "missing-variable": (NOTICE.replace("  ap-2: {gio: 8 giờ}\n", ""), "gio"),
    "template-attack": (NOTICE.replace("{{ gio }}", "{{ ''.__class__ }}"), "__class__"),
    "path-in-id": (NOTICE.replace("id: tiem-phong", "id: ../../etc/passwd"), "id"),
    "ends-before-it-begins": (
        NOTICE.replace("until: 2026-12-05", "until: 2026-11-05"),
        "valid",
    ),
    "slot-at-night": (NOTICE.replace('["05:00"]', '["03:15"]'), "03:15"),
    "not-yaml": ("id: [\n", "yaml"),
    "empty": ("", "yaml"),
    "binary": ("\x00\x01", "yaml"),
}


@pytest.mark.parametrize(
    ("name", "language"), [*zip(BAD_CAMPAIGNS, cycle(LANGUAGES), strict=False)]
)
def test_a_bad_campaign_is_refused_in_clear_words_and_leaves_no_trace(
    tmp_path: Path, name: str, language: str
) -> None:
    text, named = BAD_CAMPAIGNS[name]
    workspace = make_commune(tmp_path / "xa", {"tiem-phong": text})
    file = workspace / "campaigns" / "tiem-phong.yaml"
    done = loa("submit", file, "--by", "lan", cwd=workspace, LOA_LANG=language)
    words = said(done)
    assert done.returncode == 1
    assert named in words
    assert not files_below(workspace / "outbox")


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", "../../etc"),
        ("approve", "../x", "--by", "minh"),
        ("cancel", "a/b", "--by", "minh", "--reason", "x"),
        ("report", "../../etc"),
        ("retry", "..", "--by", "minh"),
        ("status", "/etc/passwd"),
        ("confirm", "../x", "--hamlet", "../ap-1", "--channel", "chat", "--by", "lan"),
        ("submit", "commune.yaml", "--by", "lan"),
        ("passphrase", "../minh"),
    ],
)
def test_an_id_that_is_a_path_leads_nowhere(workspace: Path, arguments: tuple[str, ...]) -> None:
    before = set(files_below(workspace.parent))
    done = loa(*arguments, cwd=workspace, LOA_LANG="vi")
    said(done)
    assert done.returncode in (1, 2)
    made = {Path(name).name for name in set(files_below(workspace.parent)) - before}
    assert made <= {"loa.db", "loa.db-wal", "loa.db-shm", "data.key", ".loa-run.lock"}


ATTACK = (
    '#read("/etc/passwd") #import "x" $1/0$ \\"}); <script>alert(1)</script> & '
    "]]> =HYPERLINK(1) *đậm* `mã`"
)


def test_text_that_looks_like_code_goes_out_as_text(tmp_path: Path) -> None:
    text = WARNING.replace("Nước lên nhanh.", f"'Nước lên nhanh. {ATTACK}'")
    workspace = approved(make_commune(tmp_path / "xa", {"bao-lu": text}, live=False))
    done = loa("run", cwd=workspace)
    said(done)
    assert done.returncode == 0, done.stderr
    everything = files_below(workspace / "outbox")
    pages = [data for name, data in everything.items() if name.endswith(".html")]
    assert pages
    for page in pages:
        assert b"<script>alert" not in page
    assert not [name for name, data in everything.items() if b"root:x:0" in data]
    assert [name for name in everything if name.endswith(".pdf")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_settings_that_cannot_be_used_are_said(workspace: Path, language: str) -> None:
    (workspace / "loa.toml").write_text("live = 'có lẽ'\n[run]\nthreads = 0\n", encoding="utf-8")
    done = loa("status", cwd=workspace, LOA_LANG=language)
    words = said(done)
    assert done.returncode == 1
    assert "loa.toml" in words
    assert "run.threads" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ledger_that_is_none_is_said(workspace: Path, language: str) -> None:
    (workspace / "loa.db").write_bytes(b"not a ledger" * 500)
    done = loa("status", cwd=workspace, LOA_LANG=language)
    assert "loa.db" in said(done)
    assert done.returncode == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_data_key_is_said(workspace: Path, language: str) -> None:
    (workspace / "data.key").write_bytes(b"x" * 43 + b"=")
    done = loa("run", cwd=workspace, LOA_LANG=language)
    said(done)
    assert done.returncode == 1
    assert PASSPHRASE not in done.stderr
