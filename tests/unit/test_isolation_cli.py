"""Every command of ``loa``, run in a commune's workspace with the ids of its neighbour.

The commands are found in the code: one without a case here fails the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from support import sound
from support.commune import NOTICE, PASSPHRASE, WARNING, make_commune

from engine.app import open_app
from engine.cli.commands import table
from engine.cli.main import build
from engine.ledger.database import Database
from engine.ledger.relays import Author
from engine.ledger.tables import metadata
from engine.models import TokenPair
from engine.models.relay import WordKind
from engine.models.visit import Household
from engine.states import State

#: Every name of the neighbour holds this word, and no id that is typed does.
SECRET = "Kín"
#: Its commune's and its campaign's ids hold this one: said again only where it was typed.
ID = "rieng"

HIDDEN = WARNING.replace("id: bao-lu", "id: tin-rieng").replace("Lũ lên", f"Tin {SECRET}")

#: What looks after files or a machine, not after a commune in the ledger.
ELSEWHERE = {"init", "schema", "demo", "restore", "player", "fake"}

#: Saves the ledger as a whole, for whoever looks after it, and names the communes in it.
WHOLE = {"backup"}

BY = ("--by", "minh")
CASES: Mapping[str, Sequence[Sequence[str]]] = {
    "check": [[]],
    "plan": [["campaigns/bao-lu.yaml"]],
    "passphrase": [["an"]],
    "alert": [
        ["Nước lên nhanh.", "--by", "lan"],
        ["--file", "campaigns/bao-lu.yaml", "--by", "lan"],
        ["Nước lên nhanh.", "--by", "lan", "--with", "minh"],
    ],
    "all-clear": [["tin-rieng", "--by", "lan"], ["tin-rieng", "--by", "lan", "--with", "minh"]],
    "submit": [["campaigns/bao-lu.yaml", "--by", "lan"]],
    "preview": [["tin-rieng"]],
    "listen": [["tieng.wav"], ["tieng.wav", "--campaign", "tin-rieng"]],
    "approve": [["tin-rieng", *BY]],
    "correct": [["tin-rieng", "campaigns/bao-lu.yaml", "--reason", "x", "--by", "lan"]],
    "withdraw": [["tin-rieng", "--reason", "x", "--by", "lan"]],
    "cancel": [["tin-rieng", "--reason", "x", *BY]],
    "station": [
        ["day", "01/12/2026"],
        ["day", "01/12/2026", "--with", "campaigns/bao-lu.yaml"],
        ["packages"],
        ["packages", "--uploaded", "tin-rieng-01234567", *BY],
    ],
    "spoken": [["--explain"]],
    "status": [[], ["tin-rieng"]],
    "report": [
        ["tin-rieng"],
        ["tiem-phong"],
        ["tin-rieng", "--format", "pdf", "--output", "x.pdf"],
        ["--period", "2026-12", "--format", "json"],
    ],
    "print": [["tin-rieng"], ["tiem-phong", "--preview"]],
    "confirm": [
        ["tin-rieng", "--hamlet", "ap-1", "--channel", "flyer", "--received", *BY],
        ["tin-rieng", "--views", "9", *BY],
    ],
    "events": [[], ["tin-rieng"]],
    "retry": [["tin-rieng", *BY], ["tin-rieng", "--hamlet", "ap-1", *BY]],
    "resolve": [["tin-rieng", "--sent", *BY], ["tin-rieng", "--resend", *BY]],
    "registry": [["list"], ["show", "xa-rieng"], ["import", "campaigns/bao-lu.yaml"]],
    "voices": [[], ["preview", "--text", "Một."]],
    "cache": [[], ["trim", "--max-size", "1GB"]],
    "obligations": [[], ["tin-rieng"]],
    "bulletin": [
        ["--week", "2026-W49"],
        ["--from", "01/12/2026", "--to", "02/12/2026"],
        ["--publish", *BY],
    ],
    "playlog": [[], ["--campaign", "tin-rieng"], ["--day", "01/12/2026", "--csv", "x.csv"]],
    "escalation": [["tin-rieng"], ["tiem-phong"]],
    "relay": [
        ["links", "tin-rieng"],
        ["links", "tiem-phong", "--csv"],
        ["revoke", "tin-rieng", "--person", "ap-1-head", "--by", "lan"],
        ["words", "--all"],
        ["words", "--done", "x", *BY],
    ],
    "team": [
        ["list", "import", "tin-rieng", "ds.csv", "--by", "lan"],
        ["show", "tin-rieng"],
        ["sheet", "tin-rieng", "--team", "to-rieng", "-o", "x.pdf", "--by", "lan"],
        ["links", "tin-rieng"],
        ["revoke", "tin-rieng", "--team", "to-rieng", "--by", "lan"],
        ["result", "tin-rieng", "--team", "to-rieng", "--hamlet", "ap-1", "--visited", "1", *BY],
    ],
    "privacy": [["purge", *BY], ["purge", "--campaign", "tin-rieng", *BY]],
    "chat": [["test", "nhom-rieng"], ["test", "truong-ap"], ["heard", "telegram"]],
    "zalo": [["status"], ["groups"], ["login"], ["seed"], ["new-group", "--name", "x"]],
    "notices": [["--all"]],
    "console": [["--listen", "x"]],
    "players": [
        ["list", "--all"],
        ["enrol", "--cluster", "cum-rieng"],
        ["revoke", "cum-rieng.1"],
        ["key"],
        ["new-key"],
    ],
    "db": [["upgrade"]],
    "backup": [["x.loa"]],
    "prune": [["--dry-run"], []],
    "doctor": [[]],
    "worker": [[]],
    "scheduler": [[]],
    "run": [[]],
}


@dataclass(frozen=True)
class Neighbours:
    """Two communes in one ledger; ``ours`` is the one that nobody next door may see."""

    ours: Path
    theirs: Path
    #: The ledger as nobody's command sees it: one engine, which writes each question down once.
    database: Database

    def rows(self) -> list[tuple[object, ...]]:
        """Every row of ours."""
        found: list[tuple[object, ...]] = []
        with self.database.read() as connection:
            for one in metadata.sorted_tables:
                if "commune_id" in one.c:
                    mine = select(one).where(one.c.commune_id == "xa-rieng")
                    rows = connection.execute(mine.order_by(*one.primary_key))
                    found += [(one.name, *row) for row in rows]
        return found

    def files(self) -> dict[Path, float]:
        return {path: path.stat().st_mtime for path in self.ours.rglob("*")}

    def loa(self, *arguments: str) -> str:
        """Run a command next door; return all that it says, refusals too."""
        given = ["-w", str(self.theirs)] if "-w" not in arguments else []
        done = CliRunner().invoke(build(), [*arguments, *given], env=_environment())
        return f"{done.output}\n{done.exception or ''}"


def _environment() -> dict[str, str]:
    return {"LOA_LANG": "en", "LOA_PASSPHRASE": PASSPHRASE, "LOA_OLD_PASSPHRASE": PASSPHRASE}


@pytest.fixture(params=["sqlite", "postgresql"])
def neighbours(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Neighbours]:
    """Ours has a campaign approved and due; theirs has one of its own."""
    place = f"sqlite:///{tmp_path / 'chung.db'}"
    if request.param == "postgresql":
        place = request.getfixturevalue("postgres_url")
    theirs = make_commune(tmp_path / "theirs", {"tiem-phong": NOTICE, "bao-lu": WARNING})
    ours = make_commune(tmp_path / "ours", {"tin-rieng": HIDDEN})
    registry = ours / "commune.yaml"
    text = registry.read_text(encoding="utf-8")
    for old, new in {
        "xa-mau": "xa-rieng",
        "Xã Mẫu": f"Xã {SECRET}",
        "xã Mẫu": f"xã {SECRET}",
        "Ấp 1": f"Ấp {SECRET}",
        "Ấp 2": f"Ấp {SECRET} Hai",
        "id: lan, name: Nguyễn Thị Lan": f"id: lan, name: Giả {SECRET}",
        "Trần Văn Minh": f"Giả {SECRET}",
        "Giả Một": f"Giả {SECRET}",
    }.items():
        text = text.replace(old, new)
    registry.write_text(text, encoding="utf-8")
    for folder in (ours, theirs):
        settings = (folder / "loa.toml").read_text(encoding="utf-8")
        (folder / "loa.toml").write_text(f'{settings}[ledger]\nurl = "{place}"\n', "utf-8")
    for folder, name in ((ours, "tin-rieng"), (theirs, "tiem-phong")):
        if folder is theirs:  # the same key: it is not the key that hides anything
            shutil.copy(ours / "data.key", theirs / "data.key")
        with open_app(folder) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
            app.office.submit(folder / "campaigns" / f"{name}.yaml", "lan")
            app.office.approve(name, "minh", PASSPHRASE)
            if folder is ours:
                now = app.clock.now()
                app.ledger.players.invite(["cum-rieng"], name=SECRET, at=now, until=now)
                app.ledger.relays.link("tin-rieng", "ap-1-head", at=now, until=now)
                app.ledger.relays.write_down(
                    Author("tin-rieng", "ap-1", "ap-1-head"), WordKind.QUESTION, SECRET, now
                )
                app.ledger.visits.link("tin-rieng", "to-rieng", at=now, until=now)
                app.ledger.visits.put_list(
                    "tin-rieng",
                    [Household("ap-1", "to-rieng", SECRET)],
                    ends_at=now - timedelta(days=400),
                    at=now,
                    by="lan",
                )
                app.ledger.tokens.seed("zalo/1/2", TokenPair(SECRET, SECRET, now, now))
    (theirs / "ds.csv").write_text("Ấp,Họ tên\nap-1,Bà Giả\n", encoding="utf-8")
    sound.sound_file(theirs / "tieng.wav", sound.murmur(2))
    monkeypatch.chdir(theirs)
    monkeypatch.setenv("LOA_LANG", "en")
    database = Database.connect(place)
    yield Neighbours(ours, theirs, database)
    database.close()


def test_every_command_has_a_case() -> None:
    assert set(table()) == CASES.keys() | ELSEWHERE


def test_no_command_shows_or_moves_anything_next_door(neighbours: Neighbours) -> None:
    rows, files = neighbours.rows(), neighbours.files()
    assert any(SECRET in str(row) for row in rows)
    for name, cases in CASES.items():
        for arguments in cases:
            said = neighbours.loa(name, *arguments)
            assert said.strip(), (name, arguments)
            assert SECRET not in said, (name, arguments)
            if name not in WHOLE and not any(ID in one for one in arguments):
                assert ID not in said, (name, arguments)
            assert neighbours.rows() == rows, (name, arguments)
    assert neighbours.files() == files
    with open_app(neighbours.theirs) as app:
        assert app.ledger.views.deliveries("tiem-phong")
        states = {row.state for row in app.ledger.views.deliveries("tiem-phong")}
        assert State.PLANNED not in states, "their own were sent"
    with open_app(neighbours.ours) as app:
        states = {row.state for row in app.ledger.views.deliveries("tin-rieng")}
        assert states == {State.PLANNED}


def test_our_own_screens_do_show_it(neighbours: Neighbours) -> None:
    for arguments in (["status"], ["status", "tin-rieng"], ["check"]):
        done = CliRunner().invoke(
            build(), [*arguments, "-w", str(neighbours.ours)], env=_environment()
        )
        assert done.exit_code == 0
        assert SECRET in done.output or arguments == ["check"]
