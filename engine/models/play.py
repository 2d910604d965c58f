"""What a player says that it played: one line of its log, and what Loa made of that.

A player's log is ``plays.jsonl``: one JSON object a line with the fields of ``Play``, times as
ISO 8601 with a zone. A line without its line break at the end is not whole yet.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from engine.i18n import gettext as _
from engine.models.fields import no_json
from engine.models.terms import Purpose

#: The longest line that is read, in bytes: an item names at most a few hundred hamlets.
LONGEST: Final = 64 * 1024

#: Numbers are kept in 63 bits.
_HIGHEST: Final = 2**63 - 1

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")

EnumT = TypeVar("EnumT", bound=StrEnum)
_SHA256 = re.compile(r"[0-9a-f]{64}|")


class PlayOutcome(StrEnum):
    """How it went: whole, broken off, begun but silent, or refused (unsigned, stale)."""

    PLAYED = "played"
    CUT = "cut"
    FAILED = "failed"
    REFUSED = "refused"


class Finding(StrEnum):
    """What a report is worth, as it was judged when it came."""

    #: It shows that the item could be heard: its deliveries have evidence.
    PROOF = "proof"
    #: Too little of the item was heard.
    TOO_SHORT = "too_short"
    #: The player itself says that nothing was to be heard.
    SILENT = "silent"
    #: No such item was planned for that cluster and slot.
    UNKNOWN = "unknown"
    #: The cluster is another player's.
    OTHER_PLAYER = "other_player"
    #: Not the sound that was handed over.
    OTHER_SOUND = "other_sound"
    #: Not the time of its slot, or one that has not come yet.
    WRONG_TIME = "wrong_time"
    #: Loa did not hand it over.
    NOT_SENT = "not_sent"

    @property
    def strange(self) -> bool:
        """Say whether a person should look: no honest player on a right clock says so."""
        return self not in (Finding.PROOF, Finding.TOO_SHORT, Finding.SILENT)


@dataclass(frozen=True, slots=True)
class Play:
    """One item that a player played, or should have.

    ``player`` gives ``number`` to its plays, from 1 on and never one twice; the two together
    name the play, however often it is reported. ``cluster``, ``slot``, ``campaign_id``,
    ``purpose`` and ``hamlets`` are the programme's and its item's own, from the manifest;
    ``sha256`` is the item's sound, empty where the player cannot tell. ``began`` and
    ``seconds`` say when it was on air and how long; a cut one's are what was heard of it.
    """

    player: str
    number: int
    cluster: str
    slot: datetime
    campaign_id: str
    purpose: Purpose
    hamlets: tuple[str, ...]
    sha256: str
    began: datetime
    seconds: float
    outcome: PlayOutcome
    reason: str = ""

    @property
    def name(self) -> tuple[str, int]:
        return self.player, self.number

    def line(self) -> str:
        """Return the play as a line of a log, with its line break."""
        values = {
            "player": self.player,
            "number": self.number,
            "cluster": self.cluster,
            "slot": self.slot.isoformat(),
            "campaign_id": self.campaign_id,
            "purpose": self.purpose.value,
            "hamlets": list(self.hamlets),
            "sha256": self.sha256,
            "began": self.began.isoformat(),
            "seconds": self.seconds,
            "outcome": self.outcome.value,
            "reason": self.reason,
        }
        return json.dumps(values, ensure_ascii=False) + "\n"


def play_of(line: str | bytes) -> Play:
    """Return the play that a line of a log tells of.

    Raises ValueError that names the field, for a line that is not one: torn, of another
    format, or with a value that cannot be.
    """
    if len(line) > LONGEST:
        raise ValueError(_("longer than {count} bytes").format(count=LONGEST))
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(no_json(error)) from None
    if not isinstance(found, dict):
        raise ValueError(_("this is no JSON object"))
    return play_from(found)


def play_from(found: Mapping[str, Any]) -> Play:
    """Return the play in a JSON object. Raises ValueError that names the field."""
    reason = found.get("reason", "")
    if not isinstance(reason, str):
        raise _wrong("reason", reason, _("text"))
    return Play(
        player=_id(found, "player"),
        number=_number(found),
        cluster=_id(found, "cluster"),
        slot=_moment(found, "slot"),
        campaign_id=_id(found, "campaign_id"),
        purpose=_one_of(found, "purpose", Purpose),
        hamlets=_hamlets(found),
        sha256=_matching(found, "sha256", _SHA256, _("64 hexadecimal digits")),
        began=_moment(found, "began"),
        seconds=_seconds(found),
        outcome=_one_of(found, "outcome", PlayOutcome),
        reason=reason[:1_000].encode(errors="replace").decode().replace("\0", "\ufffd"),
    )


def _text(found: Mapping[str, Any], field: str) -> str:
    value = found.get(field)
    if not isinstance(value, str):
        raise _wrong(field, value, _("text"))
    return value


def _one_of(found: Mapping[str, Any], field: str, kind: type[EnumT]) -> EnumT:
    value = _text(found, field)
    for member in kind:
        if value == member.value:
            return member
    raise _wrong(field, value, ", ".join(kind))


def _matching(found: Mapping[str, Any], field: str, form: re.Pattern[str], allowed: str) -> str:
    value = _text(found, field)
    if not form.fullmatch(value):
        raise _wrong(field, value, allowed)
    return value


def _id(found: Mapping[str, Any], field: str) -> str:
    return _matching(found, field, _ID, _("an id of letters, digits, “.”, “_” and “-”"))


def _wrong(field: str, value: object, allowed: str) -> ValueError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    message = _("{field}: {found} is not allowed; allowed: {allowed}")
    return ValueError(message.format(field=field, found=shown, allowed=allowed))


def _number(found: Mapping[str, Any]) -> int:
    value = found.get("number")
    if type(value) is not int or not 1 <= value <= _HIGHEST:
        raise _wrong("number", value, _whole(1, _HIGHEST))
    return value


def _moment(found: Mapping[str, Any], field: str) -> datetime:
    text = _text(found, field)
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise _wrong(field, text, _("a moment in ISO 8601 with its zone"))
    return value


def _whole(least: int, most: int) -> str:
    return _("a whole number from {least} to {most}").format(least=least, most=most)


def _seconds(found: Mapping[str, Any]) -> float:
    value: Any = found.get("seconds")
    if type(value) not in (int, float) or not math.isfinite(value) or not 0 <= value <= 86_400:
        allowed = _("a number from {least} to {most}").format(least=0, most=86_400)
        raise _wrong("seconds", value, allowed)
    return float(value)


def _hamlets(found: Mapping[str, Any]) -> tuple[str, ...]:
    value = found.get("hamlets")
    if not isinstance(value, list) or not all(_is_id(one) for one in value):
        raise _wrong("hamlets", value, _("a list of ids"))
    return tuple(value)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))
