"""Categories and tags: found by their names, made when missing."""

from __future__ import annotations

import html
from http import HTTPStatus

from channels.base import ChannelError
from channels.portal.wordpress.api import Api
from engine.i18n import gettext as _


class Terms:
    """The words under which a WordPress files posts; each is looked for once."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[tuple[str, str], int] = {}

    def id_of(self, kind: str, name: str) -> int:
        """Return the id of a term of ``kind``, tags or categories. Raises ChannelError."""
        if (kind, name) not in self._known:
            found = self._found(kind, name)
            self._known[kind, name] = self._made(kind, name) if found is None else found
        return self._known[kind, name]

    def forget(self) -> None:
        """Look again next time: somebody may have taken one away."""
        self._known.clear()

    def _found(self, kind: str, name: str) -> int | None:
        for term in self._api.listed(f"/{kind}", context="view", search=name):
            if html.unescape(str(term.get("name"))).casefold() == name.casefold():
                return int(term["id"])
        return None

    def _made(self, kind: str, name: str) -> int:
        answer = self._api.try_post(f"/{kind}", {"name": name})
        said = answer.document()
        if answer.ok and isinstance(said, dict):
            return int(said["id"])
        if isinstance(said, dict) and said.get("code") == "term_exists":
            return int(said["data"]["term_id"])
        if answer.status == HTTPStatus.FORBIDDEN:
            message = _(
                "{portal} has no {kind} “{name}”, and {user} may not make one: make it in "
                "WordPress, or give that user the role Editor"
            )
            kinds = {"tags": _("tag"), "categories": _("category")}
            raise ChannelError(
                message.format(
                    portal=self._api.account.place,
                    kind=kinds[kind],
                    name=name,
                    user=self._api.account.user,
                ),
                permanent=True,
            )
        raise self._api.refusal(answer)
