"""A kit that cannot be laid: what is permanent, what is temporary, and what stays."""

import errno
from pathlib import Path

import pytest
from support.kits import (
    A5,
    artifact,
    bundle,
    channel,
    content,
    laid,
    outbox,
)

from channels.base import ChannelError
from channels.chat import ChatChannel, kit
from engine import files
from engine.models import (
    Artifact,
    File,
)

__all__ = ["channel", "outbox"]


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7 broken", b"<html>", A5[:400]])
def test_a_flyer_that_is_no_pdf_is_a_permanent_error_and_lays_nothing(
    channel: ChatChannel, outbox: Path, broken: bytes
) -> None:
    with pytest.raises(ChannelError) as caught:
        channel.backends["kit"].deliver(artifact(channel, content(), flyer=broken), bundle())
    assert caught.value.permanent
    assert laid(outbox) == {}


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "đầy|full"), (errno.EACCES, "quyền|permission")]
)
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_write_that_fails_is_temporary_and_leaves_no_kit(
    channel: ChatChannel,
    outbox: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    words: str,
    fails_at: int,
) -> None:
    calls: list[Path] = []

    def failing(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == fails_at:
            raise OSError(number, "made up")
        files.write_atomic(path, data)

    monkeypatch.setattr(kit, "write_atomic", failing)
    made = artifact(channel, content())
    with pytest.raises(ChannelError, match=words) as caught:
        channel.backends["kit"].deliver(made, bundle())
    assert not caught.value.permanent
    assert laid(outbox) == {}
    monkeypatch.undo()
    channel.backends["kit"].deliver(made, bundle())
    assert len(laid(outbox)) == 3


def test_a_failure_leaves_a_kit_that_was_complete_as_it_was(
    channel: ChatChannel, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = artifact(channel, content())
    channel.backends["kit"].deliver(made, bundle())
    before = laid(outbox)

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "made up")

    monkeypatch.setattr(kit, "write_atomic", full)
    with pytest.raises(ChannelError):
        channel.backends["kit"].deliver(made, bundle())
    assert laid(outbox) == before


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_worker_that_overslept_takes_nothing_away_that_another_delivered(
    channel: ChatChannel, outbox: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    made, calls = artifact(channel, content()), 0

    def overslept(path: Path, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            with monkeypatch.context() as awake:
                awake.setattr(kit, "write_atomic", files.write_atomic)
                channel.backends["kit"].deliver(made, bundle())
            raise FileNotFoundError(errno.ENOENT, "its own unfinished file is gone")
        files.write_atomic(path, data)

    monkeypatch.setattr(kit, "write_atomic", overslept)
    with pytest.raises(ChannelError):
        channel.backends["kit"].deliver(made, bundle())
    assert len(laid(outbox)) == 3


def test_a_file_where_the_outbox_should_be_is_a_temporary_error(
    channel: ChatChannel, outbox: Path
) -> None:
    outbox.parent.mkdir(parents=True)
    outbox.write_bytes(b"in the way")
    with pytest.raises(ChannelError, match="0500") as caught:
        channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    assert not caught.value.permanent
    assert outbox.read_bytes() == b"in the way"


def test_what_a_killed_process_left_is_cleared_by_the_next_delivery(
    channel: ChatChannel, outbox: Path
) -> None:
    folder = outbox / "nhom-ap-1/2026-12-02/0500"
    folder.mkdir(parents=True)
    (folder / ".index.html.00ff.tmp").write_bytes(b"half")
    channel.backends["kit"].deliver(artifact(channel, content()), bundle())
    assert not any(".tmp" in name for name in laid(outbox))


def test_a_send_that_is_done_again_with_other_items_leaves_only_the_latest(
    channel: ChatChannel, outbox: Path
) -> None:
    long = content(body="Mời bà con đi họp lúc 7 giờ 30. " * 200)
    channel.backends["kit"].deliver(artifact(channel, long), bundle(version=1))
    channel.backends["kit"].deliver(artifact(channel, content(), flyer=None), bundle(version=2))
    assert {Path(name).name for name in laid(outbox)} == {"index.html", "thong-bao-mau-1.txt"}


@pytest.mark.parametrize("target", ["../ngoai", "/tmp/ngoai", "a/../../b", ".."])
def test_a_target_never_leads_out_of_the_outbox(
    channel: ChatChannel, outbox: Path, target: str
) -> None:
    made = artifact(channel, content())
    with pytest.raises(ChannelError) as caught:
        channel.backends["kit"].deliver(made, bundle(target))
    assert caught.value.permanent
    assert laid(outbox.parent) == {}


def test_an_artifact_that_left_the_store_is_a_temporary_error(
    channel: ChatChannel, outbox: Path, tmp_path: Path
) -> None:
    made = artifact(channel, content())
    lost = File("to-roi-ap-1.pdf", "application/pdf", "0" * 64, 4, tmp_path / "mất")
    for gone in (Artifact((made.files[0], lost)), Artifact((lost.renamed("messages.json"),))):
        with pytest.raises(ChannelError) as caught:
            channel.backends["kit"].deliver(gone, bundle())
        assert not caught.value.permanent
    assert laid(outbox) == {}
