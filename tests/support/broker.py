"""A real broker for tests, mosquitto with the example's rights, and reference devices.

A machine without mosquitto fails the tests that need it: ``make system`` installs it.
"""

from __future__ import annotations

import functools
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.publish import single

from channels.loudspeaker.players.mqtt.account import Account
from channels.loudspeaker.players.mqtt.backend import MqttBackend
from channels.loudspeaker.players.mqtt.topics import Topics
from support.airing import KEY
from support.redis_server import wait_until
from support.servers import free_port
from support.serving import serving
from support.station import Program

#: The reference device, on a clock of the test's own.
SHIFTED = Path(__file__).with_name("shifted_device.py")
DEPLOY = Path(__file__).parents[2] / "deploy" / "mqtt"


def password_of(user: str) -> str:
    return f"mat-khau-cua-{user}"


class Broker(Program):
    """mosquitto; its configuration is the example's, with ports and folders of its own."""

    def __init__(self, folder: Path, users: tuple[str, ...]) -> None:
        self.folder = folder
        self.port, self.secure_port = free_port(), free_port()
        self.ca = folder / "ca.crt"
        self.log = folder / "mosquitto.log"
        _certify(folder)
        for number, user in enumerate(users):
            made = ["-c"] if number == 0 else []
            run = ["mosquitto_passwd", *made, "-b", "loa.passwd", user, password_of(user)]
            subprocess.run(run, cwd=folder, check=True, capture_output=True)
        shutil.copy(DEPLOY / "acl", folder / "loa.acl")
        text = (DEPLOY / "mosquitto.conf").read_text("utf-8")
        for right, own in (
            ("listener 8883", f"listener {self.secure_port} 127.0.0.1"),
            ("listener 1883 ", f"listener {self.port} "),
            ("/etc/mosquitto/certs", str(folder)),
            ("/etc/mosquitto", str(folder)),
            ("persistence true", f"persistence true\npersistence_location {folder}/"),
        ):
            assert right in text
            text = text.replace(right, own)
        (folder / "mosquitto.conf").write_text(text + "log_type debug\n", "utf-8")
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "nobody", "nogroup")

    def start(self) -> None:
        program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
        assert program is not None, "mosquitto is not installed: run make system"
        before = self.said().count("running")
        self.run([program, "-c", str(self.folder / "mosquitto.conf")], self.log)
        wait_until(lambda: self.said().count("running") > before, "mosquitto to run")

    def said(self) -> str:
        return self.log.read_text("utf-8") if self.log.exists() else ""


class Device:
    """The reference device in a process of its own."""

    def __init__(self, far: FarSide, cluster: str = "cum-1", *options: str, **own: str) -> None:
        self.folder = far.folder / f"device-{cluster}"
        self.folder.mkdir(exist_ok=True)
        self.clock = self.folder / "clock-is-set"
        self.clock.touch()
        user = own.get("user", cluster)
        (self.folder / "password").write_text(own.get("password", password_of(user)))
        (self.folder / "key").write_text(KEY.public.text + "\n")
        self._log = self.folder / "said"
        self._shift = self.folder / "clock-is-ahead"
        self._shift.write_text("0")
        self._command = [
            sys.executable, str(SHIFTED), str(self._shift),
            "--host", "127.0.0.1", "--port", own.get("port", str(far.broker.port)),
            "--user", user, "--password-file", str(self.folder / "password"),
            "--topic", f"loa/xa-mau/{cluster}", "--folder", str(self.folder),
            "--clock-file", str(self.clock), "--key-file", str(self.folder / "key"), *options,
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, until: str = "online") -> None:
        before = self.said().count(until)
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(self._command, stdout=out, stderr=out, cwd=self.folder)
        wait_until(lambda: self.said().count(until) > before, f"the device to say {until}")

    def pass_by(self, span: timedelta) -> None:
        """Let so much time pass, for this device alone."""
        ahead = float(self._shift.read_text()) + span.total_seconds()
        new = self._shift.with_suffix(".new")
        new.write_text(str(ahead))
        new.replace(self._shift)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def said(self) -> str:
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def holds(self) -> tuple[str, ...]:
        """Return what the device keeps of commands and sounds."""
        kept = self.folder / "commands.json"
        sounds = sorted(one.name for one in (self.folder / "sounds").iterdir())
        return (kept.read_text("utf-8") if kept.exists() else "", *sounds)

    def answers(self) -> list[dict[str, Any]]:
        return [one for one in self._told() if "id" in one]

    def plays(self) -> list[dict[str, Any]]:
        return [one for one in self._told() if "outcome" in one]

    def _told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said().splitlines() if line.startswith("{")]


