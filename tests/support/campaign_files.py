"""Campaign and registry files for tests. Every name and number here is invented."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import soundfile
from pydantic import BaseModel, Field

from campaigns.loader import (
    LoadedCampaign,
    campaign_files,
    examine_campaign,
    load_campaign,
    repeated_ids,
)
from campaigns.registry_file import LoadedRegistry, load_registry
from channels.base import Options
from engine.errors import InputError, Problem
from engine.models import Registry
from support import builders
from support.pdfs import pdf


class LoudspeakerOptions(Options):
    """A channel that can play a recording and names clusters."""

    takes_recording: ClassVar[bool] = True

    clusters: tuple[str, ...] = Field((), description="Chỉ những cụm loa này.")
    repeat: int = Field(1, ge=1, le=3, description="Số lần đọc.")


class PlainOptions(Options):
    """A channel without settings of its own."""


OPTIONS: Mapping[str, type[BaseModel]] = {
    "loudspeaker": LoudspeakerOptions,
    "flyer": PlainOptions,
    "portal": PlainOptions,
    "chat": PlainOptions,
}

CAMPAIGN = """\
id: tiem-vac-xin
title: Tiêm vắc xin
valid: {until: 2026-12-08}
text: |
  Mời bà con {{ hamlet.name }} đến lúc 7 giờ.
"""

COMMUNE = """\
commune: {id: xa-mau, name: Xã Mẫu, province: Tây Ninh, office: Ủy ban nhân dân xã Mẫu}
people:
  - {id: lan, name: Lan, phone: 0900.000.001, rights: [submit, confirm]}
  - {id: minh, name: Minh, rights: approve}
hamlets:
  - id: ap-1
    name: Ấp 1
    households: 101
    poor_households: 6
    near_poor_households: 9
    head: {name: Lê Văn Một, phone: 0900000011}
    tags: [ven-song]
  - {id: ap-2, name: Ấp 2, households: 95, head: lan, flyer_copies: 7}
loudspeakers:
  - {id: cum-1, hamlets: [ap-1, ap-2], place: Chợ, volume_group: cho}
station: {hours: ["17:00-18:30", 5h-6h30], sessions_per_day: 2, minutes_per_session: 30}
chat:
  hours: "06:30-20:00"
  groups:
    - {id: heads, name: Trưởng ấp, platform: zalo, kind: heads, hamlets: all, run_by: lan}
    - id: g-1
      name: Ấp 1
      platform: telegram
      kind: hamlet
      hamlets: ap-1
      run_by: ap-1-head
      agreed_on: 01/03/2026
      address: "-100123"
flyers: {copies_per_household: "0,5", print_point: Văn phòng}
teams:
  - {id: to-1, name: Tổ 1, members: [lan, Võ Văn Ba, {name: Tư, phone: 113}], hamlets: [ap-1]}
portal: {name: Trang tin, url: "https://xa-mau.example/"}
"""

PDF = pdf()


def _ogg() -> bytes:
    """A tenth of a second of silence: a real recording, if a short one."""
    made = io.BytesIO()
    soundfile.write(made, [0.0] * 800, 8_000, format="OGG")
    return made.getvalue()


OGG = _ogg()


def load(folder: Path, text: str | bytes, registry: Registry | None = None) -> LoadedCampaign:
    """Write ``text`` as ``c.yaml`` in ``folder`` and load it at ``builders.NOW``."""
    path = folder / "c.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_campaign(path, registry or builders.registry(), OPTIONS, builders.NOW)


def faults(folder: Path, text: str | bytes, registry: Registry | None = None) -> list[Problem]:
    """Return the faults of a campaign file; none when it loads."""
    try:
        load(folder, text, registry)
    except InputError as error:
        return list(error.problems)
    return []


def told(folder: Path, text: str | bytes, registry: Registry | None = None) -> list[str]:
    """Return the faults as ``line:column: field: message``, without the file."""
    prefix = str(folder / "c.yaml")
    return [
        str(fault).removeprefix(prefix).removeprefix(":").removeprefix(" ")
        for fault in faults(folder, text, registry)
    ]


def check_campaigns(
    folder: Path, registry: Registry, options: Mapping[str, type[BaseModel]], now: datetime
) -> tuple[LoadedCampaign, ...]:
    """Read every campaign file of a folder as ``loa check`` does. Raises InputError."""
    examined = [
        examine_campaign(path, registry, options, now, finished_is_fault=False)
        for path in campaign_files(folder)
    ]
    problems = [problem for one in examined for problem in one.problems]
    problems.extend(repeated_ids(examined))
    if problems:
        raise InputError(problems)
    return tuple(one.sound() for one in examined)


def load_commune(folder: Path, text: str) -> LoadedRegistry:
    path = folder / "commune.yaml"
    path.write_text(text, encoding="utf-8")
    return load_registry(path)


def commune_told(folder: Path, text: str) -> list[str]:
    """Return the faults of a registry file as ``line:column: field: message``."""
    try:
        load_commune(folder, text)
    except InputError as error:
        return [str(p).removeprefix(f"{folder / 'commune.yaml'}:") for p in error.problems]
    return []
