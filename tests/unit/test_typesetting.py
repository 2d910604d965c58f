"""Setting pages in processes of their own: nothing they do can stop or stain the rest of Loa."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from support import paper
from support.redis_server import PATIENCE

from channels.typesetting import Press, StoppedError, TypesetError

MADE_AT = datetime(2026, 12, 1, tzinfo=UTC)

#: Prints what it is given; never ends, or takes all memory, when it is told to.
TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set document(title: "Thử")
#set page("a6")
#set text(font: "Noto Sans", lang: "vi", fallback: false)
#if d.at("read", default: none) != none { read(d.read) }
#if d.do == "endless" {
  for _ in range(1000000) { for _ in range(1000000) { } }
}
#if d.do == "huge" {
  let all = (1,)
  for _ in range(40) { all = all + all }
  all.len()
}
#d.text
"""


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "t.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press(size=2, time_limit=PATIENCE)
    yield made
    made.close()
    assert made.pids == ()


def said(press: Press, template: Path, text: str, do: str = "") -> str:
    return paper.text_of(press.pdf(template, {"text": text, "do": do}, MADE_AT)).strip()


def ended(pid: int, seconds: float = PATIENCE) -> bool:
    """Say whether a process is gone soon; a zombie is not gone."""
    until = time.monotonic() + seconds
    while psutil.pid_exists(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not psutil.pid_exists(pid)


def test_nothing_is_started_before_a_page_is_wanted(template: Path) -> None:
    press = Press()
    try:
        assert press.pids == ()
        assert said(press, template, "một") == "một"
        assert len(press.pids) == 1
    finally:
        press.close()


def test_the_same_data_give_the_same_bytes_in_every_process(press: Press, template: Path) -> None:
    texts = [f"trang {number % 3}" for number in range(24)]
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda t: press.pdf(template, {"text": t, "do": ""}, MADE_AT), texts))
    assert len(press.pids) == 2
    assert len(set(made)) == 3
    assert all(text in paper.text_of(pdf) for text, pdf in zip(texts, made, strict=True))


