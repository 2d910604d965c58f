"""What a campaign file may hold. Names are the words of DESIGN.md; descriptions are Vietnamese."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    WithJsonSchema,
    create_model,
)

from campaigns.differing import DiffersSpec
from campaigns.escalation_schema import Escalation
from campaigns.fields import (
    ONE_OR_MORE,
    AlsoAccepts,
    AreaId,
    Beginning,
    Ending,
    Factual,
    Id,
    PlainLine,
    PlainTitle,
    Strict,
    Truth,
    shown,
)
from campaigns.sandbox import PROVIDED, RESERVED
from campaigns.schedule_fields import ScheduleField
from campaigns.sections import Body, SectionSpec, channels_model
from engine.i18n import gettext as _
from engine.models import HouseholdGroup, Priority

#: Ids that would meet a page of the portal that is no campaign: the hamlets, the bulletins.
RESERVED_IDS = frozenset({"ap", "ban-tin"})
#: The longest value of one variable, and the most values of a list.
MAX_VALUE, MAX_LIST = 2_000, 100

_WORDS = frozenset({*keyword.kwlist, "true", "false", "none", *PROVIDED, *RESERVED, "loop"})


def _campaign_id(value: str) -> str:
    if value in RESERVED_IDS:
        raise ValueError(_('the id "{name}" is kept for Loa; choose another').format(name=value))
    return value


def _variable_name(value: str) -> str:
    if value.isidentifier() and not value.startswith("_") and value.lower() not in _WORDS:
        return value
    message = _(
        '"{name}" cannot be the name of a variable; use letters, digits and _, beginning with a '
        "letter, and none of: {reserved}"
    )
    raise ValueError(message.format(name=value[:40], reserved=", ".join(PROVIDED)))


def _value(value: Any) -> Any:
    """A text, a whole number, true or false, or a short list of these."""
    if isinstance(value, list):
        if not 0 < len(value) <= MAX_LIST or any(isinstance(v, list | dict) for v in value):
            message = _("a list may hold 1 to {limit} texts or numbers")
            raise ValueError(message.format(limit=MAX_LIST))
        return [_value(item) for item in value]
    if value is None or isinstance(value, dict):
        message = _("found {found}; a variable holds a text, a number, true, false or a list")
        raise ValueError(message.format(found=shown(value)))
    if isinstance(value, str) and len(value) > MAX_VALUE:
        message = _("the value has {size} characters, at most {limit} are allowed")
        raise ValueError(message.format(size=len(value), limit=MAX_VALUE))
    return value


_SCALARS: list[dict[str, Any]] = [{"type": t} for t in ("string", "integer", "boolean")]
_LIST = {"type": "array", "minItems": 1, "maxItems": MAX_LIST, "items": {"anyOf": _SCALARS}}
Values = dict[
    Annotated[str, AfterValidator(_variable_name)],
    Annotated[Any, BeforeValidator(_value), WithJsonSchema({"anyOf": [*_SCALARS, _LIST]})],
]


def _not_empty(value: Any) -> Any:
    """A list that somebody emptied would mean everybody."""
    if value == []:
        raise ValueError(_("the list is empty; leave it out to mean all"))
    return value


class AudienceSpec(Strict):
    hamlets: Annotated[
        tuple[Id, ...],
        *ONE_OR_MORE,
        BeforeValidator(_not_empty),
        Field((), description="Mã các ấp được nhận. Bỏ trống: mọi ấp."),
    ]
    tags: Annotated[
        tuple[Id, ...],
        *ONE_OR_MORE,
        BeforeValidator(_not_empty),
        Field((), description="Nhãn của ấp (ghi trong danh bạ), ví dụ ven-song."),
    ]
    communes: Annotated[
        tuple[Id, ...],
        *ONE_OR_MORE,
        BeforeValidator(_not_empty),
        Field((), description="Chiến dịch của tỉnh: mã các xã. Bỏ trống: mọi xã."),
    ]
    areas: Annotated[
        tuple[AreaId, ...],
        *ONE_OR_MORE,
        BeforeValidator(_not_empty),
        Field((), description="Chiến dịch của tỉnh: mã tỉnh, xã, hoặc ấp trong xã: xa-mau/ap-1."),
    ]
    households: Annotated[
        HouseholdGroup,
        Field(
            HouseholdGroup.ALL,
            description="Nhóm hộ: all (tất cả), nghèo, cận nghèo, hoặc cả hai; elderly (người cao "
            "tuổi), no_smartphone (không có điện thoại thông minh).",
        ),
    ]


def _all(value: Any) -> Any:
    if value == "all":
        return {}
    if isinstance(value, dict) and value:
        return value
    message = _("found {found}; write all, or hamlets, tags, households")
    raise ValueError(message.format(found=shown(value)))


class ValiditySpec(Strict):
    from_: Annotated[
        Beginning | None,
        Field(None, alias="from", description="Có hiệu lực từ (mặc định: ngay)."),
    ]
    until: Annotated[Ending, Field(description="Hết hiệu lực; chỉ ghi ngày là đến hết ngày đó.")]


class FactsSpec(Strict):
    """What the message comes down to, as a reader looks for it; {{ … }} as in the text."""

    what: Annotated[Factual, *ONE_OR_MORE, Field((), description="Việc gì.")]
    who: Annotated[Factual, *ONE_OR_MORE, Field((), description="Ai, đối tượng nào.")]
    when: Annotated[Factual, *ONE_OR_MORE, Field((), description="Khi nào: ngày, giờ.")]
    where: Annotated[Factual, *ONE_OR_MORE, Field((), description="Ở đâu.")]
    bring: Annotated[Factual, *ONE_OR_MORE, Field((), description="Mang theo giấy tờ gì.")]
    contact: Annotated[
        Factual,
        *ONE_OR_MORE,
        Field((), description="Hỏi ai; bỏ trống thì in contact của chiến dịch."),
    ]


class CampaignSpec(Strict):
    """One message with its audience, forms, times and rules."""

    id: Annotated[
        Id,
        AfterValidator(_campaign_id),
        Field(description="Mã chiến dịch, không trùng, ví dụ tiem-vac-xin-12-2026."),
    ]
    title: Annotated[PlainTitle, Field(description="Tiêu đề, tối đa 150 ký tự.")]
    issuer: Annotated[
        PlainTitle | None, Field(None, description="Cơ quan ban hành (mặc định: cơ quan của xã).")
    ]
    priority: Annotated[
        Priority,
        Field(
            Priority.ROUTINE,
            description="Mức: routine (thông thường), important (ưu tiên), emergency (khẩn cấp).",
        ),
    ]
    audience: Annotated[
        AudienceSpec,
        BeforeValidator(_all),
        AlsoAccepts({"const": "all"}),
        Field(AudienceSpec(), description="Ai được nhận: all, hoặc ấp, nhãn, nhóm hộ."),
    ]
    drill: Annotated[
        Truth,
        Field(
            False,
            description="true: diễn tập. Mọi kênh đều nói rõ, giữ giờ cho phép, không tính là "
            "tin khẩn cấp thật.",
        ),
    ]
    all_clear: Annotated[
        Id | None,
        Field(
            None,
            description="Mã của tin khẩn cấp mà chiến dịch này báo đã hết; khi được duyệt thì tin "
            "ấy thôi phát. Thường do loa all-clear viết.",
        ),
    ]
    valid: Annotated[ValiditySpec, Field(description="Thời gian có hiệu lực.")]
    contact: Annotated[
        PlainLine | None,
        Field(None, description="Liên hệ khi cần hỏi (mặc định: cơ quan và điện thoại của xã)."),
    ]
    text: Annotated[
        Body,
        Field(
            description="Nội dung. {{ biến }} lấy từ values, hamlets, hamlet, commune. "
            "[[0272.3000.111]]: loa đọc hai lần, các kênh khác chỉ in số."
        ),
    ]
    facts: Annotated[
        FactsSpec,
        Field(
            FactsSpec(),
            description="Những điều chính: khung trên tờ rơi, trang tin, màn hình; mấy dòng đầu "
            "của tin nhắn. Mỗi mục một dòng hay một danh sách.",
        ),
    ]
    values: Annotated[Values, Field({}, description="Biến dùng chung cho mọi ấp.")]
    hamlets: Annotated[
        dict[AreaId, Values],
        Field({}, description="Biến riêng của từng ấp, theo mã ấp; của tỉnh: xã hoặc xa-mau/ap-1."),
    ]
    schedule: Annotated[
        ScheduleField, Field(None, description="Lịch chung: now, hoặc ngày và giờ.")
    ]
    legal_basis: Annotated[
        tuple[PlainLine, ...],
        *ONE_OR_MORE,
        Field(
            (),
            max_length=10,
            description="Căn cứ pháp lý, ví dụ Luật 10/2022/QH15, Điều 11 khoản 8: Loa suy ra phải "
            "phát mấy ngày liền, trưởng ấp có phải chuyển tiếp không.",
        ),
    ]
    differs: Annotated[
        tuple[DiffersSpec, ...],
        Field(
            (),
            max_length=20,
            description="Chỗ các bản cố ý nói khác nhau: fact, in, because. Không ghi mà khác "
            "thì không duyệt được.",
        ),
    ]
    escalation: Annotated[
        Escalation,
        AlsoAccepts({"const": "none"}),
        Field(
            (),
            description="Chưa thấy chuyển thì làm gì, theo thứ tự thời gian; none: không làm gì. "
            "Bỏ trống: theo commune.yaml.",
        ),
    ]
    attachments: Annotated[
        tuple[PlainLine, ...],
        Field((), max_length=20, description="Tệp kèm theo, đặt trong thư mục của chiến dịch."),
        *ONE_OR_MORE,
    ]
    channels: Annotated[Any, Field(None)]


#: What a campaign cannot be without, where it is missing or faulty.
STAND_INS = {"id": "x", "title": "x", "text": "x", "valid": {"until": "2100-12-31"}}


def campaign_model(options: Mapping[str, type[BaseModel]]) -> type[CampaignSpec]:
    """Return the model of a campaign file for these channels and their own settings.

    Raises ValueError for settings that no file could hold (see ``channels_model``).
    """
    return _model(tuple(options.items()))


@cache
def _model(options: tuple[tuple[str, type[BaseModel]], ...]) -> type[CampaignSpec]:
    section: Any = channels_model(dict(options))
    description = "Các kênh được dùng. Bỏ trống: mọi kênh."
    channels: Any = (section | None, Field(None, description=description))
    return create_model("Campaign", __base__=CampaignSpec, channels=channels)


def sections_of(
    spec: CampaignSpec, options: Mapping[str, type[BaseModel]]
) -> dict[str, SectionSpec]:
    """Return the channels in use: those named and enabled.

    When none is named: every one, but those that are used only where they are named.
    """
    channels: BaseModel | None = spec.channels
    if channels is None:
        usual = (name for name, one in options.items() if not getattr(one, "only_named", False))
        return {name: SectionSpec.model_validate({}) for name in usual}
    named = ((name, getattr(channels, name)) for name in options)
    return {name: section for name, section in named if section is not None and section.enabled}
