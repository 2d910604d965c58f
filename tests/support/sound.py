"""Sound for tests: made-up signals, and a second opinion on loudness and true peak."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from scipy.signal import lfilter, resample_poly

Signal = npt.NDArray[np.float64]

#: ITU-R BS.1770-4, tables 1 and 2: the K-weighting filters at 48 kHz, as printed there.
_SHELF = (
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1.0, -1.69065929318241, 0.73248077421585],
)
_HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def decoded(mp3: bytes) -> Signal:
    """Return what a player hears of a mono MP3 at 44.1 kHz."""
    samples, rate = soundfile.read(io.BytesIO(mp3), dtype="float64")
    assert rate == 44_100
    assert samples.ndim == 1
    return samples


def loudness(samples: Signal, rate: int = 44_100) -> float:
    """Return integrated LUFS, the plain way: the whole signal, at 48 kHz, block by block."""
    signal = soxr.resample(samples, rate, 48_000)
    weighted = lfilter(*_HIGH_PASS, lfilter(*_SHELF, signal))
    starts = range(0, len(weighted) - 19_200 + 1, 4_800)
    energies = np.array([np.mean(weighted[n : n + 19_200] ** 2) for n in starts])
    levels = -0.691 + 10 * np.log10(np.maximum(energies, 1e-12))
    gate = -0.691 + 10 * np.log10(energies[levels > -70].mean()) - 10
    counted = energies[(levels > -70) & (levels > gate)]
    return float(-0.691 + 10 * np.log10(counted.mean()))


def true_peak(samples: Signal) -> float:
    """Return dBTP at eightfold oversampling, twice what the standard asks for."""
    oversampled = resample_poly(samples, 8, 1, window=("kaiser", 9.0))
    return float(20 * np.log10(np.abs(oversampled).max()))


def murmur(seconds: float, level: float = 0.1, rate: int = 44_100) -> Signal:
    """Return something like speech: noise with a voice's spectrum, in syllables with pauses."""
    random = np.random.default_rng(7)
    time = np.arange(round(seconds * rate)) / rate
    noise = lfilter([1.0], [1.0, -0.95], random.standard_normal(len(time)))
    syllables = np.clip(np.sin(2 * np.pi * 2.7 * time), 0, None) ** 2
    voice: Signal = noise * syllables
    return level * voice / np.abs(voice).max()


def recorded(path: Path, samples: Any, rate: int = 44_100) -> Path:
    """Write ``samples`` as a phone would: AAC in an MP4 and by itself, Opus in an OGG."""
    if path.suffix in (".m4a", ".mp4", ".aac"):
        return _aac(path, samples, rate)
    how = {".opus": {"format": "OGG", "subtype": "OPUS"}, ".mp3": {"format": "MP3"}}
    if path.suffix == ".opus":
        samples, rate = soxr.resample(samples, rate, 48_000), 48_000
    return sound_file(path, samples, rate, **how.get(path.suffix, {}))


def _aac(path: Path, samples: Any, rate: int) -> Path:
    kind = "adts" if path.suffix == ".aac" else "mp4"
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream("aac", rate=rate, layout="mono")
        for start in range(0, len(samples), 1024):
            block = np.asarray(samples[start : start + 1024], dtype=np.float32)[None, :]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def header_first(path: Path) -> Path:
    """Return the same MP4 with its header before its sound, as for streaming."""
    moved = path.with_stem(f"{path.stem}-header-first")
    with (
        av.open(str(path)) as source,
        av.open(str(moved), "w", format="mp4", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return moved


def film(path: Path, seconds: float) -> Path:
    """Write a small film."""
    with av.open(str(path), "w", format="mp4") as container:
        pictures = container.add_stream("mpeg4", rate=10)
        pictures.width = pictures.height = 64
        for number in range(round(seconds * 10)):
            picture = av.VideoFrame.from_ndarray(
                np.full((64, 64, 3), number, dtype=np.uint8), format="rgb24"
            )
            container.mux(pictures.encode(picture))
        container.mux(pictures.encode(None))
    return path


def sound_file(path: Path, samples: Any, rate: int = 44_100, **how: str) -> Path:
    """Write ``samples``; the ending of ``path`` decides the kind of file."""
    soundfile.write(path, samples, rate, **how)
    return path
