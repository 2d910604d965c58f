"""What is deployed is read by linters, each of which finds a fault that is planted."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import promql_parser
import pytest
import yaml
from prometheus_client import Metric
from support import builders
from support.fake_channels import FakeOptions
from support.linting import (
    compose_faults,
    dockerfile_faults,
    exposure_faults,
    unit_faults,
)

from engine.cli.main import build
from engine.console.figures import Figures as ConsoleFigures
from engine.dispatch.observer import Outcome
from engine.models import Priority
from engine.states import State
from workers.supervisor import Child
from workers.watch.crowd import Crowd, Together
from workers.watch.metrics import Figures
from workers.watch.pulse import Pulse
from workers.watch.stock import Stock, StockFigures

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = (DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8")


def refused(arguments: list[str]) -> str:
    """Return what the command line would object to; the command itself does not run."""
    name, *rest = arguments
    group = build()
    command = group.get_command(click.Context(group), name)
    if command is None:
        return f"unknown command {name}"
    try:
        command.make_context(name, rest)
    except click.UsageError as error:
        return error.format_message()
    return ""


def started_by_units() -> list[list[str]]:
    texts = [path.read_text(encoding="utf-8") for path in UNITS]
    return [
        shlex.split(found[1])
        for text in texts
        for found in re.finditer(r"^ExecStart=\S+/loa (.*)$", text, re.MULTILINE)
    ]


def alert_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in groups["groups"] for rule in group["rules"]]


def metrics_in(expression: str) -> set[str]:
    """Return the figures that an expression asks for. Raises ValueError for one that is wrong."""
    found: set[str] = set()

    def look(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector) and node.name:
            found.add(node.name)

    promql_parser.walk(promql_parser.parse(expression), look)
    return found


def exported() -> set[str]:
    """Return the names of all figures that services export, and ``up``, which is Prometheus'."""
    names = {sample.name for family in families() for sample in family.samples}
    return {"up", *(name for name in names if not name.endswith("_created"))}


def families() -> Iterator[Metric]:
    """Yield every family that any service exports, with samples."""
    figures, bundle = Figures(), builders.bundle("chat", "telegram", "truong-ap")
    figures.rendered(builders.content("chat", FakeOptions()), builders.hamlet(1), 0.5)
    figures.handed_over(bundle, 0.5)
    figures.settled(Outcome.RETRIED, [bundle])
    figures.swept([bundle])
    yield from figures.registry.collect()
    stock = Stock({(State.SENT, "chat", Priority.ROUTINE): 1}, {}, {"api.example": True})
    yield from StockFigures(lambda: stock, lambda: {"routine": 0}).collect()
    console = ConsoleFigures()
    console.answered("/events", 200, 0.5)
    yield from console.registry.collect()
    yield from Together(Crowd(Path(), lambda: [Child("", 0, 1)], Pulse())).collect()


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    assert unit_faults(tmp_path / "root", DEPLOY / "systemd") == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Restart=always", "Restart=allways"),
        ("RestrictRealtime=true", "RestrictRealTime=true"),
        ("ExecStart=/opt/loa/.venv/bin/loa", "ExecStart=/opt/loa/bin/loa"),
    ],
)
def test_a_fault_in_a_unit_would_be_found(tmp_path: Path, right: str, wrong: str) -> None:
    units = Path(shutil.copytree(DEPLOY / "systemd", tmp_path / "units"))
    worker = units / "loa-worker.service"
    text = worker.read_text(encoding="utf-8")
    assert right in text
    worker.write_text(text.replace(right, wrong), encoding="utf-8")
    assert "loa-worker.service" in unit_faults(tmp_path / "root", units)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_service_is_locked_in(unit: Path) -> None:
    assert exposure_faults(unit) == ""


def test_a_service_that_is_not_locked_in_would_be_found(tmp_path: Path) -> None:
    unit = tmp_path / "loa-open.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    assert "UNSAFE" in exposure_faults(unit)


def test_units_start_commands_that_there_are() -> None:
    commands = started_by_units()
    assert len(commands) == len(UNITS)
    assert [refused(arguments) for arguments in commands] == [""] * len(UNITS)


def test_a_command_that_there_is_not_would_be_found() -> None:
    assert refused(["worker", "--queues", "urgent"])
    assert refused(["labour"])


def test_services_on_one_machine_do_not_want_the_same_port() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in UNITS}
    ports = {
        name: re.findall(r"^Environment=LOA_HTTP_LISTEN=127\.0\.0\.1:(\d+)$", text, re.MULTILINE)
        for name, text in texts.items()
    }
    distributed = [ports[name][0] for name in ports if ports[name] and name != "loa-run"]
    assert len(set(distributed)) == 4
    assert ports["loa-backup"] == []


