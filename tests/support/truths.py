"""Campaigns made up by the hundred: the same facts in four forms, each written in its own habit.

Everything in them is made up. ``campaign(seed)`` says the same in every form; ``planted`` changes
one fact in one form, and leaves all else as it is.
"""
# ruff: noqa: E501 - a wording is read more easily whole than broken

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

HAMLETS = ("Ấp 1", "Ấp 2", "Ấp 3", "Ấp 4", "Ấp Bình Tiền", "Ấp Gò Công")
FORMS = ("loudspeaker", "flyer", "portal", "chat")
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def _below_hundred(number: int) -> str:
    tens, unit = divmod(number, 10)
    if not tens:
        return _DIGITS[unit]
    said = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    last = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(unit, _DIGITS[unit])
    return f"{said} {last}".strip()


def _dates(day: date, rng: random.Random, form: str) -> str:
    weekday = _WEEKDAYS[day.weekday()]
    short = weekday.replace("thứ Bảy", "T7").replace("Chủ nhật", "CN").replace("thứ Sáu", "T6")
    words = f"ngày {_below_hundred(day.day)} tháng {_below_hundred(day.month)}"
    habits = [
        f"ngày {day:%d/%m/%Y}",
        f"{weekday}, ngày {day:%d/%m/%Y}",
        f"{weekday} ({day:%d/%m/%Y})",
        f"{weekday} {day.day}/{day.month}",
        f"ngày {day.day}-{day.month}-{day.year}",
        f"ngày {day.day}-{day.month}",
        f"ngày {day.day} tháng {day.month} năm {day.year}",
        f"ngày {day.day} tháng {day.month}",
        f"ngày {day.day}.{day.month}.{day.year}",
        f"ngày {day.day}/{day.month}",
        f"{weekday}, {words}",
        f"{weekday} ngày {day.day:02}.{day.month:02}",
    ]
    if form == "chat":
        habits += [f"{short} {day.day}/{day.month}", f"{day:%d/%m/%Y} ({short})"]
    if form == "loudspeaker":
        habits += [words, f"{words} năm hai nghìn không trăm hai mươi sáu"]
    if day.day < 11:
        habits.append(f"mùng {day.day}/{day.month}")
    return rng.choice(habits)


def _hours(minutes: int, rng: random.Random, form: str) -> str:
    hour, rest = divmod(minutes, 60)
    part = "sáng" if hour < 11 else "chiều" if 12 < hour < 18 else "tối" if hour >= 18 else ""
    twelve = hour - 12 if hour > 12 else hour
    tail = f" {rest:02} phút" if rest else ""
    habits = [
        f"{hour}h{rest:02}" if rest else f"{hour}h",
        f"{hour:02}:{rest:02}",
        f"{hour} giờ{tail}",
        f"{hour:02} giờ {rest:02}",
        f"{hour}g{rest:02}",
        f"{hour:02}h{rest:02}",
    ]
    if part:
        habits.append(f"{twelve} giờ{tail} {part}")
        spoken = f"{_below_hundred(twelve)} giờ"
        half = " rưỡi" if rest == 30 else f" {_below_hundred(rest)} phút" if rest else ""
        habits += [f"{spoken}{half} {part}"] * (2 if form == "loudspeaker" else 1)
    return rng.choice(habits)


def _money(value: int, rng: random.Random, _form: str) -> str:
    dotted = f"{value:,}".replace(",", ".")
    habits = [f"{dotted} đồng", f"{dotted}đ", f"{dotted} VNĐ"]
    if value % 1_000_000 == 0:
        habits += [
            f"{value // 1_000_000} triệu đồng",
            f"{_below_hundred(value // 1_000_000)} triệu đồng",
        ]
    elif value > 1_000_000 and value % 100_000 == 0:
        tenths = f"{value / 1e6:.1f}".replace(".", ",")
        rest = value % 1_000_000 // 1_000
        habits += [f"{tenths} triệu đồng", f"{value // 1_000_000} triệu {rest} nghìn đồng"]
        if rest == 500:
            habits += [f"{_below_hundred(value // 1_000_000)} triệu rưỡi đồng"]
    elif value < 1_000_000:
        habits += [f"{value // 1000} nghìn đồng", f"{value // 1000} ngàn đồng", f"{value // 1000}k"]
    return rng.choice(habits)


