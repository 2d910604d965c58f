"""A package's bytes: the same for the same item, clusters and times, to the last bit."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from channels.loudspeaker.names import ending_of
from channels.loudspeaker.players.package.description import PRIORITIES, Described
from engine.models import Priority

#: The names within a package. The sound's ending is that of its format.
METADATA, SHEET, TEXT, SPOKEN = "metadata.json", "thong-tin.csv", "noi-dung.txt", "loi-doc.txt"
_SOUND = "am-thanh"

#: The format of ``metadata.json``.
VERSION = 1

#: A moment that is in every ZIP: no clock shapes the bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)

#: Characters with which a spreadsheet takes a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Airing:
    """One slot in which one cluster airs the item. ``slot`` is ISO 8601."""

    slot: str
    item: Described


def sound_name(item: Described) -> str:
    return f"{_SOUND}.{ending_of(item.media_type)}"


def zipped(airings: Sequence[Airing], sound: bytes) -> bytes:
    """Return the package of one item. ``airings``, at least one, may come in any order."""
    metadata = metadata_of(airings)
    item = airings[0].item
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, data in (
            (sound_name(item), sound),
            (TEXT, f"{item.title}\n\n{item.text}\n".encode()),
            (SPOKEN, f"{item.spoken}\n".encode()),
            (METADATA, (json.dumps(metadata, ensure_ascii=False, indent=2) + "\n").encode()),
            (SHEET, _sheet(metadata)),
        ):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, on every machine
            entry.external_attr = 0o644 << 16
            package.writestr(entry, data)
    return buffer.getvalue()


def metadata_of(airings: Sequence[Airing]) -> dict[str, Any]:
    """Return what a package says of its item, in the words of the JSON file."""
    ordered = sorted(airings, key=lambda one: (one.slot, one.item.cluster.id))
    item = ordered[0].item
    slots = [{"cluster": one.item.cluster.id, "at": one.slot} for one in ordered]
    wanted = sorted({moment for one in ordered for moment in one.item.moments})
    return {
        "version": VERSION,
        "title": item.title,
        "field": item.field,
        "priority": item.priority,
        "priority_name": PRIORITIES[Priority(item.priority)],
        "issuer": item.issuer,
        "commune": {"id": item.commune.id, "name": item.commune.name, "province": item.province},
        "campaign": item.campaign,
        "purpose": item.purpose,
        "contact": item.contact,
        "valid": {"from": item.valid_from, "until": item.valid_until},
        "schedule": {"moments": wanted or sorted({one["at"] for one in slots}), "slots": slots},
        "clusters": [
            {"id": cluster, "place": place, "hamlets": sorted(hamlets)}
            for (cluster, place), hamlets in sorted(_clusters(ordered).items())
        ],
        "hamlets": [
            {"id": one.id, "name": one.name}
            for one in sorted({h for a in ordered for h in a.item.hamlets}, key=lambda h: h.id)
        ],
        "audio": {
            "file": sound_name(item),
            "sha256": item.sha256,
            "size": item.size,
            "seconds": item.seconds,
            "media_type": item.media_type,
        },
        "text": TEXT,
        "spoken": SPOKEN,
    }


def _clusters(airings: Iterable[Airing]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for one in airings:
        place = (one.item.cluster.id, one.item.cluster.name)
        found.setdefault(place, set()).update(hamlet.id for hamlet in one.item.hamlets)
    return found


def _sheet(metadata: dict[str, Any]) -> bytes:
    """Return the same for a person who fills in a form: two columns, for a spreadsheet."""
    clusters = [
        f"{one['id']} ({one['place']})" if one["place"] else one["id"]
        for one in metadata["clusters"]
    ]
    rows = [
        ("Mục", "Giá trị"),
        ("Tiêu đề", metadata["title"]),
        ("Lĩnh vực", metadata["field"]),
        ("Mức ưu tiên", metadata["priority_name"]),
        ("Cơ quan ban hành", metadata["issuer"]),
        ("Xã", f"{metadata['commune']['name']}, {metadata['commune']['province']}"),
        ("Lịch phát", "; ".join(map(_shown, metadata["schedule"]["moments"]))),
        ("Cụm loa", "; ".join(clusters)),
        ("Ấp", "; ".join(one["name"] or one["id"] for one in metadata["hamlets"])),
        ("Hiệu lực đến", _shown(metadata["valid"]["until"])),
        ("Liên hệ", metadata["contact"]),
        ("Thời lượng (giây)", str(metadata["audio"]["seconds"])),
        ("Tệp âm thanh", metadata["audio"]["file"]),
        ("Mã chiến dịch", metadata["campaign"]),
    ]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(
        (name, _cell(" ".join(value.split()))) for name, value in rows
    )
    return buffer.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shown(moment: str) -> str:
    """Return a time as people in Vietnam write it: 05:00 02/12/2026."""
    date, _t, clock = moment.partition("T")
    year, month, day = date.split("-")
    return f"{clock[:5]} {day}/{month}/{year}"
