"""Devices over MQTT without a broker: topics, how far plays are known, and what is set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from channels.base import ChannelError
from channels.loudspeaker.players.liquidsoap import LiquidsoapBackend
from channels.loudspeaker.players.mqtt.account import Account
from channels.loudspeaker.players.mqtt.backend import MqttBackend
from channels.loudspeaker.players.mqtt.marks import Marks
from channels.loudspeaker.players.mqtt.topics import Topics
from engine.app.channels import NothingRemembered, build_channels
from engine.settings import load_settings


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


MQTT = """[players.thiet-bi]
kind = "mqtt"
host = "127.0.0.1"
port = 1
tls = false
password = "khong-ai-duoc-thay"
sounds = "am-thanh"
sounds_url = "http://127.0.0.1:9/am-thanh"
"""


def test_a_topic_is_a_clusters_own_and_says_whose_it_is() -> None:
    topics = Topics("loa/{commune}/{cluster}", "xa-mau")
    assert topics.of("cum-1", "command") == "loa/xa-mau/cum-1/command"
    assert topics.of_all("plays") == "loa/xa-mau/+/plays"
    assert topics.told_by("loa/xa-mau/cum-1/plays") == ("cum-1", "plays")
    plain = Topics("{cluster}", "xa-mau")
    assert plain.told_by(plain.of("cum-1", "state")) == ("cum-1", "state")


@pytest.mark.parametrize("cluster", ["+", "#", "a/b", "", "..", "a\x00"])
def test_a_cluster_that_could_speak_to_others_is_refused(cluster: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Topics("loa/{commune}/{cluster}", "xa-mau").of(cluster, "command")
    assert caught.value.permanent


def play(number: int, log: str = "a") -> dict[str, object]:
    return {"log": log, "number": number}


def test_a_mark_stands_before_the_first_gap() -> None:
    marks = Marks()
    marks.read("")
    for number in (1, 2, 4):
        assert marks.took("cum-1", play(number)) is not None
    assert json.loads(marks.written()) == {"cum-1": ["a", 2]}
    marks.read(marks.written())
    assert marks.took("cum-1", play(2)) is None, "known already"
    assert marks.took("cum-1", play(3)) is not None
    assert marks.took("cum-1", play(4)) is not None
    assert json.loads(marks.written()) == {"cum-1": ["a", 4]}


def test_a_log_that_begins_again_is_known_from_its_beginning() -> None:
    marks = Marks()
    marks.read('{"cum-1": ["a", 7]}')
    assert marks.took("cum-1", play(1, "b")) is not None
    assert json.loads(marks.written()) == {"cum-1": ["b", 1]}


@pytest.mark.parametrize(
    "told", [{}, {"log": "a"}, {"log": 1, "number": 1}, {"log": "a", "number": 0},
             {"log": "a", "number": True}, {"log": "a", "number": 2**60}],
)  # fmt: skip
def test_what_has_no_number_is_no_play(told: dict[str, object]) -> None:
    marks = Marks()
    marks.read("")
    assert marks.took("cum-1", told) is None
    assert marks.written() == "{}"


def test_a_device_is_told_what_the_ledger_keeps_and_no_more() -> None:
    marks = Marks()
    marks.read("")
    assert marks.untold({"cum-1"}) == ["cum-1"]
    assert marks.of("cum-1") == {"log": "", "number": 0}
    marks.told("cum-1")
    marks.took("cum-1", play(1))
    assert marks.of("cum-1") == {"log": "", "number": 0}, "Loa may still lose it"
    assert marks.untold(set()) == []
    marks.read(marks.written())
    assert marks.untold(set()) == ["cum-1"]
    assert marks.of("cum-1") == {"log": "a", "number": 1}
    marks.told("cum-1")
    assert marks.untold(set()) == []


def test_a_password_is_never_shown() -> None:
    account = Account("thiet-bi", "127.0.0.1", 1, "loa", "khong-ai-duoc-thay")
    assert "khong-ai-duoc-thay" not in repr(account)


def built(folder: Path, text: str) -> dict[str, Any]:
    (folder / "loa.toml").write_text(text, "utf-8")
    settings = load_settings(folder, {})
    channels = build_channels(
        settings, folder, NothingRemembered(), commune_id="xa-mau", workspace=folder
    )
    return dict(channels["loudspeaker"].backends)


def test_settings_make_a_player_of_each_kind(tmp_path: Path) -> None:
    station = '[players.dai-xa]\nkind = "liquidsoap"\n'
    found = built(tmp_path, MQTT + station)
    assert isinstance(found["thiet-bi"], MqttBackend)
    assert isinstance(found["dai-xa"], LiquidsoapBackend)
    assert found["thiet-bi"].name == "thiet-bi"
    with pytest.raises(ChannelError, match=r"127\.0\.0\.1:1") as caught:
        found["thiet-bi"].check()
    assert "khong-ai-duoc-thay" not in str(caught.value)


def test_a_device_account_without_a_password_is_told(tmp_path: Path) -> None:
    found = built(tmp_path, MQTT.replace('password = "khong-ai-duoc-thay"\n', ""))
    with pytest.raises(ChannelError, match=r"\[players.thiet-bi\]: write password_file"):
        found["thiet-bi"].check()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('host = "127.0.0.1"', 'host = "127.0.0.1"\ntopic = "loa/{commune}"'),
        ('host = "127.0.0.1"', 'host = "127.0.0.1"\ntopic = "loa/#/{cluster}"'),
        ("http://127.0.0.1:9", "ftp://127.0.0.1"),
        ('kind = "mqtt"', 'kind = "liquidsoap"\nsocket = "/run/loa/socket"'),
    ],
)
def test_settings_that_cannot_be_are_told(tmp_path: Path, right: str, wrong: str) -> None:
    (tmp_path / "loa.toml").write_text(MQTT.replace(right, wrong), "utf-8")
    assert load_settings(tmp_path, {}).faulty_players.keys() == {"thiet-bi"}
