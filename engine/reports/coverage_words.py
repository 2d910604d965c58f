"""What coverage rests on and assumes, in words: to be shown beside the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.i18n import gettext as _
from engine.reports.words import channel_word, number

if TYPE_CHECKING:
    from engine.reports.coverage import Bounds, HamletCoverage


def no_evidence(covered: Bounds) -> str:
    """Return what a covered nought means, in words; "" where it is no nought.

    What was sent may have reached people all the same: as a bound it would be false.
    """
    if covered.upper:
        return ""
    return _("no evidence yet: how many households were reached is not known")


def basis_of(hamlet: HamletCoverage) -> Iterator[str]:
    for one in hamlet.channels:
        channel, bounds = channel_word(one.channel), one.households
        if one.views is not None and not one.counted:
            yield _("{channel}: opened {views} times, so {lower} to {upper}").format(
                channel=channel,
                views=number(one.views),
                lower=number(bounds.lower),
                upper=number(bounds.upper),
            )
        elif bounds.lower == bounds.upper:
            yield _("{channel}: {count}").format(channel=channel, count=number(bounds.lower))
        elif one.counted:
            yield _("{channel}: {lower} to {upper}").format(
                channel=channel, lower=number(bounds.lower), upper=number(bounds.upper)
            )
        else:
            yield _("{channel}: without a number, so {lower} to {upper}").format(
                channel=channel, lower=number(bounds.lower), upper=number(bounds.upper)
            )
        if one.left_over is not None and one.left_over > 0:
            yield _("{channel}: {count} copies left over").format(
                channel=channel, count=number(one.left_over)
            )
        elif one.left_over is not None and one.left_over < 0:
            yield _("{channel}: {count} copies too few").format(
                channel=channel, count=number(-one.left_over)
            )
        if one.disputed:
            yield _("{channel}: several numbers were given, all are kept").format(channel=channel)
        if one.denied:
            yield _("{channel}: somebody else says it was not passed on, so it is not sure").format(
                channel=channel
            )
        if one.reported is not None and one.reported > hamlet.households:
            yield _("{channel}: {reported} were reported, more than there are").format(
                channel=channel, reported=number(one.reported)
            )
    if len(hamlet.channels) > 1:
        yield _("overlap between channels unknown")
