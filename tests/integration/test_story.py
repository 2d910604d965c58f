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
from click.testing import CliRunner
from fastapi import FastAPI
from support import zalo
from support.builders import NOW
from support.commune import PASSPHRASE
from support.loops import run_apart
from support.paper import in_grey, scanned, text_of
from support.zalo import GROUP, FarSide

from campaigns.workspace import EXAMPLE
from channels.chat.zalo.fake.events import event
from channels.chat.zalo.signature import HEADER, signature
from engine.app import App, Communes, open_app
from engine.cli.main import build
from engine.console.relay import relay_router
from engine.console.relay_desk import RelayDesk
from engine.console.visits import visits_router
from engine.console.visits_desk import VisitDesk
from engine.console.zalo_hook import PATH, ZaloHook, hook_router
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

    def reads(self, *command: str) -> str:
        """What an official reads when he asks by a command, on one line."""
        done = CliRunner().invoke(build(), [*command, "-w", str(self.app.workspace)])
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    monkeypatch.setenv("LOA_LANG", "vi")
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
            'live = true\n[clock]\nsimulated = "2026-12-01T08:00:00+07:00"\n[console]\npublic_url = "https://loa.vi.du"\n'
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
    links = story.reads("relay", "links", CAMPAIGN)
    named = re.search(r": Ấp 2 https://loa.vi.du(/r/\S+)", links)
    assert named is not None, "the official sends each head his own link"
    address = named[1]
    assert "Ấp 2: 8 giờ 00" in story.ask("GET", address).text.replace("dành cho ", "")
    form = {"what": "relayed", "households": "350", "way": "group"}
    assert story.ask("POST", f"{address}/ap-2", data=form).status_code == 303
    assert "350" in story.ask("GET", address).text, "the head sees what he has said"

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
    assert "10 giờ 00" in story.ask("GET", own[0]).text
    waiting = story.reads("notices")
    assert "tin gửi riêng cho một người đã soạn xong từ 20:00 01/12/2026, về ap-4:" in waiting
    assert "gửi tin trong outbox/chat/rieng--…, hoặc gọi điện" in waiting
    assert not re.search(r"ap-[123]\b", waiting)

    story.until(NOW + 24 * HOUR)
    (sheet,) = (app.outbox / "team").rglob("*.pdf")
    assert sheet.parent.name == "to-cong-nghe-so-4"
    assert "Ấp 4" in text_of(sheet.read_bytes())
    (code,) = scanned(in_grey(sheet.read_bytes()))
    address = code.removeprefix("https://loa.vi.du")
    page = story.ask("GET", address).text
    member = re.search(r'<option value="(to-cong-nghe-so-4-1)">', page)
    assert member is not None, "the team reports by the code on its sheet"
    results = {"by": member[1], "visited": "120", "absent": "30", "refused": "2"}
    assert story.ask("POST", f"{address}/ap-4", data=results).status_code == 303
    assert "gặp 120, vắng 30, từ chối 2" in story.ask("GET", address).text

    shown = story.reads("escalation", CAMPAIGN)
    others, fourth = shown[: shown.index("Ấp 4")], shown[shown.index("Ấp 4") :]
    for step, done in (
        ("14:00 01/12/2026 nhắc trưởng ấp", "đã gửi: 6 giờ chưa thấy chuyển"),
        ("20:00 01/12/2026 nhờ người thứ hai", "đã gửi: 12 giờ chưa thấy chuyển"),
        ("08:00 02/12/2026 tổ đến tận nhà", "đã xác nhận: 24 giờ chưa thấy chuyển"),
    ):
        assert re.search(rf"{step} \(\S+\): {done}", fourth), step
        stopped = re.findall(rf"{step} \(\S+\): đã hủy: không cần nữa: đã chuyển tin đến", others)
        assert len(stopped) == 3, "the others had said that it was passed on"

    story.reads("report", CAMPAIGN)
    leader = text_of((app.workspace / "reports" / CAMPAIGN / "leader.pdf").read_bytes())
    missed = " ".join(leader[leader.index("Nơi chưa nhận được") :].split())
    told_in_order = [
        "Ấp 4, 220 hộ chưa chắc nhận được: chỉ chắc chắn 120 trên 340 hộ",
        "Ấp 1, 112 hộ chưa chắc nhận được: chỉ chắc chắn 300 trên 412 hộ",
        "Ấp 3, 15 hộ chưa chắc nhận được: chỉ chắc chắn 280 trên 295 hộ",
        "Ấp 2, 18 hộ chưa chắc nhận được: chỉ chắc chắn 350 trên 368 hộ",
    ]
    places = [missed.find(words) for words in told_in_order]
    assert -1 not in places, missed
    assert places == sorted(places), "worst first"
    assert "1.050" in leader, "of 1.415 households: 300, 350, 280 and 120"
    story.until(NOW + 72 * HOUR)
    assert len(story.in_group()) == 3, "nobody was asked once more"
