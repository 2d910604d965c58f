"""What is written down beside an artifact's bytes, so that damage to them is seen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from engine.models import Rendered


@dataclass(frozen=True, slots=True)
class About:
    """What an artifact's bytes are. ``size`` is in bytes."""

    media_type: str
    sha256: str
    size: int
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, rendered: Rendered) -> About:
        sha256 = hashlib.sha256(rendered.data).hexdigest()
        return cls(rendered.media_type, sha256, len(rendered.data), rendered.remarks)

    @classmethod
    def parsed(cls, written: bytes) -> About | None:
        """Read it back; None when it was damaged."""
        try:
            found = json.loads(written)
            remarks = tuple(str(remark) for remark in found["remarks"])
            return cls(str(found["media_type"]), str(found["sha256"]), int(found["size"]), remarks)
        except (ValueError, KeyError, TypeError):
            return None

    def written(self) -> bytes:
        """Return it as one line of JSON."""
        fields = {
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size": self.size,
            "remarks": self.remarks,
        }
        return json.dumps(fields, ensure_ascii=False).encode()


def packed(rendered: Rendered) -> bytes:
    """Return an artifact as one piece: what it is, a line break, its bytes."""
    return About.of(rendered).written() + b"\n" + rendered.data


def unpacked(piece: bytes) -> Rendered | None:
    """Take the piece apart; None unless every byte is as it was packed."""
    written, _, data = piece.partition(b"\n")
    about = About.parsed(written)
    if about is None:
        return None
    rendered = Rendered(data, about.media_type, about.remarks)
    return rendered if About.of(rendered) == about else None
