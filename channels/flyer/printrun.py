"""The print run: a file for each hamlet, a cover sheet to sign, and a list of what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from channels.base import ChannelError
from channels.flyer.options import copies_for, sheets_for
from channels.flyer.product import TEMPLATES, Fault
from channels.flyer.wording import mark, number, one_line
from channels.typesetting import StoppedError, TypesetError, font, typeset
from engine.clock import local
from engine.models import Artifact, Bundle, File, Item, Registry

_COLUMNS = ("TT", "Ấp", "Người nhận", "Số bản", "Tờ A4", "Ký nhận")
_SIGNATURES = ("Người in", "Văn phòng xác nhận")
_NOTE = (
    "Mỗi tệp PDF là một tờ rơi khổ A5: in hai tờ trên một tờ giấy A4 rồi cắt đôi. Người nhận ghi "
    "rõ ngày nhận và ký tên; văn phòng giữ phiếu này làm căn cứ xác nhận đã giao."
)


def print_run(bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
    """Return one folder for each campaign: flyers, cover, and last of all the manifests.

    A manifest in a folder therefore says that the folder is complete. A later edition of the
    same bundle has folders of its own, so that no file of a finished run is ever replaced.
    Raises a permanent ChannelError when the cover cannot be typeset.
    """
    runs = [_Run(bundle, run, registry) for run in _by_campaign(items)]
    flyers = [file for run in runs for file in run.flyers()]
    covers = [run.cover() for run in runs]
    manifests = [run.manifest(cover) for run, cover in zip(runs, covers, strict=True)]
    return Artifact((*flyers, *covers, *manifests))


def _by_campaign(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Group by campaign, both in the order of ids."""
    for campaign in sorted({item.content.campaign_id for item in items}):
        own = [item for item in items if item.content.campaign_id == campaign]
        yield sorted(own, key=lambda item: (item.hamlet.id, item.delivery_id))


class _Run:
    """The part of a bundle that belongs to one campaign."""

    def __init__(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> None:
        self._bundle = bundle
        self._registry = registry
        self._items = items
        self._content = items[0].content
        self._again = f"-v{bundle.edition}" if bundle.edition > 1 else ""
        self._copies = [copies_for(item.content, item.hamlet) for item in items]

    @property
    def _folder(self) -> str:
        """Day, then hour and campaign. Seconds only when a slot has any: approved, not planned."""
        slot = local(self._bundle.slot)
        hour = f"{slot:%H%M%S}" if slot.second else f"{slot:%H%M}"
        return f"{slot:%Y-%m-%d}/{hour}-{self._content.campaign_id}{self._again}"

    def flyers(self) -> list[File]:
        return [item.file.renamed(f"{self._folder}/{item.hamlet.id}.pdf") for item in self._items]

    def cover(self) -> File:
        data = self._cover_data()
        missing = font.missing("".join(_strings(data)))
        if missing:
            raise ChannelError(Fault(missing).in_words(), permanent=True)
        try:
            pdf = typeset(TEMPLATES / "cover.typ", data, self._bundle.slot)
        except TypesetError as error:
            stopped = isinstance(error, StoppedError)
            fault = Fault(reason=error.reason)
            raise ChannelError(fault.in_words(), permanent=not stopped) from error
        return File.of_bytes(f"{self._folder}/00-bia{self._again}.pdf", "application/pdf", pdf)

    def manifest(self, cover: File) -> File:
        """List the run in JSON, for a person's script or a print shop."""
        listed = {
            "campaign": self._content.campaign_id,
            "slot": local(self._bundle.slot).isoformat(),
            "edition": self._bundle.edition,
            "print_point": self._bundle.target,
            "cover": {"file": _name(cover), "sha256": cover.sha256},
            "flyers": [
                {
                    "file": _name(file),
                    "hamlet": item.hamlet.id,
                    "copies": copies,
                    "sheets_a4": sheets_for(copies),
                    "sha256": file.sha256,
                }
                for item, file, copies in zip(self._items, self.flyers(), self._copies, strict=True)
            ],
        }
        text = json.dumps(listed, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        return File.of_bytes(f"{self._folder}/manifest.json", "application/json", text.encode())

    def _cover_data(self) -> dict[str, Any]:
        """Return what templates/cover.typ reads."""
        slot = local(self._bundle.slot)
        rows = [
            [
                str(place),
                one_line(item.hamlet.name),
                self._head_of(item),
                number(copies),
                number(sheets_for(copies)),
            ]
            for place, (item, copies) in enumerate(
                zip(self._items, self._copies, strict=True), start=1
            )
        ]
        facts = [
            ["In tại", one_line(self._registry.print_point.name)],
            ["Đợt in", f"{slot:%H} giờ {slot:%M}, ngày {slot:%d/%m/%Y}"],
            ["Mã chiến dịch", self._content.campaign_id],
        ]
        if self._bundle.edition > 1:
            facts.append(["In thêm", f"lần {self._bundle.edition}, chỉ gồm các ấp dưới đây"])
        return {
            "office": one_line(self._registry.commune.office),
            "heading": "PHIẾU IN VÀ GIAO TỜ RƠI",
            "title": one_line(self._content.title),
            "mark": mark(self._content.priority, self._content.purpose, drill=self._content.drill),
            "facts": facts,
            "columns": _COLUMNS,
            "rows": rows,
            "total": {
                "label": f"Tổng cộng {number(len(rows))} ấp",
                "copies": number(sum(self._copies)),
                "sheets": number(sum(map(sheets_for, self._copies))),
            },
            "note": _NOTE,
            "signatures": _SIGNATURES,
        }

    def _head_of(self, item: Item) -> str:
        """Name who takes the hamlet's flyers; an empty cell is filled in by hand."""
        person = self._registry.people_by_id.get(item.hamlet.head or "")
        return one_line(person.name) if person else ""


def _name(file: File) -> str:
    return file.name.rpartition("/")[2]


def _strings(value: Any) -> Iterator[str]:
    """Yield every string inside ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    else:
        for part in value:
            yield from _strings(part)
