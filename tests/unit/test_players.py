"""Which player a cluster has: in the registry, tables and settings, and what is sent by it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from support import builders
from support.campaign_files import COMMUNE
from support.commune import files_below, loa, make_commune
from support.dispatching import Post, rigged
from support.doctor import seen, settings, workspace, write
from support.fake_channels import FakeBackend, FakeChannel, FarSide
from support.tables import HEADINGS, ROWS, as_csv, province

from campaigns.registry_file import examine_registry, load_registry
from campaigns.tables.listed import read_tables
from channels.base import Backend, ChannelError, Checks
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.places import Places
from engine.app import open_app
from engine.app.channels import NothingRemembered, build_channels, check_names
from engine.app.players import known_players
from engine.app.settings_words import settings_line
from engine.errors import InputError, LoaError
from engine.ledger.places import Place
from engine.models import Artifact
from engine.settings import SettingsError, load_settings
from engine.states import State

__all__ = ["workspace"]

PLAYED = COMMUNE.replace("volume_group: cho}", "volume_group: cho, player: may-cho}")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


class ManyPlayers(FakeChannel):
    """A channel whose players come and go; what is planned goes by ``backend``."""

    players: tuple[FakeBackend, ...] | None = None

    @property
    def backends(self) -> Mapping[str, Backend]:
        players = super().backends.values() if self.players is None else self.players
        return {one.name: one for one in players}


def commune(folder: Path, text: str = PLAYED) -> Path:
    file = folder / "commune.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_cluster_names_its_player_and_is_a_folder_when_it_names_none(tmp_path: Path) -> None:
    (cluster,) = load_registry(commune(tmp_path)).registry.clusters
    assert cluster.player == "may-cho"
    (usual,) = load_registry(commune(tmp_path, COMMUNE)).registry.clusters
    assert usual.player == "folder"


def test_a_player_that_is_not_set_is_a_fault_of_the_file_at_its_line(tmp_path: Path) -> None:
    file = commune(tmp_path)
    assert PLAYED != COMMUNE
    line = next(n for n, row in enumerate(PLAYED.splitlines(), 1) if "may-cho" in row)
    (problem,) = examine_registry(file, {"folder", "may-chu"}).problems
    assert (problem.line, problem.field) == (line, "loudspeakers[1].player")
    assert 'there is no player "may-cho" (did you mean "may-chu"?)' in problem.message
    assert "allowed: folder, may-chu" in problem.message
    assert "[players.may-cho]" in problem.message
    assert not examine_registry(file, {"folder", "may-cho"}).problems


def test_check_says_it_and_so_does_every_command_that_opens_the_commune(tmp_path: Path) -> None:
    folder = make_commune(tmp_path / "xa")
    registry = (folder / "commune.yaml").read_text("utf-8")
    text = registry.replace(
        "{id: cum-2, hamlets: [ap-2]}", "{id: cum-2, hamlets: [ap-2], player: x}"
    )
    (folder / "commune.yaml").write_text(text, encoding="utf-8")
    for command in (("check",), ("status",)):
        done = loa(*command, "-w", folder)
        assert done.returncode != 0
        assert "loudspeakers[2].player" in done.stderr, done.stderr
    write(folder, settings(folder) + '[players.x]\nkind = "folder"\n')
    assert loa("check", "-w", folder).returncode == 0


def test_a_table_names_one_player_for_a_row_or_one_for_each_cluster(tmp_path: Path) -> None:
    headings = (*HEADINGS, "Thiết bị phát")
    rows = [[*ROWS[0], "may-a"], [*ROWS[2][:6], "cum-1; cum-2", "", "cum-2: may-b"]]
    listed = read_tables([as_csv(tmp_path / "a.csv", rows, headings)], {"may-a", "may-b"})
    east, west = (one.hamlets[0] for one in listed.communes.values())
    assert east.player_of("cum-1") == "may-a"
    assert (west.player_of("cum-1"), west.player_of("cum-2")) == (None, "may-b")


def test_a_table_with_a_wrong_player_is_refused_at_its_cell(tmp_path: Path) -> None:
    headings = (*HEADINGS, "Thiết bị phát")
    rows = [
        [*ROWS[0], "may-x"],
        [*ROWS[1], "may-a"],
        [*ROWS[2], "cum-7: may-a"],
        [*ROWS[3], "may-a; may-b"],
    ]
    with pytest.raises(InputError) as caught:
        read_tables([as_csv(tmp_path / "a.csv", rows, headings)], {"may-a", "may-b"})
    told = [(one.line, one.field, one.message) for one in caught.value.problems]
    assert [(line, field) for line, field, _message in told] == [
        (number, 'column I "Thiết bị phát"') for number in (2, 3, 4, 5)
    ]
    words = [message for _line, _field, message in told]
    assert 'there is no player "may-x"' in words[0]
    assert "cum-1 is played by may-x in row 2; write one player" in words[1]
    assert 'there is no cluster "cum-7"' in words[2]
    assert "found two players for all clusters" in words[3]


def test_importing_keeps_changes_and_empties_a_clusters_player(tmp_path: Path) -> None:
    folder = province(tmp_path / "tinh", settings='[players.may-a]\nkind = "folder"\n')
    headings = (*HEADINGS, "Thiết bị phát")

    def imported(*cells: str) -> str:
        given = headings if cells else HEADINGS
        rows = [[*row, *cells[number : number + 1]] for number, row in enumerate(ROWS)]
        done = loa("registry", "import", as_csv(folder / "a.csv", rows, given), "-w", folder)
        return done.stdout + done.stderr

    assert "xa-dong" in imported("may-a", "may-a", "", "")
    assert "there is no player" in imported("may-b", "may-b", "", "")
    assert "xa-dong" not in imported(), "no column leaves what was"
    assert "xa-dong" in imported("", "", "", ""), "an empty cell empties it"


def test_a_section_for_each_player_comes_from_the_file_and_the_environment(tmp_path: Path) -> None:
    write(tmp_path, '[players.may-a]\nkind = "folder"\npath = "/a/{cluster}"\n')
    environ = {"LOA_PLAYERS_B_KIND": "folder", "LOA_PLAYERS_B_PATH": "/b"}
    found = load_settings(tmp_path, environ)
    assert {name: one.path for name, one in found.players.items()} == {
        "may-a": "/a/{cluster}",
        "b": "/b",
    }
    assert known_players(found) == {"folder", "may-a", "b"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[players.x]\nkind = "dia-mem"\n', 'players.x: kind: found "dia-mem"; allowed: folder'),
        ('[players.x]\nkind = "folder"\npath = "/a/{xa}"\n', "players.x.path: found"),
        ('[players.x]\nkind = "folder"\npaht = "/a"\n', 'players.x.paht: there is no key "paht"'),
        ('[players."Máy X"]\nkind = "folder"\n', "players.Máy X"),
        ("[players.x]\n", 'players.x: the key "kind" is missing'),
    ],
)
def test_a_section_that_cannot_be_used_is_told_by_its_key(
    tmp_path: Path, text: str, told: str
) -> None:
    good = '[players.may-a]\nkind = "folder"\n'
    write(tmp_path, good + text)
    found = load_settings(tmp_path, {})
    (faults,) = found.faulty_players.values()
    (line,) = map(settings_line, faults)
    assert told in line
    assert line.startswith(f"{tmp_path}/loa.toml:")
    assert found.players.keys() == {"may-a"}, "the others go on"


def test_a_fault_elsewhere_or_in_the_usual_player_stops_everything(tmp_path: Path) -> None:
    for more in ('[players.folder]\nkind = "folder"\npaht = "/a"\n', "[chat]\n"):
        write(tmp_path, '[players.x]\nkind = "dia-mem"\n' + more)
        with pytest.raises(SettingsError) as caught:
            load_settings(tmp_path, {})
        assert len(caught.value.faults) == 2


def test_each_cluster_goes_by_its_own_player(tmp_path: Path) -> None:
    registry = builders.registry(2)
    first, second = registry.clusters
    shared = dataclasses.replace(second, player="may-b", hamlets=("ap-1", "ap-2"))
    registry = dataclasses.replace(registry, clusters=(first, shared))
    channel = LoudspeakerChannel(
        outbox=tmp_path / "out",
        players={"may-b": FolderBackend(tmp_path / "b", name="may-b")},
        speech_cache=tmp_path / "speech",
    )
    content = builders.content("loudspeaker", channel.options())
    found = channel.slots(content, registry.hamlets[0], registry)
    assert [(one.target, one.backend) for one in found] == [("cum-1", "folder"), ("cum-2", "may-b")]
    strange = dataclasses.replace(registry, clusters=(dataclasses.replace(shared, player="may-c"),))
    with pytest.raises(LoaError, match="cum-2 is played by may-c, which is not set"):
        channel.slots(content, registry.hamlets[0], strange)


def test_a_path_of_the_installers_own_is_written_and_must_be_there(tmp_path: Path) -> None:
    disk = tmp_path / "usb"
    player = FolderBackend(tmp_path / "out", places=Places(f"{disk}/loa-{{commune}}/a", "xa-mau"))
    with pytest.raises(ChannelError, match="is not there: attach its disk"):
        player.check()
    with pytest.raises(ChannelError, match="is not there: attach its disk") as caught:
        player.deliver(programme(tmp_path), builders.bundle("loudspeaker", "folder", "cum-1"))
    assert not caught.value.permanent
    assert not disk.exists()
    disk.mkdir()
    player.check()
    player.deliver(programme(tmp_path), builders.bundle("loudspeaker", "folder", "cum-1"))
    assert "loa-xa-mau/a/cum-1/2026-12-02/0500.json" in files_below(disk)


def test_communes_that_share_the_settings_never_share_a_folder(tmp_path: Path) -> None:
    write(tmp_path, f'[players.may-a]\nkind = "folder"\npath = "{tmp_path}/usb"\n')
    shared = load_settings(tmp_path, {})
    here = {"commune_id": "xa-a", "workspace": tmp_path}
    folder = tmp_path / "communes" / "xa-a"
    found = build_channels(shared, folder, NothingRemembered(), **here)
    with pytest.raises(ChannelError, match=r"\[players.may-a\] path: several communes"):
        check(found["loudspeaker"].backends["may-a"])
    for path in (f"{tmp_path}/usb/{{commune}}", "usb"):
        write(tmp_path, f'[players.may-a]\nkind = "folder"\npath = "{path}"\n')
        build_channels(load_settings(tmp_path, {}), folder, NothingRemembered(), **here)


def test_the_doctor_asks_the_players_that_clusters_name(workspace: Path) -> None:
    players = f'[players.may-a]\nkind = "folder"\npath = "{workspace}/usb"\n'
    write(workspace, settings(workspace) + players)
    assert "may-a" not in seen(workspace, "channels"), "no cluster is played by it"
    registry = (workspace / "commune.yaml").read_text("utf-8")
    text = registry.replace(
        "{id: cum-1, hamlets: [ap-1]}", "{id: cum-1, hamlets: [ap-1], player: may-a}"
    )
    (workspace / "commune.yaml").write_text(text, encoding="utf-8")
    told = seen(workspace, "channels")
    assert f"bad: loudspeaker/may-a: the folder {workspace}/usb is not there" in told
    (workspace / "usb").mkdir()
    told = seen(workspace, "channels", "registry")
    assert "fine: loudspeaker/may-a: the far side answers" in told
    write(workspace, settings(workspace).replace("players.may-a", "players.may-b"))
    assert "bad: " + str(workspace / "commune.yaml") in seen(workspace, "registry")


def test_what_waits_for_a_player_that_has_gone_is_told_and_goes_when_it_is_back(
    tmp_path: Path, far_side: FarSide
) -> None:
    backend = FakeBackend("may-a", idempotent=True, far_side=far_side)
    channel = ManyPlayers("giay", backend)
    with rigged(tmp_path, channel) as rig:
        rig.release(Post())
        channel.players = ()
        rig.send()
        assert rig.states() == {State.PLANNED: 1}
        assert rig.rows()[0].reason == (
            "noi-1: “may-a” is not in loa.toml any more, so nothing can go by it"
        )
        channel.players = (backend,)
        rig.pass_time(minutes=5)
        rig.send()
        assert rig.states() == {State.SENT: 1}
        assert far_side.texts == {"Họp ấp.": 1}


def test_a_programme_goes_by_the_player_that_was_approved_last(
    tmp_path: Path, far_side: FarSide, place: Place
) -> None:
    old = FakeBackend("may-a", idempotent=True, far_side=far_side)
    new = FakeBackend("may-b", idempotent=True, far_side=FarSide(tmp_path / "new.log"))
    channel = ManyPlayers("giay", old)
    with rigged(tmp_path, channel, place=place) as rig:
        rig.release(Post(text="Tin cũ."), campaign_id="cu")
        channel.backend, channel.players = new, (old, new)
        rig.release(Post(text="Tin mới."), campaign_id="moi")
        rig.send()
        assert (old.calls, new.calls) == (0, 1)
        assert rig.states("cu") == rig.states("moi") == {State.SENT: 1}


def test_a_player_may_not_be_called_like_another_channels_way_of_another_kind(
    far_side: FarSide,
) -> None:
    def named(channel: str, networked: bool) -> FakeChannel:
        return FakeChannel(channel, FakeBackend("kit", True, far_side, networked=networked))

    check_names({"chat": named("chat", False), "loudspeaker": named("loudspeaker", False)})
    with pytest.raises(LoaError, match=r"\[players.kit\]: another channel has this name"):
        check_names({"loudspeaker": named("loudspeaker", True), "chat": named("chat", False)})


def check(backend: Backend) -> None:
    assert isinstance(backend, Checks)
    backend.check()


BAD = """
[players.hong]
kind = "sftp"
host = "127.0.0.1"
user = "loa"
port = 70000

