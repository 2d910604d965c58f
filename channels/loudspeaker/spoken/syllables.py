"""What a Vietnamese syllable looks like, so that words can be told from abbreviations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from .wordlist import words

_PLAIN_VOWELS: Final = "aăâeêioôơuưy"
_TONES: Final = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_TONED: Final = {
    unicodedata.normalize("NFC", vowel + tone): vowel
    for tone in _TONES[1:]
    for vowel in _PLAIN_VOWELS
}
VOWELS: Final = frozenset(_PLAIN_VOWELS) | frozenset(_TONED)
LOWER: Final = "abcdefghijklmnopqrstuvwxyzăâđêôơư" + "".join(sorted(_TONED))
UPPER: Final = LOWER.upper()
#: The letters of Vietnamese and the four that only foreign words have, for a regex class.
LETTERS: Final = LOWER + UPPER

_TONELESS: Final = str.maketrans(_TONED)
_TONE_MARKS = re.compile(f"[{''.join(_TONED)}]")
_RIMES: Final = words(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt ăk ăl âc âm ân âng âp ât âu ây e "
    "ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im "
    "in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc "
    "oe oem oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ôông ơ ơi ơm ơn ơp ơt "
    "ơu u ua uân uâng uât uây uc ui um un ung uơ up ut uê uêch uên uênh uêt uy uya uych uyên uyêt "
    "uynh uyt uyu uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp "
    "ươt ươu y ych yêm yên yêng yêt yêu ynh yt"
)
_ONSETS: Final = words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")


def _longest_first(parts: Collection[str]) -> str:
    return "|".join(sorted(parts, key=len, reverse=True))


_SYLLABLE = re.compile(f"(?:{_longest_first(_ONSETS)})?(?:{_longest_first(_RIMES)})")
_ASCII: Final = str.maketrans("ăâđêôơư", "aadeoou")
#: A syllable as it stands in web addresses: no tone, no hat, no horn.
TONELESS_SYLLABLE: Final = re.compile(_SYLLABLE.pattern.translate(_ASCII))
_STOP_FINAL = re.compile(r"(?:p|t|c|ch)$")
_WORD = re.compile(f"[{LETTERS}]+")
_VOWEL_GROUP = re.compile(f"[{''.join(sorted(VOWELS))}]+")
#: Syllables of the highlands and of old loans that do not fit the pattern, yet need no doubt.
_ADOPTED: Final = words("đắk lắk krông kon plei klong lăk pa po ba ra ê đê x'tiêng")


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Say whether ``word`` is spelled as one Vietnamese syllable, in any case of letters.

    A syllable that ends in p, t, c or ch carries a tone mark; without one it is no syllable.
    """
    word = word.lower()
    if word in _ADOPTED:
        return True
    marks = len(_TONE_MARKS.findall(word))
    if marks > 1 or not _SYLLABLE.fullmatch(word.translate(_TONELESS)):
        return False
    return bool(marks) or not _STOP_FINAL.search(word)


def has_vowel(word: str) -> bool:
    """Say whether anything in ``word`` can be sung."""
    return not VOWELS.isdisjoint(word.lower())


def is_pronounceable(word: str) -> bool:
    """Say whether an unknown Latin word can be said as a word: no long runs without a vowel."""
    return has_vowel(word) and not re.search(
        f"[^{''.join(sorted(VOWELS))}]{{4,}}|[^{''.join(sorted(VOWELS))}h]{{3,}}$", word.lower()
    )


@lru_cache(maxsize=65_536)
def _syllables_of(word: str) -> int:
    if is_syllable(word):
        return 1
    return max(1, len(_VOWEL_GROUP.findall(word.lower())))


def count_syllables(spoken: str) -> int:
    """Return how many syllables ``spoken`` has: one a word, or one a vowel group if foreign."""
    return sum(map(_syllables_of, _WORD.findall(spoken)))
