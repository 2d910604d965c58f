import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import soundfile
from support.campaign_files import CAMPAIGN, check_campaigns

from campaigns.commune_checks import audience_hamlets
from campaigns.json_schema import campaign_json_schema, registry_json_schema
from campaigns.loader import load_campaign
from campaigns.registry_file import load_registry
from campaigns.source import read_source
from campaigns.templating import compile_template, values_for
from campaigns.workspace import EXAMPLE, workspace_files
from engine.app import OPTIONS
from engine.clock import VIETNAM
from engine.models import GroupKind, HouseholdGroup, Priority, Right

FILES = ["canh-bao-lu", "ho-tro-ho-ngheo", "hop-dan", "tiem-vac-xin"]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def example_now() -> datetime:
    settings = tomllib.loads((EXAMPLE / "loa.toml").read_text(encoding="utf-8"))
    assert settings["live"] is False
    return datetime.fromisoformat(settings["clock"]["simulated"])


def test_the_example_commune_has_the_shape_of_the_real_one() -> None:
    loaded = load_registry(EXAMPLE / "commune.yaml")
    registry = loaded.registry
    assert loaded.warnings == ()
    assert len(registry.hamlets) == 4
    assert [g.kind for g in registry.chat_groups].count(GroupKind.HEADS) == 1
    for hamlet in registry.hamlets:
        groups = registry.chat_groups_by_hamlet[hamlet.id]
        assert [g.id for g in groups if g.run_by == hamlet.head] == [f"nhom-{hamlet.id}"]
        assert registry.clusters_by_hamlet[hamlet.id]
    assert any(len(cluster.hamlets) == 2 for cluster in registry.clusters)
    digital = [team for team in registry.teams if team.id.startswith("to-cong-nghe-so")]
    assert [len(team.members) for team in digital] == [5, 5, 5, 5]
    assert "it-xanh" in [team.id for team in registry.teams]
    assert [g.backend for g in registry.chat_groups if g.id == "zalo-oa"] == ["kit"]
    assert registry.people_by_id["lan"].rights == {Right.SUBMIT, Right.CONFIRM}
    assert registry.people_by_id["minh"].rights == {Right.APPROVE, Right.SUBMIT}


def test_every_file_of_the_example_says_that_it_is_made_up() -> None:
    for path in [*EXAMPLE.rglob("*.yaml"), *EXAMPLE.rglob("*.toml"), *EXAMPLE.rglob("*.md")]:
        assert "GIẢ ĐỊNH" in path.read_text(encoding="utf-8"), path


def test_the_example_campaigns_are_in_order_and_read_well_in_every_hamlet() -> None:
    registry = load_registry(EXAMPLE / "commune.yaml").registry
    checked = check_campaigns(EXAMPLE / "campaigns", registry, OPTIONS, example_now())
    campaigns = {one.campaign.id: one.campaign for one in checked}
    assert sorted(campaigns) == FILES
    assert campaigns["canh-bao-lu"].priority is Priority.EMERGENCY
    assert campaigns["canh-bao-lu"].schedule.asap
    assert campaigns["ho-tro-ho-ngheo"].audience.households is HouseholdGroup.POOR
    assert campaigns["hop-dan"].sections["loudspeaker"].recording is not None
    hours = {values["gio"] for values in campaigns["tiem-vac-xin"].hamlet_values.values()}
    assert len(hours) == 4
    for campaign in campaigns.values():
        for hamlet in audience_hamlets(campaign.audience, registry):
            values = values_for(
                campaign.variables, campaign.hamlet_values, hamlet, registry.commune
            )
            text = compile_template(campaign.body).render(values)
            assert hamlet.name in text
            assert "{" not in text


def test_every_moment_of_the_example_is_one_at_which_the_station_may_speak() -> None:
    registry = load_registry(EXAMPLE / "commune.yaml").registry
    for one in check_campaigns(EXAMPLE / "campaigns", registry, OPTIONS, example_now()):
        for moment in one.campaign.schedule.moments:
            assert moment.isoweekday() in registry.station.days
            assert any(moment.time() in hours for hours in registry.station.hours)


def test_the_recorded_message_is_a_short_sound_of_small_size() -> None:
    path = EXAMPLE / "campaigns" / "tep" / "loi-moi-hop-dan.ogg"
    assert path.stat().st_size < 300_000
    info = soundfile.info(str(path))
    assert info.format == "OGG"
    assert 10 < info.duration < 60


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-31", "2028-02-28"])
def test_a_new_workspace_is_in_order_on_any_day(tmp_path: Path, day: str) -> None:
    now = datetime.fromisoformat(f"{day}T09:00:00+07:00")
    for name, text in workspace_files(now).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = load_registry(tmp_path / "commune.yaml")
    assert loaded.warnings == ()
    (campaign,) = check_campaigns(tmp_path / "campaigns", loaded.registry, OPTIONS, now)
    assert campaign.campaign.schedule.moments[0].date() == (now + timedelta(days=1)).date()
    assert tomllib.loads((tmp_path / "loa.toml").read_text(encoding="utf-8"))["live"] is False


def plain(path: Path) -> Any:
    return read_source(path).root.plain()


def test_examples_and_templates_fit_the_json_schema(tmp_path: Path) -> None:
    campaign, registry = campaign_json_schema(OPTIONS), registry_json_schema()
    for schema in (campaign, registry):
        jsonschema.Draft202012Validator.check_schema(schema)
    for name in FILES:
        jsonschema.validate(plain(EXAMPLE / "campaigns" / f"{name}.yaml"), campaign)
    jsonschema.validate(plain(EXAMPLE / "commune.yaml"), registry)
    for name, text in workspace_files(datetime(2026, 12, 1, tzinfo=VIETNAM)).items():
        path = tmp_path / Path(name).name
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".yaml":
            jsonschema.validate(plain(path), registry if path.stem == "commune" else campaign)


@pytest.mark.parametrize(
    "line",
    [
        "titel: x",
        "priority: urgent",
        "channels: {fyler: true}",
        "channels: {chat: {audio: a.ogg}}",
        "channels: {chat: no}",
        "audience: some",
        "schedule: soon",
        "values: {a: {b: 1}}",
    ],
)
def test_the_json_schema_refuses_what_the_loader_refuses(tmp_path: Path, line: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(CAMPAIGN + line + "\n", encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(path), campaign_json_schema(OPTIONS))


def test_the_json_schema_of_the_registry_bounds_its_numbers() -> None:
    """Bounds behind a validator of our own come out of pydantic under names no editor knows."""
    registry = plain(EXAMPLE / "commune.yaml")
    registry["hamlets"][0]["households"] = -1
    with pytest.raises(jsonschema.ValidationError, match="minimum"):
        jsonschema.validate(registry, registry_json_schema())


def test_every_key_of_the_json_schema_is_described_in_vietnamese() -> None:
    for schema in (campaign_json_schema(OPTIONS), registry_json_schema()):
        for part in (schema, *schema["$defs"].values()):
            for name, field in part.get("properties", {}).items():
                assert any(ord(c) > 127 for c in field["description"]), name


def test_a_loaded_example_names_where_its_recording_lies() -> None:
    registry = load_registry(EXAMPLE / "commune.yaml").registry
    path = EXAMPLE / "campaigns" / "hop-dan.yaml"
    loaded = load_campaign(path, registry, OPTIONS, example_now())
    recording = loaded.campaign.sections["loudspeaker"].recording
    assert recording is not None
    assert recording.media_type == "audio/ogg"
    assert loaded.files[recording.sha256].stat().st_size == recording.size
