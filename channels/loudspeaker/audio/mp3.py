"""MP3: mono, constant bit rate, by LAME, with ID3v2.3 tags in UTF-16."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO

import lameenc
import mutagen.id3
import mutagen.mp3
import numpy as np
import soundfile

from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.mp3_frames import SAMPLES, BrokenMp3Error, Header, frames
from channels.loudspeaker.audio.pcm import RATE, STRETCH, Samples, resampled
from channels.loudspeaker.audio.terms import MEDIA_TYPES, Chapter, Format, Tags, chapters
from channels.loudspeaker.text import one_line
from engine.hushed import hushed
from engine.models import File

#: mutagen annotates only parts of itself.
_id3: Any = mutagen.id3
_mp3: Any = mutagen.mp3

MEDIA_TYPE = MEDIA_TYPES[Format.MP3]

_KBITS = 128
#: LAME's own scale, 0 best to 9 fastest. 5 shapes its noise so that the ear misses it, which few
#: bits need. With bits to spare (one channel at 128 kbit/s) 7 leaves less noise in every band:
#: 46.5 dB below speech against 42.4, and takes three fifths of the time.
_QUALITY, _QUALITY_WITH_FEW_BITS, _FEW_BITS = 7, 5, 96

#: LAME makes what it is given quieter, by a factor that its presets set: 0.95, and 0.97 from
#: 192 kbit/s on. In dB, as measured on decoded speech too.
_LOSS, _LESS_LOSS, _LESS_LOSS_FROM = 0.4455, 0.2646, 192

#: dB that coding adds to peaks: the fewer bits, the more (measured on limited speech).
_OVERSHOOT, _LEAST_OVERSHOOT = {64: 1.0, 96: 0.6}, 0.3


#: What CHAP has instead of byte offsets; flags of a table of contents, and its entries at most.
_NO_OFFSET, _TOP_LEVEL, _ORDERED, _MOST = 0xFFFFFFFF, 2, 1, 255

#: Bytes before the frames of a tag; the last four are its size, seven bits each.
_ID3_HEADER = 10


class Mp3:
    """A ``Carrier``. ``rate`` in Hz, ``kbits`` a second."""

    media_type = MEDIA_TYPE

    def __init__(self, rate: int = RATE, kbits: int = _KBITS) -> None:
        self.loss = _LOSS if kbits < _LESS_LOSS_FROM else _LESS_LOSS
        self.overshoot = _OVERSHOOT.get(kbits, _LEAST_OVERSHOOT)
        self._rate = rate
        self._kbits = kbits

    def encode(self, blocks: Iterable[Samples]) -> Encoded:
        encoder = lameenc.Encoder()
        encoder.silence()
        encoder.set_bit_rate(self._kbits)
        encoder.set_in_sample_rate(self._rate)
        encoder.set_out_sample_rate(self._rate)
        encoder.set_channels(1)
        few = self._kbits <= _FEW_BITS
        encoder.set_quality(_QUALITY_WITH_FEW_BITS if few else _QUALITY)
        made = Encoded()
        for block in resampled(blocks, RATE, self._rate):
            # Whoever encodes keeps peaks below full scale; the clip is for what resampling adds.
            whole = np.multiply(block, np.float32(32_767))
            np.clip(np.rint(whole, out=whole), -32_768, 32_767, out=whole)
            made.write(bytes(encoder.encode(whole.astype("<i2").tobytes())))
        made.write(bytes(encoder.flush()))
        return made

    def decode(self, passage: Encoded) -> Iterator[Samples]:
        return resampled(_heard(passage.opened()), self._rate, RATE)

    def silence(self, seconds: float) -> Encoded:
        count = round(seconds * self._rate / SAMPLES)
        return Encoded(_silence(self._rate, self._kbits, count) if count > 0 else b"")

    def seconds(self, passage: Encoded) -> float:
        return round(passage.size / self._bytes) * SAMPLES / self._rate

    def plays(self, file: File) -> float:
        return seconds(file)

    def file(self, passages: Iterable[Encoded], tags: Tags) -> bytes:
        out = io.BytesIO()
        out.write(tag(tags))
        for passage in passages:
            out.writelines(passage.pieces())
        return out.getvalue()

    def join(
        self, files: Iterable[BinaryIO], tags: Tags, out: BinaryIO, titles: Sequence[str] = ()
    ) -> tuple[float, ...]:
        # When each begins is known at the end: the tag, as long by then, is written once more.
        at, unknown = out.tell(), [0.0] * (len(titles) + 1)
        out.write(tag(tags, chapters(titles, unknown)))
        first: Header | None = None
        samples, begins = 0, [0]
        for file in files:
            for header, frame in frames(file):
                first = first or header
                if header.kind != first.kind:
                    raise BrokenMp3Error(f"{header.kind} after {first.kind}")
                out.write(frame)
                samples += SAMPLES
            begins.append(samples)
        rate = first.rate if first else self._rate
        starts = tuple(one / rate for one in begins)
        if titles:
            out.seek(at)
            out.write(tag(tags, chapters(titles, starts)))
            out.seek(0, io.SEEK_END)
        return starts

    @property
    def _bytes(self) -> float:
        """Bytes of a frame, on average."""
        return SAMPLES / 8 * self._kbits * 1000 / self._rate


@lru_cache(maxsize=256)
def _silence(rate: int, kbits: int, count: int) -> bytes:
    """Return so many frames of silence; items have the same few pauses."""
    quiet = np.zeros(-(-(count + 1) * SAMPLES * RATE // rate), dtype=np.float32)
    made = frames(Mp3(rate, kbits).encode([quiet]).opened())
    # A frame borrows only from those before it: the first ones are whole without the rest.
    return b"".join(frame for _header, frame in islice(made, count))


def encode(blocks: Iterable[Samples]) -> bytes:
    """Return the MP3 frames, without tags, of a sound given stretch by stretch at RATE."""
    return bytes(Mp3().encode(blocks))


def decode(mp3: bytes) -> Iterator[Samples]:
    """Return what a player would hear, stretch by stretch, at the MP3's own rate."""
    return _heard(io.BytesIO(mp3))


