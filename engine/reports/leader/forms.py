"""The four forms of the leader's page, and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from engine.reports.leader.page import Page
from engine.reports.leader.paper import leader_pdf
from engine.reports.leader.plain import leader_json
from engine.reports.leader.sheets import leader_xlsx
from engine.reports.leader.web import leader_html


class Form(StrEnum):
    """A file's format; the value is its ending."""

    PDF = "pdf"
    HTML = "html"
    XLSX = "xlsx"
    JSON = "json"


_MAKERS: Mapping[Form, Callable[[Page], bytes]] = {
    Form.PDF: leader_pdf,
    Form.HTML: leader_html,
    Form.XLSX: leader_xlsx,
    Form.JSON: leader_json,
}


def leader_in(form: Form, page: Page) -> bytes:
    """Return the page in one form. Raises StoppedError when its typesetting was stopped."""
    return _MAKERS[form](page)


def leader_files(
    page: Page, folder: Path, forms: Iterable[Form] = tuple(Form)
) -> dict[Path, bytes]:
    """Return the page's files in ``folder``, not written yet."""
    return {folder / f"leader.{form}": leader_in(form, page) for form in forms}