def _phone(digits: str, rng: random.Random, _form: str) -> str:
    habits = [
        f"{digits[:4]}.{digits[4:7]}.{digits[7:]}",
        f"{digits[:4]} {digits[4:7]} {digits[7:]}",
        digits,
        f"+84 {digits[1:4]} {digits[4:7]} {digits[7:]}",
        f"{digits[:4]}-{digits[4:7]}-{digits[7:]}",
    ]
    if len(digits) == 11:
        habits = [
            f"{digits[:4]}.{digits[4:8]}.{digits[8:]}",
            f"({digits[:4]}) {digits[4:]}",
            f"{digits[:4]} {digits[4:8]} {digits[8:]}",
            f"+84 {digits[1:4]} {digits[4:8]} {digits[8:]}",
        ]
    return rng.choice(habits)


#: Each place in the ways in which it is written.
PLACES: Mapping[str, tuple[str, ...]] = {
    "nvh-1": ("Nhà văn hóa Ấp 1", "nhà văn hóa ấp 1", "NVH Ấp 1", "nhà văn hoá Ấp 1"),
    "nvh-3": ("Nhà văn hóa Ấp 3", "nhà văn hóa ấp 3", "NVH ấp 3"),
    "tram": ("Trạm Y tế xã", "trạm y tế xã", "Trạm Y tế xã Bình Hòa Hưng", "TYT xã"),
    "ubnd": ("trụ sở UBND xã", "Ủy ban nhân dân xã", "trụ sở Ủy ban nhân dân xã", "UBND xã"),
    "hoi-truong": ("Hội trường UBND xã", "hội trường Ủy ban nhân dân xã", "Hội trường xã"),
    "thcs": ("Trường THCS Bình Hòa", "trường Trung học cơ sở Bình Hòa", "trường THCS Bình Hòa"),
    "tieu-hoc": ("Trường Tiểu học xã", "trường tiểu học xã"),
    "cho": ("chợ Bình Hòa", "Chợ Bình Hòa"),
}  # fmt: skip
_OTHER_PLACE = {"nvh-1": "nvh-3", "nvh-3": "nvh-1", "tram": "nvh-3", "ubnd": "nvh-1",
                "hoi-truong": "tieu-hoc", "thcs": "tieu-hoc", "tieu-hoc": "thcs", "cho": "tram"}  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """What a campaign is about: its office, and its wordings from long to short."""

    office: str
    texts: tuple[str, ...]
    short: tuple[str, ...]
    titles: tuple[str, ...]


