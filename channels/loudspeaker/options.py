"""What a campaign may say about its loudspeaker items."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints

from channels.base import Options
from channels.loudspeaker.spoken import entries_in
from engine.models import Registry

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]

#: Words that a campaign says in its own way, those of its commune's lexicon among them.
MAX_ENTRIES = 1_200


class LoudspeakerOptions(Options):
    """The section ``loudspeaker`` of a campaign."""

    takes_recording: ClassVar[bool] = True
    takes_marks: ClassVar[bool] = True
    takes_repeat: ClassVar[bool] = True

    repeat: int = Field(
        default=1,
        ge=1,
        le=3,
        description="Số lần phát liền nhau trong một buổi, từ 1 đến 3.",
    )
    pronounce: dict[Word, Word] = Field(
        default_factory=dict,
        max_length=MAX_ENTRIES,
        description=(
            "Cách đọc riêng của từ hoặc chữ viết tắt, ví dụ: VNeID: vi en i đi. "
            "Dùng khi bản đọc thử đọc chưa đúng; được ưu tiên hơn cách đọc ghi trong danh bạ."
        ),
    )

    clusters: tuple[Id, ...] = Field(
        default=(),
        max_length=1_000,
        description="Chỉ phát ở những cụm loa này. Bỏ trống: mọi cụm loa của các ấp được nhận.",
    )

    field: str = Field(
        default="",
        max_length=100,
        description="Lĩnh vực của bài khi nộp lên hệ thống của tỉnh; bỏ trống là lĩnh vực ghi ở "
        "thiết bị phát (field).",
    )
    if_not_played: Literal["again"] | None = Field(
        default=None,
        description=(
            "again: buổi nào máy phát báo không phát được, hoặc không báo gì, thì phát lại ở buổi "
            "được phép kế tiếp, nhiều nhất 2 lần, trong thời hạn của chiến dịch."
        ),
    )

    def identity(self) -> dict[str, Any]:
        """Neither a field nor what becomes of an item that was not played shapes a word of it.

        A choice of clusters does only where there is one.
        """
        unshaping = {"field", "if_not_played"} | (set() if self.clusters else {"clusters"})
        return self.model_dump(exclude=unshaping)

    def in_commune(self, registry: Registry, text: str) -> Self:
        """Add of the commune's lexicon what ``text`` says; the campaign's own goes before it."""
        entries = entries_in(registry.pronounce, text)
        if not entries:
            return self
        return self.model_copy(update={"pronounce": {**entries, **self.pronounce}})
