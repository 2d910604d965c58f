"""The bulletin on paper: A4, PDF/A-2a and PDF/UA-1, readable in black and white."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from channels.flyer.product import qr_svg
from channels.flyer.wording import heading, mark, one_line
from engine.clock import local
from engine.reports.bulletin.gathering import Bulletin, Item, leading
from engine.reports.bulletin.telling import (
    contact_of,
    correction_of,
    meant_for,
    parts_of,
    validity_of,
)
from engine.reports.paper import pdf

#: Sizes of the text in points: as a newspaper, and for those who see badly.
USUAL, LARGE = 11.0, 18.0

#: Letters of an item that is not broken over two pages: about a fifth of one, at the usual size.
_KEPT_WHOLE = 900


def bulletin_pdf(bulletin: Bulletin, *, large: bool = False) -> bytes:
    """Return the bulletin. Byte-identical for identical arguments. Raises StoppedError."""
    return pdf("bulletin.typ", _data(bulletin, LARGE if large else USUAL), bulletin.made_at)


def _data(bulletin: Bulletin, size: float) -> dict[str, Any]:
    commune, portal = bulletin.registry.commune, bulletin.registry.portal
    return {
        "size": size,
        "office": heading(commune.office),
        "commune": heading(commune.name),
        "province": one_line(commune.province),
        "contact": one_line(", ".join(filter(None, (commune.address, commune.phone)))),
        "portal": portal.url,
        "portal_qr": qr_svg(portal.url) or "",
        "period": bulletin.period.title,
        "items": [
            {**_item(number, item, size), "meant": meant_for(item, len(bulletin.registry.hamlets))}
            for number, item in enumerate(bulletin.items, 1)
        ],
    }


def _item(number: int, item: Item, size: float) -> dict[str, Any]:
    told = [asdict(part) for part in parts_of(item)]
    letters = sum(len(one.content.body) for one in item.told)
    return {
        "number": number,
        "whole": letters <= _KEPT_WHOLE * (USUAL / size) ** 2,
        "title": heading(item.title),
        "issuer": one_line(item.issuer),
        "mark": bulletin_mark(item),
        "loud": bool(item.priority.name != "ROUTINE" and not (item.expired or item.stopped)),
        "approved": f"{local(item.approved_at):%d/%m/%Y}",
        "correction": correction_of(item),
        "told": told,
        "contact": contact_of(item),
        "validity": validity_of(item),
        "permalink": item.permalink,
        "qr": (qr_svg(item.permalink) or "") if item.permalink else "",
    }


def bulletin_mark(item: Item) -> str:
    """Return what stands above the title: what it is, and whether it still holds."""
    first = leading(item.told)
    plain = mark(item.priority, first.purpose, drill=first.drill)
    contents = (first, *(one.content for one in item.told))
    amended = next(
        (one.correction.heading_for(first.purpose) for one in contents if one.correction), ""
    )
    over = "ĐÃ DỪNG, KHÔNG CÒN ÁP DỤNG" if item.stopped else "ĐÃ HẾT HẠN" if item.expired else ""
    parts = dict.fromkeys(filter(None, (over, *plain.split(" · "), amended)))
    return " · ".join(parts)
