"""What Zalo's error numbers ask for. They come with HTTP 200; no other field can be relied on.

Sources: published clients and restatements of the official pages, August 2026. A number that
nobody has described is a refusal all the same: nothing was taken, and it is tried again.
"""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """What is to be done about an error."""

    RENEW = "renew"  # the access token is over: renew it once and ask again
    WAIT_MINUTE = "wait_minute"  # too many requests in this minute
    WAIT_DAY = "wait_day"  # the day's quota is used up
    WAIT_MORNING = "wait_morning"  # nothing is taken at night
    WAIT_PROCESSING = "wait_processing"  # an article is still being worked on
    UPLOAD = "upload"  # what was uploaded is gone: upload it again
    PERSON = "person"  # somebody must act at Zalo or in the settings
    PERMANENT = "permanent"  # this message will never be taken
    AGAIN = "again"  # not described: the usual retries


_ACTS: dict[Act, frozenset[int]] = {
    Act.RENEW: frozenset({-216, -220}),
    Act.WAIT_MINUTE: frozenset({-32}),
    Act.WAIT_DAY: frozenset({-211}),
    Act.WAIT_MORNING: frozenset({-234}),
    Act.WAIT_PROCESSING: frozenset({-214}),
    Act.UPLOAD: frozenset({-100}),
    Act.PERSON: frozenset({-204, -209, -212, -219, -221, -224, -235, -237, -320, -321, -403}),
    Act.PERMANENT: frozenset({-201, -213, -217, -230, -233, -244, -248}),
}

_BY_NUMBER = {number: act for act, numbers in _ACTS.items() for number in numbers}

#: Too many requests in this minute.
TOO_MANY = -32

#: A group that died with its package; no other number of ``PERSON`` says what is wrong.
GROUP_DIED = -237


def act_of(number: int) -> Act:
    """Return what error ``number`` (not 0) asks for."""
    return _BY_NUMBER.get(number, Act.AGAIN)
