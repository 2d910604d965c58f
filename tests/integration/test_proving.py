"""What would be heard is proved before anybody approves it, and held when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.builders import NOW, registry
from support.commune import NOTICE, PASSPHRASE, WARNING, files_below
from support.dispatching import campaign
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from channels.loudspeaker.studio import Studio
from engine.app import App, open_app, preview
from engine.app.noticing import commune_desk
from engine.app.proving import Prover
from engine.artifacts import Kind
from engine.dispatch import NOBODY
from engine.errors import LoaError
from engine.ledger import Status, Which
from engine.models import Section
from engine.models.notice import Concern
from engine.notices.words import what, what_to_do
from engine.planner import plan_campaign
from engine.states import State
from workers.embedded import EmbeddedRuntime

#: Nothing that is said by the station's voice is so slow.
TOO_FAST = {"LOA_PROOF_FASTEST": "120"}
SPOKEN = "loudspeaker"


def write(app: App, text: str, name: str = "tiem-phong") -> Path:
    path = app.workspace / "campaigns" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def strict(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A station whose limits nothing meets, until the settings are undone."""
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
    for name, value in TOO_FAST.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def sounds(app: App) -> int:
    """Count the MP3s in the store."""
    keys = [one.key for one in app.artifacts.entries() if one.kind is Kind.ARTIFACT]
    kept = [app.artifacts.get(key) for key in keys]
    return sum(one is not None and one.file.media_type == "audio/mpeg" for one in kept)


def states(app: App, channel: str) -> set[State]:
    rows = app.ledger.views.deliveries("tiem-phong")
    return {row.state for row in rows if row.channel == channel}


def test_approving_makes_and_proves_each_distinct_sound_once(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    heard: list[tuple[int, int]] = []
    app.office.approve("tiem-phong", "minh", PASSPHRASE, lambda *done: heard.append(done))
    assert heard == [(1, 2), (2, 2)]
    assert (sounds(app), app.artifacts.rendered) == (2, 2)
    EmbeddedRuntime(app).run()
    assert sounds(app) == 2


def test_a_proof_is_kept_with_its_artifact(app: App) -> None:
    app.office.submit(write(app, NOTICE), "lan")
    app.office.approve("tiem-phong", "minh", PASSPHRASE)
    proofs = [
        stored.proof
        for one in app.artifacts.entries()
        if (stored := app.artifacts.get(one.key)) is not None and stored.proof
    ]
    assert [proof["words"] for proof in proofs] == [10, 10]
    assert all(proof["alike"] > 0.8 and 100 < proof["pace"] < 220 for proof in proofs)


@pytest.mark.parametrize(
    ("name", "text"), [("tiem-phong", NOTICE), ("bao-lu", WARNING)], ids=["notice", "emergency"]
)
def test_what_fails_its_proof_is_not_approved(
    workspace: Path, strict: pytest.MonkeyPatch, name: str, text: str
) -> None:
    with open_app(workspace) as app:
        app.office.submit(write(app, text, name), "lan")
        with pytest.raises(LoaError) as caught:
            app.office.approve(name, "minh", PASSPHRASE)
        assert "failed its proof" in str(caught.value)
        assert "ap-1" in str(caught.value)
        assert "syllables per minute; at most 120 are allowed" in str(caught.value)
        assert app.office.waiting(name).status is Status.SUBMITTED
        assert not app.ledger.views.deliveries(name)
        assert sounds(app) == 0
    strict.undo()
    with open_app(workspace) as app:
        app.office.approve(name, "minh", PASSPHRASE)
        assert app.ledger.views.deliveries(name)


def test_an_emergency_is_made_and_proved_while_it_waits_for_its_approval(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is around it too: whoever approves, and whoever sends, makes no sound."""
    done = app.office.submit(write(app, WARNING, "bao-lu"), "lan")
    assert done.unproved == ""

    def late(*_given: object) -> None:
        raise AssertionError("made after it was submitted")

    for name in ("speech", "recording", "announcement"):
        monkeypatch.setattr(Studio, name, late)
    app.office.approve("bao-lu", "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()
    rows = app.ledger.views.deliveries("bao-lu")
    assert {row.state for row in rows if row.channel == SPOKEN} == {State.SENT}


def test_what_is_submitted_and_will_fail_its_proof_says_so_at_once(
    workspace: Path, strict: pytest.MonkeyPatch
) -> None:
    with open_app(workspace) as app:
        for name, text, told in (("bao-lu", WARNING, True), ("tiem-phong", NOTICE, False)):
            done = app.office.submit(write(app, text, name), "lan")
            assert ("at most 120 are allowed" in done.unproved) is told, "a notice has its time"
            assert done.revision.status is Status.SUBMITTED


def test_a_preview_shows_each_proof_or_why_there_is_none(
    workspace: Path, strict: pytest.MonkeyPatch
) -> None:
    with open_app(workspace) as app:
        app.office.submit(write(app, NOTICE), "lan")
        failed = [one for one in preview(app, "tiem-phong").bundles if one.channel == SPOKEN]
    assert len(failed) == 4
    assert all("proof-listening failed" in one.fault and not one.proofs for one in failed)
    strict.undo()
    with open_app(workspace) as app:
        shown = preview(app, "tiem-phong").bundles
    assert [len(one.proofs) for one in shown] == [one.channel == SPOKEN for one in shown]


def test_a_failed_proof_holds_the_delivery_until_it_is_mended(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(write(app, NOTICE), "lan")
        app.office.approve("tiem-phong", "minh", PASSPHRASE)
        for one in list(app.artifacts.entries()):
            app.artifacts.remove(one.key)
    for name, value in TOO_FAST.items():
        monkeypatch.setenv(name, value)
    with open_app(workspace) as app:
        EmbeddedRuntime(app).run()
        rows = app.ledger.views.deliveries("tiem-phong")
        reasons = [row.reason for row in rows if row.channel == SPOKEN]
        assert states(app, SPOKEN) == {State.FAILED}
        assert all("The proof-listening failed" in reason for reason in reasons)
        assert not any(name.endswith(".mp3") for name in files_below(app.outbox))
        assert states(app, "portal") == {State.SENT}
    for name in TOO_FAST:
        monkeypatch.delenv(name)
    with open_app(workspace) as app:
        kept = commune_desk(app.house, app.ledger, app.rehearsing).look()
        failed = [one.notice for one in kept if one.notice.concern is Concern.FAILED]
        (notice,) = (one for one in failed if one.facts["channel"] == SPOKEN)
        assert "loudspeaker" in what(notice)
        assert "loa retry tiem-phong" in what_to_do(notice)
        which = Which("tiem-phong", channel=SPOKEN)
        again = app.ledger.mending.retry(which, at=app.clock.now(), actor="minh")
        assert again == len(reasons)
        EmbeddedRuntime(app).run()
        assert State.SENT in states(app, SPOKEN)
        assert State.FAILED not in states(app, SPOKEN)


def test_what_carries_no_proof_is_not_approved_however_it_came_there(
    app: App, tmp_path: Path
) -> None:
    class Silent(FakeChannel):
        proves = True

    channel = Silent("giay", FakeBackend("so", True, FarSide(tmp_path / "log")))
    channels = {"giay": channel}
    place = registry()
    written = campaign("hop-dan", {"giay": Section(options=channel.options())})
    plan = plan_campaign(written, place, channels, NOW)
    with pytest.raises(LoaError, match="made without a proof"):
        Prover(channels, app.artifacts, NOBODY).prove(plan, place)
