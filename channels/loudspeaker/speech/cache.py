"""Sentences that were spoken before: on disk, lossless, shared by all processes."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import soundfile

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.speech.kept import SUFFIX, USED_WITHIN
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import digest

_HASH = hashlib.sha256().digest_size


class CacheError(ChannelError):
    """The disk refuses sentences, whichever engine speaks them."""


class SpeechCache:
    """A folder of sentences, each named by the hash of all that shapes its sound.

    A file is the SHA-256 of the rest, then FLAC. Threads that want the same sentence at once
    have it spoken once; two processes may both speak it, and either's file is whole. A file
    that does not match its hash counts as missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._speaking: dict[str, Future[Pcm]] = {}

    def find(self, *identity: str) -> Pcm | None:
        """Return the sentence that ``identity`` names, or None if it is not there whole.

        Raises CacheError.
        """
        path = self._path(digest(*identity))
        try:
            data = path.read_bytes()
            _note_use(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CacheError(str(refused(error, path))) from error
        return _unpacked(data)

    def sentence(self, speak: Callable[[], Pcm], *identity: str) -> Pcm:
        """Return the sentence that ``identity`` names, calling ``speak`` if it is not there.

        Raises what ``speak`` raises, and CacheError.
        """
        key = digest(*identity)
        with self._guard:
            others = self._speaking.get(key)
            mine = self._speaking.setdefault(key, Future())
        if others is not None:
            return others.result()
        try:
            sound = self.find(*identity) or self._kept(key, speak())
            mine.set_result(sound)
            return sound
        except BaseException as error:
            mine.set_exception(error if isinstance(error, Exception) else _broken_off())
            raise
        finally:
            with self._guard:
                del self._speaking[key]

    def forget(self, *identity: str) -> None:
        """Let the sentence that ``identity`` names be spoken anew, whatever was kept of it."""
        with suppress(OSError):  # not there, or on a disk that may only be read
            self._path(digest(*identity)).unlink()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}{SUFFIX}"

    def _kept(self, key: str, sound: Pcm) -> Pcm:
        path = self._path(key)
        try:
            # Not worth waiting for the disk: what a power cut spoils fails its hash.
            write_atomic(path, _packed(sound), durable=False)
        except OSError as error:
            raise CacheError(str(refused(error, path))) from error
        return sound


def _note_use(path: Path) -> None:
    """Let a sentence that is spoken again be no old one: to within an hour, sparing the disk."""
    now = time.time()
    if now - path.stat().st_mtime > USED_WITHIN.total_seconds() / 2:
        with suppress(OSError):  # a folder that may only be read, or a file that just went
            os.utime(path, (now, now))


def _broken_off() -> ChannelError:
    return ChannelError(_("This was broken off; it is tried again."))


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
