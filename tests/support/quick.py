"""What every test would else pay for again: costs that say nothing of what is tested.

A ledger's tables are written down once for each kind of database, and then made from the same
statements. A passphrase is hashed by the same function at its lowest cost; ``test_passphrases``
holds the cost that ships.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import Connection, event, inspect

from channels.base import artifact_key
from channels.loudspeaker import kept
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.kept import Shared, Write, Written
from engine.ledger.tables import metadata
from engine.models import Rendered
from engine.planner import passphrase

#: What ships, and the least that Argon2id takes: KiB, passes.
SHIPPED = (passphrase._MEMORY, passphrase._PASSES)
_LEAST = (8, 1)


@pytest.fixture(scope="session", autouse=True)
def quick_tables() -> Iterator[None]:
    """Make the tables of an empty ledger from statements that SQLAlchemy has written before."""
    written: dict[str, list[str]] = {}
    make = metadata.create_all

    def made(connection: Connection) -> None:
        kind = connection.dialect.name
        if kind not in written or inspect(connection).get_table_names():
            statements: list[str] = []

            def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
                if statement.lstrip().startswith("CREATE"):
                    statements.append(statement)

            empty = not inspect(connection).get_table_names()
            event.listen(connection, "before_cursor_execute", note)
            try:
                make(connection)
            finally:
                event.remove(connection, "before_cursor_execute", note)
            if empty:
                written[kind] = statements
            return
        for statement in written[kind]:
            connection.exec_driver_sql(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "create_all", made)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passphrases() -> Iterator[None]:
    """Hash passphrases at the least cost: nobody tries to guess those of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrase, "_MEMORY", _LEAST[0])
        patch.setattr(passphrase, "_PASSES", _LEAST[1])
        yield


class Sayings:
    """What was said and joined in these tests: found again by the key of all that shapes it."""

    def __init__(self) -> None:
        self._items: dict[str, Rendered] = {}
        self._programmes: dict[str, tuple[bytes, Written]] = {}
        self._render, self._made = LoudspeakerChannel.render, kept._made

    def render(
        self, channel: LoudspeakerChannel, inputs: SpeechInputs | RecordingInputs
    ) -> Rendered:
        key = artifact_key(channel, inputs)
        found = self._items.get(key)
        if found is None:
            found = self._render(channel, inputs)
            if not found.remarks:  # what was made otherwise than chosen is made anew
                self._items[key] = found
        return found

    def made(self, path: Path, media_type: str, write: Write) -> Shared:
        if path.name in self._programmes:
            data, written = self._programmes[path.name]

            def again(file: BinaryIO) -> Written:
                file.write(data)
                return written

            return self._made(path, media_type, again)
        shared = self._made(path, media_type, write)
        if not shared.remarks:
            written = Written(shared.seconds, shared.remarks, shared.starts)
            self._programmes[path.name] = (path.read_bytes(), written)
        return shared


@pytest.fixture(scope="session")
def sayings() -> Sayings:
    return Sayings()


@pytest.fixture
def said_once(sayings: Sayings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say each text once for all tests that ask for this: when it airs is what they are about.

    As with the store of one workspace; that a key has one rendering is in the channels' contract.
    """

    def render(channel: LoudspeakerChannel, inputs: SpeechInputs | RecordingInputs) -> Rendered:
        return sayings.render(channel, inputs)

    monkeypatch.setattr(LoudspeakerChannel, "render", render)
    monkeypatch.setattr(kept, "_made", sayings.made)
