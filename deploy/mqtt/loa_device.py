#!/usr/bin/env python3
"""A device that plays Loa's programmes by commands over MQTT: a reference for makers of devices.

It needs Python 3.11, paho-mqtt, cryptography and a program that plays a file;
docs/mqtt-devices.md says what it must do and why. Without ``--play`` it makes no sound but takes
as long, which is how Loa's own tests use it::

    loa_device.py --host broker.xa-mau.example --user cum-1 --password-file /etc/loa/cum-1 \\
        --key-file /etc/loa/khoa-xa --topic loa/xa-mau/cum-1 --folder /var/lib/loa-device \\
        --play "mpv --really-quiet"
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

#: Seconds: how often it looks what is due, and how long a fetch may take without a byte.
EVERY = 0.05
FETCHING = 20

#: The largest sound that is fetched, in bytes.
LARGEST = 200 * 1024 * 1024

ITEM = ("campaign", "purpose", "hamlets", "sha256")


class RefusedError(Exception):
    """The command is not taken; the message is one of the reasons that Loa knows."""


class Memory:
    """What outlives the device's power: commands, sounds, and its log. Writes are durable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sounds = folder / "sounds"
        self.sounds.mkdir(parents=True, exist_ok=True)
        self._log = folder / "plays.jsonl"
        self.plays: list[dict[str, Any]] = list(self._read_log())
        self.unwritten: list[dict[str, Any]] = []
        self.commands: dict[str, dict[str, Any]] = {}
        if (folder / "commands.json").exists():
            self.commands = json.loads((folder / "commands.json").read_text("utf-8"))
        if not (folder / "log").exists():
            self.write("log", f"{int(time.time() * 1000):x}")
        self.log = (folder / "log").read_text("utf-8")
        self.sequence = 0  # the highest that was taken; none below it is taken any more
        if (folder / "sequence").exists():
            self.sequence = int((folder / "sequence").read_text("utf-8"))

    def write(self, name: str, text: str) -> None:
        path = self.folder / f".{name}.tmp"
        with path.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.replace(self.folder / name)

    def take(self, command: dict[str, Any]) -> None:
        """Keep a command in the place of earlier versions; forget what has long expired."""
        now = datetime.now(UTC)
        kept = {key: one for key, one in self.commands.items() if moment(one["expires"]) > now}
        self.commands = {**kept, command["id"]: command}
        self.write("sequence", str(command["sequence"]))
        self.sequence = command["sequence"]
        self.write("commands.json", json.dumps(self.commands))

    def current(self) -> list[dict[str, Any]]:
        """Return the newest version of each slot's programme, the earliest slot first."""
        newest: dict[str, dict[str, Any]] = {}
        for one in sorted(self.commands.values(), key=lambda one: one["version"]):
            newest[one["slot"]] = one
        return sorted(newest.values(), key=lambda one: moment(one["slot"]))

    def settled(self, command: dict[str, Any], sound: dict[str, Any]) -> bool:
        """Say whether an item needs no play any more."""
        return any(
            play["outcome"] != "cut" and play["slot"] == command["slot"]
            and (play["campaign_id"], play["purpose"], play["hamlets"], play["sha256"])
            == tuple(sound[key] for key in ITEM)
            for play in (*self.plays, *self.unwritten)
        )  # fmt: skip

    def add(self, play: dict[str, Any]) -> dict[str, Any]:
        """Number a play and write it down. Raises OSError: then it is known until power goes."""
        numbered = {"log": self.log, "number": len(self.plays) + 1, **play}
        try:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(numbered) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.unwritten.append(play)
            raise
        self.plays.append(numbered)
        return numbered

    def _read_log(self) -> Iterator[dict[str, Any]]:
        """Yield whole lines; one that the power cut off is taken away."""
        if not self._log.exists():
            return
        whole, _newline, torn = self._log.read_bytes().rpartition(b"\n")
        if torn:
            self._log.write_bytes(whole + b"\n" if whole else b"")
        yield from map(json.loads, whole.splitlines())


class Keys:
    """The commune's public keys, one in a line, as ``loa players key`` prints them."""

    def __init__(self, path: Path) -> None:
        self.known = [
            Ed25519PublicKey.from_public_bytes(base64.b64decode(line))
            for line in path.read_text("utf-8").split()
        ]

    def opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """Return the command that one of the keys has signed. Raises RefusedError."""
        payload = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(envelope["signature"], validate=True)
        for key in self.known:
            try:
                key.verify(signature, payload)
            except InvalidSignature:
                continue
            command: dict[str, Any] = json.loads(payload)
            return command
        raise RefusedError("signature")


