"""Voices that are files: a Piper model ``NAME.onnx`` and beside it ``NAME.onnx.json``."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.loudspeaker.speech.engine import Voice
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason

MODEL, CONFIG = ".onnx", ".onnx.json"

#: How a voice's text becomes sounds, as far as it can without another download.
_PHONEMES = frozenset({"espeak", "text"})

#: What ``os.stat`` tells of a file that has not been touched.
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """A voice on disk. ``speakers`` is how many people speak in it."""

    voice: Voice
    model: Path
    config: Path
    speakers: int


class VoiceFiles:
    """The voices in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Path, tuple[_Stamp, str]] = {}
        self._guard = threading.Lock()

    def found(self) -> Iterator[VoiceFile]:
        """Yield the voices that can be used, by name; a file that is none is left out."""
        for path in sorted(self.folder.glob(f"*{MODEL}")):
            try:
                yield self.named(path.name.removesuffix(MODEL))
            except LoaError:
                continue

    def named(self, voice: str) -> VoiceFile:
        """Return the voice of that name. Raises LoaError that says what is missing or wrong."""
        if not voice:
            message = _("no voice is chosen: loa voices install …, then piper_voice in loa.toml")
            raise LoaError(message)
        name, speaker = split(voice)
        model, config = self.folder / f"{name}{MODEL}", self.folder / f"{name}{CONFIG}"
        if not name or model.parent != self.folder or not model.is_file():
            message = _("there is no voice “{voice}” in {folder}: loa voices install {voice} …")
            raise LoaError(message.format(voice=name, folder=self.folder))
        try:
            found = read_voice(name, model, config, config.read_bytes())
        except OSError as error:
            raise LoaError(f"{config}: {os_reason(error)}") from error
        if speaker is not None and speaker >= found.speakers:
            message = _("the voice “{voice}” has {count} speakers, numbered from 0")
            raise LoaError(message.format(voice=name, count=found.speakers))
        return found

    def fingerprint(self, voice: str) -> str:
        """Return the hash of all files of a voice. Files are read again when they have changed.

        Raises LoaError.
        """
        file = self.named(voice)
        try:
            hashes = [self._hash(path) for path in (file.model, file.config)]
        except OSError as error:
            raise LoaError(f"{error.filename}: {os_reason(error)}") from error
        return fingerprint_of(*hashes)

    def _hash(self, path: Path) -> str:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        with self._guard:
            known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        with self._guard:
            self._known[path] = (stamp, found)
        return found


def split(voice: str) -> tuple[str, int | None]:
    """Return a voice's name and which speaker of it: ``vivos#12`` is speaker 12 of vivos.

    Raises LoaError for a speaker that is no number.
    """
    name, marked, speaker = voice.partition("#")
    if marked and not (speaker.isascii() and speaker.isdecimal()):
        message = _("“{voice}”: a speaker is a number, as in {name}#0")
        raise LoaError(message.format(voice=voice, name=name))
    return name, int(speaker) if marked else None


def fingerprint_of(model_sha256: str, config_sha256: str) -> str:
    """Return one name for a model with its settings."""
    return hashlib.sha256(f"{model_sha256}/{config_sha256}".encode()).hexdigest()


def read_voice(name: str, model: Path, config: Path, written: bytes) -> VoiceFile:
    """Read a voice's settings. Raises LoaError for what no Piper voice has."""
    try:
        found: Any = json.loads(written)
        rate, speakers = int(found["audio"]["sample_rate"]), int(found.get("num_speakers", 1))
        language = str(found["espeak"]["voice"])
        phonemes = str(found.get("phoneme_type", "espeak"))
        known = bool(found["phoneme_id_map"])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        message = _("{file}: these are no settings of a Piper voice ({reason})")
        raise LoaError(message.format(file=config.name, reason=_missing(error))) from error
    if not known or not 8_000 <= rate <= 48_000 or speakers < 1 or phonemes not in _PHONEMES:
        message = _("{file}: this Piper voice is of a kind that Loa cannot use")
        raise LoaError(message.format(file=config.name))
    return VoiceFile(Voice(name, language.split("-")[0], rate), model, config, speakers)


def _missing(error: Exception) -> str:
    return _("{key} is missing").format(key=error) if isinstance(error, KeyError) else str(error)
