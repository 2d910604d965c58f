"""One suite for every channel and every backend, real ones and fakes alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support import broker, builders, zalo
from support.commune import files_below
from support.dispatching import KEY
from support.fake_station import fake_station
from support.fake_telegram import TOKEN, FakeTelegram
from support.mail_server import mail_server
from support.portals import webhook_backend, wordpress_backend
from support.ssh_server import ssh_server
from support.webhook import receiver
from support.wordpress import running

from campaigns.registry_schema import ChatBackend
from channels.base import Backend, Channel, ChannelError, Closes, Finds, Options, artifact_key
from channels.chat.channel import ChatChannel
from channels.chat.telegram import TelegramAccount
from channels.chat.zalo_bot import ZaloBotAccount
from channels.chat.zalo_bot.fake import FakeZaloBot
from channels.chat.zalo_bot.fake_world import BotWorld
from channels.flyer.channel import FlyerChannel
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.players.agent import AgentBackend
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.players.liquidsoap import LiquidsoapBackend
from channels.loudspeaker.players.package.backend import PackageBackend
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.sftp.account import SftpAccount
from channels.loudspeaker.players.sftp.backend import SftpBackend
from channels.portal.channel import PortalChannel
from channels.portal.publishing import Publishing
from channels.team.channel import TeamChannel
from engine.app import CHANNELS
from engine.app.feeding import LedgerFeed
from engine.app.players import KINDS
from engine.artifacts import FolderStore
from engine.clock import SimulatedClock
from engine.ledger import Ledger, Seal
from engine.models import (
    Artifact,
    Bundle,
    ChatGroup,
    Content,
    GroupKind,
    Item,
    Receipt,
    Registry,
    Schedule,
)


@dataclass
class Rig:
    """A channel with one of its backends, and how to see what the far side holds."""

    channel: Channel
    backend: str
    target: str
    far_side: Callable[[], object]

    @property
    def registry(self) -> Registry:
        """Return the commune; its clusters are played by the player in this rig."""
        if self.channel.name != LoudspeakerChannel.name:
            return REGISTRY
        clusters = (dataclasses.replace(one, player=self.backend) for one in REGISTRY.clusters)
        return dataclasses.replace(REGISTRY, clusters=tuple(clusters))

    def content(self, **changes: object) -> Content:
        options: Options = self.channel.options()
        return builders.content(self.channel.name, options, **changes)

    def item(self, number: int = 1, **changes: object) -> Item:
        hamlet, content = builders.hamlet(number), self.content(**changes)
        inputs = self.channel.prepare(content, hamlet, builders.FakeArtifacts())
        rendered = self.channel.render(inputs)
        file = builders.File.of_bytes("key", rendered.media_type, rendered.data)
        return Item(number, hamlet, content, file)

    def bundle(self, **changes: object) -> Bundle:
        return builders.bundle(self.channel.name, self.backend, self.target, **changes)

    def artifact(self, *items: Item) -> Artifact:
        return self.channel.assemble(self.bundle(), items or (self.item(),), REGISTRY)

    def deliver(self, artifact: Artifact, bundle: Bundle | None = None) -> Receipt:
        return self.channel.backends[self.backend].deliver(artifact, bundle or self.bundle())


#: A player, and how to see what its far end holds.
FarEnd = tuple[Backend, Callable[[], object]]


REGISTRY = builders.registry(
    chat_groups=(
        *builders.registry().chat_groups,
        ChatGroup(
            "tele",
            "Nhóm Telegram",
            "telegram",
            "telegram",
            GroupKind.HEADS,
            ("ap-1", "ap-2"),
            address="-100200",
        ),
        ChatGroup(
            "oa-nhom", "Nhóm OA", "zalo", "zalo", GroupKind.HEADS, ("ap-1", "ap-2"), address="g001"
        ),
        ChatGroup(
            "oa-bai",
            "Người quan tâm",
            "zalo",
            "zalo_article",
            GroupKind.FOLLOWERS,
            ("ap-1", "ap-2"),
        ),
        ChatGroup(
            "bot", "Nhóm bot", "zalo", "zalo_bot", GroupKind.HEADS, ("ap-1", "ap-2"), address="b1"
        ),
        ChatGroup(
            "thu", "Thư", "email", "apprise", GroupKind.HEADS, ("ap-1", "ap-2"), address="thu_xa"
        ),
    )
)


def folder(tmp_path: Path) -> Iterator[FarEnd]:
    yield FolderBackend(tmp_path / "out"), lambda: files_below(tmp_path / "out")


def agent(tmp_path: Path) -> Iterator[FarEnd]:
    tmp_path.mkdir(exist_ok=True)
    ledger = Ledger.open(tmp_path / "loa.db", "xa-mau", seal=Seal(KEY), options={})
    feed = LedgerFeed(ledger, FolderStore(tmp_path / "artifacts"), SimulatedClock(builders.NOW))

    def published() -> object:
        return ledger.programmes.after(0, ["cum-1"], at=builders.NOW, limit=99)

    yield AgentBackend("may", feed, timedelta(minutes=10)), published
    ledger.close()


def sftp(tmp_path: Path) -> Iterator[FarEnd]:
    with ssh_server(tmp_path / "ssh") as server:
        account = SftpAccount(
            "sftp",
            "127.0.0.1",
            server.user,
            port=server.port,
            key_file=server.key,
            host_keys=(server.fingerprint,),
        )
        yield (
            SftpBackend(account, places=Places(str(server.files))),
            lambda: files_below(server.files),
        )


def liquidsoap(tmp_path: Path) -> Iterator[FarEnd]:
    with fake_station(tmp_path) as station:
        yield (
            LiquidsoapBackend(
                "dai-xa", places=Places(str(station.folder)), sockets=Places(station.sockets)
            ),
            lambda: files_below(station.folder),
        )


def mqtt(_tmp_path: Path) -> Iterator[FarEnd]:
    with broker.far_side() as far:
        device = far.device()
        device.start()
        yield far.backend(), device.holds


def package(tmp_path: Path) -> Iterator[FarEnd]:
    yield PackageBackend(tmp_path / "out", name="package"), lambda: files_below(tmp_path / "out")


#: One of each kind of player, by that kind, with how to see what lies at its far end.
PLAYERS: dict[str, Callable[[Path], Iterator[FarEnd]]] = {
    "folder": folder,
    "package": package,
    "agent": agent,
    "sftp": sftp,
    "liquidsoap": liquidsoap,
    "mqtt": mqtt,
}


def loudspeaker(kind: str) -> Callable[[Path], Iterator[Rig]]:
    """Return what makes a rig whose clusters are played by one kind of player."""

    def make(tmp_path: Path) -> Iterator[Rig]:
        for player, far_side in PLAYERS[kind](tmp_path):
            channel = LoudspeakerChannel(
                outbox=tmp_path / "outbox",
                players={player.name: player},
                speech_cache=tmp_path / "speech",
            )
            yield Rig(channel, player.name, "cum-1", far_side)
            channel.close()

    make.__name__ = f"loudspeaker_{kind}"
    return make


def flyer_folder(tmp_path: Path) -> Iterator[Rig]:
    channel = FlyerChannel(outbox=tmp_path / "out")
    yield Rig(channel, "folder", "van-phong", lambda: files_below(tmp_path / "out"))


def team_folder(tmp_path: Path) -> Iterator[Rig]:
    channel = TeamChannel(outbox=tmp_path / "out", links=lambda *_: "https://xa-mau.example/t/x")
    yield Rig(channel, "folder", "to-1", lambda: files_below(tmp_path / "out"))


def portal_static(tmp_path: Path) -> Iterator[Rig]:
    channel = PortalChannel(outbox=tmp_path / "out")
    yield Rig(channel, "static", "cong", lambda: files_below(tmp_path / "out"))


def portal_wordpress(tmp_path: Path) -> Iterator[Rig]:
    site = running()
    site.empty()
    backend = wordpress_backend(
        site.url,
        site.passwords["bien-tap"],
        builders.MemoryRemoteIds(),
        now=builders.NOW + timedelta(days=1),
        holds_permalink=False,
    )
    yield from posting(tmp_path, backend, lambda: (site.posts(), site.media()))


def portal_webhook(tmp_path: Path) -> Iterator[Rig]:
    with receiver(tmp_path / "far") as far:
        backend = webhook_backend(far.url, builders.MemoryRemoteIds())
        yield from posting(tmp_path, backend, lambda: (far.log, files_below(far.folder)))


def posting(tmp_path: Path, backend: Backend, far_side: Callable[[], object]) -> Iterator[Rig]:
    """Yield a rig that posts on a portal which others run, and on no other."""
    publishing = Publishing((backend.name,), {backend.name: backend})
    channel = PortalChannel(outbox=tmp_path / "out", publishing=publishing)
    del channel.backends["static"]
    yield Rig(channel, backend.name, backend.name, far_side)
    channel.close()


def chat_kit(tmp_path: Path) -> Iterator[Rig]:
    channel = ChatChannel(
        outbox=tmp_path / "out",
        remote_ids=builders.MemoryRemoteIds(),
        tokens=builders.MemoryTokens(),
        limits=builders.FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
    )
    yield Rig(channel, "kit", "nhom-ap-1", lambda: files_below(tmp_path / "out"))


def chat_telegram(tmp_path: Path) -> Iterator[Rig]:
    log = tmp_path / "far-side.log"
    tmp_path.mkdir(exist_ok=True)
    log.touch()
    with FakeTelegram(log=log) as server:
        channel = ChatChannel(
            outbox=tmp_path / "out",
            remote_ids=builders.MemoryRemoteIds(),
            tokens=builders.MemoryTokens(),
            limits=builders.FreeLimits(),
            clock=SimulatedClock(builders.NOW),
            telegram=TelegramAccount(server.base_url, TOKEN),
        )
        yield Rig(channel, "telegram", "tele", lambda: log.read_text(encoding="utf-8"))
        channel.close()


def chat_zalo(backend: str, target: str) -> Callable[[Path], Iterator[Rig]]:
    """Return what makes a rig that speaks to the fake Zalo, to a group or to followers."""

    def make(tmp_path: Path) -> Iterator[Rig]:
        with zalo.far_side(tmp_path) as far:
            channel = ChatChannel(
                outbox=tmp_path / "out",
                remote_ids=builders.MemoryRemoteIds(),
                tokens=far.tokens,
                limits=builders.FreeLimits(),
                clock=far.clock,
                telegram=None,
                zalo=far.account,
            )
            yield Rig(channel, backend, target, far.arrived)
            channel.close()

    make.__name__ = f"chat_{backend}"
    return make


def chat_zalo_bot(tmp_path: Path) -> Iterator[Rig]:
    tmp_path.mkdir(exist_ok=True)
    world = BotWorld(tmp_path / "bot.jsonl", chats={"b1": "GROUP"})
    with FakeZaloBot(world) as server:
        account = ZaloBotAccount(world.token, server.base_url)
        channel = chat_channel(tmp_path, zalo_bot=account)
        yield Rig(channel, "zalo_bot", "bot", world.taken)
        channel.close()


def chat_apprise(tmp_path: Path) -> Iterator[Rig]:
    with mail_server() as server:
        channel = chat_channel(tmp_path, apprise={"thu_xa": server.target()})
        yield Rig(channel, "apprise", "thu", lambda: [str(mail) for mail in server.taken])


def chat_channel(tmp_path: Path, **ways: Any) -> ChatChannel:
    return ChatChannel(
        outbox=tmp_path / "out",
        remote_ids=builders.MemoryRemoteIds(),
        tokens=builders.MemoryTokens(),
        limits=builders.FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
        **ways,
    )


RIGS = (
    *map(loudspeaker, PLAYERS),
    flyer_folder,
    team_folder,
    portal_static,
    chat_kit,
    chat_telegram,
    chat_zalo("zalo", "oa-nhom"),
    chat_zalo("zalo_article", "oa-bai"),
    chat_zalo_bot,
    chat_apprise,
)


@pytest.fixture(params=RIGS, ids=lambda make: make.__name__)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    yield from request.param(tmp_path)


def test_every_channel_and_backend_is_in_this_suite(tmp_path: Path) -> None:
    """A channel or backend that nobody put into RIGS would escape the contract."""
    tested, known = set(), set()
    for make in RIGS:
        for number, rig in enumerate(make(tmp_path / make.__name__)):
            assert number == 0
            tested.add((rig.channel.name, rig.backend))
            known.update((rig.channel.name, name) for name in rig.channel.backends)
    assert tested == known
    assert {name for name, _ in known} == {channel.name for channel in CHANNELS}
    assert set(PLAYERS) == set(KINDS)
    assert {name for channel, name in known if channel == "chat"} == set(ChatBackend)


def test_slots_name_targets_of_the_registry_in_a_fixed_order(rig: Rig) -> None:
    content, hamlet = rig.content(), builders.hamlet(1)
    placements = rig.channel.slots(content, hamlet, rig.registry)
    assert list(placements) == list(rig.channel.slots(content, hamlet, rig.registry))
    assert placements
    targets = {
        *(cluster.id for cluster in REGISTRY.clusters),
        *(group.id for group in REGISTRY.chat_groups),
        *(team.id for team in REGISTRY.teams),
        REGISTRY.print_point.id,
        REGISTRY.portal.id,
        "wordpress",
        "webhook",
    }
    for placement in placements:
        assert placement.target in targets
        assert placement.backend in rig.channel.backends
        if rig.channel.name == LoudspeakerChannel.name:
            assert placement.backend == rig.backend
        assert placement.at is None or placement.at.tzinfo is not None


def test_a_section_of_its_own_decides_the_times(rig: Rig) -> None:
    moment = builders.NOW + timedelta(days=3)
    own = rig.content(own_schedule=Schedule(asap=False, moments=(moment,)))
    placements = rig.channel.slots(own, builders.hamlet(1), rig.registry)
    assert {placement.at for placement in placements} == {moment}


def test_a_forecast_is_the_same_twice_and_shows_every_word(rig: Rig) -> None:
    content = rig.content(body="Mời bà con đến dự họp.")
    forecast = rig.channel.forecast(content, builders.hamlet(1))
    assert forecast == rig.channel.forecast(content, builders.hamlet(1))
    assert "mời bà con đến dự họp" in forecast.text.lower()
    assert not forecast.breaches


def test_the_same_inputs_have_one_key_and_one_rendering(rig: Rig) -> None:
    content = rig.content(body=builders.AWKWARD.replace("{{", "("))
    prepared = [
        rig.channel.prepare(content, builders.hamlet(1), builders.FakeArtifacts()) for _ in range(2)
    ]
    keys = {artifact_key(rig.channel, inputs) for inputs in prepared}
    assert len(keys) == 1
    assert len(set(prepared)) == 1, "what is the same is looked for once in a batch"
    first, second = (rig.channel.render(inputs) for inputs in prepared)
    assert first == second
    assert first.data
    assert first.media_type


def test_other_words_have_another_key(rig: Rig) -> None:
    keys = {
        artifact_key(
            rig.channel,
            rig.channel.prepare(
                rig.content(body=body), builders.hamlet(1), builders.FakeArtifacts()
            ),
        )
        for body in ("Họp lúc 7 giờ.", "Họp lúc 8 giờ.")
    }
    assert len(keys) == 2


def test_inputs_cannot_be_changed(rig: Rig) -> None:
    inputs = rig.channel.prepare(rig.content(), builders.hamlet(1), builders.FakeArtifacts())
    assert dataclasses.is_dataclass(inputs)
    field = dataclasses.fields(inputs)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(inputs, field, None)


def test_assembling_is_deterministic_and_names_files_by_ids(rig: Rig) -> None:
    item = rig.item(title="../../hỏng <b>", body="Nội dung.")
    artifact = rig.artifact(item)
    assert artifact == rig.artifact(item)
    names = [file.name for file in artifact.files]
    assert len(set(names)) == len(names)
    for name in names:
        assert name.isascii()
        assert ".." not in name
        assert not name.startswith("/")


def test_a_delivery_gives_a_receipt_and_reaches_the_far_side(rig: Rig) -> None:
    before = rig.far_side()
    receipt = rig.deliver(rig.artifact())
    assert receipt.reference
    assert rig.far_side() != before


def test_the_same_bundle_twice_has_the_effect_of_once(rig: Rig) -> None:
    """Holds for every backend while its port remembers; only idempotent ones promise it."""
    artifact = rig.artifact()
    first = rig.deliver(artifact)
    after_one = rig.far_side()
    assert rig.deliver(artifact) == first
    assert rig.far_side() == after_one


def test_a_backend_says_what_it_is(rig: Rig) -> None:
    backend = rig.channel.backends[rig.backend]
    assert backend.name == rig.backend
    assert isinstance(backend.idempotent, bool)
    assert isinstance(backend.networked, bool)
    assert not (backend.networked and backend.idempotent and isinstance(backend, Finds))


def test_a_far_side_that_cannot_be_written_is_a_temporary_failure(rig: Rig, tmp_path: Path) -> None:
    if rig.channel.backends[rig.backend].networked:
        assert isinstance(rig.channel, Closes)
        return
    artifact = rig.artifact()
    (tmp_path / "out").write_text("a file where the outbox should be", encoding="utf-8")
    with pytest.raises(ChannelError) as caught:
        rig.deliver(artifact)
    assert not caught.value.permanent
    assert str(caught.value)


def test_a_target_that_is_a_path_is_refused(rig: Rig, tmp_path: Path) -> None:
    artifact = rig.artifact()
    if rig.channel.backends[rig.backend].networked or rig.channel.name in ("flyer", "portal"):
        return
    outside = builders.bundle(rig.channel.name, rig.backend, "../../ngoai")
    with pytest.raises(ChannelError) as caught:
        rig.deliver(artifact, outside)
    assert caught.value.permanent
    assert not list(tmp_path.parent.rglob("ngoai*"))
