"""The bulletin on paper: A4, PDF/A-2a and PDF/UA-1, readable in black and white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from channels.flyer.product import qr_svg
from channels.flyer.wording import mark, one_line, printable, unbroken, validity
from engine.clock import local
from engine.reports.bulletin.gathering import Bulletin, Item, Told
from engine.reports.paper import pdf

#: Sizes of the text in points: as a newspaper, and for those who see badly.
USUAL, LARGE = 11.0, 18.0
#: So many hamlets are named within a sentence; of more, each has the sentence for itself.
MOST_NAMED = 12


def bulletin_pdf(bulletin: Bulletin, *, large: bool = False) -> bytes:
    """Return the bulletin. Byte-identical for identical arguments. Raises StoppedError."""
    return pdf("bulletin.typ", _data(bulletin, LARGE if large else USUAL), bulletin.made_at)


def _data(bulletin: Bulletin, size: float) -> dict[str, Any]:
    commune, portal = bulletin.registry.commune, bulletin.registry.portal
    return {
        "size": size,
        "office": one_line(commune.office),
        "commune": one_line(commune.name),
        "province": one_line(commune.province),
        "contact": one_line(", ".join(filter(None, (commune.address, commune.phone)))),
        "portal": portal.url,
        "portal_qr": qr_svg(portal.url) or "",
        "period": bulletin.period.title,
        "items": [
            {**_item(number, item), "meant": _meant(item, len(bulletin.registry.hamlets))}
            for number, item in enumerate(bulletin.items, 1)
        ],
    }


def _item(number: int, item: Item) -> dict[str, Any]:
    first = item.told[0].content
    correction = first.correction
    return {
        "number": number,
        "title": one_line(item.title),
        "issuer": one_line(item.issuer),
        "mark": bulletin_mark(item),
        "loud": bool(item.priority.name != "ROUTINE" and not (item.expired or item.stopped)),
        "approved": f"{local(item.approved_at):%d/%m/%Y}",
        "correction": unbroken(correction.opening) if correction and not item.stopped else "",
        "told": [] if item.stopped else list(_told(item.told)),
        "contact": "" if item.stopped else unbroken(item.contact),
        "validity": "" if item.stopped else validity(item.valid_until),
        "permalink": item.permalink,
        "qr": (qr_svg(item.permalink) or "") if item.permalink else "",
    }


def _meant(item: Item, hamlets: int) -> str:
    """Return the hamlets that an item is for; nothing where it is for all ``hamlets``."""
    named = list(dict.fromkeys(name for one in item.told for name in one.hamlets))
    return one_line(", ".join(named)) if len(named) < hamlets else ""


def bulletin_mark(item: Item) -> str:
    """Return what stands above the title: what it is, and whether it still holds."""
    first = item.told[0].content
    plain = mark(item.priority, first.purpose, drill=first.drill)
    amended = first.correction.heading if first.correction else ""
    over = "ĐÃ DỪNG, KHÔNG CÒN ÁP DỤNG" if item.stopped else "ĐÃ HẾT HẠN" if item.expired else ""
    parts = dict.fromkeys(filter(None, (over, *plain.split(" · "), amended)))
    return " · ".join(parts)


def _told(wordings: Sequence[Told]) -> Iterator[dict[str, Any]]:
    """Yield the words in order: what all hamlets are told once, what differs by hamlet."""
    if len(wordings) == 1:
        yield _part((), _lines(wordings[0]))
        return
    told = [_lines(one) for one in wordings]
    if len({len(lines) for lines in told}) > 1:
        for one, lines in zip(wordings, told, strict=True):
            yield _part(one.hamlets, lines)
        return
    joined = [_joined(row, wordings) for row in zip(*told, strict=True)]
    for same, rows in groupby(joined, key=lambda row: len(row) == 1):
        columns = [list(column) for column in zip(*rows, strict=True)]
        if same:
            yield _part((), columns[0])
            continue
        for one, lines in zip(wordings, columns, strict=True):
            if any(lines):
                yield _part(one.hamlets, lines)


def _joined(row: Sequence[str], wordings: Sequence[Told]) -> Sequence[str]:
    """Return one line of all wordings as one where it is the same, but for the hamlets' names.

    "phụ huynh Ấp 1" and "phụ huynh Ấp 2" become "phụ huynh Ấp 1, Ấp 2".
    """
    if len(set(row)) == 1:
        return row[:1]
    names = [one_line(one.hamlets[0]) for one in wordings if len(one.hamlets) == 1]
    if len(names) < len(wordings) or len(names) > MOST_NAMED:
        return row
    parts = {tuple(line.split(name)) for line, name in zip(row, names, strict=True)}
    return row if len(parts) > 1 else (", ".join(names).join(parts.pop()),)


def _lines(told: Told) -> list[str]:
    return [unbroken(line) for line in printable(told.content.body).split("\n")]


def _part(hamlets: Sequence[str], lines: Sequence[str]) -> dict[str, Any]:
    paragraphs = "\n".join(lines).strip("\n").split("\n\n")
    return {"hamlets": one_line(", ".join(hamlets)), "paragraphs": list(filter(None, paragraphs))}
