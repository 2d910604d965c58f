"""Opening any sound file for hearing: mono, stretch by stretch, at its own rate."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import soundfile

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.proof.bands import Signal
from engine.hushed import hushed
from engine.i18n import gettext as _

#: Seconds that are decoded at once.
_STRETCH = 4


@contextmanager
def opened(source: Path | bytes) -> Iterator[tuple[int, Iterator[Signal]]]:
    """Open a sound file; yield its rate and its stretches, full scale at ±1.

    Raises ChannelError: permanent when it is no sound file that can be read, temporary when
    the disk refuses.
    """
    try:
        with (
            io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream,
            _sound_file(stream) as sound,
            # Closed before the file is: nobody may still be decoding it then.
            closing(_ahead(_stretches(sound))) as stretches,
        ):
            yield sound.samplerate, stretches
    except soundfile.LibsndfileError as error:
        raise ChannelError(
            _("this is no sound file that can be read, or it is damaged"), permanent=True
        ) from error
    except OSError as error:
        raise refused(error, source if isinstance(source, Path) else "") from error


def _sound_file(stream: BinaryIO) -> soundfile.SoundFile:
    with hushed():
        return soundfile.SoundFile(stream)


def _ahead(stretches: Iterator[Signal]) -> Generator[Signal]:
    """Yield ``stretches``; the next one is decoded while its predecessor is worked on."""
    with ThreadPoolExecutor(1, thread_name_prefix="loa-decoder") as thread:
        coming = thread.submit(next, stretches, None)
        while (stretch := coming.result()) is not None:
            coming = thread.submit(next, stretches, None)
            yield stretch


def _stretches(sound: soundfile.SoundFile) -> Iterator[Signal]:
    # Not ``blocks``: it trusts the frame count, which MP3 headers only estimate.
    while True:
        with hushed():
            block = sound.read(_STRETCH * sound.samplerate, dtype="float32")
        if not len(block):
            return
        yield block if block.ndim == 1 else block.mean(axis=1)
