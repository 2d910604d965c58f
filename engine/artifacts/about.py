"""What is written down beside an artifact's bytes, so that damage to them is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.models import Rendered


@dataclass(frozen=True, slots=True)
class About:
    """What an artifact's bytes are. ``size`` is in bytes."""

    media_type: str
    sha256: str
    size: int
    remarks: tuple[str, ...]
    proof: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, rendered: Rendered) -> About:
        sha256 = hashlib.sha256(rendered.data).hexdigest()
        return cls(
            rendered.media_type, sha256, len(rendered.data), rendered.remarks, rendered.proof
        )

    @classmethod
    def parsed(cls, written: bytes) -> About | None:
        """Read it back; None when it was damaged."""
        try:
            found = json.loads(written)
            remarks = tuple(str(remark) for remark in found["remarks"])
            proof = {str(name): float(value) for name, value in found.get("proof", {}).items()}
            return cls(
                str(found["media_type"]), str(found["sha256"]), int(found["size"]), remarks, proof
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def written(self) -> bytes:
        """Return it as one line of JSON."""
        fields = {
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size": self.size,
            "remarks": self.remarks,
            **({"proof": dict(self.proof)} if self.proof else {}),
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
    rendered = Rendered(data, about.media_type, about.remarks, about.proof)
    return rendered if About.of(rendered) == about else None
