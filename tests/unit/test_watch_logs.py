"""Log lines: JSON with the ids of what they are about, and no secret in any form."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from support import builders

from engine.dispatch.observer import Outcome
from engine.ledger import Part
from engine.states import State
from workers.watch.journal import Journal
from workers.watch.logs import JsonLines, TextLines, about, start_log

BUNDLE = builders.bundle("chat", "telegram", "truong-ap")
PARTS = [Part(11, "bao-lu", 1, "ap-1", "0" * 64, State.PLANNED, builders.NOW)]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("loa", logging.INFO, __file__, 1, message, None, None)
    made.__dict__.update(about(**extra))
    return made


def line_of(made: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(JsonLines("may-1").format(made))
    return found


def test_a_line_of_json_says_when_where_and_about_what() -> None:
    line = line_of(record("đã gửi", bundles=[7], reason=""))
    assert line["message"] == "đã gửi"
    assert (line["level"], line["logger"], line["machine"]) == ("INFO", "loa", "may-1")
    assert line["bundles"] == [7]
    assert "reason" not in line
    assert line["timestamp"].endswith("+07:00")
    assert isinstance(line["process"], int)


def test_a_line_of_text_has_the_same_ids_behind_it() -> None:
    text = TextLines().format(record("sent", bundles=[7, 8], campaigns=["bao-lu"], event="sent"))
    assert text.endswith("INFO loa: sent [bundles=7,8 campaigns=bao-lu]")


@pytest.mark.parametrize("lines", [JsonLines("may-1"), TextLines()])
@pytest.mark.parametrize(
    "secret",
    [
        "postgresql://loa:khong-ai-thay@may:5432/loa",
        "redis://:khong-ai-thay@may:6379/0",
        "https://api.example/bot123456:khong-ai-thay/sendMessage",
    ],
)
def test_passwords_and_tokens_are_blotted_out(lines: logging.Formatter, secret: str) -> None:
    made = record(f"cannot reach {secret} now", reason=f"no answer of {secret}")
    try:
        raise OSError(secret)
    except OSError as error:
        made.exc_info = (OSError, error, error.__traceback__)
    text = lines.format(made)
    assert "khong-ai-thay" not in text
    assert "***" in text


def test_requests_of_libraries_are_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept = root.handlers[:]
    root.handlers.clear()
    try:
        start_log("auto", "may-1")
        logging.getLogger("httpx").info("HTTP Request: POST https://api.example/bot1:x")
        logging.getLogger("asyncssh.sftp").info("[conn=0] Starting SFTP client")
        logging.getLogger("dramatiq.worker").warning("Consumer encountered a connection error")
        logging.getLogger("loa").warning("news")
    finally:
        root.handlers[:] = kept
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "news"


@pytest.mark.parametrize(
    ("step", "event", "level"),
    [
        (lambda journal: journal.began([BUNDLE]), "began", "INFO"),
        (lambda journal: journal.settled(Outcome.SENT, [BUNDLE]), "sent", "INFO"),
        (lambda journal: journal.settled(Outcome.RETRIED, [BUNDLE], "429"), "retried", "WARNING"),
        (lambda journal: journal.settled(Outcome.FAILED, [BUNDLE], "403"), "failed", "ERROR"),
        (lambda journal: journal.settled(Outcome.UNCERTAIN, [BUNDLE], "?"), "uncertain", "ERROR"),
        (lambda journal: journal.swept([BUNDLE]), "swept", "WARNING"),
        (lambda journal: journal.parts_failed(BUNDLE, [11], "x"), "parts_failed", "ERROR"),
    ],
)
def test_each_step_is_told_with_its_ids(
    caplog: pytest.LogCaptureFixture, step: Callable[[Journal], None], event: str, level: str
) -> None:
    journal = Journal()
    journal.taken_up(BUNDLE, PARTS)
    with caplog.at_level(logging.INFO):
        step(journal)
    (made,) = caplog.records
    line = line_of(made)
    assert (line["event"], line["level"]) == (event, level)
    assert (line["bundles"], line["targets"], line["deliveries"]) == (
        [BUNDLE.id],
        ["truong-ap"],
        [11],
    )
    if event != "parts_failed":
        assert (line["campaigns"], line["hamlets"]) == (["bao-lu"], ["ap-1"])


def test_what_is_settled_is_no_longer_kept_in_mind(caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal()
    journal.taken_up(BUNDLE, PARTS)
    journal.settled(Outcome.RETRIED, [BUNDLE], "429")
    caplog.clear()
    with caplog.at_level(logging.INFO):
        journal.began([BUNDLE])
    assert "campaigns" not in line_of(caplog.records[0])