[players.khong-khoa]
kind = "sftp"
host = "127.0.0.1"
user = "loa"
password = "x"

[players.may-c]
kind = "mqtt"
host = "127.0.0.1"
password_file = "khong-co"
sounds = "x"
sounds_url = "http://127.0.0.1"
"""


def test_a_bad_section_is_told_with_its_line_and_keeps_only_its_own_player_from_working(
    tmp_path: Path,
) -> None:
    workspace = make_commune(tmp_path / "xa")
    registry = workspace / "commune.yaml"
    text = registry.read_text("utf-8").replace("{id: cum-1, ", "{id: cum-1, player: hong, ")
    registry.write_text(text, encoding="utf-8")
    before = settings(workspace).count("\n")
    write(workspace, settings(workspace) + BAD)
    file, secret = workspace / "loa.toml", workspace / "khong-co"
    told = [
        f"{file}:{before + 6}: players.hong.port: found 70000; 65535 or less is allowed",
        f"{file}:{before + 8}: [players.khong-khoa]: write host_key (or known_hosts)",
        f"{secret}: players.may-c: the file cannot be read: it does not exist",
    ]
    checked = loa("check", "-w", workspace)
    assert checked.returncode == 1
    for line in told:
        assert line in checked.stderr, checked.stderr
    status = loa("status", "-w", workspace)
    assert status.returncode == 0, status.stderr
    for line in told:
        assert f"! this player takes nothing: {line}" in status.stderr
    assert f"bad: {told[0]}" in seen(workspace, "settings")
    with open_app(workspace) as app:
        _campaign, plan = app.office.plan(workspace / "campaigns" / "tiem-phong.yaml")
        by_cluster = {
            one.target: one.backend for one in plan.deliveries if one.channel == "loudspeaker"
        }
        assert by_cluster == {"cum-1": "hong", "cum-2": "folder"}
        broken = app.channels["loudspeaker"].backends["hong"]
        bundle = builders.bundle("loudspeaker", "hong", "cum-1")
        with pytest.raises(ChannelError, match=r"players\.hong\.port: found 70000") as caught:
            broken.deliver(Artifact(()), bundle)
        assert not caught.value.permanent
        assert broken.networked, "it rehearses for as long as the workspace does"


def programme(folder: Path) -> Artifact:
    channel = LoudspeakerChannel(outbox=folder / "unused", speech_cache=folder / "speech")
    bundle = builders.bundle("loudspeaker", "folder", "cum-1")
    try:
        return channel.assemble(bundle, (), builders.registry())
    finally:
        channel.close()


def test_players_that_hold_days_get_them_days_ahead(tmp_path: Path) -> None:
    workspace = make_commune(tmp_path / "xa")
    registry = workspace / "commune.yaml"
    text = registry.read_text("utf-8").replace("{id: cum-1, ", "{id: cum-1, player: may, ")
    registry.write_text(text, encoding="utf-8")
    settings_file = workspace / "loa.toml"
    more = '\n[players.may]\nkind = "agent"\nahead_days = 3\n'
    settings_file.write_text(settings_file.read_text("utf-8") + more, encoding="utf-8")
    with open_app(workspace) as app:
        _campaign, plan = app.office.plan(workspace / "campaigns" / "tiem-phong.yaml")
    leads = {
        (one.backend, one.slot - one.work_at)
        for one in plan.deliveries
        if one.channel == "loudspeaker"
    }
    assert leads == {("may", timedelta(days=3)), ("folder", timedelta(minutes=30))}
