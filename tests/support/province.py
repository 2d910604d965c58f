"""A commune served by several processes through a real Redis, and what reached its far sides."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from engine.app import App, open_app
from engine.clock import SimulatedClock
from engine.files import write_atomic
from engine.ledger import DeliveryRow
from engine.ledger.copying import copy_commune
from engine.states import SETTLED, State
from support.commune import PASSPHRASE, files_below, make_commune
from support.dispatching import check_chains
from support.fake_telegram import TOKEN, FakeTelegram, said
from support.nursery import Child, Nursery
from support.redis_server import RedisServer, wait_until
from support.servers import Postgres
from support.service_driver import START, RunningClock, skip_file
from support.signboard import BUILDERS, Signboard, far_side

#: How long before its slot everything was approved.
BEFORE = timedelta(minutes=10)

#: Waits that are longer than this are not waited for: the clocks jump.
SOON = timedelta(seconds=3)

HAMLETS = 6

#: Bundles that one worker may have in hand where neither asking nor repeating is possible: one
#: for each of its threads (emergency, important, two routine ones).
IN_FLIGHT = 4

REGISTRY = f"""\
commune: {{id: xa-mau, name: Xã Mẫu, province: Tây Ninh, office: Ủy ban nhân dân xã Mẫu}}
people:
  - {{id: lan, name: Nguyễn Thị Lan, rights: [submit, confirm]}}
  - {{id: minh, name: Trần Văn Minh, rights: [approve, submit]}}
hamlets:
{
    "".join(
        f'''
  - {{id: ap-{n}, name: Ấp {n}, households: 100, head: {{name: Giả {n}}}}}'''
        for n in range(1, HAMLETS + 1)
    )
}
loudspeakers:
  - {{id: cum-1, hamlets: [ap-1]}}
  - {{id: cum-2, hamlets: ["*"]}}
station: {{hours: ["05:00-06:30", "17:00-18:30"], sessions_per_day: 2, minutes_per_session: 30}}
chat:
  groups:
{
    "".join(
        f'''
    - {{id: tele-{n}, name: Nhóm báo Ấp {n}, platform: telegram, kind: hamlet, hamlets: [ap-{n}],
       run_by: ap-{n}-head, agreed_on: 2026-03-01, address: "-100{n}"}}
    - {{id: zalo-{n}, name: Nhóm Ấp {n}, platform: zalo, kind: hamlet, hamlets: [ap-{n}],
       run_by: ap-{n}-head, agreed_on: 2026-03-01}}'''
        for n in range(1, HAMLETS + 1)
    )
}
flyers: {{copies_per_household: 1, print_point: {{id: van-phong, name: Văn phòng}}}}
portal: {{id: cong, name: Trang tin xã Mẫu, url: "https://xa-mau.example"}}
"""

CAMPAIGNS = {
    "tiem-phong": """\
id: tiem-phong
title: Tiêm phòng
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trạm Y tế
text: Tiêm phòng lúc 7 giờ.
schedule: {dates: [2026-12-01], times: ["06:10"]}
""",
    "bao-lu": """\
