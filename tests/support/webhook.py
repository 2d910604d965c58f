"""The reference receiver of webhooks, run in this process on a free port of loopback."""

from __future__ import annotations

import importlib.util
import json
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

#: What both sides keep.
SECRET = "mot-khoa-ky-dai-va-kin"

_PROGRAM = Path(__file__).parents[2] / "deploy" / "webhook" / "loa_receiver.py"


def program() -> ModuleType:
    """Return the receiver's module, which is no part of any package."""
    name = "loa_receiver"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, _PROGRAM)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


class Portal:
    """A portal that takes webhooks; its own log counts."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.folder = folder
        self.url: str = server.url

    @property
    def log(self) -> list[dict[str, str]]:
        path = self.folder / "log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def post(self, campaign_id: str) -> dict[str, Any]:
        path = self.folder / "posts" / f"{campaign_id}.json"
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "files").iterdir())


@contextmanager
def receiver(
    folder: Path, secret: str = SECRET, certificate: Path | None = None
) -> Iterator[Portal]:
    """Run a receiver that keeps everything in ``folder``, over HTTPS if it has a certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    with program().Receiver(("127.0.0.1", 0), folder, secret) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.url = server.url.replace("http://", "https://")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Portal(folder, server)
        finally:
            server.shutdown()
            thread.join()
