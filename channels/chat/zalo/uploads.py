"""Files that Zalo takes, uploaded once for all groups that get them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from channels.base import ChannelError
from channels.chat.payloads import Payload
from channels.chat.zalo.client import ZaloClient
from engine.clock import Clock
from engine.i18n import gettext as _

#: Uploads expire after seven days; one that old is made anew well before.
_GOOD_FOR = timedelta(days=6)
#: Files remembered at a time.
_MOST = 256

#: What may be uploaded as a file, and how large.
FILE_TYPES = {
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
LARGEST_FILE = 5_000_000
LARGEST_IMAGE = 1_000_000


class Uploads:
    """What was uploaded by this process, while Zalo keeps it."""

    def __init__(self, client: ZaloClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def id_of(self, payload: Payload, *, where: str) -> str:
        """Return what Zalo calls an uploaded file. Raises ChannelError."""
        now = self._clock.now()
        with self._lock:
            known, until = self._known.get(payload.key, ("", now))
        if until > now:
            return known
        made = self._upload(payload, where)
        with self._lock:
            while len(self._known) >= _MOST:
                self._known.pop(next(iter(self._known)))
            self._known[payload.key] = (made, now + _GOOD_FOR)
        return made

    def forget(self, payload: Payload) -> None:
        """Upload it anew next time: Zalo does not know it any more."""
        with self._lock:
            self._known.pop(payload.key, None)

    def _upload(self, payload: Payload, where: str) -> str:
        kind, name = ("image", "attachment_id") if payload.is_image else ("file", "token")
        data = self._client.upload(
            f"/v2.0/oa/upload/{kind}", payload.name, payload.media_type, payload.data(), where=where
        )
        found = data.get(name) if isinstance(data, dict) else None
        if not found:
            raise ChannelError(_("Zalo took a file and did not say what it calls it."))
        return str(found)
