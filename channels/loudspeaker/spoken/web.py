"""Web and e-mail addresses, said so that they can be written down: chấm, a còng, gạch chéo."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from .abbreviations import ABBREVIATIONS, FOREIGN, abbreviation
from .context import Context, Reading, Rule, rule
from .letters import spell
from .model import Doubtful, Why
from .numbers import read_digits
from .syllables import LETTERS, TONELESS_SYLLABLE, has_vowel, is_pronounceable, is_syllable

_SIGNS: Final = {
    ".": "chấm", "@": "a còng", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới",
    ":": "hai chấm", "?": "hỏi chấm", "=": "bằng", "&": "và", "#": "thăng", "+": "cộng",
    "%": "phần trăm", "~": "ngã",
}  # fmt: skip
ENDINGS: Final = "vn|com|net|org|gov|edu|info|io|asia|me|app|tv|link|site|online|biz|co|ly|be|gl"
FILES: Final = "pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|mp3|mp4|wav|zip|rar|txt|csv|apk"
_LABEL: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
_TAIL: Final = r"(?:[/?#][A-Za-z0-9/?=&#%._~:+@-]{0,300}[A-Za-z0-9/=_-]|/)?"
_LONGEST_NAME: Final = 40
#: What the name of an office's page begins with.
_PLACES: Final = frozenset({"xa", "phuong"})


@lru_cache(maxsize=4_096)
def _segment(name: str) -> tuple[str, ...] | None:
    """Cut a run such as "binhhoahung" into toneless syllables, few and full ones."""
    if len(name) > _LONGEST_NAME:
        return None
    best: list[tuple[str, ...] | None] = [(), *[None] * len(name)]
    for end in range(1, len(name) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or not TONELESS_SYLLABLE.fullmatch(name[start:end]):
                continue
            found = best[end]
            cut = (*before, name[start:end])
            if found is None or _worth(cut) > _worth(found):
                best[end] = cut
    return best[len(name)]


def _with_letters(run: str) -> tuple[str, ...] | None:
    """Cut "ubndvinhtrach" and "hotrobhxh" into an abbreviation, spelled, and syllables."""
    cuts = range(min(len(run) - 3, 6), 1, -1)
    for known in (True, False):
        for cut in cuts:
            for letters, rest in ((run[:cut], run[cut:]), (run[-cut:], run[:-cut])):
                parts = _segment(rest) if _is_letters(letters, known=known) else None
                if parts:
                    spelled = (spell(letters),)
                    return spelled + parts if run.startswith(letters) else parts + spelled
    return None


def _is_letters(run: str, *, known: bool) -> bool:
    """Say whether ``run`` is a ``known`` abbreviation, or else has no vowel to be sung by."""
    if known:
        return run.upper() in ABBREVIATIONS or (run in FOREIGN and not has_vowel(run))
    return len(run) > 2 and not has_vowel(run)


def _worth(cut: tuple[str, ...]) -> tuple[int, bool, int]:
    """Return what makes a cut better: fewer syllables, then "xa my" rather than "xam y".

    Last "van a" rather than "va na".
    """
    return -len(cut), cut[0] in _PLACES, sum(len(part) ** 2 for part in cut)


def _name(run: str) -> tuple[str, bool]:
    """Return how a run of letters is said, and whether that is sure."""
    run = run.lower()
    if run in FOREIGN:
        return FOREIGN[run], True
    if re.fullmatch(FILES, run):
        return spell(run), True
    if is_syllable(run) and len(run) > 1:
        return run, True
    if len(run) > 1:
        parts = _segment(run) or _with_letters(run)
        if parts:
            return " ".join(
                part if " " in part or is_syllable(part) else FOREIGN.get(part, part)
                for part in parts
            ), True
        if is_pronounceable(run) and not abbreviation(run):
            return run, False
    return spell(run), True


def _said(address: str) -> Reading:
    words: list[str] = []
    sure = True
    for run in re.findall(rf"[{LETTERS}]+|\d+|.", address):
        if run.isdigit():
            words.append(read_digits(run))
        elif run.isalpha():
            reading, known = _name(run)
            words.append(reading)
            sure &= known
        elif run in _SIGNS:
            words.append(_SIGNS[run])
    said = " ".join(words)
    return said if sure else Doubtful(said, Why.FOREIGN_WORD)


def _file(match: re.Match[str], ctx: Context) -> Reading:
    """Read "thongbao.pdf": the name, then what kind of file it is."""
    return _said(match[0])


def _address(match: re.Match[str], ctx: Context) -> Reading:
    address = re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0], flags=re.IGNORECASE)
    return _said(address.rstrip("/")) if address.strip("/") else None


WEB: Final[tuple[Rule, ...]] = (
    rule(
        "e-mail",
        rf"[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}@(?:{_LABEL}\.){{1,6}}[A-Za-z]{{2,12}}",
        _address,
    ),
    rule(
        "web address",
        rf"(?i:https?://|www\.)(?:{_LABEL}\.){{0,6}}{_LABEL}(?::\d{{1,5}})?{_TAIL}",
        _address,
    ),
    rule("file name", rf"{_LABEL}\.(?i:{FILES})(?![A-Za-z0-9.])", _file),
    rule("web address", rf"(?:{_LABEL}\.){{1,6}}(?i:{ENDINGS})(?![A-Za-z0-9-]){_TAIL}", _address),
)
