"""Programmes for players, as builders and as hypothesis' strategies."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from engine.clock import VIETNAM
from engine.models import Priority, Purpose
from engine.models.airing import Cancel, Message, Programme, ProgrammeItem, ServerTime, Sound
from engine.models.envelope import SigningKey

SLOT = datetime(2026, 12, 1, 5, 0, tzinfo=VIETNAM)

#: A key for tests alone.
KEY = SigningKey(hashlib.sha256(b"a key for tests").digest())


def sound(data: bytes = b"sound", seconds: float = 12.0, name: str = "tin-1") -> Sound:
    return Sound(
        file=f"2026-12-01/0500-routine-{name}.mp3",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        seconds=seconds,
    )


def item(**changes: Any) -> ProgrammeItem:
    values: dict[str, Any] = {
        "title": "Lịch tiêm chủng tháng 12",
        "campaign": "tin-1",
        "priority": Priority.ROUTINE,
        "purpose": Purpose.NOTICE,
        "hamlets": ("ap-1", "ap-2"),
        "sound": sound(),
    }
    return ProgrammeItem(**{**values, **changes})


def programme(**changes: Any) -> Programme:
    values: dict[str, Any] = {
        "commune": "binh-hoa-hung",
        "cluster": "cum-1",
        "slot": SLOT,
        "version": 1,
        "sequence": 1_796_000_000_000,
        "priority": Priority.ROUTINE,
        "drill": False,
        "expires": SLOT + timedelta(minutes=10),
        "made_at": SLOT - timedelta(minutes=30),
        "items": (item(),),
    }
    return Programme(**{**values, **changes})


def cancel(**changes: Any) -> Cancel:
    values: dict[str, Any] = {
        "commune": "binh-hoa-hung",
        "cluster": "cum-1",
        "slot": SLOT,
        "version": 2,
        "sequence": 1_796_000_000_001,
        "made_at": SLOT - timedelta(minutes=20),
    }
    return Cancel(**{**values, **changes})


_ids = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,30}\Z")
_moments = st.integers(0, 6_000_000_000_000_000).map(
    lambda micros: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)
_seconds = st.floats(0, 4 * 3_600, allow_nan=False)
_numbers = st.integers(1, 2**53 - 1)
_sounds = st.builds(
    Sound,
    file=st.lists(_ids, min_size=1, max_size=4).map("/".join),
    sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
    size=st.integers(1, 600_000_000),
    seconds=_seconds,
)
_items = st.builds(
    ProgrammeItem,
    title=st.text(st.characters(exclude_categories=("Cs",)), max_size=80),
    campaign=_ids,
    priority=st.sampled_from(Priority),
    purpose=st.sampled_from(Purpose),
    hamlets=st.lists(_ids, max_size=3).map(tuple),
    sound=_sounds,
    starts=st.none() | _seconds,
)


def messages() -> st.SearchStrategy[Message]:
    """Everything that may be signed."""
    common = {
        "commune": _ids,
        "cluster": _ids,
        "slot": _moments,
        "version": _numbers,
        "sequence": _numbers,
        "made_at": _moments,
    }
    programmes = st.builds(
        Programme,
        **common,
        priority=st.sampled_from(Priority),
        drill=st.booleans(),
        expires=_moments,
        items=st.lists(_items, min_size=1, max_size=3).map(tuple),
        repeat=st.none() | st.integers(30, 86_400).map(lambda s: timedelta(seconds=s)),
        opening=st.none() | _sounds,
        closing=st.none() | _sounds,
        bridge=st.none() | _sounds,
    )
    nonces = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{15,40}\Z")
    times = st.builds(ServerTime, nonce=nonces, at=_moments)
    return programmes | st.builds(Cancel, **common) | times
