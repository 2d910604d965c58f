"""Flyers for tests, from words to PDF."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.base import ChannelError
from channels.flyer import FlyerChannel, FlyerInputs, FlyerOptions
from engine.models import Content
from support.builders import FakeArtifacts, content, hamlet

CHANNEL = FlyerChannel(outbox=Path("unused"))
SENTENCE = "Mời bà con đưa trẻ đến Trạm Y tế xã lúc 7 giờ 30 ngày 05/12/2026 để tiêm vắc xin. "


def flyer(**changes: object) -> Content:
    options = changes.pop("options", FlyerOptions())
    assert isinstance(options, FlyerOptions)
    return content("flyer", options, **changes)


def inputs_of(message: Content, number: int = 1) -> FlyerInputs:
    return CHANNEL.prepare(message, hamlet(number), FakeArtifacts())


def pdf_of(message: Content, number: int = 1) -> bytes:
    return CHANNEL.render(inputs_of(message, number)).data


def refusal_of(message: Content) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        pdf_of(message)
    return caught.value
