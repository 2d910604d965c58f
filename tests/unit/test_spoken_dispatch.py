"""Rules that a place rules out are left out, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.loudspeaker.spoken.context import rule
from channels.loudspeaker.spoken.dispatch import Dispatch
from channels.loudspeaker.spoken.rules import DIGIT_RULES, SYMBOL_RULES, WORD_RULES

WRITTEN = [
    line.split("\t")[1]
    for line in Path(__file__).with_name("spoken_pairs.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ODD = st.text(alphabet="0123456789 .,/-:'+%^x*đhgkmptTPIVXA()ấâ\u00b2", min_size=1, max_size=12)


def missed(text: str) -> list[str]:
    """Names of rules that match at a place of ``text`` where they would not be tried."""
    rooms = (Dispatch(DIGIT_RULES), Dispatch(WORD_RULES), Dispatch(SYMBOL_RULES))
    all_rules = (DIGIT_RULES, WORD_RULES, SYMBOL_RULES)
    found = []
    for position, character in enumerate(text):
        kind = 0 if character in "0123456789" else 1 if character.isalpha() else 2
        room = rooms[kind]
        tried = room.at_digits(text, position) if kind == 0 else room.at(text, position)
        matches = {candidate[1] for candidate in tried}
        found += [
            one.name
            for one in all_rules[kind]
            if one.pattern.match(text, position) and one.pattern.match not in matches
        ]
    return found


def test_no_rule_is_left_out_where_it_matches_in_the_reviewed_texts() -> None:
    assert [name for text in WRITTEN for name in missed(text)] == []


@settings(max_examples=300, deadline=None)
@given(st.one_of(ODD, st.sampled_from(WRITTEN).flatmap(lambda w: ODD.map(lambda o: o + w + o))))
def test_no_rule_is_left_out_where_it_matches_in_any_text(text: str) -> None:
    assert missed(text) == []


@pytest.mark.parametrize(
    ("text", "tried"),
    [("5/12", True), ("5 /12", True), ("5-12", False), ("5", False), ("5. Họp", False)],
)
def test_a_rule_is_tried_only_where_its_sign_follows(text: str, tried: bool) -> None:
    slashed = rule("slashed", r"\d+ ?/ ?\d+", lambda match, ctx: None, then="/")

    assert bool(Dispatch((slashed,)).at_digits(text, 0)) is tried


def test_rules_stay_in_their_order() -> None:
    names = [name for name, _match, _read in Dispatch(DIGIT_RULES).at_digits("5/12", 0)]
    order = iter(one.name for one in DIGIT_RULES)

    assert len(names) < len(DIGIT_RULES) / 2
    assert all(name in order for name in names)
