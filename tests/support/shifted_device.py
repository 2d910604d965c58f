"""The reference device on a clock that tests move: ``shifted_device.py FILE …`` as it is called.

FILE holds the seconds by which its clock is ahead, and is read each time that it looks.
"""

from __future__ import annotations

import runpy
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

DEVICE = Path(__file__).parents[2] / "deploy" / "mqtt" / "loa_device.py"


def main(shift: Path, arguments: list[str]) -> None:
    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] - it returns no Shifted
            return datetime.now(tz) + timedelta(seconds=float(shift.read_text()))

    sys.argv = [str(DEVICE), *arguments]
    device = runpy.run_path(str(DEVICE), run_name="loa_device")
    # Its classes look the name up where they were defined.
    device["Device"].run.__globals__["datetime"] = Shifted
    device["main"]()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
