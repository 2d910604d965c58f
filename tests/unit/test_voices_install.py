"""A voice comes from a server or a file: proved, continued where it stopped, or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fake_google import without_proxies
from support.file_server import FileServer, file_server
from support.small_disk import ON_A_SMALL_DISK

from channels.loudspeaker.speech.fetching import fetch
from channels.loudspeaker.speech.installing import Wanted, install
from channels.loudspeaker.speech.voice_files import VoiceFiles
from engine.errors import LoaError

MODEL = bytes(range(256)) * 4_000
SHA = hashlib.sha256(MODEL).hexdigest()
CONFIG: dict[str, Any] = {
    "audio": {"sample_rate": 22_050},
    "espeak": {"voice": "vi"},
    "num_speakers": 1,
    "phoneme_id_map": {"a": [1]},
}


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def server() -> Iterator[FileServer]:
    with without_proxies(), file_server() as found:
        found.files = {"/hay.onnx": MODEL, "/hay.onnx.json": json.dumps(CONFIG).encode()}
        yield found


def wanted(server: FileServer, **changes: str) -> Wanted:
    values = {"name": "hay", "source": server.url("/hay.onnx"), "sha256": SHA, **changes}
    return Wanted(**values)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def ranges(server: FileServer) -> list[str]:
    return [asked for path, asked in server.asked if path == "/hay.onnx"]


def test_a_voice_comes_from_a_server(server: FileServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    voice = install(wanted(server), tmp_path / "v", progress=lambda *at: seen.append(at))
    assert (voice.voice.name, voice.voice.language, voice.voice.rate) == ("hay", "vi", 22_050)
    assert left(tmp_path / "v") == ["hay.onnx", "hay.onnx.json"]
    assert (tmp_path / "v/hay.onnx").read_bytes() == MODEL
    assert seen[-1] == (len(MODEL), len(MODEL))
    assert [one.voice.name for one in VoiceFiles(tmp_path / "v").found()] == ["hay"]


def test_a_voice_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(MODEL)
    (tmp_path / "a.onnx.json").write_text(json.dumps(CONFIG))
    install(Wanted("hay", str(tmp_path / "a.onnx"), SHA.upper()), tmp_path / "v")
    assert left(tmp_path / "v") == ["hay.onnx", "hay.onnx.json"]


def test_settings_may_lie_elsewhere_and_be_proved_too(server: FileServer, tmp_path: Path) -> None:
    server.files["/c"] = server.files.pop("/hay.onnx.json")
    right = hashlib.sha256(server.files["/c"]).hexdigest()
    elsewhere = wanted(server, config=server.url("/c"), config_sha256=right)
    assert install(elsewhere, tmp_path).voice.rate == 22_050
    wrong = wanted(server, name="khac", config=server.url("/c"), config_sha256="0" * 64)
    with pytest.raises(LoaError, match="SHA-256"):
        install(wrong, tmp_path)
    assert left(tmp_path) == ["hay.onnx", "hay.onnx.json"]


def test_an_address_with_a_question_has_its_settings_beside_it(
    server: FileServer, tmp_path: Path
) -> None:
    server.files = {f"{path}?download=true": data for path, data in server.files.items()}
    install(wanted(server, source=server.url("/hay.onnx?download=true")), tmp_path)
    assert server.asked[0][0] == "/hay.onnx.json?download=true"


def test_a_voice_that_moved_is_followed(server: FileServer, tmp_path: Path) -> None:
    server.moved["/cu.onnx"] = "/hay.onnx"
    config = server.url("/hay.onnx.json")
    install(wanted(server, source=server.url("/cu.onnx"), config=config), tmp_path)
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL


def test_a_line_that_breaks_is_taken_up_where_it_broke(server: FileServer, tmp_path: Path) -> None:
    server.breaks_after, server.breaks = 300_000, 2
    install(wanted(server), tmp_path)
    assert ranges(server) == ["", "bytes=300000-", "bytes=600000-"]
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL


def test_what_came_is_kept_and_the_next_call_goes_on(server: FileServer, tmp_path: Path) -> None:
    def stop(here: int, _whole: int | None) -> None:
        if here > 250_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(wanted(server), tmp_path, progress=stop)
    assert left(tmp_path) == [f".hay.{SHA[:16]}.part"]
    install(wanted(server), tmp_path)
    assert int(ranges(server)[-1].removeprefix("bytes=").removesuffix("-")) > 250_000
    assert left(tmp_path) == ["hay.onnx", "hay.onnx.json"]
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL


def test_a_server_that_always_breaks_is_told_and_what_came_stays(
    server: FileServer, tmp_path: Path
) -> None:
    server.breaks_after = 0
    with pytest.raises(LoaError, match="the same command goes on"):
        install(wanted(server), tmp_path)
    assert len(ranges(server)) == 4
    assert not (tmp_path / "hay.onnx").exists()


def test_a_server_without_ranges_sends_all_of_it_again(server: FileServer, tmp_path: Path) -> None:
    server.ranges = False
    server.breaks_after, server.breaks = 300_000, 2
    install(wanted(server), tmp_path)
    assert ranges(server) == ["", "bytes=300000-", "bytes=300000-"]
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL


def test_a_server_that_says_no_length_is_believed_by_the_hash(
    server: FileServer, tmp_path: Path
) -> None:
    server.says_length = False
    install(wanted(server), tmp_path)
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL
    server.breaks_after, server.breaks = 300_000, 1
    with pytest.raises(LoaError, match="SHA-256"):
        install(wanted(server, name="khac"), tmp_path)
    assert left(tmp_path) == ["hay.onnx", "hay.onnx.json"]


def test_a_server_that_hangs_is_given_up(server: FileServer, tmp_path: Path) -> None:
    server.hangs = True
    with pytest.raises(LoaError, match="timed out"):
        fetch(server.url("/hay.onnx"), tmp_path / "x.part", SHA, patience=0.1)


def test_a_part_that_was_asked_for_and_not_sent_is_refused(
    server: FileServer, tmp_path: Path
) -> None:
    server.wrong_part = True
    server.breaks_after, server.breaks = 300_000, 1
    with pytest.raises(LoaError, match="another part"):
        install(wanted(server), tmp_path)
    assert not (tmp_path / "hay.onnx").exists()


def test_a_wrong_hash_leaves_nothing_behind(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(LoaError) as caught:
        install(wanted(server, sha256="0" * 64), tmp_path / "v")
    assert SHA in str(caught.value)
    assert left(tmp_path / "v") == []
    with pytest.raises(LoaError):
        install(Wanted("hay", str(tmp_path), SHA, config=str(tmp_path)), tmp_path / "v")
    assert left(tmp_path / "v") == []


def test_an_old_half_of_another_file_is_not_the_end_of_it(
    server: FileServer, tmp_path: Path
) -> None:
    half = tmp_path / f".hay.{SHA[:16]}.part"
    for old in (b"x" * 1_000, b"x" * len(MODEL), b"x" * (len(MODEL) + 5)):
        half.write_bytes(old)
        install(wanted(server), tmp_path, replace=True)
        assert (tmp_path / "hay.onnx").read_bytes() == MODEL
        assert left(tmp_path) == ["hay.onnx", "hay.onnx.json"]


def test_a_half_that_is_all_of_it_is_not_fetched_again(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / f".hay.{SHA[:16]}.part").write_bytes(MODEL)
    install(wanted(server), tmp_path)
    assert ranges(server) == [f"bytes={len(MODEL)}-"]
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL


def test_a_voice_that_is_there_is_replaced_only_when_asked(
    server: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "hay.onnx").write_bytes(b"cu")
    with pytest.raises(LoaError, match="--replace"):
        install(wanted(server), tmp_path)
    assert (tmp_path / "hay.onnx").read_bytes() == b"cu"
    install(wanted(server), tmp_path, replace=True)
    assert (tmp_path / "hay.onnx").read_bytes() == MODEL


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "../hay"}, "a voice's name has letters"),
        ({"name": ".hay"}, "a voice's name has letters"),
        ({"name": ""}, "a voice's name has letters"),
        ({"sha256": "abc"}, "64 characters"),
        ({"config_sha256": "g" * 64}, "64 characters"),
        ({"source": "/khong/co.onnx"}, "/khong/co.onnx.json: it does not exist"),
        ({"source": "http://["}, "http://["),
        ({"source": "http://127.0.0.1:9/a.onnx"}, "http://127.0.0.1:9/a.onnx.json"),
    ],
)
def test_what_cannot_be_installed_is_told(
    server: FileServer, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(LoaError) as caught:
        install(wanted(server, **changes), tmp_path / "v")
    assert words in str(caught.value)
    assert not (tmp_path / "v").exists() or left(tmp_path / "v") == []


@pytest.mark.parametrize(
    "config",
    [
        b"<html>",
        b"{}",
        b"[]",
        json.dumps({**CONFIG, "audio": {"sample_rate": "cao"}}).encode(),
        json.dumps({**CONFIG, "audio": {"sample_rate": 7}}).encode(),
        json.dumps({**CONFIG, "phoneme_type": "pinyin"}).encode(),
        json.dumps({**CONFIG, "num_speakers": 0}).encode(),
        b"\xff\xfe",
        b"x" * 2_000_000,
    ],
)
def test_what_is_no_piper_voice_is_refused_before_it_is_fetched(
    server: FileServer, tmp_path: Path, config: bytes
) -> None:
    server.files["/hay.onnx.json"] = config
    with pytest.raises(LoaError, match=r"hay\.onnx\.json"):
        install(wanted(server), tmp_path)
    assert ranges(server) == []
    assert left(tmp_path) == []


def test_an_address_that_is_not_there_is_told(server: FileServer, tmp_path: Path) -> None:
    del server.files["/hay.onnx"]
    with pytest.raises(LoaError, match="404"):
        install(wanted(server), tmp_path)
    assert left(tmp_path) == []


def test_two_do_not_install_at_once(server: FileServer, tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(LoaError, match="at this moment"):
            install(wanted(server), tmp_path)
    finally:
        os.close(handle)
    install(wanted(server), tmp_path)


def test_a_file_too_large_for_a_voice_is_refused(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.loudspeaker.speech.fetching.LARGEST", 500_000)
    for says_length in (True, False):
        server.says_length = says_length
        with pytest.raises(LoaError, match="a voice has"):
            install(wanted(server), tmp_path)
        assert left(tmp_path) == []


def test_what_does_not_fit_is_told_before_it_fills_the_disk(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: _Usage)
    with pytest.raises(LoaError, match="the disk is full"):
        install(wanted(server), tmp_path)
    assert left(tmp_path) == []


class _Usage:
    free = 1_000


def test_a_disk_that_fills_up_is_told_and_left_as_it_was(
    server: FileServer, tmp_path: Path
) -> None:
    """A real disk of 8 MB; the server does not say how much comes."""
    server.files["/hay.onnx"] = large = MODEL * 10
    server.says_length = False
    sha = hashlib.sha256(large).hexdigest()
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from channels.loudspeaker.speech.installing import Wanted, install\n"
        "from engine.errors import LoaError\n"
        "folder = Path(sys.argv[1])\n"
        "try:\n"
        "    install(Wanted('hay', sys.argv[2], sys.argv[3]), folder)\n"
        "except LoaError as error:\n"
        "    print(error, [path.name for path in folder.rglob('*')])\n"
    )
    disk = tmp_path / "disk"
    arguments = ["-c", program, disk, server.url("/hay.onnx"), sha]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", disk, sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "the disk is full" in done.stdout
    assert done.stdout.rstrip().endswith("[]")
