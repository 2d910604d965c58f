"""What a chat message says: head line, title, body, whom to ask, where to read on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from channels.chat.platforms import PLATFORMS, Platform, clean
from channels.chat.splitting import split
from engine.models import Content, Correction, Priority, Purpose, canonical_json
from engine.models.facts import LABELS, Facts

_BY_PRIORITY = {
    Priority.ROUTINE: "THÔNG BÁO",
    Priority.IMPORTANT: "THÔNG BÁO QUAN TRỌNG",
    Priority.EMERGENCY: "KHẨN CẤP",
}
_BY_PURPOSE = {
    Purpose.REMINDER: "NHẮC LẠI",
    Purpose.CORRECTION: "ĐÍNH CHÍNH",
    Purpose.WITHDRAWAL: "THU HỒI THÔNG BÁO",
    Purpose.ALL_CLEAR: "HẾT CẢNH BÁO",
    Purpose.DRILL: "DIỄN TẬP – KHÔNG PHẢI TÌNH HUỐNG THẬT",
}
#: What every part of a drill's message says.
DRILL = "DIỄN TẬP"
#: The facts that a message says above its text.
_SHORTLY = frozenset({"who", "when", "where", "bring"})
#: Purposes that must never read as an alarm, however urgent the campaign is.
_CALM = frozenset({Purpose.ALL_CLEAR, Purpose.DRILL})


@dataclass(frozen=True, slots=True)
class MessageInputs:
    """All that shapes a message: clean text, the same for every group that is told the same."""

    opening: str
    body: str
    closing: str


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered message: its pieces, and its parts for each platform that has its own rules."""

    opening: str
    body: str
    closing: str
    parts: Mapping[str, tuple[str, ...]]

    def to_json(self) -> bytes:
        return canonical_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> Message:
        """Read what ``to_json`` wrote."""
        raw = json.loads(data)
        parts = {platform: tuple(texts) for platform, texts in raw["parts"].items()}
        return cls(raw["opening"], raw["body"], raw["closing"], parts)

    def parts_for(self, platform: Platform) -> tuple[str, ...]:
        return self.parts[platform.id]


def head_line(
    priority: Priority,
    purpose: Purpose,
    *,
    drill: bool = False,
    correction: Correction | None = None,
) -> str:
    """Return the word in capitals that says what kind of message this is."""
    if correction is not None and purpose is Purpose.CORRECTION:
        named = correction.heading
        if drill:
            return f"{_BY_PURPOSE[Purpose.DRILL]} – {named}"
        urgent = priority is Priority.EMERGENCY
        return f"{_BY_PRIORITY[priority]} – {named}" if urgent else named
    if drill and purpose is not Purpose.DRILL:
        return f"{_BY_PURPOSE[Purpose.DRILL]} – {_BY_PURPOSE[purpose]}"
    if purpose is Purpose.NOTICE:
        return _BY_PRIORITY[priority]
    if priority is Priority.EMERGENCY and purpose not in _CALM:
        return f"{_BY_PRIORITY[priority]} – {_BY_PURPOSE[purpose]}"
    return _BY_PURPOSE[purpose]


def words_of(content: Content, hashtags: tuple[str, ...]) -> MessageInputs:
    """Return the words of ``content`` as chat says them; hashtags stand at the very end."""
    word = head_line(
        content.priority, content.purpose, drill=content.drill, correction=content.correction
    )
    head = f"{word} – {content.issuer}"
    if content.correction is not None and content.purpose is Purpose.CORRECTION:
        head = f"{head}\n{content.correction.opening}"
    closing = (
        f"Liên hệ: {content.contact}" if content.contact else "",
        f"Xem thêm: {content.permalink}" if content.permalink else "",
        " ".join(hashtags),
    )
    return MessageInputs(
        opening=clean(f"{head}\n{content.title}"),
        body=clean("\n\n".join(filter(None, (_facts(content.facts), content.body)))),
        closing=clean("\n".join(filter(None, closing))),
    )


def _facts(facts: Facts) -> str:
    """Return what it comes down to, a line each; the title says what, the closing whom to ask."""
    return "\n".join(
        f"{LABELS[name]}: {'; '.join(lines)}"
        for name, lines in facts.named()
        if lines and name in _SHORTLY
    )


def mark_of(opening: str) -> str:
    """Return what each part of a long message says: a drill's, that it is one.

    The head line comes before all that an author wrote, so that only a drill's begins so.
    """
    return DRILL if opening.startswith(_BY_PURPOSE[Purpose.DRILL]) else ""


def message_of(inputs: MessageInputs) -> Message:
    """Return the message that ``inputs`` make, split once for every platform."""
    text = "\n\n".join(filter(None, (inputs.opening, inputs.body)))
    parts = {
        p.id: split(text, inputs.closing, p, mark_of(inputs.opening)) for p in PLATFORMS.values()
    }
    return Message(inputs.opening, inputs.body, inputs.closing, parts)