TOPICS = (
    Topic(
        "Trạm Y tế xã",
        (
            "Trạm Y tế xã kính mời phụ huynh có con từ 18 đến 24 tháng tuổi đưa trẻ đi tiêm vắc xin sởi.\n\nThời gian: từ {h} đến {e}, {d}. Địa điểm: {p}.\n\nPhụ huynh mang theo sổ tiêm chủng. Cần hỏi thêm, gọi {t}.",
            "Bà con chú ý! {D}, từ {h} đến {e}, tại {p} tổ chức tiêm vắc xin sởi cho trẻ từ 18 đến 24 tháng tuổi. Khi đi nhớ mang sổ tiêm. Hỏi số điện thoại {t}.",
            "Lịch tiêm sởi cho trẻ 18-24 tháng tuổi:\n- Ngày giờ: {d}, {h} – {e}\n- Nơi tiêm: {p}\n- Liên hệ: {t}",
        ),
        ("Tiêm sởi {d}, lúc {h}, tại {p}.", "Nhắc tiêm sởi: {h} {d} tại {p}. ĐT {t}."),
        ("Tiêm vắc xin sởi cho trẻ", "Tiêm vắc xin sởi {d}"),
    ),
    Topic(
        "Ủy ban nhân dân xã",
        (
            "Ủy ban nhân dân xã thông báo chi trả hỗ trợ hộ nghèo. Mức hỗ trợ {m} một hộ. Thời gian: {h} {d}, tại {p}. Hộ chưa có tên báo trưởng ấp trước {l}. Điện thoại: {t}.",
            "Hộ nghèo nhận tiền hỗ trợ {m}/hộ.\n\nĐến nhận lúc {h}, {d}. Địa điểm: {p}.\n\nHạn chót báo bổ sung danh sách: {l}. Liên hệ {t}.",
            "Kính báo các hộ nghèo: mỗi hộ được hỗ trợ {m}. Bà con đến {p} vào {h} {d} để nhận. Ai chưa có trong danh sách, chậm nhất {l} phải báo với trưởng ấp.",
        ),
        (
            "Chi trả hộ nghèo {m}/hộ, {h} {d} tại {p}.",
            "Nhận hỗ trợ hộ nghèo {d}. Báo bổ sung trước {l}.",
        ),
        ("Chi trả hỗ trợ hộ nghèo", "Hỗ trợ hộ nghèo {m} một hộ"),
    ),
    Topic(
        "Ban nhân dân ấp",
        (
            "Kính mời đại diện các hộ đến dự họp nhân dân vào lúc {h}, {d}, tại {p}. Nội dung: báo cáo thu chi, góp ý làm đường. Rất mong bà con dự đầy đủ.",
            "THƯ MỜI HỌP\n\nThời gian: {h}, {d}\nĐịa điểm: {p}\nThắc mắc xin gọi {t}",
            "Cuộc họp nhân dân cuối năm diễn ra {d}, bắt đầu {h}, ở {p}. Mỗi hộ cử một người.",
        ),
        ("Mời họp dân {h} {d} tại {p}.", "Họp dân {d} nhé bà con, {h}."),
        ("Mời họp nhân dân", "Họp nhân dân {d}"),
    ),
    Topic(
        "Điện lực",
        (
            "Điện lực thông báo ngừng cấp điện {d}, từ {h} đến {e}, để sửa đường dây. Mất điện ngoài giờ này xin gọi {t}.",
            "Cúp điện {d}. Bắt đầu từ {h}, có điện lại vào lúc {e}. Số trực: {t}.",
            "Lịch cắt điện:\n+ {d}\n+ {h} - {e}\nBà con chủ động nguồn điện.",
        ),
        ("Cúp điện {d} từ {h} đến {e}.", "Mất điện {d}, {h}-{e}, hỏi {t}"),
        ("Ngừng cấp điện", "Tạm ngừng cấp điện {d}"),
    ),
    Topic(
        "Công an xã",
        (
            "Công an xã tổ chức cấp căn cước lưu động tại {p} vào {d}, từ {h} đến {e}. Lệ phí {m}. Người làm căn cước mang theo giấy khai sinh. Đăng ký qua số {t} trước {l}.",
            "Cấp căn cước lưu động:\n- {d}, {h} đến {e}\n- Tại {p}\n- Lệ phí: {m}\n- Hạn đăng ký: {l}\n- Đăng ký: {t}",
            "Bà con nào cần làm căn cước thì đăng ký chậm nhất {l}, gọi {t}. Công an xã làm {d}, bắt đầu {h}, tại {p}, thu {m} lệ phí.",
        ),
        ("Làm căn cước {d} tại {p}, {h}. Phí {m}.", "Căn cước: đăng ký trước {l}, số {t}."),
        ("Cấp căn cước lưu động", "Làm căn cước {d}"),
    ),
    Topic(
        "Hội Nông dân xã",
        (
            "Hội Nông dân xã mở lớp tập huấn trồng lúa giảm phát thải lúc {h}, {d}, tại {p}. Học viên được hỗ trợ {m} tiền ăn. Ghi danh trước {l}, điện thoại {t}.",
            "Tập huấn trồng lúa: {h} {d}. Nơi học: {p}. Hỗ trợ tiền ăn {m}. Ai muốn học, ghi danh đến hết {l} qua số {t}.",
            "Mời nông dân dự tập huấn tại {p}. Lớp khai giảng {d}, {h}. Mỗi học viên nhận {m} tiền ăn.",
        ),
        ("Tập huấn lúa {h} {d} tại {p}.", "Lớp trồng lúa {d}, ghi danh trước {l}."),
        ("Tập huấn trồng lúa", "Mở lớp tập huấn {d}"),
    ),
    Topic(
        "Ủy ban nhân dân xã",
        (
            "Ủy ban nhân dân xã thu quỹ phòng, chống thiên tai năm 2026, mức {m} một người. Thu tại {p}, bắt đầu từ {d}, kết thúc {l}. Giờ làm việc: {h} đến {e}. Hỏi {t}.",
            "Thu quỹ phòng chống thiên tai: {m}/người, từ {d} đến hết {l}. Nơi thu: {p}, {h}-{e}. ĐT: {t}.",
            "Từ {d} đến {l}, bà con đến {p} đóng quỹ phòng chống thiên tai, mỗi người {m}.",
        ),
        ("Đóng quỹ thiên tai {m}/người tại {p} trước {l}.", "Thu quỹ từ {d} đến {l}."),
        ("Thu quỹ phòng, chống thiên tai",),
    ),
    Topic(
        "Trung tâm Dịch vụ việc làm",
        (
            "Phiên giao dịch việc làm diễn ra lúc {h}, {d}, tại {p}. Lương từ {m} một tháng. Người tìm việc liên hệ {t}.",
            "Ngày hội việc làm {d}. Giờ mở cửa: {h}. Địa điểm: {p}. Lương {m}/tháng. Gọi {t} để biết thêm.",
            "Bà con cần việc làm mời đến {p} dự phiên giao dịch việc làm. Thời gian {h} {d}. Mức lương {m} mỗi tháng.",
        ),
        ("Ngày hội việc làm {h} {d}, {p}.", "Việc làm lương {m}/tháng, gọi {t}."),
        ("Phiên giao dịch việc làm", "Ngày hội việc làm {d}"),
    ),
)


