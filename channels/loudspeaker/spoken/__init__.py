"""Written Vietnamese, as offices write it, to Vietnamese as it is said.

A library of its own: it imports nothing of Loa, only the standard library::

    speak("Họp lúc 7h30 ngày 05/12/2026 tại UBND xã.").text

Rules are small, named and ordered (``scanner``); each sees what was written before it in the
line. What they are not sure of is read in the most likely way and listed in ``doubts``.
"""

from .lexicon import entries_in
from .model import Doubt, Region, Spoken, Token, Why
from .numbers import read_digits, read_number
from .scanner import respoken, speak
from .syllables import count_syllables

__all__ = [
    "Doubt",
    "Region",
    "Spoken",
    "Token",
    "Why",
    "count_syllables",
    "entries_in",
    "read_digits",
    "read_number",
    "respoken",
    "speak",
]
