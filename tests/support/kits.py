"""Kits for tests: assembled for a group, laid in an outbox, read as pages."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst
from tinyhtml5.parser import HTMLParser

from channels.chat import ChatChannel, ChatOptions
from channels.chat.sheet import Group, Part, Sheet
from engine.clock import SimulatedClock
from engine.models import (
    Artifact,
    Bundle,
    Content,
    File,
    GroupKind,
    Item,
    Registry,
)
from support import builders
from support.builders import FakeArtifacts, FreeLimits, MemoryRemoteIds, MemoryTokens

REGISTRY = builders.registry()


A5 = typst.compile(b'#set page("a5")\n#set text(size: 24pt)\nTo roi', format="pdf")


HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / "chat"


@pytest.fixture
def channel(outbox: Path) -> ChatChannel:
    return ChatChannel(
        outbox=outbox,
        remote_ids=MemoryRemoteIds(),
        tokens=MemoryTokens(),
        limits=FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
    )


def bundle(target: str = "nhom-ap-1", **changes: object) -> Bundle:
    return builders.bundle("chat", "kit", target, **changes)


def content(**changes: object) -> Content:
    return builders.content("chat", ChatOptions(), **changes)


def artifact(
    channel: ChatChannel,
    said: Content,
    *,
    to: Bundle | None = None,
    registry: Registry = REGISTRY,
    flyer: bytes | None = A5,
    attachments: dict[str, Path] | None = None,
) -> Artifact:
    """Assemble ``said`` for every hamlet of the group."""
    needs = {} if flyer is None else {"flyer": File.of_bytes("f.pdf", "application/pdf", flyer)}
    to = to or bundle()
    rendered = channel.render(channel.prepare(said, REGISTRY.hamlets[0], FakeArtifacts()))
    message = File.of_bytes("m.json", rendered.media_type, rendered.data)
    group = next(group for group in registry.chat_groups if group.id == to.target)
    items = [
        Item(n, registry.hamlets_by_id[h], said, message, needs, attachments or {})
        for n, h in enumerate(group.hamlets)
    ]
    return channel.assemble(to, items, registry)


def laid(outbox: Path) -> dict[str, bytes]:
    """Return every file below the outbox, hidden ones too."""
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in sorted(outbox.rglob("*"))
        if path.is_file()
    }


def page_of(html: str) -> ElementTree.Element:
    """Parse a page. Any parse error of HTML5 fails the test."""
    parser = HTMLParser()
    tree = parser.parse(html)
    assert parser.errors == []
    return tree


def sheet(**changes: object) -> Sheet:
    values: dict[str, object] = {
        "group": Group(
            id="g", name="Nhóm", platform="zalo", kind=GroupKind.HAMLET, address="", run_by=""
        ),
        "office": "UBND xã Mẫu",
        "phone": "",
        "urgent": False,
        "titles": ("Tin",),
        "links": (),
        "parts": (Part(campaign_id="tin", number=1, text="Họp."),),
    }
    return Sheet.model_validate({**values, **changes})
