"""The schedule as a campaign file writes it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from campaigns.fields import (
    ONE_OR_MORE,
    AlsoAccepts,
    Day,
    Ending,
    Hour,
    Span,
    Strict,
    Truth,
    Weekday,
    shown,
)
from campaigns.schedule import days_between, moments_of
from engine.i18n import gettext as _
from engine.models import Repeat, Schedule


def _only_true(value: bool) -> bool:
    if not value:
        raise ValueError(_("write now: true, or leave it out"))
    return value


class RepeatSpec(Strict):
    """How an alert is said again and again, from its approval on."""

    every: Annotated[Span, Field(description="Cứ bao lâu phát lại một lần: 15m, 1h; ít nhất 5m.")]
    until: Annotated[Ending, Field(description="Phát lại cho đến lúc nào, ví dụ 2026-12-01 22:00.")]


#: What a schedule must have, for editors; with what, ``faults_of_keys`` says.
_FORMS: list[Any] = [
    {"required": ["times"]},
    {"required": ["repeat"]},
    {"required": ["now"], "not": {"required": ["repeat"]}},
]


class ScheduleSpec(Strict):
    """``now``, or days × times; days are named one by one or as a stretch.

    Which keys belong together is judged by ``faults_of_keys``.
    """

    model_config = ConfigDict(json_schema_extra={"allOf": [{"oneOf": _FORMS}]})

    dates: Annotated[
        tuple[Day, ...],
        *ONE_OR_MORE,
        Field((), description="Các ngày phát, ví dụ [2026-12-01, 2026-12-03]."),
    ]
    from_: Annotated[Day | None, Field(None, alias="from", description="Từ ngày.")]
    to: Annotated[Day | None, Field(None, description="Đến hết ngày.")]
    days: Annotated[
        tuple[Weekday, ...],
        *ONE_OR_MORE,
        Field((), description="Chỉ những thứ này trong khoảng từ ngày – đến ngày."),
    ]
    times: Annotated[
        tuple[Hour, ...],
        Field(
            (),
            min_length=1,
            max_length=48,
            description="Các giờ trong ngày: [5:30, 17h00]; bắt buộc khi có ngày.",
        ),
        *ONE_OR_MORE,
    ]
    now: Annotated[
        Truth,
        AfterValidator(_only_true),
        Field(False, description="true: ngay khi được duyệt, như schedule: now."),
    ]
    repeat: Annotated[
        RepeatSpec | None,
        Field(None, description="Tin khẩn cấp: phát ngay, rồi loa phát lại nhiều lần."),
    ]

    @property
    def at_once(self) -> bool:
        """Say whether it begins with the approval."""
        return self.now or self.repeat is not None

    def schedule(self) -> Schedule:
        """Return the moments. Raises ValueError when there are none, or too many."""
        if self.at_once:
            again = self.repeat
            repeat = Repeat(again.every, again.until) if again is not None else None
            return Schedule(asap=True, repeat=repeat)
        days = self.dates
        if self.from_ is not None and self.to is not None:
            days = days_between(self.from_, self.to, self.days)
        return Schedule(asap=False, moments=moments_of(days, self.times))


#: The keys of a schedule.
KEYS = frozenset(field.alias or name for name, field in ScheduleSpec.model_fields.items())

#: Those of a schedule that begins with the approval; the others name days and hours.
_AT_ONCE = frozenset({"now", "repeat"})


def faults_of_keys(given: Set[str]) -> Iterator[str]:
    """Yield what is wrong about the keys of a schedule, whatever their values."""
    if given & _AT_ONCE:
        if given - _AT_ONCE:
            yield _("now and repeat begin with the approval; they stand without dates and times")
        return
    stretch = given & {"from", "to"}
    if ("dates" in given) == bool(stretch):
        yield _("give either dates, or from and to")
    elif len(stretch) == 1:
        yield _("from and to belong together")
    if "days" in given and "dates" in given:
        yield _("days belongs to from and to, not to dates")


def _now(value: Any) -> Any:
    """``now`` stands for the moment of approval."""
    if value == "now":
        return None
    if isinstance(value, dict):
        return value
    message = _("found {found}; write now, or dates and times")
    raise ValueError(message.format(found=shown(value)))


ScheduleField = Annotated[ScheduleSpec | None, BeforeValidator(_now), AlsoAccepts({"const": "now"})]


def schedule_of(section: BaseModel, name: str = "schedule") -> Schedule | None:
    """Return the schedule that a model names: None when it names none."""
    if name not in section.model_fields_set:
        return None
    spec: ScheduleSpec | None = getattr(section, name)
    return Schedule(asap=True) if spec is None else spec.schedule()
