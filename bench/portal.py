"""A portal of 5,000 posts from nothing, and one more post on it, beside the disk's own cost."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bench.figures import Figure, Note
from bench.made_up import write_workspace
from campaigns.registry_file import load_registry
from channels.portal import PortalChannel, PortalOptions, StaticBackend
from engine.clock import VIETNAM
from engine.models import (
    Artifact,
    Bundle,
    Content,
    File,
    HouseholdGroup,
    Item,
    Priority,
    Purpose,
    Schedule,
)
from engine.models.facts import Facts

POSTS = 5_000
HAMLETS = 12
#: How many posts come one after the other when all others are there.
MORE = 12
#: Fewer files than these are synced one by one: a whole disk has more to write than ours.
FEW = 400

_FIRST = datetime(2022, 1, 3, 8, tzinfo=VIETNAM)
_STEP = timedelta(hours=8)
_TEXT = (
    "Ủy ban nhân dân xã kính mời bà con đến nhà văn hóa lúc 7 giờ 30 để họp lần {number}. Nội dung "
    "thứ {number}: góp ý sửa {number} mét đường, thu quỹ {number}.000 đồng mỗi hộ.\n\n"
    "- Mang theo giấy mời\n- Ai bận xin báo trưởng ấp\n\nBà con đi đông đủ, đúng giờ."
)


def figures(folder: Path) -> Iterator[Figure | Note]:
    office = _Office(folder)
    first = office.artifact(range(POSTS))
    whole = _measured(lambda: office.publish(first))
    files = _files_below(office.root)
    copied = _measured(lambda: _copied(office.root, files, folder / "plain"))
    against = "its files written and synced, nothing more"
    yield Figure(f"{POSTS:,} posts from nothing", whole.wall, "s", copied.wall, against)
    yield Figure("their CPU", whole.cpu, "s", copied.cpu, "the same")
    ones, alone = [], []
    changed: list[str] = []
    for number in range(POSTS, POSTS + MORE):
        artifact = office.artifact([number])
        before = {} if changed else _marks(office.root)
        ones.append(_measured(partial(office.publish, artifact)))
        if not changed:
            after = _marks(office.root)
            changed = [name for name, mark in after.items() if before.get(name) != mark]
        again = partial(_copied, office.root, changed, folder / f"again-{number}")
        alone.append(_measured(again))
    against = "the files that it changes, written and synced"
    for what, part in (("one more post on it", "wall"), ("its CPU", "cpu")):
        value, base = (statistics.median(getattr(m, part) for m in ms) for ms in (ones, alone))
        yield Figure(what, value * 1000, "ms", base * 1000, against)
    yield Figure(f"the slowest of {MORE}", max(one.wall for one in ones) * 1000, "ms")
    yield Note(
        f"A site of {POSTS:,} posts has {len(files):,} files; one post changes {len(changed)}."
    )


class _Office:
    """A commune that publishes on its own site."""

    def __init__(self, folder: Path) -> None:
        write_workspace(folder / "xa", HAMLETS)
        self.root = folder / "portal"
        self._registry = load_registry(folder / "xa" / "commune.yaml").registry
        self._channel = PortalChannel(outbox=self.root)
        self._backend = StaticBackend(self.root)

    def publish(self, artifact: Artifact) -> None:
        self._backend.deliver(artifact, self._bundle())

    def artifact(self, numbers: Iterable[int]) -> Artifact:
        """Return posts as dispatch hands them over: rendered, with a recording and a flyer."""
        items = [item for number in numbers for item in self._items(number)]
        return self._channel.assemble(self._bundle(), items, self._registry)

    def _items(self, number: int) -> Iterator[Item]:
        """Every fourth post is for all hamlets, the others for one each."""
        content = _content(number)
        needs = {
            "loudspeaker": File.of_bytes("loa.mp3", "audio/mpeg", b"ID3 %d" % number * 1_000),
            "flyer": File.of_bytes("to-roi.pdf", "application/pdf", b"%%PDF %d" % number * 1_000),
        }
        everybody = self._registry.hamlets
        hamlets = everybody if number % 4 == 0 else (everybody[number % len(everybody)],)
        rendered = self._channel.render(
            self._channel.prepare(content, hamlets[0], _Needs(needs, content))
        )
        file = File.of_bytes("post", rendered.media_type, rendered.data)
        for place, hamlet in enumerate(hamlets):
            yield Item(number * HAMLETS + place, hamlet, content, file, needs)

    def _bundle(self) -> Bundle:
        return Bundle(
            id=1,
            commune_id=self._registry.commune.id,
            channel="portal",
            backend="static",
            target=self._registry.portal.id,
            slot=_FIRST + _STEP * (POSTS + MORE),
            version=1,
            priority=Priority.ROUTINE,
        )


@dataclass(frozen=True, slots=True)
class _Needs:
    """The ``Artifacts`` port of one post."""

    needs: dict[str, File]
    content: Content

    def need(self, channel: str) -> File | None:
        return self.needs.get(channel)

    def told(self, channel: str) -> Content | None:
        return self.content

    def attachment(self, sha256: str) -> Path:
        raise KeyError(sha256)


def _content(number: int) -> Content:
    begins = _FIRST + _STEP * number
    return Content(
        campaign_id=f"thong-bao-{number}",
        channel="portal",
        title=f"Họp dân lần {number} ở nhà văn hóa",
        issuer="Ủy ban nhân dân xã Mẫu",
        priority=Priority.ROUTINE,
        purpose=Purpose.NOTICE,
        body=_TEXT.format(number=number),
        contact="Văn phòng, điện thoại 0272.3000.111",
        valid_from=begins,
        valid_until=begins + timedelta(days=14),
        households=HouseholdGroup.ALL,
        permalink=f"https://xa-mau.example/thong-bao-{number}/",
        options=PortalOptions(),
        schedule=Schedule(asap=True),
        facts=Facts(when=(f"7 giờ 30 ngày {begins:%d/%m/%Y}",), where=("Nhà văn hóa",)),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """Seconds on the wall, and of all cores of this process."""

    wall: float
    cpu: float


def _measured(work: Callable[[], object]) -> _Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return _Measured(time.perf_counter() - wall, time.process_time() - cpu)


def _files_below(root: Path) -> list[str]:
    paths = (Path(folder, name) for folder, _below, names in os.walk(root) for name in names)
    return [str(path.relative_to(root)) for path in paths]


def _marks(root: Path) -> dict[str, int]:
    return {name: (root / name).stat().st_ino for name in _files_below(root)}


def _copied(root: Path, names: list[str], target: Path) -> None:
    """Write the same bytes elsewhere and have them on the disk: what no publication can spare."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)
        if len(names) < FEW:
            with (target / name).open("rb") as file:
                os.fsync(file.fileno())
    if len(names) >= FEW:
        os.sync()
