"""The log of a service: lines of text for a terminal, lines of JSON for machines."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime
from typing import Literal

from engine.clock import VIETNAM

#: What may stand in a text that is not ours to write down: a password in an address, and the
#: token of a bot in the path that Telegram wants it in.
_SECRETS = (
    (re.compile(r"(://[^/\s:@]*):[^/\s@]+@"), r"\1:***@"),
    (re.compile(r"\bbot\d+:[\w-]+"), "bot***"),
)

#: Libraries that tell of every step they take; what goes wrong, Loa says itself.
_TALKATIVE = ("httpx", "httpcore", "asyncssh", "paho", "apprise", "urllib3", "botocore")


def start_log(form: Literal["auto", "text", "json"], machine: str) -> None:
    """Write what happens to the error stream, one line each; ``auto`` is text on a terminal.

    Dramatiq's own lines about a lost connection repeat every second what Loa says once, httpx
    tells of every request, with the token of a bot in it, and asyncssh of every step, in English.
    """
    json_wanted = form == "json" or (form == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(machine) if json_wanted else TextLines())
    handler.addFilter(_is_news)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def about(**ids: object) -> dict[str, object]:
    """Return what a record is about, for ``extra``; what is empty is left out."""
    return {"about": {name: value for name, value in ids.items() if value not in ("", [], None)}}


def without_secrets(text: str) -> str:
    """Return a text with passwords and tokens blotted out."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line; the ids that a record is about lie beside the fixed fields."""

    def __init__(self, machine: str) -> None:
        super().__init__()
        self._machine = machine

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, VIETNAM).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "process": record.process,
            "thread": record.threadName,
            "machine": self._machine,
        }
        for name, value in getattr(record, "about", {}).items():
            line[name] = without_secrets(value) if isinstance(value, str) else value
        if record.exc_info:
            line["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """One line for people, with the same ids behind it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        ids = {
            name: value
            for name, value in getattr(record, "about", {}).items()
            if isinstance(value, list)
        }
        shown = " ".join(f"{name}={','.join(map(str, value))}" for name, value in ids.items())
        return without_secrets(super().format(record) + (f" [{shown}]" if shown else ""))


def _is_news(record: logging.LogRecord) -> bool:
    if record.name.startswith(_TALKATIVE):
        return record.levelno >= logging.WARNING
    if not record.name.startswith("dramatiq."):
        return True
    return record.levelno >= logging.ERROR and "connection error" not in str(record.msg)
