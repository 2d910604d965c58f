"""What frames a programme: its opening and its closing, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.models import Registry

#: What a text may name: the station, as it calls itself.
STATION = "{station}"

_COMMON = "Đài Truyền thanh"
_KINDS = frozenset({"Xã", "Phường", "Thị", "Đặc"})


@dataclass(frozen=True, slots=True)
class Framing:
    """How a programme begins and ends; an empty text says nothing.

    ``station`` is its name, where the commune's own would not do. ``jingle`` is a recording in
    place of the chime; ``bed`` music under both texts. An emergency has an alarm for a chime,
    and neither jingle nor bed: it waits for no file. ``bridge`` parts two items by a touch of
    the bells, or by ``bridge_sound``, a recording in its place. ``drill`` opens a programme of
    drills alone.
    """

    station: str = ""
    opening: str = f"Đây là {STATION}. Kính mời bà con lắng nghe."
    emergency: str = f"Thông báo khẩn cấp! Đây là {STATION}."
    drill: str = f"Diễn tập! Đây là {STATION}. Bà con sắp nghe tin diễn tập, không phải tin thật."
    closing: str = f"Đây là {STATION}. Chương trình đến đây là hết, xin cảm ơn bà con đã lắng nghe."
    chime: bool = True
    jingle: Path | None = None
    bed: Path | None = None
    bridge: bool = True
    bridge_sound: Path | None = None

    def name_of(self, registry: Registry) -> str:
        """Return how the station calls itself: Đài Truyền thanh xã Bình Hòa Hưng."""
        named = registry.station.name or self.station
        return named or f"{_COMMON} {_within_a_sentence(registry.commune.name)}"

    def filled(self, text: str, registry: Registry) -> str:
        """Return one of the texts with the station's name in it."""
        return text.replace(STATION, self.name_of(registry)).strip()


def _within_a_sentence(commune: str) -> str:
    """Return "xã Bình Hòa Hưng" for "Xã Bình Hòa Hưng"."""
    kind, space, name = commune.partition(" ")
    return f"{kind.lower()}{space}{name}" if kind in _KINDS else commune
