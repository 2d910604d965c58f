"""Alerts and all-clears: written as campaign files, submitted, and approved with two keys.

Each step can be the last before a crash: asked again, what is there goes on, and the same
words never become a second alert while the first waits or is on air.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from campaigns.alert_file import Wanted, alert_id, alert_yaml, all_clear_id
from campaigns.loader import LoadedCampaign
from engine.boundary import Boundary
from engine.clock import Clock, local
from engine.errors import InputError, LoaError, Problem
from engine.files import alone, write_atomic
from engine.i18n import gettext as _
from engine.ledger import Revision, Status

#: Held while an alert of a workspace is being given.
LOCK = ".loa-alert.lock"

_ALIVE = (Status.APPROVED, Status.OPEN)


class Stage(StrEnum):
    """How far something has come."""

    NEW = "new"
    WRITTEN = "written"
    WAITING = "waiting"
    ON_AIR = "on_air"


@dataclass(frozen=True, slots=True)
class Standing:
    """One alert or all-clear: its id, its file, and how far it has come.

    ``unproved``: why what would be heard failed its proof, when it was submitted.
    """

    campaign_id: str
    path: Path
    stage: Stage
    revision: Revision | None = None
    unproved: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """Two people who are there, and their passphrases."""

    first: str
    approver: str
    second: str


class Desk(Protocol):
    """The office that takes an alert: a commune's, or a province's for its communes."""

    def latest(self, campaign_id: str) -> Revision | None: ...

    def load(self, path: Path) -> LoadedCampaign: ...

    def check(self, path: Path, by: str) -> None:
        """Raise what submitting the file would."""
        ...

    def submit(self, path: Path, by: str) -> str:
        """Return why what would be heard failed its proof; nothing when it did not."""
        ...

    def approve(self, campaign_id: str, keys: Keys) -> None: ...


class Alerts:
    """Gives alerts and ends them, in one workspace."""

    def __init__(self, desk: Desk, *, workspace: Path, clock: Clock, boundary: Boundary) -> None:
        self._desk = desk
        self._workspace = workspace
        self._clock = clock
        self._boundary = boundary

    def give(self, wanted: Wanted, by: str, keys: Keys | None, *, again: bool) -> Standing:
        """Write, submit and, with two keys, approve an alert; go on where one was cut short.

        ``again``: say the same words anew although they are on air. Raises InputError for the
        words, LoaError for the same words on air or waiting, a person, or a rule.
        """
        with self._alone():
            found = self._standing(wanted, again=again)
            if found.stage is Stage.ON_AIR:
                raise LoaError(on_air_already(found))
            return self._go_on(found, wanted, by, keys)

    def give_file(self, path: Path, by: str, keys: Keys | None) -> Standing:
        """Do so with a campaign file. Raises InputError, LoaError as ``give``."""
        loaded = self._desk.load(path)
        with self._alone():
            latest = self._desk.latest(loaded.campaign.id)
            same = latest is not None and latest.source_sha256 == loaded.sha256
            stage = _stage(latest) if same else None
            found = Standing(loaded.campaign.id, path, stage or Stage.WRITTEN, latest)
            if found.stage is Stage.ON_AIR:
                raise LoaError(on_air_already(found))
            return self._go_on(found, None, by, keys)

    def end(self, alert: Revision, wanted: Wanted, by: str, keys: Keys | None) -> Standing:
        """Give the all-clear of ``alert``; one that was given already is returned as it is."""
        with self._alone():
            for found in self._numbered(all_clear_id(alert.campaign_id)):
                told = found.revision
                if found.stage is Stage.ON_AIR and told is not None and not _after(alert, told):
                    return found
                if found.stage is not Stage.ON_AIR:
                    return self._go_on(found, wanted, by, keys)
        raise AssertionError("numbers do not end")

    def _go_on(
        self, found: Standing, wanted: Wanted | None, by: str, keys: Keys | None
    ) -> Standing:
        """Do what is left to do."""
        stage, latest, unproved = found.stage, found.revision, ""
        if stage is Stage.NEW:
            assert wanted is not None
            self._write(found, wanted, by)
            self._boundary("alert written")
        if stage in (Stage.NEW, Stage.WRITTEN):
            unproved = self._desk.submit(found.path, by)
            self._boundary("alert submitted")
        elif latest is not None and keys is None:
            raise LoaError(waits_already(found))
        elif latest is not None and latest.submitted_by != by:
            message = _("{campaign} waits for approval and was submitted by {person}, not by {by}")
            raise LoaError(
                message.format(campaign=found.campaign_id, person=latest.submitted_by, by=by)
            )
        if keys is not None:
            self._desk.approve(found.campaign_id, keys)
        done = Stage.WAITING if keys is None else Stage.ON_AIR
        latest = self._desk.latest(found.campaign_id)
        return Standing(found.campaign_id, found.path, done, latest, unproved)

    def _standing(self, wanted: Wanted, *, again: bool) -> Standing:
        """Find the same words, today's or yesterday's; else where new ones belong."""
        now = self._clock.now()
        for found in self._numbered(alert_id(wanted, now - timedelta(days=1))):
            if found.stage is Stage.NEW:
                break
            live = found.stage is Stage.WAITING or (found.stage is Stage.ON_AIR and not again)
            if live and self._holds(found):
                return found
        for found in self._numbered(alert_id(wanted, now)):
            passed = found.stage is Stage.ON_AIR and (again or not self._holds(found))
            if found.stage is Stage.WRITTEN:
                passed = not self._is_of_now(found.path)
            if found.stage is Stage.WAITING:
                passed = not self._holds(found)
            if not passed:
                return found
        raise AssertionError("numbers do not end")

    def _numbered(self, name: str) -> Iterable[Standing]:
        """Yield what is there under ``name``, ``name-2`` …, and at last where nothing is."""
        for number in itertools.count(1):
            campaign_id = name if number == 1 else f"{name}-{number}"
            path = self._workspace / "campaigns" / f"{campaign_id}.yaml"
            latest = self._desk.latest(campaign_id)
            if latest is None:
                stage = Stage.WRITTEN if path.exists() else Stage.NEW
                yield Standing(campaign_id, path, stage)
            elif (found := _stage(latest)) is not None:
                yield Standing(campaign_id, path, found, latest)

    def _holds(self, found: Standing) -> bool:
        revision = found.revision
        return revision is not None and revision.campaign.valid_until >= self._clock.now()

    def _is_of_now(self, path: Path) -> bool:
        """Say whether a file that was never submitted could be submitted now."""
        try:
            self._desk.load(path)
        except InputError:
            return False
        return True

    def _write(self, found: Standing, wanted: Wanted, by: str) -> None:
        """Write the file, once it is known to be in order; nothing is left of one that is not."""
        data = alert_yaml(found.campaign_id, wanted, self._clock.now())
        with tempfile.TemporaryDirectory() as folder:
            trial = Path(folder) / found.path.name
            trial.write_bytes(data)
            try:
                self._desk.check(trial, by)
            except InputError as error:
                raise InputError([_as_typed(problem) for problem in error.problems]) from error
        write_atomic(found.path, data)

    def _alone(self) -> _Alone:
        return _Alone(self._workspace / LOCK)


class _Alone:
    """Holds the lock of alerts. Raises LoaError while somebody else has it."""

    def __init__(self, lock: Path) -> None:
        self._held = alone(lock)

    def __enter__(self) -> None:
        try:
            self._held.__enter__()
        except BlockingIOError as error:
            message = _("somebody else is giving an alert at this moment; look: loa status")
            raise LoaError(message) from error

    def __exit__(self, *exc: object) -> None:
        self._held.__exit__(None, None, None)


def on_air_already(found: Standing) -> str:
    """Say since when the same is on air, and what may be done about it."""
    revision = found.revision
    assert revision is not None
    assert revision.approved_at is not None
    message = _(
        "the same text is on air since {since} ({campaign}); to end it: loa all-clear {campaign};"
        " to say it anew all the same: --again"
    )
    since = f"{local(revision.approved_at):%H:%M %d/%m/%Y}"
    return message.format(since=since, campaign=found.campaign_id)


def waits_already(found: Standing) -> str:
    """Say since when the same waits, and for what."""
    assert found.revision is not None
    message = _(
        "the same waits for approval since {since}; it goes out with:"
        " loa approve {campaign} --by PERSON"
    )
    since = f"{local(found.revision.submitted_at):%H:%M %d/%m/%Y}"
    return message.format(since=since, campaign=found.campaign_id)


def _stage(latest: Revision | None) -> Stage | None:
    """Return how far a revision has come; None when it is over."""
    if latest is None:
        return None
    if latest.status is Status.SUBMITTED:
        return Stage.WAITING
    return Stage.ON_AIR if latest.status in _ALIVE else None


def _after(alert: Revision, told: Revision) -> bool:
    """Say whether the alert was approved anew after its all-clear."""
    if alert.approved_at is None or told.approved_at is None:
        return False
    return alert.approved_at > told.approved_at


def _as_typed(problem: Problem) -> Problem:
    """Return a fault of what was typed: the file that it would have become is not there."""
    return Problem(_("what was typed"), 0, 0, problem.field, problem.message)
