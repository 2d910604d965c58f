"""What a campaign may say about its loudspeaker items."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from channels.base import Options

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class LoudspeakerOptions(Options):
    """The section ``loudspeaker`` of a campaign."""

    takes_recording: ClassVar[bool] = True
    takes_marks: ClassVar[bool] = True

    repeat: int = Field(
        default=1,
        ge=1,
        le=3,
        description="Số lần phát liền nhau trong một buổi, từ 1 đến 3.",
    )
    pronounce: dict[Word, Word] = Field(
        default_factory=dict,
        max_length=200,
        description=(
            "Cách đọc riêng của từ hoặc chữ viết tắt, ví dụ: VNeID: vi en i đi. "
            "Dùng khi bản đọc thử đọc chưa đúng."
        ),
    )
