"""The words beside a post's title: that it is urgent, corrected, a drill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from channels.portal.documents import Post
from engine.models import Amends, Priority, Purpose

_PRIORITIES: Final = {Priority.EMERGENCY: "Khẩn cấp", Priority.IMPORTANT: "Quan trọng"}
_PURPOSES: Final = {
    Purpose.REMINDER: "Nhắc lại",
    Purpose.CORRECTION: "Đính chính",
    Purpose.WITHDRAWAL: "Thu hồi",
    Purpose.ALL_CLEAR: "Đã an toàn",
    Purpose.DRILL: "Diễn tập",
}

#: Kinds of labels that an amendment gives to the hamlets that it concerns, and to no other.
OF_SOME: Final = frozenset({"update", str(Purpose.CORRECTION.value), str(Purpose.WITHDRAWAL.value)})


@dataclass(frozen=True, slots=True)
class Label:
    """A word or two beside a title; ``kind`` chooses its colour."""

    kind: str
    text: str


EXPIRED: Final = Label("expired", "Đã hết hiệu lực")


def labels_of(post: Post) -> list[Label]:
    """Return what stands beside the title of a post, weightiest first."""
    found = []
    if post.of_drill:
        found.append(Label(str(Purpose.DRILL.value), _PURPOSES[Purpose.DRILL]))
    updates = post.amended is not None and post.amended.amends is Amends.UPDATE
    if updates and post.purpose is not Purpose.WITHDRAWAL:
        found.append(Label("update", "Cập nhật"))
    elif post.purpose in _PURPOSES:
        found.append(Label(str(post.purpose.value), _PURPOSES[post.purpose]))
    if post.priority in _PRIORITIES and post.purpose is not Purpose.ALL_CLEAR:
        found.append(Label(str(post.priority.value), _PRIORITIES[post.priority]))
    return found
