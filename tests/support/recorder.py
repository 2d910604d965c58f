"""An audio command for tests: writes down what it was given to play, and takes its time over it.

``python recorder.py LOG SOUND``: the sound's text is its name and its seconds. A line of JSON in
LOG when it begins and one when it ends; one that was killed never ended.
"""

import json
import os
import sys
import time
from pathlib import Path


def note(log: str, **values: object) -> None:
    line = json.dumps({**values, "at": time.time(), "pid": os.getpid()}) + "\n"
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, line.encode())
    os.close(handle)


def main(log: str, sound: str) -> None:
    with Path(sound).open(encoding="utf-8", errors="replace") as file:
        name, seconds = file.read(60).split()[:2]
    note(log, event="begin", name=name)
    time.sleep(float(seconds))
    note(log, event="end", name=name)


if __name__ == "__main__":
    main(*sys.argv[1:3])
