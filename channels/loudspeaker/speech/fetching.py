"""Bringing one file here from an address or a path: continued where it stopped, checked whole.

Until the file is proved it lies beside its place under a hidden name; what does not prove
leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason

if TYPE_CHECKING:
    import httpx

#: Bytes of the largest voice that is taken: the largest Piper voices have 120 MB.
LARGEST = 1 << 30

#: How often in a row a connection may break without a single new byte.
_TRIES = 4

_CHUNK = 1 << 20

#: Told of progress: bytes that are here, and of how many, None where nobody knows.
Progress = Callable[[int, int | None], None]


def fetch(
    source: str,
    part: Path,
    sha256: str,
    progress: Progress = lambda _here, _whole: None,
    *,
    patience: float = 30.0,
) -> None:
    """Put what ``source`` holds at ``part``, if its SHA-256 is the given one.

    ``source`` is an http(s) address or the path of a file; ``patience`` is how many seconds the
    next bytes may take. A download that broke off is continued, here and in the next call,
    where the server can. Raises LoaError: a wrong hash or a full disk leaves nothing behind, a
    line that broke leaves what came.
    """
    try:
        if is_address(source):
            _download(_Line(source, patience), part, sha256, progress)
        else:
            _copy(Path(source), part, progress)
            _prove(part, sha256, source)
    except OSError as error:
        if error.errno == ENOSPC:
            part.unlink(missing_ok=True)
        raise LoaError(f"{error.filename or part}: {os_reason(error)}") from error


def small(address: str, *, most: int = 1 << 20, patience: float = 30.0) -> bytes:
    """Return what an address holds, of at most ``most`` bytes. Raises LoaError."""
    import httpx

    try:
        with _Line(address, patience).open() as client, client.stream("GET", address) as answer:
            _refuse(answer)
            found = b""
            for part in answer.iter_bytes():
                found += part
                if len(found) > most:
                    message = _("{address}: this is too large to be the settings of a voice")
                    raise LoaError(message.format(address=address))
            return found
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise LoaError(f"{address}: {reason}") from error


def is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _copy(source: Path, part: Path, progress: Progress) -> None:
    with source.open("rb") as incoming, part.open("wb") as outgoing:
        size = os.fstat(incoming.fileno()).st_size
        _refuse_what_does_not_fit(part, size)
        while chunk := incoming.read(_CHUNK):
            outgoing.write(chunk)
            progress(outgoing.tell(), size)
        _settle(outgoing)


@dataclass(frozen=True, slots=True)
class _Line:
    """An address, and how many seconds its next bytes may take."""

    address: str
    patience: float

    def open(self) -> httpx.Client:
        import httpx

        timeout = httpx.Timeout(self.patience, connect=min(self.patience, 10.0))
        return httpx.Client(follow_redirects=True, timeout=timeout)


def _download(line: _Line, part: Path, sha256: str, progress: Progress) -> None:
    """Download until the hash is right. Raises LoaError, OSError."""
    continued = part.exists()
    _download_all(line, part, progress)
    try:
        _prove(part, sha256, line.address)
    except LoaError:
        if not continued:
            raise
        # What came the other day may have been of another file: once more, from the start.
        _download_all(line, part, progress)
        _prove(part, sha256, line.address)


def _download_all(line: _Line, part: Path, progress: Progress) -> None:
    """Ask until all of it is here, going on where the last connection broke."""
    import httpx

    tries = 0
    while True:
        before = _size(part)
        try:
            with line.open() as client:
                _one_connection(client, line.address, part, progress)
            return
        except httpx.HTTPError as error:
            tries = 1 if _size(part) > before else tries + 1
            if tries >= _TRIES:
                message = _("{address}: {reason}; what came is kept: the same command goes on")
                reason = str(error) or type(error).__name__
                raise LoaError(message.format(address=line.address, reason=reason)) from error
        except httpx.InvalidURL as error:
            raise LoaError(f"{line.address}: {error}") from error


def _one_connection(client: httpx.Client, address: str, part: Path, progress: Progress) -> None:
    """Add to ``part`` what one connection brings. Raises httpx.HTTPError when it breaks."""
    have = _size(part)
    # Compressed on the way, bytes could not be counted.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", address, headers=headers) as answer:
        if answer.status_code == 416 and have:
            return  # nothing comes after what is here: the hash tells whether it is all
        _refuse(answer)
        begins = _first_byte(answer, have)
        length = answer.headers.get("Content-Length", "")
        whole = begins + int(length) if length.isdecimal() else None
        _refuse_what_does_not_fit(part, (whole or 0) - begins)
        with part.open("r+b" if begins else "wb") as file:
            file.seek(begins)
            file.truncate()
            for chunk in answer.iter_raw():  # in pieces of a size, the last would be lost
                file.write(chunk)
                if file.tell() > LARGEST:
                    _refuse_what_does_not_fit(part, file.tell())
                progress(file.tell(), whole)
            _settle(file)


def _refuse(answer: httpx.Response) -> None:
    """Raises LoaError for an answer that is none."""
    if not answer.is_success:
        message = _("{address}: the server answers {status} {reason}")
        status, reason = answer.status_code, answer.reason_phrase
        raise LoaError(message.format(address=answer.url, status=status, reason=reason))


def _first_byte(answer: httpx.Response, wanted: int) -> int:
    """Return which byte of the file an answer begins with: 0 when it sends all of it again."""
    if answer.status_code != 206:
        return 0
    said = answer.headers.get("Content-Range", "")
    if said.startswith(f"bytes {wanted}-"):
        return wanted
    message = _("{address}: the server sends another part than the one asked for ({said})")
    raise LoaError(message.format(address=answer.url, said=said or "–"))


def _refuse_what_does_not_fit(part: Path, coming: int) -> None:
    """Raises LoaError, and OSError as a full disk would, before the disk is full."""
    if coming > LARGEST:
        part.unlink(missing_ok=True)
        message = _("this file has {size} MB; a voice has {largest} MB at most")
        raise LoaError(message.format(size=coming // 1_000_000, largest=LARGEST // 1_000_000))
    if coming > shutil.disk_usage(part.parent).free:
        raise OSError(ENOSPC, os.strerror(ENOSPC), str(part.parent))


def _prove(part: Path, sha256: str, source: str) -> None:
    """Raises LoaError, and removes ``part``, when it is not what was wanted."""
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256.lower():
        part.unlink()
        raise wrong_hash(source, found, sha256)


def wrong_hash(source: str, found: str, wanted: str) -> LoaError:
    message = _("{source}: its SHA-256 is {found}, not {wanted}: nothing was installed")
    return LoaError(message.format(source=source, found=found, wanted=wanted.lower()))


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _size(part: Path) -> int:
    with suppress(FileNotFoundError):
        return part.stat().st_size
    return 0
