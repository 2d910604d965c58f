"""The report for other programs: CSV for spreadsheets, JSON with a stable shape."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from engine.i18n import gettext as _
from engine.i18n import language
from engine.reports.amended import AmendedHamlet, AmendedPlace
from engine.reports.coverage import HamletCoverage
from engine.reports.coverage_words import no_evidence
from engine.reports.escalation import StepLine
from engine.reports.lines import DeliveryLine, EvidenceLine
from engine.reports.matrix import Cell
from engine.reports.report import Facts, Report
from engine.reports.unreached import Unreached
from engine.reports.words import channel_word, state_word

#: Grows when a field of ``report.json`` changes its meaning or goes; new fields leave it alone.
SCHEMA = "loa.report/1"

#: Characters with which a spreadsheet takes a cell for a formula; full-width ones count too.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

_MOMENT = "%Y-%m-%d %H:%M"


def report_csv(report: Report) -> bytes:
    """Return one row per delivery, with a byte-order mark so that Excel reads Vietnamese."""
    amended = {(one.hamlet_id, one.channel, one.target): one.words for one in report.amended}
    evidence: dict[int, list[EvidenceLine]] = {}
    for piece in report.evidence:
        evidence.setdefault(piece.delivery_id, []).append(piece)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([harmless(title) for title in _titles()])
    places = {place: number for number, place in enumerate(amended)}
    for line in sorted(report.deliveries, key=lambda line: places.get(_place(line), len(places))):
        cells = _delivery_cells(report.facts, line, evidence.get(line.id, []))
        cells = (*cells, amended.get(_place(line), ""))
        writer.writerow([harmless(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8-sig")


def _place(line: DeliveryLine) -> tuple[str, str, str]:
    return line.hamlet_id, line.channel, line.target


def harmless(cell: str | int) -> str | int:
    """Return a cell that no spreadsheet runs: what looks like a formula gets an apostrophe."""
    if isinstance(cell, int):
        return cell
    suspect = cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)
    return f"'{cell}" if suspect else cell


def _titles() -> tuple[str, ...]:
    return (
        _("Delivery"),
        _("Campaign"),
        _("Title"),
        _("Revision"),
        _("Hamlet id"),
        _("Hamlet"),
        _("Channel"),
        _("Backend"),
        _("Place"),
        _("Slot"),
        _("State code"),
        _("State"),
        _("Households"),
        _("Remark"),
        _("Since"),
        _("Counts"),
        _("Evidence"),
        _("How it was made"),
        _("Amendment"),
    )


def _delivery_cells(
    facts: Facts, line: DeliveryLine, evidence: list[EvidenceLine]
) -> tuple[str | int, ...]:
    return (
        line.id,
        facts.campaign_id,
        facts.title,
        line.revision,
        line.hamlet_id,
        line.hamlet,
        channel_word(line.channel),
        line.backend,
        line.target,
        line.slot.strftime(_MOMENT),
        line.state.value,
        state_word(line.state),
        line.households,
        line.reason,
        line.changed_at.strftime(_MOMENT),
        _("no") if line.replaced else _("yes"),
        "; ".join(_evidence_words(piece) for piece in evidence),
        line.remark,
    )


def _evidence_words(piece: EvidenceLine) -> str:
    at = piece.at.strftime(_MOMENT)
    return f"{piece.what}: {piece.number} ({piece.by.id}, {at})"


def report_json(report: Report) -> bytes:
    """Return the report with codes for programs and words for people, UTF-8."""
    text = json.dumps(_plain_report(report), ensure_ascii=False, indent=1, default=_plain)
    return text.encode("utf-8") + b"\n"


def _plain_report(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "language": language(),
        "made_at": report.made_at.isoformat(),
        "clock": "simulated" if report.simulated else "real",
        "live": report.live,
        "rehearsing": list(report.rehearsing),
        "statements": list(report.statements),
        "commune": {
            "id": report.commune.id,
            "name": report.commune.name,
            "office": report.commune.office,
        },
        "campaign": report.facts,
        "matrix": {
            "channels": list(report.matrix.channels),
            "hamlets": [
                {"hamlet_id": row.hamlet_id, "hamlet": row.name, "cells": list(row.cells)}
                for row in report.matrix.rows
            ],
        },
        "coverage": {
            "households": report.coverage.households,
            "covered": report.coverage.covered,
            "twice": report.coverage.twice,
            "note": no_evidence(report.coverage.covered),
            "assumptions": list(report.coverage.assumptions),
            "hamlets": list(report.coverage.hamlets),
        },
        "unreached": list(report.unreached),
        "amended": list(report.amended),
        "escalation": list(report.escalation),
        "visits": list(report.visits),
        "amended_hamlets": list(report.amended_hamlets),
        "remarks": list(report.remarks),
        "deliveries": list(report.deliveries),
        "evidence": list(report.evidence),
        "events": list(report.events),
    }


def _plain(value: object) -> Any:
    """Reduce one value for JSON; what a line says in words goes with its codes."""
    match value:
        case datetime():
            return value.isoformat()
        case Cell():
            return {**_fields(value), "text": value.text, "needs_attention": value.needs_attention}
        case HamletCoverage():
            return {**_fields(value), "basis": list(value.basis)}
        case AmendedPlace():
            return {**_fields(value), "text": value.words}
        case StepLine():
            return {**_fields(value), "text": f"{value.what}: {value.how}"}
        case AmendedHamlet():
            return {**_fields(value), "left": value.left}
        case Unreached():
            return {
                "hamlet_id": value.hamlet.hamlet_id,
                "hamlet": value.hamlet.name,
                "households": value.hamlet.households,
                "missing": value.missing,
                "reasons": list(value.reasons),
            }
        case _ if is_dataclass(value):
            return _fields(value)
        case _:
            raise TypeError(f"no JSON for {type(value).__name__}")


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
