"""Whatever is corrected, withdrawn and sent, in whatever order, and cut short wherever:

in the end every place has been told last what holds there, and nobody twice the same.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.commune import PASSPHRASE, make_commune

from engine.app import App, open_app
from engine.clock import SimulatedClock
from engine.errors import LoaError
from engine.ledger import Status
from engine.models import Purpose
from engine.planner.known import Known
from engine.states import State
from workers.embedded import EmbeddedRuntime

ID = "tin"
BOUNDARIES = ("approved", "way made", "held", "begun", "delivered", "recorded")


class _CutError(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Step:
    """What an official does: ``hour`` is what the text says, ``hamlets`` whom it is for."""

    what: str
    hour: int = 7
    hamlets: tuple[str, ...] = ("ap-1", "ap-2")
    cut: str = ""


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["correct", "submit", "withdraw", "send", "send"]),
        st.integers(7, 9),
        st.sampled_from([("ap-1", "ap-2"), ("ap-1",), ("ap-2",)]),
        st.sampled_from(["", "", *BOUNDARIES]),
    ),
    min_size=2,
    max_size=6,
)


def yaml_of(step: Step, number: int) -> str:
    return f"""\
id: {ID}
title: Tin báo
valid: {{from: 2026-12-01, until: 2026-12-20}}
audience: {{hamlets: [{", ".join(step.hamlets)}]}}
text: Họp lúc {step.hour} giờ.
schedule: now
channels: {{portal: {{}}, chat: {{}}}}
# {number}
"""


def act(folder: Path, step: Step, number: int) -> tuple[str, ...] | None:
    """Do it; return for whom the text is afterwards, None where it was refused."""

    def cut(name: str) -> None:
        if name == step.cut:
            raise _CutError

    try:
        with open_app(folder, boundary=cut) as app:
            return _act(app, folder, step, number)
    except LoaError:
        return None
    except _CutError:
        with open_app(folder) as app:
            latest = app.ledger.revisions.latest(ID)
            assert latest is not None
            taken = latest.status is not Status.SUBMITTED and step.what != "send"
            return (() if step.what == "withdraw" else step.hamlets) if taken else None


def _act(app: App, folder: Path, step: Step, number: int) -> tuple[str, ...] | None:
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    path = folder / "campaigns" / f"{ID}.yaml"
    if step.what == "send":
        EmbeddedRuntime(app).run()
        return None
    if step.what == "withdraw":
        app.office.withdraw(ID, "lan", f"lý do {number}")
    else:
        path.write_text(yaml_of(step, number), encoding="utf-8")
        if step.what == "correct":
            app.office.correct(ID, path, "lan", f"lý do {number}")
        else:
            app.office.submit(path, "lan")
    app.office.approve(ID, "minh", PASSPHRASE)
    return () if step.what == "withdraw" else step.hamlets


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(STEPS)
def test_everybody_is_told_last_what_holds(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = make_commune(Path(place) / "xa", {})
        with open_app(folder) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
        meant: tuple[str, ...] = ()
        hour = 0
        for number, step in enumerate([Step("submit"), *steps, Step("send")]):
            found = act(folder, step, number)
            assert number or found, "what comes first is never refused"
            if found is not None:
                meant, hour = found, step.hour if step.what != "withdraw" else hour
        with open_app(folder) as app:
            EmbeddedRuntime(app).run()
            judge(app, meant, hour)


def judge(app: App, meant: tuple[str, ...], hour: int) -> None:
    known = Known.of(ID, app.ledger, (), app.clock.now())
    for (hamlet, channel, target), told in known.told.items():
        if target == "truong-ap":  # Telegram, which nobody answers for here
            continue
        last = told[-1]
        assert last.withdrawn == (hamlet not in meant), (hamlet, channel, "who is not meant knows")
        if hamlet in meant:
            content, _needs = app.ledger.deliveries.content(last.row.content_hash)
            assert f"{hour} giờ" in content.body, (hamlet, channel, content.body)
        sent = Counter((one.row.revision, one.row.content_hash) for one in told)
        assert max(sent.values()) == 1, (hamlet, channel, "the same twice")
    reached = {(place[0], place[1]) for place in known.told}
    for hamlet in meant:
        assert {(hamlet, "portal"), (hamlet, "chat")} <= reached
    rows = app.ledger.views.deliveries(ID)
    waiting = {row.state for row in rows if row.target != "truong-ap"}
    assert not waiting & {State.HELD, State.PLANNED, State.SENDING}
    for (hamlet, channel, _target), told in known.told.items():
        first = told[0].row
        assert first.purpose in (Purpose.NOTICE, Purpose.CORRECTION), (hamlet, channel)
