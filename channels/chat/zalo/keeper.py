"""Keeping an Official Account's tokens alive: one renewal at a time, kept before it is used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from channels.base import ChannelError, Tokens
from channels.chat.zalo.account import ZaloAccount
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.models import TokenPair

if TYPE_CHECKING:
    from channels.chat.zalo.wire import Answer, Wire

#: An access token lives 25 hours and is renewed at about 20.
EARLY = timedelta(hours=5)

#: How long a refresh token lives.
REFRESH_LIFE = timedelta(days=90)

#: How long one worker may be about a renewal. Far longer than an answer takes: machines'
#: clocks differ, and while it lasts the old access token mostly serves.
CLAIM = timedelta(minutes=5)

#: When to come again while another renews a token that is over.
_AGAIN = timedelta(seconds=20)


class _Given(BaseModel):
    """A pair as the token endpoint gives it; the seconds are a string."""

    access_token: str
    refresh_token: str
    expires_in: int


def pair_of(answer: Answer, now: datetime) -> TokenPair | None:
    """Return the pair that an answer carries; None when it carries none."""
    try:
        given = _Given.model_validate(answer.model_extra)
    except ValidationError:
        return None
    return TokenPair(
        given.access_token,
        given.refresh_token,
        access_until=now + timedelta(seconds=given.expires_in),
        refresh_until=now + REFRESH_LIFE,
    )


class Keeper:
    """The tokens of one account, across all workers.

    ``wire`` gives the connections, opened when they are first used.
    """

    def __init__(
        self, account: ZaloAccount, tokens: Tokens, clock: Clock, wire: Callable[[], Wire]
    ) -> None:
        self._account = account
        self._tokens = tokens
        self._clock = clock
        self._wire = wire
        self._one_thread = threading.Lock()  # threads of one process wait for each other

    def access(self) -> str:
        """Return a token that is good now, renewed if its end is near.

        Raises ChannelError: permanent when a person must log in, temporary when Zalo cannot
        be reached or another worker is about it.
        """
        with self._one_thread:
            pair, now = self._newest(), self._clock.now()
            if now < pair.access_until - EARLY:
                return pair.access
            try:
                return self._renewed(pair, now).access
            except ChannelError:
                if now < pair.access_until:
                    return pair.access
                raise

    def instead_of(self, stale: str) -> str:
        """Return another token than ``stale``, which Zalo did not take. Raises as ``access``."""
        with self._one_thread:
            pair = self._newest()
            if pair.access != stale:
                return pair.access
            return self._renewed(pair, self._clock.now()).access

    def keep_alive(self) -> None:
        """Renew what is near its end, whether or not something is to be sent.

        Raises ChannelError as ``access`` does, also while the old token is still good.
        """
        with self._one_thread:
            pair, now = self._tokens.get(self._account.key), self._clock.now()
            if pair is not None and now >= pair.access_until - EARLY:
                self._renewed(pair, now)

    def expires_at(self) -> datetime | None:
        """Return when a person must have logged in; None before anybody ever has."""
        pair = self._tokens.get(self._account.key)
        return pair.ends_at if pair is not None else None

    def _newest(self) -> TokenPair:
        pair = self._tokens.get(self._account.key)
        if pair is None:
            raise ChannelError(
                _("Nobody has logged in to the Zalo Official Account: run loa zalo login."),
                permanent=True,
            )
        return pair

    def _renewed(self, pair: TokenPair, now: datetime) -> TokenPair:
        claim = self._tokens.claim(self._account.key, pair.version, now=now, until=now + CLAIM)
        if claim is None:
            return self._renewed_by_another(pair)
        answer = self._asked(pair, claim)
        given = pair_of(answer, now)
        if given is not None:
            kept = self._tokens.renew(self._account.key, claim, given)
            return given if kept else self._newest()
        if not answer.error:  # no sense in it, or success without a pair
            self._tokens.give_back(self._account.key, claim)
            raise ChannelError(
                _("Zalo gave no clear answer when its token was renewed ({reason}).").format(
                    reason=answer.words
                )
            )
        self._tokens.refuse(self._account.key, claim, f"{answer.error} {answer.words}".strip())
        raise ChannelError(
            _(
                "Zalo does not renew the token of the Official Account ({reason}): run loa zalo"
                " login. Another program that uses the same account may have used it up."
            ).format(reason=f"{answer.error} {answer.words}".strip()),
            permanent=True,
        )

    def _asked(self, pair: TokenPair, claim: str) -> Answer:
        try:
            return self._wire().exchange(
                {"grant_type": "refresh_token", "refresh_token": pair.refresh}
            )
        except ChannelError as error:
            self._tokens.give_back(self._account.key, claim)
            if error.permanent:
                raise
            raise ChannelError(
                _("The token of the Zalo Official Account could not be renewed: {reason}").format(
                    reason=error
                )
            ) from error

    def _renewed_by_another(self, pair: TokenPair) -> TokenPair:
        newest = self._newest()
        if newest.version != pair.version:
            return newest
        raise ChannelError(
            _("Another worker is renewing the token of the Zalo Official Account."),
            retry_after=_AGAIN,
        )
