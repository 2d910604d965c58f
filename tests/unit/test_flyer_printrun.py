"""Print runs: what lies in the outbox, and that it is whole."""

from __future__ import annotations

import errno
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import paper
from support.builders import bundle, content, registry

from channels.base import ChannelError
from channels.flyer import FlyerChannel, FlyerOptions, FolderBackend
from engine.files import write_atomic
from engine.models import Artifact, Bundle, Content, File, Item, Person, Priority, Registry

RUN = "2026-12-02/0500-thong-bao-mau"


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / "flyer"


def run_of(outbox: Path, *, places: Registry | None = None, **changes: object) -> Artifact:
    """Assemble a run for every hamlet of ``places``; ``changes`` go to the bundle."""
    places = places or registry(3)
    message = content("flyer", FlyerOptions(copies_per_household=1))
    return FlyerChannel(outbox=outbox).assemble(a_bundle(**changes), items(message, places), places)


def a_bundle(**changes: object) -> Bundle:
    return bundle("flyer", "folder", "van-phong", **changes)


def items(message: Content, places: Registry, first_id: int = 1) -> list[Item]:
    return [
        Item(number, place, message, printed(place.id))
        for number, place in enumerate(places.hamlets, start=first_id)
    ]


def printed(name: str) -> File:
    return File.of_bytes(f"{name}.pdf", "application/pdf", f"%PDF {name}".encode())


