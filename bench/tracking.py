"""Deliveries through ledger, broker and workers to nowhere: what tracking costs.

Each delivery is a bundle of its own, the worst case: two moves, each with its event, and the
commits that make a kill harmless.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import dramatiq
from dramatiq import Worker

from bench.figures import Figure, clocked
from bench.made_up import write_campaign, write_workspace
from channels.base import Channel
from channels.chat import ChatChannel
from engine.app import open_app
from engine.models import Artifact, Bundle, Item, Receipt, Registry
from engine.states import State
from workers.broker import embedded_broker
from workers.embedded import EmbeddedRuntime

DELIVERIES = 1_000
THREADS = 4


class _Nowhere:
    """A backend whose far side takes everything and keeps nothing."""

    name = "kit"
    idempotent = True
    networked = False

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        return Receipt("nowhere")


class _OnceOnly(_Nowhere):
    """The same, but neither idempotent nor to be asked: one bundle at a time."""

    idempotent = False


class _NullChannel(ChatChannel):
    def assemble(
        self,
        bundle: Bundle,
        items: Sequence[Item],
        registry: Registry,
    ) -> Artifact:
        return Artifact(())


def figures(folder: Path) -> Iterator[Figure]:
    plain = DELIVERIES / clocked(messages_to_nothing)[0]
    for name, backend in (("idempotent", _Nowhere()), ("at most once", _OnceOnly())):
        seconds = tracked(folder / name.replace(" ", "-"), backend)
        against = "a Dramatiq actor that does nothing"
        yield Figure(f"deliveries, {name}", DELIVERIES / seconds, "a second", plain, against)


def tracked(folder: Path, backend: _Nowhere) -> float:
    """Return the seconds in which the embedded runtime settles DELIVERIES deliveries."""
    write_workspace(folder, DELIVERIES)
    path = write_campaign(folder, "tin", only="chat")
    with open_app(folder) as app:
        channel = _NullChannel(outbox=folder, remote_ids=app.ledger.remote_ids, telegram=None)
        channel.backends = {"kit": backend}
        cast(dict[str, Channel], app.channels)["chat"] = channel
        app.office.set_passphrase("minh", "mật khẩu của bản thử", None)
        app.office.submit(path, "lan")
        app.office.approve("tin", "minh", "mật khẩu của bản thử")
        seconds, _ended = clocked(EmbeddedRuntime(app).run)
        assert app.ledger.views.counts() == {("chat", State.SENT): DELIVERIES}
    return seconds


def messages_to_nothing() -> None:
    """Send one message per delivery through the same broker and wait for the last."""
    broker, done, left = embedded_broker(), threading.Event(), DELIVERIES
    lock = threading.Lock()

    @dramatiq.actor(broker=broker, max_retries=0)
    def nothing(_number: int) -> None:
        nonlocal left
        with lock:
            left -= 1
            if not left:
                done.set()

    worker = Worker(broker, worker_threads=THREADS, worker_timeout=100)
    worker.start()
    for number in range(DELIVERIES):
        nothing.send(number)
    done.wait()
    worker.stop()
    broker.close()