class Device:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.memory = Memory(options.folder)
        self.keys = Keys(options.key_file)
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id=options.user, protocol=MQTTv311
        )  # fmt: skip
        self.client.username_pw_set(options.user, options.password_file.read_text().strip())
        if options.ca_file:
            self.client.tls_set(str(options.ca_file))
        # The broker says this for the device when it is gone without a word.
        self.client.will_set(self.topic("state"), '{"online": false}', qos=1, retain=True)
        self.client.reconnect_delay_set(1, 30)
        self.client.on_connect = self.on_connect
        self.client.on_message = self.on_message
        self.waiting: queue.Queue[dict[str, Any]] = queue.Queue()
        self.begun: set[str] = set()
        self.framed: set[tuple[str, str]] = set()
        self.just_ended = ""  # the slot of which an item has just ended whole

    def topic(self, what: str) -> str:
        return f"{self.options.topic}/{what}"

    def say(self, what: str, message: dict[str, Any], *, retain: bool = False) -> None:
        self.client.publish(self.topic(what), json.dumps(message), qos=1, retain=retain)

    # --- What Loa says ---

    def on_connect(self, client: Client, *said: Any) -> None:
        reason = said[2]
        if reason.is_failure:
            print(f"not let in: {reason}", file=sys.stderr, flush=True)
            return
        client.subscribe([(self.topic("command"), 1), (self.topic("kept"), 1)])
        self.say("state", {"online": True}, retain=True)
        print("online", flush=True)

    def on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        try:
            told = json.loads(message.payload)
        except ValueError:
            return
        if message.topic == self.topic("kept"):
            self.send_again(told)
        elif not message.retain:  # a command that somebody let the broker keep is nobody's
            self.waiting.put(told)

    def send_again(self, told: dict[str, Any]) -> None:
        """Send every play that Loa does not have yet."""
        known = told.get("number", 0) if told.get("log") == self.memory.log else 0
        for play in self.memory.plays[known:]:
            self.say("plays", play)

    def take_commands(self) -> None:
        while True:
            envelope = self.waiting.get()
            if self.options.deaf:
                continue
            answer = {"id": claimed_id(envelope), "state": "taken"}
            try:
                self.take(self.keys.opened(envelope))
            except RefusedError as refusal:
                answer |= {"state": "refused", "reason": str(refusal)}
            except OSError:
                answer |= {"state": "refused", "reason": "space"}
            except (KeyError, TypeError, ValueError):
                answer |= {"state": "refused", "reason": "format"}
            print(json.dumps(answer), flush=True)
            self.say("answer", answer)

    def take(self, command: dict[str, Any]) -> None:
        """Keep a command and its sounds. Raises RefusedError."""
        if command["command"] != 2 or command["topic"] != self.topic("command"):
            raise RefusedError("format")
        if command["id"] in self.memory.commands:
            return  # the same one again: answered again, played once
        if moment(command["expires"]) <= datetime.now(UTC):
            raise RefusedError("expired")
        if command["sequence"] <= self.memory.sequence:
            raise RefusedError("replayed")
        for one in self.memory.current():
            if one["slot"] == command["slot"] and one["version"] > command["version"]:
                raise RefusedError("old")
        urgent = any(sound["urgent"] for sound in command["sounds"])
        if not urgent and not self.clock_is_sure():
            raise RefusedError("clock")
        for sound in command["sounds"]:
            self.fetch(sound)
        self.memory.take(command)

    def clock_is_sure(self) -> bool:
        return self.options.clock_file is None or self.options.clock_file.exists()

    def fetch(self, sound: dict[str, Any]) -> None:
        path = self.file_of(sound)
        if path.exists():
            return
        if not sound["url"].startswith(("http://", "https://")):
            raise RefusedError("format")
        size, found = 0, hashlib.sha256()
        part = path.with_suffix(".part")
        try:
            with (
                urllib.request.urlopen(sound["url"], timeout=FETCHING) as answer,  # noqa: S310
                part.open("wb") as file,
            ):
                while (piece := answer.read(65_536)) and size <= min(sound["size"], LARGEST):
                    size += len(piece)
                    found.update(piece)
                    file.write(piece)
        except OSError as error:
            raise RefusedError("fetch") from error
        if size != sound["size"] or found.hexdigest() != sound["sha256"]:
            part.unlink()
            raise RefusedError("sound")
        part.replace(path)

    def file_of(self, sound: dict[str, Any]) -> Path:
        name = str(sound["sha256"])
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise RefusedError("format")
        return self.memory.sounds / name

    # --- What is played ---

    def due(self, urgent: bool) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return what may begin now: the first part of the first programme that has one."""
        now = datetime.now(UTC)
        for command in self.memory.current():
            slot = command["slot"]
            limit = command["expires" if slot in self.begun else "begin_until"]
            if not moment(slot) <= now <= moment(limit):
                continue
            items = [one for one in command["sounds"] if one["part"] == "item"]
            waiting = [one for one in items if not self.memory.settled(command, one)]
            for sound in command["sounds"]:
                part = sound["part"]
                fits = {
                    "bridge": False,  # it comes before an item that follows another one
                    "item": sound in waiting,
                    "opening": bool(waiting) and (slot, part) not in self.framed,
                    "closing": not waiting
                    and slot in self.begun
                    and (slot, part) not in self.framed,
                }
                if sound["urgent"] is urgent and fits[part]:
                    return command, sound
        return None

    def play_what_is_due(self) -> None:
        while True:
            self.refuse_what_is_late()
            found = self.due(True) or (self.due(False) if self.clock_is_sure() else None)
            if found is None:
                time.sleep(EVERY)
                continue
            command, sound = found
            sound = self.bridged(command, sound)
            if sound["part"] in ("opening", "closing"):
                self.framed.add((command["slot"], sound["part"]))
            self.begun.add(command["slot"])
            began = datetime.now(UTC)
            outcome, reason = self.play(sound)
            whole_item = sound["part"] == "item" and outcome == "played"
            self.just_ended = command["slot"] if whole_item else ""
            if sound["part"] == "item":
                self.report(command, sound, began, outcome, reason)

    def bridged(self, command: dict[str, Any], sound: dict[str, Any]) -> dict[str, Any]:
        """Return what comes now: the bridge, where an item follows another one."""
        if sound["part"] == "item" and self.just_ended == command["slot"]:
            for one in command["sounds"]:
                if one["part"] == "bridge":
                    return {**one, "urgent": sound["urgent"]}
        return sound

    def refuse_what_is_late(self) -> None:
        """Say of what can begin no more that it did not, so that somebody learns of it."""
        now = datetime.now(UTC)
        for command in self.memory.current() if self.clock_is_sure() else ():
            limit = command["expires" if command["slot"] in self.begun else "begin_until"]
            for sound in command["sounds"] if now > moment(limit) else ():
                if sound["part"] == "item" and not self.memory.settled(command, sound):
                    self.report(command, sound, now, "refused", "late")

    def report(
        self,
        command: dict[str, Any],
        sound: dict[str, Any],
        began: datetime,
        outcome: str,
        reason: str,
    ) -> None:
        heard = 0.0 if outcome == "refused" else (datetime.now(UTC) - began).total_seconds()
        play = {
            "cluster": command["cluster"], "slot": command["slot"],
            "campaign_id": sound["campaign"], "purpose": sound["purpose"],
            "hamlets": sound["hamlets"], "sha256": sound["sha256"],
            "began": began.isoformat(), "seconds": heard, "outcome": outcome, "reason": reason,
        }  # fmt: skip
        try:
            play = self.memory.add(play)
        except OSError as error:  # what is not written down proves nothing
            print(f"not written down: {error}", file=sys.stderr, flush=True)
            return
        self.say("plays", play)
        print(json.dumps(play), flush=True)

    def play(self, sound: dict[str, Any]) -> tuple[str, str]:
        """Play one sound; an emergency cuts off what is none."""
        command = [*shlex.split(self.options.play), str(self.file_of(sound))]
        if not self.options.play:
            command = ["sleep", str(sound["seconds"])]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as player:  # noqa: S603
            while player.poll() is None:
                if not sound["urgent"] and self.due(True):
                    player.terminate()
                    player.wait()
                    return "cut", "emergency"
                time.sleep(EVERY)
        return ("played", "") if player.returncode == 0 else ("failed", "player")

    def work(self, what: Callable[[], None]) -> None:
        """Do one part of the work; without it the device ends, and is started again."""
        try:
            what()
        finally:
            traceback.print_exc()
            os._exit(1)

    def run(self) -> None:
        for work in (self.take_commands, self.play_what_is_due):
            threading.Thread(target=self.work, args=(work,), daemon=True).start()
        self.client.connect_async(self.options.host, self.options.port, keepalive=15)
        self.client.loop_forever(retry_first_connection=True)


def claimed_id(envelope: Any) -> Any:
    """Return which command it says to be, signed or not: whoever sent it is to hear about that."""
    try:
        return json.loads(base64.b64decode(envelope["payload"]))["id"]
    except (KeyError, TypeError, ValueError):
        return None


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Plays Loa's programmes by commands over MQTT.")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--key-file", type=Path, required=True, help="the commune's public keys")
    parser.add_argument("--ca-file", type=Path, help="the broker's authority: TLS")
    parser.add_argument("--topic", required=True, help="loa/<commune>/<cluster>")
    parser.add_argument("--folder", type=Path, required=True, help="where it keeps everything")
    parser.add_argument("--play", default="", help="the program that plays a file")
    parser.add_argument("--clock-file", type=Path, help="is there while the clock is right")
    parser.add_argument("--deaf", action="store_true", help="answer nothing (to try Loa)")
    device = Device(parser.parse_args())
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # the will says that it is gone
    device.run()


if __name__ == "__main__":
    main()
