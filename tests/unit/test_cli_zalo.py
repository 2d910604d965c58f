"""``loa zalo``, ``loa chat test`` and ``loa fake zalo``, as an official types them."""

from __future__ import annotations

import html
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from support import zalo
from support.commune import make_commune
from support.mail_server import mail_server
from support.zalo import GROUP, FarSide

from channels.chat.zalo.fake.world import Group
from engine.app import open_app
from engine.cli.main import build


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarSide]:
    with zalo.far_side(tmp_path) as running:
        yield running


@pytest.fixture
def commune(tmp_path: Path, far: FarSide) -> Path:
    """A commune whose group of heads is one that its account made."""
    folder = make_commune(tmp_path / "xa", {})
    registry = folder / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    text = text.replace("platform: telegram\n", "platform: zalo\n      backend: zalo\n", 1)
    text = text.replace('"-100200300"', GROUP)
    registry.write_text(text, encoding="utf-8")
    set_up(folder, far, live=True)
    return folder


def set_up(folder: Path, far: FarSide, *, live: bool) -> None:
    settings = re.sub(r"(?m)^live = .*\n|\[zalo[^[]*", "", (folder / "loa.toml").read_text("utf-8"))
    account = far.account
    section = "\n".join(
        (
            "[zalo.xa-mau]",
            f'app_id = "{account.app_id}"',
            f'oa_id = "{account.oa_id}"',
            f'app_secret = "{account.app_secret}"',
            f'api_url = "{account.api_url}"',
            f'oauth_url = "{account.oauth_url}"',
            f'redirect_url = "{account.oauth_url}/da-dong-y"',
        )
    )
    (folder / "loa.toml").write_text(
        f"live = {str(live).lower()}\n{settings}\n{section}\n", encoding="utf-8"
    )


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it said, a refusal too."""

    exit_code: int
    output: str


def loa(folder: Path, *arguments: str, typed: str = "") -> Done:
    done = CliRunner().invoke(build(), [*arguments, "-w", str(folder)], input=typed)
    return Done(done.exit_code, f"{done.output}\n{done.exception or ''}")


def log_in(folder: Path, far: FarSide) -> None:
    pair = far.world.new_pair()
    typed = f"{pair['access_token']}\n{pair['refresh_token']}\n"
    assert loa(folder, "zalo", "seed", typed=typed).exit_code == 0


def command(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [Path(sys.executable).with_name("loa"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def agreed(address: str) -> str:
    """Agree on the page as an administrator does; return where the browser comes to."""
    link = re.search(r'href="([^"]+)"', httpx.get(address).text)
    assert link is not None
    return html.unescape(link[1])


def test_logging_in_by_the_browser_is_good_once(commune: Path, far: FarSide) -> None:
    assert "nobody has logged in" in loa(commune, "zalo", "status").output
    with command(commune, "zalo", "login") as asking:
        assert asking.stdin is not None
        assert asking.stdout is not None
        while "administrator" not in asking.stdout.readline():
            assert asking.poll() is None
        address = asking.stdout.readline().strip()
        assert "code_challenge=" in address
        came_to = agreed(address)
        asking.stdin.write(f"{came_to}\n")
        asking.stdin.close()
        said = asking.stdout.read()
    assert asking.returncode == 0, said
    assert "logged in" in said
    assert "renewed by itself" in loa(commune, "zalo", "status").output
    again = loa(commune, "zalo", "login", typed=f"{came_to}\n")
    assert again.exit_code == 1
    assert "good once" in again.output


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("https://x.vi.du/?oa_id=9&code=abc", "another Official Account"),
        ("https://x.vi.du/?error=denied", "no code"),
        ("abc", "gave no tokens"),
    ],
)
def test_what_is_no_answer_of_the_page_is_refused(
    pasted: str, said: str, commune: Path, far: FarSide
) -> None:
    done = loa(commune, "zalo", "login", typed=f"{pasted}\n")
    assert done.exit_code == 1
    assert said in done.output
    with open_app(commune) as app:
        assert app.ledger.tokens.get(far.account.key) is None


def test_a_test_message_is_marked_and_arrives(commune: Path, far: FarSide) -> None:
    log_in(commune, far)
    done = loa(commune, "chat", "test", "truong-ap")
    assert done.exit_code == 0, done.output
    (arrived,) = far.arrived()
    assert arrived["group_id"] == GROUP
    assert arrived["text"].startswith("TIN THỬ")
    with open_app(commune) as app:
        assert {event.to_state for event in app.ledger.views.events()} == {"registry_loaded"}


def test_while_it_rehearses_nothing_leaves(commune: Path, far: FarSide) -> None:
    set_up(commune, far, live=False)
    log_in(commune, far)
    done = loa(commune, "chat", "test", "truong-ap")
    assert (done.exit_code, "rehearsal" in done.output) == (0, True)
    refused = loa(commune, "zalo", "new-group", "--name", "Ấp 1", "--member", "7")
    assert refused.exit_code == 1
    assert not far.arrived()
    assert len(far.world.groups) == 1


def test_groups_are_listed_whole_and_made(commune: Path, far: FarSide) -> None:
    log_in(commune, far)
    for number in range(2, 121):
        far.world.groups[f"g{number:03d}"] = Group(f"g{number:03d}", f"Nhóm {number}")
    listed = loa(commune, "zalo", "groups").output
    assert all(f"g{number:03d}" in listed for number in range(1, 121))
    assert "truong-ap" in listed
    made = loa(commune, "zalo", "new-group", "--name", "Ấp 1", "--member", "7", "--member", "8")
    assert made.exit_code == 0, made.output
    assert far.world.groups["g121"].members == ("7", "8")
    for _package in range(2):
        assert loa(commune, "zalo", "new-group", "--name", "x", "--member", "7").exit_code == 0
    none = loa(commune, "zalo", "new-group", "--name", "x", "--member", "7")
    assert (none.exit_code, "no group package left" in none.output) == (1, True)
    many = [part for number in range(100) for part in ("--member", str(number))]
    assert loa(commune, "zalo", "new-group", "--name", "x", *many).exit_code == 2


def test_an_unknown_group_names_those_there_are(commune: Path) -> None:
    done = loa(commune, "chat", "test", "nhom-la")
    assert done.exit_code == 1
    assert "truong-ap" in done.output


def test_the_registry_says_what_zalo_needs(commune: Path) -> None:
    registry = commune / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    registry.write_text(text.replace(f"address: {GROUP}", "address:"), encoding="utf-8")
    done = loa(commune, "check")
    assert done.exit_code == 1
    assert "loa zalo groups" in done.output
    registry.write_text(text.replace("kind: heads", "kind: followers"), encoding="utf-8")
    done = loa(commune, "check")
    assert done.exit_code == 1
    assert "zalo_article" in done.output


def test_a_zalo_of_ones_own_serves_until_it_is_stopped(tmp_path: Path) -> None:
    options = ("--port", "0", "--group", "Nhóm thử", "--per-day", "0")
    with command(tmp_path, "fake", "zalo", *options) as fake:
        assert fake.stdout is not None
        settings = ""
        for line in fake.stdout:
            settings += line
            if "What it has taken" in line:
                break
        address = settings.split()[-1]
        assert "Nhóm thử" in httpx.get(address).text
        assert "[zalo.XA]" in settings
        token = re.search(r"^#   (\S{30,})$", settings, re.MULTILINE)
        assert token is not None
        message = {"recipient": {"group_id": "g001"}, "message": {"text": "Họp."}}
        said = httpx.post(
            f"{address}/v3.0/oa/group/message", headers={"access_token": token[1]}, json=message
        )
        assert (said.status_code, said.json()["error"]) == (200, -211), "no message a day"
        fake.send_signal(signal.SIGINT)
        fake.stdout.read()
    assert fake.returncode == 0


def test_a_zalo_bot_of_ones_own_takes_a_marked_test_once_it_is_live(
    commune: Path, far: FarSide
) -> None:
    set_up(commune, far, live=False)
    with command(commune, "fake", "zalo-bot", "--port", "0", "--group", "nhom-bot") as fake:
        try:
            assert fake.stdout is not None
            shown: list[str] = []
            while not shown or "What it has taken" not in shown[-1]:
                shown.append(fake.stdout.readline())
                assert shown[-1], "it ended"
            _try_a_bot(commune, shown)
        finally:
            fake.send_signal(signal.SIGINT)
    assert fake.returncode == 0


def _try_a_bot(commune: Path, shown: list[str]) -> None:
    """Set up what a fake has ``shown``, and send a test before and after it is live."""
    address = shown[-1].split()[-1]
    section = "".join(line for line in shown if line[0] in "[bt")
    add_group(
        commune, "{id: bot, name: Nhóm bot, platform: zalo, backend: zalo_bot, address: nhom-bot"
    )
    settings = commune / "loa.toml"
    written = settings.read_text(encoding="utf-8")
    settings.write_text(f"{written}\n{section}", encoding="utf-8")
    heard = loa(commune, "chat", "heard", "zalo_bot")
    assert "nhom-bot  group" in heard.output
    assert "(bot)" in heard.output
    assert "rehearsal" in loa(commune, "chat", "test", "bot").output
    assert "TIN THỬ – không" not in httpx.get(address).text
    live = written.replace("live = false", "live = true")
    settings.write_text(f"{live}\n{section}", encoding="utf-8")
    done = loa(commune, "chat", "test", "bot")
    assert done.exit_code == 0, done.output
    assert "TIN THỬ – không" in httpx.get(address).text


def add_group(commune: Path, group: str) -> None:
    registry = commune / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    found = text.replace(
        "groups:\n", f"groups:\n    - {group}, kind: heads, hamlets: [ap-1]}}\n", 1
    )
    assert found != text
    registry.write_text(found, encoding="utf-8")


def test_a_marked_test_goes_out_by_apprise_and_names_no_address(
    commune: Path, far: FarSide
) -> None:
    set_up(commune, far, live=False)
    settings = commune / "loa.toml"
    add_group(commune, "{id: thu, name: Thư, platform: email, backend: apprise, address: thu_xa")
    with mail_server() as mail:
        (commune / "thu.txt").write_text(mail.target(), encoding="utf-8")
        section = '[apprise.thu_xa]\nurl_file = "thu.txt"\n'
        written = settings.read_text(encoding="utf-8")
        settings.write_text(f"{written}\n{section}", encoding="utf-8")
        assert "rehearsal" in loa(commune, "chat", "test", "thu").output
        assert not mail.taken
        live = written.replace("live = false", "live = true")
        settings.write_text(f"{live}\n{section}", encoding="utf-8")
        done = loa(commune, "chat", "test", "thu")
        assert done.exit_code == 0, done.output
        assert "mat-khau" not in done.output
        assert mail.texts()[0].startswith("TIN THỬ")
