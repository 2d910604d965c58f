"""Doing what the far side would do twice only once: what it took is remembered before the next."""

from __future__ import annotations

from collections.abc import Callable

from channels.base import RemoteIds


def once(remote_ids: RemoteIds, key: str, ask: Callable[[], str]) -> str:
    """Return what the far side called it when it took ``key``, asked now if it never was.

    Raises what ``ask`` raises; nothing is remembered then.
    """
    known = remote_ids.get(key)
    if known is not None:
        return known
    found = ask()
    remote_ids.put(key, found)
    return found
