"""Articles of the fake Zalo: made, worked on for a while, broadcast by day."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.chat.zalo.fake.world import FaultError, World
from engine.clock import local

FIRST_HOUR, LAST_HOUR = 6, 21


@dataclass(slots=True)
class Article:
    """An article; it can be asked for by ``token`` once it has been worked on, at ``ready``."""

    id: str
    token: str
    ready: datetime
    fields: dict[str, Any]


class Articles:
    """The articles of one Official Account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._articles: dict[str, Article] = {}

    def create(self, body: Mapping[str, Any]) -> dict[str, str]:
        self._check(body)
        with self._world.lock:
            made = Article(
                id=f"a{len(self._articles) + 1:04d}",
                token=secrets.token_urlsafe(16),
                ready=self._world.now() + self._world.processing,
                fields=dict(body),
            )
            self._articles[made.id] = made
            self._world.take({"kind": "article", "article_id": made.id, **made.fields})
            return {"token": made.token}

    def _check(self, body: Mapping[str, Any]) -> None:
        limits = {"title": 150, "author": 50, "description": 300}
        for name, limit in limits.items():
            if not 1 <= len(str(body.get(name, ""))) <= limit:
                raise FaultError(-201, f"{name} is invalid")
        if not body.get("cover", {}).get("photo_url"):
            raise FaultError(-201, "cover is invalid")
        if not body.get("body"):
            raise FaultError(-201, "body is invalid")

    def verify(self, token: str) -> dict[str, str]:
        found = next((one for one in self._articles.values() if one.token == token), None)
        if found is None:
            raise FaultError(-201, "token is invalid")
        if self._world.now() < found.ready:
            raise FaultError(-214, "The article is being processed")
        return {"id": found.id}

    def change(self, body: Mapping[str, Any], *, remove: bool) -> dict[str, str]:
        article_id = str(body.get("id", ""))
        if article_id not in self._articles:
            raise FaultError(-201, "id is invalid")
        with self._world.lock:
            if remove:
                del self._articles[article_id]
                self._world.take({"kind": "article_removed", "article_id": article_id})
                return {"message": "removed"}
            self._check(body)
            article = self._articles[article_id]
            article.fields, article.token = dict(body), secrets.token_urlsafe(16)
            article.ready = self._world.now() + self._world.processing
            self._world.take(
                {"kind": "article_updated", "article_id": article_id, **article.fields}
            )
            return {"token": article.token}

    def broadcast(self, body: Mapping[str, Any]) -> dict[str, str]:
        with self._world.lock:
            if not FIRST_HOUR <= local(self._world.now()).hour <= LAST_HOUR:
                raise FaultError(-234, "Messages are not sent at night")
            elements = body.get("message", {}).get("attachment", {}).get("payload", {})
            found = [str(one.get("attachment_id")) for one in elements.get("elements", [])]
            if not 1 <= len(found) <= 5 or any(one not in self._articles for one in found):
                raise FaultError(-201, "elements are invalid")
            return {"message_id": self._world.take({"kind": "broadcast", "articles": found})}

    def detail(self, article_id: str) -> dict[str, Any]:
        article = self._articles.get(article_id)
        if article is None:
            raise FaultError(-201, "id is invalid")
        return {"id": article.id, **article.fields}

    def slice(self, offset: int, limit: int) -> dict[str, Any]:
        """Return the newest first, as a page of all."""
        found = list(reversed(self._articles.values()))[offset : offset + limit]
        shown = [{"id": one.id, "title": one.fields["title"]} for one in found]
        return {"total": len(self._articles), "medias": shown}