@dataclass(frozen=True)
class Facts:
    """What is true of one made-up campaign."""

    day: date
    deadline: date
    hour: int
    end: int
    money: int
    phone: str
    place: str


@dataclass(frozen=True)
class MadeUp:
    """Fields of a campaign, by their path; ``used`` says which facts each tells."""

    seed: int
    facts: Facts
    fields: Mapping[tuple[str, ...], str]
    used: Mapping[tuple[str, ...], frozenset[str]]


def campaign(seed: int) -> MadeUp:
    """Return a campaign whose forms all say the same."""
    rng = random.Random(seed)
    day = date(2026, 12, 1) + timedelta(days=rng.randrange(3, 27))
    hour = rng.choice([420, 435, 450, 480, 510, 780, 810, 825, 840, 1110, 1140, 1170])
    facts = Facts(
        day=day,
        deadline=day,
        hour=hour,
        end=hour + rng.choice([90, 120, 150, 180]),
        money=rng.choice(
            [50_000, 75_000, 120_000, 300_000, 500_000, 1_000_000, 1_500_000, 2_500_000, 7_000_000]
        ),
        phone=rng.choice(["0900", "0901"]) + f"{rng.randrange(10**6):06}"
        if rng.random() < 0.5
        else f"0272{rng.choice('356')}{rng.randrange(10**6):06}",
        place=rng.choice(sorted(PLACES)),
    )
    topic_index = seed % len(TOPICS)
    late = topic_index == 6
    facts = replace(facts, deadline=day + timedelta(days=rng.randrange(2, 9) * (1 if late else -1)))
    return _told(seed, facts, {}, None)


