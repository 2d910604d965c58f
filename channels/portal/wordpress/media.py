"""Files on a WordPress: each is uploaded once, whatever posts show it."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from channels.base import ChannelError, RemoteIds
from channels.portal.wordpress.api import Api
from engine.i18n import gettext as _
from engine.models import File

#: What WordPress says when PHP threw a body away that was too large for it.
_EMPTY = "rest_upload_no_data"


class Media:
    """The files that Loa put on one WordPress, by what they contain."""

    def __init__(self, api: Api, remote_ids: RemoteIds) -> None:
        self._api = api
        self._remote_ids = remote_ids

    def address(self, file: File) -> str:
        """Return the public address of ``file``, which is uploaded unless it is there.

        Raises ChannelError. A file that did not arrive whole is taken away again.
        """
        key = f"{self._api.account.place}/media/{file.sha256}"
        known = self._remote_ids.get(key)
        there = self._known(known, file) if known else None
        found = there or self._looked_up(file) or self._uploaded(file)
        if known != str(found["id"]):
            self._remote_ids.set(key, str(found["id"]))
        return str(found["source_url"])

    def _known(self, known: str, file: File) -> dict[str, Any] | None:
        found = self._api.get(f"/media/{known}")
        return found if isinstance(found, dict) and _is_whole(found, file) else None

    def _looked_up(self, file: File) -> dict[str, Any] | None:
        """Find what was uploaded before somebody could remember it."""
        for found in self._api.listed("/media", slug=_name(file)):
            if _is_whole(found, file):
                return found
            self._api.delete(f"/media/{found['id']}", force=True)
        return None

    def _uploaded(self, file: File) -> dict[str, Any]:
        data = file.read()
        ending = file.name.rpartition(".")[2]
        answer = self._api.upload(
            "/media",
            data,
            {
                "Content-Type": file.media_type,
                "Content-Disposition": f'attachment; filename="{_name(file)}.{ending}"',
                # WordPress refuses what does not arrive whole.
                "Content-MD5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
            },
        )
        said = answer.document()
        found = said if isinstance(said, dict) else {}
        if found.get("code") == _EMPTY or answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            message = _(
                "{portal} takes no file of {size} MB ({name}): raise upload_max_filesize and "
                "post_max_size of PHP and the web server's limit, or attach a smaller file"
            )
            size = f"{file.size / 1_000_000:.1f}"
            place = self._api.account.place
            raise ChannelError(
                message.format(portal=place, size=size, name=file.name), permanent=True
            )
        if not answer.ok:
            raise self._api.refusal(answer)
        if not isinstance(found.get("id"), int) or not _is_whole(found, file):
            raise ChannelError(
                _("{portal} did not keep {name} whole; trying again").format(
                    portal=self._api.account.place, name=file.name
                )
            )
        return found


def _name(file: File) -> str:
    return f"loa-{file.sha256[:24]}"


def _is_whole(found: dict[str, Any], file: File) -> bool:
    """Say whether the portal has all of a file, as far as it tells.

    An image that was larger than a screen is kept beside the one that is shown.
    """
    details = found.get("media_details")
    size = details.get("filesize") if isinstance(details, dict) else None
    image = file.media_type.startswith("image/")
    return bool(found.get("source_url")) and (size is None or image or int(size) == file.size)
