"""The kind ``liquidsoap``: a station script that airs through Icecast, one for each cluster.

Its folder holds what is to air, its socket says what it took and what it played. Both are
described in docs/station-on-air.md, the script is ``deploy/station/station.liq``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.names import is_plain
from channels.loudspeaker.players.contents import whole
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.reasons import in_words
from channels.loudspeaker.players.station_plan import Limits, Plan, plan_of
from channels.loudspeaker.players.station_socket import ask
from engine.clock import Clock, SystemClock
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Priority, Receipt
from engine.models.play import Play, play_from

#: Seconds until a station must have read what was put before it; it looks ten times a second.
_TAKEN_WITHIN = 10.0

#: Seconds between two looks.
_MEANWHILE = 0.05

#: Which release of the script this speaks with.
_SPOKEN = 1


class LiquidsoapBackend:
    """Hands programmes to a cluster's station, which waits for their time by itself.

    ``places`` are the stations' folders, ``sockets`` their sockets on this machine. A programme
    counts as handed over when its station says that it holds it; if it does not, nothing of it
    stays, so that nothing airs of which the ledger knows nothing. Sounds lie by their hash, so
    the same programme twice has the effect of once. Programmes of more than ``keep_days`` days
    ago are removed.
    """

    idempotent = True
    networked = True
    always_reports = True

    def __init__(
        self,
        name: str,
        *,
        places: Places,
        sockets: Places,
        limits: Limits | None = None,
        keep_days: int = 7,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._places = places
        self._sockets = sockets
        self._limits = limits or Limits()
        self._keep = timedelta(days=keep_days)
        self._clock = clock or SystemClock()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Put the programme before its station, and wait until it holds it.

        Raises ChannelError: temporary when the station does not answer, does not trust its
        clock or the disk refuses; permanent for names that are none, a sound that is not what
        its hash says, and another release of the script.
        """
        folder = Path(self._places.of(bundle.target))
        plan = plan_of(artifact, bundle)
        self._made(folder / "plans")
        state = self._state(bundle.target)
        if not state["clock"] and bundle.priority is not Priority.EMERGENCY:
            raise ChannelError(_unsure(bundle.target))
        path = folder / "plans" / plan.name
        try:
            for sound, file in plan.sounds.items():
                if not (folder / sound).is_file():
                    write_atomic(folder / sound, whole(file))
            if not path.exists():
                write_atomic(path, plan.data(bundle, float(state["now"]), self._limits))
            self._hand_over(plan, bundle, path)
            _remove(_older(folder, plan))
            _remove(_aired(folder, min(self._clock.now(), bundle.slot) - self._keep))
        except OSError as error:
            raise refused(error, error.filename or folder) from error
        items = sum(part["part"] == "item" for part in plan.parts)
        return Receipt(f"{bundle.target}/{plan.name}", {"items": str(items)})

    def check(self) -> None:
        """Ask every station that was ever sent something. Raises ChannelError in words."""
        faults = []
        for cluster in self._clusters():
            try:
                state = self._state(cluster)
            except ChannelError as error:
                faults.append(str(error))
                continue
            if not state["clock"]:
                faults.append(_unsure(cluster))
            if not state["connected"]:
                message = _("the station of {cluster} is not connected to Icecast: nothing airs")
                faults.append(message.format(cluster=cluster))
        if faults:
            raise ChannelError("; ".join(faults))

    def plays(self, after: str) -> tuple[Sequence[Play], str]:
        """Return what stations played since the mark, and the new mark.

        Stations that do not answer are left out, unless none does: then it raises ChannelError.
        A mark holds for each cluster its log and the last number read of it.
        """
        marks: dict[str, list[Any]] = json.loads(after) if after else {}
        found: list[Play] = []
        faults: list[ChannelError] = []
        clusters = self._clusters()
        for cluster in clusters:
            try:
                state = self._state(cluster)
                log, read = marks.get(cluster, ["", 0])
                if log != state["log"]:
                    log, read = state["log"], 0
                lines = self._ask(cluster, f"loa.plays {read}").splitlines()
            except ChannelError as error:
                faults.append(error)
                continue
            found += self._read(cluster, log, lines)
            marks[cluster] = [log, read + len(lines)]
        if faults and len(faults) == len(clusters):
            raise faults[0]
        return found, json.dumps(marks, sort_keys=True)

    def _read(self, cluster: str, log: str, lines: Sequence[str]) -> Iterator[Play]:
        """Yield the plays of whole lines; one that the power cut short tells nothing."""
        for line in lines:
            try:
                told = json.loads(line)
                play = play_from({**told, "player": f"{self.name}/{cluster}/{log}"})
            except (ValueError, TypeError):
                continue
            if play.cluster == cluster:
                yield replace(in_words(play), seconds=round(play.seconds, 1))

    def _hand_over(self, plan: Plan, bundle: Bundle, path: Path) -> None:
        deadline = time.monotonic() + _TAKEN_WITHIN
        try:
            while not (said := self._look(plan, bundle)).get("held"):
                if not said.get("readable", True) or time.monotonic() > deadline:
                    message = _("the station of {cluster} does not take the programme")
                    raise ChannelError(message.format(cluster=bundle.target))
                time.sleep(_MEANWHILE)
        except ChannelError:
            path.unlink(missing_ok=True)
            raise

    def _look(self, plan: Plan, bundle: Bundle) -> Mapping[str, Any]:
        return _told(self._ask(bundle.target, f"loa.look {plan.name}"), bundle.target)

    def _state(self, cluster: str) -> Mapping[str, Any]:
        state = _told(self._ask(cluster, "loa.state"), cluster)
        if state.get("station") != _SPOKEN:
            message = _("the station of {cluster} runs another release of the script: update it")
            raise ChannelError(message.format(cluster=cluster), permanent=True)
        return state

    def _ask(self, cluster: str, command: str) -> str:
        return ask(Path(self._sockets.of(cluster)), command, cluster)

    @staticmethod
    def _made(plans: Path) -> None:
        """Make where plans lie, before a station is asked: `check` knows it by that."""
        try:
            plans.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refused(error, plans) from error

    def _clusters(self) -> list[str]:
        """Return the clusters whose stations were sent something, by their folders."""
        before, _cluster, after = self._places.of("0").rpartition("0")
        folder = Path(before)
        if not folder.is_dir():
            return []
        found = (one.name for one in folder.iterdir() if (Path(f"{one}{after}") / "plans").is_dir())
        return sorted(name for name in found if is_plain(name))


