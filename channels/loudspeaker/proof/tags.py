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
    try:
        found = _mutagen.File(path)
    except _mutagen.MutagenError:
        return None
    album = found.tags.get("TALB") if found is not None and found.tags is not None else None
    return str(album) if album else None
