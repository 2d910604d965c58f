"""Files in a cluster's folder on a server: written whole or not at all, and taken up again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.players.contents import damaged, part_of
from channels.loudspeaker.players.sftp.account import MENDED_IN
from engine.i18n import gettext as _
from engine.models import File

if TYPE_CHECKING:
    from asyncssh import SFTPAttrs, SFTPClient, SFTPClientFile, SFTPError

T = TypeVar("T")

#: Bytes that go over the wire for one answer: few, so that a slow line answers in time.
WIRE = 128 * 1024

#: No file that Loa reads whole there is as large: manifests, playlists, notes.
_SMALL = 8 * 1024 * 1024


class Shelf:
    """One cluster's folder. Each answer is waited for ``timeout`` seconds, then TimeoutError.

    Paths are relative to ``root``. Raises asyncssh's SFTPError; ``place`` is what it was about.
    """

    def __init__(self, sftp: SFTPClient, root: str, timeout: float) -> None:
        self._sftp = sftp
        self._root = root
        self._timeout = timeout
        self.place = root

    async def size(self, name: str) -> int | None:
        """Return a file's size in bytes; None where there is none."""
        found = await self._if_there(self._ask(name, self._sftp.stat(self._at(name))))
        return found.size if found is not None else None

    async def read(self, name: str, most: int = _SMALL, offset: int = 0) -> bytes | None:
        """Return a small file whole, or ``most`` bytes of it; None where there is none."""

        async def whole() -> bytes:
            async with self._open(name, "rb") as file:
                return await self._piece(name, file, most, offset)

        return await self._if_there(whole())

    async def names(self, folder: str = "") -> list[str]:
        """Return what lies in a folder; nothing where there is none."""
        listing = self._ask(folder, self._sftp.listdir(self._at(folder)))
        found = await self._if_there(listing) or ()
        return sorted(str(name) for name in found if name not in (".", ".."))

    def at(self, root: str) -> Shelf:
        """Return another folder on the same server."""
        return Shelf(self._sftp, root, self._timeout)

    async def exists(self) -> bool:
        """Say whether the folder itself is there."""
        return _is_folder(await self._if_there(self._ask("", self._sftp.stat(self._root))))

    async def is_folder(self, name: str) -> bool:
        """Say whether a folder is there; a link to one is none."""
        return _is_folder(await self._if_there(self._ask(name, self._sftp.lstat(self._at(name)))))

    async def make_folder(self, name: str) -> None:
        await self._ask(name, self._sftp.makedirs(self._at(name), exist_ok=True))

    async def remove(self, name: str) -> None:
        await self._if_there(self._ask(name, self._sftp.remove(self._at(name))))

    async def remove_folder(self, name: str) -> None:
        await self._ask(name, self._sftp.rmdir(self._at(name)))

    async def put(self, name: str, data: bytes) -> None:
        """Write a small file all at once: a name of its own first, then its place."""
        await self.put_file(name, File.of_bytes(name, "application/octet-stream", data))

    async def put_file(self, name: str, file: File) -> None:
        """Bring a file there, unless it lies there already; what half of it is there is used.

        Nothing is taken to be right by its name or size: it is read back and compared. Raises
        ChannelError for a file that is not what its hash says, or cannot be read here.
        """
        import asyncssh  # for those who send

        if await self.size(name) == file.size and await self._hash(name) == file.sha256:
            return
        part = part_of(name, file.sha256)
        found = hashlib.sha256()
        with _Local(file) as stream:
            begun = await self._begun(part, file, stream, found)
            flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (0 if begun else asyncssh.FXF_TRUNC)
            async with self._open(part, flags) as out:
                while piece := stream.read(WIRE):
                    found.update(piece)
                    await self._ask(part, out.write(piece, begun))
                    begun += len(piece)
                with suppress(asyncssh.SFTPOpUnsupported):
                    await self._ask(part, out.fsync())
        if found.hexdigest() != file.sha256:
            await self.remove(part)
            raise damaged(file)
        if await self.size(part) != file.size:
            message = _("{place} did not arrive whole; it is sent again")
            raise ChannelError(message.format(place=self.place))
        await self._rename(part, name)

    async def free(self) -> int | None:
        """Return how many bytes have room there; None where the server does not say."""
        import asyncssh

        try:
            found = await self._ask(self.place, self._sftp.statvfs(self._root))
        except (asyncssh.SFTPError, TimeoutError):
            return None
        return found.bavail * found.frsize

    async def _begun(self, part: str, file: File, stream: _Local, found: hashlib._Hash) -> int:
        """Return how much of a file lies there that is right, and read ``stream`` past that."""
        size = await self.size(part)
        right = 0
        if size is None or size > file.size:
            return right
        async with self._open(part, "rb") as there:
            while right < size:
                piece = stream.read(min(WIRE, size - right))
                if not piece or await self._piece(part, there, len(piece), right) != piece:
                    break
                found.update(piece)
                right += len(piece)
        stream.seek(right)
        return right

    async def _hash(self, name: str) -> str:
        found, read = hashlib.sha256(), 0
        async with self._open(name, "rb") as there:
            while piece := await self._piece(name, there, WIRE, read):
                found.update(piece)
                read += len(piece)
        return found.hexdigest()

    async def _piece(self, name: str, file: SFTPClientFile, size: int, offset: int) -> bytes:
        return await self._ask(name, cast(Awaitable[bytes], file.read(size, offset)))

    async def _rename(self, part: str, name: str) -> None:
        """Give a whole file its name, in one step where the server can do so."""
        import asyncssh

        try:
            await self._ask(name, self._sftp.posix_rename(self._at(part), self._at(name)))
        except asyncssh.SFTPOpUnsupported:
            await self.remove(name)
            await self._ask(name, self._sftp.rename(self._at(part), self._at(name)))

    def _open(self, name: str, mode: str | int) -> _Opened:
        return _Opened(self, name, self._sftp.open(self._at(name), mode, encoding=None))

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    async def _if_there(self, answer: Awaitable[T]) -> T | None:
        """Return an answer; None when it is that the file or folder does not exist."""
        import asyncssh

        try:
            return await answer
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None

    async def _ask(self, name: str, answer: Awaitable[T]) -> T:
        self.place = self._at(name)
        async with asyncio.timeout(self._timeout):
            return await answer


