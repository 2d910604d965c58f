"""Small, made-up communes and messages for tests. Every name and number here is invented."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from engine.clock import VIETNAM
from engine.models import (
    Attachment,
    Bundle,
    ChatGroup,
    Cluster,
    Commune,
    Content,
    File,
    GroupKind,
    Hamlet,
    Hours,
    HouseholdGroup,
    Pace,
    Person,
    Portal,
    PrintPoint,
    Priority,
    Purpose,
    Registry,
    Right,
    Schedule,
    StationRules,
    Team,
    TokenPair,
)

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM)

#: One text with everything that goes wrong somewhere: NFC Vietnamese, markup of every format.
AWKWARD = (
    'Thông báo: <b>tiền</b> & "thuốc" \'miễn phí\' #read("/etc/passwd") $x$ \\ @ {{ 7*7 }} '
    "*đậm* _nghiêng_ [liên kết](http://vi.du) `mã` ]]> =1+1"
)


def hamlet(number: int = 1, **changes: Any) -> Hamlet:
    values: dict[str, Any] = {
        "id": f"ap-{number}",
        "name": f"Ấp {number}",
        "households": 100 * number,
        "poor_households": 10 * number,
        "near_poor_households": 5 * number,
        "head": f"ap-{number}-head",
        "flyer_copies": 100 * number,
    }
    return Hamlet(**{**values, **changes})


def registry(hamlets: int = 4, **changes: Any) -> Registry:
    """A commune with one cluster and one group per hamlet, and one group of all heads."""
    numbers = range(1, hamlets + 1)
    ids = tuple(f"ap-{n}" for n in numbers)
    heads = tuple(Person(f"ap-{n}-head", f"Trưởng ấp {n}", f"09000000{n:02d}") for n in numbers)
    values: dict[str, Any] = {
        "commune": Commune(
            "xa-mau", "Xã Mẫu", "Tây Ninh", "Ủy ban nhân dân xã Mẫu", "0272.3000.000"
        ),
        "hamlets": tuple(hamlet(n) for n in numbers),
        "people": (
            Person("lan", "Nguyễn Thị Lan", rights=frozenset({Right.SUBMIT, Right.CONFIRM})),
            Person("minh", "Trần Văn Minh", rights=frozenset({Right.APPROVE, Right.SUBMIT})),
            *heads,
        ),
        "clusters": tuple(
            Cluster(f"cum-{n}", (f"ap-{n}",), f"Nhà văn hóa ấp {n}") for n in numbers
        ),
        "chat_groups": (
            ChatGroup(
                "truong-ap", "Nhóm trưởng ấp", "zalo", "kit", GroupKind.HEADS, ids, run_by="lan"
            ),
            *(
                ChatGroup(
                    f"nhom-ap-{n}",
                    f"Nhóm Ấp {n}",
                    "zalo",
                    "kit",
                    GroupKind.HAMLET,
                    (f"ap-{n}",),
                    run_by=f"ap-{n}-head",
                    agreed_on=date(2026, 3, 1),
                )
                for n in numbers
            ),
        ),
        "teams": (Team("to-1", "Tổ công nghệ số 1", (), ids),),
        "print_point": PrintPoint("van-phong", "Văn phòng xã"),
        "portal": Portal("cong", "Trang tin xã Mẫu", "https://xa-mau.example"),
        "station": StationRules(
            hours=(Hours(time(5, 0), time(6, 30)), Hours(time(17, 0), time(18, 30))),
            sessions_per_day=2,
            minutes_per_session=30,
        ),
    }
    return Registry(**{**values, **changes})


def content(channel: str, options: BaseModel, **changes: Any) -> Content:
    """A routine notice for ``channel``, valid for a week from NOW."""
    values: dict[str, Any] = {
        "campaign_id": "thong-bao-mau",
        "channel": channel,
        "title": "Thông báo tiêm vắc xin",
        "issuer": "Ủy ban nhân dân xã Mẫu",
        "priority": Priority.ROUTINE,
        "purpose": Purpose.NOTICE,
        "body": (
            "Mời bà con đưa trẻ đến Trạm Y tế xã lúc 7 giờ 30 ngày 05/12/2026.\n\n"
            "Khi đi mang theo sổ tiêm."
        ),
        "contact": "Trạm Y tế xã, điện thoại 0272.3000.111",
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=7),
        "households": HouseholdGroup.ALL,
        "permalink": "https://xa-mau.example/thong-bao-mau/",
        "options": options,
        "schedule": Schedule(asap=False, moments=(datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM),)),
    }
    return Content(**{**values, **changes})


def bundle(channel: str, backend: str, target: str, **changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "id": 7,
        "commune_id": "xa-mau",
        "channel": channel,
        "backend": backend,
        "target": target,
        "slot": datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM),
        "version": 1,
        "priority": Priority.ROUTINE,
    }
    return Bundle(**{**values, **changes})


@dataclass
class FakeArtifacts:
    """What ``prepare`` is given, from plain dictionaries."""

    needs: Mapping[str, File] = field(default_factory=dict)
    attachments: Mapping[str, Path] = field(default_factory=dict)
    words: Mapping[str, Content] = field(default_factory=dict)

    def need(self, channel: str) -> File | None:
        return self.needs.get(channel)

    def told(self, channel: str) -> Content | None:
        return self.words.get(channel)

    def attachment(self, sha256: str) -> Path:
        return self.attachments[sha256]


def attachment_of(path: Path, media_type: str) -> Attachment:
    """Describe a file on disk as a campaign's attachment."""
    data = path.read_bytes()
    return Attachment(path.name, media_type, hashlib.sha256(data).hexdigest(), len(data))


class FreeLimits:
    """A ``limits`` port for far sides that take everything; it keeps what was taken."""

    def __init__(self) -> None:
        self.taken: list[Pace] = []

    def take(self, *paces: Pace) -> None:
        self.taken += paces


@dataclass
class MemoryTokens:
    """The tokens port, in memory; passes the ledger's own contract tests."""

    kept: dict[str, TokenPair] = field(default_factory=dict)
    claims: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def get(self, account: str) -> TokenPair | None:
        return self.kept.get(account)

    def seed(self, account: str, pair: TokenPair) -> None:
        self._keep(account, pair)
        self.claims.pop(account, None)

    def claim(self, account: str, version: int, *, now: datetime, until: datetime) -> str | None:
        with self.lock:
            held = self.claims.get(account)
            if self.kept[account].version != version or (held is not None and held[1] > now):
                return None
            mark = secrets.token_hex(8)
            self.claims[account] = (mark, until)
            return mark

    def renew(self, account: str, claim: str, pair: TokenPair) -> bool:
        with self.lock:
            if not self._ends(account, claim):
                return False
            self._keep(account, pair)
            return True

    def refuse(self, account: str, claim: str, reason: str) -> None:
        if self._ends(account, claim):
            self.kept[account] = dataclasses.replace(self.kept[account], refused=reason)

    def give_back(self, account: str, claim: str) -> None:
        self._ends(account, claim)

    def _ends(self, account: str, claim: str) -> bool:
        if self.claims.get(account, ("",))[0] != claim:
            return False
        del self.claims[account]
        return True

    def _keep(self, account: str, pair: TokenPair) -> None:
        before = self.kept.get(account)
        version = before.version + 1 if before is not None else 1
        self.kept[account] = dataclasses.replace(pair, version=version, refused="")


@dataclass
class MemoryRemoteIds:
    """The remote_ids port, in memory; passes the ledger's own contract tests."""

    kept: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, value: str) -> None:
        self.kept[key] = value

    def set(self, key: str, value: str) -> None:
        self.kept[key] = value
