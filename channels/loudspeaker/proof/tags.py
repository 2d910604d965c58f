"""What a sound file says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen

#: mutagen annotates only parts of itself.
_mutagen: Any = mutagen


def campaign_of(path: Path) -> str | None:
    """Return the campaign that Loa wrote into a file's tags; None for any other file.

    Raises OSError.
    """
    tags = _tags(path)
    album = tags.get("TALB") if tags is not None else None
    return str(album) if album else None


def chapters_end(path: Path) -> float | None:
    """Return the second at which a file's last chapter ends; None where it has no chapters.

    Raises OSError.
    """
    tags = _tags(path)
    chapters = tags.getall("CHAP") if hasattr(tags, "getall") else ()
    return max((one.end_time / 1000 for one in chapters), default=None)


def _tags(path: Path) -> Any:
    try:
        found = _mutagen.File(path)
    except _mutagen.MutagenError:
        return None
    return None if found is None else found.tags
