"""The campaign file that an alert or an all-clear becomes: as a person would have written it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import local
from engine.models import Audience, HouseholdGroup

#: The title of an alert that does not name one, where its text is a single sentence.
TITLE = "Thông báo khẩn cấp"

#: The longest title, and the longest id.
_TITLE, _ID = 150, 64

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants told at once.

    ``every`` None: said once. ``until`` is when it ends. ``clusters`` empty: all of those of the
    audience. ``all_clear`` is the id of the alert that it ends; empty for an alert.
    """

    title: str
    text: str
    audience: Audience
    clusters: tuple[str, ...]
    channels: tuple[str, ...]
    until: datetime
    every: timedelta | None = None
    drill: bool = False
    all_clear: str = ""


def title_and_text(text: str) -> tuple[str, str]:
    """Return a typed text as a title and what follows it: its first sentence, and the others.

    A single sentence, or one that no title can hold, comes under the title that all share.
    """
    first, *rest = _SENTENCE_END.split(text.strip(), maxsplit=1)
    fits = len(first) <= _TITLE and not set(first) & set("{}[]\n")
    return (first, rest[0]) if rest and fits else (TITLE, text.strip())


def alert_id(wanted: Wanted, day: datetime) -> str:
    """Return the id of an alert given on ``day``: the same for the same words."""
    said = " ".join(f"{wanted.title} {wanted.text}".split())
    said = unicodedata.normalize("NFC", said).casefold()
    mark = hashlib.sha256(said.encode()).hexdigest()[:6]
    kind = "dien-tap" if wanted.drill else "khan-cap"
    return f"{kind}-{local(day):%y%m%d}-{mark}"


def all_clear_id(alert: str) -> str:
    """Return the id of the all-clear of an alert."""
    return f"het-{alert}"[: _ID - 4].rstrip("-")


def alert_yaml(campaign_id: str, wanted: Wanted, now: datetime) -> bytes:
    """Return the campaign file, UTF-8."""
    until = f"{local(wanted.until):%Y-%m-%d %H:%M}"
    command = "loa all-clear" if wanted.all_clear else "loa alert"
    rows = [
        f"# {command}, {local(now):%H:%M %d/%m/%Y}",
        f"id: {campaign_id}",
        f"title: {_quoted(wanted.title)}",
        "priority: emergency",
        *(["drill: true"] if wanted.drill else []),
        *([f"all_clear: {wanted.all_clear}"] if wanted.all_clear else []),
        *_audience(wanted.audience),
        f"valid: {{until: {until}}}",
        "text: |2",
        *(f"  {row}".rstrip() for row in wanted.text.strip().splitlines()),
        *_schedule(wanted, until),
        "channels:",
        *(_channel(name, wanted.clusters) for name in wanted.channels),
    ]
    return ("\n".join(rows) + "\n").encode()


def _audience(audience: Audience) -> Iterable[str]:
    parts = {
        "hamlets": audience.hamlets,
        "tags": audience.tags,
        "communes": audience.communes,
        "areas": audience.areas,
    }
    named = [f"{key}: {_listed(values)}" for key, values in parts.items() if values]
    if audience.households is not HouseholdGroup.ALL:
        named.append(f"households: {audience.households.value}")
    yield f"audience: {{{', '.join(named)}}}" if named else "audience: all"


def _schedule(wanted: Wanted, until: str) -> Iterable[str]:
    if wanted.every is None:
        yield "schedule: now"
        return
    minutes = int(wanted.every.total_seconds()) // 60
    yield "schedule:"
    yield "  now: true"
    yield f"  repeat: {{every: {minutes}m, until: {until}}}"


def _channel(name: str, clusters: tuple[str, ...]) -> str:
    if name == "loudspeaker" and clusters:
        return f"  {name}: {{clusters: {_listed(clusters)}}}"
    return f"  {name}: true"


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _quoted(text: str) -> str:
    """Return a text in double quotes; what JSON writes so, YAML reads the same."""
    return json.dumps(text, ensure_ascii=False)
