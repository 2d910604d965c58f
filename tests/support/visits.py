"""A small commune with two teams, a campaign that sends them out, and a made-up private list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.app import App, open_app
from support.commune import _REGISTRY, PASSPHRASE, make_commune
from workers.embedded import EmbeddedRuntime

CAMPAIGN = "tham-ho"

REGISTRY = (
    _REGISTRY
    + """\
teams:
  - id: to-1
    name: Tổ Một
    hamlets: [ap-1]
    members: [{name: Giả An}, {name: Giả Bích}]
  - {id: to-2, name: Tổ Hai, hamlets: [ap-2], members: [{name: Giả Châu}]}
"""
)

VISITS = """\
id: tham-ho
title: Thăm hộ nghèo
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Xã
text: Hỏi thăm bà con {{ hamlet.name }}.
channels:
  team: {households: poor, by: 03/12/2026, list: rieng.csv}
"""

#: In no other test, and in no file that Loa brings: what must not be found anywhere.
NAME = "Bà Quỳnh Anh Thư Bịa"

LIST = f"""\
Ấp,Họ tên,Địa chỉ,Điện thoại,Lý do
Ấp 1,{NAME},Bờ kênh số 7,0900.000.777,Sống một mình
ap-1,Ông Giả Hai,Cầu ranh,,
ap-2,Bà Giả Ba,Chợ,,Đau chân
"""


def make_visited(folder: Path, **more: Any) -> Path:
    """Write the workspace, with the private list beside it."""
    workspace = make_commune(folder, {CAMPAIGN: VISITS}, registry=REGISTRY, **more)
    (folder.parent / "rieng.csv").write_text(LIST, encoding="utf-8")
    return workspace


def sent_out(app: App) -> App:
    """Approve the campaign and let its sheets leave."""
    app.office.set_passphrase("minh", PASSPHRASE, None)
    app.office.submit(app.workspace / "campaigns" / f"{CAMPAIGN}.yaml", "lan")
    app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
    EmbeddedRuntime(app).run()
    return app


__all__ = ["CAMPAIGN", "LIST", "NAME", "VISITS", "make_visited", "open_app", "sent_out"]
