"""Reports on disk: every form, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.reports.html import report_html
from engine.reports.leader.forms import Form, leader_files
from engine.reports.leader.page import Page
from engine.reports.report import Report
from engine.reports.tables import report_csv, report_json

#: The leader's page beside the whole report, which has a page and JSON of its own.
_BESIDE = (Form.PDF, Form.XLSX)


def write_report(report: Report, folder: Path, page: Page | None = None) -> list[Path]:
    """Write a campaign's report, and its leader's page, into ``folder``; return the files.

    Raises LoaError when the disk refuses (full, no permission); no half-written file stays.
    """
    return write_files(
        {
            folder / "report.html": report_html(report),
            folder / "report.csv": report_csv(report),
            folder / "report.json": report_json(report),
            **(leader_files(page, folder, _BESIDE) if page is not None else {}),
        }
    )


def write_page(page: Page, folder: Path) -> list[Path]:
    """Write the leader's page in all its forms into ``folder``; return the files.

    Raises as ``write_report`` does.
    """
    return write_files(leader_files(page, folder))


def write_files(made: Mapping[Path, bytes]) -> list[Path]:
    """Write files; return them. Raises as ``write_report`` does."""
    for path, data in made.items():
        try:
            write_atomic(path, data)
        except OSError as error:
            message = _("{path}: the report cannot be written: {reason}")
            raise LoaError(message.format(path=path, reason=os_reason(error))) from error
    return list(made)
