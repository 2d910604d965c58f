"""Jobs for a printer: pages side by side on sheets, a cover before each bundle, or a part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels.base import ChannelError
from channels.flyer.handout import Handout
from channels.flyer.inputs import FlyerInputs, inputs_for
from channels.flyer.options import copies_of
from channels.flyer.product import TEMPLATES, Fault, qr_svg
from channels.flyer.products import Layout, Product
from channels.flyer.wording import mark, number, one_line
from channels.typesetting import StoppedError, TypesetError, font, press, typeset
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Content, Hamlet

#: Sheets of one file; what needs more becomes several.
MOST_SHEETS = 1_000

#: (columns, rows) of so many copies on a sheet that lies as it must.
_GRIDS = {1: (1, 1), 2: (2, 1), 4: (2, 2)}

#: Standard paper that holds pages side by side, by what they measure together (millimetres).
_PAPER = {(296, 210): (297, 210), (210, 296): (210, 297), (420, 297): (420, 297)}
_PAPER |= {(210, 148): (210, 148), (296, 420): (297, 420)}

_COLUMNS = ("Đã phát (bản)", "Còn thừa (bản)", "Người phát ký tên")
_NOTE = (
    "Phát xong, quét mã trên phiếu này, hoặc ghi số đã phát và số còn thừa rồi gửi về văn phòng. "
    "Tờ in cắt theo các vạch ở mép giấy."
)
_BY_PHONE = (
    "Phát xong, lấy điện thoại quét mã trên phiếu này, ghi số đã phát và số còn thừa vào trang mở "
    "ra; không có điện thoại thì ghi vào bảng trên rồi gửi về văn phòng. Tờ in cắt theo các vạch ở "
    "mép giấy."
)

#: What a cover says of a bundle that the printer has made before.
_AGAIN = "IN LẠI"


@dataclass(frozen=True, slots=True)
class Share:
    """What one hamlet gets of a campaign. ``again``: it got the same before. ``words`` names it."""

    hamlet: Hamlet
    content: Content
    taken_by: str = ""
    again: bool = False
    words: str = ""

    @property
    def heading(self) -> str:
        """What stands above the text: ĐÍNH CHÍNH, THU HỒI …; nothing for a plain notice."""
        one = self.content
        return mark(one.priority, one.purpose, drill=one.drill, correction=one.correction)


@dataclass(frozen=True, slots=True)
class Stack:
    """What leaves the printer together: one hamlet's, or those of a team. ``id`` names the file."""

    id: str
    name: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What is printed of one product, and how.

    ``up`` copies lie on a sheet. ``covers``: a cover goes before each bundle. ``address`` returns
    what a phone opens for a cover's code; "" where no phone could open anything.
    """

    commune: str
    office: str
    campaign: str
    revision: int
    product: Product
    up: int
    covers: bool
    made_at: datetime
    address: Callable[[str], str] = field(default=lambda _code: "", compare=False)

    def __post_init__(self) -> None:
        """Raises LoaError for so many copies as no sheet of paper holds."""
        allowed = [up for up in _GRIDS if _sheet(self.product.layout, up) is not None]
        if self.up not in allowed:
            message = _("{product}: {found} on a sheet; allowed: {allowed}")
            raise LoaError(
                message.format(
                    product=self.product, found=self.up, allowed=", ".join(map(str, allowed))
                )
            )


@dataclass(frozen=True, slots=True)
class _Part:
    """Sheets that are alike, or a cover (``page`` None)."""

    sheets: int
    page: int | None = None
    cover: Mapping[str, Any] | None = None


def sheets_of(run: Run, stacks: Sequence[Stack]) -> int:
    """Return how many sheets a job has, covers included."""
    return sum(part.sheets for part in _parts(run, stacks)[1])


def copies_in(run: Run, stacks: Sequence[Stack]) -> int:
    """Return how many copies of the product a job holds."""
    shares = (one for stack in stacks for one in stack.shares)
    return sum(copies_of(run.product, one.content, one.hamlet) for one in shares)


def job_pdf(run: Run, stacks: Sequence[Stack], first: int, last: int) -> bytes:
    """Return the sheets from ``first`` to ``last``, counted from 1, as one PDF.

    Byte-identical for the same arguments. Raises ChannelError for what cannot be printed.
    """
    pages, parts = _parts(run, stacks)
    sheet = _sheet(run.product.layout, run.up)
    assert sheet is not None
    columns, rows = _GRIDS[run.up]
    data = {
        "title": pages[0].title if pages else run.campaign,
        "issuer": one_line(run.office),
        "sheet": {"width": sheet[0], "height": sheet[1], "columns": columns, "rows": rows},
        "pages": [page.as_data(qr_svg(page.permalink) or "") for page in pages],
        "parts": [_data_of(part) for part in _between(parts, first, last)],
    }
    try:
        return typeset(TEMPLATES / "sheet.typ", data, run.made_at)
    except TypesetError as error:
        fault = Fault(reason=error.reason, product=run.product)
        raise ChannelError(
            fault.in_words(), permanent=not isinstance(error, StoppedError)
        ) from error


def preview_png(content: Content, hamlet: Hamlet, product: Product) -> bytes:
    """Return a product as a picture, about 1,000 pixels high. Raises ChannelError."""
    page = inputs_for(content, hamlet, product)
    ppi = 1_000 / (product.layout.height / 25.4)
    try:
        return press().png(TEMPLATES / "flyer.typ", page.as_data(qr_svg(page.permalink) or ""), ppi)
    except TypesetError as error:
        fault = Fault(reason=error.reason, product=product)
        raise ChannelError(fault.in_words(), permanent=True) from error


def _sheet(layout: Layout, up: int) -> tuple[float, float] | None:
    """Return the sheet of standard paper that holds ``up`` pages; None where there is none."""
    if up == 1:
        return layout.width, layout.height
    columns, rows = _GRIDS.get(up, (0, 0))
    return _PAPER.get((round(columns * layout.width), round(rows * layout.height)))


def _parts(run: Run, stacks: Sequence[Stack]) -> tuple[list[FlyerInputs], list[_Part]]:
    """Return the distinct pages, and what is printed one after the other."""
    pages: list[FlyerInputs] = []
    parts: list[_Part] = []
    for stack in stacks:
        counts = [copies_of(run.product, one.content, one.hamlet) for one in stack.shares]
        if not any(counts):
            continue
        if run.covers:
            parts.append(_Part(1, cover=_cover(run, stack, counts)))
        for share, copies in zip(stack.shares, counts, strict=True):
            page = inputs_for(share.content, share.hamlet, run.product)
            if page not in pages[-1:]:
                pages.append(page)
            if copies:
                parts.append(_Part(-(-copies // run.up), page=len(pages) - 1))
    return pages, parts


def _between(parts: Sequence[_Part], first: int, last: int) -> Iterator[_Part]:
    at = 0
    for part in parts:
        begin, end = max(first, at + 1), min(last, at + part.sheets)
        if begin <= end:
            yield _Part(end - begin + 1, part.page, part.cover)
        at += part.sheets


def _data_of(part: _Part) -> dict[str, Any]:
    if part.cover is not None:
        return {"kind": "cover", "cover": part.cover}
    return {"kind": "sheets", "page": part.page, "sheets": part.sheets}


def _cover(run: Run, stack: Stack, counts: Sequence[int]) -> dict[str, Any]:
    """Return what the cover of a bundle says. Raises ChannelError for a name that has no glyph."""
    content = stack.shares[0].content
    by_hamlet = tuple(
        (share.hamlet.id, count) for share, count in zip(stack.shares, counts, strict=True) if count
    )
    code = Handout(run.commune, run.campaign, run.revision, by_hamlet, run.product).code
    qr = qr_svg(run.address(code) or code)
    if qr is None:
        message = _("{bundle}: so many hamlets have no room in a QR code; print --by hamlet")
        raise ChannelError(message.format(bundle=stack.name), permanent=True)
    copies = sum(counts)
    each = "; ".join(
        f"{one_line(share.hamlet.name)}: {number(count)}{' – in lại' if share.again else ''}"
        for share, count in zip(stack.shares, counts, strict=True)
        if count
    )
    people = ", ".join(dict.fromkeys(one.taken_by for one in stack.shares if one.taken_by))
    sheets = sum(-(-count // run.up) for count in counts)
    facts = [
        ["Giao cho", one_line(stack.name)],
        ["Người nhận", one_line(people)],
        ["Loại", f"{run.product.in_words}, {run.up} bản trên một tờ"],
        ["Số bản", number(copies) if len(stack.shares) == 1 else f"{number(copies)} ({each})"],
        ["Số tờ in", number(sheets)],
        ["Chiến dịch", f"{run.campaign}, bản {run.revision}"],
    ]
    data = {
        "office": one_line(run.office),
        "heading": "PHIẾU GIAO VÀ XÁC NHẬN PHÁT",
        "mark": _marked(stack, counts),
        "again": _AGAIN if any(one.again for one in stack.shares) else "",
        "title": one_line(content.title),
        "facts": [fact for fact in facts if fact[1]],
        "columns": _COLUMNS,
        "note": _BY_PHONE if run.address(code) else _NOTE,
        "code": code,
        "qr": qr,
    }
    missing = font.missing(one_line(stack.name) + people + run.office + content.title)
    if missing:
        raise ChannelError(Fault(missing).in_words(), permanent=True)
    return data


def _marked(stack: Stack, counts: Sequence[int]) -> str:
    """Return the headings of what lies in a bundle, and in which hamlets they are not all alike."""
    places: dict[str, list[str]] = {}
    for share, count in zip(stack.shares, counts, strict=True):
        if count:
            places.setdefault(share.heading, []).append(one_line(share.hamlet.name))
    if len(places) == 1:
        return next(iter(places))
    return "; ".join(f"{said}: {', '.join(names)}" for said, names in places.items() if said)
