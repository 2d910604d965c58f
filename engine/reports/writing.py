"""Reports on disk: all three forms, each whole or not at all."""

from __future__ import annotations

from pathlib import Path

from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.reports.html import report_html
from engine.reports.report import Report
from engine.reports.tables import report_csv, report_json


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write ``report.html``, ``report.csv`` and ``report.json`` into ``folder``; return them.

    Raises LoaError when the disk refuses (full, no permission); no half-written file stays.
    """
    made = {
        folder / "report.html": report_html(report),
        folder / "report.csv": report_csv(report),
        folder / "report.json": report_json(report),
    }
    for path, data in made.items():
        try:
            write_atomic(path, data)
        except OSError as error:
            message = _("{path}: the report cannot be written: {reason}")
            raise LoaError(message.format(path=path, reason=os_reason(error))) from error
    return list(made)
