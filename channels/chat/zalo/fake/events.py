"""What people say in a group, as Zalo tells it to a program: signed, and told again if need be."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx

from channels.chat.zalo.fake.world import World
from channels.chat.zalo.signature import HEADER, signature

#: How long a program may take to answer, and when it is told again if it does not.
PATIENCE = 2.0
RETRIES = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)


def _sleep(pause: timedelta) -> bool:
    time.sleep(pause.total_seconds())
    return True


def event(world: World, group_id: str, sender: str, text: str) -> bytes:
    """Return the body of one event: somebody wrote ``text`` in a group."""
    said = {
        "app_id": world.app_id,
        "event_name": "user_send_group_text",
        "oa_id": world.oa_id,
        "group_id": group_id,
        "sender": {"id": sender},
        "message": {"msg_id": secrets.token_hex(12), "text": text},
        "timestamp": str(int(world.now().timestamp() * 1000)),
    }
    return json.dumps(said, ensure_ascii=False).encode()


def tell(
    world: World,
    url: str,
    body: bytes,
    *,
    wait: Callable[[timedelta], bool] = _sleep,
) -> int:
    """Tell the program at ``url``; return how many times it took, 0 when it never answered 200.

    ``wait`` waits before each retry and returns False to give up.
    """
    timestamp = json.loads(body)["timestamp"]
    headers = {
        "Content-Type": "application/json",
        HEADER: signature(world.app_id, body, timestamp, world.oa_secret),
    }
    for attempt, _again in enumerate(_attempts(wait), start=1):
        try:
            answer = httpx.post(url, content=body, headers=headers, timeout=PATIENCE)
        except httpx.HTTPError:
            continue
        if answer.status_code == httpx.codes.OK:
            return attempt
    return 0


def _attempts(wait: Callable[[timedelta], bool]) -> Iterator[None]:
    yield
    for pause in RETRIES:
        if not wait(pause):
            return
        yield
