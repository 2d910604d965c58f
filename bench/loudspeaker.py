"""An audio command for the benchmark: ``loudspeaker.py LOG SOUND`` notes when it begins and ends.

In between it takes as long as an MP3 of 128 kbit/s of that size would.
"""

import os
import sys
import time


def note(log: str, what: str) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{what} {time.time()}\n".encode())
    os.close(handle)


def main(log: str, sound: str) -> None:
    note(log, "begin")
    time.sleep(os.path.getsize(sound) * 8 / 128_000)  # noqa: PTH202 - pathlib would be loaded
    note(log, "end")


if __name__ == "__main__":
    main(*sys.argv[1:3])
