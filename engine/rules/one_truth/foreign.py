"""Hours as Khmer and English texts write them: "ម៉ោង ៩ និង ៣០ នាទី ព្រឹក", "half past 9 pm", "noon".

What Loa reads aloud is Vietnamese; a flyer's second language says its hours in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ForeignHour:
    """A time of day, in minutes since midnight, written from ``start`` to ``end``.

    ``begin`` is where its ``lead`` begins ("từ", "đến", "trước"), which is "" where it has none.
    """

    begin: int
    start: int
    end: int
    minutes: int
    lead: str = ""


#: Spaces, and the mark that parts Khmer words without one.
_S: Final = r"[\s\u200b]*"
_KHMER_NUMBERS: Final = {
    "មួយ": 1, "ពីរ": 2, "បី": 3, "បួន": 4, "ប្រាំ": 5, "ប្រាំមួយ": 6, "ប្រាំពីរ": 7, "ប្រាំបី": 8,
    "ប្រាំបួន": 9, "ដប់": 10, "ដប់មួយ": 11, "ដប់ពីរ": 12, "ដប់ប្រាំ": 15, "ម្ភៃ": 20, "សាមសិប": 30,
    "សែសិប": 40, "សែសិបប្រាំ": 45, "ហាសិប": 50,
}  # fmt: skip
_ENGLISH_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
#: Halves of the day by their words: morning, after noon, night, around noon.
_HALVES: Final = {
    "ព្រឹក": "am", "ព្រលឹម": "am", "រសៀល": "pm", "ល្ងាច": "pm", "យប់": "night", "អធ្រាត្រ": "night",
    "ថ្ងៃត្រង់": "noon", "ត្រង់": "noon",
    "am": "am", "pm": "pm", "in the morning": "am", "in the afternoon": "pm",
    "in the evening": "pm", "at night": "night",
}  # fmt: skip
_LEADS: Final = {
    "ចាប់ពី": "từ", "ពី": "từ", "រហូតដល់": "đến", "ដល់": "đến", "មុន": "trước",
    "from": "từ", "to": "đến", "until": "đến", "till": "đến", "before": "trước", "by": "trước",
}  # fmt: skip


def _any(names: Iterator[str]) -> str:
    """Return a pattern of any of these words, the longer first."""
    return "|".join(sorted(names, key=lambda name: -len(name)))


def _khmer(names: dict[str, str]) -> str:
    return _any(name for name in names if not name.isascii())


def _english(names: dict[str, str]) -> str:
    return _any(name for name in names if name.isascii() and name not in {"am", "pm"})


def _named(pattern: str, *names: str) -> str:
    """Return a pattern whose groups @0, @1… bear these names."""
    for number, name in enumerate(names):
        pattern = pattern.replace(f"@{number}", name)
    return pattern


_NUMBER: Final = (
    rf"(?:\d{{1,2}}(?!\d)|(?:{_any(iter(_KHMER_NUMBERS))})"
    rf"(?!{_S}(?:មួយ|ពីរ|បី|បួន|ប្រាំ|ដប់|សិប)))"
)
_PART: Final = rf"(?:{_S}(?:នៅ|នា)?{_S}(?:ពេល|វេលា)?{_S}(?P<@0>{_khmer(_HALVES)}))?"
_MINUTES: Final = (
    rf"(?:{_S}[:.៖ៈ]{_S}(?P<@0>\d\d)(?!\d)|{_S}(?P<@1>កន្លះ)"
    rf"|{_S}(?:(?:និង|នឹង|,){_S})?(?P<@2>{_NUMBER}){_S}នាទី)?"
)
#: Without "នាទី" behind the hour, as in "២ ម៉ោង ១៥ នាទី", which lasts so long.
_HOUR: Final = rf"(?P<@0>{_NUMBER})(?!{_S}នាទី)"
_O_CLOCK: Final = rf"ម(?:៉ោ|ោ៉|ោ|៉)ង{_S}(?:(?:ប្រហែល|ប្រមាណ){_S})?"
_KHMER: Final = re.compile(
    rf"(?:(?P<lead>{_khmer(_LEADS)}){_S})?(?:{_S}វេលា{_S})?(?P<clock>{_O_CLOCK})"
    + _named(_HOUR, "h1")
    + _named(_MINUTES, "m1", "half1", "n1")
    + rf"(?:{_S}គត់)?"
    + _named(_PART, "p1")
    + rf"(?:{_S}(?P<to>{_khmer(_LEADS)}|[-–]){_S}(?:{_O_CLOCK})?"
    + _named(_HOUR, "h2")
    + _named(_MINUTES, "m2", "half2", "n2")
    + _named(_PART, "p2")
    + r")?"
)
_KHMER_HALF: Final = re.compile(_any(name for name in _HALVES if name[0] > "z" and name != "ត្រង់"))
#: How far before an hour its half of the day may stand: "ល្ងាចថ្ងៃទី៧ ខែ១២ ម៉ោង ៥".
_NEAR: Final = 60

_H: Final = rf"(?:\d{{1,2}}|{_any(iter(_ENGLISH_NUMBERS))})"
_M: Final = r"(?:[:.h](?P<@0>[0-5]\d))?"
_HALF: Final = rf"(?P<@0>[ap]\.\s?m\.|[ap]m\b|(?:{_english(_HALVES)})\b)"
_ENGLISH: Final = re.compile(
    rf"(?<![\w.,:/])(?:(?P<lead>{_any(n for n in _LEADS if n.isascii())})\s+)?"
    r"(?P<core>(?:12\s)?\b(?P<named>noon|midday|midnight)\b"
    rf"|(?P<part>half past|quarter past|quarter to)\s+(?P<h0>{_H})\b"
    rf"(?:\s*o[’']\s?clock)?(?:\s*{_named(_HALF, 'p0')})?"
    rf"|(?P<h2>{_H}){_named(_M, 'm2')}\s*(?:-|–|to|until|till)\s*(?P<h3>{_H}){_named(_M, 'm3')}"
    rf"\s*{_named(_HALF, 'p3')}"
    rf"|(?P<h1>{_H}){_named(_M, 'm1')}\s*(?:o[’']\s?clock\b(?:\s*{_named(_HALF, 'p1')})?"
    rf"|{_named(_HALF, 'p4')}))",
    re.IGNORECASE,
)
_PAST: Final = {"half past": 30, "quarter past": 15, "quarter to": -15}
_NAMED: Final = {"noon": 720, "midday": 720, "midnight": 0}


def foreign_hours(text: str) -> Iterator[ForeignHour]:
    """Yield the hours of a text that Khmer or English words tell, in their order."""
    found = [one for match in _KHMER.finditer(text) for one in _of_khmer(text, match)]
    found += [one for match in _ENGLISH.finditer(text) for one in _of_english(match)]
    yield from sorted(found, key=lambda one: one.start)


def _of_khmer(text: str, found: re.Match[str]) -> Iterator[ForeignHour]:
    first, second = (
        _minutes(found[f"h{n}"], found[f"m{n}"] or found[f"n{n}"], found[f"half{n}"]) for n in "12"
    )
    if first is None:
        return
    part = found["p1"] or _half_before(text, found.start())
    last = _in_half(second, found["p2"] or part) if second is not None else None
    one = _in_half(first, part or _borrowed(first, last, found["p2"]))
    stop = max(found.end(name) for name in ("h1", "m1", "half1", "n1", "p1"))
    if found["n1"]:
        stop = max(stop, text.index("នាទី", found.end("n1")) + len("នាទី"))
    start = found.start("h1") if found["m1"] else found.start("clock")
    yield ForeignHour(found.start(), start, stop, one, _LEADS.get(found["lead"] or "", ""))
    if last is not None:
        yield ForeignHour(found.start("to"), found.start("h2"), found.end(), last, "đến")


def _of_english(found: re.Match[str]) -> Iterator[ForeignHour]:
    lead = _LEADS.get((found["lead"] or "").lower(), "")
    start, end = found.span("core")
    if found["named"]:
        yield ForeignHour(found.start(), start, end, _NAMED[found["named"].lower()], lead)
        return
    if found["h2"]:
        last, half = _minutes(found["h3"], found["m3"]), _half(found["p3"])
        first = _minutes(found["h2"], found["m2"])
        if first is None or last is None:
            return
        last = _in_half(last, half)
        one = _in_half(first, _borrowed(first, last, half))
        stop = max(found.end("h2"), found.end("m2"))
        yield ForeignHour(found.start(), start, stop, one, "từ")
        yield ForeignHour(stop, found.start("h3"), end, last, "đến")
        return
    minutes = _minutes(found["h0"] or found["h1"], found["m1"])
    if minutes is not None:
        half = _half(found["p0"] or found["p1"] or found["p4"] or "")
        minutes = _in_half(minutes, half) + _PAST.get((found["part"] or "").lower(), 0)
        yield ForeignHour(found.start(), start, end, minutes % 1440, lead)


def _half(written: str) -> str:
    return re.sub(r"[.\s]", "", written.lower()) if "." in written else written.lower()


def _half_before(text: str, end: int) -> str:
    """Return the half of the day that stands before an hour in its sentence; "" without one."""
    clause = re.split(r"[។\n]|ម៉ោង", text[max(0, end - _NEAR) : end])[-1]
    found = _KHMER_HALF.findall(clause)
    return str(found[-1]) if found else ""


def _minutes(hour: str | None, minutes: str | None, half: str | None = None) -> int | None:
    """Return minutes since midnight; None where no clock has such a time."""
    if hour is None:
        return None
    h, m = _number(hour), 30 if half else _number(minutes or "0")
    return h % 24 * 60 + m if h <= 24 and m < 60 else None


def _number(written: str) -> int:
    known = _KHMER_NUMBERS | _ENGLISH_NUMBERS
    return known[written.lower()] if written.lower() in known else int(written)


def _in_half(minutes: int, part: str) -> int:
    """Return what a time is in a half of the day: 7 at night is 19:00, 12 in the morning 0:00."""
    half, hour = _HALVES.get(part, ""), minutes // 60
    if hour == 12 and half in {"am", "night"}:
        return minutes - 720
    later = {"pm": range(1, 12), "night": range(6, 12), "noon": range(1, 4)}
    return minutes + 720 if hour in later.get(half, ()) else minutes


def _borrowed(first: int, last: int | None, part: str | None) -> str:
    """Return the half of the day that a range's end lends to its beginning; "" where none."""
    fits = part and last is not None and _in_half(first, part) < last
    return part if part and fits else ""
