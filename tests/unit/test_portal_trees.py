"""Publishing at once: whatever ends the process, readers have the old site or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.builders import NOW
from support.portal import Desk, broken_links, post, tree

from channels.base import ChannelError
from channels.portal import trees
from channels.portal.trees import Publication
from engine.files import is_mount
from engine.upkeep.checks.files import disk_check
from engine.upkeep.findings import Level, Patient

#: Publishes one more post in the site that is named, and is killed on the way.
_DRIVER = """
import sys
from pathlib import Path
from support.builders import NOW
from support.portal import Desk, post
desk = Desk(Path(sys.argv[1]))
print("ready", flush=True)
desk.publish(desk.items(post(campaign_id="moi", body="Lũ về")), slot=NOW)
"""


def killed_after(root: Path, seconds: float) -> None:
    """Publish in a process of its own that kill -9 ends ``seconds`` after it began."""
    process = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, str(root)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        pass
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_a_kill_at_any_moment_leaves_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    before, after = Desk(tmp_path / "a"), Desk(tmp_path / "b")
    for desk in (before, after):
        desk.publish(desk.items(post()))
    after.publish(after.items(post(campaign_id="moi", body="Lũ về")), slot=NOW)
    old, new = tree(before.root), tree(after.root)
    assert old != new
    for number in range(8):
        desk = Desk(tmp_path / f"site-{number}")
        desk.publish(desk.items(post()))
        killed_after(desk.root, 0.02 * number**1.5)
        assert tree(desk.root) in (old, new)
        assert list(broken_links(desk.root)) == []
        desk.publish(desk.items(post(campaign_id="moi", body="Lũ về")), slot=NOW)
        assert tree(desk.root) == new


def test_nothing_is_seen_before_all_is_there(tmp_path: Path) -> None:
    root = tmp_path / "site"
    with Publication(root) as first:
        first.put("a.html", b"old")
        first.commit()
    with Publication(root) as second:
        second.put("a.html", b"new")
        second.put("b/c.html", b"new")
        assert tree(root) == {"a.html": b"old"}
        second.commit()
    assert tree(root) == {"a.html": b"new", "b/c.html": b"new"}
    assert tree(tmp_path / ".site.next") == tree(root)


def test_what_people_put_into_the_site_stays_there(tmp_path: Path) -> None:
    root = tmp_path / "site"
    for number in range(4):
        with Publication(root) as publication:
            publication.put("a/index.html", b"%d" % number)
            publication.commit()
        (root / "a" / f"anh-{number}.jpg").write_bytes(b"JPEG")
    assert sorted(tree(root)) == [*(f"a/anh-{n}.jpg" for n in range(4)), "a/index.html"]


def test_a_file_system_that_cannot_swap_renames_twice_and_mends_what_was_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "site"
    monkeypatch.setattr(trees, "exchanged", lambda _one, _other: False)
    for number in range(3):
        with Publication(root) as publication:
            publication.put("index.html", b"%d" % number)
            publication.commit()
    assert tree(root) == {"index.html": b"2"}
    root.rename(tmp_path / ".site.old")  # killed between the two
    trees.recover(root)
    assert tree(root) == {"index.html": b"2"}
    assert not (tmp_path / ".site.old").exists()


def test_a_tree_that_a_kill_left_half_changed_is_made_again(tmp_path: Path) -> None:
    root = tmp_path / "site"
    with Publication(root) as publication:
        publication.put("index.html", b"one")
        publication.commit()
    (tmp_path / ".site.same").unlink()
    (tmp_path / ".site.next" / "index.html").unlink()
    (tmp_path / ".site.next" / "half.html").write_bytes(b"ha")
    with Publication(root) as publication:
        publication.put("two.html", b"two")
        publication.commit()
    assert tree(root) == {"index.html": b"one", "two.html": b"two"}


def test_a_folder_on_which_something_is_mounted_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bind mount of the same disk, which only the system's own list tells."""
    desk = Desk(tmp_path / "kho chung" / "portal")
    desk.root.mkdir(parents=True)
    table = tmp_path / "mountinfo"
    named = str(desk.root.resolve()).replace(" ", "\\040")
    table.write_text(f"36 35 8:1 /srv {named} rw,relatime - ext4 /dev/sda1 rw\nhỏng\n", "utf-8")
    monkeypatch.setattr("engine.files.MOUNTS", table)
    with pytest.raises(ChannelError, match="mount") as refused:
        desk.publish(desk.items(post()))
    assert refused.value.permanent
    assert list(desk.root.iterdir()) == []
    assert [finding.level for finding in disk_check(Patient(tmp_path / "khac", None))] == []
    work = tmp_path / "xa"
    (work / "outbox").mkdir(parents=True)
    (work / "outbox" / "portal").symlink_to(desk.root)
    found = [one for one in disk_check(Patient(work, None)) if "mount" in one.words]
    assert [one.level for one in found] == [Level.BAD]


def test_what_is_mounted_is_known_from_the_system_itself(tmp_path: Path) -> None:
    assert is_mount(Path("/proc"))
    assert not is_mount(tmp_path)
    assert not is_mount(tmp_path / "nirgends")


def test_a_link_to_the_sites_folder_stays_one_and_leads_to_what_is_new(tmp_path: Path) -> None:
    real = tmp_path / "www" / "xa"
    real.mkdir(parents=True)
    link = tmp_path / "portal"
    link.symlink_to(real)
    desk = Desk(link)
    for name in ("mot", "hai"):
        desk.publish(desk.items(post(campaign_id=name)))
        assert link.is_symlink()
        assert (real / name / "index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["portal", "www"]
