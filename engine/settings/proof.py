"""The section ``[proof]`` of ``loa.toml``."""

from __future__ import annotations

from pydantic import Field

from engine.settings.sections import Section


class ProofSettings(Section):
    """What machine listening accepts before anything may air."""

    slowest: float = Field(
        default=80.0,
        ge=20,
        le=300,
        description="Đọc chậm nhất bao nhiêu âm tiết mỗi phút, không tính chỗ nghỉ.",
    )
    fastest: float = Field(
        default=330.0,
        ge=100,
        le=600,
        description="Đọc nhanh nhất bao nhiêu âm tiết mỗi phút, không tính chỗ nghỉ.",
    )
    silence_seconds: float = Field(
        default=2.5,
        ge=0.5,
        le=60,
        description="Im lặng dài nhất bao nhiêu giây, ngoài chỗ nghỉ mà chính bài đọc đòi hỏi.",
    )
    recognise: bool = Field(
        default=False,
        description="true: nhờ nhận dạng tiếng nói nghe lại giọng gtts và piper (cần cài thêm "
        "loa[proof]); không dùng cho espeak vì nó không nghe ra giọng ấy.",
    )
    word_errors_percent: float = Field(
        default=30.0,
        ge=1,
        le=100,
        description="Nhận dạng tiếng nói được nghe sai nhiều nhất bao nhiêu phần trăm số chữ.",
    )
