"""A TCP proxy that tests cut, or let fall silent: the network between two machines."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes bytes on to a port of this machine until it is told otherwise.

    ``passed`` counts the bytes that went through, ``forth`` those towards the far side.
    ``cut_after`` bytes towards the far side it breaks that line; ``silent`` it passes nothing.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self._muted: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._open = True
        self.port = int(self._listener.getsockname()[1])
        self.cut_after: int | None = None
        self.silent = threading.Event()
        self.passed = self.forth = 0
        self._start(self._accept)

    def close(self) -> None:
        self._open = False
        self.silent.clear()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Break every line that stands now."""
        for one in list(self._sockets):
            self._break(one)

    def mute(self) -> None:
        """Pass nothing more on the lines that stand now; who comes anew is served."""
        self._muted |= self._sockets

    def _accept(self) -> None:
        while self._open:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            self._sockets |= {near, far}
            self._start(self._pass, near, far, True)
            self._start(self._pass, far, near, False)

    def _pass(self, source: socket.socket, target: socket.socket, forth: bool) -> None:
        try:
            while data := source.recv(65_536):
                if self.silent.is_set() or source in self._muted:
                    continue
                if forth and self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self.cut_after <= 0:
                        self.cut_after = None
                        break
                target.sendall(data)
                self.passed += len(data)
                self.forth += len(data) if forth else 0
        except OSError:
            pass
        self._break(source)
        self._break(target)

    def _break(self, one: socket.socket) -> None:
        self._sockets.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """Stand between tests and a port of this machine."""
    opened = Proxy(target)
    try:
        yield opened
    finally:
        opened.close()
