"""A head writes "đã nhận" in the account's group: from the fake Zalo's signed event to evidence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from support import zalo
from support.commune import NOTICE, PASSPHRASE, make_commune
from support.loops import run_apart
from support.zalo import GROUP, FarSide

from channels.chat.zalo.fake.events import RETRIES, event, tell
from channels.chat.zalo.signature import HEADER, signature
from engine.app import App, Communes, open_app
from engine.app.noticing import commune_desk, house_desk
from engine.cli.main import build
from engine.clock import SimulatedClock
from engine.console.zalo_hook import PATH, ZaloHook, hook_router
from engine.dispatch.confirming import Word, confirm
from engine.errors import LoaError
from engine.ledger.machines import Role
from engine.models import Evidence, EvidenceKind
from engine.models.notice import Concern
from engine.models.relay import WordKind
from engine.models.word import judged
from engine.notices.words import what, what_to_do
from engine.states import State
from workers.embedded import EmbeddedRuntime
from workers.presence import presence_of

HEAD, STRANGER = "7001", "7999"
IN_GROUPS = f"{NOTICE}channels: {{chat: {{}}}}\n"


@dataclass
class Scene:
    """A commune that spoke in its group, and its server as Zalo sees it."""

    app: App
    far: FarSide
    hook: ZaloHook

    def wait(self, time: timedelta) -> None:
        """Let time pass at both ends."""
        for clock in (self.far.clock, self.app.clock):
            assert isinstance(clock, SimulatedClock)
            clock.advance_to(clock.now() + time)

    def said(self, text: str, sender: str = HEAD, group: str = GROUP) -> bytes:
        return event(self.far.world, group, sender, text)

    def signed(self, body: bytes) -> dict[str, str]:
        world, timestamp = self.far.world, json.loads(body)["timestamp"]
        return {HEADER: signature(world.app_id, body, timestamp, world.oa_secret)}

    def tell(self, *bodies: bytes, **headers: str) -> list[int]:
        """Send events, all at once; return how each was answered."""
        server = FastAPI()
        server.include_router(hook_router(self.hook))
        statuses: list[int] = []

        async def all_at_once() -> None:
            transport = httpx.ASGITransport(server)
            async with httpx.AsyncClient(transport=transport, base_url="http://loa") as client:
                answers = await asyncio.gather(
                    *(
                        client.post(PATH, content=body, headers=headers or self.signed(body))
                        for body in bodies
                    )
                )
            statuses.extend(answer.status_code for answer in answers)

        run_apart(all_at_once())
        return statuses

    def say(self, text: str, **more: Any) -> None:
        assert self.tell(self.said(text, **more)) == [200]
        self.hook.understand()

    @property
    def evidence(self) -> list[Evidence]:
        return self.app.ledger.evidence.of("tiem-phong")

    @property
    def words(self) -> list[tuple[WordKind, str, str]]:
        return [(one.kind, one.person_id, one.hamlet_id) for one in self.app.ledger.relays.words()]

    def state(self, target: str, hamlet: str = "ap-1") -> State:
        rows = self.app.ledger.views.deliveries("tiem-phong")
        (found,) = {row.state for row in rows if (row.target, row.hamlet_id) == (target, hamlet)}
        return found


@contextmanager
def staged(tmp_path: Path, *, only_heads: bool = False) -> Iterator[Scene]:
    """Let a commune speak in its group; ``only_heads``: its hamlets have no groups of their own."""
    with zalo.far_side(tmp_path / "zalo") as far:
        folder = make_commune(tmp_path / "xa", {"tiem-phong": IN_GROUPS})
        registry = folder / "commune.yaml"
        text = registry.read_text(encoding="utf-8")
        text = text.replace("platform: telegram\n", "platform: zalo\n      backend: zalo\n", 1)
        text = text.replace('"-100200300"', GROUP)
        text = text.replace("{name: Giả Một}", f'{{name: Giả Một, zalo: "{HEAD}"}}')
        if only_heads:
            before, _groups, rest = text.partition("    - id: nhom-ap-1")
            text = before + rest[rest.index("flyers:") :]
        registry.write_text(text, encoding="utf-8")
        account = far.account
        settings = (
            f'[zalo.xa-mau]\napp_id = "{account.app_id}"\noa_id = "{account.oa_id}"\n'
            f'app_secret = "{account.app_secret}"\noa_secret = "{far.world.oa_secret}"\n'
            f'api_url = "{account.api_url}"\noauth_url = "{account.oauth_url}"\n'
        )
        with (folder / "loa.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
        with open_app(folder) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
            app.ledger.tokens.seed(account.key, zalo.a_pair(far.world, far.clock))
            app.office.submit(folder / "campaigns" / "tiem-phong.yaml", "lan")
            app.office.approve("tiem-phong", "minh", PASSPHRASE)
            EmbeddedRuntime(app).run()
            assert isinstance(app.clock, SimulatedClock)
            far.clock.advance_to(app.clock.now())
            app.clock.advance_to(far.clock.now())
            scene = Scene(app, far, ZaloHook(Communes.only(app)))
            scene.wait(timedelta(minutes=1))
            yield scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with staged(tmp_path) as scene:
        yield scene


def test_received_settles_the_head_and_says_nothing_of_households(scene: Scene) -> None:
    assert [one["group_id"] for one in scene.far.arrived()][:1] == [GROUP]
    scene.say("Dạ em đã nhận ạ")
    assert scene.state("truong-ap") is State.CONFIRMED
    assert scene.state("truong-ap", "ap-2") is State.SENT
    assert scene.state("nhom-ap-1") is State.SENT
    assert [(one.kind, one.by) for one in scene.evidence] == [(EvidenceKind.RECEIVED, "ap-1-head")]
    assert scene.words == []


def test_passed_on_settles_both_with_its_number(scene: Scene) -> None:
    scene.say("đã chuyển 80 hộ")
    assert scene.state("truong-ap") is State.CONFIRMED
    assert scene.state("nhom-ap-1") is State.CONFIRMED
    assert sorted((one.kind, one.households or 0) for one in scene.evidence) == [
        (EvidenceKind.RECEIVED, 0),
        (EvidenceKind.RELAYED, 80),
    ]


@pytest.mark.parametrize(
    ("text", "sender", "kept"),
    [
        ("ok", HEAD, (WordKind.UNCLEAR, "ap-1-head", "ap-1")),
        ("Mấy giờ tiêm vậy xã?", HEAD, (WordKind.UNCLEAR, "ap-1-head", "ap-1")),
        ("chưa chuyển được", HEAD, (WordKind.NOT_RELAYED, "ap-1-head", "ap-1")),
        ("đã chuyển 5000 hộ", HEAD, (WordKind.UNCLEAR, "ap-1-head", "ap-1")),
        ("đã chuyển 0 hộ", HEAD, (WordKind.UNCLEAR, "ap-1-head", "ap-1")),
        ("đã chuyển", STRANGER, (WordKind.UNCLEAR, "", "")),
    ],
)
def test_what_is_not_plain_waits_for_a_person(
    text: str, sender: str, kept: tuple[WordKind, str, str], scene: Scene
) -> None:
    scene.say(text, sender=sender)
    assert scene.words == [kept]
    assert [one for one in scene.evidence if one.kind is EvidenceKind.RELAYED] == []
    assert scene.state("nhom-ap-1") is State.SENT


def test_who_takes_it_back_in_the_group_is_heard_and_somebody_reads_why(scene: Scene) -> None:
    scene.say("đã chuyển 80 hộ")
    scene.say("chưa chuyển được")
    relays = [one for one in judged(scene.evidence) if one.piece.kind.value.endswith("relayed")]
    assert [(one.piece.kind, one.holds) for one in relays] == [
        (EvidenceKind.RELAYED, False),
        (EvidenceKind.NOT_RELAYED, True),
    ]
    assert scene.words == [(WordKind.NOT_RELAYED, "ap-1-head", "ap-1")]


def test_an_event_told_again_and_again_counts_once(scene: Scene) -> None:
    body = scene.said("đã nhận")
    assert scene.tell(*[body] * 20) == [200] * 20
    scene.hook.understand()
    assert scene.tell(body) == [200]
    scene.hook.understand()
    assert len(scene.evidence) == 1


def test_forged_altered_and_foreign_events_are_refused(scene: Scene) -> None:
    body = scene.said("đã chuyển")
    assert scene.tell(body, **{HEADER: "mac=" + "0" * 64}) == [403]
    altered = body.replace("đã chuyển".encode(), "đã chuyển 9 hộ".encode())
    assert scene.tell(altered, **scene.signed(body)) == [403]
    foreign = body.replace(scene.far.world.oa_id.encode(), b"999")
    assert scene.tell(foreign, **scene.signed(foreign)) == [403]
    for nonsense in (b"", b"{", b"[]", b"[" * 100_000, "é".encode("latin-1")):
        assert scene.tell(nonsense, **{HEADER: "x"})[0] in (400, 403)
    scene.hook.understand()
    assert scene.evidence == []
    assert scene.hook.mailbox.waiting() == []


def test_the_other_ways_of_signing_that_sources_name_are_taken_and_said(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """The account's id may stand where the app's does, the moment in a header of its own."""
    caplog.set_level("INFO")
    world = scene.far.world
    for text in ("đã nhận", "Dạ em đã nhận"):
        body = scene.said(text)
        timestamp = json.loads(body)["timestamp"]
        signed = signature(world.oa_id, body, timestamp, world.oa_secret)
        assert scene.tell(body, **{HEADER: signed}) == [200]
    assert sum("oa_id" in line for line in caplog.messages) == 1
    ((key, (commune, account)),) = scene.hook._accounts.items()
    account = account.model_copy(update={"webhook_timestamp_header": "X-ZEvent-Time"})
    scene.hook._accounts[key] = (commune, account)
    body = scene.said("đã nhận")
    signed = signature(world.app_id, body, "123", world.oa_secret)
    assert scene.tell(body, **{HEADER: signed}) == [403]
    assert scene.tell(body, **{HEADER: signed, "X-ZEvent-Time": "123"}) == [200]


def test_one_that_comes_days_late_settles_nothing_by_itself(scene: Scene) -> None:
    body = scene.said("đã chuyển")
    scene.wait(timedelta(days=1, minutes=5))
    assert scene.tell(body) == [200]
    scene.hook.understand()
    assert scene.evidence == []
    assert scene.words == [(WordKind.UNCLEAR, "ap-1-head", "ap-1")]
    (late,) = scene.app.ledger.relays.words()
    assert late.text.startswith(("(came late)", "(đến trễ)"))


def test_an_answer_from_before_there_was_a_message_waits_for_a_person_and_says_why(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zalo's clock is days behind ours: nothing was said there that a reply could be about."""
    monkeypatch.setenv("LOA_LANG", "en")
    scene.far.clock = SimulatedClock(scene.app.clock.now() - timedelta(days=2))
    scene.far.world.now = scene.far.clock.now
    scene.say("Chào cả nhà")
    assert scene.words == []
    scene.say("đã chuyển 80 hộ")
    scene.say("đã nhận", sender=STRANGER)
    scene.say("đã nhận", group="g999")
    assert scene.evidence == []
    known = (WordKind.UNCLEAR, "ap-1-head", "ap-1")
    assert sorted(scene.words) == [(WordKind.UNCLEAR, "", ""), known]
    texts = [word.text for word in scene.app.ledger.relays.words()]
    assert all("before there was a message" in text for text in texts)
    assert "đã chuyển".encode() not in (scene.app.workspace / "loa.db").read_bytes()
    kept = commune_desk(scene.app.house, scene.app.ledger, ()).look()
    assert [one.notice.key for one in kept] == ["relay-words:"]
    shown = CliRunner().invoke(build(), ["relay", "words", "-w", str(scene.app.workspace)])
    assert "somebody unknown: wrote in the group" in shown.output
    assert "  , :" not in shown.output


