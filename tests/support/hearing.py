"""Which of some known sounds a recording holds, when, and how much of each: an ear of our own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.error import InvalidDataError
from scipy.signal import fftconvolve, resample_poly

from channels.loudspeaker.audio import mp3

Signal = npt.NDArray[np.float64]

#: Samples a second at which sounds are compared, and seconds of a piece that is looked for.
_RATE = 8_000
_PIECE = 0.5

#: A piece that is so much alike is that piece; another one's is below 0.2.
_ALIKE = 0.6


@dataclass(frozen=True)
class Heard:
    """A stretch of a sound: ``first`` and ``last`` piece, and the second at which it began."""

    name: str
    at: float
    first: int
    last: int


def melody(seed: int, seconds: float) -> bytes:
    """Return an MP3 that is like no other one: tones that nobody composed, over some noise."""
    random = np.random.default_rng(seed)
    steps = int(np.ceil(seconds * 10))
    tones = np.repeat(random.uniform(300, 3_000, steps), 4_410)[: round(seconds * 44_100)]
    phase = 2 * np.pi * np.cumsum(tones) / 44_100
    signal = 0.3 * np.sin(phase) + 0.02 * random.standard_normal(len(phase))
    return mp3.encode([signal.astype("float32")])


def pieces_of(sound: bytes) -> int:
    """Return how many pieces a sound has: what was heard of it whole ends with the last."""
    return int(len(_heard(sound)) / (_RATE * _PIECE))


def heard_in(recording: bytes, sounds: Mapping[str, bytes]) -> list[Heard]:
    """Return every stretch of ``sounds`` that ``recording`` holds, in its order."""
    signal = _heard(recording)
    energy = np.sqrt(np.maximum(_sums(signal**2, int(_RATE * _PIECE)), 1e-6))
    found: list[Heard] = []
    for name, sound in sounds.items():
        whole = _heard(sound)
        size = int(_RATE * _PIECE)
        for number in range(pieces_of(sound)):
            piece = whole[number * size : (number + 1) * size]
            for at in _places(signal, energy, piece):
                _add(found, name, number, at / _RATE)
    return sorted(found, key=lambda one: one.at)


def _add(found: list[Heard], name: str, number: int, at: float) -> None:
    """Join a piece to the stretch that it goes on with."""
    for place, one in enumerate(found):
        due = one.at + (one.last + 1 - one.first) * _PIECE
        if one.name == name and one.last == number - 1 and abs(due - at) < 0.1:
            found[place] = Heard(name, one.at, one.first, number)
            return
    found.append(Heard(name, at, number, number))


def _places(signal: Signal, energy: Signal, piece: Signal) -> list[int]:
    alike = fftconvolve(signal, piece[::-1], mode="valid") / (energy * np.linalg.norm(piece))
    places: list[int] = []
    while alike.size and alike.max() > _ALIKE:
        at = int(alike.argmax())
        places.append(at)
        alike[max(0, at - len(piece)) : at + len(piece)] = 0
    return places


def _sums(values: Signal, width: int) -> Signal:
    added = np.concatenate([[0.0], np.cumsum(values)])
    sums: Signal = added[width:] - added[:-width]
    return sums


def _heard(sound: bytes) -> Signal:
    """Decode a file, or a part of a stream that begins and ends within a frame."""
    with av.open(io.BytesIO(sound), format="mp3") as container:
        frames = [frame.to_ndarray().mean(axis=0) for frame in _frames(container)]
    heard: Signal = resample_poly(np.concatenate(frames).astype(np.float64), _RATE, 44_100)
    return heard


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    for packet in container.demux(audio=0):
        with suppress(InvalidDataError):  # the rest of a frame that began before we listened
            yield from packet.decode()
