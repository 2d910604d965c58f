"""Sound files that people bring: checked before they may air, then mono at the output rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.audio.pcm import RATE, Samples
from channels.loudspeaker.audio.terms import MAX_SECONDS
from engine.i18n import gettext as _

_FORMATS = ("MP3", "WAV", "WAVEX", "OGG", "FLAC")
_BLOCK = 1 << 18

#: A file that was cut short ends before its header says; MP3 headers may be off by a few frames.
_MISSING = 0.02

#: What libsndfile notes about a WAV that was cut short; it counts such a file's frames anew.
_CUT_WAV = "(should be"


def read_recording(path: Path) -> Samples:
    """Return an MP3, WAV, OGG or FLAC file as mono at RATE.

    Raises ChannelError: permanent when the file is empty, of another kind, broken, cut short
    or longer than MAX_SECONDS; temporary when the disk cannot be read. Only an OGG that was cut
    short cannot be told from a shorter one.
    """
    try:
        with path.open("rb") as stream, soundfile.SoundFile(stream) as sound:
            return _mono(sound)
    except soundfile.LibsndfileError as error:
        raise _broken() from error
    except OSError as error:
        raise refused(error, path) from error


def _mono(sound: soundfile.SoundFile) -> Samples:
    if sound.format not in _FORMATS:
        raise _unfit(
            _("a recording is MP3, WAV, OGG or FLAC; this is {kind}").format(kind=sound.format)
        )
    if _CUT_WAV in sound.extra_info:
        raise _broken()
    if sound.frames == 0:
        raise _unfit(_("the recording is empty"))
    resampler = soxr.ResampleStream(sound.samplerate, RATE, 1, dtype="float32")
    parts, frames = [], 0
    while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True)):
        frames += len(block)
        if frames > MAX_SECONDS * sound.samplerate:
            raise _unfit(
                _("the recording is longer than {minutes} minutes").format(
                    minutes=MAX_SECONDS // 60
                )
            )
        if not np.isfinite(block).all():
            raise _broken()
        parts.append(resampler.resample_chunk(block.mean(axis=1)))
    if frames < sound.frames * (1 - _MISSING):
        raise _broken()
    parts.append(resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    return np.concatenate(parts)


def _broken() -> ChannelError:
    return _unfit(_("the recording is damaged or cut short, or is no sound file"))


def _unfit(reason: str) -> ChannelError:
    return ChannelError(reason, permanent=True)