def test_a_template_that_never_ends_is_stopped_and_the_next_page_is_set(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = Press(size=1, time_limit=3)  # in which a helper starts, however busy the machine is
    try:
        said(press, template, "một")
        (stuck,) = press.pids
        with monkeypatch.context() as patch:
            # A second helper would do no better.
            patch.delattr(press._helpers, "_command")
            with pytest.raises(StoppedError, match="took too long and was stopped"):
                said(press, template, "hai", "endless")
        assert not psutil.pid_exists(stuck)
        assert said(press, template, "ba") == "ba"
    finally:
        press.close()


def test_a_template_that_eats_all_memory_ends_itself_alone(press: Press, template: Path) -> None:
    with pytest.raises((StoppedError, TypesetError)):
        said(press, template, "hai", "huge")
    assert said(press, template, "ba") == "ba"


def test_a_helper_that_was_killed_is_replaced_without_a_word(press: Press, template: Path) -> None:
    said(press, template, "một")
    (pid,) = press.pids
    os.kill(pid, signal.SIGKILL)
    assert said(press, template, "hai") == "hai"
    assert pid not in press.pids
    assert ended(pid)


def test_a_program_that_is_no_press_is_an_error_in_words(template: Path) -> None:
    for command in (("/bin/false",), ("/nowhere/press",)):
        press = Press(size=1, command=command)
        with pytest.raises(StoppedError, match="could not be set"):
            said(press, template, "một")
        press.close()


def test_it_is_replaced_after_so_many_pages(template: Path) -> None:
    press = Press(size=1, jobs=3)
    try:
        seen = []
        for number in range(7):
            said(press, template, str(number))
            seen += press.pids
        assert len(set(seen)) == 3
        assert all(ended(pid) for pid in set(seen) - set(press.pids))
    finally:
        press.close()


def test_it_is_replaced_when_it_has_grown(template: Path) -> None:
    press = Press(size=1, memory=1)
    try:
        said(press, template, "một")
        assert press.pids == ()
    finally:
        press.close()


def test_one_that_nobody_asks_ends_and_leaves_no_zombie(template: Path) -> None:
    press = Press(size=1, idle_seconds=0.2)
    try:
        said(press, template, "một")
        children = psutil.Process().children()
        assert children
        assert all(ended(child.pid) for child in children if child.pid in press.pids)
        assert said(press, template, "hai") == "hai"
    finally:
        press.close()


def test_one_who_is_interrupted_leaves_no_answer_to_another(
    template: Path, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dramatiq interrupts by raising where a thread stands: while it waits for a page."""
    said(press, template, "một")
    asked = threading.Event()

    def interrupted(_pipe: int, _size: int, _deadline: float) -> bytes:
        asked.set()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("channels.helping.pool.receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            said(press, template, "khẩn cấp")
    assert asked.is_set()
    assert said(press, template, "ba") == "ba"


def test_data_are_never_code_and_a_page_reads_nothing_outside_its_folder(
    press: Press, template: Path
) -> None:
    for text in ("#panic()", '#read("/etc/passwd")', "$x$ `y` <z> \\", "]#[", "{{ 1 }}"):
        assert paper.letters(said(press, template, text)) == paper.letters(text)
    for place in ("../secret", "/etc/passwd", "../../../../../../etc/passwd"):
        with pytest.raises(TypesetError):
            press.pdf(template, {"text": "", "do": "", "read": place}, MADE_AT)


def test_half_a_character_and_a_null_are_errors_in_words(press: Press, template: Path) -> None:
    with pytest.raises(TypesetError):
        said(press, template, "\ud800")
    with pytest.raises(TypesetError):
        said(press, template, "😀")
    assert said(press, template, "ba") == "ba"


def test_a_picture_is_a_png(press: Press, template: Path) -> None:
    png = press.png(template, {"text": "một", "do": ""}, 72)
    assert png.startswith(b"\x89PNG")


#: A process that sets a page, says which helper did, and then does as it is told.
PARENT = """
import sys, time, os, threading
from datetime import UTC, datetime
from pathlib import Path
from channels.typesetting import press
template, how = Path(sys.argv[1]), sys.argv[2]
press().pdf(template, {"text": "a", "do": ""}, datetime(2026, 12, 1, tzinfo=UTC))
print(*press().pids, flush=True)
if how == "busy":
    job = {"text": "a", "do": "endless"}
    threading.Thread(target=press().pdf, args=(template, job, datetime(2026, 12, 1, tzinfo=UTC)),
        daemon=True).start()
    while press().pids:
        time.sleep(0.01)
    print("busy", flush=True)
if how == "fork":
    if os.fork():
        print("busy", flush=True)
    else:
        time.sleep(600)
if how != "exit":
    time.sleep(600)
"""


def started(template: Path, how: str) -> tuple[subprocess.Popen[str], int]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(template), how],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    helper = int(parent.stdout.readline())
    if how != "wait" and how != "exit":
        assert parent.stdout.readline() == "busy\n"
    return parent, helper


@pytest.mark.parametrize("how", ["wait", "busy", "fork"])
def test_no_helper_outlives_a_parent_that_is_killed(template: Path, how: str) -> None:
    """Idle, in the middle of a page that never ends, or with a fork that holds the pipe."""
    parent, helper = started(template, how)
    assert psutil.pid_exists(helper)
    parent.kill()
    parent.wait()
    try:
        assert ended(helper)
    finally:
        if how == "fork":
            os.killpg(parent.pid, signal.SIGKILL)
        assert parent.stdout is not None
        parent.stdout.close()


def test_a_process_that_ends_as_usual_ends_its_helpers(template: Path) -> None:
    parent, helper = started(template, "exit")
    assert parent.wait(PATIENCE) == 0
    assert ended(helper)
    assert parent.stdout is not None
    parent.stdout.close()
