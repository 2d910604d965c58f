"""Posts for portals that others run: items as dispatch has them, and bundles that carry them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.base import Backend, ChannelError
from channels.portal.channel import PortalChannel, PortalOptions
from channels.portal.publishing import Publishing
from channels.portal.webhook.account import WebhookAccount
from channels.portal.webhook.backend import WebhookBackend
from channels.portal.wordpress.account import WordPressAccount
from channels.portal.wordpress.backend import WordPressBackend
from engine.clock import Clock, SimulatedClock, SystemClock
from engine.models import Artifact, Bundle, Correction, File, Item, Receipt, Registry
from support import builders
from support.webhook import SECRET

#: Ends of files that a post offers; small, and what they say that they are.
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + (b"\xff\xfb\x90\x00" + b"\x00" * 413) * 4
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8"
    "cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def correction(reason: str = "ghi nhầm giờ", **changes: Any) -> Correction:
    """Return what a corrected notice says of itself."""
    at = builders.NOW + timedelta(minutes=30)
    return Correction(reason, at, 1, "Thông báo tiêm vắc xin", builders.NOW, 1, **changes)


class Poster:
    """Posts campaigns through one backend, as dispatch would."""

    def __init__(self, backend: Backend, folder: Path, portal_url: str, first: str = "") -> None:
        self.backend = backend
        self.channel = PortalChannel(
            outbox=folder / "out",
            publishing=Publishing((first or backend.name,), {backend.name: backend}),
        )
        portal = dataclasses.replace(builders.registry().portal, url=portal_url)
        self.registry: Registry = builders.registry(portal=portal)
        self._folder = folder

    def item(
        self,
        hamlet: int = 1,
        *,
        audio: bytes | None = None,
        flyer: bytes | None = None,
        attachments: Mapping[str, bytes] | None = None,
        **changes: Any,
    ) -> Item:
        needs = {}
        if audio is not None:
            needs["loudspeaker"] = File.of_bytes("loa.mp3", "audio/mpeg", audio)
        if flyer is not None:
            needs["flyer"] = File.of_bytes("to-roi.pdf", "application/pdf", flyer)
        described, lying = [], {}
        for name, data in (attachments or {}).items():
            path = self._folder / name
            path.write_bytes(data)
            kind = {"pdf": "application/pdf", "png": "image/png"}[name.rpartition(".")[2]]
            one = builders.attachment_of(path, kind)
            described.append(one)
            lying[one.sha256] = path
        campaign = str(changes.get("campaign_id", "thong-bao-mau"))
        changes.setdefault("permalink", self.channel.permalink(self.registry, campaign))
        content = builders.content(
            "portal", PortalOptions(), attachments=tuple(described), **changes
        )
        at = builders.hamlet(hamlet)
        inputs = self.channel.prepare(content, at, builders.FakeArtifacts(needs, lying))
        rendered = self.channel.render(inputs)
        file = File.of_bytes("key", rendered.media_type, rendered.data)
        return Item(hamlet, at, content, file, needs, lying)

    def bundle(self, number: int = 7, **changes: Any) -> Bundle:
        changes.setdefault("slot", builders.NOW)
        return builders.bundle("portal", self.backend.name, self.backend.name, id=number, **changes)

    def artifact(self, *items: Item, bundle: Bundle | None = None) -> Artifact:
        return self.channel.assemble(
            bundle or self.bundle(), items or (self.item(),), self.registry
        )

    def post(self, *items: Item, number: int = 7, **changes: Any) -> Receipt:
        bundle = self.bundle(number, **changes)
        return self.backend.deliver(self.artifact(*items, bundle=bundle), bundle)

    def refused(self, *items: Item, **changes: Any) -> ChannelError:
        """Post what must be refused, and return why."""
        try:
            self.post(*items, **changes)
        except ChannelError as error:
            return error
        raise AssertionError("it was posted")


def webhook_backend(
    url: str,
    remote_ids: builders.MemoryRemoteIds,
    *,
    secret: str = SECRET,
    clock: Clock | None = None,
    holds_permalink: bool = False,
    **account: Any,
) -> WebhookBackend:
    """Return one on the machine's own clock: the receiver looks at how old a signature is."""
    return WebhookBackend(
        WebhookAccount(url, secret, **account),
        remote_ids,
        clock or SystemClock(),
        holds_permalink=holds_permalink,
    )


def wordpress_backend(
    url: str,
    password: str,
    remote_ids: builders.MemoryRemoteIds,
    *,
    user: str = "bien-tap",
    now: datetime = builders.NOW,
    holds_permalink: bool = True,
    ahead: timedelta = timedelta(0),
    **account: Any,
) -> WordPressBackend:
    return WordPressBackend(
        WordPressAccount(url, user, password, **account),
        remote_ids,
        SimulatedClock(now),
        holds_permalink=holds_permalink,
        ahead=ahead,
    )