def _aired(folder: Path, first: datetime) -> Iterator[Path]:
    """Yield what nobody needs any more: plans of before ``first``, sounds that no plan plays."""
    kept: set[str] = set()
    for plan in (folder / "plans").glob("*.json"):
        if plan.name < f"{first:%Y%m%d}":
            yield plan
        else:
            kept |= {part["sound"] for part in json.loads(plan.read_bytes())["parts"]}
    for sound in (folder / "sounds").glob("*"):
        if f"sounds/{sound.name}" not in kept:
            yield sound


def _older(folder: Path, plan: Plan) -> Iterator[Path]:
    """Yield the editions of the same slot that ``plan`` replaces."""
    for path in (folder / "plans").glob(f"{plan.stamp}.*.json"):
        if path.name < plan.name:
            yield path


def _remove(paths: Iterator[Path]) -> None:
    for path in list(paths):
        path.unlink(missing_ok=True)


def _told(answer: str, cluster: str) -> Mapping[str, Any]:
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        message = _("the station of {cluster} answers what is no answer of Loa's script")
        raise ChannelError(message.format(cluster=cluster))
    return told


def _unsure(cluster: str) -> str:
    message = _("the clock of the station of {cluster} is not sure: it airs emergencies alone")
    return message.format(cluster=cluster)
