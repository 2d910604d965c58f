"""Escalation as campaign and registry files write it: steps, or ``none``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from campaigns.faults import suggestion
from campaigns.fields import AlsoAccepts, Strict, from_text, shown
from campaigns.source import Source
from campaigns.tree import Path
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models.escalation import Act, Step, Steps, Without

#: Less leaves no time to answer; after more, nobody remembers.
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=14)

#: More steps than these annoy everybody.
MOST: Final = 8

_WAIT = re.compile(
    r"(?:(\d{1,2})\s*(?:d|ngày))?\s*(?:(\d{1,3})\s*(?:h|g|giờ))?\s*(?:(\d{1,4})\s*(?:m|min|phút|p))?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"after\s+(?P<after>.+?)(?:\s+without\s+(?P<without>\S+))?", re.IGNORECASE)


def parse_wait(text: str) -> timedelta:
    """Read ``6h``, ``1h30m``, ``24 giờ``, ``2 ngày``. Raises ValueError."""
    found = _WAIT.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        message = _('"{text}" is not a length of time; write 6h, 90m or 2d')
        raise ValueError(message.format(text=text[:40]))
    days, hours, minutes = (int(part or 0) for part in found.groups())
    wait = timedelta(days=days, hours=hours, minutes=minutes)
    if not SHORTEST <= wait <= LONGEST:
        message = _('"{text}": from 15m to 14d is allowed')
        raise ValueError(message.format(text=text[:40]))
    return wait


def _joined(value: Any) -> Any:
    """Read ``second contact`` as ``second_contact``."""
    return "_".join(value.lower().split()) if isinstance(value, str) else value


class StepSpec(Strict):
    """So long after the head was told, without a word of this kind, this is done."""

    after: Annotated[
        timedelta,
        BeforeValidator(partial(from_text, parse_wait)),
        WithJsonSchema({"type": "string", "examples": ["6h", "90m", "2d"]}),
        Field(description="Sau bao lâu kể từ khi trưởng ấp được báo: 6h, 90m, 2d."),
    ]
    without: Annotated[
        Without,
        Field(
            Without.RELAY,
            description="Mà chưa có: relay (tin đã chuyển đến bà con) hoặc receipt (trưởng ấp đã "
            "nhận).",
        ),
    ]
    do: Annotated[
        Act,
        BeforeValidator(_joined),
        Field(
            description="Thì làm gì: remind (nhắc trưởng ấp), second_contact (gọi người thứ hai: "
            "cấp phó, người phụ trách nhóm), team_visit (tổ đến tận nhà)."
        ),
    ]

    def step(self) -> Step:
        return Step(self.after, self.do, self.without)


def _sentence(value: Any) -> Any:
    """Read ``after 6h without relay: remind``, one key with what is done."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((key, do),) = value.items()
    found = _SENTENCE.fullmatch(key.strip()) if isinstance(key, str) else None
    if found is None or key in StepSpec.model_fields:
        return value
    said = {"after": found["after"], "do": _joined(do)}
    if found["without"]:
        said["without"] = found["without"].lower()
    for name, kind in (("do", Act), ("without", Without)):
        if name in said and said[name] not in set(kind):
            names = [str(one) for one in kind]
            message = _("found {found}{hint}; allowed: {allowed}")
            raise ValueError(
                message.format(
                    found=shown(said[name]),
                    hint=suggestion(str(said[name]), names),
                    allowed=", ".join(names),
                )
            )
    parse_wait(said["after"])
    return said


def _none(value: Any) -> Any:
    """Read ``none`` as no step, and a line of steps between semicolons as their list."""
    if value == "none":
        return []
    if isinstance(value, str) and ":" in value:
        parts = (part.rpartition(":") for part in value.split(";") if part.strip())
        value = [{key.strip(): do.strip()} for key, _colon, do in parts]
    if isinstance(value, list) and value:
        return value
    message = _("found {found}; write none, or a list of steps: - {{after: 6h, do: remind}}")
    raise ValueError(message.format(found=_("an empty list") if value == [] else shown(value)))


def _acts() -> list[str]:
    return [str(act) for act in Act]


_SHORT: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "patternProperties": {
        "^[Aa]fter\\s": {"enum": [*_acts(), *(act.replace("_", " ") for act in _acts())]}
    },
    "additionalProperties": False,
}

Escalation = Annotated[
    tuple[Annotated[StepSpec, BeforeValidator(_sentence), AlsoAccepts(_SHORT)], ...],
    Field(max_length=MOST),
    BeforeValidator(_none),
]


def steps_of(specs: Sequence[StepSpec]) -> Steps:
    return tuple(spec.step() for spec in specs)


def order_faults(
    source: Source, specs: Sequence[StepSpec], where: Path = ("escalation",)
) -> Iterator[Problem]:
    """Yield each step that does not come after the one before it, or says the same again."""
    for place, words in misordered(specs):
        yield source.problem((*where, place), words)


def misordered(specs: Sequence[StepSpec]) -> Iterator[tuple[int, str]]:
    """Yield the places of such steps, from 0, each with what is wrong."""
    for place in range(1, len(specs)):
        before, one = specs[place - 1], specs[place]
        if any(one.step() == other.step() for other in specs[:place]):
            yield place, _("this step stands there already")
        elif one.after <= before.after:
            message = _("a step comes after the one before it: more than {before}, found {found}")
            yield (
                place,
                message.format(before=wait_word(before.after), found=wait_word(one.after)),
            )


def wait_word(wait: timedelta) -> str:
    """Return a length of time as the files write it: ``6h``, ``1h30m``, ``2d``."""
    minutes = int(wait.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days and not (hours or rest) and days > 1:
        return f"{days}d"
    hours += days * 24
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest else "")
