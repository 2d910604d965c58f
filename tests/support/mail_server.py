"""A small mail server (SMTP, RFC 5321) that keeps what it takes, and refuses as it is told."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """What arrived, in order. ``drops_after`` hangs up when it has taken so many, unanswered.

    While ``gate`` is not set, it takes a mail and does not say so.
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False
    drops_after: bool = False
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def target(self, name: str = "xa", password: str = "mat-khau-thu") -> str:
        """Return its address as Apprise writes it, with a secret in it."""
        return (
            f"mailto://{name}:{password}@127.0.0.1:{self.port}"
            "/?from=xa@xa-mau.example&to=truong-ap@xa-mau.example&mode=insecure"
        )

    def texts(self) -> list[str]:
        """Return what the last mail says, in each of its forms."""
        parts = (one for one in self.taken[-1].walk() if one.get_content_maintype() == "text")
        return [str(part.get_content()).replace("\r\n", "\n") for part in parts]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run one on a free port of this machine."""
    kept = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 may-thu ESMTP")
            while line := self._line():
                word = line.decode(errors="replace").strip().upper()
                if word.startswith("EHLO"):
                    self.say("250-may-thu")
                    self.say("250 AUTH PLAIN LOGIN")
                elif word.startswith("AUTH"):
                    self.say("235 2.7.0 ok")
                elif word.startswith("MAIL") and kept.refuses:
                    self.say("550 5.7.1 no")
                elif word == "DATA":
                    self.say("354 go on")
                    if not self.take():
                        return
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def _line(self) -> bytes:
            try:
                return self.rfile.readline()
            except ConnectionError:  # whoever only looked whether somebody is there has gone
                return b""

        def take(self) -> bool:
            data = b""
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                data += line[1:] if line.startswith(b"..") else line
            mail = message_from_bytes(data, policy=default)
            assert isinstance(mail, EmailMessage)
            kept.taken.append(mail)
            kept.gate.wait()
            if kept.drops_after:
                return False
            with contextlib.suppress(ConnectionError):  # who sent it may have been killed
                self.say("250 taken")
            return True

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield kept
        finally:
            kept.gate.set()
            server.shutdown()
            thread.join()
