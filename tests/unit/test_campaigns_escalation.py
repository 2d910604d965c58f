"""What campaign and registry files say of escalation; every fault at its place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.campaign_files import CAMPAIGN, COMMUNE, commune_told, load, load_commune, told

from campaigns.escalation_schema import parse_wait, wait_word
from campaigns.json_schema import campaign_json_schema, registry_json_schema
from campaigns.source import source_of
from engine.app import OPTIONS
from engine.models.escalation import Act, Step, Without

STEPS = """\
escalation:
  - {after: 6h, without: receipt, do: remind}
  - after 12h without relay: second contact
  - after: 1d
    do: team_visit
"""
READ = (
    Step(timedelta(hours=6), Act.REMIND, Without.RECEIPT),
    Step(timedelta(hours=12), Act.SECOND_CONTACT),
    Step(timedelta(hours=24), Act.TEAM_VISIT),
)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_steps_are_read_as_keys_as_a_sentence_and_on_one_line(tmp_path: Path) -> None:
    assert load(tmp_path, CAMPAIGN + STEPS).campaign.escalation == READ
    line = 'escalation: "after 6h without receipt: remind; after 12h: second contact"\n'
    assert load(tmp_path, CAMPAIGN + line).campaign.escalation == READ[:2]
    assert load(tmp_path, CAMPAIGN + "escalation: none\n").campaign.escalation == ()
    assert load(tmp_path, CAMPAIGN).campaign.escalation is None
    assert load_commune(tmp_path, COMMUNE + STEPS).registry.escalation == READ
    assert load_commune(tmp_path, COMMUNE).registry.escalation == ()


def test_editors_know_every_form(tmp_path: Path) -> None:
    for base, schema in (
        (CAMPAIGN, campaign_json_schema(OPTIONS)),
        (COMMUNE.replace("113", "'113'"), registry_json_schema()),
    ):
        for form in (STEPS, "escalation: none\n"):
            plain = source_of((base + form).encode(), "x.yaml").root.plain()
            Draft202012Validator(schema).validate(plain)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("6h", 360), ("90m", 90), ("1h30", None), ("24 giờ", 1440), ("2 ngày", 2880), ("1d6h", 1800)],
)
def test_lengths_of_time_are_read_and_shown(text: str, minutes: int | None) -> None:
    if minutes is None:
        with pytest.raises(ValueError, match="write 6h, 90m or 2d"):
            parse_wait(text)
        return
    assert parse_wait(text) == timedelta(minutes=minutes)
    assert parse_wait(wait_word(timedelta(minutes=minutes))) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ("[]", "6:13: escalation: found an empty list; write none, or a list of steps"),
        ("later", '6:13: escalation: found "later"; write none, or a list of steps'),
        ("[{after: 10m, do: remind}]", '6:22: escalation[1].after: "10m": from 15m to 14d is'),
        ("[{after: 15d, do: remind}]", "from 15m to 14d is allowed"),
        ("[{after: soon, do: remind}]", '"soon" is not a length of time; write 6h, 90m or 2d'),
        ("[{after: 6h, do: call}]", '6:30: escalation[1].do: found "call"; allowed: remind, sec'),
        ("[{after: 6h, dos: remind}]", 'escalation[1].dos: there is no key "dos" (did you mean'),
        ("[{after 6h: call}]", '6:14: escalation[1]: found "call"; allowed: remind, second_con'),
        ("[{after 6h without relais: remind}]", 'found "relais" (did you mean "relay"?); allow'),
        (
            "[{after: 6h, do: remind}, {after: 6h, do: team_visit}]",
            "6:39: escalation[2]: a step comes after the one before it: more than 6h, found 6h",
        ),
        (
            "[{after: 6h, do: remind}, {after: 6h, do: remind}]",
            "6:39: escalation[2]: this step stands there already",
        ),
        (
            "[{after: 6h, do: remind}, {after: 9d, do: team_visit}]",
            "6:39: escalation[2]: 9d after the heads are told is after the campaign's end "
            "(08/12/2026 23:59): this can never happen",
        ),
        (
            "[{after: 6h, do: remind}]\nchannels: {flyer: true}",
            "6:1: escalation: without the channel chat nobody asks the heads",
        ),
    ],
)
def test_a_faulty_step_is_shown_at_its_place(tmp_path: Path, steps: str, fault: str) -> None:
    found = told(tmp_path, f"{CAMPAIGN}escalation: {steps}\n")
    assert any(fault in line for line in found), found


def test_a_commune_without_teams_or_groups_cannot_send_them(tmp_path: Path) -> None:
    without = "\n".join(line for line in COMMUNE.split("\n") if "to-1" not in line)
    without = without.replace("teams:\n", "")
    rule = "escalation: [{after: 6h, do: team_visit}]\n"
    (fault,) = commune_told(tmp_path, without + rule)
    assert "no team is named in commune.yaml (teams); allowed here: remind, second_contact" in fault
    begin, rest = COMMUNE.split("  groups:")
    lonely = begin + rest[rest.index("flyers:") :]
    assert any("no chat group is named" in one for one in commune_told(tmp_path, lonely + rule))
    registry = load_commune(tmp_path, without).registry
    found = told(tmp_path, CAMPAIGN + rule, registry)
    assert any("no team is named in commune.yaml" in one for one in found), found
