"""What people are asked when a message was not passed on. Content, so always Vietnamese.

Polite and short: whoever is asked has a day's work of his own.
"""

from __future__ import annotations

from dataclasses import replace

from engine.models.content import Content
from engine.models.escalation import Act, Step, Without
from engine.models.facts import NONE
from engine.models.terms import Purpose, Schedule

_REMIND_RELAY = (
    "Xã chưa thấy tin báo đã chuyển thông báo này đến bà con. Nhờ anh chị phụ trách chuyển giúp "
    "khi thuận tiện, rồi nhắn lại “đã chuyển”, khoảng bao nhiêu hộ. Anh chị đã chuyển rồi thì chỉ "
    "cần nhắn lại để xã ghi nhận. Cảm ơn anh chị."
)
_REMIND_RECEIPT = (
    "Xã chưa biết thông báo này đã đến anh chị phụ trách chưa. Nhờ anh chị nhắn lại “đã nhận” "
    "giúp. Cảm ơn anh chị."
)
_SECOND = (
    "Xã chưa thấy tin báo thông báo dưới đây đã đến bà con. Nhờ anh chị chuyển giúp, rồi báo lại "
    "cho xã đã chuyển được khoảng bao nhiêu hộ. Cảm ơn anh chị."
)


def asked(told: Content, step: Step) -> Content:
    """Return what a step says, made of what the head was ``told``.

    A second person and a team were not told before, so that they get its words as well.
    """
    said = told.body
    if told.correction is not None and told.purpose is Purpose.CORRECTION:
        said = f"{told.correction.opening}\n\n{said}"
    body = {
        Act.REMIND: _REMIND_RECEIPT if step.without is Without.RECEIPT else _REMIND_RELAY,
        Act.SECOND_CONTACT: f"{_SECOND}\n\n{said}",
        Act.TEAM_VISIT: said,
    }[step.do]
    title = f"Nhờ chuyển giúp: {told.title}" if step.do is Act.SECOND_CONTACT else told.title
    return replace(
        told,
        title=title,
        purpose=Purpose.REMINDER,
        body=body,
        attachments=(),
        recording=None,
        correction=None,
        schedule=Schedule(asap=True),
        own_schedule=None,
        facts=NONE,
    )
