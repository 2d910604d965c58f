"""Looking at a public page as anybody would, to see whether a post stands on it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from channels.base import ChannelError
from channels.pages import Shown
from channels.portal.article import article_of
from channels.portal.public import missing
from channels.portal.remembered import Kept
from channels.portal.text import excerpt
from channels.portal.web import read_page
from engine.i18n import gettext as _

_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def look_at(kept: Kept, timeout: float, ca_file: Path | None = None) -> Shown:
    """Return which hamlets' words a post's page shows: all of them.

    Raises a temporary ChannelError when the page does not answer, or lacks a word: somebody
    took it off, or a cache still shows an older one.
    """
    answer = read_page(kept.url, timeout, ca_file)
    slots = {one.id: one.slot for wording in kept.record.wordings for one in wording.hamlets}
    if kept.gone and answer.status in _GONE:
        return Shown(kept.url, slots)
    if kept.gone:
        message = _("{url} still answers, though the post was withdrawn: a cache may keep it")
        raise ChannelError(message.format(url=kept.url))
    if answer.status != HTTPStatus.OK:
        message = _("the public page {url} answers with code {code}")
        raise ChannelError(message.format(url=kept.url, code=answer.status))
    addresses = {media.file: "" for wording in kept.record.wordings for media in wording.media()}
    lacking = missing(answer.body, article_of(kept.record, kept.site, addresses))
    if lacking is not None:
        message = _(
            "{url} answers but does not show “{words}”: a cache shows an older page, or somebody "
            "edited it"
        )
        raise ChannelError(message.format(url=kept.url, words=excerpt(lacking, 60)))
    return Shown(kept.url, slots)
