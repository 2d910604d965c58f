"""An audio command for tests: writes down what it was given to play, and takes its time over it.

``python recorder.py LOG SOUND``: the sound's text is its name and its seconds; an MP3 has its
file's name and seconds of its own. A line of JSON in LOG when it begins and one when it ends; one
that was killed never ended.
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
    name, seconds = Path(sound).name, ""
    if not sound_is_mp3(sound):
        name, seconds = (one.decode() for one in Path(sound).read_bytes().split()[:2])
    note(log, event="begin", name=name)
    time.sleep(float(seconds) if seconds else mp3_seconds(sound))
    note(log, event="end", name=name)


def sound_is_mp3(sound: str) -> bool:
    """An MP3 begins with a tag or with a frame."""
    begins = Path(sound).read_bytes()[:3]
    return begins == b"ID3" or begins[:1] == b"\xff"


def mp3_seconds(sound: str) -> float:
    from mutagen.mp3 import MP3

    return float(MP3(sound).info.length)


if __name__ == "__main__":
    main(*sys.argv[1:3])
