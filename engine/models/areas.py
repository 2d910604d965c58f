"""Areas and their ids: a province, a commune, a hamlet within its commune."""

from __future__ import annotations

from enum import StrEnum


class AreaKind(StrEnum):
    """What an area is (tỉnh, xã, ấp)."""

    PROVINCE = "province"
    COMMUNE = "commune"
    HAMLET = "hamlet"


def area_id(commune_id: str, hamlet_id: str) -> str:
    """Return a hamlet's id as an area: every commune has an ``ap-1`` of its own."""
    return f"{commune_id}/{hamlet_id}"
