"""The kind ``package``: what a person takes to the province's system, one ZIP for each item."""

from __future__ import annotations

import fcntl
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from channels.base import ChannelError
from channels.disk import refused
from channels.loudspeaker.names import SlotNames, is_plain
from channels.loudspeaker.players.contents import damaged, first_kept, whole
from channels.loudspeaker.players.package.description import (
    Described,
    described_of,
    descriptions,
    name_of_descriptions,
)
from channels.loudspeaker.players.package.slots import (
    Slot,
    airings_of,
    all_slots,
    lost_of,
    package_of,
    path_of,
    read,
)
from channels.loudspeaker.players.package.zipped import Airing, sound_name, zipped
from channels.loudspeaker.players.places import no_plain_name
from engine.clock import Clock, SystemClock, local
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Content, File, Item, Priority, Receipt, Registry

#: What tells a person to take back what was uploaded.
TAKE_BACK = "THU-HOI-{name}.txt"


@dataclass(frozen=True, slots=True)
class Package:
    """One ZIP as it lies there, or, taken back whole, the note in its place."""

    name: str
    path: Path
    airings: tuple[Airing, ...]
    lost: tuple[Airing, ...] = ()

    @property
    def item(self) -> Described:
        return (*self.airings, *self.lost)[0].item


class PackageBackend:
    """Keeps a ZIP for each item in ``folder``, with all clusters and slots that air it.

    A slot that comes, changes or is taken back changes the ZIPs of its items, and no other. The
    same item, clusters and slots give the same bytes, whatever came first. What was there and
    is not to air any more is said in a note beside, for whoever uploaded it. ``ahead``: how
    long before its slot an item is there.
    """

    idempotent = True
    networked = False

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        field: str = "",
        ahead: timedelta = timedelta(0),
        keep_days: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self.ahead = ahead
        self._field = field
        self._keep_days = keep_days
        self._clock = clock or SystemClock()

    def described(
        self,
        artifact: Artifact,
        bundle: Bundle,
        items: Sequence[Item],
        registry: Registry,
        spoken: Callable[[Content], str],
    ) -> Artifact:
        """Return the programme with what is said of each item."""
        data = descriptions(artifact, bundle, items, registry, spoken, self._field)
        name = name_of_descriptions(SlotNames.of(bundle))
        file = File.of_bytes(name, "application/json", data)
        return replace(artifact, files=(*artifact.files, file))

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Make the packages of a programme's items. The reference names them.

        Raises ChannelError: temporary when the disk refuses, permanent for a name that is not
        made of plain ids and for a file that is not what its hash says.
        """
        if not is_plain(bundle.target):
            raise no_plain_name(bundle.target)
        names = SlotNames.of(bundle)
        told = json.loads(artifact.named(name_of_descriptions(names)).read())
        items = tuple(described_of(one) for one in told)
        sounds = {one.sha256: artifact.named(one.file) for one in items}
        try:
            with self._alone():
                slots = dict(all_slots(self.folder))
                path = path_of(self.folder, bundle.target, names)
                slot = _after(read(path), Slot(bundle.target, _iso(bundle), items))
                touched: dict[Path, Slot | None] = {path: slot}
                if self._keep_days is not None and bundle.priority is not Priority.EMERGENCY:
                    touched |= self._over(slots, bundle)
                self._change(slots, touched, sounds)
        except OSError as error:
            raise refused(error, error.filename or self.folder) from error
        reference = " ".join(f"{package_of(one)}.zip" for one in items) or "–"
        return Receipt(reference, {"items": str(len(items))})

    def packages(self) -> list[Package]:
        """Return what lies there to be uploaded or taken back. Raises ChannelError."""
        try:
            slots = dict(all_slots(self.folder))
        except OSError as error:
            raise refused(error, error.filename or self.folder) from error
        airings, lost = airings_of(slots), lost_of(slots)
        return [
            Package(
                name,
                self.folder / (f"{name}.zip" if name in airings else TAKE_BACK.format(name=name)),
                tuple(airings.get(name, ())),
                tuple(lost.get(name, ())),
            )
            for name in sorted({*airings, *lost})
        ]

    def _over(self, slots: Mapping[Path, Slot], bundle: Bundle) -> dict[Path, Slot | None]:
        """Return the slots that aired so long ago that their packages may go."""
        today = local(self._clock.now()).date()
        first = first_kept(today, local(bundle.slot).date(), self._keep_days or 0)
        return {path: None for path, slot in slots.items() if slot.day < first}

    def _change(
        self,
        before: Mapping[Path, Slot],
        touched: Mapping[Path, Slot | None],
        sounds: Mapping[str, File],
    ) -> None:
        """Make anew what the slots that change air; what they air is written down last.

        A process that is killed in between does the same again.
        """
        merged = {path: slot for path, slot in {**before, **touched}.items() if slot is not None}
        concerned = {
            name
            for path in touched
            for slot in (before.get(path), touched[path])
            if slot is not None
            for name in (*slot.packages(), *slot.lost())
        }
        airings, lost = airings_of(merged), lost_of(merged)
        for name in sorted(concerned):
            self._make(name, airings.get(name, []), lost.get(name, []), sounds)
        for path, slot in touched.items():
            if slot is None:
                path.unlink(missing_ok=True)
            else:
                _write(path, slot.data())

    def _make(
        self,
        name: str,
        airings: Sequence[Airing],
        lost: Sequence[Airing],
        sounds: Mapping[str, File],
    ) -> None:
        package = self.folder / f"{name}.zip"
        note = self.folder / TAKE_BACK.format(name=name)
        sound = _sound(airings[0].item, sounds, package) if airings else None
        if sound is not None:
            _write(package, zipped(airings, sound))
        elif not airings:
            package.unlink(missing_ok=True)
        if lost:
            _write(note, _taken_back(lost).encode())
        else:
            note.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until nobody else, in whatever process, changes the packages."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _after(before: Slot | None, slot: Slot) -> Slot:
    """Return a slot that remembers what it aired before and does not any more."""
    if before is None:
        return slot
    still = slot.packages()
    gone = {**before.lost(), **before.packages()}
    lost = tuple(gone[name].item for name in sorted(gone) if name not in still)
    return replace(slot, taken_back=lost)


def _sound(item: Described, sounds: Mapping[str, File], package: Path) -> bytes | None:
    """Return an item's sound: from this programme, else from the package that lies there.

    None where somebody took the package away: it is made again with the item's next programme.
    Raises ChannelError for a sound that is not what its hash says.
    """
    if item.sha256 in sounds:
        return b"".join(whole(sounds[item.sha256]))
    try:
        with zipfile.ZipFile(package) as there:
            data = there.read(sound_name(item))
    except FileNotFoundError:
        return None
    except (zipfile.BadZipFile, KeyError) as error:
        raise damaged(File.of_bytes(package.name, "application/zip", b"")) from error
    return data


def _write(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        write_atomic(path, data)


def _taken_back(lost: Sequence[Airing]) -> str:
    """Say what must be taken off the province's system, if it was uploaded."""
    item = lost[0].item
    rows = sorted(f"- {one.item.cluster.id}: {one.slot[11:16]} {one.slot[:10]}" for one in lost)
    heading = (
        f"Bài “{item.title}” ({item.campaign}) không phát nữa ở các cụm loa và giờ dưới đây."
        " Nếu đã nộp lên hệ thống của tỉnh thì hãy gỡ ở đó:"
    )
    return "\n".join([heading, *rows]) + "\n"


def _iso(bundle: Bundle) -> str:
    return local(bundle.slot).isoformat()


def unknown_package(name: str, known: Sequence[Package]) -> ChannelError:
    """Return the refusal of a package that does not lie there."""
    message = _("there is no package “{name}” (there are: {known})")
    names = ", ".join(one.name for one in known) or "–"
    return ChannelError(message.format(name=name, known=names), permanent=True)
