"""A day of the station: 4,000 clusters, three sessions each, by the number of distinct programmes.

What is measured is what assembling costs: the order, opening, bridges and closing, the joined
file with its chapters, playlist and manifest, as ``LoudspeakerChannel.assemble`` makes them for
each bundle. Items are rendered before, and nothing is handed over. Every number of distinct
programmes begins with an empty store of joined sounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from itertools import combinations, islice
from pathlib import Path

from bench.figures import Figure, clocked, timed
from channels.base import Artifacts
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.options import LoudspeakerOptions
from engine.clock import VIETNAM
from engine.models import (
    Bundle,
    Commune,
    Content,
    File,
    Hamlet,
    Hours,
    HouseholdGroup,
    Item,
    Portal,
    PrintPoint,
    Priority,
    Purpose,
    Registry,
    Schedule,
    StationRules,
)

#: Clusters, hours of the day's sessions, and numbers of distinct programmes.
CLUSTERS = 4_000
SESSIONS = (5, 11, 17)
DISTINCT = (1, 5, 20, 80, 320)

#: How many distinct programmes are promised to be assembled in so many seconds.
PROMISED, SECONDS = 20, 30.0

#: Items that there are, and in each programme.
ITEMS, IN_EACH = 12, 4

DAY = date(2026, 12, 2)
UNTIL = datetime(2026, 12, 31, tzinfo=VIETNAM)
HAMLET = Hamlet("ap-1", "Ấp 1", 100)
REGISTRY = Registry(
    commune=Commune("xa-mau", "Xã Mẫu", "Tỉnh Mẫu", "Ủy ban nhân dân xã Mẫu"),
    hamlets=(HAMLET,),
    people=(),
    clusters=(),
    chat_groups=(),
    teams=(),
    print_point=PrintPoint("van-phong", "Văn phòng xã"),
    portal=Portal("cong", "Xã Mẫu", "https://xa-mau.example"),
    station=StationRules((Hours(time(5), time(18, 30)),), len(SESSIONS), 30),
)


def figures(folder: Path) -> Iterator[Figure]:
    items = rendered(folder)
    cost: dict[int, float] = {}
    for distinct in DISTINCT:
        work = partial(a_day, folder / str(distinct), items, distinct)
        seconds, (cost[distinct], made) = clocked(partial(timed, work))
        what = f"{CLUSTERS:,} clusters × {len(SESSIONS)} sessions, {distinct} distinct programmes"
        promised = SECONDS if distinct == PROMISED else None
        yield Figure(what, seconds, "s", promised, "promised")
        yield Figure(f"{what}: {made} joined sounds", cost[distinct], "s CPU")
    first, last = DISTINCT[0], DISTINCT[-1]
    each = (cost[last] - cost[first]) / (last - first)
    bundle = cost[first] / (CLUSTERS * len(SESSIONS))
    yield Figure("one more distinct programme", each * 1000, "ms CPU")
    yield Figure("one more bundle of a programme that is there", bundle * 1000, "ms CPU")


def a_day(folder: Path, items: Sequence[Item], distinct: int) -> int:
    """Assemble the day; return how many joined sounds that took."""
    channel = LoudspeakerChannel(
        outbox=folder / "outbox", speech_cache=folder.parent / "cache", programmes=folder
    )
    lists = list(islice(combinations(items, IN_EACH), distinct))
    sources: set[Path | bytes] = set()
    number = 0
    for hour in SESSIONS:
        slot = datetime.combine(DAY, time(hour), tzinfo=VIETNAM)
        for cluster in range(CLUSTERS):
            number += 1
            bundle = Bundle(
                number,
                "xa-mau",
                "loudspeaker",
                "folder",
                f"cum-{cluster}",
                slot,
                1,
                Priority.ROUTINE,
            )
            mine = [
                replace(item, delivery_id=number * IN_EACH + place)
                for place, item in enumerate(lists[cluster % distinct])
            ]
            artifact = channel.assemble(bundle, mine, REGISTRY)
            assert not artifact.remarks
            sources.add(artifact.named(f"{DAY}/{hour:02}00-programme.mp3").source)
    channel.close()
    return len(sources)


def rendered(folder: Path) -> list[Item]:
    """Render the items once, as they lie in the store of artifacts."""
    channel = LoudspeakerChannel(outbox=folder / "outbox", speech_cache=folder / "cache")
    made = [item(channel, folder, number) for number in range(ITEMS)]
    channel.close()
    return made


def item(channel: LoudspeakerChannel, folder: Path, number: int) -> Item:
    content = Content(
        campaign_id=f"tin-{number}",
        channel="loudspeaker",
        title=f"Thông báo số {number}",
        issuer="Ủy ban nhân dân xã Mẫu",
        priority=Priority.ROUTINE,
        purpose=Purpose.NOTICE,
        body=f"Kính mời bà con đến nhà văn hóa lúc {6 + number % 5} giờ để nhận quà số {number}.",
        contact="Xã",
        valid_from=None,
        valid_until=UNTIL,
        households=HouseholdGroup.ALL,
        permalink="https://xa-mau.example/tin/",
        options=LoudspeakerOptions(),
        schedule=Schedule(asap=False, moments=()),
    )
    rendered = channel.render(channel.prepare(content, HAMLET, _Nothing()))
    path = folder / f"tin-{number}.mp3"
    path.write_bytes(rendered.data)
    file = replace(File.of_bytes(path.name, rendered.media_type, rendered.data), source=path)
    since = datetime(2026, 12, 1, 8, number, tzinfo=VIETNAM)
    return Item(number, HAMLET, content, file, since=since)


class _Nothing(Artifacts):
    """Nothing that an item would build on."""

    def need(self, channel: str) -> File | None:
        return None

    def attachment(self, sha256: str) -> Path:
        raise KeyError(sha256)
