"""One way to turn domain values into bytes, so that the same meaning has the same hash."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

_JSON_SCALARS = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any) -> Any:
    """Reduce ``value`` to JSON types. A value that names its own identity is asked for it."""
    kind = type(value)
    if kind in _JSON_SCALARS:  # first, because nearly everything is one of these
        return value
    if kind is tuple or kind is list:
        return [item if type(item) in _JSON_SCALARS else _plain(item) for item in value]
    identity = getattr(value, "identity", None)
    if callable(identity):
        return _plain(identity())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if callable(dump := getattr(value, "model_dump", None)):
        return _plain(dump())  # pydantic's; asked like this, it need not be loaded for the rest
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):  # a named tuple, for example
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Path):
        raise TypeError("a path is a place, not a content: it must not shape a hash")
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical_json(value: Any) -> bytes:
    """Return ``value`` as JSON bytes: keys sorted, no spaces, UTF-8."""
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(*values: Any) -> str:
    """Return the SHA-256, 64 hexadecimal digits, of ``values`` in canonical form.

    Raises TypeError for a value that has no canonical form, a path for example.
    """
    return hashlib.sha256(canonical_json(values)).hexdigest()