def test_the_compose_file_is_what_its_specification_says() -> None:
    assert compose_faults(COMPOSE) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restart: unless-stoped"),
        ("healthcheck:", "healthchek:"),
        ("condition: service_healthy", "condition: healthy"),
        ("stop_grace_period: 60s", "stop_grace_period: a minute"),
    ],
)
def test_a_fault_in_the_compose_file_would_be_found(right: str, wrong: str) -> None:
    assert right in COMPOSE
    assert compose_faults(COMPOSE.replace(right, wrong))


def test_every_container_tells_how_it_fares_and_opens_no_port() -> None:
    for name, service in services().items():
        assert "healthcheck" in service, name
        assert "ports" not in service, name
        assert service.get("network_mode") is None, name
        assert re.fullmatch(r"[a-z]+:\d[\w.-]+", service["image"]), f"{name}: no version"


def test_what_containers_name_is_defined_in_the_file() -> None:
    whole = yaml.safe_load(COMPOSE)
    for name, service in services().items():
        assert set(service.get("networks", ())) <= set(whole["networks"]), name
        assert set(service.get("secrets", ())) <= set(whole["secrets"]), name
        assert set(service.get("depends_on", ())) <= set(whole["services"]), name
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert {one for one in volumes if not one.startswith(".")} <= set(whole["volumes"]), name


def test_redis_and_postgresql_are_on_a_network_that_leads_nowhere() -> None:
    assert yaml.safe_load(COMPOSE)["networks"]["inside"] == {"internal": True}
    for name in ("redis", "postgres"):
        assert services()[name]["networks"] == ["inside"]


def test_redis_keeps_its_log_and_forgets_nothing_by_itself() -> None:
    command = " ".join(services()["redis"]["command"])
    assert "--appendonly yes --appendfsync everysec" in command
    assert "--maxmemory-policy noeviction" in command


def test_no_secret_stands_in_the_compose_file() -> None:
    passwords = re.findall(r"(?i)(?:password|token|secret)\w*: (?!/run/secrets/|\[)(\S+)", COMPOSE)
    assert passwords == []
    assert not re.search(r"://[^/\s]*:(?!PASSWORD)[^/\s]+@", COMPOSE)


def test_containers_start_commands_that_there_are() -> None:
    own = [one["command"] for one in services().values() if one["image"].startswith("loa:")]
    assert len(own) == 3
    assert [refused(list(command)) for command in own] == ["", "", ""]


def test_hadolint_has_nothing_to_say_about_the_dockerfile() -> None:
    assert dockerfile_faults(DEPLOY / "compose" / "Dockerfile") == ""


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("slim-bookworm\nCOPY", "slim-bookworm\nCPOY", "unexpected"),
        ("python:3.11.14-slim-bookworm", "python", "DL3006"),
        ("USER 10001:10001", "USER root", "DL3002"),
    ],
)
def test_a_fault_in_the_dockerfile_would_be_found(
    tmp_path: Path, right: str, wrong: str, rule: str
) -> None:
    text = (DEPLOY / "compose" / "Dockerfile").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "Dockerfile"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert rule in dockerfile_faults(path)


def test_alert_rules_ask_for_figures_that_there_are() -> None:
    rules = alert_rules()
    assert len(rules) > 5
    for rule in rules:
        names = metrics_in(rule["expr"])
        assert names, rule["alert"]
        assert names <= exported(), f"{rule['alert']}: {names - exported()}"


def test_alert_rules_have_what_prometheus_wants_of_them() -> None:
    for rule in alert_rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))


@pytest.mark.parametrize("expression", ["sum(loa_retries_total", "rate(loa_retries_total)"])
def test_an_expression_that_prometheus_would_refuse_is_found(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        metrics_in(expression)


def test_a_figure_that_there_is_not_would_be_found() -> None:
    assert metrics_in("rate(loa_retires_total[5m]) > 0") - exported() == {"loa_retires_total"}


def test_every_figure_is_explained_and_none_that_there_is_not() -> None:
    page = (DEPLOY.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `(loa_\w+)`", page, re.MULTILINE))
    suffixes = ("_bucket", "_count", "_sum")
    families = {
        name.removesuffix(suffix)
        for name in exported()
        for suffix in suffixes
        if name.endswith(suffix)
    }
    single = {name for name in exported() if not name.endswith(suffixes)}
    assert explained == {name for name in single | families if name.startswith("loa_")}
