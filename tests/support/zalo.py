"""The fake Zalo with one group and an account that is logged in to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.fake import FakeZalo, World
from channels.chat.zalo.fake.world import ACCESS_LIFE, REFRESH_LIFE, Group
from engine.clock import SimulatedClock
from engine.models import TokenPair
from support import builders

GROUP = "g001"
COVER = "https://xa-mau.vi.du/bia.jpg"


@dataclass
class FarSide:
    """The fake, its world, a clock that both ends share, and what our end knows."""

    fake: FakeZalo
    clock: SimulatedClock
    account: ZaloAccount
    tokens: builders.MemoryTokens = field(default_factory=builders.MemoryTokens)

    @property
    def world(self) -> World:
        return self.fake.world

    def arrived(self) -> list[dict[str, Any]]:
        """Return what the far side's own log holds."""
        return self.world.taken()

    def log_in(self) -> TokenPair:
        """Give the account a new pair, as ``loa zalo login`` does."""
        pair = a_pair(self.world, self.clock)
        self.tokens.seed(self.account.key, pair)
        return pair


def a_pair(world: World, clock: SimulatedClock) -> TokenPair:
    given = world.new_pair()
    now = clock.now()
    return TokenPair(
        given["access_token"], given["refresh_token"], now + ACCESS_LIFE, now + REFRESH_LIFE
    )


@contextmanager
def far_side(tmp_path: Path, **changes: Any) -> Iterator[FarSide]:
    """Yield a running fake with one group; ``changes`` are its world's."""
    tmp_path.mkdir(exist_ok=True)
    clock = SimulatedClock(builders.NOW)
    world = World(tmp_path / "zalo.jsonl", now=clock.now, **{"processing": timedelta(0), **changes})
    world.groups[GROUP] = Group(GROUP, "Nhóm trưởng ấp")
    with FakeZalo(world) as fake:
        account = ZaloAccount(
            world.app_id,
            world.oa_id,
            world.app_secret,
            api_url=fake.base_url,
            oauth_url=fake.base_url,
            cover_url=COVER,
            timeout=5,
        )
        far = FarSide(fake, clock, account)
        far.log_in()
        yield far
