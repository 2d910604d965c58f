"""The command ``loa``, forked from a process that has loaded everything but the command line.

Its arguments are what a person types after ``loa``. It begins and ends as a program of its own:
its commands load anew, in the language they are asked in, and what waits for the end is done.
"""

from __future__ import annotations

import atexit
import importlib
import sys
import threading
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    for name in [name for name in sys.modules if name.startswith("engine.cli")]:
        del sys.modules[name]
    sys.argv = ["loa", *arguments]
    try:
        importlib.import_module("engine.cli").main()
    except SystemExit as end:
        return _status(end)
    finally:
        threading._shutdown()  # type: ignore[attr-defined] # as Python does at its end
        atexit._run_exitfuncs()
    return 0


def _status(end: SystemExit) -> int:
    """Return what Python would end with."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1
