"""The program ffmpeg as a second opinion: its MP3 decoder, and its meter after EBU R 128."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from support.sound import Signal


def decoded(mp3: bytes, rate: int = 44_100) -> Signal:
    """Return what ffmpeg hears of a file."""
    raw = _run("-i", "pipe:0", "-f", "f32le", "-ac", "1", "-ar", str(rate), "-", given=mp3).stdout
    return np.frombuffer(raw, dtype="<f4").astype(np.float64)


def levels(file: bytes) -> tuple[float, float]:
    """Return integrated LUFS and true peak, dBTP."""
    told = _run(
        "-i", "pipe:0", "-af", "ebur128=peak=true", "-f", "null", "-", given=file
    ).stderr.decode()
    summary = told[told.rindex("Summary:") :]
    integrated = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)
    assert integrated is not None
    assert peak is not None
    return float(integrated[1]), float(peak[1])


def chapters(path: Path) -> list[tuple[str, float]]:
    """Return (title, second at which it begins) of a file's chapters, in order."""
    told = _run("-i", str(path), "-f", "ffmetadata", "-").stdout.decode()
    found = []
    for part in told.split("[CHAPTER]")[1:]:
        values = dict(line.split("=", 1) for line in part.strip().splitlines() if "=" in line)
        ticks, a_second = map(int, values["TIMEBASE"].split("/"))
        found.append((values["title"], int(values["START"]) * ticks / a_second))
    return found


def loudnorm(source: Path, target: Path) -> None:
    """Master a sound file as people do who have ffmpeg: one pass of its filter, one MP3."""
    _run(
        "-y", "-i", str(source), "-af", "loudnorm=I=-16:TP=-1:LRA=11",
        "-ar", "44100", "-ac", "1", "-b:a", "128k", str(target),
    )  # fmt: skip


def _run(*arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *arguments]
    if given is not None:
        command.remove("-nostdin")
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done
