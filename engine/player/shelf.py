"""The signed programmes that a player keeps: one for each cluster and slot, proved before use."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Priority
from engine.models.airing import Cancel, Message, Programme, Sound, WireError
from engine.models.envelope import Envelope, PublicKey
from engine.player.history import Slot
from engine.player.index import Held, Index


@dataclass(frozen=True, slots=True)
class Arrival:
    """When something came: a count in one life of the machine, which no clock can falsify."""

    boot: str
    counter: float


@dataclass(frozen=True, slots=True)
class Shelved:
    """A programme or a cancel that is in force for its slot, as it was signed."""

    message: Programme | Cancel
    digest: str
    arrival: Arrival

    @property
    def slot(self) -> Slot:
        return self.message.cluster, self.message.slot

    @property
    def urgent(self) -> bool:
        message = self.message
        return isinstance(message, Programme) and message.priority is Priority.EMERGENCY


class RefusedError(LoaError):
    """What came must not be played. ``message`` is what it claims to be, where it can be read.

    ``digest`` names what was refused.
    """

    def __init__(self, reason: str, digest: str, message: Programme | Cancel | None = None) -> None:
        super().__init__(reason)
        self.digest = digest
        self.message = message


class Shelf:
    """Programmes on disk and in memory. Safe to use from several threads."""

    def __init__(
        self,
        folder: Path,
        marks: Path,
        key: PublicKey,
        commune: str,
        clusters: tuple[str, ...],
        index: Path,
    ) -> None:
        """Load what is there and still proves itself. Raises OSError."""
        self._folder, self._marks_file = folder, marks
        self._index = Index(index, key.id)
        self._keys = {key.id: key}
        self._commune, self._clusters = commune, clusters
        self._guard = threading.Lock()
        self._shelved: dict[Slot, Shelved] = {}
        self._marks = _load_marks(marks, key.id)
        #: Files that no longer prove themselves; they were removed.
        self.spoilt = 0
        #: What the disk no longer has as it was taken: it is to be taken again.
        self._lost: dict[Slot, Held] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*/*.json")):
            self._load(path)
        self._compare()

    @property
    def clusters(self) -> tuple[str, ...]:
        return self._clusters

    def all(self) -> tuple[Shelved, ...]:
        """Return everything in force, cancels too."""
        with self._guard:
            return tuple(self._shelved.values())

    def after(self) -> int:
        """Return the sequence up to which every cluster's programmes have come."""
        with self._guard:
            return min((self._marks.get(cluster, 0) for cluster in self._clusters), default=0)

    def lost(self) -> dict[Slot, Held]:
        """Return what was taken and is not on the disk any more, or not as it was."""
        with self._guard:
            return dict(self._lost)

    def prove(self, one: Shelved) -> bool:
        """Say whether the disk still has what is in force; what it has not is lost, and told.

        What is in memory stays in force: it was proved when it came.
        """
        with self._guard:
            if self._shelved.get(one.slot) is not one or one.slot in self._lost:
                return True
            path = self._path(one.slot)
            try:
                found = Envelope.from_json(json.loads(path.read_bytes())["envelope"])
                if hashlib.sha256(found.payload).hexdigest() == one.digest:
                    found.opened(self._keys)
                    return True
            except (WireError, OSError, ValueError, KeyError, TypeError):
                pass
            self._lost[one.slot] = Held(one.message.sequence, one.digest)
            return False

    def forget_lost(self, before: datetime) -> list[Slot]:
        """Drop what was lost and was to begin before this moment; return which slots."""
        with self._guard:
            gone = [slot for slot in self._lost if slot[1] < before]
            for slot in gone:
                del self._lost[slot]
            if gone:
                self._index.drop(slot for slot in gone if slot not in self._shelved)
            return gone

    def take(
        self, found: Any, now: datetime | None, arrival: Arrival, *, durably: bool = True
    ) -> tuple[Shelved, bool]:
        """Prove an envelope and keep it; return it, and whether it is new here.

        ``now`` None: nobody knows what time it is. Not ``durably``: it is lost at the next start,
        which an emergency must put up with where the disk takes nothing. Raises RefusedError;
        OSError for a refusing disk, and then nothing has changed.
        """
        digest = hashlib.sha256(repr(found).encode(errors="replace")).hexdigest()
        try:
            envelope = Envelope.from_json(found)
            digest = hashlib.sha256(envelope.payload).hexdigest()
            message = envelope.opened(self._keys)
        except WireError as error:
            raise RefusedError(str(error), digest) from None
        with self._guard:
            own = self._own(message, digest)
            shelved = Shelved(own, digest, arrival)
            before = self._shelved.get(shelved.slot)
            if before is not None and before.digest == digest:
                if durably and shelved.slot in self._lost:
                    self._keep(before, envelope)
                    del self._lost[shelved.slot]
                return before, False
            self._check(own, digest, now)
            if durably:
                self._keep(shelved, envelope)
                self._index.hold(shelved.slot, Held(own.sequence, digest))
            self._shelved[shelved.slot] = shelved
            self._lost.pop(shelved.slot, None)
            self._marks[own.cluster] = max(self._marks.get(own.cluster, 0), own.sequence)
            return shelved, True

    def drop(self, slot: Slot) -> None:
        """Forget what is over. Its sequence stays known. Raises OSError."""
        with self._guard:
            if slot in self._shelved:
                plain = {"key": next(iter(self._keys)), "sequences": self._marks}
                write_atomic(self._marks_file, json.dumps(plain).encode())
                self._path(slot).unlink(missing_ok=True)
                del self._shelved[slot]
                self._lost.pop(slot, None)
                self._index.drop([slot])

    def _own(self, message: Message, digest: str) -> Programme | Cancel:
        """Return a message to this player. Raises RefusedError."""
        if not isinstance(message, Programme | Cancel):
            raise RefusedError(_("this is no programme"), digest)
        if message.commune != self._commune:
            reason = _("meant for the commune {found}; this player is {own}'s")
            said = reason.format(found=message.commune, own=self._commune)
            raise RefusedError(said, digest, message)
        if message.cluster not in self._clusters:
            reason = _("meant for the cluster {found}; this player plays for {own}")
            own = ", ".join(self._clusters)
            raise RefusedError(reason.format(found=message.cluster, own=own), digest, message)
        return message

    def _check(self, message: Programme | Cancel, digest: str, now: datetime | None) -> None:
        """Raise RefusedError for what is not newer than all that was taken, or over.

        What was taken before and lost is no replay: its hash is known.
        """
        mark = self._marks.get(message.cluster, 0)
        lost = self._lost.get((message.cluster, message.slot))
        again = lost is not None and lost.digest == digest
        if message.sequence <= mark and not again:
            reason = _("replayed: its number {found} is not above {mark}, which was taken already")
            raise RefusedError(reason.format(found=message.sequence, mark=mark), digest, message)
        if now is not None and isinstance(message, Programme) and now > message.expires:
            reason = _("expired at {moment}")
            said = reason.format(moment=f"{message.expires:%H:%M %d/%m/%Y}")
            raise RefusedError(said, digest, message)

    def _keep(self, shelved: Shelved, envelope: Envelope) -> None:
        came = {"boot": shelved.arrival.boot, "counter": shelved.arrival.counter}
        plain = {"envelope": envelope.as_json(), "came": came}
        write_atomic(self._path(shelved.slot), json.dumps(plain).encode())

    def _path(self, slot: Slot) -> Path:
        cluster, moment = slot
        return self._folder / cluster / f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%f}.json"

    def _load(self, path: Path) -> None:
        try:
            found = json.loads(path.read_bytes())
            envelope = Envelope.from_json(found["envelope"])
            message = envelope.opened(self._keys)
            arrival = Arrival(str(found["came"]["boot"]), float(found["came"]["counter"]))
            digest = hashlib.sha256(envelope.payload).hexdigest()
            own = self._own(message, digest)
        except (WireError, RefusedError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            self.spoilt += 1
            return
        shelved = Shelved(own, digest, arrival)
        self._shelved[shelved.slot] = shelved
        self._marks[own.cluster] = max(self._marks.get(own.cluster, 0), own.sequence)

    def _compare(self) -> None:
        """Find out what lacks. A file that is older than what was taken is not in force."""
        for slot, held in self._index.held.items():
            found = self._shelved.get(slot)
            if found is not None and found.message.sequence > held.sequence:
                continue  # taken just before the power went, and the index was not written
            if slot[0] in self._clusters and (found is None or found.digest != held.digest):
                self._lost[slot] = held
                self._shelved.pop(slot, None)


def programmes(shelved: tuple[Shelved, ...]) -> Iterator[tuple[Shelved, Programme]]:
    """Yield the programmes among what is in force."""
    for one in shelved:
        if isinstance(one.message, Programme):
            yield one, one.message


def wanted_sounds(shelved: tuple[Shelved, ...]) -> list[tuple[Shelved, Sound]]:
    """Return every sound that a programme names, in the order in which they are needed."""
    found = sorted(programmes(shelved), key=lambda pair: (not pair[0].urgent, pair[1].slot))
    return [(one, sound) for one, programme in found for sound in programme.sounds()]


def _load_marks(path: Path, key: str) -> dict[str, int]:
    """Return the highest sequence of each cluster; those of another key count for nothing."""
    try:
        found: Mapping[str, Any] = json.loads(path.read_bytes())
        if found["key"] != key:
            return {}
        return {str(name): int(number) for name, number in found["sequences"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
