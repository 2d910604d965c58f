"""The parts of the server: who waits is woken, who guesses is slowed, and what the office types."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import DBAPIError, OperationalError
from support.commune import make_commune
from support.console import opened, workspace_of
from support.loops import run_apart

from engine.cli.main import build
from engine.console.hub import Hub
from engine.console.turnstile import TRIES, TRIES_OF_ALL, Turnstile
from engine.ledger.players import Doors
from engine.models.enrolment import Code


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")


class Ledger:
    """What was published, as the hub looks at it, and how often it did."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str, int]] = [("a", "cum-1", 5)]
        self.looks = 0
        self.error: DBAPIError | None = None

    def sequences(self) -> Mapping[str, int]:
        self.looks += 1
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return {commune: sequence for commune, _cluster, sequence in self.published}

    def clusters(self, commune_id: str, after: int) -> frozenset[str]:
        return frozenset(c for one, c, n in self.published if one == commune_id and n > after)


def waiting(
    hub: Hub, commune: str = "a", player: str = "1", cluster: str = "cum-1", known: int = 5
) -> asyncio.Task[bool]:
    return asyncio.create_task(hub.news(commune, player, [cluster], known=known, seconds=20))


async def looked(ledger: Ledger, more: int = 3) -> None:
    """Wait until it was looked so many times again."""
    until = ledger.looks + more
    while ledger.looks < until:
        await asyncio.sleep(0)


async def known_up_to_now(hub: Hub) -> None:
    """Let the hub see what there is before somebody waits for more."""
    await hub.news("a", "first", ["cum-1"], known=0, seconds=20)


def test_only_whoever_waits_for_that_cluster_is_woken() -> None:
    async def scene() -> None:
        ledger = Ledger()
        hub = Hub(ledger, pause=0.001)
        await known_up_to_now(hub)
        ours, beside = waiting(hub), waiting(hub, player="2", cluster="cum-2")
        theirs = waiting(hub, "b", known=0)
        await looked(ledger)
        assert not ours.done()
        ledger.published.append(("a", "cum-1", 6))
        assert await ours
        await looked(ledger)
        assert not beside.done()
        assert not theirs.done()
        ledger.published += [("b", "cum-1", 1), ("a", "cum-2", 7)]
        assert await theirs
        assert await beside
        assert hub.count == 0

    run_apart(scene())


def test_nobody_looks_while_nobody_waits() -> None:
    async def scene() -> None:
        ledger = Ledger()
        hub = Hub(ledger, pause=0.001)
        await known_up_to_now(hub)
        assert not await hub.news("a", "1", ["cum-1"], known=5, seconds=0.02)
        known = ledger.looks
        assert known >= 1
        await asyncio.sleep(0.02)
        assert ledger.looks <= known + 1
        assert await waiting(hub, known=4), "what came meanwhile is news at once"

    run_apart(scene())


def test_what_is_published_between_a_question_and_its_waiting_is_not_missed() -> None:
    """The hub has seen it by then, with nobody there to be woken."""

    async def scene() -> None:
        ledger = Ledger()
        hub = Hub(ledger, pause=0.001)
        await known_up_to_now(hub)
        before = hub.last("a")
        ledger.published.append(("a", "cum-1", 6))
        other = waiting(hub, player="2", cluster="cum-2", known=before)
        while hub.last("a") == before:
            await asyncio.sleep(0)
        assert await waiting(hub, known=before)
        hub.close()
        assert not await other

    run_apart(scene())


def test_a_ledger_that_is_away_lets_players_wait_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.console.hub.PATIENCE", 0.001)

    async def scene() -> None:
        ledger = Ledger()
        ledger.error = OperationalError("x", {}, Exception())
        hub = Hub(ledger, pause=0.001)
        assert await waiting(hub, known=4)
        assert ledger.looks == 2

    run_apart(scene())


def test_all_go_when_the_server_ends_and_nobody_waits_any_more() -> None:
    async def scene() -> None:
        hub = Hub(Ledger(), pause=0.001)
        await known_up_to_now(hub)
        tasks = [waiting(hub, player=str(n)) for n in range(50)]
        while hub.count < 50:
            await asyncio.sleep(0)
        hub.close()
        assert await asyncio.gather(*tasks) == [False] * 50
        assert not await waiting(hub, known=0)

    run_apart(scene())


