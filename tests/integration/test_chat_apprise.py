"""A commune that tells its heads by mail, through Apprise: states, rehearsal, and the secret."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.mail_server import MailServer, mail_server
from support.nursery import Child, Nursery, nursery
from support.redis_server import wait_until

from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.cli.main import build
from engine.notices.words import what, what_to_do
from engine.states import State
from engine.upkeep.doctor import CHECKS, examine
from engine.upkeep.findings import Level
from workers.embedded import EmbeddedRuntime

SECRET = "mat-khau-rat-kin"
ONLY_CHAT = "channels: {loudspeaker: false, flyer: false, portal: false, chat: true}\n"


def commune(folder: Path, mail: MailServer, *, live: bool) -> Path:
    """Return the workspace of a commune that tells its heads by mail."""
    workspace = make_commune(folder, {"tiem-phong": NOTICE + ONLY_CHAT}, live=live)
    registry = workspace / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    text = text.replace("platform: telegram\n", "platform: email\n      backend: apprise\n", 1)
    registry.write_text(text.replace('"-100200300"', "thu_xa"), encoding="utf-8")
    (workspace / "thu.txt").write_text(mail.target(password=SECRET), encoding="utf-8")
    with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write('[apprise.thu_xa]\nurl_file = "thu.txt"\n')
    return workspace


def approved(app: App) -> None:
    app.office.set_passphrase("minh", PASSPHRASE, None)
    app.office.submit(app.workspace / "campaigns" / "tiem-phong.yaml", "lan")
    app.office.approve("tiem-phong", "minh", PASSPHRASE)


def played(folder: Path, mail: MailServer, *, live: bool) -> tuple[State, str, str]:
    """Let a commune send a notice by mail; return its state, its reason, and its notices."""
    workspace = commune(folder, mail, live=live)
    with open_app(workspace) as app:
        approved(app)
        EmbeddedRuntime(app).run()
        row = next(
            row
            for row in app.ledger.views.deliveries("tiem-phong")
            if row.target == "truong-ap" and row.hamlet_id == "ap-1"
        )
        told = [kept.notice for kept in commune_desk(app.house, app.ledger, app.rehearsing).look()]
    return row.state, row.reason, "\n".join(what(one) + what_to_do(one) for one in told)


@pytest.mark.parametrize(
    ("live", "drops", "state", "mails"),
    [
        (False, False, State.PLANNED, 0),
        (True, False, State.SENT, 1),
        (True, True, State.UNCERTAIN, 1),
    ],
)
def test_a_mail_is_rehearsed_sent_or_in_doubt_and_its_address_is_nowhere(
    live: bool, drops: bool, state: State, mails: int, tmp_path: Path
) -> None:
    with mail_server() as mail:
        mail.drops_after = drops
        found, reason, notices = played(tmp_path / "xa", mail, live=live)
        assert (found, len(mail.taken)) == (state, mails)
    if drops:
        assert "does not say whether the message arrived" in reason
        assert "nobody can say whether" in notices
    for file in (tmp_path / "xa").rglob("*"):
        if file.is_file() and file.name != "thu.txt":
            assert SECRET.encode() not in file.read_bytes(), file
    assert SECRET not in notices


def only_heads(folder: Path, mail: MailServer) -> Path:
    """Return such a commune without any other group: nothing else is sent."""
    workspace = commune(folder, mail, live=True)
    registry = workspace / "commune.yaml"
    before, _groups, rest = registry.read_text(encoding="utf-8").partition("    - id: nhom-ap-1")
    _more, after, kept = rest.partition("flyers:")
    registry.write_text(f"{before}{after}{kept}", encoding="utf-8")
    return workspace


class Office:
    """Runs Loa in processes that may be killed, and reads what it knows."""

    def __init__(self, children: Nursery, workspace: Path) -> None:
        self._children = children
        self.workspace = workspace

    def start(self, *fatal: str) -> Child:
        log = self.workspace.with_suffix(".log")
        return self._children.start("kill_driver", [str(self.workspace), *fatal], log)

    def run(self, *fatal: str) -> int:
        return self.start(*fatal).wait(120)

    def states(self) -> set[State]:
        with open_app(self.workspace) as app:
            return {row.state for row in app.ledger.views.deliveries("tiem-phong")}

    def resolve(self, answer: str) -> None:
        words = ["resolve", "tiem-phong", "--channel", "chat", answer, "--by", "lan"]
        done = CliRunner().invoke(build(), [*words, "-w", str(self.workspace)])
        assert done.exit_code == 0, done.output


def test_killed_between_handing_over_and_recording_a_mail_is_in_doubt_and_goes_once(
    tmp_path: Path,
) -> None:
    """Apprise names no message and cannot be asked: only a person may let it go again."""
    with mail_server() as mail, nursery() as children:
        office = Office(children, only_heads(tmp_path / "giu", mail))
        mail.gate.clear()
        victim = office.start()
        wait_until(lambda: bool(mail.taken), "the mail to be taken")
        victim.kill()
        victim.wait(60)
        mail.gate.set()
        for _again in range(2):
            assert office.run() == 0
            assert (office.states(), len(mail.taken)) == ({State.UNCERTAIN}, 1)
        office.resolve("--resend")
        assert office.run() == 0
        assert (office.states(), len(mail.taken)) == ({State.SENT}, 2), "as a person said"

        for boundary, mails, state in (
            ("begun", 0, State.UNCERTAIN),
            ("delivered", 1, State.UNCERTAIN),
            ("recorded", 1, State.SENT),
        ):
            office = Office(children, only_heads(tmp_path / boundary, mail))
            before = len(mail.taken)
            assert office.run(boundary, "1") == -signal.SIGKILL
            assert office.run() == 0
            assert (office.states(), len(mail.taken) - before) == ({state}, mails), boundary
            if state is State.UNCERTAIN:
                office.resolve("--sent")
                assert office.run() == 0
                assert (office.states(), len(mail.taken) - before) == ({State.SENT}, mails)


def test_each_account_stands_alone_and_the_doctor_names_what_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret file that is gone stops its own groups; a group without an address is named."""
    monkeypatch.setenv("LOA_LANG", "en")
    with mail_server() as mail:
        workspace = commune(tmp_path / "xa", mail, live=True)
        with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
            settings.write('[zalo_bot]\ntoken_file = "khong-co.txt"\n')
            settings.write('[apprise.thu_huyen]\nurl_file = "khong-co.txt"\n')
        registry = workspace / "commune.yaml"
        text = registry.read_text(encoding="utf-8")
        groups = (
            "    - {id: bot, name: Bot, platform: zalo, backend: zalo_bot, kind: heads,"
            " hamlets: all, run_by: lan, address: abc}\n"
            "    - {id: huyen, name: Thư, platform: email, backend: apprise, kind: heads,"
            " hamlets: all, run_by: lan, address: thu_huyen}\n"
            "    - {id: quen, name: Thư, platform: email, backend: apprise, kind: heads,"
            " hamlets: all, run_by: lan, address: thu_quen}\n"
        )
        registry.write_text(text.replace("  groups:\n", f"  groups:\n{groups}"), encoding="utf-8")

        def tried(group: str) -> str:
            done = CliRunner().invoke(build(), ["chat", "test", group, "-w", str(workspace)])
            return f"{done.output} {done.exception or ''}"

        assert "a test was sent by apprise" in tried("truong-ap")
        assert len(mail.taken) == 1
        for group, section in (("bot", "zalo_bot"), ("huyen", "apprise.thu_huyen")):
            assert f"[{section}] cannot be used as it is set: " in tried(group)
            assert "khong-co.txt" in tried(group)
        assert "write [apprise.thu_quen] with url_file" in tried("quen")
        checks = {name: CHECKS[name] for name in ("settings", "channels")}
        found = [one.finding for one in examine(workspace, checks)]
        ill = [one.words for one in found if one.level is Level.BAD]
    assert [one.rpartition("/")[2].partition(": the file")[0] for one in ill[:2]] == [
        "khong-co.txt: zalo_bot",
        "khong-co.txt: apprise.thu_huyen",
    ]
    (missing,) = (one for one in ill if "thu_quen" in one)
    assert missing.startswith("chat: group quen: No address is set up for thu_quen: write [apprise")
    assert len(mail.taken) == 1, "to look is not to send"