class _Local:
    """A file of this machine's. Raises a ChannelError that says nothing against the server."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._stream: BinaryIO | None = None

    def __enter__(self) -> _Local:
        with self._told():
            self._stream = self._file.opened()
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def read(self, size: int) -> bytes:
        assert self._stream is not None
        with self._told():
            return self._stream.read(size)

    def seek(self, offset: int) -> None:
        assert self._stream is not None
        with self._told():
            self._stream.seek(offset)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            words = str(refused(error, self._file.name))
            raise ChannelError(words, retry_after=MENDED_IN) from error


class _Opened:
    """A file while it is open; opening and closing are waited for like everything else."""

    def __init__(self, shelf: Shelf, name: str, opening: Awaitable[SFTPClientFile]) -> None:
        self._shelf = shelf
        self._name = name
        self._opening = opening
        self._file: SFTPClientFile | None = None

    async def __aenter__(self) -> SFTPClientFile:
        self._file = await self._shelf._ask(self._name, self._opening)
        return self._file

    async def __aexit__(self, kind: type[BaseException] | None, *_exc: object) -> None:
        import asyncssh

        if self._file is None:
            return
        if kind is None:
            await self._shelf._ask(self._name, self._file.close())
        else:  # the first failure is the one to tell
            with suppress(asyncssh.SFTPError, TimeoutError, OSError):
                await self._shelf._ask(self._name, self._file.close())


def _is_folder(found: SFTPAttrs | None) -> bool:
    import asyncssh

    return found is not None and found.type == asyncssh.FILEXFER_TYPE_DIRECTORY


async def refusal(error: SFTPError, shelf: Shelf, needed: int) -> ChannelError:
    """Put a server's refusal into words. It may pass, when somebody has mended it there.

    OpenSSH has no word of its own for a full disk, so the disk is asked how much room it has.
    """
    import asyncssh

    place = shelf.place
    full = isinstance(error, (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded))
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        message = _("no permission to write {place}")
    elif full or await _has_no_room(error, shelf, needed):
        message = _("the disk is full: {place} cannot be written")
    else:
        message = _("{place} cannot be written or read: {reason}")
    reason = error.reason or type(error).__name__
    return ChannelError(message.format(place=place, reason=reason), retry_after=MENDED_IN)


async def _has_no_room(error: SFTPError, shelf: Shelf, needed: int) -> bool:
    import asyncssh

    if not isinstance(error, asyncssh.SFTPFailure):
        return False
    free = await shelf.free()
    return free is not None and free < needed
