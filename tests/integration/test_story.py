"""The whole story of the example commune: told, three pass it on, one does not, and who was missed.

Counted from what the far sides themselves hold: the fake Zalo's log, the kits, the visit sheet.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from support import zalo
from support.builders import NOW
from support.commune import PASSPHRASE
from support.loops import run_apart
from support.paper import text_of
from support.zalo import GROUP, FarSide

from campaigns.workspace import EXAMPLE
from channels.chat.zalo.fake.events import event
from channels.chat.zalo.signature import HEADER, signature
from engine.app import App, Communes, open_app
from engine.console.relay import relay_router
from engine.console.relay_desk import RelayDesk
from engine.console.visits import visits_router
from engine.console.visits_desk import VisitDesk
from engine.console.zalo_hook import PATH, ZaloHook, hook_router
from engine.notices.escalation import EscalationGatherer
from engine.reports.report import Report, build_report
from workers.embedded import EmbeddedRuntime

#: When and to whom things go is what these tests are about; the sounds are made once.
pytestmark = pytest.mark.usefixtures("said_once")

CAMPAIGN = "tiem-vac-xin"
STEPS = """
channels: {chat: true}
escalation:
  - after 6h without relay: remind
  - after 12h without relay: second contact
  - after 24h without relay: team visit
"""
HOUR = timedelta(hours=1)


@dataclass
class Story:
    """One clock for both ends; ``server`` is what Zalo and the phones of heads reach."""

    app: App
    far: FarSide
    hook: ZaloHook
    server: FastAPI

    def until(self, moment: datetime) -> None:
        EmbeddedRuntime(self.app).run(until=moment)
        if self.far.clock.now() < moment:
            self.far.clock.advance_to(moment)

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        answers: list[httpx.Response] = []

        async def once() -> None:
            transport = httpx.ASGITransport(self.server)
            async with httpx.AsyncClient(transport=transport, base_url="http://loa") as client:
                answers.append(await client.request(method, address, **more))

        run_apart(once())
        return answers[0]

    def writes(self, sender: str, text: str) -> None:
        """Somebody writes in the heads' group; Zalo tells it, signed."""
        world, body = self.far.world, event(self.far.world, GROUP, sender, text)
        timestamp = json.loads(body)["timestamp"]
        signed = {HEADER: signature(world.app_id, body, timestamp, world.oa_secret)}
        assert self.ask("POST", PATH, content=body, headers=signed).status_code == 200
        self.hook.understand()

    def in_group(self) -> list[str]:
        """The texts that Zalo took, oldest first."""
        return [one["text"] for one in self.far.arrived() if one.get("text")]

    def report(self) -> Report:
        return build_report(self.app.ledger, self.app.registry, CAMPAIGN, self.app.clock.now())


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with zalo.far_side(tmp_path / "zalo") as far:
        folder = Path(shutil.copytree(EXAMPLE, tmp_path / "xa"))
        registry = (folder / "commune.yaml").read_text(encoding="utf-8")
        heads = f"      platform: zalo\n      backend: zalo\n      address: {GROUP}\n"
        registry = registry.replace("      platform: zalo\n", heads, 1)
        for number, phone in ((1, "0900.000.011"), (3, "0900.000.013")):
            registry = registry.replace(phone, f'{phone}, zalo: "700{number}"')
        (folder / "commune.yaml").write_text(registry, encoding="utf-8")
        file = folder / "campaigns" / f"{CAMPAIGN}.yaml"
        file.write_text(file.read_text(encoding="utf-8") + STEPS, encoding="utf-8")
        account = far.account
        (folder / "loa.toml").write_text(
            'live = true\n[console]\npublic_url = "https://loa.vi.du"\n'
            f'[zalo.binh-hoa-hung]\napp_id = "{account.app_id}"\n'
            f'oa_id = "{account.oa_id}"\napp_secret = "{account.app_secret}"\n'
            f'oa_secret = "{far.world.oa_secret}"\napi_url = "{account.api_url}"\n'
            f'oauth_url = "{account.oauth_url}"\n',
            encoding="utf-8",
        )
        with open_app(folder, clock=far.clock) as app:
            app.ledger.tokens.seed(account.key, zalo.a_pair(far.world, far.clock))
            app.office.set_passphrase("minh", PASSPHRASE, None)
            app.office.submit(file, "lan")
            app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
            communes = Communes.only(app)
            hook, server = ZaloHook(communes), FastAPI()
            server.include_router(hook_router(hook))
            server.include_router(relay_router(RelayDesk(communes)))
            server.include_router(visits_router(VisitDesk(communes)))
            yield Story(app, far, hook, server)


