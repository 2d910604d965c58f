"""Typst behind one function: constant template and JSON in, the same bytes out.

A template that never ends, an input that eats all memory, a crash of the library: each stays in
a helper process that is killed and replaced.
"""

from __future__ import annotations

import atexit
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from channels.helping.pool import (
    IDLE_SECONDS,
    Bounds,
    HelperError,
    Helpers,
    cores,
    helper_command,
)
from channels.typesetting.answers import PAGES, STOPPED
from engine.errors import LoaError
from engine.i18n import gettext as _

#: Seconds for one document. A thousand imposed pages take six on one core.
TIME_LIMIT = 60.0

#: A new helper after so many documents, or above so many bytes: Typst remembers what it set.
MOST_JOBS, MOST_MEMORY = 2_000, 120 * 1024 * 1024

_MOST_ASKED, _MOST_ANSWERED = 64 * 1024 * 1024, 512 * 1024 * 1024


class TypesetError(Exception):
    """The template would not print the data. ``reason`` is Typst's first line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoppedError(TypesetError, LoaError):
    """Nothing came of it: it took too long, or what sets pages crashed. Said to people."""


class Press:
    """Sets documents in at most ``size`` processes, shared by all threads of this one.

    Nothing is started before the first document. Threads, forks and a Dramatiq ``Interrupt``
    are safe; a killed parent leaves no process behind.
    """

    def __init__(
        self,
        *,
        size: int | None = None,
        time_limit: float = TIME_LIMIT,
        jobs: int = MOST_JOBS,
        memory: int = MOST_MEMORY,
        idle_seconds: float = IDLE_SECONDS,
        command: Sequence[str] = helper_command("channels.typesetting.worker"),
    ) -> None:
        bounds = Bounds(time_limit, _MOST_ASKED, _MOST_ANSWERED, jobs, memory, insists=False)
        self._time_limit = time_limit
        self._helpers = Helpers(
            command, size=size or cores(), bounds=bounds, idle_seconds=idle_seconds
        )

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the helpers that wait for a document."""
        return self._helpers.pids

    def close(self) -> None:
        """End the helpers; the next document starts new ones."""
        self._helpers.close()

    def pdf(self, template: Path, data: Mapping[str, Any], made_at: datetime) -> bytes:
        """Return ``data`` set by ``template`` as PDF/A-2a and PDF/UA-1.

        Byte-identical for identical arguments: ``made_at`` is the date the file bears. ``data``
        is never code: templates, which are constant, only print it. They may read what lies
        beside them, and import no package, so nothing reaches for the network. Raises
        TypesetError, and StoppedError when it took too long or crashed.
        """
        return self._set(template, data, {"made_at": int(made_at.timestamp())})

    def png(self, template: Path, data: Mapping[str, Any], ppi: float) -> bytes:
        """Return the first page as PNG, at ``ppi`` pixels per inch. Raises like ``pdf``."""
        return self._set(template, data, {"ppi": ppi})

    def _set(self, template: Path, data: Mapping[str, Any], more: Mapping[str, Any]) -> bytes:
        request = {
            "template": str(template),
            "data": json.dumps(data, ensure_ascii=False),
            "seconds": self._time_limit,
            **more,
        }
        try:
            answer = self._helpers.ask(request)
        except HelperError as error:
            message = _("the page could not be set: {reason}")
            raise StoppedError(message.format(reason=error)) from error
        except (ValueError, UnicodeEncodeError) as error:
            raise TypesetError(str(error)) from error
        kind, rest = answer[:1], answer[1:]
        if kind == PAGES:
            return rest
        reason = rest.decode(errors="replace")
        raise StoppedError(reason) if kind == STOPPED else TypesetError(reason)


@cache
def press() -> Press:
    """Return the one press of this process, closed when it ends."""
    made = Press()
    atexit.register(made.close)
    return made


def typeset(template: Path, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return ``data`` set by ``template`` as PDF/A-2a and PDF/UA-1; see ``Press.pdf``."""
    return press().pdf(template, data, made_at)


@cache
def fingerprint(templates: Path) -> str:
    """Name what shapes pages besides their data, so that no version of it is forgotten.

    That is every file in the folder ``templates``, and the packages that draw.
    """
    shapes = hashlib.sha256()
    for template in sorted(path for path in templates.iterdir() if path.is_file()):
        shapes.update(template.read_bytes())
    for package in ("typst", "segno", "fontpkg-noto-sans", "fontpkg-noto-sans-khmer"):
        shapes.update(f"{package} {version(package)}\n".encode())
    return shapes.hexdigest()[:16]
