"""On which line of ``loa.toml`` a setting stands: the reader of TOML does not say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence


def line_of(text: str, names: Sequence[str]) -> int:
    """Return the line, from 1 on, of the setting with these names, or of what it would stand in.

    The longest beginning of ``names`` that stands somewhere decides; 0 where none does. What
    looks like a setting inside a text of several lines may be taken for one.
    """
    wanted, best, found = tuple(names), 0, 0
    for number, path in _settings(text):
        if len(path) > best and path == wanted[: len(path)]:
            best, found = len(path), number
    return found


def _settings(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (line, names) of each header and each key."""
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            path = _path(stripped)
            if path:
                section = path
                yield number, section
        elif "=" in stripped and not stripped.startswith("#"):
            key = _path(f"{stripped.partition('=')[0]} = 0")
            if key:
                yield number, section + key


def _path(line: str) -> tuple[str, ...]:
    """Return the names of a header or a key; none where the line is neither."""
    try:
        found: object = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(found, list):
        found = found[0]
    while isinstance(found, dict) and found:
        name, found = next(iter(found.items()))
        names.append(str(name))
        if isinstance(found, list):
            found = found[0] if found else 0
    return tuple(names)
