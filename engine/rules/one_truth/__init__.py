"""One truth: what the forms of one campaign say is compared by meaning, and differences named.

Texts are read as they are said aloud (``channels.loudspeaker.spoken``), so that every habit of
writing a day, an hour or an amount becomes one; what is said is taken apart into facts; facts of
two texts that cannot both be true of the same thing are a difference. Pure.
"""

from engine.rules.one_truth.comparing import Pair, contradictions
from engine.rules.one_truth.facts import Fact, Kind, Role
from engine.rules.one_truth.judging import Difference, Judge, Judged, Said, Side, understood
from engine.rules.one_truth.reading import facts_of
from engine.rules.one_truth.relative import relative_days
from engine.rules.one_truth.timely import stale_words, too_late

__all__ = [
    "Difference",
    "Fact",
    "Judge",
    "Judged",
    "Kind",
    "Pair",
    "Role",
    "Said",
    "Side",
    "contradictions",
    "facts_of",
    "relative_days",
    "stale_words",
    "too_late",
    "understood",
]
