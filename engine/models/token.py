"""A pair of tokens with which a program speaks for an account until it must renew them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token that gives the next pair, once.

    ``access_until`` and ``refresh_until`` are when each ends. ``version`` counts the pairs of
    an account from 1. ``refused`` is what the far side said when it did not renew the pair:
    then a person must log in again; "" while it is good.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_until: datetime
    refresh_until: datetime
    version: int = 1
    refused: str = ""

    @property
    def ends_at(self) -> datetime:
        """When a person must have logged in again."""
        return self.access_until if self.refused else self.refresh_until
