"""Installing a Piper voice: its two files, proved, into a folder of voices."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from channels.loudspeaker.speech.fetching import Progress, fetch, is_address, small, wrong_hash
from channels.loudspeaker.speech.voice_files import CONFIG, MODEL, VoiceFile, read_voice
from engine.errors import LoaError
from engine.files import sync_folder, write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def _nobody(_here: int, _whole: int | None) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A voice to install.

    ``source`` and ``config`` are addresses or paths; ``config`` empty: beside the model, with
    ``.json`` behind its name. A hash of the settings that is empty is not checked.
    """

    name: str
    source: str
    sha256: str
    config: str = ""
    config_sha256: str = ""


def install(
    wanted: Wanted, folder: Path, *, replace: bool = False, progress: Progress = _nobody
) -> VoiceFile:
    """Install a voice into ``folder`` and return it.

    Both files are proved before either takes its place. Raises LoaError for what is no voice,
    has another hash, does not come or does not fit; a voice of that name that is there already
    is only replaced by ``replace``.
    """
    _check(wanted)
    model, config = folder / f"{wanted.name}{MODEL}", folder / f"{wanted.name}{CONFIG}"
    if model.exists() and not replace:
        message = _("{path} is there already: --replace puts the new one in its place")
        raise LoaError(message.format(path=model))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder):
            return _installed(wanted, model, config, progress)
    except BlockingIOError as error:
        message = _("a voice is being installed in {folder} at this moment: wait until it is done")
        raise LoaError(message.format(folder=folder)) from error
    except OSError as error:
        raise LoaError(f"{error.filename or folder}: {os_reason(error)}") from error


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder itself: a lock that leaves no file, and dies with the process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _check(wanted: Wanted) -> None:
    if not NAME.fullmatch(wanted.name):
        message = _("“{name}”: a voice's name has letters a–z, digits, dots, hyphens, underscores")
        raise LoaError(message.format(name=wanted.name))
    for found in filter(None, (wanted.sha256, wanted.config_sha256)):
        if not SHA256.fullmatch(found):
            message = _("“{found}” is no SHA-256: it has 64 characters, 0–9 and a–f")
            raise LoaError(message.format(found=found))


def _installed(wanted: Wanted, model: Path, config: Path, progress: Progress) -> VoiceFile:
    """The settings come first: they are small, and tell whether it is a voice at all."""
    written = _settings(wanted)
    voice = read_voice(wanted.name, model, config, written)
    part = model.with_name(f".{wanted.name}.{wanted.sha256[:16].lower()}.part")
    fetch(wanted.source, part, wanted.sha256, progress)
    # A model without settings is no voice yet, so it is the model that makes it one.
    write_atomic(config, written)
    part.replace(model)
    sync_folder(model.parent)
    for other in model.parent.glob(f".{wanted.name}.{'[0-9a-f]' * 16}.part"):
        other.unlink()
    return voice


def _settings(wanted: Wanted) -> bytes:
    """Return the voice's settings. Raises LoaError, OSError."""
    source = wanted.config or _beside(wanted.source)
    written = small(source) if is_address(source) else Path(source).read_bytes()
    found = hashlib.sha256(written).hexdigest()
    if wanted.config_sha256 and found != wanted.config_sha256.lower():
        raise wrong_hash(source, found, wanted.config_sha256)
    return written


def _beside(source: str) -> str:
    """Return where a model's settings are: ``.json`` behind its name, before any question.

    Raises LoaError for what is no address.
    """
    if not is_address(source):
        return f"{source}.json"
    try:
        parts = urlsplit(source)
    except ValueError as error:
        raise LoaError(f"{source}: {error}") from error
    return urlunsplit(parts._replace(path=f"{parts.path}.json"))