id: bao-lu
title: Lũ lên
priority: emergency
valid: {from: 2026-12-01, until: 2026-12-03}
contact: Xã
text: Nước lên nhanh.
schedule: now
""",
}


class Province:
    """Processes around one workspace. ``with`` ends those that still run."""

    def __init__(self, workspace: Path, redis: RedisServer, nursery: Nursery) -> None:
        self.workspace = workspace
        self.redis = redis
        self._nursery = nursery
        self._since = time.time()
        self._skipped = timedelta(0)
        self._children: list[Child] = []

    def again(self) -> Province:
        """Return the same workspace on the same clock, with nobody at work."""
        other = Province(self.workspace, self.redis, self._nursery)
        other._since, other._skipped = self._since, self._skipped
        return other

    def start(self, role: str, *options: str) -> Child:
        """Start a worker or a scheduler. ``options``: see service_driver."""
        arguments = [role, str(self.workspace), self.redis.url, repr(self._since), *options]
        child = self._nursery.start("service_driver", arguments, self.workspace / f"{role}.log")
        self._children.append(child)
        return child

    def log(self, role: str) -> str:
        file = self.workspace / f"{role}.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def told(self, role: str, words: str) -> None:
        """Wait until a process has said something."""
        wait_until(lambda: words in self.log(role), f"{role}: {words}")

    @contextmanager
    def opened(self) -> Iterator[App]:
        clock = RunningClock(self._since, skipped=skip_file(self.workspace))
        with open_app(self.workspace, clock=clock, builders=BUILDERS) as app:
            yield app

    def wait_until_settled(self, *, but: str = "") -> None:
        """Wait; when all that is left has to wait for its time, let every clock jump there.

        ``but``: a channel that is not waited for.
        """
        with self.opened() as app:
            wait_until(lambda: self._is_settled(app, but), "all settled")

    def jump(self, time: timedelta) -> None:
        """Let every clock jump; when nothing is being sent, or leases run out meanwhile."""
        self._skipped += time
        write_atomic(skip_file(self.workspace), str(self._skipped.total_seconds()).encode())

    def _is_settled(self, app: App, but: str) -> bool:
        # In this order: what waits now and is begun meanwhile is found being sent, or sent.
        due = app.ledger.bundles.next_moment(rehearse=())
        states = {state for channel, state in app.ledger.views.counts() if channel != but}
        ahead = due - app.clock.now() if due is not None else timedelta(0)
        if State.SENDING not in states and ahead > SOON:
            self.jump(ahead)
        return states <= SETTLED

    def __enter__(self) -> Province:
        return self

    def __exit__(self, *_exc: object) -> None:
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait(timeout=60)


def rows_of(app: App) -> list[DeliveryRow]:
    campaigns = app.ledger.revisions.campaign_ids()
    return [row for one in campaigns for row in app.ledger.views.deliveries(one)]


@dataclass(frozen=True)
class Arrived:
    """What is at the far sides: files by name, messages and signboard texts by place."""

    files: dict[str, bytes]
    messages: Counter[tuple[str, str]]
    boards: Counter[tuple[str, str]]


class Bench:
    """Templates with everything approved and rendered, and what a calm run leaves behind."""

    def __init__(
        self,
        folder: Path,
        server: FakeTelegram,
        redis: RedisServer,
        postgres: Postgres,
        nursery: Nursery,
    ) -> None:
        self._folder = folder
        self._server = server
        self._postgres = postgres
        self._nursery = nursery
        self._seen = 0
        self._template = make_commune(
            folder / "template", CAMPAIGNS, telegram=server.base_url, token=TOKEN, registry=REGISTRY
        )
        self._approve()
        self._database = postgres.make_database()
        copy_commune(self._template / "loa.db", postgres.url(self._database))
        with self.province("calm", "sqlite", redis) as calm:
            calm.start("scheduler")
            calm.start("worker")
        self.expected = self._arrived(calm.workspace)
        shutil.copytree(
            calm.workspace / "artifacts", self._template / "artifacts", dirs_exist_ok=True
        )

    def _approve(self) -> None:
        clock = SimulatedClock(START - BEFORE)
        with open_app(self._template, clock=clock, builders=BUILDERS) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
            for file in sorted((self._template / "campaigns").glob("*.yaml")):
                app.office.submit(file, "lan")
                app.office.approve(file.stem, "minh", PASSPHRASE)
                clock.advance_to(clock.now() + timedelta(minutes=1))  # bundles of its own

    @contextmanager
    def province(self, name: str, ledger: str, redis: RedisServer) -> Iterator[Province]:
        """Processes around a fresh workspace; it ends when all is settled.

        What the far side was told to do badly ends with it, and what it got before is not asked
        about any more.
        """
        self._seen = len(self._server.accepted())
        with Province(self._fresh(name, ledger), redis, self._nursery) as made:
            try:
                yield made
                made.wait_until_settled()
            finally:
                self._server.let_go()

    def _fresh(self, name: str, ledger: str) -> Path:
        """Return a workspace in which nothing has been sent, on a ledger of this kind."""
        folder = self._folder / f"{name.replace(' ', '-')}-{ledger}"
        workspace = Path(shutil.copytree(self._template, folder))
        if ledger == "postgresql":
            (workspace / "loa.db").unlink()
            url = self._postgres.url(self._postgres.make_database(self._database))
            with (workspace / "loa.toml").open("a") as settings:
                settings.write(f'[ledger]\nurl = "{url}"\n')
        return workspace

    def check(self, province: Province, *, doubtful: int = 0) -> None:
        """Compare what is at the far sides with a run that nobody disturbed.

        At most ``doubtful`` deliveries may be uncertain, all of them on Telegram, which can
        neither be asked nor recognise a repetition.
        """
        arrived = self._arrived(province.workspace)
        assert arrived.files == self.expected.files
        assert arrived.boards == self.expected.boards
        assert not arrived.messages - self.expected.messages, "doubled, or written by nobody"
        missing = self.expected.messages - arrived.messages
        with province.opened() as app:
            rows = rows_of(app)
            uncertain = [row for row in rows if row.state is State.UNCERTAIN]
            assert {row.state for row in rows} <= {State.SENT, State.UNCERTAIN}
            assert all(row.target.startswith("tele-") for row in uncertain)
            assert len(uncertain) <= doubtful, [row.reason for row in uncertain]
            told = {(f"-100{row.target[5:]}", row.campaign_id) for row in uncertain}
            told |= {(chat, "") for chat, _campaign in told}
            assert {(chat, _campaign_of(text)) for chat, text in missing} <= told, "lost"
            ends = check_chains(app.ledger.views.events())
            assert ends == {row.id: row.state for row in rows}

    def _arrived(self, workspace: Path) -> Arrived:
        """What lies in the outbox, and what came to the far sides since the last province began.

        Left out are the moment at which the site was last looked after, and what a killed
        process left under a hidden name. Which of two posts of one moment came first is
        chance, and the archive and the search keep their posts in that order.
        """
        everything = [(one["chat_id"], said(one)) for one in self._server.accepted()]
        messages = Counter(everything[self._seen :])
        taken = far_side(workspace).taken
        return Arrived(
            files={
                name: _whatever_came_first(name, data)
                for name, data in files_below(workspace / "outbox").items()
                if not Path(name).name.startswith(".")
                and name != "portal/site.json"
                and Path(name).parts[0] != Signboard.name
            },
            messages=messages,
            boards=Counter((line["target"], text) for line in taken for text in line["texts"]),
        )


def _whatever_came_first(name: str, data: bytes) -> bytes:
    """Return a file such that the order in which posts came makes no difference."""
    parts = Path(name).parts
    if ("tim-kiem" in parts and name.endswith(".js")) or parts[-1] == "catalogue.json":
        return b""  # posts by number: that it is there is all that can be compared
    listed = "tat-ca" in parts or parts[-1].startswith("sitemap-")
    return b"\n".join(sorted(data.splitlines())) if listed else data


def _campaign_of(text: str) -> str:
    """Tell a message's campaign by its words; "" for a picture, which has none of either."""
    if ".png" in text:
        return ""
    return "bao-lu" if "Nước lên nhanh" in text else "tiem-phong"