class FarSide:
    """A broker, a web server for sounds, and what was started of devices and backends."""

    def __init__(self, folder: Path, broker: Broker, sounds: Path, address: str) -> None:
        self.folder, self.broker, self.sounds, self.address = folder, broker, sounds, address
        self.backends: list[MqttBackend] = []
        self.devices: list[Device] = []

    def backend(self, *, tls: bool = False, **own: Any) -> MqttBackend:
        account = Account(
            player="thiet-bi",
            host="127.0.0.1",
            port=self.broker.secure_port if tls else self.broker.port,
            user="loa",
            password=own.pop("password", password_of("loa")),
            tls=tls,
            ca_file=own.pop("ca_file", self.broker.ca) if tls else None,
            timeout=5,
        )
        topics = Topics("loa/{commune}/{cluster}", "xa-mau")
        given = {"sign": KEY.sign_bytes, "sounds": self.sounds, "address": self.address, **own}
        self.backends.append(MqttBackend(account, topics, **given))
        return self.backends[-1]

    def device(self, *options: str, **own: str) -> Device:
        self.devices.append(Device(self, own.pop("cluster", "cum-1"), *options, **own))
        return self.devices[-1]

    def say_as(self, user: str, topic: str, message: str, *, retain: bool = False) -> None:
        """Publish one message as somebody who knows ``user``'s password."""
        single(
            topic, message, qos=1, retain=retain, hostname="127.0.0.1", port=self.broker.port,
            auth={"username": user, "password": password_of(user)},
        )  # fmt: skip

    def end(self) -> None:
        """End devices and connections, and what they left on the disk."""
        for backend in self.backends:
            backend.close()
        for device in self.devices:
            device.kill()
            shutil.rmtree(device.folder, ignore_errors=True)
        self.backends.clear()
        self.devices.clear()


@contextmanager
def far_side() -> Iterator[FarSide]:
    """Run a broker that knows ``loa`` and the devices ``cum-1`` and ``cum-2``."""
    with tempfile.TemporaryDirectory(prefix="loa-mqtt-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("broker", "sounds"):
            (folder / part).mkdir()
        broker = Broker(folder / "broker", ("loa", "cum-1", "cum-2"))
        handler = functools.partial(_Quiet, directory=str(folder / "sounds"))
        with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler), threading.Event()) as web:
            broker.start()
            far = FarSide(
                folder, broker, folder / "sounds", f"http://127.0.0.1:{web.server_port}"
            )  # fmt: skip
            try:
                yield far
            finally:
                far.end()
                broker.stop()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_said: object) -> None:
        """Tests look at what devices say."""


def _certify(folder: Path) -> None:
    """Write an authority and the broker's certificate."""
    ca, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Thu nghiem")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    root = x509.BasicConstraints(ca=True, path_length=0)
    own = _certificate(ca, issuer, issuer).add_extension(root, critical=True)
    broker = _certificate(key, subject, issuer).add_extension(here, critical=False)
    for name, made in (("ca.crt", own), ("broker.crt", broker)):
        signed = made.sign(ca, hashes.SHA256())
        (folder / name).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "broker.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _certificate(
    key: ec.EllipticCurvePrivateKey,
    subject: x509.Name,
    issuer: x509.Name,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
