"""kill -9 at each change in the ledger: a list, or a report, is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.nursery import Nursery
from support.visits import CAMPAIGN, make_visited, open_app, sent_out

from engine.app import App
from engine.models import EvidenceKind
from engine.models.visit import Household
from engine.states import State

OLD = {("ap-2", "to-2"): 1}
NEW = {("ap-1", "to-1"): 2, ("ap-2", "to-2"): 1}


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = make_visited(tmp_path / "xa")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        with (folder / "loa.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'[ledger]\nurl = "{url}"\n')
    with open_app(folder) as app:
        sent_out(app)
        until = app.office.newest(CAMPAIGN).campaign.valid_until
        old, now = [Household("ap-2", "to-2", "Bà Cũ")], app.clock.now()
        app.ledger.visits.put_list(CAMPAIGN, old, ends_at=until, at=now, by="lan")
    return folder


def reported(app: App) -> bool:
    """Say whether a report is there; fails for a part of one."""
    kinds = [one.kind for one in app.ledger.evidence.of(CAMPAIGN)]
    words = app.ledger.relays.words(CAMPAIGN)
    state = app.ledger.views.deliveries(CAMPAIGN)[0].state
    if not kinds:
        assert (words, state) == ([], State.SENT)
        return False
    assert kinds == [
        EvidenceKind.VISITED,
        EvidenceKind.ABSENT,
        EvidenceKind.REFUSED,
        EvidenceKind.NEEDS_HELP,
    ]
    assert len(words) == 1
    assert state is State.CONFIRMED
    return True


def test_killed_at_every_change_nothing_is_half_there(workspace: Path, children: Nursery) -> None:
    log = workspace / "con.log"
    with open_app(workspace) as app:
        for what in ("import", "report"):
            deaths = 0
            for at in range(1, 40):
                child = children.start("visits_driver", [str(workspace), what, str(at)], log)
                status = child.wait(60)
                if status == 0:
                    break
                assert status == -9, log.read_text(encoding="utf-8")
                deaths += 1
                counts, done = app.ledger.visits.counts(CAMPAIGN), reported(app)
                assert counts in (OLD, NEW)
                if what == "import":
                    assert not done
            assert deaths >= 4, "it died nowhere"
        assert app.ledger.visits.counts(CAMPAIGN) == NEW
        assert reported(app)
        events = [one.to_state for one in app.ledger.views.events(CAMPAIGN)]
        assert events.count("list_imported") == 2, "the old one, and the new one once"
