"""Articles to the Official Account's followers: made, worked on by Zalo, then broadcast.

The finest audience that Zalo offers is a province, so this serves the followers of the commune's
account, wherever they live, and no hamlet in particular.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from channels.base import ChannelError, RemoteIds
from channels.chat.once import once
from channels.chat.sheet import Part, Sheet
from channels.chat.zalo.client import ZaloClient
from channels.chat.zalo.group import ZaloGroupBackend
from channels.chat.zalo.refusals import unknown
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Pace, Receipt, digest

#: The longest title, author and description, in characters.
TITLE, AUTHOR, DESCRIPTION = 150, 50, 300
#: Articles that one broadcast carries.
MOST = 5


@dataclass(frozen=True, slots=True)
class Article:
    """One campaign as an article; ``key`` stands for its words."""

    title: str
    author: str
    description: str
    paragraphs: tuple[str, ...]
    key: str

    @classmethod
    def of(cls, parts: Sequence[Part], office: str) -> Article:
        """Make an article of the messages of one campaign: kind and office, title, text."""
        text = "\n\n".join(part.text for part in parts)
        kind, _end, rest = text.partition("\n")
        title, _end, body = rest.partition("\n")
        paragraphs = [kind, *body.strip().split("\n\n")]
        return cls(
            _short(title or kind, TITLE),
            _short(office, AUTHOR),
            _short(" ".join(body.split()) or title or kind, DESCRIPTION),
            tuple(paragraphs),
            digest(tuple(parts))[:16],
        )

    def body(self, cover: str) -> dict[str, object]:
        """Return the request that makes it. What an author wrote is text, never markup."""
        return {
            "type": "normal",
            "title": self.title,
            "author": self.author,
            "description": self.description,
            "cover": {"cover_type": "photo", "photo_url": cover, "status": "show"},
            "body": [{"type": "text", "content": _as_html(one)} for one in self.paragraphs],
            "status": "show",
            "comment": "show",
        }


class ZaloArticleBackend:
    """Broadcasts a campaign once. Each step that Zalo took is remembered before the next.

    It speaks through the connections and tokens of the backend for groups.
    """

    name = "zalo_article"
    idempotent = False
    networked = True

    def __init__(self, groups: ZaloGroupBackend, remote_ids: RemoteIds) -> None:
        self._groups = groups
        self._remote_ids = remote_ids

    @property
    def endpoint(self) -> str:
        """Broadcasts have a quota and hours of their own: groups do not wait for them."""
        account = self._groups.account
        return account.articles_endpoint if account is not None else self.name

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        return self._groups.paces(artifact, bundle)

    def check(self) -> None:
        """Ask as the groups do, and whether there is a picture. Raises ChannelError."""
        self._groups.check()
        self._cover(self._groups.configured())

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Make the articles, wait until Zalo has worked on them, broadcast them.

        Raises ChannelError as messages to groups do; temporary while Zalo is still at work.
        """
        client = self._groups.configured()
        cover = self._cover(client)
        sheet = Sheet.of_artifact(artifact)
        found = [
            self._made(client, Article.of(list(parts), sheet.office), cover, bundle)
            for _campaign, parts in groupby(sheet.parts, key=lambda part: part.campaign_id)
        ]
        sent = [
            once(
                self._remote_ids,
                f"{bundle.key}/broadcast/{digest(tuple(some))[:16]}",
                partial(self._broadcast, client, some),
            )
            for some in (found[at : at + MOST] for at in range(0, len(found), MOST))
        ]
        return Receipt(sent[-1], {"articles": " ".join(found), "messages": " ".join(sent)})

    def _made(self, client: ZaloClient, article: Article, cover: str, bundle: Bundle) -> str:
        """Return the article's id."""
        key = f"{bundle.key}/article/{article.key}"
        token = once(
            self._remote_ids,
            f"{key}/token",
            lambda: self._field(client, "create", article.body(cover), "token"),
        )
        return once(
            self._remote_ids,
            f"{key}/id",
            lambda: self._field(client, "verify", {"token": token}, "id"),
        )

    def _field(self, client: ZaloClient, step: str, body: dict[str, object], name: str) -> str:
        data = client.post(f"/v2.0/article/{step}", body, where=_("the followers"))
        return _named(data, name)

    def _broadcast(self, client: ZaloClient, articles: Sequence[str]) -> str:
        elements = [{"media_type": "article", "attachment_id": one} for one in articles]
        payload = {"template_type": "media", "elements": elements}
        message = {"attachment": {"type": "template", "payload": payload}}
        data = client.post(
            "/v2.0/oa/message",
            {"recipient": {"target": {}}, "message": message},
            where=_("the followers"),
        )
        return _named(data, "message_id")

    @staticmethod
    def _cover(client: ZaloClient) -> str:
        if not client.account.cover_url:
            raise ChannelError(
                _("Articles need a picture: write cover_url, a public https address, in [zalo]."),
                permanent=True,
            )
        return client.account.cover_url


def _named(data: object, name: str) -> str:
    found = data.get(name) if isinstance(data, dict) else None
    if not found:
        raise unknown(_("an answer without {name}").format(name=name))
    return str(found)


def _short(text: str, limit: int) -> str:
    """Return ``text`` within ``limit`` characters, cut between words where it can be."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _as_html(paragraph: str) -> str:
    return "<br>".join(html.escape(line, quote=False) for line in paragraph.split("\n"))