def test_from_the_group_to_every_household_and_who_was_not_reached(story: Story) -> None:
    app = story.app
    story.until(NOW + HOUR)
    told = story.in_group()
    assert [one[:5] for one in told] == ["(1/2)", "(2/2)"]

    story.writes("7001", "Dạ Ấp 1 đã chuyển 300 hộ")
    story.writes("7003", "đã báo 280 hộ")
    story.until(NOW + 2 * HOUR)
    link = app.ledger.relays.link(CAMPAIGN, "ap-2-head", at=NOW, until=NOW + 99 * HOUR)
    address = f"/r/{app.ledger.relays.token(link)}"
    assert "Ấp 2: 8 giờ 00" in story.ask("GET", address).text.replace("dành cho ", "")
    form = {"what": "relayed", "households": "350", "way": "group"}
    assert story.ask("POST", f"{address}/ap-2", data=form).status_code == 303

    story.until(NOW + 6 * HOUR)
    *first, reminder = story.in_group()
    assert first == told
    assert reminder.startswith("NHẮC LẠI – Trạm Y tế xã Bình Hòa Hưng")
    assert "Ấp 4:\nXã chưa thấy tin báo đã chuyển" in reminder
    assert not re.search(r"Ấp [123]\b", reminder)

    story.until(NOW + 12 * HOUR)
    (kit,) = (app.outbox / "chat" / "rieng--hoa").rglob("*.txt")
    asked = kit.read_text(encoding="utf-8")
    assert "Nhờ anh chị chuyển giúp" in asked
    assert "10 giờ 00" in asked
    own = re.search(r"/r/\S+$", asked)
    assert own is not None
    assert story.ask("GET", own[0]).status_code == 200
    (waiting,) = EscalationGatherer(app.ledger).gather(app.clock.now())
    assert waiting.facts["hamlets"] == "ap-4"

    story.until(NOW + 24 * HOUR)
    (sheet,) = (app.outbox / "team").rglob("*.pdf")
    assert sheet.parent.name == "to-cong-nghe-so-4"
    assert "Ấp 4" in text_of(sheet.read_bytes())
    team = app.ledger.visits.link(CAMPAIGN, sheet.parent.name, at=NOW, until=NOW + 99 * HOUR)
    address = f"/t/{app.ledger.visits.token(team)}"
    results = {"by": f"{sheet.parent.name}-1", "visited": "120", "absent": "30", "refused": "2"}
    assert story.ask("POST", f"{address}/ap-4", data=results).status_code == 303

    found = story.report()
    assert [(one.hamlet.hamlet_id, one.missing) for one in found.unreached] == [
        ("ap-4", 220),
        ("ap-1", 112),
        ("ap-3", 15),
        ("ap-2", 18),
    ]
    assert {one.hamlet_id: one.covered.lower for one in found.coverage.hamlets} == {
        "ap-1": 300,
        "ap-2": 350,
        "ap-3": 280,
        "ap-4": 120,
    }
    steps = [(one.hamlet_id, one.act, one.state) for one in found.escalation]
    assert [one for one in steps if one[0] == "ap-4"] == [
        ("ap-4", "told", "sent"),
        ("ap-4", "remind", "sent"),
        ("ap-4", "second_contact", "sent"),
        ("ap-4", "team_visit", "confirmed"),
    ]
    others = {state for hamlet, act, state in steps if hamlet != "ap-4" and act != "told"}
    assert others == {"cancelled"}
    story.until(NOW + 72 * HOUR)
    assert len(story.in_group()) == 3, "nobody was asked once more"