def test_a_hamlet_without_a_group_of_its_own_is_settled_by_its_heads_word(tmp_path: Path) -> None:
    with staged(tmp_path, only_heads=True) as scene:
        scene.say("đã chuyển 60 hộ")
        assert scene.words == []
        told = [(one.kind, one.households) for one in scene.evidence]
        assert told == [(EvidenceKind.RECEIVED, None), (EvidenceKind.RELAYED, 60)]
        assert scene.state("truong-ap") is State.CONFIRMED
        assert scene.state("truong-ap", "ap-2") is State.SENT


def test_a_number_that_cannot_be_names_the_hamlet_by_its_name(scene: Scene) -> None:
    word = Word("tiem-phong", "ap-1", "chat", "ap-1-head", 5_000)
    with pytest.raises(LoaError, match="Ấp 1") as refused:
        confirm(scene.app.ledger, scene.app.registry, word, scene.app.clock.now())
    assert "ap-1" not in str(refused.value)


def test_what_was_kept_before_a_kill_is_understood_afterwards(scene: Scene) -> None:
    assert scene.tell(scene.said("đã nhận")) == [200]
    again = ZaloHook(Communes.only(scene.app))
    again.understand()
    again.understand()
    assert len(scene.evidence) == 1


def test_a_login_that_ends_is_told_in_time_and_nobody_asks_in_its_name(scene: Scene) -> None:
    """The desk of the machines has no account: it must not take that for a mute far side."""
    app = scene.app
    desk = commune_desk(app.house, app.ledger, ())
    assert desk.look() == []
    here = presence_of(app.house, Role.RUN).tell
    house = house_desk(app.house, (), here, asking=True)
    assert [kept.notice.key for kept in house.look() if "zalo" in kept.notice.key] == []
    account, now = scene.far.account.key, app.clock.now()
    pair = app.ledger.tokens.get(account)
    assert pair is not None
    until = now + timedelta(hours=1)
    claim = app.ledger.tokens.claim(account, pair.version, now=now, until=until)
    assert claim is not None
    app.ledger.tokens.refuse(account, claim, "-14014")
    (kept,) = desk.look()
    assert kept.notice.key == "permission:chat:zalo"


