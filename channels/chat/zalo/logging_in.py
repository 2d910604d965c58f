"""Logging in to an Official Account: an administrator agrees in a browser, once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from channels.base import ChannelError
from channels.chat.zalo.account import ZaloAccount
from channels.chat.zalo.keeper import pair_of
from engine.i18n import gettext as _
from engine.models import TokenPair


@dataclass(frozen=True, slots=True)
class Login:
    """One attempt. The verifier stays here; its hash travels in the address (RFC 7636)."""

    account: ZaloAccount
    verifier: str = field(
        default_factory=lambda: secrets.token_urlsafe(32), repr=False
    )  # 43 characters

    @property
    def challenge(self) -> str:
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(hashed).decode().rstrip("=")

    @property
    def address(self) -> str:
        """The page on which an administrator of the account agrees."""
        asked = {
            "app_id": self.account.app_id,
            "redirect_uri": self.account.redirect_url,
            "code_challenge": self.challenge,
        }
        return f"{self.account.oauth_url}/v4/oa/permission?{urlencode(asked)}"

    def code_in(self, pasted: str) -> str:
        """Return the code in what was pasted: the address the browser came to, or the code.

        Raises ChannelError when it is another account's, or there is no code in it.
        """
        asked = parse_qs(urlsplit(pasted.strip()).query)
        found = asked.get("oa_id", [self.account.oa_id])[0]
        if found != self.account.oa_id:
            raise ChannelError(
                _("This is another Official Account: {found}; {expected} is set up.").format(
                    found=found, expected=self.account.oa_id
                ),
                permanent=True,
            )
        code = asked.get("code", ["" if "/" in pasted else pasted.strip()])[0]
        if not code:
            raise ChannelError(
                _("There is no code in this address; paste it whole."), permanent=True
            )
        return code

    def finish(self, pasted: str, now: datetime) -> TokenPair:
        """Exchange what was pasted for a pair of tokens. Raises ChannelError."""
        from channels.chat.zalo.wire import Wire  # loads httpx

        code = self.code_in(pasted)
        wire = Wire(self.account)
        try:
            answer = wire.exchange(
                {
                    "grant_type": "authorization_code",
                    "code": code,
                    "code_verifier": self.verifier,
                }
            )
        finally:
            wire.close()
        pair = pair_of(answer, now)
        if pair is None:
            raise ChannelError(
                _("Zalo gave no tokens ({reason}). The code is good once, for ten minutes.").format(
                    reason=f"{answer.error} {answer.words}".strip()
                ),
                permanent=True,
            )
        return pair
