"""Articles to followers: each step that Zalo took is taken once, and nothing leaves at night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support import builders, zalo
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds
from support.zalo import FarSide

from channels.base import Backend, ChannelError
from channels.chat import ChatChannel, ChatOptions
from channels.chat.bots.habits import Habit, Script
from channels.chat.zalo.account import ZaloAccount
from engine.clock import VIETNAM
from engine.models import Artifact, ChatGroup, File, GroupKind, Item

HAMLET = builders.hamlet()
BUNDLE = builders.bundle("chat", "zalo_article", "theo-doi")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarSide]:
    with zalo.far_side(tmp_path, processing=timedelta(minutes=2)) as running:
        yield running


def a_channel(far: FarSide, account: ZaloAccount | None = None) -> ChatChannel:
    return ChatChannel(
        outbox=Path("-"),
        remote_ids=MemoryRemoteIds(),
        tokens=far.tokens,
        limits=FreeLimits(),
        clock=far.clock,
        telegram=None,
        zalo=account or far.account,
    )


@pytest.fixture
def channel(far: FarSide) -> Iterator[ChatChannel]:
    made = a_channel(far)
    yield made
    made.close()


@pytest.fixture
def backend(channel: ChatChannel) -> Backend:
    return channel.backends["zalo_article"]


def artifact(channel: ChatChannel, *bodies: str) -> Artifact:
    items = []
    for number, body in enumerate(bodies):
        content = builders.content("chat", ChatOptions(), body=body, campaign_id=f"tin-{number}")
        rendered = channel.render(channel.prepare(content, HAMLET, FakeArtifacts()))
        file = File.of_bytes("m", rendered.media_type, rendered.data)
        items.append(Item(number, HAMLET, content, file))
    group = ChatGroup(
        "theo-doi", "Người quan tâm", "zalo", "zalo_article", GroupKind.FOLLOWERS, ("ap-1",)
    )
    return channel.assemble(BUNDLE, items, builders.registry(chat_groups=(group,)))


def kinds(far: FarSide) -> list[str]:
    return [one["kind"] for one in far.arrived()]


def later(far: FarSide, minutes: float) -> None:
    far.clock.advance_to(far.clock.now() + timedelta(minutes=minutes))


def test_an_article_is_waited_for_and_broadcast_once(
    channel: ChatChannel, backend: Backend, far: FarSide
) -> None:
    made = artifact(channel, AWKWARD)
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, BUNDLE)
    assert (caught.value.permanent, caught.value.retry_after) == (False, timedelta(seconds=30))
    later(far, 3)
    receipt = backend.deliver(made, BUNDLE)
    assert backend.deliver(made, BUNDLE) == receipt
    article, broadcast = far.arrived()
    assert (article["kind"], broadcast["kind"]) == ("article", "broadcast")
    assert broadcast["articles"] == [article["article_id"]]
    written = "".join(one["content"] for one in article["body"])
    assert "&lt;b&gt;tiền&lt;/b&gt; &amp;" in written
    assert "<b>" not in written
    assert article["cover"]["photo_url"] == zalo.COVER


def test_long_words_are_cut_where_zalo_counts(
    channel: ChatChannel, backend: Backend, far: FarSide
) -> None:
    made = artifact(channel, "Mời bà con đi họp đông đủ. " * 400)
    with pytest.raises(ChannelError):
        backend.deliver(made, BUNDLE)
    (article,) = far.arrived()
    assert len(article["title"]) <= 150
    assert len(article["author"]) <= 50
    assert len(article["description"]) <= 300
    assert article["description"].endswith("…")
    assert sum(len(one["content"]) for one in article["body"]) > 10_000


def test_several_campaigns_are_several_articles_in_one_broadcast(
    channel: ChatChannel, backend: Backend, far: FarSide
) -> None:
    made = artifact(channel, "Tin một.", "Tin hai.")
    for _moment in range(2):
        with pytest.raises(ChannelError):
            backend.deliver(made, BUNDLE)
        later(far, 3)
    backend.deliver(made, BUNDLE)
    assert kinds(far) == ["article", "article", "broadcast"]
    assert len(far.arrived()[-1]["articles"]) == 2


def test_at_night_it_waits_until_morning(
    channel: ChatChannel, backend: Backend, far: FarSide
) -> None:
    made = artifact(channel, "Tin đêm.")
    with pytest.raises(ChannelError):
        backend.deliver(made, BUNDLE)
    far.clock.advance_to(datetime(2026, 12, 1, 22, 30, tzinfo=VIETNAM))
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, BUNDLE)
    assert caught.value.retry_after == timedelta(hours=7, minutes=35)
    later(far, 7 * 60 + 35)
    backend.deliver(made, BUNDLE)
    assert kinds(far) == ["article", "broadcast"]


def test_a_broadcast_that_nobody_answered_is_left_to_a_person(
    channel: ChatChannel, backend: Backend, far: FarSide
) -> None:
    made = artifact(channel, "Tin.")
    with pytest.raises(ChannelError):
        backend.deliver(made, BUNDLE)
    later(far, 3)
    far.fake.script(Script(Habit.DROP_AFTER, path="/oa/message"))
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, BUNDLE)
    assert caught.value.unknown
    assert kinds(far) == ["article", "broadcast"]


def test_without_a_picture_nothing_is_made(far: FarSide) -> None:
    account = far.account
    bare = ZaloAccount(
        account.app_id,
        account.oa_id,
        account.app_secret,
        api_url=account.api_url,
        oauth_url=account.oauth_url,
    )
    channel = a_channel(far, bare)
    with pytest.raises(ChannelError, match="cover_url") as caught:
        channel.backends["zalo_article"].deliver(artifact(channel, "Tin."), BUNDLE)
    assert caught.value.permanent
    assert not far.arrived()
    channel.close()
