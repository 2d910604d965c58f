"""Which hamlets are always behind: the rule, and its words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.i18n import gettext as _

#: A hamlet is behind in a campaign when less than this part of its households is surely reached.
ENOUGH = 0.5

#: It is always behind when it was in so many campaigns at least, and in this part of all of them.
LEAST, PART = 2, 0.75


def always_behind(behind: int, notices: int) -> bool:
    """Say whether a hamlet that was behind in ``behind`` of ``notices`` campaigns always is."""
    return bool(always_among(np.array(behind), np.array(notices)))


def always_among(
    behind: npt.NDArray[np.int64], notices: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Say the same of many at once."""
    found: npt.NDArray[np.bool_] = (behind >= LEAST) & (behind >= PART * notices)
    return found


def rule() -> str:
    """Say the rule, to stand beside the numbers."""
    return _(
        "Behind in a campaign: less than {enough} of the households meant are surely reached. "
        "Always behind: so in {least} campaigns or more, and in {part} or more of those that "
        "were meant for the hamlet."
    ).format(enough=f"{100 * ENOUGH:.0f} %", least=LEAST, part=f"{100 * PART:.0f} %")
