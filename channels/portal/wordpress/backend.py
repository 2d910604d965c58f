"""The backend ``wordpress``: each campaign is one post on the commune's WordPress."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from channels.base import ChannelError, RemoteIds
from channels.pages import Shown
from channels.portal.remembered import Kept, Memory, joined
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt

if TYPE_CHECKING:
    from channels.portal.wordpress.account import WordPressAccount
    from channels.portal.wordpress.rooms import Rooms

#: What the account must be allowed.
NAME: Final = "wordpress"


class WordPressBackend:
    """Posts to WordPress: the same bundle again changes nothing.

    ``holds_permalink``: QR codes lead here, so that a post must have the address which is
    printed. ``ahead``: posts for a later hour are handed over so much before it.
    """

    name = NAME
    idempotent = True
    networked = True

    def __init__(
        self,
        account: WordPressAccount | None,
        remote_ids: RemoteIds,
        clock: Clock,
        *,
        holds_permalink: bool = False,
        ahead: timedelta = timedelta(0),
    ) -> None:
        self.ahead = ahead
        self._account = account
        self._remote_ids = remote_ids
        self._clock = clock
        self._holds_permalink = holds_permalink
        self._opened: Rooms | None = None
        self._lock = threading.Lock()

    @property
    def configured(self) -> bool:
        """Say whether the settings say where it is, chosen for new posts or not."""
        return self._account is not None

    @property
    def endpoint(self) -> str:
        return self._account.place if self._account is not None else self.name

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Make or change the post of every campaign in the bundle.

        Raises ChannelError. A post that only a person can help does not keep the others back.
        """
        rooms = self._rooms()
        done: Kept | None = None
        refused: ChannelError | None = None
        for kept in joined(self._memory, artifact):
            try:
                done = self._posted(rooms, kept, artifact, bundle)
            except ChannelError as error:
                if not error.permanent:
                    raise
                refused = refused or error
        if refused is not None:
            raise refused
        if done is None:
            raise ChannelError(_("there is nothing to post"), permanent=True)
        return Receipt(done.url, {"post": done.remote, "portal": self.endpoint})

    def check(self) -> None:
        """Ask whether the user may post, and whether posts get the address that is printed.

        Raises ChannelError that says what a person must do; nothing is written.
        """
        rooms = self._rooms()
        me = rooms.api.get("/users/me")
        allowed = me.get("capabilities", {}) if isinstance(me, Mapping) else {}
        needed = ("edit_posts", "publish_posts", "upload_files", "edit_published_posts")
        lacking = [name for name in needed if not allowed.get(name)]
        if lacking:
            message = _("{portal}: {user} may not {what}; give that user the role Author or Editor")
            account = self._configured()
            what = ", ".join(lacking)
            raise ChannelError(
                message.format(portal=account.place, user=account.user, what=what), permanent=True
            )
        rooms.check_terms(may_make=bool(allowed.get("manage_categories")))
        if self._holds_permalink:
            rooms.check_permalinks()

    def shown(self, campaign_id: str) -> Shown:
        """Read the public page as anybody does. Raises ChannelError when it is not as posted."""
        kept = self._memory.get(campaign_id)
        if kept is None or not kept.url:
            message = _("{campaign} has no page on {portal} yet")
            raise ChannelError(message.format(campaign=campaign_id, portal=self.endpoint))
        from channels.portal.looking import look_at  # loads httpx and lxml: for those who look

        account = self._configured()
        return look_at(kept, account.timeout, account.ca_file)

    def close(self) -> None:
        """Close the connections; the next delivery opens new ones."""
        with self._lock:
            if self._opened is not None:
                self._opened.api.close()
                self._opened = None

    def _posted(self, rooms: Rooms, kept: Kept, artifact: Artifact, bundle: Bundle) -> Kept:
        """Bring one campaign's post up to date, and remember how it is now."""
        account, wait = self._configured(), bundle.slot - self._clock.now()
        mine = (one for one in artifact.files if one.name.startswith(f"{kept.record.id}/"))
        kept = kept.with_media(
            {file.name.rpartition("/")[2]: rooms.media.address(file) for file in mine}
        )
        wanted = rooms.wanted(
            kept,
            bundle.commune_id,
            at=bundle.slot if wait > timedelta(0) else None,
            wait=wait,
            permalink=kept.record.permalink if self._holds_permalink else "",
        )
        if account.trash and kept.withdrawn:
            off = rooms.posts.take_off(wanted)
            now = kept.model_copy(update={"gone": True, "written": off.written if off else ""})
        else:
            put = rooms.posts.put(wanted)
            there = {"remote": put.remote, "url": put.url, "written": put.written, "gone": False}
            now = kept.model_copy(update=there)
        self._memory.put(now)
        return now

    @property
    def _memory(self) -> Memory:
        return Memory(f"{self.name}/{self.endpoint}", self._remote_ids)

    def _configured(self) -> WordPressAccount:
        account = self._account
        if account is None or not (account.url and account.user and account.password):
            raise ChannelError(
                _("No WordPress is set up: write [portal.wordpress] url, user, password_file."),
                permanent=True,
            )
        return account

    def _rooms(self) -> Rooms:
        from channels.portal.wordpress.rooms import Rooms  # loads httpx: for those who send

        account = self._configured()
        with self._lock:
            if self._opened is None:
                self._opened = Rooms(account, self._remote_ids)
            return self._opened
