"""Publishing to a portal site in a test the way dispatch does it, and reading the site back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tinyhtml5.parser import HTMLParser as StrictParser

from channels.portal import PortalChannel, PortalOptions, StaticBackend
from engine.models import Artifact, Bundle, Content, File, Hamlet, Item, Receipt, Registry
from support import builders

MP3 = "audio/mpeg"
PDF = "application/pdf"


def sound(seed: str = "loa") -> File:
    """Bytes that stand for a recording; the portal never looks inside."""
    return File.of_bytes(f"{seed}.mp3", MP3, f"ID3 {seed}".encode() * 50)


def flyer(hamlet_id: str, seed: str = "") -> File:
    return File.of_bytes(f"{hamlet_id}.pdf", PDF, f"%PDF {hamlet_id} {seed}".encode())


def post(**changes: Any) -> Content:
    """A portal content; ``summary`` goes into its options, which take no lone surrogates."""
    summary = changes.pop("summary", None)
    options = PortalOptions(summary=summary and summary.replace("\ud800", ""))
    campaign_id = changes.get("campaign_id", "thong-bao-mau")
    changes.setdefault("permalink", f"https://xa-mau.example/{campaign_id}/")
    return builders.content("portal", options, **changes)


@dataclass
class Desk:
    """A commune's portal and the one who publishes on it."""

    root: Path
    registry: Registry = field(default_factory=builders.registry)

    def __post_init__(self) -> None:
        self.channel = PortalChannel(outbox=self.root)
        self.backend = StaticBackend(self.root)

    def item(
        self,
        content: Content,
        hamlet: Hamlet,
        *,
        audio: File | None = None,
        paper: File | None = None,
        attachments: Mapping[str, Path] | None = None,
    ) -> Item:
        """Prepare and render one delivery."""
        needs = {"loudspeaker": audio, "flyer": paper}
        held = {name: file for name, file in needs.items() if file}
        given = builders.FakeArtifacts(held, attachments or {})
        rendered = self.channel.render(self.channel.prepare(content, hamlet, given))
        file = File.of_bytes("post", rendered.media_type, rendered.data)
        return Item(int(hamlet.id.split("-")[-1]), hamlet, content, file, held, attachments or {})

    def items(self, content: Content, *hamlet_ids: str, **files: Any) -> list[Item]:
        """One item per hamlet (all of the registry if none is named), each with a flyer."""
        chosen = [h for h in self.registry.hamlets if not hamlet_ids or h.id in hamlet_ids]
        audio = files.pop("audio", sound())
        return [
            self.item(content, one, audio=audio, paper=flyer(one.id), **files) for one in chosen
        ]

    def publish(
        self,
        items: Sequence[Item],
        *,
        slot: datetime = builders.NOW,
        number: int = 1,
        backend: StaticBackend | None = None,
    ) -> Receipt:
        bundle = self.bundle(slot, number)
        return (backend or self.backend).deliver(self.artifact(items, bundle), bundle)

    def bundle(self, slot: datetime = builders.NOW, number: int = 1) -> Bundle:
        return builders.bundle("portal", "static", "cong", id=number, slot=slot)

    def artifact(self, items: Sequence[Item], bundle: Bundle | None = None) -> Artifact:
        return self.channel.assemble(bundle or self.bundle(), items, self.registry)

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")


class _QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep the test's output readable."""


@contextmanager
def served(root: Path, port: int = 0) -> Iterator[str]:
    """Show a site as a plain web server does; yield its address."""
    handler = partial(_QuietHandler, directory=str(root))
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def tree(root: Path) -> dict[str, bytes]:
    """Return every file of a site by name."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def parse_errors(page: bytes) -> list[str]:
    """Return what the HTML standard's parsing rules find wrong."""
    parser = StrictParser()
    parser.parse(page)
    return [f"{place}: {code} {data}" for place, code, data in parser.errors]


class Page(HTMLParser):
    """Every element of a page with its attributes, and the text outside of tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def addresses(self) -> list[str]:
        """Return every address that the page leads to or loads."""
        return [
            value
            for _tag, attributes in self.elements
            for name, value in attributes.items()
            if name in ("href", "src") and value is not None
        ]


def broken_links(root: Path, start: str | None = None) -> Iterator[str]:
    """Yield each local address that leads nowhere, of all pages or those reached from one."""
    waiting = [root / start] if start else sorted(root.rglob("*.html"))
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        for address in Page(path.read_text(encoding="utf-8")).addresses():
            parts = urlsplit(address)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{path.relative_to(root)}: {address}"
            elif parts.fragment and f'id="{parts.fragment}"' not in target.read_text("utf-8"):
                yield f"{path.relative_to(root)}: {address}: no such place"
            elif start and target.suffix == ".html" and target not in seen:
                seen.add(target)
                waiting.append(target)
