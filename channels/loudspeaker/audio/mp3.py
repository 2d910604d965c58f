"""MP3: mono, 44.1 kHz, 128 kbit/s constant, with ID3v2.3 tags in UTF-16."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import lameenc
import mutagen.id3
import mutagen.mp3
import numpy as np
import soundfile

from channels.loudspeaker.audio.pcm import RATE, STRETCH, Samples
from channels.loudspeaker.audio.terms import Tags
from channels.loudspeaker.text import one_line
from engine.models import File

#: mutagen annotates only parts of itself.
_id3: Any = mutagen.id3
_mp3: Any = mutagen.mp3

MEDIA_TYPE = "audio/mpeg"

_KBITS = 128
#: LAME's own scale, 0 best to 9 fastest: 5 is its default for this bit rate.
_QUALITY = 5


def encode(blocks: Iterable[Samples]) -> bytes:
    """Return the MP3 frames, without tags, of a sound given stretch by stretch at RATE."""
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(_KBITS)
    encoder.set_in_sample_rate(RATE)
    encoder.set_out_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.set_quality(_QUALITY)
    frames = bytearray()
    for block in blocks:
        whole = np.clip(np.rint(block * 32_767), -32_768, 32_767).astype("<i2")
        frames += encoder.encode(whole.tobytes())
    frames += encoder.flush()
    return bytes(frames)


def decode(frames: bytes) -> Iterator[Samples]:
    """Return what a player would hear, stretch by stretch."""
    with soundfile.SoundFile(io.BytesIO(frames)) as sound:
        # Not ``blocks``: it trusts the frame count, which MP3 headers only estimate, and hands
        # out uninitialised memory for frames that never came.
        while len(block := sound.read(STRETCH, dtype="float32")):
            yield block


def tagged(frames: bytes, tags: Tags) -> bytes:
    """Return the MP3 with its tags: the same bytes for the same frames and tags."""
    utf16 = _id3.Encoding.UTF16
    header = _id3.ID3()
    header.add(_id3.TIT2(encoding=utf16, text=one_line(tags.title)))
    header.add(_id3.TPE1(encoding=utf16, text=one_line(tags.issuer)))
    header.add(_id3.TALB(encoding=utf16, text=tags.campaign_id))
    header.add(_id3.TDRC(encoding=utf16, text=tags.date))
    header.update_to_v23()
    file = io.BytesIO()
    header.save(file, v1=0, v2_version=3, padding=lambda _info: 0)
    return file.getvalue() + frames


def seconds(file: File) -> float:
    """Return how long an MP3 plays. Raises OSError when it cannot be read."""
    if isinstance(file.source, bytes):
        return _length(io.BytesIO(file.source))
    with file.source.open("rb") as stream:
        return _length(stream)


def _length(stream: BinaryIO) -> float:
    return float(_mp3.MP3(stream).info.length)
