"""The leader's page for other programs: JSON whose keys stay (docs/reports.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from engine.i18n import language
from engine.reports.coverage_words import no_evidence
from engine.reports.leader.page import Area, Counts, Notice, Page
from engine.reports.matrix import Cell

#: Grows when a key changes its meaning or goes; new keys leave it alone.
SCHEMA = "loa.leader/1"


def leader_json(page: Page) -> bytes:
    """Return the whole page, nothing cut, UTF-8: codes for programs and words for people."""
    text = json.dumps(_plain(page), ensure_ascii=False, indent=1, default=_value)
    return text.encode("utf-8") + b"\n"


def _plain(page: Page) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "language": language(),
        "kind": page.kind,
        "rows": page.rows,
        "name": page.name,
        "title": page.title,
        "office": page.office,
        "place": page.place,
        "made_at": page.made_at,
        "clock": "simulated" if page.simulated else "real",
        "live": not page.rehearsing,
        "rehearsing": list(page.rehearsing),
        "statements": list(page.statements),
        "facts": [{"label": label, "value": value} for label, value in page.facts],
        "totals": {
            "households": page.households,
            "covered": page.covered,
            "twice": page.twice,
            "note": no_evidence(page.covered),
            "areas": len(page.areas),
            "complete": page.complete,
            "always_behind": len(page.always),
            "campaigns": len(page.notices),
            "counted": page.counted,
            "deliveries": page.states,
        },
        "channels": list(page.channels),
        "areas": list(page.areas),
        "campaigns": list(page.notices),
        "failures": list(page.failures),
        "timeline": list(page.timeline),
        "duties": list(page.duties),
        "amended": list(page.amended),
        "rules": list(page.rules),
    }


def _value(value: object) -> Any:
    """Reduce one value for JSON."""
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case Area():
            return {
                **_fields(value),
                "missing": value.missing,
                "share": round(value.share, 4),
                "complete": value.complete,
            }
        case Notice():
            return {**_fields(value), "counted": value.counts is Counts.YES}
        case Cell():
            return {**_fields(value), "text": value.text}
        case _ if is_dataclass(value):
            return _fields(value)
        case _:
            raise TypeError(f"no JSON for {type(value).__name__}")


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
