"""Cost grows with what differs, not with how many receive it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import builders

from channels.base import Channel
from engine.app import build_channels, close_channels
from engine.artifacts import FolderStore
from engine.dispatch import Renderer
from engine.dispatch.rendering import Found
from engine.models import Content, digest
from engine.settings import Settings


@pytest.fixture
def channels(tmp_path: Path) -> Iterator[dict[str, Channel]]:
    built = build_channels(Settings(), tmp_path, builders.MemoryRemoteIds())
    yield built
    close_channels(built)


def renderings(channels: dict[str, Channel], folder: Path, hamlets: int, **options: object) -> int:
    """Make every channel's artifact for every hamlet; return how often something was rendered."""
    contents: dict[str, tuple[Content, dict[str, str]]] = {}
    hashes: dict[str, str] = {}
    for name, channel in channels.items():
        own = options if name == "flyer" else {}
        content = builders.content(name, channel.options(**own), body="Họp dân lúc 7 giờ.")
        hashes[name] = digest(content)
        contents[hashes[name]] = (content, {need: hashes[need] for need in channel.needs})
    store = FolderStore(folder)
    renderer = Renderer(channels, store, lambda asked: {key: contents[key] for key in asked})
    for number in range(1, hamlets + 1):
        for key in hashes.values():
            renderer.make(key, builders.hamlet(number))
    return store.rendered


@pytest.mark.parametrize("hamlets", [4, 4_000])
def test_the_same_text_is_rendered_once_for_all(
    channels: dict[str, Channel], tmp_path: Path, hamlets: int
) -> None:
    """One MP3, one flyer, one post, one message, one list of visits."""
    assert renderings(channels, tmp_path / "store", hamlets, show_hamlet=False) == 5


def test_a_flyer_that_names_its_hamlet_is_rendered_for_each(
    channels: dict[str, Channel], tmp_path: Path
) -> None:
    assert renderings(channels, tmp_path / "store", 40) == 4 + 40


def test_a_batch_looks_once_for_what_its_deliveries_share(
    channels: dict[str, Channel], tmp_path: Path
) -> None:
    """Not even whether the file is there: one that goes meanwhile is missed by the next batch."""
    content = builders.content("chat", channels["chat"].options(), body="Họp dân lúc 7 giờ.")
    store = FolderStore(tmp_path / "store")
    renderer = Renderer(channels, store, lambda asked: dict.fromkeys(asked, (content, {})))
    batch: Found = {}
    first = renderer.make("a", builders.hamlet(1), batch)
    for entry in list(store.entries()):
        store.remove(entry.key)
    assert renderer.make("a", builders.hamlet(2), batch).file == first.file
    assert store.rendered == 1
    assert renderer.make("a", builders.hamlet(3), {}).file == first.file
    assert store.rendered == 2


@pytest.mark.parametrize("spoken", ["Họp dân lúc 7 giờ.", "Bà con nhớ: bảy giờ họp, [[7 giờ]]."])
def test_a_post_carries_the_words_of_its_recording_where_they_are_others(
    channels: dict[str, Channel], tmp_path: Path, spoken: str
) -> None:
    said = builders.content("loudspeaker", channels["loudspeaker"].options(), body=spoken)
    post = builders.content("portal", channels["portal"].options(), body="Họp dân lúc 7 giờ.")
    contents = {"loa": (said, {}), "bai": (post, {"loudspeaker": "loa"})}
    store = FolderStore(tmp_path / "store")
    renderer = Renderer(channels, store, lambda asked: {key: contents[key] for key in asked})
    made = json.loads(renderer.make("bai", builders.hamlet(1)).file.read())
    assert made["audio"]
    if spoken == post.body:
        assert "heard" not in made
    else:
        assert "bảy giờ họp, 7 giờ." in made["heard"]
        assert made["heard"].startswith(post.title)
        assert made["heard"].endswith(post.contact)
    assert {entry.key for entry in store.entries()} == renderer.keys("bai", builders.hamlet(1))
