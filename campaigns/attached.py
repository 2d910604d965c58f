"""Files that come with a campaign: inside its folder, of a known kind, of bounded size."""

from __future__ import annotations

import hashlib
import stat
import unicodedata
from pathlib import Path

from campaigns.faults import suggestion
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models import Attachment

#: The largest attachment or recording, in bytes.
MAX_FILE_BYTES = 20 * 1000 * 1000

_CHUNK = 1024 * 1024
#: Kinds by file name, and how their bytes begin; a WAV says what it is at byte 8.
_DOCUMENTS = {
    ".pdf": ("application/pdf", (b"%PDF-",), 0),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",), 0),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",), 0),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",), 0),
}
_SOUNDS = {
    ".mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"), 0),
    ".ogg": ("audio/ogg", (b"OggS",), 0),
    ".flac": ("audio/flac", (b"fLaC",), 0),
    ".wav": ("audio/wav", (b"WAVE",), 8),
}


class AttachedError(LoaError):
    """A file that a campaign names cannot be used."""


def describe(folder: Path, written: str, *, sound: bool = False) -> tuple[Attachment, Path]:
    """Return what the file ``written`` (relative to ``folder``) is, and where its bytes lie.

    Raises AttachedError: missing, outside the folder (also through a link), too big, empty,
    or of a kind other than sound (``sound``) or document.
    """
    path = _inside(folder, written)
    kinds = _SOUNDS if sound else _DOCUMENTS
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        message = _("{name}: this kind of file is not taken; allowed: {allowed}")
        raise AttachedError(message.format(name=written, allowed=", ".join(kinds)))
    media_type, beginnings, offset = kind
    try:
        sha256, size, head = _read(path, written)
    except OSError as error:
        message = _("{name} cannot be read: {reason}")
        raise AttachedError(message.format(name=written, reason=os_reason(error))) from error
    if not head[offset:].startswith(beginnings):
        message = _("{name}: its content is not that of a {suffix} file")
        raise AttachedError(message.format(name=written, suffix=path.suffix))
    name = unicodedata.normalize("NFC", path.name)
    seconds = _seconds(path, written) if sound else None
    return Attachment(name, media_type, sha256, size, seconds), path


def _seconds(path: Path, written: str) -> float:
    """Return how long a recording lasts, as its header says."""
    import soundfile  # loads the sound library: for campaigns that have a recording

    try:
        return float(soundfile.info(str(path)).duration)
    except soundfile.LibsndfileError as error:
        message = _("{name}: the recording is broken, no sound can be read from it")
        raise AttachedError(message.format(name=written)) from error


def _inside(folder: Path, written: str) -> Path:
    """Return the existing file that ``written`` names, links followed."""
    if Path(written).is_absolute() or "\\" in written or "\0" in written:
        message = _("{name}: write a path inside the campaign's folder, with /")
        raise AttachedError(message.format(name=written))
    try:
        home = folder.resolve(strict=True)
        path = _as_stored(home / written).resolve()
        exists = path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        message = _("{name} cannot be read: {reason}").format(name=written, reason=error)
        raise AttachedError(message) from error
    if not path.is_relative_to(home):
        message = _("{name} lies outside the campaign's folder")
        raise AttachedError(message.format(name=written))
    if not exists:
        near = suggestion(path.name, _names(path.parent))
        message = _("there is no file {name} in the campaign's folder{hint}")
        raise AttachedError(message.format(name=written, hint=near))
    return path


def _as_stored(path: Path) -> Path:
    """Return ``path`` under the name the disk has for it: some systems store NFD."""
    if path.exists():
        return path
    for name in _names(path.parent):
        if unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", path.name):
            return path.with_name(name)
    return path


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


def _read(path: Path, written: str) -> tuple[str, int, bytes]:
    """Return hash, size and the first 16 bytes, reading piece by piece up to the limit."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise AttachedError(_("{name} is not a file").format(name=written))
    if status.st_size > MAX_FILE_BYTES:
        raise AttachedError(_too_big(written, status.st_size))
    found, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            head = head or piece[:16]
            size += len(piece)
            if size > MAX_FILE_BYTES:
                raise AttachedError(_too_big(written, size))
            found.update(piece)
    return found.hexdigest(), size, head


def _too_big(written: str, size: int) -> str:
    return _("{name} has {size} bytes, at most {limit} are allowed").format(
        name=written, size=size, limit=MAX_FILE_BYTES
    )
