"""The print run: files for each hamlet, a cover sheet to sign, and a list of what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from channels.base import ChannelError
from channels.flyer.inputs import inputs_for
from channels.flyer.options import FlyerOptions, copies_of, sheets_for
from channels.flyer.product import TEMPLATES, Fault, render_flyer
from channels.flyer.products import Product
from channels.flyer.wording import mark, number, one_line
from channels.typesetting import StoppedError, TypesetError, font, typeset
from engine.clock import local
from engine.models import Artifact, Bundle, File, Item, Registry

_COLUMNS = ("TT", "Ấp", "Người nhận", "Số bản", "Tờ giấy", "Ký nhận")
_SIGNATURES = ("Người in", "Văn phòng xác nhận")
_NOTE = (
    "Phiếu này để văn phòng theo dõi cả đợt, không có mã xác nhận phát: phiếu giao có mã của từng "
    "bó, cho mọi loại bản in, in bằng lệnh loa print {campaign}. Mỗi tệp PDF là một bản in: A5 in "
    "hai tờ, A6 in bốn tờ trên một tờ giấy A4 rồi cắt; áp phích in giấy A3. Người nhận ghi rõ ngày "
    "nhận và ký tên; văn phòng giữ phiếu này làm căn cứ xác nhận đã giao."
)


@dataclass(frozen=True, slots=True)
class _Printed:
    """One product for one hamlet."""

    item: Item
    product: Product
    file: File
    copies: int

    @property
    def sheets(self) -> int:
        return sheets_for(self.copies, self.product)


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
        self._printed = [printed for item in items for printed in self._products(item)]

    @property
    def _folder(self) -> str:
        """Day, then hour and campaign. Seconds only when a slot has any: approved, not planned."""
        slot = local(self._bundle.slot)
        hour = f"{slot:%H%M%S}" if slot.second else f"{slot:%H%M}"
        return f"{slot:%Y-%m-%d}/{hour}-{self._content.campaign_id}{self._again}"

    def flyers(self) -> list[File]:
        return [printed.file for printed in self._printed]

    def _products(self, item: Item) -> Iterator[_Printed]:
        """Yield the main product, which is there, and the others, which are set here."""
        options = item.content.options_as(FlyerOptions)
        for product in options.products:
            copies = copies_of(product, item.content, item.hamlet)
            if product is options.main:
                file = item.file.renamed(f"{self._folder}/{item.hamlet.id}.pdf")
                yield _Printed(item, product, file, copies)
            elif copies:
                pdf = render_flyer(inputs_for(item.content, item.hamlet, product))
                name = f"{self._folder}/{item.hamlet.id}-{product}.pdf"
                yield _Printed(item, product, File.of_bytes(name, pdf.media_type, pdf.data), copies)

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
                    "file": _name(one.file),
                    "hamlet": one.item.hamlet.id,
                    "product": one.product,
                    "copies": one.copies,
                    "sheets": one.sheets,
                    "paper": "A3" if one.product.layout.paper == "A3" else "A4",
                    "sha256": one.file.sha256,
                }
                for one in self._printed
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
                self._named(one),
                self._head_of(one.item),
                number(one.copies),
                number(one.sheets),
            ]
            for place, one in enumerate(self._printed, start=1)
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
                "label": f"Tổng cộng {number(len(self._items))} ấp",
                "copies": number(sum(one.copies for one in self._printed)),
                "sheets": number(sum(one.sheets for one in self._printed)),
            },
            "note": _NOTE.format(campaign=self._content.campaign_id),
            "signatures": _SIGNATURES,
        }

    def _named(self, printed: _Printed) -> str:
        """Name the hamlet, and the product where there are several."""
        hamlet = one_line(printed.item.hamlet.name)
        several = len(self._content.options_as(FlyerOptions).products) > 1
        return f"{hamlet} – {printed.product.in_words}" if several else hamlet

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
