"""What the pages say about Loa is true: commands, links, paths, keys, examples."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support import builders
from support.scripts import script

from campaigns.loader import load_campaign
from campaigns.registry_file import load_registry
from channels.base import Channel
from engine.app import OPTIONS
from engine.cli.main import build
from engine.models import File, Item

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
ROOMS = ("engine", "channels", "campaigns", "workers")


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^```(?:console|sh|bash)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def loa_commands(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every ``loa …`` in code blocks and in `inline code`."""
    for block in code_blocks(text):
        for line in block.replace("\\\n", " ").splitlines():
            found = re.match(r"\$ (?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?loa (.*)", line)
            if found:
                yield shlex.split(found[1], comments=True)
    for inline in re.findall(r"`(?:[A-Z_]+=\S+ )*loa ([^`]+)`", text):
        yield shlex.split(inline)


def fault_of(arguments: list[str]) -> str:
    """Return what the command line would object to; options and commands only."""
    name, *rest = arguments
    if name.startswith("-"):
        return "" if name in ("--help", "--version", "-h") else f"unknown option {name}"
    command = build().get_command(click.Context(build()), name)
    if command is None:
        return f"unknown command {name}"
    known = options_of(command)
    for word in rest:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        command = command.commands[word]
        known |= options_of(command)
        name = f"{name} {command.name}"
    for word in rest:
        if word.startswith("-") and word.partition("=")[0] not in {*known, "-h", "--help"}:
            return f"unknown option {word} of {name}"
    return ""


def options_of(command: click.Command) -> set[str]:
    return {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }


def test_every_command_that_is_written_about_exists(page: Path) -> None:
    for arguments in loa_commands(page.read_text(encoding="utf-8")):
        assert not fault_of(arguments), f"{page.name}: loa {shlex.join(arguments)}"


def test_a_command_that_does_not_exist_is_noticed() -> None:
    text = "```console\n$ LOA_LANG=en loa planen x.yaml\n$ loa plan x.yaml --fast\n```\n`loa go`"
    text += "`loa cache trim --from x`"
    assert [bool(fault_of(arguments)) for arguments in loa_commands(text)] == [True] * 4


def test_the_readme_names_every_command_of_loa() -> None:
    text = PAGES[0].read_text(encoding="utf-8")
    named = {arguments[0] for arguments in loa_commands(text)}
    group = build()
    assert isinstance(group, click.Group)
    assert set(group.list_commands(click.Context(group))) <= named


def test_make_targets_that_are_written_about_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = re.findall(r"`make ([a-z]+)`", text)
    for block in code_blocks(text):
        named += re.findall(r"^(?:\$ )?make ([a-z]+)", block, re.MULTILINE)
    assert set(named) <= targets


def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_anchors_lead_to_a_heading(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= slugs


def test_files_named_in_code_exist(page: Path) -> None:
    """A path that begins with one of the repository's folders is a path of the repository."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    folders = "|".join((*ROOMS, "tests", "docs"))
    for path in re.findall(rf"`((?:{folders})/[\w./-]+)`", text):
        if "thong-bao" not in path and "notice_board" not in path:  # made-up examples
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_no_page_names_a_machine_or_a_registry(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    machine = r"(?<![\w.])/(?:tmp|work|root|home|opt|usr|var|mnt)/|127\.0\.0\.1|pypi|\bfile://"
    assert not re.findall(machine, text, re.IGNORECASE)


def test_the_tables_of_keys_are_in_step_with_the_models() -> None:
    module = script(ROOT / "docs" / "key_tables.py")
    assert module.PAGE.read_text(encoding="utf-8") == module.written(), (
        "run: .venv/bin/python docs/key_tables.py"
    )


def test_every_setting_has_a_description() -> None:
    module = script(ROOT / "docs" / "key_tables.py")
    schema = module.Settings.model_json_schema()
    assert all(part.get("description") for _, part, _ in module.keys(schema, schema))


def test_example_campaigns_in_the_pages_are_accepted(page: Path, tmp_path: Path) -> None:
    """A YAML block that has an id and a text is a whole campaign, and is loaded as one."""

    registry = load_registry(ROOT / "campaigns/examples/binh-hoa-hung/commune.yaml").registry
    blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    for block in blocks:
        if found := re.search(r"^id: ([\w-]+)", block, re.MULTILINE):
            path = tmp_path / f"{found[1]}.yaml"
            path.write_text(block, encoding="utf-8")
            load_campaign(path, registry, OPTIONS, builders.NOW)


def test_the_worked_example_of_a_channel_works(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = next(block for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S))
    path = tmp_path / "worked_example.py"
    path.write_text(code, encoding="utf-8")
    channel: Channel = script(path).NoticeBoardChannel(outbox=tmp_path / "out")
    content = builders.content(channel.name, channel.options(), body="Họp lúc 7 giờ.")
    hamlet, registry = builders.hamlet(1), builders.registry()
    placement = channel.slots(content, hamlet, registry)[0]
    rendered = channel.render(channel.prepare(content, hamlet, builders.FakeArtifacts()))
    item = Item(1, hamlet, content, File.of_bytes("key", rendered.media_type, rendered.data))
    bundle = builders.bundle(channel.name, placement.backend, placement.target)
    artifact = channel.assemble(bundle, [item], registry)
    receipt = channel.backends[placement.backend].deliver(artifact, bundle)
    sheet = (tmp_path / "out" / receipt.reference).read_text(encoding="utf-8")
    assert sheet == channel.forecast(content, hamlet).text
    assert "Họp lúc 7 giờ." in sheet
