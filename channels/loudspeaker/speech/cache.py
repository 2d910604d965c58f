"""Sentences that were spoken before: on disk, lossless, shared by all processes."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import soundfile

from channels.disk import refused
from channels.loudspeaker.audio.pcm import Pcm
from engine.files import write_atomic
from engine.models import digest

_DAY = 86_400.0
_HASH = hashlib.sha256().digest_size


class SpeechCache:
    """A folder of sentences, each named by the hash of all that shapes its sound.

    A file is the SHA-256 of the rest, then FLAC. Two processes that speak the same sentence at
    once write the same bytes; a file that does not match its hash counts as missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sentence(self, speak: Callable[[], Pcm], *identity: str) -> Pcm:
        """Return the sentence that ``identity`` names, calling ``speak`` if it is not there.

        Raises ChannelError: what ``speak`` raises, or temporary when the disk refuses.
        """
        key = digest(*identity)
        path = self._folder / key[:2] / f"{key}.sentence"
        try:
            kept = _unpacked(path.read_bytes())
            _note_use(path)
        except FileNotFoundError:
            kept = None
        except OSError as error:
            raise refused(error, path) from error
        return kept or self._keep(path, speak())

    def forget(self, *identity: str) -> None:
        """Let the sentence that ``identity`` names be spoken anew, whatever was kept of it."""
        key = digest(*identity)
        with suppress(OSError):  # not there, or on a disk that may only be read
            (self._folder / key[:2] / f"{key}.sentence").unlink()

    def _keep(self, path: Path, sound: Pcm) -> Pcm:
        try:
            write_atomic(path, _packed(sound))
        except OSError as error:
            raise refused(error, path) from error
        return sound


def _note_use(path: Path) -> None:
    """Let a sentence that is spoken again be no old one: to within a day, sparing the disk."""
    now = time.time()
    if now - path.stat().st_mtime > _DAY:
        with suppress(OSError):  # a folder that may only be read
            os.utime(path, (now, now))


def _packed(sound: Pcm) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound.samples, sound.rate, format="FLAC", subtype="PCM_16")
    flac = file.getvalue()
    return hashlib.sha256(flac).digest() + flac


def _unpacked(data: bytes) -> Pcm | None:
    """Return the sound, or None when the file is damaged."""
    flac = data[_HASH:]
    if hashlib.sha256(flac).digest() != data[:_HASH]:
        return None
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    return Pcm(samples, rate)
