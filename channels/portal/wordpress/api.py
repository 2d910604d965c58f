"""Calls to a WordPress, and what its refusals mean for the person who can mend them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from channels.base import ChannelError
from channels.portal.web import Answer, Web
from channels.portal.wordpress.account import WordPressAccount
from engine.i18n import gettext as _


class Api:
    """The REST API of one WordPress, as one of its users."""

    def __init__(self, account: WordPressAccount) -> None:
        self.account = account
        self._web = Web(
            account.place, account.timeout, (account.user, account.password), account.ca_file
        )

    def get(self, path: str, **parameters: Any) -> Any:
        """Return a document; None if there is none at ``path``. Raises ChannelError."""
        answer = self._ask("GET", path, params={"context": "edit", **parameters})
        return None if answer.status == HTTPStatus.NOT_FOUND else self._document(answer)

    def listed(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return a list's first hundred documents. Raises ChannelError."""
        found = self.get(path, per_page=100, **parameters)
        if isinstance(found, list):
            return found
        message = _(
            "{portal} has no REST API at {address}: in WordPress, choose “Post name” under "
            "Settings → Permalinks, and let no plugin turn the REST API off"
        )
        place = {"portal": self.account.place, "address": self.account.api}
        raise ChannelError(message.format(**place), permanent=True)

    def post(self, path: str, values: dict[str, Any]) -> dict[str, Any]:
        """Make or change something. Raises ChannelError."""
        return self._made(self._ask("POST", path, json=values))

    def try_post(self, path: str, values: dict[str, Any]) -> Answer:
        """Do so and return the answer, also a refusal."""
        return self._ask("POST", path, json=values)

    def upload(self, path: str, data: bytes, headers: dict[str, str]) -> Answer:
        return self._ask("POST", path, content=data, headers=headers)

    def delete(self, path: str, *, force: bool = False) -> None:
        """Take something away; that it is gone already is success. Raises ChannelError."""
        answer = self._ask("DELETE", path, params={"force": force} if force else {})
        if answer.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            self._document(answer)

    def close(self) -> None:
        self._web.close()

    def _ask(self, method: str, path: str, **request: Any) -> Answer:
        return self._web.ask(method, f"{self.account.api}{path}", **request)

    def _made(self, answer: Answer) -> dict[str, Any]:
        found = self._document(answer)
        if isinstance(found, dict) and isinstance(found.get("id"), int):
            return found
        raise self._no_sense(answer)

    def _document(self, answer: Answer) -> Any:
        if not answer.ok:
            raise self.refusal(answer)
        found = answer.document()
        if found is None:
            raise self._no_sense(answer)
        return found

    def _no_sense(self, answer: Answer) -> ChannelError:
        message = _("{portal} gave no answer that WordPress gives (code {code})")
        return ChannelError(message.format(portal=self.account.place, code=answer.status))

    def refusal(self, answer: Answer) -> ChannelError:
        """Say what a person must do before WordPress takes it."""
        found = answer.document()
        said: dict[str, Any] = found if isinstance(found, dict) else {}
        code, reason = str(said.get("code", "")), str(said.get("message", ""))[:200]
        match answer.status:
            case HTTPStatus.UNAUTHORIZED:
                message = _(
                    "{portal} does not let {user} in: make a new application password in "
                    "WordPress (Users → Profile) and write it in the file that "
                    "[portal.wordpress] password_file names; the web server must pass on "
                    "“Authorization” ({reason})"
                )
            case HTTPStatus.FORBIDDEN:
                message = _(
                    "{portal} does not allow {user} to do this: give that user the role Author, "
                    "or Editor, in WordPress ({reason})"
                )
            case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                message = _(
                    "{portal} takes no file of this size: raise upload_max_filesize and "
                    "post_max_size of PHP and the web server's limit, or attach a smaller file"
                )
            case _:
                message = _("{portal} refused the post (code {code}): {reason}")
        values = {"portal": self.account.place, "user": self.account.user}
        return ChannelError(
            message.format(**values, code=code or answer.status, reason=reason or answer.status),
            permanent=True,
        )
