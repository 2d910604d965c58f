"""`loa listen`, as a person types it: files from the outbox, files that were tampered with."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support import sound
from support.commune import PASSPHRASE, make_commune

from engine.cli import main

NOTICE = """\
id: tiem-phong
title: Tiêm phòng cho trẻ em
valid: {from: 2026-12-01, until: 2026-12-05}
contact: Trạm Y tế xã Mẫu
hamlets:
  ap-1: {gio: 7 giờ}
  ap-2: {gio: 9 giờ 30 phút}
text: Bà con đưa trẻ đến nhà văn hóa ấp lúc {{ gio }} ngày 05/12/2026. Nhớ mang theo sổ tiêm.
schedule: {dates: [2026-12-02], times: ["05:00"]}
channels: {loudspeaker: {repeat: 2}}
"""
TEXT = "Bà con đưa trẻ đến nhà văn hóa ấp lúc 7 giờ ngày 05/12/2026. Nhớ mang theo sổ tiêm."

#: What ``loa listen`` printed, and how it ended.
Listen = Callable[..., tuple[str, int]]


@pytest.fixture
def xa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workspace = make_commune(tmp_path / "xa", {"tiem-phong": NOTICE})
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("LOA_CLOCK_SIMULATED", "2026-12-01T08:00:00+07:00")
    return workspace


@pytest.fixture
def loa(xa: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Listen:
    def run(*words: str | Path) -> tuple[str, int]:
        monkeypatch.setattr(sys, "argv", ["loa", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return found.out + found.err, ended.value.code

    return run


@pytest.fixture
def aired(xa: Path, loa: Listen) -> Path:
    """The folder of the first cluster, once everything was sent."""
    loa("passphrase", "minh")
    loa("submit", "campaigns/tiem-phong.yaml", "--by", "lan")
    loa("approve", "tiem-phong", "--by", "minh")
    loa("run")
    return xa / "outbox" / "loudspeaker" / "cum-1" / "2026-12-02"


def test_what_was_aired_is_heard_and_held_against_its_own_hamlets_words(
    aired: Path, loa: Listen, tmp_path: Path
) -> None:
    file = aired / "0500-routine-tiem-phong.mp3"
    told, status = loa("listen", file)
    assert status == 0, told
    assert "held against: tiem-phong (ap-1)" in told
    assert "✓ nothing is wrong with it" in told
    assert "LUFS" in told
    assert "█" in told

    other = aired.parent.parent / "cum-2" / "2026-12-02" / file.name
    file.write_bytes(other.read_bytes())
    told, status = loa("listen", file)
    assert status == 1
    assert "held against: tiem-phong (ap-1)" in told
    assert "“bảy" in told

    away = tmp_path / "a.mp3"
    away.write_bytes(other.read_bytes())
    told, status = loa("listen", away)
    assert (status, "held against: tiem-phong (ap-2)" in told) == (0, True)
    told, status = loa("listen", away, "--campaign", "tiem-phong", "--hamlet", "ap-1")
    assert (status, "(ap-1)" in told) == (1, True)


def test_doubts_are_told_when_it_is_submitted_and_previewed(xa: Path, loa: Listen) -> None:
    file = xa / "campaigns" / "tiem-phong.yaml"
    file.write_text(file.read_text("utf-8").replace("Nhớ mang", "Nhớ XQZ mang"), encoding="utf-8")
    for words in (("submit", file, "--by", "lan"), ("preview", "tiem-phong")):
        told, status = loa(*words)
        assert status == 0, told
        assert "Please look at these before it goes out:" in told
        assert "XQZ" in told


def test_a_jingle_that_is_gone_is_told_before_anything_is_approved(xa: Path, loa: Listen) -> None:
    settings = xa / "loa.toml"
    text = settings.read_text("utf-8") + '\n[programme]\njingle = "am/hieu.mp3"\n'
    settings.write_text(text, encoding="utf-8")
    for words in (("check",), ("submit", "campaigns/tiem-phong.yaml", "--by", "lan")):
        told, _status = loa(*words)
        assert "! am/hieu.mp3 is gone: programmes go without it" in told


def test_a_tampered_file_is_found_out_and_drawn(aired: Path, loa: Listen, tmp_path: Path) -> None:
    samples, rate = soundfile.read(aired / "0500-routine-tiem-phong.mp3", dtype="float32")
    longer = np.insert(samples, 5 * rate, np.zeros(3 * rate, dtype=np.float32))
    file = sound.sound_file(tmp_path / "b.mp3", longer, rate)
    told, status = loa("listen", file)
    assert (status, "no text to hold it against" in told) == (1, True)
    png = tmp_path / "b.png"
    told, status = loa("listen", file, "--campaign", "tiem-phong", "--hamlet", "ap-1", "--png", png)
    assert status == 1
    assert "there is silence for 3" in told
    assert "drawn:" in told
    drawn = png.read_bytes()
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(drawn[16:20]) == 2_000
    assert len(drawn) > 20_000


def test_a_whole_programme_is_held_against_all_that_it_holds(
    aired: Path, loa: Listen, xa: Path
) -> None:
    file = aired / "0500-programme.mp3"
    told, status = loa("listen", file)
    assert (status, "held against: tiem-phong (ap-1)" in told) == (0, True), told
    told, status = loa("listen", file, "--campaign", "bao-lu")
    assert (status, "bao-lu is not in this programme (in it: tiem-phong)" in told) == (1, True)

    sound = file.read_bytes()
    away = xa / "cut.mp3"
    for place in (file, away):
        place.write_bytes(sound[: len(sound) * 9 // 10])
        told, status = loa("listen", place)
        assert (status, "instead of" in told) == (1, True), told
    away.write_bytes(sound)
    told, status = loa("listen", away)
    assert status == 0, told
    file.write_bytes(sound)

    manifest = json.loads((aired / "0500.json").read_bytes())
    (item,) = manifest["items"]
    samples, rate = soundfile.read(file, dtype="float32")
    begin = round((item["starts"] + 2.5) * rate)
    samples[begin : begin + rate] = samples[begin + 2 * rate : begin + 3 * rate]
    soundfile.write(file, samples, rate, format="MP3")
    told, status = loa("listen", file)
    assert status == 1, told
    moments = [float(found) for found in re.findall(r"at ([0-9.]+) s", told)]
    assert any(abs(at - item["starts"] - 2.5) < 4 for at in moments), told

    del item["starts"]
    (aired / "0500.json").write_text(json.dumps({**manifest, "items": [item]}), encoding="utf-8")
    told, status = loa("listen", file)
    assert (status, "does not say where its items begin" in told) == (1, True)


def test_a_file_is_held_against_a_text_whichever_voice_says_it(
    aired: Path, loa: Listen, tmp_path: Path
) -> None:
    file = aired / "0500-routine-tiem-phong.mp3"
    told, status = loa("listen", file, "--text", TEXT)
    assert (status, "held against: the text that was given" in told) == (0, True), told
    text = tmp_path / "t.txt"
    text.write_text(TEXT.replace("sổ tiêm", "giấy mời"), encoding="utf-8")
    told, status = loa("listen", file, "--text", f"@{text}")
    assert (status, "“giấy mời" in told) == (1, True)
    told, status = loa("listen", file, "--text", "Hôm nay không họp dân phố, xin bà con lưu ý.")
    assert status == 1
    told, status = loa("listen", file, "--text", "@nowhere.txt")
    assert (status, "nowhere.txt" in told) == (1, True)


def test_other_sounds_are_judged_by_themselves(loa: Listen, tmp_path: Path) -> None:
    murmur = sound.sound_file(tmp_path / "c.wav", sound.murmur(6), 44_100)
    told, status = loa("listen", murmur)
    assert (status, "no text to hold it against" in told) == (0, True), told
    loud = np.clip(sound.murmur(6, 4.0), -1, 1)
    told, status = loa("listen", sound.sound_file(tmp_path / "d.ogg", loud, 44_100))
    assert (status, "clipping" in told) == (1, True), told
    nothing = sound.sound_file(tmp_path / "e.flac", np.zeros(44_100), 44_100)
    told, status = loa("listen", nothing)
    assert (status, "there is nothing to hear" in told) == (1, True)


def test_what_cannot_be_heard_says_why(loa: Listen, tmp_path: Path) -> None:
    broken = tmp_path / "f.mp3"
    broken.write_bytes(b"no sound at all" * 100)
    told, status = loa("listen", broken)
    assert (status, "no sound file that can be read" in told) == (1, True)
    fine = sound.sound_file(tmp_path / "g.wav", sound.murmur(2), 44_100)
    told, status = loa("listen", fine, "--campaign", "khong-co")
    assert (status, 'no campaign "khong-co" was submitted' in told) == (1, True)
    assert loa("listen", fine, "--campaign", "x", "--text", "y")[1] == 2
