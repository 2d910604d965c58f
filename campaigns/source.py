"""Reading what a person wrote: bytes to clean text to a tree, each fault with its place."""

from __future__ import annotations

import hashlib
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.characters import forbidden_character, without_forbidden
from campaigns.tree import Mark, Node, build_tree
from campaigns.tree import Path as Where
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models.wording import path_name

#: The largest YAML file read, unless the reader allows more.
MAX_BYTES = 1024 * 1024

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file as read. ``problems`` are faults that did not stop the reading.

    ``left_out`` names the entries of lists (by their place in the file, from 0, in order) that
    somebody who reads on does without: he counts without them, and what he finds is told as
    the file has it.
    """

    file: str
    data: bytes
    text: str
    root: Node
    problems: tuple[Problem, ...] = ()
    left_out: Mapping[Where, tuple[int, ...]] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def written(self, path: Where) -> Where:
        """Return where in the file that stands which is counted without the entries left out."""
        found: Where = ()
        for part in path:
            if isinstance(part, int):
                for index in self.left_out.get(found, ()):
                    if index > part:
                        break
                    part += 1
            found = (*found, part)
        return found

    def problem(self, path: Where, message: str, *, at_key: bool = False) -> Problem:
        """Return a fault of the value (or the key) at ``path``; the nearest place that exists."""
        path = self.written(path)
        mark = self.root.mark_of(path, at_key=at_key)
        return Problem(self.file, mark.line, mark.column, field_name(path), message)

    def keys_at(self, path: Where, *, empty: bool = False) -> frozenset[str]:
        """Return the keys in the group at ``path``; none where is no group.

        ``empty``: also those that say nothing.
        """
        node: Node | None = self.root
        for part in self.written(path):
            node = node.child(part) if node is not None else None
        if node is None or not isinstance(node.value, dict):
            return frozenset()
        return frozenset(
            key for key, one in node.value.items() if empty or one.value not in (None, [])
        )

    def text_mark(self, path: Where, line: int, column: int) -> Mark:
        """Return where line ``line``, column ``column`` (from 1) of a text stands in the file.

        Exact in literal blocks (``|``) and in values of one line; else the text's beginning.
        """
        node = self.root.at(path)
        start = Mark(node.mark.line, node.mark.column)
        if not isinstance(node.value, str):
            return start
        if node.style == "|":
            shown = node.value.split("\n")[line - 1]
            written = self.text.split("\n")[node.mark.line + line - 1]
            return Mark(node.mark.line + line, len(written) - len(shown) + column)
        if node.one_line and line == 1:
            return Mark(start.line, start.column + column - 1 + (1 if node.style else 0))
        return start


def field_name(path: Where) -> str:
    """Return ``path`` as people read it: ``hamlets[2].name``, counted from 1."""
    return path_name(path)


def read_source(path: Path, limit: int = MAX_BYTES) -> Source:
    """Read a YAML file of at most ``limit`` bytes.

    Raises InputError with every fault that reading can find.
    """
    file = str(path)
    return source_of(read_bytes(path, file, limit), file)


def source_of(data: bytes, file: str) -> Source:
    """Return a YAML file's bytes, read. Raises InputError as ``read_source`` does."""
    text = clean_text(data, file)
    problems = tuple(_forbidden(text, file))
    try:
        root, faults = build_tree(without_forbidden(text), file)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from error
    if not isinstance(root.value, dict):
        fault = Problem(file, root.mark.line, root.mark.column, "", _not_keys(root))
        raise InputError([*problems, fault])
    return Source(file, data, text, root, (*problems, *faults))


def read_bytes(path: Path, file: str, limit: int) -> bytes:
    """Return the file's bytes; what is too big is refused before it is read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError([Problem(file, 0, 0, "", _("this is not a file"))])
        if status.st_size > limit:
            raise InputError([Problem(file, 0, 0, "", _too_big(status.st_size, limit))])
        with path.open("rb") as opened:
            data = opened.read(limit + 1)
    except (FileNotFoundError, ValueError):  # ValueError: a path that no file can have
        raise InputError([Problem(file, 0, 0, "", _("there is no such file"))]) from None
    except OSError as error:
        message = _("the file cannot be read: {reason}").format(reason=os_reason(error))
        raise InputError([Problem(file, 0, 0, "", message)]) from error
    if len(data) > limit:
        raise InputError([Problem(file, 0, 0, "", _too_big(len(data), limit))])
    return data


def _too_big(size: int, limit: int) -> str:
    return _("the file has {size} bytes, at most {limit} are allowed").format(
        size=size, limit=limit
    )


def clean_text(data: bytes, file: str) -> str:
    """Return the text: UTF-8, without byte order mark, ``\\n`` line ends, Unicode NFC."""
    if data.startswith(_UTF16):
        message = _("the file is saved as UTF-16; save it as UTF-8")
        raise InputError([Problem(file, 1, 1, "", message)])
    data = data.removeprefix(_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = _("byte {byte} is not UTF-8 text; save the file as UTF-8").format(
            byte=f"0x{data[error.start]:02X}"
        )
        raise InputError([Problem(file, *_position(before), "", message)]) from error
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _position(before: str) -> tuple[int, int]:
    """Return line and column (from 1) of what follows ``before``."""
    last = re.split(r"\r\n|\r|\n", before)
    return len(last), len(last[-1]) + 1


def _forbidden(text: str, file: str) -> Iterator[Problem]:
    """Yield a fault for the first forbidden character of each line, at most ten."""
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        found = forbidden_character(line)
        if found and count < 10:
            count += 1
            index, name = found
            message = _("the invisible character {name} is not allowed; delete it")
            yield Problem(file, number, index + 1, "", message.format(name=name))


def _not_keys(root: Node) -> str:
    if root.value is None:
        return _("the file is empty")
    if isinstance(root.value, list):
        return _("the file holds a list; it must hold keys, for example: title: …")
    return _("the file holds only a text; it must hold keys, for example: title: …")
