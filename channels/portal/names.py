"""What files and folders of the site are called: names come from ids and hashes, never text."""

from __future__ import annotations

import re

from channels.base import ChannelError
from engine.i18n import gettext as _

#: Folders of the site that belong to no campaign.
HAMLETS = "ap"
ARCHIVE = "tat-ca"
POSTS = "posts"
SEARCH = "tim-kiem"
CALENDAR = "lich"
SCREENS = "screen"
BULLETINS = "ban-tin"
RESERVED = frozenset({HAMLETS, ARCHIVE, POSTS, SEARCH, CALENDAR, SCREENS, BULLETINS})

#: How the names of a post's own files begin.
MEDIA_PREFIXES = ("loa-", "to-roi-", "tep-")

_PLAIN = re.compile(r"[a-z0-9-]{1,100}")

#: Endings that browsers show or save without running anything; all else is saved as ``.bin``.
_ENDINGS = {
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/vnd.ms-excel": "xls",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/plain": "txt",
}


def is_reserved(campaign_id: str) -> bool:
    """Say whether a campaign of this name would take a folder that the site needs itself."""
    return campaign_id in RESERVED


def campaign_folder(campaign_id: str) -> str:
    """Return the folder of a campaign's post. Raises ChannelError if the id cannot name one."""
    if is_reserved(campaign_id):
        raise ChannelError(reserved_message(campaign_id), permanent=True)
    return plain_id(campaign_id)


def plain_id(value: str) -> str:
    """Return ``value`` if it is an id. Raises ChannelError if it could lead out of the site."""
    if _PLAIN.fullmatch(value) is None:
        raise ChannelError(
            _(
                "“{value}” cannot name a page of the portal: only a–z, 0–9 and hyphens are allowed"
            ).format(value=value[:100]),
            permanent=True,
        )
    return value


def reserved_message(campaign_id: str) -> str:
    """Say why a campaign cannot have this id."""
    return _(
        "the portal keeps the name “{value}” for a page of its own; give the campaign another id"
    ).format(value=campaign_id)


def audio_name(sha256: str, media_type: str = "audio/mpeg") -> str:
    """Return the name of a recording.

    It follows the sound, so that a new recording for one hamlet never takes the place of the
    one that the others still hear.
    """
    return f"loa-{sha256[:12]}.{_ENDINGS.get(media_type, 'mp3')}"


def flyer_name(hamlet_id: str) -> str:
    return f"to-roi-{plain_id(hamlet_id)}.pdf"


def attachment_name(sha256: str, media_type: str) -> str:
    return f"tep-{sha256[:12]}.{_ENDINGS.get(media_type, 'bin')}"
