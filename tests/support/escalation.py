"""A small commune whose heads are asked to pass things on. Every name is invented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.app import App, open_app
from engine.clock import VIETNAM, SimulatedClock, local
from engine.dispatch.confirming import Word, confirm
from engine.ledger import DeliveryRow
from engine.ledger.escalations import StepRow
from engine.models import Priority
from engine.states import State
from support.commune import _REGISTRY, NOTICE, PASSPHRASE, make_commune
from workers.embedded import EmbeddedRuntime

CAMPAIGN = "tiem-phong"
MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 12, 1, tzinfo=VIETNAM)
STEPS = """\
escalation:
  - after 6h without relay: remind
  - {after: 12h, do: second_contact}
  - {after: 24h, do: team_visit}
"""
CHASED = NOTICE + "channels: {chat: true}\n" + STEPS

#: Two heads in a group that a person forwards to by hand, a deputy each, and a team.
COMMUNE = (
    _REGISTRY.replace("platform: telegram\n", "platform: zalo\n      backend: kit\n", 1)
    .replace("people:\n", "people:\n  - {id: phu, name: Giả Phụ}\n  - {id: pho, name: Giả Phó}\n")
    .replace("head: {name: Giả Hai}}", "head: {name: Giả Hai}, deputies: [phu]}")
    .replace("    tags: [ven-song]\n", "    deputies: [pho]\n")
    .replace(
        "portal:",
        "teams:\n  - {id: to-1, name: Tổ 1, members: [{name: Giả Ba}], hamlets: [ap-1, ap-2]}\n"
        "portal:",
    )
)


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


@dataclass
class Chase:
    """A campaign that was sent to the heads at 06:00, on a simulated clock."""

    app: App

    def run(self, until: datetime) -> None:
        """Let time pass, and everything be done that falls due."""
        EmbeddedRuntime(self.app).run(until=until)
        clock = self.app.clock
        assert isinstance(clock, SimulatedClock)
        if clock.now() < until:
            clock.advance_to(until)

    def skip_to(self, moment: datetime) -> None:
        """Let time pass while nothing runs."""
        clock = self.app.clock
        assert isinstance(clock, SimulatedClock)
        clock.advance_to(moment)

    def send_only(self) -> None:
        """Send what is due, and look at nothing else: whoever should have, died."""
        now, leases = self.app.clock.now(), self.app.ledger.leases
        due = [
            one.id
            for priority in Priority
            for one in leases.take_due(
                now, priority, holder="x", until=now + MINUTE, rehearse=(), limit=99
            )
        ]
        self.app.sender.send(due, holder="x")

    def say(self, hamlet: str, by: str, households: int | None = None, **more: bool) -> None:
        word = Word(CAMPAIGN, hamlet, "chat", by, households, **more)
        confirm(self.app.ledger, self.app.registry, word, self.app.clock.now())

    def steps(self, hamlet: str = "") -> list[StepRow]:
        found = self.app.ledger.escalations.steps(CAMPAIGN)
        return [one for one in found if hamlet in ("", one.hamlet_id)]

    def shown(self, hamlet: str = "") -> list[str]:
        """Each step as ``ap-1 remind 12:00 planned``, in order of slots, then hamlets."""
        ordered = sorted(self.steps(hamlet), key=lambda one: (one.slot, one.hamlet_id))
        return [
            f"{one.hamlet_id} {one.step.do} {local(one.slot):%d %H:%M} {one.state}"
            for one in ordered
        ]

    def rows(self, *states: State) -> list[DeliveryRow]:
        rows = self.app.ledger.views.deliveries(CAMPAIGN, replaced=True)
        return [row for row in rows if row.state in states or not states]

    def texts(self, target: str) -> list[str]:
        """What lies in the outbox for one group or person, oldest first."""
        folder = self.app.outbox / "chat" / target
        return [path.read_text("utf-8") for path in sorted(folder.rglob("*.txt"))]

    def reasons(self, hamlet: str) -> list[str]:
        return [one.reason for one in self.steps(hamlet)]


@contextmanager
def chased(
    folder: Path,
    campaign: str = CHASED,
    *,
    registry: str = COMMUNE,
    settings: str = "",
    until: datetime | None = None,
    **more: bool,
) -> Iterator[Chase]:
    """Yield a campaign that was approved, and run until 08:00, when the heads have it."""
    make_commune(folder, {CAMPAIGN: campaign}, registry=registry, **more)
    with (folder / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(f'[console]\npublic_url = "https://loa.xa-mau.vi.du"\n{settings}')
    with open_app(folder) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(folder / "campaigns" / f"{CAMPAIGN}.yaml", "lan")
        app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
        chase = Chase(app)
        chase.run(until or at(8))
        yield chase