def planted(made: MadeUp, form: tuple[str, ...], name: str) -> MadeUp:
    """Return the campaign with fact ``name`` changed where ``form`` tells it."""
    rng = random.Random(made.seed * 31 + len(name))
    facts = made.facts
    days = rng.choice([1, 2, 7, 10])
    minutes = rng.choice([30, 60, 120])
    digits = list(facts.phone)
    digits[-1 - rng.randrange(3)] = str((int(digits[-1]) + 1 + rng.randrange(8)) % 10)
    phone = "".join(digits)
    if phone == facts.phone:
        phone = facts.phone[:-1] + str((int(facts.phone[-1]) + 1) % 10)
    other = {
        "day": replace(facts, day=facts.day + timedelta(days=days)),
        "deadline": replace(facts, deadline=facts.deadline - timedelta(days=days)),
        "hour": replace(
            facts, hour=facts.hour + (minutes if minutes < facts.end - facts.hour else 30)
        ),
        "end": replace(facts, end=facts.end + minutes),
        "money": replace(
            facts, money=facts.money * 2 if rng.random() < 0.5 else facts.money + 50_000
        ),
        "phone": replace(facts, phone=phone),
        "place": replace(facts, place=_OTHER_PLACE[facts.place]),
    }[name]
    return _told(made.seed, facts, {form: other}, form)


_SLOTS = {
    "d": "day",
    "D": "day",
    "h": "hour",
    "e": "end",
    "m": "money",
    "t": "phone",
    "p": "place",
    "l": "deadline",
}


def _told(
    seed: int, facts: Facts, others: Mapping[tuple[str, ...], Facts], only: tuple[str, ...] | None
) -> MadeUp:
    rng = random.Random(seed + 10_000)
    topic = TOPICS[seed % len(TOPICS)]
    fields: dict[tuple[str, ...], str] = {}
    used: dict[tuple[str, ...], frozenset[str]] = {}
    templates: dict[tuple[str, ...], str] = {("title",): rng.choice(topic.titles)}
    for form in FORMS:
        short = form == "chat" and rng.random() < 0.7
        templates["channels", form, "text"] = rng.choice(topic.short if short else topic.texts)
    templates["contact",] = f"{topic.office}, điện thoại {{t}}"
    for path, template in templates.items():
        form = path[1] if len(path) > 1 else "portal"
        names = re.findall(r"\{(\w)\}", template)
        told = others.get(path, facts)
        values = {
            name: _written(name, told, random.Random(f"{seed}{path}{name}"), form) for name in names
        }
        fields[path] = template.format(**values)
        used[path] = frozenset(_SLOTS[name] for name in names)
    return MadeUp(seed, facts, fields, used)


def _written(name: str, facts: Facts, rng: random.Random, form: str) -> str:
    writers: dict[str, Callable[[], str]] = {
        "d": lambda: _dates(facts.day, rng, form),
        "D": lambda: _capital(_dates(facts.day, rng, form)),
        "l": lambda: _dates(facts.deadline, rng, form),
        "h": lambda: _hours(facts.hour, rng, form),
        "e": lambda: _hours(facts.end, rng, form),
        "m": lambda: _money(facts.money, rng, form),
        "t": lambda: _phone(facts.phone, rng, form),
        "p": lambda: rng.choice(PLACES[facts.place]),
    }
    return writers[name]()


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def plantings(made: MadeUp) -> list[tuple[tuple[str, ...], str]]:
    """Return every (form, fact) whose change contradicts another form."""
    return [
        (path, name)
        for path, names in made.used.items()
        for name in sorted(names)
        if path[0] == "channels" and sum(name in told for told in made.used.values()) > 1
    ]
