"""What the engine hands to channels: files, memory of the far side, tokens, permits."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from engine.models import Content, File, Pace, TokenPair


class Artifacts(Protocol):
    """What ``prepare`` may look at: files this delivery builds on."""

    def need(self, channel: str) -> File | None:
        """Return what ``channel`` made for the same hamlet and campaign; None if it is unused."""
        ...

    def told(self, channel: str) -> Content | None:
        """Return the words of which ``need`` gives the file; None if nobody knows them."""
        ...

    def attachment(self, sha256: str) -> Path:
        """Return where an attachment's bytes lie. Raises ChannelError if they are gone."""
        ...


class RemoteIds(Protocol):
    """What a backend must remember about the far side; the ledger keeps it, durably."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None:
        """Remember something for good."""
        ...

    def set(self, key: str, value: str) -> None:
        """Remember ``value`` in place of what was remembered, if anything was."""
        ...


class Tokens(Protocol):
    """Tokens that change as they are used; the ledger keeps them, sealed and durably.

    One worker at a time renews an account's: whoever has the claim. A claim ends by itself at
    ``until``, should he who has it die.
    """

    def get(self, account: str) -> TokenPair | None:
        """Return the account's newest pair; None when nobody has ever logged in."""
        ...

    def claim(self, account: str, version: int, *, now: datetime, until: datetime) -> str | None:
        """Return the mark of a claim on renewing ``version``; None when that is another's."""
        ...

    def renew(self, account: str, claim: str, pair: TokenPair) -> bool:
        """Keep the pair that came of renewing, before anybody uses it; the claim is over.

        False when the claim was lost and somebody else has renewed meanwhile.
        """
        ...

    def refuse(self, account: str, claim: str, reason: str) -> None:
        """Record that the far side did not renew the pair; the claim is over."""
        ...

    def give_back(self, account: str, claim: str) -> None:
        """End a claim with nothing changed: the far side was not asked."""
        ...


class RelayLinks(Protocol):
    """Links with which people carry a message on; each is one person's own."""

    def address(self, campaign_id: str, person_id: str) -> str:
        """Return a person's link for a campaign, made where there is none; "" for no link."""
        ...


class Limits(Protocol):
    """How fast far sides may be asked; the engine counts, across all threads and workers."""

    def take(self, *paces: Pace) -> None:
        """Wait until one request may be made that counts for each of ``paces``.

        Called just before each request, with the narrowest pace first. Raises a ChannelError,
        which the backend lets pass, when the wait would be long: the bundle comes again.
        """
        ...