def test_small_talk_about_nothing_is_not_kept(scene: Scene) -> None:
    scene.wait(timedelta(days=30))
    scene.say("Chào cả nhà")
    scene.say("đã nhận", group="g999")
    assert scene.words == []
    assert scene.evidence == []


def test_a_bare_nod_out_of_time_waits_for_a_person(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can say what it answers; to drop it would hide that somebody did."""
    monkeypatch.setenv("LOA_LANG", "en")
    scene.wait(timedelta(days=30))
    for text in ("ok", "Dạ rồi", "👍", "đã nhận"):
        scene.say(text)
    assert scene.words == [(WordKind.UNCLEAR, "ap-1-head", "ap-1")] * 4
    said = [word.text.rpartition(" ")[2] for word in scene.app.ledger.relays.words()]
    assert sorted(said) == ["nhận", "ok", "rồi", "👍"]
    assert scene.evidence == []
    found = commune_desk(scene.app.house, scene.app.ledger, scene.app.rehearsing).look()
    (notice,) = (one.notice for one in found if one.notice.concern is Concern.RELAY_WORDS)
    assert what(notice) == "4 answers in groups wait for a person: nobody can say what they answer"
    assert what_to_do(notice) == "loa relay words"


def test_zalo_tells_again_until_it_is_answered(scene: Scene) -> None:
    """The fake keeps to the real one's times; nobody answers at this address."""
    waited: list[timedelta] = []

    def wait(pause: timedelta) -> bool:
        waited.append(pause)
        return True

    assert tell(scene.far.world, "http://127.0.0.1:9/", scene.said("x"), wait=wait) == 0
    assert tuple(waited) == RETRIES


@pytest.mark.parametrize("ahead", [timedelta(minutes=-9), timedelta(hours=3)])
def test_clocks_that_differ_a_little_lose_no_reply(scene: Scene, ahead: timedelta) -> None:
    """Zalo's clock is behind ours, so that a reply seems older than its message, or ahead."""
    scene.far.clock = SimulatedClock(scene.app.clock.now() + ahead)
    scene.far.world.now = scene.far.clock.now
    scene.say("đã nhận")
    assert scene.state("truong-ap") is State.CONFIRMED


def test_an_event_from_days_ahead_settles_nothing_by_itself(scene: Scene) -> None:
    scene.far.clock = SimulatedClock(scene.app.clock.now() + timedelta(days=2))
    scene.far.world.now = scene.far.clock.now
    scene.say("đã chuyển")
    assert scene.evidence == []
    assert scene.words == [(WordKind.UNCLEAR, "ap-1-head", "ap-1")]


def test_a_replay_after_a_week_that_was_forgotten_settles_nothing_by_itself(scene: Scene) -> None:
    body = scene.said("đã chuyển")
    assert scene.tell(body) == [200]
    scene.hook.understand()
    kept = len(scene.evidence)
    scene.wait(timedelta(days=8))
    scene.hook.forget()
    assert scene.tell(body) == [200]
    scene.hook.understand()
    assert len(scene.evidence) == kept
