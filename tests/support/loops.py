"""Running what waits in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run_apart(scene: Coroutine[Any, Any, None], timeout: float = 300) -> None:
    """Run a scene in a thread of its own: a browser's loop may live in this one."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, scene).result(timeout)
