"""Posts on a WordPress: one for each campaign, never two, and nobody's edits lost.

WordPress knows no idempotency keys. So each post carries a mark that readers do not see; it is
looked for before anything is made, what is made begins as a draft, and of two that were made at
the same time the older one stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.base import ChannelError
from channels.portal.article import Article, bears, untouched
from channels.portal.wordpress.api import Api
from engine.errors import NotYetError
from engine.i18n import gettext as _

#: States in which people see a post, now or at its time.
_OUT = ("publish", "future")
_ANY = "publish,future,draft,pending,private,trash"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a post is to be. ``at``: when people may see it first; None is now.

    ``permalink`` is the address that is printed already; empty where another portal has it.
    ``known`` is the id it has on WordPress, ``written`` the hash of what WordPress then had, as
    far as anybody remembers. ``overwrite``: though somebody edited it. ``gone``: Loa itself
    took it off.
    """

    campaign_id: str
    slug: str
    mark: str
    article: Article
    at: datetime | None
    wait: timedelta
    categories: Sequence[int]
    tags: Sequence[int]
    permalink: str = ""
    known: str = ""
    written: str = ""
    overwrite: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A post as WordPress has it now."""

    remote: str
    url: str
    written: str


class Posts:
    """The posts of one WordPress."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def put(self, wanted: Wanted) -> Posted:
        """Make or change the campaign's post. Raises ChannelError."""
        found = self._existing(wanted)
        made = found is None
        post = self._draft(wanted) if found is None else found
        if not made:
            self._refuse_edited(wanted, post)
        if post["status"] == "trash":  # its address comes back with it
            post = self._api.post(f"/posts/{post['id']}", {"status": "draft", "slug": wanted.slug})
        try:
            self._check_address(wanted, post)
        except ChannelError:
            if made:
                self._api.delete(f"/posts/{post['id']}", force=True)
            raise
        changes = _changes(wanted, post)
        if changes and wanted.at is not None and post["status"] == "publish":
            message = _("{portal}: the post is public already and changes at its hour")
            raise NotYetError(message.format(portal=self._api.account.place), wanted.wait)
        if changes:
            post = self._api.post(f"/posts/{post['id']}", changes)
        if made:
            post = self._the_only_one(wanted, post)
        return Posted(str(post["id"]), str(post["link"]), written(post))

    def take_off(self, wanted: Wanted) -> Posted | None:
        """Put the campaign's post into the trash; None if there is none. Raises ChannelError."""
        found = self._existing(wanted)
        if found is None:
            return None
        if found["status"] != "trash":
            self._refuse_edited(wanted, found)
            self._api.delete(f"/posts/{found['id']}")
        return Posted(str(found["id"]), str(found["link"]), written(found))

    def _existing(self, wanted: Wanted) -> dict[str, Any] | None:
        """Return the campaign's post, remembered or found by its mark."""
        if wanted.known:
            found = self._api.get(f"/posts/{wanted.known}")
            if isinstance(found, dict):
                return found
            if not (wanted.gone or wanted.overwrite):
                raise self._taken_down(wanted, wanted.known)
        marked = self._marked(wanted)
        return marked[0] if marked else None

    def _marked(self, wanted: Wanted) -> list[dict[str, Any]]:
        """Return every post with the campaign's mark: what people see first, then by age."""
        by_mark = self._api.listed("/posts", search=f"loa:{wanted.mark}", status=_ANY)
        by_slug = self._api.listed("/posts", slug=wanted.slug, status=_ANY)
        each = {post["id"]: post for post in (*by_mark, *by_slug) if _bears(post, wanted.mark)}
        return sorted(each.values(), key=lambda post: (post["status"] not in _OUT, post["id"]))

    def _draft(self, wanted: Wanted) -> dict[str, Any]:
        """Make a post that nobody sees yet; another one may just have done so."""
        made = self._api.post("/posts", {**_words(wanted), "slug": wanted.slug, "status": "draft"})
        first = (self._marked(wanted) or [made])[0]
        if first["id"] != made["id"]:
            self._api.delete(f"/posts/{made['id']}", force=True)
        return first

    def _the_only_one(self, wanted: Wanted, post: dict[str, Any]) -> dict[str, Any]:
        """Keep the oldest of those that people see."""
        out = [one for one in self._marked(wanted) if one["status"] in _OUT]
        first = out[0] if out else post
        if first["id"] != post["id"]:
            self._api.delete(f"/posts/{post['id']}", force=True)
        return first

    def _check_address(self, wanted: Wanted, post: dict[str, Any]) -> None:
        """Refuse to publish where the QR code does not lead."""
        if not wanted.permalink:
            return
        taken = [
            one
            for one in self._api.listed("/posts", slug=wanted.slug, status=_ANY)
            if one["id"] != post["id"] and not _bears(one, wanted.mark)
        ]
        if taken:
            message = _(
                "{portal} already has another post “{slug}” (number {id}): give that one another "
                "name in its address, or this campaign another id"
            )
            values = {"slug": wanted.slug, "id": taken[0]["id"]}
            raise ChannelError(
                message.format(portal=self._api.account.place, **values), permanent=True
            )
        pattern = str(post.get("permalink_template") or post["link"])
        address = pattern.replace("%postname%", wanted.slug).replace("%pagename%", wanted.slug)
        if address.rstrip("/") != wanted.permalink.rstrip("/"):
            raise ChannelError(wrong_address(address, wanted.permalink), permanent=True)

    def _refuse_edited(self, wanted: Wanted, post: dict[str, Any]) -> None:
        """Raise a permanent ChannelError for a post that somebody edited or took down."""
        if wanted.overwrite:
            return
        if wanted.known and post["status"] not in _OUT and not wanted.gone:
            raise self._taken_down(wanted, str(post["id"]))
        if wanted.written == written(post) or untouched(*_raw(post)):
            return
        if wanted.gone and post["status"] == "trash":
            return
        message = _(
            "somebody edited the post {id} on {portal} at {at}; it is left as it is. To keep that "
            "text: loa cancel {campaign}, once nothing else of it is to go out. To put Loa's in "
            "its place (WordPress keeps the other as a revision): overwrite_edits = "
            '["{campaign}"] under [portal.wordpress], then loa retry {campaign}'
        )
        raise ChannelError(
            message.format(
                id=post["id"],
                portal=self._api.account.place,
                at=post.get("modified", "?"),
                campaign=wanted.campaign_id,
            ),
            permanent=True,
        )

    def _taken_down(self, wanted: Wanted, remote: str) -> ChannelError:
        message = _(
            "somebody took the post {id} off {portal}; it stays off. To put it on again: "
            'overwrite_edits = ["{campaign}"] under [portal.wordpress], then loa retry {campaign}'
        )
        return ChannelError(
            message.format(id=remote, portal=self._api.account.place, campaign=wanted.campaign_id),
            permanent=True,
        )


