"""The sections ``[players.<name>]``: what plays in clusters of loudspeakers.

To add a kind: a section here that ends ``PlayerSettings``, a module in
``channels/loudspeaker/players/``, and a line in ``engine/app/players.py``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from engine.settings.sections import Section

#: As the registry writes it: ``player: may-xa``.
PlayerName = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]

#: Days that programmes are kept where they were put, after the day on which they aired.
KeepDays = Annotated[int, Field(ge=1, le=3650)]


class PlayerSection(Section):
    """What every kind has. ``secrets`` are keys that a file named by ``<key>_file`` may hold."""

    secrets: ClassVar[tuple[str, ...]] = ()

    kind: str


class FolderPlayer(PlayerSection):
    kind: Literal["folder"] = Field(
        description="folder: một thư mục mà máy phát đọc theo danh sách .m3u8."
    )
    path: str = Field(
        default="",
        pattern=r"^([^{}]|\{commune\}|\{cluster\})*$",
        description="Thư mục của các cụm loa, tính từ thư mục làm việc; {commune} là mã xã, "
        "{cluster} là mã cụm loa. Phần trước {…} phải có sẵn. Bỏ trống là outbox/loudspeaker/"
        "{cluster}.",
    )
    keep_days: KeepDays | None = Field(
        default=None,
        description="Chương trình đã phát quá số ngày này thì xóa khỏi thư mục; bỏ trống là "
        "giữ mãi.",
    )


#: Any kind of player.
PlayerSettings = FolderPlayer
