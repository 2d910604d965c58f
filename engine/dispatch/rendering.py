"""Rendering: one artifact for each distinct Inputs, whoever needs it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from channels.base import Channel, artifact_key
from engine.artifacts import ArtifactStore, Stored
from engine.dispatch.observer import NOBODY, Observer
from engine.errors import ChannelError
from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS
from engine.ledger.deliveries import missing_content
from engine.models import Content, File, Hamlet, Item, Rendered
from engine.models.plan import Frozen
from engine.models.wording import channel_name

#: Returns frozen contents by their hashes; what the ledger does not have is missing.
Contents = Callable[[Collection[str]], Mapping[str, Frozen]]

#: Contents kept in memory for each commune that is open.
KEPT = 4096


#: What was found in the store while one batch is prepared, by channel and inputs: thousands of
#: deliveries that say the same are one look.
Found = dict[tuple[str, Any], Stored]


@dataclass(frozen=True, slots=True)
class Made:
    """What was rendered for one delivery, its proof, what it needed, and what was remarked."""

    content: Content
    file: File
    needs: Mapping[str, File]
    attachments: Mapping[str, Path]
    remarks: tuple[str, ...]
    proof: Mapping[str, float]

    def item(self, delivery_id: int, hamlet: Hamlet, since: datetime | None = None) -> Item:
        """Return it as one delivery's part in a bundle; ``since`` its campaign is approved."""
        return Item(
            delivery_id, hamlet, self.content, self.file, self.needs, self.attachments, since
        )


class Renderer:
    """Renders frozen contents through their channels into the artifact store."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        artifacts: ArtifactStore,
        contents: Contents,
        observer: Observer = NOBODY,
    ) -> None:
        self._observer = observer
        self._channels = channels
        self._artifacts = artifacts
        self._contents = contents
        self._kept: OrderedDict[str, Frozen] = OrderedDict()
        self._guard = threading.Lock()

    def foresee(self, hashes: Collection[str]) -> None:
        """Read these contents, and those that they need, in as few questions as there are levels.

        One that cannot be read is left to whoever makes it. Raises LEDGER_ERRORS.
        """
        asked = set(hashes)
        while asked:
            with self._guard:
                missing = asked - self._kept.keys()
            try:
                read = self._contents(missing) if missing else {}
            except LEDGER_ERRORS:
                raise
            except Exception:  # noqa: BLE001 - it must not keep the others from being made
                return
            self._keep(read)
            asked = {need for _content, needs in read.values() for need in needs.values()}

    def make(self, content_hash: str, hamlet: Hamlet, found: Found | None = None) -> Made:
        """Return the artifact of a content for a hamlet.

        What is ``found`` already is not looked for again, and is added to. A needed artifact
        that can never be made is left out, and that is remarked: a post without its flyer is
        better than no post. Raises ChannelError, OSError.
        """
        found = {} if found is None else found
        content, needed = self._content(content_hash)
        supplies = _Supplies(self._artifacts)
        for channel, need_hash in needed.items():
            supplies.add(channel, partial(self.make, need_hash, hamlet, found))
        stored = self._stored(content, hamlet, supplies, found)
        attachments = {
            one.sha256: self._artifacts.attachment(one.sha256) for one in content.attachments
        }
        remarks = (*stored.remarks, *supplies.remarks)
        return Made(content, stored.file, supplies.needs, attachments, remarks, stored.proof)

    def keys(self, content_hash: str, hamlet: Hamlet) -> frozenset[str]:
        """Return the keys of all that this content was, or would be, made from.

        Nothing is rendered: what needs an artifact that is not there has no key yet.
        """
        found: set[str] = set()
        self._name(content_hash, hamlet, found)
        return frozenset(found)

    def _name(self, content_hash: str, hamlet: Hamlet, found: set[str]) -> str | None:
        content, needed = self._content(content_hash)
        supplies = _Supplies(self._artifacts)
        for channel, need_hash in needed.items():
            key = self._name(need_hash, hamlet, found)
            stored = self._artifacts.get(key) if key is not None else None
            if stored is not None:
                supplies.needs[channel] = stored.file
                supplies.words[channel] = self._content(need_hash)[0]
        channel_of_it = self._channels[content.channel]
        try:
            inputs = channel_of_it.prepare(content, hamlet, supplies)
        except ChannelError:
            return None
        key = artifact_key(channel_of_it, inputs)
        found.add(key)
        return key

    def _content(self, content_hash: str) -> Frozen:
        """Raises LoaError for a content that the ledger does not have."""
        with self._guard:
            if content_hash in self._kept:
                self._kept.move_to_end(content_hash)
                return self._kept[content_hash]
        read = self._contents([content_hash])
        if content_hash not in read:
            raise missing_content(content_hash)
        self._keep(read)
        return read[content_hash]

    def _keep(self, read: Mapping[str, Frozen]) -> None:
        with self._guard:
            self._kept.update(read)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def _stored(
        self, content: Content, hamlet: Hamlet, supplies: _Supplies, found: Found
    ) -> Stored:
        channel = self._channels[content.channel]
        inputs = channel.prepare(content, hamlet, supplies)
        stored = found.get((channel.name, inputs))
        seconds: float | None = None

        def render() -> Rendered:
            nonlocal seconds
            began = time.monotonic()
            rendered = channel.render(inputs)
            seconds = time.monotonic() - began
            return rendered

        if stored is None:
            stored = self._artifacts.make(artifact_key(channel, inputs), render)
            found[channel.name, inputs] = stored
        self._observer.rendered(content, hamlet, seconds)
        return stored


class _Supplies:
    """The ``Artifacts`` port of one ``prepare``."""

    def __init__(self, artifacts: ArtifactStore) -> None:
        self._artifacts = artifacts
        self.needs: dict[str, File] = {}
        self.words: dict[str, Content] = {}
        self.remarks: tuple[str, ...] = ()

    def add(self, channel: str, make: Callable[[], Made]) -> None:
        try:
            made = make()
            self.needs[channel], self.words[channel] = made.file, made.content
        except ChannelError as error:
            if not error.permanent:
                raise
            remark = _("without {channel}: {reason}").format(
                channel=channel_name(channel), reason=error
            )
            self.remarks = (*self.remarks, remark)

    def need(self, channel: str) -> File | None:
        return self.needs.get(channel)

    def told(self, channel: str) -> Content | None:
        return self.words.get(channel)

    def attachment(self, sha256: str) -> Path:
        return self._artifacts.attachment(sha256)
