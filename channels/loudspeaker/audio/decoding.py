"""Sound files of any kind that phones and studios write, as mono in stretches.

libsndfile reads MP3, WAV, OGG (Vorbis and Opus) and FLAC; FFmpeg's libraries, which are large
and load only for it, read M4A and AAC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.audio.pcm import Samples
from engine.hushed import hushed
from engine.i18n import gettext as _

if TYPE_CHECKING:
    from av.container import InputContainer

_FORMATS = ("MP3", "WAV", "WAVEX", "OGG", "FLAC")
_BLOCK = 1 << 18

#: What libsndfile notes about a WAV that was cut short; it counts such a file's frames anew.
_CUT_WAV = "(should be"

#: How each page of an OGG begins (RFC 3533, section 6), and how long its header is in bytes.
_OGG, _OGG_HEADER = b"OggS", 27

#: The share of one side's energy below which a mix of both has lost it: a cable wired wrongly.
_CANCELLED = 0.01

#: How an MP4 begins, after four bytes; and AAC frames by themselves (ADTS, layer 0).
_MP4 = b"ftyp"
_ADTS, _ADTS_MASK = 0xFFF0, 0xFFF6


@dataclass(frozen=True, slots=True)
class Opened:
    """A sound file being read. ``rate`` in Hz; ``claimed`` is how many samples its header says.

    ``blocks`` gives them once, mono, in stretches; it raises what ``opened`` raises.
    """

    rate: int
    claimed: int
    blocks: Iterator[Samples]


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a sound file; what it is, its content says and not its name.

    Raises ChannelError: permanent when it is no sound file, of another kind, or broken;
    temporary when the disk cannot be read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
            if head[:4] == _OGG and _breaks_off(stream):
                raise broken()
            stream.seek(0)
            if head[4:8] == _MP4 or int.from_bytes(head[:2], "big") & _ADTS_MASK == _ADTS:
                with _by_ffmpeg(path) as found:
                    yield found
            else:
                with hushed():
                    sound = soundfile.SoundFile(stream)
                with sound:
                    yield _by_sndfile(sound)
    except soundfile.LibsndfileError as error:
        raise broken() from error
    except OSError as error:
        raise refused(error, path) from error


def _breaks_off(stream: BinaryIO) -> bool:
    """Say whether an OGG ends within a page; libsndfile plays such a file up to there.

    What stands behind the last page and is none, such as a tag, is no part of the sound.
    """
    end = stream.seek(0, SEEK_END)
    stream.seek(0)
    while header := stream.read(_OGG_HEADER):
        if not header.startswith(_OGG):
            return len(header) < len(_OGG) and _OGG.startswith(header)
        lengths = stream.read(header[-1])
        page_end = stream.tell() + sum(lengths)
        if len(header) < _OGG_HEADER or len(lengths) < header[-1] or page_end > end:
            return True
        stream.seek(page_end)
    return False


def broken() -> ChannelError:
    """Say that a recording cannot be read, or not to its end."""
    return unfit(_("the recording is damaged or cut short, or is no sound file"))


def unfit(reason: str) -> ChannelError:
    """Return why a recording can never air."""
    return ChannelError(reason, permanent=True)


def _by_sndfile(sound: soundfile.SoundFile) -> Opened:
    if sound.format not in _FORMATS:
        message = _("a recording is MP3, WAV, OGG, M4A or FLAC; this is {kind}")
        raise unfit(message.format(kind=sound.format))
    if _CUT_WAV in sound.extra_info:
        raise broken()
    return Opened(sound.samplerate, sound.frames, _read(sound))


def _read(sound: soundfile.SoundFile) -> Iterator[Samples]:
    while True:
        with hushed():
            block = sound.read(_BLOCK, dtype="float32", always_2d=True)
        if not len(block):
            return
        yield _mono(block)


def _mono(block: npt.NDArray[np.float32]) -> Samples:
    """Mix down; where the sides are each other's mirror image, and leave nothing, take one."""
    mixed: Samples = block.mean(axis=1)
    if np.vdot(mixed, mixed) < _CANCELLED * np.vdot(block[:, 0], block[:, 0]):
        return block[:, 0].copy()
    return mixed


@contextmanager
def _by_ffmpeg(path: Path) -> Iterator[Opened]:
    import av

    try:
        with av.open(str(path), metadata_errors="replace") as container:
            cover = av.stream.Disposition.attached_pic  # a picture on a recording is no film
            if any(cover not in pictures.disposition for pictures in container.streams.video):
                raise unfit(_("this is a film, not a recording: save its sound as M4A or MP3"))
            if not container.streams.audio:
                raise broken()
            stream = container.streams.audio[0]
            yield Opened(stream.rate, _claimed(container), _decoded(container))
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise broken() from error


def _claimed(container: InputContainer) -> int:
    """Return how many samples the header says; 0 where there is none, as in bare AAC."""
    stream = container.streams.audio[0]
    if container.format.name == "aac" or not stream.duration or not stream.time_base:
        return 0
    return round(float(stream.duration * stream.time_base) * stream.rate)


def _decoded(container: InputContainer) -> Iterator[Samples]:
    """Yield the first sound of an MP4, mixed down to mono by FFmpeg's own rules."""
    import av

    mono = av.AudioResampler(format="fltp", layout="mono")
    parts: list[Samples] = []
    length = 0
    for frame in container.decode(audio=0):
        for mixed in mono.resample(frame):
            parts.append(mixed.to_ndarray()[0])
            length += len(parts[-1])
        if length >= _BLOCK:
            yield np.concatenate(parts)
            parts, length = [], 0
    if parts:
        yield np.concatenate(parts)