def wrong_address(found: str, expected: str) -> str:
    """Say that WordPress gives posts other addresses than those that are printed."""
    message = _(
        "WordPress gives posts the address {found}, but QR codes lead to {expected}: in WordPress, "
        "choose “Post name” under Settings → Permalinks, or set [portal] permalink in loa.toml and "
        "portal.url in commune.yaml"
    )
    return message.format(found=found, expected=expected)


def written(post: dict[str, Any]) -> str:
    """Return the hash of a post's words as WordPress keeps them."""
    return hashlib.sha256("\0".join(_raw(post)).encode()).hexdigest()


def _raw(post: dict[str, Any]) -> tuple[str, str, str]:
    title, content, excerpt = (post[name]["raw"] for name in ("title", "content", "excerpt"))
    return str(title), str(content), str(excerpt)


def _bears(post: dict[str, Any], mark: str) -> bool:
    return bears(_raw(post)[1], mark)


def _words(wanted: Wanted) -> dict[str, Any]:
    article = wanted.article
    return {
        "title": article.title,
        "content": article.marked(wanted.mark),
        "excerpt": article.excerpt,
        "categories": list(wanted.categories),
        "tags": list(wanted.tags),
    }


def _changes(wanted: Wanted, post: dict[str, Any]) -> dict[str, Any]:
    """Return what WordPress has to be told; nothing when the post is as it should be.

    Categories and tags that people added stay.
    """
    words = _words(wanted)
    for kind in ("categories", "tags"):
        words[kind] = sorted({*words[kind], *post.get(kind, ())})
    same = _same(wanted.article.marked(wanted.mark), post)
    filed = all(words[kind] == sorted(post[kind]) for kind in ("categories", "tags"))
    if same and filed and post["status"] in _OUT and not _moves(wanted, post):
        return {}
    changes = {**words, "slug": wanted.slug}
    if wanted.at is None:
        changes["status"] = "publish"
        if post["status"] != "publish":
            changes["date_gmt"] = None  # now, as WordPress sees it
    else:
        changes |= {"status": "future", "date_gmt": _utc(wanted.at)}
    return changes


def _moves(wanted: Wanted, post: dict[str, Any]) -> bool:
    """Say whether a post comes out at another time than it is to; what is out stays out."""
    if post["status"] == "publish":
        return False
    return wanted.at is None or str(post.get("date_gmt")) != _utc(wanted.at)


def _same(marked: str, post: dict[str, Any]) -> bool:
    """Say whether a post says what it should: its seal is right, and the one that is wanted."""
    title, content, excerpt = _raw(post)
    sealed = marked.splitlines()[1]
    return sealed in content and untouched(title, content, excerpt)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
