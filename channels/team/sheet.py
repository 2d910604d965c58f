"""A team's visit sheet as PDF: whom to visit, what to tell, and boxes for what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from channels.base import ChannelError
from channels.team.rounds import FREE, NOBODY_LISTED, Busy, Counted, Round, Stop, round_for
from channels.team.wording import TEMPLATES, VisitInputs, number, one_line, span, tellings, titles
from channels.typesetting import StoppedError, TypesetError, font, typeset
from channels.typesetting.qr import qr_svg
from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Bundle, File, Hamlet, Item, Purpose, Registry

_COLUMNS = ("Ấp", "Ngày đi", "Số hộ", "Đã gặp", "Vắng", "Từ chối", "Cần giúp")
_LISTED = ("TT", "Hộ", "Địa chỉ", "Điện thoại", "Vì sao đến", "Gặp", "Vắng", "Từ chối", "Cần giúp")
_NOTE = "Đã gặp, vắng, từ chối: mỗi hộ ghi một ô. Cần giúp: ghi thêm, trong số hộ đã đến. "
_STOPPED = (
    "Nơi ghi dừng đi: không đến hộ nào vì thông báo này nữa; hộ nào đã đến thì báo lại lời ở phiếu "
    "này. "
)
_BY_LINK = "Đi xong, quét mã trên phiếu để báo số, hoặc gửi phiếu về văn phòng."
_BY_PAPER = "Đi xong, gửi phiếu này về văn phòng."
_PRIVATE = (
    "Danh sách có dữ liệu cá nhân: chỉ tổ này dùng, không chụp, không gửi cho người khác; đi xong "
    "nộp lại văn phòng để hủy."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A household on a private list, as its team needs it. Personal data: never shown by chance."""

    hamlet: str
    name: str
    address: str
    phone: str
    why: str

    def __repr__(self) -> str:
        return "Listed(…)"


