"""The witness: where each word is, and what becomes of a witness that fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from channels.base import ChannelError
from channels.loudspeaker.proof.witness import Account, Witness, fingerprint
from channels.loudspeaker.speech.espeak import EspeakEngine

SOUTH = "vi-vn-x-south"
TEXT = "Trạm y tế xã, điện thoại không hai bảy hai."


@pytest.fixture(scope="module")
def account() -> Account:
    return Witness().hear([TEXT], SOUTH)[TEXT]


def test_every_word_has_its_place_in_order(account: Account) -> None:
    places = account.places(TEXT)
    assert [word for word, _at in places] == TEXT.replace(",", "").replace(".", "").split()
    moments = [at for _word, at in places]
    assert moments == sorted(moments)
    assert moments[0] == pytest.approx(0.0, abs=0.1)
    assert account.unsaid(TEXT) == []


def test_a_word_that_is_not_begun_is_told(account: Account) -> None:
    deaf = Account(account.sha256, account.words[:4] + account.words[5:])
    assert deaf.unsaid(TEXT) == ["điện"]


def test_the_witness_speaks_as_the_voice_does(account: Account) -> None:
    engine = EspeakEngine()
    try:
        assert fingerprint(engine.say(TEXT, SOUTH).samples) == account.sha256
    finally:
        engine.close()


def test_a_sentence_is_asked_for_once() -> None:
    witness = Witness()
    said = witness.hear([TEXT, TEXT], SOUTH)
    witness._command = ("false",)
    assert witness.hear([TEXT], SOUTH) == said
    with pytest.raises(ChannelError):
        witness.hear([TEXT], "vi")


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", "import sys; sys.exit('no library')"),
        (sys.executable, "-c", "import time; time.sleep(60)"),
        ("/nowhere/at/all",),
    ],
    ids=["refuses", "hangs", "is not there"],
)
def test_a_witness_that_fails_is_an_error_that_may_pass(command: tuple[str, ...]) -> None:
    with pytest.raises(ChannelError) as caught:
        Witness(time_limit=0.5, command=command).hear([TEXT], SOUTH)
    assert not caught.value.permanent


def test_a_witness_that_dies_once_is_asked_again(tmp_path: Path, account: Account) -> None:
    helper = "channels.loudspeaker.proof.witness_helper"
    dies_once = (
        "import os, pathlib, runpy, signal\n"
        f"mark = pathlib.Path({str(tmp_path / 'died')!r})\n"
        "if not mark.exists():\n"
        "    mark.touch()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"runpy.run_module({helper!r}, run_name='__main__')\n"
    )
    witness = Witness(command=(sys.executable, "-c", dies_once))

    assert witness.hear([TEXT], SOUTH) == {TEXT: account}
    assert (tmp_path / "died").exists()


def test_a_voice_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ChannelError, match="no-such-voice"):
        Witness().hear([TEXT], "no-such-voice")
