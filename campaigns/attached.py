"""Files that come with a campaign: inside its folder, of a known kind, of bounded size."""

from __future__ import annotations

import hashlib
import math
import stat
import unicodedata
from pathlib import Path

from campaigns import harmless, sounds
from campaigns.faults import suggestion
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models import Attachment

#: The largest attachment, in bytes; and the largest recording: half an hour of plain WAV.
MAX_FILE_BYTES = 20 * 1000 * 1000
MAX_SOUND_BYTES = 200 * 1000 * 1000

_CHUNK = 1024 * 1024
#: Kinds of document by file name, and how their bytes begin.
_DOCUMENTS = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
}


class AttachedError(LoaError):
    """A file that a campaign names cannot be used."""


def describe(folder: Path, written: str, *, sound: bool = False) -> tuple[Attachment, Path]:
    """Return what the file ``written`` (relative to ``folder``) is, and where its bytes lie.

    Raises AttachedError: missing, outside the folder (also through a link), too big, empty,
    or of a kind other than sound (``sound``) or document. A sound is what its content says,
    whatever sound its name ends in: phones and chat apps rename what they pass on.
    """
    path = _inside(folder, written)
    allowed = sounds.ENDINGS if sound else tuple(_DOCUMENTS)
    if path.suffix.lower() not in allowed:
        message = _("{name}: this kind of file is not taken; allowed: {allowed}")
        raise AttachedError(message.format(name=written, allowed=", ".join(allowed)))
    try:
        sha256, size, head = _read(path, written, MAX_SOUND_BYTES if sound else MAX_FILE_BYTES)
    except OSError as error:
        message = _("{name} cannot be read: {reason}")
        raise AttachedError(message.format(name=written, reason=os_reason(error))) from error
    name = unicodedata.normalize("NFC", path.name)
    if not sound:
        return Attachment(name, _document(path, written, head), sha256, size), path
    try:
        kind = sounds.kind_of(head)
        return Attachment(name, kind.media_type, sha256, size, sounds.seconds(path, kind)), path
    except ValueError as error:
        raise AttachedError(f"{written}: {error}") from error


def _document(path: Path, written: str, head: bytes) -> str:
    """Return a document's media type, which its ending names and its content must bear out."""
    media_type, beginning = _DOCUMENTS[path.suffix.lower()]
    if not head.startswith(beginning):
        message = _("{name}: its content is not that of a {suffix} file")
        raise AttachedError(message.format(name=written, suffix=path.suffix))
    try:
        harmless.check(path.suffix.lower(), path.read_bytes())
    except OSError as error:
        message = _("{name} cannot be read: {reason}")
        raise AttachedError(message.format(name=written, reason=os_reason(error))) from error
    except ValueError as error:
        raise AttachedError(f"{written}: {error}") from error
    return media_type


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


def _read(path: Path, written: str, limit: int) -> tuple[str, int, bytes]:
    """Return hash, size and the first bytes, reading piece by piece up to the limit."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise AttachedError(_("{name} is not a file").format(name=written))
    if status.st_size > limit:
        raise AttachedError(_too_big(written, status.st_size, limit))
    found, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            head = head or piece[: sounds.HEAD]
            size += len(piece)
            if size > limit:
                raise AttachedError(_too_big(written, size, limit))
            found.update(piece)
    return found.hexdigest(), size, head


def _too_big(written: str, size: int, limit: int) -> str:
    if limit == MAX_SOUND_BYTES:
        message = _(
            "{name} has {size} MB, a recording at most {limit} MB: save it as MP3 or M4A, or cut it"
        )
        size, limit = math.ceil(size / 1_000_000), limit // 1_000_000
    else:
        message = _("{name} has {size} bytes, at most {limit} are allowed")
    return message.format(name=written, size=size, limit=limit)
