"""Which step of an escalation is due when: always the same, never at night, never too many."""

from __future__ import annotations

import itertools
from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support import builders

from engine.clock import VIETNAM, local
from engine.models import Hours, Priority
from engine.models.escalation import Act, Step, Without, steps_in_force
from engine.rules.escalation import APART, Due, Outlook, Situation, foreseen, moments

REGISTRY = builders.registry(chat_hours=Hours(time(6, 0), time(21, 0)))
DAY = datetime(2026, 12, 1, tzinfo=VIETNAM)
ENDS = DAY + timedelta(days=9)
USUAL = (
    Step(timedelta(hours=6), Act.REMIND),
    Step(timedelta(hours=12), Act.SECOND_CONTACT),
    Step(timedelta(hours=24), Act.TEAM_VISIT),
)

moment = st.timedeltas(timedelta(0), timedelta(days=12)).map(lambda span: DAY + span)
step_lists = st.lists(
    st.tuples(st.integers(15, 14 * 1440), st.sampled_from(Act), st.sampled_from(Without)),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one[0],
).map(lambda rows: tuple(Step(timedelta(minutes=m), do, how) for m, do, how in sorted(rows)))
situations = st.builds(
    Situation,
    st.none() | moment,
    st.timedeltas(timedelta(0), timedelta(days=20)).map(lambda span: DAY + span),
    st.booleans(),
    st.booleans(),
)
calm = st.sampled_from([Priority.ROUTINE, Priority.IMPORTANT])


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


def times(told_at: datetime, priority: Priority = Priority.ROUTINE) -> list[datetime | None]:
    return moments(USUAL, Situation(told_at, ENDS), REGISTRY, priority)


def test_each_step_counts_from_when_the_head_was_told() -> None:
    assert times(at(7)) == [at(13), at(19), at(7, day=1)]
    assert times(at(7) + timedelta(seconds=1)) == [at(13, 1), at(19, 1), at(7, 1, day=1)]


def test_a_step_of_the_night_waits_for_the_morning_and_the_next_gives_it_an_hour() -> None:
    assert times(at(17)) == [at(6, day=1), at(7, day=1), at(17, day=1)]
    assert times(at(20, 30)) == [at(6, day=1), at(8, 30, day=1), at(20, 30, day=1)]


def test_an_emergency_does_not_wait_for_the_morning_and_says_so() -> None:
    found = foreseen(USUAL, Situation(at(17), ENDS), REGISTRY, Priority.EMERGENCY, at(17))
    assert [one.at for one in found] == [at(23), at(5, day=1), at(17, day=1)]
    assert [one.at_night for one in found] == [True, True, False]


def test_what_comes_after_the_end_never_happens_and_keeps_nothing_from_being_done() -> None:
    found = foreseen(USUAL, Situation(at(7), at(20)), REGISTRY, Priority.ROUTINE, at(13))
    assert [one.outlook for one in found] == [Outlook.DUE, Outlook.WAITS, Outlook.NEVER]
    assert [one.expires_at for one in found] == [at(19), at(20), at(20)]


def test_receipt_settles_what_waits_for_receipt_and_relay_settles_everything() -> None:
    steps = (Step(timedelta(hours=2), Act.REMIND, Without.RECEIPT), *USUAL[1:])

    def outlooks(**word: bool) -> list[Outlook]:
        known = Situation(at(7), ENDS, **word)
        return [one.outlook for one in foreseen(steps, known, REGISTRY, Priority.ROUTINE, at(20))]

    assert outlooks() == [Outlook.DUE, Outlook.DUE, Outlook.WAITS]
    assert outlooks(received=True) == [Outlook.NEEDLESS, Outlook.DUE, Outlook.WAITS]
    assert outlooks(relayed=True) == [Outlook.NEEDLESS] * 3


def test_a_campaign_says_for_itself_what_is_done_or_takes_the_communes_way() -> None:
    assert steps_in_force(None, USUAL, ["chat"]) == USUAL
    assert steps_in_force((), USUAL, ["chat"]) == ()
    assert steps_in_force(USUAL[:1], USUAL, ["chat", "flyer"]) == USUAL[:1]
    assert steps_in_force(None, USUAL, ["flyer"]) == ()


@given(step_lists, situations, calm, moment, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_what_is_due_stays_due_and_is_due_in_order(
    steps: tuple[Step, ...],
    known: Situation,
    priority: Priority,
    now: datetime,
    later: timedelta,
) -> None:
    first = foreseen(steps, known, REGISTRY, priority, now)
    then = foreseen(steps, known, REGISTRY, priority, now + later)
    assert [one.at for one in first] == [one.at for one in then]
    assert due(first) <= due(then)
    found = [one.at for one in first if one.at is not None]
    assert found == sorted(found)
    assert len(set(found)) == len(found)


@given(step_lists, situations, calm, moment)
def test_nothing_is_done_at_night_early_or_after_a_word(
    steps: tuple[Step, ...], known: Situation, priority: Priority, now: datetime
) -> None:
    for one in foreseen(steps, known, REGISTRY, priority, now):
        if one.at is None:
            continue
        assert known.told_at is not None
        assert one.at >= known.told_at + one.step.after
        assert time(6, 0) <= local(one.at).time() <= time(21, 0)
        assert not one.at_night
        if one.outlook is Outlook.DUE:
            assert one.at <= min(now, known.ends)
            assert not known.relayed


@given(step_lists, situations, st.sampled_from(Priority), moment)
def test_the_same_facts_give_the_same_steps(
    steps: tuple[Step, ...], known: Situation, priority: Priority, now: datetime
) -> None:
    first = foreseen(steps, known, REGISTRY, priority, now)
    assert first == foreseen(steps, known, REGISTRY, priority, now)
    assert [one.step for one in first] == list(steps)
    for one, following in itertools.pairwise(first):
        if one.at is not None and following.at is not None:
            apart = min(APART, following.step.after - one.step.after)
            assert following.at - one.at >= apart


def due(found: tuple[Due, ...]) -> set[Step]:
    return {one.step for one in found if one.outlook is Outlook.DUE}