def sheet_file(
    bundle: Bundle,
    items: Sequence[Item],
    registry: Registry,
    link: str,
    busy: Busy = FREE,
    counted: Counted = NOBODY_LISTED,
) -> File:
    """Return the sheet of one campaign for the team that a bundle goes to.

    ``counted`` says how many are on its private list: a number, no more, stands on the sheet.

    A later edition of the same bundle has a name of its own. Raises ChannelError when it cannot
    be printed.
    """
    ordered = sorted(items, key=lambda item: item.delivery_id)
    content = ordered[-1].content
    hamlets = [item.hamlet for item in ordered]
    newest = {item.hamlet.id: item for item in ordered}
    withdrawn = {one for one, item in newest.items() if item.content.purpose is Purpose.WITHDRAWAL}
    one = round_for(
        bundle.target, bundle.slot, content, hamlets, registry, withdrawn, busy, counted
    )
    told = [(one.hamlet, VisitInputs.from_json(one.file.read())) for one in newest.values()]
    pdf = sheet_pdf(Sheet(one, told, content.campaign_id, registry, link, bundle.slot))
    slot = local(bundle.slot)
    again = f"-v{bundle.edition}" if bundle.edition > 1 else ""
    name = f"{slot:%Y-%m-%d-%H%M%S}-{content.campaign_id}{again}.pdf"
    return File.of_bytes(name, "application/pdf", pdf)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on a sheet. ``told``: each hamlet with its words; the newest are the
    last. ``listed``: the private list, on pages of its own.
    """

    round: Round
    told: Sequence[tuple[Hamlet, VisitInputs]]
    campaign_id: str
    registry: Registry
    link: str
    slot: datetime
    listed: tuple[Listed, ...] = ()


def sheet_pdf(sheet: Sheet) -> bytes:
    """Return the sheet, byte-identical for the same one. Raises ChannelError."""
    data = _data(sheet)
    missing = font.missing("".join(_strings(data)))
    if missing:
        message = _("these characters cannot be printed on a visit sheet: {characters}")
        named = ", ".join(f"U+{ord(one):04X}" for one in missing)
        raise ChannelError(message.format(characters=named), permanent=True)
    try:
        return typeset(TEMPLATES / "visits.typ", data, sheet.slot)
    except TypesetError as error:
        # Typst's own words may quote what it was to print, which may be somebody's name.
        reason = str(error.reason).splitlines()[0] if not sheet.listed else ""
        message = _("the visit sheet cannot be typeset: {reason}").format(reason=reason)
        raise ChannelError(message, permanent=not isinstance(error, StoppedError)) from (
            None if sheet.listed else error
        )


def _data(sheet: Sheet) -> dict[str, Any]:
    """Return what templates/visits.typ reads."""
    one, registry = sheet.round, sheet.registry
    words = sheet.told[-1][1]
    said = tellings(sheet.told)
    alike = len(said) == 1
    members = [
        registry.people_by_id[p].name for p in one.team.members if p in registry.people_by_id
    ]
    facts = [
        ["Tổ", one_line(one.team.name)],
        ["Thành viên", one_line(", ".join(members))],
        *_going(one, words),
        ["Mã chiến dịch", sheet.campaign_id],
    ]
    rows = [
        [one_line(stop.hamlet.name), _when(stop), number(stop.households)] for stop in one.stops
    ]
    stopped = _STOPPED if any(stop.withdrawn for stop in one.stops) else ""
    return {
        "office": one_line(registry.commune.office),
        "heading": "PHIẾU DỪNG ĐI TỪNG NHÀ" if one.withdrawn else "PHIẾU ĐI TỪNG NHÀ",
        "title": titles(said),
        "mark": words.mark if alike else "",
        "facts": [fact for fact in facts if fact[1]],
        "late": f"Không đủ ngày cho {number(one.left)} hộ: báo văn phòng." if one.left else "",
        "columns": _COLUMNS,
        "rows": rows,
        "total": ["Tổng cộng", "", number(one.households)],
        "note": stopped + _NOTE + (_BY_LINK if sheet.link else _BY_PAPER),
        "tell": [
            {
                "hamlets": ", ".join(telling.hamlets),
                "mark": "" if alike else telling.mark,
                "title": "" if alike else telling.title,
                "amends": telling.amends,
                "lines": telling.lines,
                "contact": telling.contact,
            }
            for telling in said
        ],
        "link": sheet.link,
        "qr": (qr_svg(sheet.link) or "") if sheet.link else "",
        "listed": {
            "columns": _LISTED,
            "note": _PRIVATE,
            "hamlets": [
                {"name": hamlet, "rows": rows_of}
                for hamlet, rows_of in _by_hamlet(sheet.listed).items()
            ],
        },
    }


def _going(one: Round, words: VisitInputs) -> list[list[str]]:
    """Return how many are visited, and on which days."""
    if one.withdrawn:
        return [["Đến thăm", "không đến hộ nào nữa"]]
    households = f"{number(one.households)} {words.whom}, mỗi lượt {words.minutes} phút"
    if one.registered != one.households:
        households += f" (danh bạ: {number(one.registered)} {words.whom})"
    return [["Đến thăm", households], ["Ngày đi", _days(one.days)]]


def _when(stop: Stop) -> str:
    return "dừng đi" if stop.withdrawn else span(stop.first, stop.last)


def _by_hamlet(listed: Sequence[Listed]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for one in listed:
        rows = found.setdefault(one_line(one.hamlet), [])
        cells = (one.name, one.address, one.phone, one.why)
        rows.append([str(len(rows) + 1), *map(one_line, cells)])
    return found


def _days(days: Sequence[date]) -> str:
    if not days:
        return "không còn ngày nào"
    if len(days) == 1:
        return f"{days[0]:%d/%m/%Y}"
    whole = (days[-1] - days[0]).days + 1 == len(days)
    if whole:
        return f"từ {days[0]:%d/%m/%Y} đến {days[-1]:%d/%m/%Y}"
    return ", ".join(f"{day:%d/%m}" for day in days)


def _strings(value: Any) -> Iterator[str]:
    """Yield every string that is printed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "qr":
                yield from _strings(part)
    else:
        for part in value:
            yield from _strings(part)
