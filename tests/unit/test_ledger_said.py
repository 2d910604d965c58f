"""What happened is said in the language of who reads it, whoever's process wrote it down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, Mishap

from channels.base import ChannelError
from engine.i18n import Message, joined
from engine.i18n import gettext as _
from engine.ledger.places import Place
from engine.ledger.said import MARK, kept, said
from engine.models import Evidence, EvidenceKind
from engine.states import State


@pytest.fixture
def backend(tmp_path: Path) -> FakeBackend:
    return FakeBackend("so", False, FarSide(tmp_path / "far.log"))


@pytest.fixture
def rig(tmp_path: Path, place: Place, backend: FakeBackend) -> Iterator[Rig]:
    with rigged(tmp_path, FakeChannel("giay", backend), place=place) as opened:
        yield opened


@pytest.fixture(autouse=True)
def vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "vi")


def in_both(monkeypatch: pytest.MonkeyPatch, stored: str) -> tuple[str, str]:
    """Return what is kept, as a reader of Vietnamese and one of English reads it."""
    found = []
    for language in ("vi", "en"):
        monkeypatch.setenv("LOA_LANG", language)
        found.append(said(stored))
    return found[0], found[1]


def test_a_message_is_kept_as_what_it_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    message = _("{path}: {free:.1f} GB free").format(path=Path("/srv"), free=2.25)
    assert in_both(monkeypatch, kept(message)) == (
        "/srv: còn trống 2,2 GB",
        "/srv: 2.2 GB free",
    )


def test_messages_within_messages_and_joined_ones_are_said_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner = ChannelError(_("the disk is full: {place} cannot be written").format(place="out"))
    outer = _("without {channel}: {reason}").format(channel=_("flyer"), reason=inner)
    together = kept(joined(" · ", ("42", "", outer)))
    assert in_both(monkeypatch, together) == (
        "42 · thiếu tờ rơi: ổ đĩa đã đầy: không ghi được out",
        "42 · without flyer: the disk is full: out cannot be written",
    )


def test_a_value_that_cannot_be_kept_leaves_the_words_as_they_were_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = _("⏱ simulated clock: {moment}").replace("{moment}", "{moment:%H}")
    shown = Message(written, "{moment:%H}").format(moment=NOW)
    assert kept(shown) == str.__str__(shown)
    assert in_both(monkeypatch, kept(shown)) == (shown, shown)


@given(st.text())
def test_whatever_people_or_far_sides_wrote_stays_as_it_is(words: str) -> None:
    if not words.startswith(MARK):
        assert kept(words) == words
        assert said(words) == words
    assert isinstance(said(MARK + words), str)
    assert said(kept(joined(" · ", (words, words)))) == joined(" · ", (words, words))


def test_what_a_message_says_again_can_be_kept_again() -> None:
    stored = kept(joined(" · ", ("x", _("{count} households").format(count=3))))
    assert kept(said(stored)) == stored


def test_events_and_reasons_are_read_in_both_languages(
    rig: Rig, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.mishaps.append(Mishap(OSError(28, "No space left on device")))
    rig.release(Post())
    rig.send()
    assert [row.reason for row in rig.rows()] == ["ổ đĩa đã đầy"]
    monkeypatch.setenv("LOA_LANG", "en")
    assert [row.reason for row in rig.rows()] == ["the disk is full"]
    assert "the disk is full" in [event.detail for event in rig.ledger.views.events()]


def test_evidence_and_receipts_are_read_in_both_languages(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.release(Post())
    rig.send()
    (row,) = rig.rows()
    assert row.state is State.SENT
    source = _("said by {person}").format(person="lan")
    later = NOW + timedelta(hours=1)
    piece = Evidence(row.id, EvidenceKind.HANDED_OUT, "lan", later, source, 12)
    rig.ledger.evidence.add([piece])
    assert rig.rows()[0].reason == "đã phát tờ rơi: 12 hộ (theo lời báo của lan)"
    monkeypatch.setenv("LOA_LANG", "en")
    assert rig.rows()[0].reason == "flyers were handed out: 12 households (said by lan)"
    (kept_piece,) = rig.ledger.evidence.of(row.campaign_id)
    assert kept_piece.source == "said by lan"


def test_rows_of_an_older_loa_stay_readable(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.release(Post())
    with rig.ledger.database.write() as connection:
        connection.execute(text("UPDATE deliveries SET reason = 'đĩa đã đầy'"))
    monkeypatch.setenv("LOA_LANG", "en")
    assert [row.reason for row in rig.rows()] == ["đĩa đã đầy"]
