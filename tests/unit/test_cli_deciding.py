"""`loa retry` and `loa resolve`, as a person types them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.commune import PASSPHRASE, make_commune

from engine.cli import main

NEWS = """\
id: hop-dan
title: Họp dân
valid: {from: 2026-12-01, until: 2026-12-03}
contact: Xã
text: Mời bà con đến họp.
channels: {chat: true}
"""


@pytest.fixture
def xa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workspace = make_commune(tmp_path / "xa", {"hop-dan": NEWS})
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setenv("LOA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("LOA_CLOCK_SIMULATED", "2026-12-01T08:00:00+07:00")
    return workspace


def test_a_person_decides_about_one_group_and_slips_of_the_pen_are_told(
    xa: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The group of heads is on Telegram, for which no bot is set up: its message fails."""

    def loa(words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["loa", *words.split()])
        with pytest.raises(SystemExit):
            main()
        found = capsys.readouterr()
        return found.out + found.err

    loa("passphrase minh")
    loa("submit campaigns/hop-dan.yaml --by lan")
    loa("approve hop-dan --by minh")
    loa("run")
    assert "nothing failed" in loa("retry hop-dan --by minh --target nhom-ap-1")
    wrong = loa("retry hop-dan --by minh --hamlet ap-3")
    assert 'there is no hamlet "ap-3" (did you mean "ap-2"?)' in wrong
    wrong = loa("resolve hop-dan --by minh --sent --target truong")
    assert 'there is no group or cluster "truong"' in wrong
    one = loa("retry hop-dan --by minh --hamlet ap-1 --target truong-ap")
    assert "✓ 1 deliveries will be tried again" in one
    assert "✓ 1 deliveries" in loa("retry hop-dan --by minh --channel chat")
    assert "nothing is uncertain" in loa("resolve hop-dan --by minh --resend")
