"""Programmes as commands to devices, their answers, and what they say they played."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.players.contents import whole
from channels.loudspeaker.players.mqtt.account import Account
from channels.loudspeaker.players.mqtt.link import Link, offline
from channels.loudspeaker.players.mqtt.marks import Marks
from channels.loudspeaker.players.mqtt.topics import Topics
from channels.loudspeaker.players.reasons import in_words
from channels.loudspeaker.players.station_plan import Limits, Plan, plan_of
from engine.clock import Clock, SystemClock, local
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Receipt
from engine.models.envelope import Envelope
from engine.models.hashing import canonical_json
from engine.models.play import Play, play_from

#: Refusals that trying again cannot mend.
_FOR_GOOD = frozenset({"expired", "format"})


class MqttBackend:
    """Sends each programme to its cluster's device as one command, and waits for the answer.

    Sounds lie in ``sounds`` by their hash, a folder that a web server shows at ``address``:
    commands say where, with size and hash. A device knows a command by its id, which is the
    bundle's key: the same one twice has the effect of once. ``sign`` makes what a device
    believes: the broker's password alone makes nothing play. ``patience`` is how many seconds
    an answer may take. Sounds that no command named for ``keep_days`` days are removed.
    """

    idempotent = True
    networked = True
    always_reports = True

    def __init__(
        self,
        account: Account,
        topics: Topics,
        *,
        sign: Callable[[bytes], Envelope],
        sounds: Path,
        address: str,
        limits: Limits | None = None,
        patience: float = 20.0,
        keep_days: int = 30,
        clock: Clock | None = None,
    ) -> None:
        self.name = account.player
        self._link = Link(account, topics)
        self._topics, self._sign = topics, sign
        self._sequence = 0
        self._sounds = sounds
        self._address = address.rstrip("/")
        self._limits = limits or Limits()
        self._patience = patience
        self._keep = timedelta(days=keep_days)
        self._clock = clock or SystemClock()
        self._marks = Marks()
        self._reading = threading.Lock()
        self._counting = threading.Lock()

    def close(self) -> None:
        """End the connection to the broker."""
        self._link.close()

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Send the command and wait until the device has taken it.

        Raises ChannelError: temporary when the broker or the device is away, the device does not
        answer in time, or cannot take it now; permanent when it says that it never will.
        """
        plan = plan_of(artifact, bundle)
        command = self._command(plan, bundle)
        self._link.opened()
        if self._link.states().get(bundle.target) is False:
            raise offline([bundle.target])
        self._put(plan)
        self._link.forget(bundle.target, bundle.key)
        self._link.send(bundle.target, "command", self._signed(command))
        answer = self._link.answer(bundle.target, bundle.key, self._patience)
        if answer is None:
            message = _("the device of {cluster} does not answer")
            raise ChannelError(message.format(cluster=bundle.target))
        if answer.get("state") != "taken":
            raise _refusal(bundle.target, str(answer.get("reason", "")))
        items = sum(part["part"] == "item" for part in plan.parts)
        return Receipt(f"{bundle.target}/{bundle.key}", {"items": str(items)})

    def check(self) -> None:
        """Raise ChannelError when the broker cannot be used, or devices are offline."""
        self._link.opened()
        away = sorted(
            cluster for cluster, online in self._link.settled_states().items() if not online
        )
        if away:
            raise offline(away)

    def plays(self, after: str) -> tuple[Sequence[Play], str]:
        """Return what devices said they played, and the new mark.

        A device keeps each play until it is told that Loa has it, which the next call does:
        its mark is what the ledger keeps. Whoever comes online is told so, too, and sends again
        what was lost. Raises ChannelError when the broker cannot be used.
        """
        with self._reading:
            self._link.opened()
            self._marks.read(after)
            for cluster in self._marks.untold(self._link.greeted()):
                self._link.send(cluster, "kept", self._marks.of(cluster), retain=True)
                self._marks.told(cluster)
            found = []
            for cluster, told in self._link.plays():
                if (play := self._marks.took(cluster, told)) is not None:
                    found.append(self._play(cluster, play))
            return [play for play in found if play is not None], self._marks.written()

    def _play(self, cluster: str, told: Mapping[str, Any]) -> Play | None:
        """Return what a device tells; None for what is no play, or another cluster's."""
        player = f"{self.name}/{cluster}/{told.get('log')}"
        try:
            play = play_from({**told, "player": player})
        except (ValueError, TypeError):
            return None
        if play.cluster != cluster:
            return None
        return replace(in_words(play), seconds=round(play.seconds, 1))

    def _command(self, plan: Plan, bundle: Bundle) -> Mapping[str, Any]:
        """Return what the device is told; limits run from now if that is after the slot."""
        begin = max(bundle.slot, self._clock.now())
        urgent = any(part["urgent"] for part in plan.parts)
        late = self._limits.overrun if urgent else self._limits.late
        return {
            "command": 2,
            "id": bundle.key,
            "topic": self._topics.of(bundle.target, "command"),
            "cluster": bundle.target,
            "slot": _iso(bundle.slot),
            "version": [bundle.version, bundle.edition],
            "begin_until": _iso(begin + late),
            "expires": _iso(begin + self._limits.overrun),
            "sounds": [
                {
                    **{key: value for key, value in part.items() if key != "sound"},
                    "url": f"{self._address}/{_file_of(part)}",
                    "size": plan.sounds[part["sound"]].size,
                }
                for part in plan.parts
            ],
        }

    def _signed(self, command: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the command as devices take it. Its sequence only ever grows."""
        with self._counting:
            now = int(self._clock.now().timestamp() * 1_000)
            self._sequence = max(now, self._sequence + 1)
            sequence = self._sequence
        return self._sign(canonical_json({**command, "sequence": sequence})).as_json()

    def _put(self, plan: Plan) -> None:
        """Put the sounds where devices fetch them, and remove what none was told of for long."""
        try:
            for part in plan.parts:
                path = self._sounds / _file_of(part)
                if not path.is_file():
                    write_atomic(path, whole(plan.sounds[part["sound"]]))
                os.utime(path)
            self._clear()
        except OSError as error:
            raise refused(error, error.filename or self._sounds) from error

    def _clear(self) -> None:
        first = time.time() - self._keep.total_seconds()
        if not self._sounds.is_dir():
            return
        for sound in self._sounds.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another worker was faster
                if sound.stat().st_mtime < first:
                    sound.unlink()


def _file_of(part: Mapping[str, Any]) -> str:
    return str(part["sound"]).removeprefix("sounds/")


def _iso(moment: datetime) -> str:
    return local(moment).isoformat()


def _refusal(cluster: str, reason: str) -> ChannelError:
    reasons = {
        "expired": _("the command has expired"),
        "old": _("it holds a later version of that programme"),
        "clock": _("its clock is not sure: it plays emergencies alone"),
        "fetch": _("it cannot fetch the sounds"),
        "sound": _("a sound that it fetched is not what the command says"),
        "space": _("it has no room left"),
        "signature": _("it does not trust the key: give it this commune's (loa players key)"),
        "replayed": _("it had a later command before"),
        "format": _("it does not understand the command"),
    }
    message = _("the device of {cluster} refuses the programme: {reason}")
    told = reasons.get(reason, json.dumps(reason[:200], ensure_ascii=False))
    return ChannelError(message.format(cluster=cluster, reason=told), permanent=reason in _FOR_GOOD)
