"""The same meaning has the same hash, another meaning another."""

from __future__ import annotations

import dataclasses
import unicodedata
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from support import builders

from engine.clock import VIETNAM
from engine.models import (
    Audience,
    Bundle,
    Content,
    File,
    HouseholdGroup,
    Priority,
    Schedule,
    canonical_json,
    digest,
)


class Colour(StrEnum):
    RED = "red"


class Settings(BaseModel):
    a: int = 1
    b: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Both:
    settings: Settings
    colours: frozenset[Colour]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(PLAIN)
def test_a_value_has_one_hash_however_often_it_is_asked(value: object) -> None:
    assert digest(value) == digest(value)
    assert len(digest(value)) == 64


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_says_nothing(values: dict[str, int]) -> None:
    assert digest(values) == digest(dict(reversed(values.items())))


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_other_values_have_other_hashes(one: list[str], two: list[str]) -> None:
    assert (digest(*one) == digest(*two)) is (one == two)


def test_every_kind_of_value_has_its_form() -> None:
    value = Both(Settings(), frozenset({Colour.RED}))
    assert canonical_json(value) == b'{"colours":["red"],"settings":{"a":1,"b":[]}}'
    assert canonical_json([time(5, 0), timedelta(minutes=1)]) == b'["05:00:00",60.0]'


@pytest.mark.parametrize("value", [Path("/x"), object(), b"bytes", {"x": Path("y")}])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        digest(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest(value)


def test_a_file_is_what_it_contains() -> None:
    one, other = (File.of_bytes(name, "text/plain", b"x") for name in ("a.txt", "b.txt"))
    assert digest(one) == digest(other) == digest(one.renamed("c"))
    assert digest(one) != digest(File.of_bytes("a.txt", "text/html", b"x"))


def some_content(**changes: Any) -> Content:
    return dataclasses.replace(builders.content("giay", Settings()), **changes)


def test_another_day_in_a_schedule_is_the_same_content() -> None:
    moments = (datetime(2026, 12, 3, 5, 0, tzinfo=VIETNAM),)
    other = some_content(schedule=Schedule(False, moments), own_schedule=Schedule(True))
    assert digest(some_content()) == digest(other)


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Khác."},
        {"title": "Khác"},
        {"priority": Priority.EMERGENCY},
        {"valid_until": builders.NOW + timedelta(days=8)},
        {"valid_from": None},
        {"households": HouseholdGroup.POOR},
        {"options": Settings(a=2)},
        {"channel": "khac"},
        {"campaign_id": "khac"},
    ],
)
def test_what_people_would_notice_is_another_content(change: dict[str, object]) -> None:
    assert digest(some_content(**change)) != digest(some_content())


def test_decomposed_text_is_other_bytes_so_intake_composes_it() -> None:
    body = "Tiêm phòng"
    assert digest(unicodedata.normalize("NFD", body)) != digest(body)


def test_a_bundle_has_one_key_per_edition_whatever_its_version() -> None:
    bundle: Bundle = builders.bundle("giay", "so", "noi-1")
    assert dataclasses.replace(bundle, version=5).key == bundle.key
    assert dataclasses.replace(bundle, edition=2).key != bundle.key
    keys = {
        dataclasses.replace(bundle, commune_id=commune, id=number).key
        for commune in ("xa-a", "xa-b")
        for number in (1, 2)
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("audience", "meant"),
    [
        (Audience(), {"ap-1", "ap-2", "ap-3"}),
        (Audience(hamlets=("ap-2",)), {"ap-2"}),
        (Audience(tags=("ven-song",)), {"ap-1", "ap-3"}),
        (Audience(hamlets=("ap-2",), tags=("ven-song",)), {"ap-1", "ap-2", "ap-3"}),
        (Audience(tags=("khong-ai",)), set()),
        (Audience(households=HouseholdGroup.POOR), {"ap-1", "ap-2"}),
        (Audience(tags=("ven-song",), households=HouseholdGroup.POOR), {"ap-1"}),
        (Audience(households=HouseholdGroup.POOR_AND_NEAR_POOR), {"ap-1", "ap-2", "ap-3"}),
    ],
)
def test_an_audience_is_named_by_ids_and_tags_and_needs_a_household(
    audience: Audience, meant: set[str]
) -> None:
    river = frozenset({"ven-song"})
    hamlets = (
        builders.hamlet(1, tags=river),
        builders.hamlet(2),
        builders.hamlet(3, tags=river, poor_households=0),
    )
    assert {hamlet.id for hamlet in hamlets if audience.includes(hamlet)} == meant


def test_priorities_sort_the_most_urgent_first() -> None:
    assert sorted(Priority, key=lambda one: one.rank) == [
        Priority.EMERGENCY,
        Priority.IMPORTANT,
        Priority.ROUTINE,
    ]
