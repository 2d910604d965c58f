"""The kind ``sftp``: programmes on a server, from which its players air them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TypeVar

from channels.base import ChannelError
from channels.loudspeaker.names import SlotNames
from channels.loudspeaker.players.contents import audio_of, first_kept
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.reported import (
    HEAD,
    LOG,
    TAIL,
    Read,
    mark_of,
    marks_of,
    plays_in,
)
from channels.loudspeaker.players.sftp.account import MENDED_IN, SftpAccount
from channels.loudspeaker.players.sftp.loop import Loop
from channels.loudspeaker.players.sftp.programme import clear_before, put_programme
from channels.loudspeaker.players.sftp.server import Line, told
from channels.loudspeaker.players.sftp.shelf import Shelf, refusal
from engine.clock import Clock, SystemClock, local
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Play, Priority, Receipt

logger = logging.getLogger(__name__)

T = TypeVar("T")


class SftpBackend:
    """Puts programmes into each cluster's folder on a server, over one line for all of them.

    The same bundle again leaves the same files: what lies there is compared before it is kept,
    a file that is half there is taken up where it is right, and nothing has its name before it
    is whole. Nothing is sent to a server whose key nobody vouches for.

    Programmes of more than ``keep_days`` days ago go, with the first delivery of a day. Players
    may say what they played, in ``plays.jsonl`` beside the programmes.
    """

    idempotent = True
    networked = True

    def __init__(
        self,
        account: SftpAccount,
        *,
        places: Places,
        keep_days: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.name = account.player
        self._account = account
        self._places = places
        self._keep_days = keep_days
        self._clock = clock or SystemClock()
        self._cleared: dict[str, date] = {}
        self._loop = Loop()
        self._line: Line | None = None

    @property
    def endpoint(self) -> str:
        """The server: when it is dead, only what goes to it waits."""
        return self._account.endpoint

    def check(self) -> None:
        """Raise ChannelError unless the server lets Loa in and has the clusters' place."""
        self._loop.run(self._on_shelf(self._places.base, 0, _there))

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Bring the programme there. The receipt's reference is the manifest, on that server.

        Raises ChannelError: permanent for what only a person mends in Loa's settings (a key that
        is not the server's, a password) and for a file that is not what its hash says; temporary
        for everything else.
        """
        names = SlotNames.of(bundle)
        root = self._places.of(bundle.target)
        audio = audio_of(artifact, names)
        needed = sum(file.size for file in artifact.files)

        async def put(shelf: Shelf) -> int:
            await _there(shelf.at(self._places.base))
            return await put_programme(shelf, artifact, names, audio)

        self._loop.run(self._on_shelf(root, needed, put))
        self._clear(root, bundle)
        reference = f"sftp://{self.endpoint}/{root}/{names.manifest}"
        return Receipt(reference, {"items": str(len(audio))})

    def plays(self, after: str) -> tuple[Sequence[Play], str]:
        """Return what is told in the logs that players keep beside their programmes.

        Raises ChannelError when the server cannot be asked.
        """
        marks = marks_of(after)

        async def heard(parent: Shelf) -> list[Play]:
            found: list[Play] = []
            for name in await parent.names():
                cluster = self._places.cluster_in(name)
                if cluster is None:
                    continue
                shelf = parent.at(self._places.of(cluster))
                size = await shelf.size(LOG)
                if size is None:
                    continue
                head = await shelf.read(LOG, HEAD)
                start = marks.get(cluster, Read()).begin(head or b"", size)
                tail = await shelf.read(LOG, TAIL, start) if size > start else b""
                plays, used = plays_in(tail or b"", cluster)
                marks[cluster] = Read.up_to(start + used, head or b"")
                found += plays
            return found

        return self._loop.run(self._on_shelf(self._places.parent, 0, heard)), mark_of(marks)

    def close(self) -> None:
        """Close the line; the next delivery opens another."""
        line, self._line = self._line, None
        if line is not None:
            self._loop.run(line.drop())
        self._loop.close()

    def _clear(self, root: str, bundle: Bundle) -> None:
        """Remove what has aired long ago, once a day; that it fails keeps nothing from airing."""
        if self._keep_days is None or bundle.priority is Priority.EMERGENCY:
            return
        today = local(self._clock.now()).date()
        if self._cleared.get(bundle.target) == today:
            return
        first = first_kept(today, local(bundle.slot).date(), self._keep_days)

        async def clear(shelf: Shelf) -> None:
            await clear_before(shelf, first)

        try:
            self._loop.run(self._on_shelf(root, 0, clear))
        except ChannelError as error:
            logger.warning("%s", error)
        else:
            self._cleared[bundle.target] = today

    async def _on_shelf(self, root: str, needed: int, work: Callable[[Shelf], Awaitable[T]]) -> T:
        """Do ``work`` in a folder of the server. Raises ChannelError for whatever goes wrong.

        A line on which something was left unanswered is not used again.
        """
        import asyncssh

        if self._line is None:
            self._line = Line(self._account)
        line = self._line
        shelf = Shelf(await line.sftp(), root, self._account.timeout)
        try:
            with told(self._account):
                return await work(shelf)
        except asyncssh.SFTPError as error:
            raise await refusal(error, shelf, needed) from error
        except ChannelError as error:
            if not error.permanent and error.retry_after is None:
                await line.drop()
            raise


async def _there(base: Shelf) -> None:
    """Raise ChannelError when what must be there already is not."""
    if not await base.exists():
        message = _("the folder {place} is not on the server: make it there, or write another path")
        raise ChannelError(message.format(place=base.place), retry_after=MENDED_IN)
