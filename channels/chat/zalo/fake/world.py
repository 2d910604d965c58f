"""What the fake Zalo knows: one app, its Official Account, tokens, groups, uploads, articles.

No network here. Whatever it takes is written to an append-only log of its own before it is
answered, so that others count what arrived and not what a sender believes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import threading
import unicodedata
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.clock import SystemClock, local

ACCESS_LIFE = timedelta(hours=25)
REFRESH_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=10)
UPLOAD_LIFE = timedelta(days=7)
LONGEST_TEXT = 2_000  # characters after NFC
LARGEST_IMAGE = 1_000_000
LARGEST_FILE = 5_000_000
MOST_MEMBERS = 99


class FaultError(Exception):
    """An error number of Zalo's, to be answered with HTTP 200."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


@dataclass(slots=True)
class Group:
    """A group that the Official Account made. ``open`` is false once its package has ended."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    open: bool = True


@dataclass
class World:
    """One app with one Official Account. ``now`` is its clock, ``log`` what it has taken.

    ``per_minute`` is the app's rate; ``per_day`` the quota of group messages;
    ``processing`` how long an article is worked on.
    """

    log: Path
    now: Callable[[], datetime] = field(default_factory=lambda: SystemClock().now)
    app_id: str = "1000000000000000001"
    app_secret: str = "made-up-app-secret"  # noqa: S105  # a fake's
    oa_id: str = "2000000000000000002"
    oa_secret: str = "made-up-oa-secret"  # noqa: S105  # a fake's
    per_minute: int = 4_000
    per_day: int = 1_000_000
    processing: timedelta = timedelta(seconds=5)
    groups: dict[str, Group] = field(default_factory=dict)
    packages: tuple[str, ...] = ("goi-1", "goi-2", "goi-3")

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self._access: dict[str, datetime] = {}
        self._refresh: dict[str, datetime] = {}
        self._codes: dict[str, tuple[str, datetime]] = {}
        self._uploads: dict[str, tuple[str, datetime]] = {}
        self._minute: deque[datetime] = deque()
        self._used_packages: set[str] = set()
        self._next = len(self.taken()) + 1
        self._sent_today: tuple[Any, int] = (None, 0)
        self.refreshes = 0

    # --- tokens -------------------------------------------------------------------------

    def consent(self, challenge: str) -> str:
        """Return the code that the callback carries once an administrator has agreed."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = (challenge, self.now() + CODE_LIFE)
        return code

    def new_pair(self) -> dict[str, str]:
        """Give out a pair of tokens, as an administrator may do on the developers' page."""
        with self.lock:
            access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
            self._access[access] = self.now() + ACCESS_LIFE
            self._refresh[refresh] = self.now() + REFRESH_LIFE
        seconds = str(int(ACCESS_LIFE.total_seconds()))  # a string, as Zalo sends it
        return {"access_token": access, "refresh_token": refresh, "expires_in": seconds}

    def exchange(self, form: Mapping[str, str], secret: str) -> dict[str, str]:
        """Answer the token endpoint. A refresh token dies as it is used."""
        with self.lock:
            if secret != self.app_secret or form.get("app_id") != self.app_id:
                raise FaultError(-14004, "Invalid secret key")
            if form.get("grant_type") == "authorization_code":
                self._use_code(form)
            else:
                until = self._refresh.pop(form.get("refresh_token", ""), None)
                if until is None or until <= self.now():
                    raise FaultError(-14014, "Invalid refresh token")
                self._access.clear()
                self.refreshes += 1
            return self.new_pair()

    def _use_code(self, form: Mapping[str, str]) -> None:
        challenge, until = self._codes.pop(form.get("code", ""), ("", self.now()))
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if until <= self.now() or challenge != base64.urlsafe_b64encode(hashed).decode().rstrip(
            "="
        ):
            raise FaultError(-14003, "Invalid code")

    def void_access(self) -> None:
        """Make every access token invalid, as a change of the administrator's password does."""
        self._access.clear()

    def void_refresh(self) -> None:
        """Use up every refresh token, as another program with the same one does."""
        self._refresh.clear()

    # --- every call ---------------------------------------------------------------------

    def admit(self, token: str) -> int:
        """Count a call and check its token; return how many are left in this minute."""
        with self.lock:
            now = self.now()
            while self._minute and self._minute[0] <= now - timedelta(minutes=1):
                self._minute.popleft()
            if len(self._minute) >= self.per_minute:
                raise FaultError(-32, "Exceeded the rate limit")
            self._minute.append(now)
            until = self._access.get(token)
            if until is None:
                raise FaultError(-216, "Access token is invalid")
            if until <= now:
                raise FaultError(-220, "Access token has expired")
            return self.per_minute - len(self._minute)

    def taken(self) -> list[dict[str, Any]]:
        """Return what the log holds, in order."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def take(self, entry: dict[str, Any]) -> str:
        """Write ``entry`` durably; return its id."""
        message_id = f"{self._next:024x}"
        self._next += 1
        entry = {"message_id": message_id, "at": self.now().isoformat(), **entry}
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return message_id

    # --- groups -------------------------------------------------------------------------

    def group_message(self, body: Mapping[str, Any]) -> dict[str, Any]:
        with self.lock:
            group = self.groups.get(str(body.get("recipient", {}).get("group_id", "")))
            if group is None:
                raise FaultError(-201, "group_id is invalid")
            if not group.open:
                raise FaultError(-237, "The group has expired")
            message = body.get("message", {})
            said = self._message(message)
            self._count_day()
            entry = {"kind": "group", "group_id": group.id, **said}
            return {"message_id": self.take(entry), "group_id": group.id}

    def _message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        text = str(message.get("text", ""))
        if len(unicodedata.normalize("NFC", text)) > LONGEST_TEXT:
            raise FaultError(-201, "text is longer than 2000 characters")
        attachment = message.get("attachment")
        if attachment is None:
            if not text.strip():
                raise FaultError(-201, "text is empty")
            return {"text": text}
        payload = attachment.get("payload", {})
        if attachment.get("type") == "file":
            return {"text": text, "file": self._uploaded(str(payload.get("token", "")))}
        if payload.get("template_type") == "media":
            element = payload.get("elements", [{}])[0]
            return {"text": text, "image": self._uploaded(str(element.get("attachment_id", "")))}
        raise FaultError(-201, "attachment is invalid")

    def _count_day(self) -> None:
        day, count = self._sent_today
        today = local(self.now()).date()
        count = count if day == today else 0
        if count >= self.per_day:
            raise FaultError(-211, "Out of quota")
        self._sent_today = (today, count + 1)

    def quota(self) -> list[dict[str, Any]]:
        left = [one for one in self.packages if one not in self._used_packages]
        return [{"asset_id": one, "product_type": "gmf10", "status": "available"} for one in left]

    def create_group(self, body: Mapping[str, Any]) -> dict[str, Any]:
        with self.lock:
            package, members = str(body.get("asset_id", "")), body.get("member_user_ids", [])
            if package not in self.packages or package in self._used_packages:
                raise FaultError(-237, "asset_id is invalid")
            if not body.get("group_name") or not 1 <= len(members) <= MOST_MEMBERS:
                raise FaultError(-201, "group_name or member_user_ids is invalid")
            self._used_packages.add(package)
            group = Group(f"g{len(self.groups) + 1:03d}", str(body["group_name"]), tuple(members))
            self.groups[group.id] = group
            link = f"https://zalo.me/g/{group.id}"
            return {"group_id": group.id, "group_link": link, "name": group.name}

    def list_groups(self, offset: int, count: int) -> dict[str, Any]:
        found = list(self.groups.values())
        shown = [
            {"group_id": one.id, "name": one.name, "total_member": len(one.members)}
            for one in found[offset : offset + count]
        ]
        return {"total": len(found), "groups": shown}

    def members(self, group_id: str) -> dict[str, Any]:
        group = self.groups.get(group_id)
        if group is None:
            raise FaultError(-201, "group_id is invalid")
        return {"members": [{"id": one} for one in group.members]}

    # --- uploads ------------------------------------------------------------------------

    def upload_image(self, name: str, data: bytes) -> dict[str, str]:
        if not data.startswith((b"\x89PNG", b"\xff\xd8\xff")) or len(data) > LARGEST_IMAGE:
            raise FaultError(-201, "image must be jpg or png of at most 1 MB")
        return {"attachment_id": self._keep("image", name, data)}

    def upload_file(self, name: str, data: bytes) -> dict[str, str]:
        allowed = name.lower().endswith((".pdf", ".doc", ".docx"))
        if not allowed or len(data) > LARGEST_FILE:
            raise FaultError(-201, "file must be pdf, doc or docx of at most 5 MB")
        return {"token": self._keep("file", name, data)}

    def _keep(self, kind: str, name: str, data: bytes) -> str:
        with self.lock:
            token = f"{kind}-{secrets.token_urlsafe(12)}"
            described = f"{name} {hashlib.sha256(data).hexdigest()}"
            self._uploads[token] = (described, self.now() + UPLOAD_LIFE)
            return token

    def _uploaded(self, token: str) -> str:
        described, until = self._uploads.get(token, ("", self.now()))
        if until <= self.now():
            raise FaultError(-100, "attachment is invalid or has expired")
        return described
