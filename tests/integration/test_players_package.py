"""The kind ``package``: what lies there to be uploaded, and who said that it was."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import shutil
import threading
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support import builders, sound
from support.builders import NOW
from support.commune import PASSPHRASE, files_below, make_commune

from channels.base import ChannelError
from channels.loudspeaker.audio.mp3 import encode
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.players.package.backend import PackageBackend
from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.app.packages import package_uploaded, packages_of
from engine.cli.main import build
from engine.clock import SimulatedClock, local
from engine.errors import LoaError
from engine.models import Artifact, Bundle, EvidenceKind, File, Item, Priority, digest
from engine.models.notice import Concern, Severity
from engine.notices.words import what
from engine.reports.coverage import coverage
from engine.states import State
from workers.embedded import EmbeddedRuntime

REGISTRY = builders.registry(3)


class Desk:
    """A channel whose clusters are played by packages, and the folder in which these lie."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder / "goi"
        self.backend = PackageBackend(self.folder, name="tinh", field="Thông tin chung", **settings)
        self.channel = LoudspeakerChannel(
            outbox=folder / "unused",
            players={"tinh": self.backend},
            speech_cache=folder / "speech",
        )

    def put(self, bundle: Bundle, *items: Item) -> None:
        self.backend.deliver(self.channel.assemble(bundle, items, REGISTRY), bundle)

    def zips(self) -> dict[str, bytes]:
        return {name: d for name, d in files_below(self.folder).items() if name.endswith(".zip")}

    def notes(self) -> list[str]:
        return [
            data.decode()
            for name, data in files_below(self.folder).items()
            if name.startswith("THU-HOI-")
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def slot(cluster: int = 1, *, days: int = 1, hour: int = 5, **changes: Any) -> Bundle:
    at = local(NOW).replace(hour=hour, minute=0) + timedelta(days=days)
    return builders.bundle("loudspeaker", "tinh", f"cum-{cluster}", slot=at, **changes)


def item(cluster: int = 1, *, pitch: int = 1, **changes: Any) -> Item:
    options = LoudspeakerOptions(field=changes.pop("field", ""))
    content = builders.content("loudspeaker", options, **changes)
    data = encode([sound.murmur(0.2 * pitch, 0.3).astype("float32")])
    return Item(cluster, builders.hamlet(cluster), content, File.of_bytes("x", "audio/mpeg", data))


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def told(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(opened(data).read("metadata.json"))
    return found


def only(zips: dict[str, bytes]) -> bytes:
    (data,) = zips.values()
    return data


def test_a_package_holds_the_sound_the_words_and_all_that_a_form_asks_for(desk: Desk) -> None:
    one = item(priority=Priority.IMPORTANT, field="Y tế", body="Tiêm lúc [[7 giờ 30]].")
    desk.put(slot(), one)
    data = only(desk.zips())
    package = opened(data)
    assert package.testzip() is None
    assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert package.namelist() == [
        "am-thanh.mp3", "noi-dung.txt", "loi-doc.txt", "metadata.json", "thong-tin.csv",
    ]  # fmt: skip
    assert package.read("am-thanh.mp3") == one.file.read()
    assert package.read("noi-dung.txt").decode() == (
        "Thông báo tiêm vắc xin\n\nTiêm lúc 7 giờ 30.\n"
    )
    assert "bảy giờ ba mươi" in package.read("loi-doc.txt").decode()
    found = told(data)
    assert found["title"] == "Thông báo tiêm vắc xin"
    assert (found["field"], found["priority"], found["priority_name"]) == (
        "Y tế", "important", "ưu tiên",
    )  # fmt: skip
    assert found["commune"] == {"id": "xa-mau", "name": "Xã Mẫu", "province": "Tây Ninh"}
    assert found["issuer"] == "Ủy ban nhân dân xã Mẫu"
    assert found["schedule"] == {
        "moments": ["2026-12-02T05:00:00+07:00"],
        "slots": [{"cluster": "cum-1", "at": "2026-12-02T05:00:00+07:00"}],
    }
    assert found["clusters"] == [{"id": "cum-1", "place": "Nhà văn hóa ấp 1", "hamlets": ["ap-1"]}]
    assert found["audio"]["sha256"] == hashlib.sha256(one.file.read()).hexdigest()
    rows = dict(csv.reader(io.StringIO(package.read("thong-tin.csv").decode("utf-8-sig"))))
    assert rows["Mức ưu tiên"] == "ưu tiên"
    assert rows["Lịch phát"] == "05:00 02/12/2026"
    assert rows["Cụm loa"] == "cum-1 (Nhà văn hóa ấp 1)"


def test_an_item_is_one_package_for_all_its_clusters_and_slots(desk: Desk) -> None:
    for cluster in (1, 2):
        for hour in (5, 17):
            desk.put(slot(cluster, hour=hour), item(cluster))
    found = told(only(desk.zips()))
    assert [one["id"] for one in found["clusters"]] == ["cum-1", "cum-2"]
    assert len(found["schedule"]["slots"]) == 4
    assert [one["name"] for one in found["hamlets"]] == ["Ấp 1", "Ấp 2"]


def test_the_same_items_give_the_same_bytes_whatever_came_first(tmp_path: Path) -> None:
    posts = [(slot(c, hour=hour), item(c)) for c in (1, 2, 3) for hour in (5, 17)]
    seen = set()
    for seed in range(4):
        mine = Desk(tmp_path / str(seed))
        mixed = posts + posts[:2]
        random.Random(seed).shuffle(mixed)
        for bundle, one in mixed:
            mine.put(bundle, one)
        seen.add(digest(sorted((n, hashlib.sha256(d).hexdigest()) for n, d in mine.zips().items())))
    assert len(seen) == 1


def test_many_at_once_lose_nothing_of_one_another(desk: Desk) -> None:
    made = [
        (b, desk.channel.assemble(b, [item(c)], REGISTRY))
        for c in (1, 2, 3)
        for b in [slot(c), slot(c, hour=17), slot(c, days=2)]
    ]
    threads = [threading.Thread(target=desk.backend.deliver, args=(a, b)) for b, a in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(only(desk.zips()))["schedule"]["slots"]) == 9


def test_other_words_and_other_sounds_are_other_packages(desk: Desk) -> None:
    desk.put(slot(1), item(1), item(1, pitch=2, campaign_id="khac"))
    desk.put(slot(2), item(2, title="Tên khác"))
    assert len(desk.zips()) == 3
    assert {name.rpartition("-")[0] for name in desk.zips()} == {"khac", "thong-bao-mau"}


def test_what_is_taken_back_leaves_the_packages_of_others_and_a_note(desk: Desk) -> None:
    desk.put(slot(1), item(1))
    desk.put(slot(2), item(2))
    desk.put(slot(1, version=2))
    (package,) = desk.zips().values()
    assert [one["id"] for one in told(package)["clusters"]] == ["cum-2"]
    assert "- cum-1: 05:00 2026-12-02" in desk.notes()[0]
    desk.put(slot(2, version=2))
    assert desk.zips() == {}
    assert "- cum-2" in desk.notes()[0]
    desk.put(slot(1, version=3), item(1))
    assert len(desk.zips()) == 1
    assert "- cum-1" not in desk.notes()[0], "it airs again"


def test_a_package_that_somebody_took_away_comes_back_with_its_next_slot(desk: Desk) -> None:
    desk.put(slot(1), item(1))
    shutil.move(next(desk.folder.glob("*.zip")), desk.folder.parent)
    desk.put(slot(2), item(2))
    assert len(told(only(desk.zips()))["schedule"]["slots"]) == 2


@pytest.mark.parametrize("fails_at", range(3))
def test_a_kill_at_any_write_is_mended_by_doing_it_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    from channels.loudspeaker.players.package import backend

    desk.put(slot(1), item(1), item(1, campaign_id="cu", pitch=2))
    write, count = backend.write_atomic, 0

    def dying(path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count > fails_at:
            raise KeyboardInterrupt
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(backend, "write_atomic", dying)
        with pytest.raises(KeyboardInterrupt):
            desk.put(slot(1, version=2), item(1), item(1, campaign_id="moi", pitch=3))
    desk.put(slot(1, version=2), item(1), item(1, campaign_id="moi", pitch=3))
    assert {name.rpartition("-")[0] for name in desk.zips()} == {"thong-bao-mau", "moi"}
    assert len(desk.notes()) == 1
    assert not list(desk.folder.rglob("*.tmp"))


def test_what_aired_long_ago_goes_with_its_notes(tmp_path: Path) -> None:
    clock = SimulatedClock(NOW)
    desk = Desk(tmp_path, keep_days=3, clock=clock)
    desk.put(slot(1), item(1))
    desk.put(slot(2), item(2, campaign_id="huy"))
    desk.put(slot(2, version=2))
    clock.advance_to(NOW + timedelta(days=9))
    desk.put(slot(1, days=9), item(1, campaign_id="moi"))
    assert [name.rpartition("-")[0] for name in desk.zips()] == ["moi"]
    assert desk.notes() == []


def test_a_cell_is_never_a_formula_and_a_name_never_a_path(desk: Desk) -> None:
    desk.put(slot(), item(title='=HYPERLINK("http://x")', contact="+84 900", field="@SUM(A1)"))
    sheet = opened(only(desk.zips())).read("thong-tin.csv").decode("utf-8-sig")
    rows = dict(csv.reader(io.StringIO(sheet)))
    assert rows["Tiêu đề"] == '\'=HYPERLINK("http://x")'
    assert rows["Lĩnh vực"] == "'@SUM(A1)"
    assert rows["Liên hệ"] == "'+84 900"
    with pytest.raises(ChannelError) as caught:
        desk.backend.deliver(Artifact(()), builders.bundle("loudspeaker", "tinh", "../x"))
    assert caught.value.permanent


def test_a_field_is_no_part_of_what_people_hear() -> None:
    assert digest(LoudspeakerOptions(field="Y tế")) == digest(LoudspeakerOptions())
    assert digest(LoudspeakerOptions(repeat=2)) != digest(LoudspeakerOptions())


NOTICE = """\
id: tiem-phong
title: Tiêm phòng
valid: {from: 2026-12-01, until: 2026-12-08}
contact: Trạm Y tế
text: Tiêm phòng ở trạm xá.
channels: {loudspeaker: {field: Y tế}}
schedule: {dates: [2026-12-02, 2026-12-03, 2026-12-05], times: ["05:00"]}
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOA_LANG", "en")
    folder = make_commune(tmp_path / "xa", {"tiem-phong": NOTICE})
    registry = (folder / "commune.yaml").read_text("utf-8")
    played = registry.replace("hamlets: [ap-1]}", "hamlets: [ap-1], player: tinh}")
    played = played.replace("hamlets: [ap-2]}", "hamlets: [ap-2], player: tinh}")
    (folder / "commune.yaml").write_text(played, encoding="utf-8")
    with (folder / "loa.toml").open("a", encoding="utf-8") as file:
        file.write('[players.tinh]\nkind = "package"\nahead_days = 7\n')
    return folder


def approved(workspace: Path) -> App:
    app = open_app(workspace, clock=SimulatedClock(NOW))
    app.office.set_passphrase("minh", PASSPHRASE, None)
    app.office.submit(workspace / "campaigns" / "tiem-phong.yaml", "lan")
    app.office.approve("tiem-phong", "minh", PASSPHRASE)
    return app


def test_an_official_finds_the_package_days_before_and_says_that_it_is_uploaded(
    workspace: Path,
) -> None:
    with approved(workspace) as app:
        EmbeddedRuntime(app).run(until=app.clock.now())
        rows = app.ledger.views.deliveries("tiem-phong")
        assert {row.state for row in rows} == {State.SENT}, "days before their slots"
        (listed,) = packages_of(app)
        assert listed.package.path == app.outbox / "packages" / "tinh" / listed.package.path.name
        assert (listed.deliveries, listed.uploaded, listed.waits) == (6, 0, True)
        with pytest.raises(LoaError, match="ap-1-head may not confirm"):
            package_uploaded(app, listed.package.name, "ap-1-head")
        with pytest.raises(LoaError, match="there is no package “khac”"):
            package_uploaded(app, "khac", "lan")
        assert package_uploaded(app, listed.package.name, "lan") == 6
        assert package_uploaded(app, listed.package.name, "lan") == 0, "once is enough"
        evidence = app.ledger.evidence.of("tiem-phong")
        assert {piece.kind for piece in evidence} == {EvidenceKind.UPLOADED}
        rows = app.ledger.views.deliveries("tiem-phong")
        assert {row.state for row in rows} == {State.SENT}, "nobody has heard it yet"
        covered = coverage(rows, evidence, app.registry, {"ap-1": 100, "ap-2": 80})
        assert all(hamlet.covered.upper == 0 for hamlet in covered.hamlets)
        (listed,) = packages_of(app)
        assert not listed.waits


def test_the_command_lists_what_waits_and_takes_an_officials_word(workspace: Path) -> None:
    def said(*arguments: str) -> str:
        done = CliRunner().invoke(
            build(), ["station", "packages", "-w", str(workspace), *arguments]
        )
        assert done.exit_code == 0, done.output
        return done.output

    with approved(workspace) as app:
        EmbeddedRuntime(app).run(until=app.clock.now())
        (listed,) = packages_of(app)
        file = str(listed.package.path)
    first = said()
    assert "● to upload (6 of 6)  Tiêm phòng" in first
    assert "clusters: cum-1, cum-2" in first
    assert listed.package.path.name in first
    assert "evidence kept for 6 deliveries" in said("--uploaded", file, "--by", "lan")
    assert "✓ uploaded  Tiêm phòng" in said()
    with open_app(workspace, clock=SimulatedClock(NOW)) as app:
        app.office.cancel("tiem-phong", "minh", "hoãn")
        EmbeddedRuntime(app).run(until=app.clock.now())
        assert not list((app.outbox / "packages" / "tinh").glob("*.zip"))
        (notice,) = commune_desk(app.house, app.ledger, ()).look()
        assert notice.notice.concern is Concern.TAKE_BACK
        assert notice.notice.severity is Severity.URGENT, "it is on the province's system"
        assert "for 6 airings" in what(notice.notice)
        app.clock.advance_to(NOW + timedelta(days=5))
        assert commune_desk(app.house, app.ledger, ()).look() == []
    assert "✗ take back  Tiêm phòng" in said()