def test_a_players_newer_question_ends_the_older_one_and_no_others() -> None:
    async def scene() -> None:
        ledger = Ledger()
        hub = Hub(ledger, pause=0.001)
        await known_up_to_now(hub)
        older, other = waiting(hub), waiting(hub, player="2")
        while hub.count < 2:
            await asyncio.sleep(0)
        newer = waiting(hub)
        assert not await older
        ledger.published.append(("a", "cum-1", 6))
        assert await newer
        assert await other

    run_apart(scene())


def test_an_address_has_so_many_tries_and_gets_them_back_with_time() -> None:
    now = [0.0]
    turnstile = Turnstile(lambda: now[0])
    assert [turnstile.wait("a") for _try in range(TRIES)] == [0.0] * TRIES
    wait = turnstile.wait("a")
    assert wait > 0
    assert turnstile.wait("b") == 0
    now[0] += wait
    assert turnstile.wait("a") == 0
    assert turnstile.wait("a") > 0


def test_all_addresses_together_have_so_many_tries() -> None:
    turnstile = Turnstile(lambda: 0.0)
    waits = [turnstile.wait(str(n)) for n in range(TRIES_OF_ALL + 1)]
    assert waits[:-1] == [0.0] * TRIES_OF_ALL
    assert waits[-1] > 0


def loa(workspace: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(build(), [*arguments, "-w", str(workspace)])


def test_the_office_enrols_lists_and_revokes(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "xa")
    done = loa(workspace, "players", "enrol", "--cluster", "cum-1", "--name", "Nhà văn hóa")
    assert done.exit_code == 0, done.output
    code = Code.read(done.stdout.strip())
    assert "player cum-1.1; good once, until 04:00 03/12/2026" in done.stderr
    with opened(workspace) as app:
        assert "waits for its code" in loa(workspace, "players", "list").stdout
        enrolled = Doors(app.ledger.database).enrol(code.secret, version="7", at=app.clock.now())
        assert enrolled is not None
    listed = loa(workspace, "players", "list").stdout
    assert all(word in listed for word in ("cum-1.1", "Nhà văn hóa", "enrolled", "7"))
    assert enrolled.token not in listed
    assert "cum-1.1 is revoked" in loa(workspace, "players", "revoke", "cum-1.1").stdout
    assert "no player is enrolled" in loa(workspace, "players", "list").stdout
    assert "revoked" in loa(workspace, "players", "list", "--all").stdout


def test_enrolling_one_player_for_several_clusters_says_what_they_will_hear(
    tmp_path: Path,
) -> None:
    workspace = workspace_of(tmp_path / "xa")
    done = loa(workspace, "players", "enrol", "--cluster", "cum-1", "--cluster", "cum-2")
    assert done.exit_code == 0, done.output
    assert Code.read(done.stdout.strip())
    assert "what is the same in a slot sounds once for cum-1, cum-2" in done.stderr
    assert "differs is played one after another" in done.stderr
    one = loa(workspace, "players", "enrol", "--cluster", "cum-1", "--cluster", "cum-1")
    assert "amplifier" not in one.stderr


def test_a_cluster_that_nobody_fetches_for_is_refused_in_words(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "xa")
    done = loa(workspace, "players", "enrol", "--cluster", "cum-9")
    assert "there is no cluster cum-9 (there are: cum-1, cum-2)" in str(done.exception)
    other = make_commune(tmp_path / "khac")
    done = loa(other, "players", "enrol", "--cluster", "cum-1")
    assert "is played by “folder”, which fetches nothing" in str(done.exception)


def test_a_new_key_says_who_must_be_enrolled_anew(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "xa")
    first = loa(workspace, "players", "new-key").stdout
    assert "new key" in first
    assert "enrol anew" not in first
    loa(workspace, "players", "enrol", "--cluster", "cum-2")
    assert "enrol anew, then revoke with loa players revoke: cum-2.1" in (
        loa(workspace, "players", "new-key").stdout
    )


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("8470", "[console] listen is '8470'; allowed: machine:port"),
        ("127.0.0.1:99999", "allowed: machine:port"),
        ("192.0.2.1:8470", "nobody can listen at 192.0.2.1:8470"),
    ],
)
def test_an_address_where_nobody_can_listen_is_said(tmp_path: Path, option: str, said: str) -> None:
    done = loa(workspace_of(tmp_path / "xa"), "console", "--listen", option)
    assert said in str(done.exception)


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "xa")
    with (workspace / "loa.toml").open("a") as file:
        file.write('[console]\ncertificate = "none.pem"\n')
    done = loa(workspace, "console", "--listen", "127.0.0.1:0")
    assert "[console] certificate: " in str(done.exception)
    assert "none.pem" in str(done.exception)
