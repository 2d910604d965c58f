"""Publishing at once: a second tree is made complete, then the two change places.

Beside the site ``portal/`` lies ``.portal.next/``, with the same files under hard links. A
publication writes into that one, has it on the disk, and swaps the two folders in one system
call (``renameat2`` with ``RENAME_EXCHANGE``, Linux since 3.15). Then the old tree is brought up
to date with links, file by file changed. So readers see the old site or the new one, whatever
ends the process; and the cost is that of what changed.

``.portal.same`` says that the two trees are alike. It is removed before the first change and
written after the last one: where it is missing, the second tree is made again from the site.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from engine.files import sync_folder

#: Up to so many new files are synced one by one; more of them with the whole file system.
_FEW = 400

#: How many of them at the same time.
_HANDS = 16

_EXCHANGE = 2
_HERE = -100
_libc = ctypes.CDLL(None, use_errno=True)

#: What a system or a file system says that cannot swap two folders.
_UNABLE = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def write_new(path: Path, data: bytes) -> None:
    """Write a new file; ``Publication`` has it on the disk before anybody can see it."""
    with path.open("xb") as file:
        file.write(data)


class Publication:
    """Files of a site that go public together, by ``commit``; left early it changes nothing.

    Not for two at a time: the caller holds the site's lock. Raises OSError.
    """

    def __init__(self, root: Path, write: Callable[[Path, bytes], None] = write_new) -> None:
        self._root = root
        self._next = root.with_name(f".{root.name}.next")
        self._old = root.with_name(f".{root.name}.old")
        self._same = root.with_name(f".{root.name}.same")
        self._write = write
        self._written: dict[str, None] = {}
        self._removed: dict[str, None] = {}
        self._opened = False

    def __enter__(self) -> Publication:
        recover(self._root)
        self._root.parent.mkdir(parents=True, exist_ok=True)
        if self._root.exists() and not self._root.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self._root))
        return self

    def put(self, name: str, data: bytes) -> None:
        """Have ``data`` as the file ``name`` of the site, unless it holds just that already."""
        changed = name in self._written or name in self._removed
        if not changed and _holds(self._root / name, data):
            return
        self._open()
        path = self._next / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # never into a file: the site has it, too
        self._removed.pop(name, None)
        self._written[name] = None
        self._write(path, data)

    def remove(self, name: str) -> None:
        """Have no file ``name`` in the site any more."""
        if name in self._written or (self._root / name).exists():
            self._open()
            (self._next / name).unlink(missing_ok=True)
            self._written.pop(name, None)
            self._removed[name] = None

    def commit(self) -> None:
        """Make everything public at once."""
        if not self._opened:
            return
        _sync(self._next, self._written)
        since = _latest(self._next)
        self._swap()
        for name in self._written:
            _link(self._root / name, self._next / name)
        for name in self._removed:
            (self._next / name).unlink(missing_ok=True)
        self._opened = False
        alike = [self._root.stat().st_ino, self._next.stat().st_ino, since]
        self._same.write_text(json.dumps(alike), encoding="ascii")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opened:  # a full disk gets its room back
            shutil.rmtree(self._next, ignore_errors=True)

    def _open(self) -> None:
        """Make the second tree like the site, before the first change."""
        if self._opened:
            return
        since = _alike(self._same, self._root, self._next)
        self._same.unlink(missing_ok=True)
        self._opened = True
        if since is None:
            shutil.rmtree(self._next, ignore_errors=True)
            self._next.mkdir()
            if self._root.is_dir():
                _copy(self._root, self._next)
        else:
            _adopt(self._root, self._next, since)

    def _swap(self) -> None:
        if not self._root.exists():
            self._next.rename(self._root)
            self._next.mkdir()
        elif not exchanged(self._root, self._next):
            # Two steps: for a moment there is no site. ``recover`` ends what a kill cut short.
            self._root.rename(self._old)
            self._next.rename(self._root)
            self._old.rename(self._next)
        sync_folder(self._root.parent)


def recover(root: Path) -> None:
    """End a change of places that was cut short where it takes two steps."""
    old, following = root.with_name(f".{root.name}.old"), root.with_name(f".{root.name}.next")
    if old.exists():
        if not root.exists():
            following.rename(root)
        shutil.rmtree(old, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places at once; False where the file system cannot."""
    swap = getattr(_libc, "renameat2", None)
    if swap is None:
        return False
    if swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNABLE:
        return False
    raise OSError(code, os.strerror(code), str(one))


def _latest(folder: Path) -> int:
    """Return what time it is to the file system, in nanoseconds, as it dates what changes."""
    probe = folder.with_name(f"{folder.name}.now")
    probe.touch()
    moment = probe.stat().st_mtime_ns
    probe.unlink()
    return moment


def _alike(same: Path, root: Path, following: Path) -> int | None:
    """Return since when the second tree is like the site; None if it must be made again."""
    try:
        one, other, since = json.loads(same.read_text(encoding="ascii"))
        known = [root.stat().st_ino, following.stat().st_ino] == [one, other]
    except (OSError, ValueError):
        return None
    return int(since) if known else None


def _copy(source: Path, target: Path) -> None:
    """Fill an empty folder with links to all that ``source`` has, save for unfinished files."""
    for entry in os.scandir(source):
        if entry.is_dir(follow_symlinks=False):
            inner = target / entry.name
            inner.mkdir()
            _copy(Path(entry.path), inner)
        elif not (entry.name.startswith(".") and entry.name.endswith((".tmp", ".lock"))):
            _link(Path(entry.path), target / entry.name)


def _adopt(root: Path, following: Path, since: int) -> None:
    """Take over what people have put into the site's folders after ``since``."""
    for folder in _touched(root, since):
        target = following / folder.relative_to(root)
        target.mkdir(parents=True, exist_ok=True)
        for entry in os.scandir(folder):
            own = target / entry.name
            if entry.is_file(follow_symlinks=False) and not _same_file(entry, own):
                _link(Path(entry.path), own)


def _touched(folder: Path, since: int) -> Iterator[Path]:
    """Yield ``folder`` and those below it to which something was added."""
    state = folder.stat()
    if state.st_mtime_ns >= since:
        yield folder
    if state.st_nlink == 2:  # itself and its name: it holds no folder
        return
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _touched(Path(entry.path), since)


def _same_file(entry: os.DirEntry[str], other: Path) -> bool:
    try:
        return entry.inode() == other.lstat().st_ino
    except FileNotFoundError:
        return False


def _link(source: Path, target: Path) -> None:
    """Have the same file in both trees; a copy where the file system knows no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as fault:
        if fault.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        shutil.copy2(source, target)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False


def _sync(root: Path, names: dict[str, None]) -> None:
    """Have the new files on the disk, with the folders that name them."""
    if len(names) > _FEW:
        _sync_all(root)
        return
    paths = [root / name for name in names]
    folders = {one for path in paths for one in path.parents if one == root or root in one.parents}
    # Together, for a disk that is waited for many times at once writes once.
    with ThreadPoolExecutor(_HANDS) as hands:
        list(hands.map(_sync_file, paths))
        list(hands.map(sync_folder, folders))


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_all(root: Path) -> None:
    """Sync the file system of ``root``."""
    call = getattr(_libc, "syncfs", None)
    if call is None:
        os.sync()
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        if call(handle) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(root))
    finally:
        with suppress(OSError):
            os.close(handle)
