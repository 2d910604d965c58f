"""One WordPress with all that is done in it: posts, files, categories and tags."""

from __future__ import annotations

from datetime import datetime, timedelta

from channels.base import ChannelError, RemoteIds
from channels.portal.article import article_of, mark_of
from channels.portal.remembered import Kept
from channels.portal.wordpress.account import WordPressAccount
from channels.portal.wordpress.api import Api
from channels.portal.wordpress.media import Media
from channels.portal.wordpress.posts import Posts, Wanted, wrong_address
from channels.portal.wordpress.terms import Terms


class Rooms:
    """What is open of one WordPress."""

    def __init__(self, account: WordPressAccount, remote_ids: RemoteIds) -> None:
        self._account = account
        self.api = Api(account)
        self.media = Media(self.api, remote_ids)
        self.terms = Terms(self.api)
        self.posts = Posts(self.api)

    def wanted(
        self,
        kept: Kept,
        commune_id: str,
        *,
        at: datetime | None,
        wait: timedelta,
        permalink: str,
    ) -> Wanted:
        """Return what a campaign's post is to be. Raises ChannelError."""
        account, record = self._account, kept.record
        categories, tags = self._filed(kept)
        return Wanted(
            campaign_id=record.id,
            slug=account.slug.format(campaign=record.id, commune=commune_id),
            mark=mark_of(commune_id, record.id),
            article=article_of(record, kept.site, dict(kept.media)),
            at=at,
            wait=wait,
            categories=categories,
            tags=tags,
            permalink=permalink,
            known=kept.remote,
            written=kept.written,
            overwrite=account.may_overwrite(record.id),
            gone=kept.gone,
        )

    def check_terms(self, *, may_make: bool) -> None:
        """Raise ChannelError when the category is missing and cannot be made."""
        if self._account.category and not may_make:
            self.terms.forget()
            self.terms.id_of("categories", self._account.category)

    def check_permalinks(self) -> None:
        """Raise ChannelError when posts have other addresses than ``…/slug/``.

        Asked of any post; a site without one says nothing yet.
        """
        for post in self.api.listed("/posts", status="publish")[:1]:
            address = str(post["link"]).rstrip("/")
            if address.rpartition("/")[2] != post["slug"]:
                expected = f"{self._account.url}/{post['slug']}/"
                raise ChannelError(wrong_address(address, expected), permanent=True)

    def _filed(self, kept: Kept) -> tuple[list[int], list[int]]:
        """Return the ids of the post's categories and tags, made when missing."""
        account = self._account
        self.terms.forget()
        found: dict[str, list[int]] = {"categories": [], "tags": []}
        if account.category:
            found["categories"].append(self.terms.id_of("categories", account.category))
        if account.hamlets in found:
            reached = [one for wording in kept.record.wordings for one in wording.hamlets]
            found[account.hamlets] += [
                self.terms.id_of(account.hamlets, one.name) for one in reached
            ]
        return found["categories"], found["tags"]
