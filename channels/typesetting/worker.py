"""The process in which Typst sets pages: ``python -m channels.typesetting.worker``."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import threading
import time
from functools import cache, lru_cache
from io import FileIO
from pathlib import Path
from typing import Any

from channels.helping.pipes import frame, request_in, write_all
from channels.typesetting.answers import PAGES, REFUSED, STOPPED
from channels.typesetting.font import FOLDERS

#: Bytes of address space: a document that wants more than any of ours crashes this process.
_ROOM = 3 * 1024**3

#: Seconds between two looks whether the parent is still there.
_LOOK = 0.5

#: Seconds after the time limit, which the parent watches, at which the kernel ends this process.
_LATE = 5.0


def main() -> None:
    """Answer until the pipe closes, nobody asks any more, or the parent is gone."""
    # The library may print: what it prints must not land among the replies.
    replies = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    parent, idle = int(sys.argv[1]), float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    # Unbuffered: what lies in a buffer does not wake up who waits for the pipe.
    with FileIO(sys.stdin.fileno(), "rb", closefd=False) as requests:
        # The parent ends who is idle; this is for one that forgot.
        while select.select([requests], [], [], idle + 60)[0]:
            asked = request_in(requests)
            if not asked:
                return
            write_all(replies, frame(_answer(json.loads(asked))))


def _answer(request: dict[str, Any]) -> bytes:
    # Its default action ends the process, whatever the library is doing and holds.
    signal.setitimer(signal.ITIMER_REAL, request["seconds"] + _LATE)
    try:
        return _set(request)
    except Exception as error:  # noqa: BLE001 - whoever asked tells a person
        return STOPPED + f"{type(error).__name__}: {error}".encode()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _set(request: dict[str, Any]) -> bytes:
    import typst

    template, inputs = Path(request["template"]), {"data": request["data"]}
    try:
        if "ppi" in request:
            made: bytes | list[bytes] = _compiler(template).compile(
                sys_inputs=inputs, format="png", ppi=request["ppi"]
            )
            return PAGES + (made if isinstance(made, bytes) else made[0])
        pdf: bytes = _compiler(template).compile(
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            timestamp=request["made_at"],
        )
    except typst.TypstError as error:
        return REFUSED + error.message.encode()
    return PAGES + pdf


@cache
def _fonts() -> Any:
    """Our fonts and no other: a machine's own must not shape what is printed."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FOLDERS)
    )


@lru_cache(maxsize=4)
def _compiler(template: Path) -> Any:
    """Return what compiles a template; it has read and parsed it when it is used again."""
    import typst

    return typst.Compiler(
        template, root=template.parent, font_paths=_fonts(), ignore_system_fonts=True
    )


def _die_with(parent: int) -> None:
    """End this process when its parent is gone.

    A closed pipe is not enough: a process that the parent forked may hold its other end. And
    the kernel's parent-death signal also fires when only the thread that started us ends.
    """
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