def _heard(stream: BinaryIO) -> Iterator[Samples]:
    with hushed():
        sound = soundfile.SoundFile(stream)
    with sound:
        # Not ``blocks``: it trusts the frame count, which MP3 headers only estimate, and hands
        # out uninitialised memory for frames that never came.
        while True:
            with hushed():
                block = sound.read(STRETCH, dtype="float32")
            if not len(block):
                return
            yield block


def tag(tags: Tags, named: Sequence[Chapter] = ()) -> bytes:
    """Return an ID3v2.3 tag: the same bytes for the same tags and chapters.

    Chapters are CHAP frames under CTOC frames, as id3.org's "ID3v2 Chapter Frame Addendum"
    lays down; their times do not change how long the tag is.
    """
    utf16 = _id3.Encoding.UTF16
    header = _id3.ID3()
    header.add(_id3.TIT2(encoding=utf16, text=one_line(tags.title)))
    header.add(_id3.TPE1(encoding=utf16, text=one_line(tags.issuer)))
    if tags.campaign_id:
        header.add(_id3.TALB(encoding=utf16, text=tags.campaign_id))
    if tags.date:
        header.add(_id3.TDRC(encoding=utf16, text=tags.date))
    made = _saved(header)
    if not named:
        return made
    # Each by itself: mutagen would sort them by size, and some players list them as they lie.
    frames_of_it = [made, *map(_saved, _chapter_tags(named))]
    body = b"".join(one[_ID3_HEADER:] for one in frames_of_it)
    sizes = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return made[: _ID3_HEADER - len(sizes)] + sizes + body


def _saved(header: Any) -> bytes:
    header.update_to_v23()
    file = io.BytesIO()
    header.save(file, v1=0, v2_version=3, padding=lambda _info: 0)
    return file.getvalue()


def _chapter_tags(named: Sequence[Chapter]) -> Iterator[Any]:
    for frame in _chapter_frames(named):
        header = _id3.ID3()
        header.add(frame)
        yield header


def _chapter_frames(named: Sequence[Chapter]) -> Iterator[Any]:
    """Yield the chapters and their table of contents, times in whole milliseconds.

    A table holds up to 255 entries; more are spread over tables below the first.
    """
    utf16 = _id3.Encoding.UTF16
    ids = [f"ch{number:04d}" for number in range(len(named))]
    for element, chapter in zip(ids, named, strict=True):
        yield _id3.CHAP(
            element_id=element,
            start_time=round(chapter.begins * 1000),
            end_time=round(chapter.ends * 1000),
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=[_id3.TIT2(encoding=utf16, text=one_line(chapter.title))],
        )
    tables = [ids[at : at + _MOST] for at in range(0, len(ids), _MOST)]
    if len(tables) > 1:
        below = [f"toc{number:03d}" for number in range(len(tables))]
        for name, table in zip(below, tables, strict=True):
            yield _contents(name, table, _ORDERED)
        tables = [below]
    for table in tables:
        yield _contents("toc", table, _TOP_LEVEL | _ORDERED)


def _contents(element: str, children: Sequence[str], flags: int) -> Any:
    return _id3.CTOC(
        element_id=element, flags=flags, child_element_ids=list(children), sub_frames=[]
    )


def tagged(mp3: bytes, tags: Tags) -> bytes:
    """Return the MP3 with its tags: the same bytes for the same frames and tags."""
    return tag(tags) + mp3


def seconds(file: File) -> float:
    """Return how long an MP3 plays. Raises OSError when it cannot be read."""
    with file.opened() as stream:
        return float(_mp3.MP3(stream).info.length)
