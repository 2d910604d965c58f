"""Files that come with a campaign: what they must be, and where they may lie."""

import os
from pathlib import Path

import pytest
from support.campaign_files import (
    CAMPAIGN,
    OGG,
    PDF,
    faults,
    load,
    told,
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_file_named_in_a_campaign_must_be_what_its_name_says(tmp_path: Path) -> None:
    outside = tmp_path / "secret.pdf"
    outside.write_bytes(PDF)
    home = tmp_path / "campaigns"
    (home / "folder.pdf").mkdir(parents=True)
    (home / "good.pdf").write_bytes(PDF)
    (home / "wrong.pdf").write_bytes(b"MZ\x90")
    (home / "empty.pdf").write_bytes(b"")
    (home / "program.exe").write_bytes(b"MZ\x90")
    (home / "link.pdf").symlink_to(outside)
    (home / "loop.pdf").symlink_to(home / "loop.pdf")
    (home / "inside.pdf").symlink_to(home / "good.pdf")
    os.mkfifo(home / "pipe.pdf")
    with (home / "huge.pdf").open("wb") as file:
        file.write(PDF)
        file.truncate(20_000_001)

    def one(name: str) -> str:
        found = told(home, CAMPAIGN + f"attachments: ['{name}']\n")
        return found[0].removeprefix("6:15: attachments[1]: ") if found else "taken"

    assert one("good.pdf") == "taken"
    assert one("./inside.pdf") == "taken"
    assert one("link.pdf") == "link.pdf lies outside the campaign's folder"
    assert one("../secret.pdf") == "../secret.pdf lies outside the campaign's folder"
    assert one(str(outside)).endswith("write a path inside the campaign's folder, with /")
    assert one("a\\b.pdf").endswith("write a path inside the campaign's folder, with /")
    assert one("wrong.pdf") == "wrong.pdf: its content is not that of a .pdf file"
    assert one("empty.pdf") == "empty.pdf: its content is not that of a .pdf file"
    assert one("folder.pdf") == "folder.pdf is not a file"
    assert one("pipe.pdf") == "pipe.pdf is not a file"
    assert one("program.exe").startswith(
        "program.exe: this kind of file is not taken; allowed: .pd"
    )
    assert one("huge.pdf") == "huge.pdf has 20000001 bytes, at most 20000000 are allowed"
    assert one("god.pdf").endswith('(did you mean "good.pdf"?)')
    assert one("loop.pdf") != "taken"
    assert one("a" * 299).startswith("aaa")


def test_a_recording_must_be_a_sound_and_an_attachment_must_not(tmp_path: Path) -> None:
    (tmp_path / "a.ogg").write_bytes(OGG)
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert faults(tmp_path, CAMPAIGN + "channels: {loudspeaker: {audio: a.ogg}}\n") == []
    wrong = CAMPAIGN + "attachments: [a.ogg]\nchannels: {loudspeaker: {audio: a.pdf}}\n"
    found = told(tmp_path, wrong)
    assert found[0].startswith("6:15: attachments[1]: a.ogg: this kind of file is not taken")
    assert found[1].startswith("7:33: channels.loudspeaker.audio: a.pdf: this kind of file is not")


def test_two_attachments_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "b" / "a.pdf").write_bytes(PDF + b"2")
    found = told(tmp_path, CAMPAIGN + "attachments: [a.pdf, b/a.pdf]\n")
    assert found == ["6:22: attachments[2]: there are two attachments named a.pdf"]


def test_a_file_name_stored_decomposed_is_found(tmp_path: Path) -> None:
    import unicodedata

    (tmp_path / unicodedata.normalize("NFD", "mẫu.pdf")).write_bytes(PDF)
    loaded = load(tmp_path, CAMPAIGN + "attachments: [mẫu.pdf]\n")
    assert loaded.campaign.attachments[0].name == "mẫu.pdf"
