"""The sections ``[loudspeaker]`` and ``[programme]``: who speaks, how it sounds, what frames it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.settings.kinds import EngineName, Engines, Region
from engine.settings.sections import Section


class LoudspeakerSettings(Section):
    engine: EngineName = Field(
        default="espeak",
        description="Giọng đọc: espeak (không cần mạng), gtts (cần mạng) hoặc piper (tệp giọng "
        "cài bằng loa voices install); giọng này không đọc được thì espeak đọc thay.",
    )
    engines: Engines | None = Field(
        default=None,
        description="Thay cho engine: thứ tự thử các giọng, ví dụ [gtts, piper, espeak]; giọng "
        "trước không đọc được thì giọng sau đọc cả mục tin, và có ghi lại lý do.",
    )
    voice: str = Field(default="vi-vn-x-south", description="Giọng của espeak.")
    piper_voice: str = Field(
        default="",
        description="Giọng của piper: tên đã đặt khi cài; thêm #3 để chọn người đọc số 3 của "
        "tệp ấy.",
    )
    piper_length: float = Field(
        default=1.0,
        ge=0.5,
        le=2.0,
        description="Piper đọc dài ra bao nhiêu lần: 1.2 là chậm hơn một phần năm.",
    )
    voices_folder: str = Field(
        default="voices",
        min_length=1,
        description="Nơi để các tệp giọng; ghi đường dẫn đầy đủ để cả máy dùng chung.",
    )
    helpers: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Bao nhiêu tiến trình đọc cùng lúc cho mỗi giọng không cần mạng; 0 là theo "
        "số lõi của máy.",
    )
    gtts_url: str = Field(
        default="",
        pattern="^(https?://[^/]+/?)?$",
        description="Địa chỉ thay cho máy chủ giọng đọc của Google; bỏ trống là của Google.",
    )
    region: Region = Field(
        default="south", description="Cách đọc số và chữ: south (Nam), north (Bắc)."
    )
    #: LUFS, integrated, measured on the decoded MP3.
    loudness: float = Field(
        default=-16.0, ge=-31, le=-14, description="Độ to, tính bằng LUFS, đo trên tệp MP3."
    )
    profile: Literal["horn", "indoor"] = Field(
        default="horn",
        description="Nơi nghe: horn (loa nén ngoài trời: cắt tiếng trầm, làm rõ lời) hoặc indoor "
        "(trong nhà).",
    )
    format: Literal["mp3", "wav"] = Field(default="mp3", description="Dạng tệp âm thanh.")
    sample_rate: int = Field(
        default=44_100,
        description="Tần số lấy mẫu, Hz: 32000, 44100, 48000; WAV còn có 16000, 22050, 24000.",
    )
    bit_rate: int = Field(
        default=128, description="Số kbit mỗi giây của MP3: 64, 96, 128, 160 hoặc 192."
    )
    pauses: float = Field(
        default=1.0, ge=0.5, le=3, description="Các chỗ nghỉ dài gấp mấy lần bình thường."
    )
    number_pace: float = Field(
        default=0.85,
        ge=0.5,
        le=1,
        description="Câu có số điện thoại hoặc giờ giấc được đọc bằng mấy phần tốc độ thường.",
    )
    lead_minutes: int = Field(
        default=30,
        ge=0,
        le=24 * 60,
        description="Làm và giao chương trình trước giờ phát bao nhiêu phút.",
    )

    @property
    def chain(self) -> tuple[EngineName, ...]:
        """Return the engines in the order in which they are tried, each once."""
        return tuple(dict.fromkeys(self.engines or (self.engine, "espeak")))

    def voice_of(self, engine: str) -> str:
        """Return which voice of an engine is set; Google has one."""
        return {"espeak": self.voice, "piper": self.piper_voice}.get(engine, "vi")


#: Plain text that may name the station.
Announcement = Annotated[str, Field(max_length=500, pattern=r"^([^{}]|\{station\})*$")]


#: So that nobody takes a drill for an emergency, whatever else is said.
Drilled = Annotated[str, Field(max_length=500, pattern=r"^[Dd]iễn tập([^{}]|\{station\})*$")]


class ProgrammeSettings(Section):
    station: str = Field(
        default="",
        max_length=100,
        description="Tên đài khi xưng trên loa; bỏ trống là Đài Truyền thanh kèm tên xã. Xã nào "
        "có tên riêng thì ghi ở station.name trong commune.yaml.",
    )
    opening: Announcement = Field(
        default="Đây là {station}. Kính mời bà con lắng nghe.",
        description="Lời mở đầu mỗi buổi; {station} là tên đài. Bỏ trống là không đọc.",
    )
    emergency: Announcement = Field(
        default="Thông báo khẩn cấp! Đây là {station}.",
        description="Lời mở đầu buổi có tin khẩn cấp, sau tiếng còi báo.",
    )
    drill: Drilled = Field(
        default="Diễn tập! Đây là {station}. Bà con sắp nghe tin diễn tập, không phải tin thật.",
        description="Lời mở đầu buổi chỉ có tin diễn tập (không có còi báo); phải bắt đầu bằng "
        "chữ Diễn tập.",
    )
    closing: Announcement = Field(
        default="Đây là {station}. Chương trình đến đây là hết, xin cảm ơn bà con đã lắng nghe.",
        description="Lời kết mỗi buổi. Bỏ trống là không đọc.",
    )
    chime: bool = Field(
        default=True, description="Mở đầu bằng hồi chuông mà Loa tự tạo (buổi thường)."
    )
    jingle: str = Field(
        default="",
        description="Nhạc hiệu riêng thay cho hồi chuông: tệp âm thanh dài tối đa một phút; đường "
        "dẫn tính từ thư mục làm việc.",
    )
    bed: str = Field(
        default="",
        description="Nhạc nền dưới lời mở đầu và lời kết; đường dẫn tính từ thư mục làm việc.",
    )
    bridge: bool = Field(
        default=True, description="Giữa hai mục tin có một tiếng chuông ngắn mà Loa tự tạo."
    )
    bridge_sound: str = Field(
        default="",
        description="Nhạc cắt riêng giữa hai mục tin thay cho tiếng chuông: tệp âm thanh; đường "
        "dẫn tính từ thư mục làm việc.",
    )

    @property
    def own_sounds(self) -> tuple[str, ...]:
        """Return the files that are named, relative to the workspace."""
        return tuple(name for name in (self.jingle, self.bed, self.bridge_sound) if name)