def files_below(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_a_run_is_a_flyer_for_each_hamlet_a_cover_and_a_manifest(outbox: Path) -> None:
    artifact = run_of(outbox)

    receipt = FolderBackend(outbox).deliver(artifact, a_bundle())

    assert files_below(outbox) == [
        f"{RUN}/{name}"
        for name in ("00-bia.pdf", "ap-1.pdf", "ap-2.pdf", "ap-3.pdf", "manifest.json")
    ]
    assert receipt.reference == RUN
    assert (outbox / RUN / "ap-2.pdf").read_bytes() == b"%PDF ap-2"


def test_the_manifest_is_written_last_and_lists_what_lies_there(outbox: Path) -> None:
    artifact = run_of(outbox)

    manifest = json.loads(artifact.files[-1].read())

    assert artifact.files[-1].name == f"{RUN}/manifest.json"
    assert [f["copies"] for f in manifest["flyers"]] == [100, 200, 300]
    assert [f["sheets"] for f in manifest["flyers"]] == [50, 100, 150]
    for listed in (*manifest["flyers"], manifest["cover"]):
        assert artifact.named(f"{RUN}/{listed['file']}").sha256 == listed["sha256"]


def test_the_cover_names_who_takes_how_many_and_the_total(outbox: Path) -> None:
    cover = run_of(outbox).named(f"{RUN}/00-bia.pdf").read()

    said = paper.letters(paper.text_of(cover))

    assert paper.size_in_mm(cover) == (210, 297)
    for part in ("Trưởng ấp 2", "200", "Ký nhận", "Tổng cộng 3 ấp", "600", "05 giờ 00"):
        assert paper.letters(part) in said
    assert "Văn phòng xã" in paper.text_of(cover)


def test_the_cover_of_a_hundred_hamlets_runs_over_pages_with_its_header_on_each(
    outbox: Path,
) -> None:
    cover = run_of(outbox, places=registry(100)).named(f"{RUN}/00-bia.pdf").read()

    assert paper.pages(cover) > 3
    assert paper.text_of(cover).count("Ký nhận") == paper.pages(cover)


def test_a_head_who_is_not_in_the_registry_leaves_an_empty_cell(outbox: Path) -> None:
    places = registry(2, people=())

    cover = run_of(outbox, places=places).named(f"{RUN}/00-bia.pdf").read()

    assert "Trưởng ấp" not in paper.text_of(cover)


def test_an_unprintable_name_on_the_cover_is_a_clear_permanent_error(outbox: Path) -> None:
    places = registry(1, people=(Person("ap-1-head", "ស 😀"),))

    with pytest.raises(ChannelError, match=r"U\+1F600") as caught:
        run_of(outbox, places=places)

    assert caught.value.permanent


def test_the_same_run_has_the_same_bytes_in_whatever_order_items_come(outbox: Path) -> None:
    places = registry(4)
    message = content("flyer", FlyerOptions())
    channel = FlyerChannel(outbox=outbox)
    there = items(message, places)

    one = channel.assemble(a_bundle(), there, places)
    other = channel.assemble(a_bundle(), there[::-1], places)

    assert one == other


def test_delivering_twice_has_the_effect_of_once(outbox: Path) -> None:
    artifact = run_of(outbox)
    backend = FolderBackend(outbox)

    first = backend.deliver(artifact, a_bundle())
    before = {name: (outbox / name).read_bytes() for name in files_below(outbox)}

    assert backend.deliver(artifact, a_bundle()) == first
    assert {name: (outbox / name).read_bytes() for name in files_below(outbox)} == before


def test_a_later_edition_never_touches_the_files_of_an_earlier_one(outbox: Path) -> None:
    backend = FolderBackend(outbox)
    backend.deliver(run_of(outbox), a_bundle())
    before = {name: (outbox / name).read_bytes() for name in files_below(outbox)}

    backend.deliver(run_of(outbox, places=registry(1), edition=2), a_bundle(edition=2))

    after = files_below(outbox)
    assert {name: (outbox / name).read_bytes() for name in before} == before
    assert sorted(set(after) - set(before)) == [
        f"{RUN}-v2/{name}" for name in ("00-bia-v2.pdf", "ap-1.pdf", "manifest.json")
    ]


def test_runs_of_the_same_day_lie_apart(outbox: Path) -> None:
    folders = {
        run_of(outbox, slot=slot).files[0].name.rpartition("/")[0]
        for slot in (
            datetime(2026, 12, 1, 22, 0, tzinfo=UTC),
            datetime(2026, 12, 2, 9, 30, tzinfo=UTC),
            datetime(2026, 12, 2, 9, 30, 7, tzinfo=UTC),
        )
    }

    assert folders == {RUN, "2026-12-02/1630-thong-bao-mau", "2026-12-02/163007-thong-bao-mau"}


def test_a_bundle_of_several_campaigns_has_a_folder_for_each(outbox: Path) -> None:
    places = registry(2)
    flood = content("flyer", FlyerOptions(), campaign_id="lu", priority=Priority.EMERGENCY)
    both = items(content("flyer", FlyerOptions()), places) + items(flood, places, first_id=10)

    artifact = FlyerChannel(outbox=outbox).assemble(a_bundle(), both, places)
    receipt = FolderBackend(outbox).deliver(artifact, a_bundle())

    assert receipt.reference == "2026-12-02"
    assert files_below(outbox / "2026-12-02") == [
        f"{run}/{name}"
        for run in ("0500-lu", "0500-thong-bao-mau")
        for name in ("00-bia.pdf", "ap-1.pdf", "ap-2.pdf", "manifest.json")
    ]
    assert [f.name.rpartition("/")[2] for f in artifact.files[-2:]] == ["manifest.json"] * 2
    cover = artifact.named("2026-12-02/0500-lu/00-bia.pdf").read()
    assert "KHẨN CẤP" in paper.text_of(cover)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "no permission"),
        (errno.EACCES, "no permission"),
        (errno.EIO, "the disk reports a fault"),
    ],
)
def test_a_failing_disk_is_a_temporary_error_in_clear_words(
    outbox: Path, number: int, words: str
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError(number, "Input/output error", str(path))

    with pytest.raises(ChannelError, match=words) as caught:
        FolderBackend(outbox, write=refuse).deliver(run_of(outbox), a_bundle())

    assert not caught.value.permanent


def test_a_disk_that_fills_half_way_leaves_no_manifest_and_no_half_file(
    outbox: Path,
) -> None:
    artifact = run_of(outbox)
    written: list[Path] = []

    def fill_up(path: Path, data: bytes) -> None:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        write_atomic(path, data)

    with pytest.raises(ChannelError):
        FolderBackend(outbox, write=fill_up).deliver(artifact, a_bundle())

    assert files_below(outbox) == [f"{RUN}/ap-1.pdf", f"{RUN}/ap-2.pdf"]
    FolderBackend(outbox).deliver(artifact, a_bundle())
    assert len(files_below(outbox)) == 5


def test_a_file_where_the_outbox_should_be_is_a_temporary_error(tmp_path: Path) -> None:
    blocked = tmp_path / "outbox"
    blocked.write_text("in the way")

    with pytest.raises(ChannelError) as caught:
        FolderBackend(blocked).deliver(run_of(blocked), a_bundle())

    assert not caught.value.permanent
    assert blocked.read_text() == "in the way"


def test_a_flyer_that_vanished_from_the_store_is_a_temporary_error(
    outbox: Path, tmp_path: Path
) -> None:
    gone = File("ap-1.pdf", "application/pdf", "0" * 64, 3, tmp_path / "gone.pdf")

    with pytest.raises(ChannelError):
        FolderBackend(outbox).deliver(Artifact((gone,)), a_bundle())

    assert files_below(outbox.parent) == []


def test_every_product_lies_in_the_run_and_is_listed_with_its_copies(outbox: Path) -> None:
    places = registry(2)
    options = FlyerOptions.model_validate(
        {"products": ["notice", "a6", "poster"], "product_copies": {"poster": 0}}
    )
    channel = FlyerChannel(outbox=outbox)
    artifact = channel.assemble(a_bundle(), items(content("flyer", options), places), places)

    names = [file.name.removeprefix(f"{RUN}/") for file in artifact.files]
    assert names[:4] == ["ap-1-notice.pdf", "ap-1.pdf", "ap-2-notice.pdf", "ap-2.pdf"]
    listed = json.loads(artifact.files[-1].read())["flyers"]
    assert [(one["product"], one["copies"], one["sheets"]) for one in listed] == [
        ("notice", 1, 1),
        ("a6", 100, 25),
        ("notice", 1, 1),
        ("a6", 200, 50),
    ]
    assert paper.size_in_mm(artifact.files[0].read()) == (210, 297)
    assert artifact == channel.assemble(
        a_bundle(), items(content("flyer", options), places), places
    )
    said = paper.letters(paper.text_of(artifact.named(f"{RUN}/00-bia.pdf").read()))
    assert paper.letters("Ấp 1 – Thông báo niêm yết A4") in said
