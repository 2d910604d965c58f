"""The event loop of a backend: whoever is interrupted leaves nothing running."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest
from support.redis_server import PATIENCE

from channels.loudspeaker.players.sftp.loop import Loop


def test_what_is_interrupted_while_it_is_handed_over_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, ended = threading.Event(), threading.Event()
    real = asyncio.run_coroutine_threadsafe

    def interrupted(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> None:
        real(coroutine, loop)
        assert begun.wait(PATIENCE)
        raise KeyboardInterrupt

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    loop = Loop()
    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loop.run(work())
    assert ended.wait(PATIENCE)
    loop.close()


def test_what_was_interrupted_before_it_began_never_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.run_coroutine_threadsafe
    blocked, begun = threading.Event(), threading.Event()

    def interrupted(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(blocked.wait, PATIENCE)
        real(coroutine, loop)
        raise KeyboardInterrupt

    async def work() -> None:
        begun.set()

    loop = Loop()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loop.run(work())
    blocked.set()

    async def nothing() -> None: ...

    loop.run(nothing())
    loop.close()
    assert not begun.is_set()
