"""The files that go with a kit: flyers and attachments, each once, named by ids alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from channels.base import ChannelError
from channels.chat.sheet import Enclosure
from engine.i18n import gettext as _
from engine.models import Attachment, File, Item

_ID = re.compile(r"\w[\w-]*")
#: Suffixes that phones open; a text never chooses one.
_SUFFIXES = {
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/plain": "txt",
    "video/mp4": "mp4",
}


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file and its line on the sheet; ``is_flyer`` tells it from an attachment."""

    enclosure: Enclosure
    file: File
    is_flyer: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    stem: str
    suffix: str
    label: str
    file: File
    is_flyer: bool


def file_id(text: str) -> str:
    """Return ``text`` if it can name a file as it is. Raises ChannelError, permanent, if not."""
    if not _ID.fullmatch(text):
        raise ChannelError(
            _("{id} cannot be used as an id: letters, digits and dashes only.").format(id=text),
            permanent=True,
        )
    return text


def enclosed(items: Sequence[Item]) -> tuple[Enclosed, ...]:
    """Return the flyers and attachments of ``items``, in their order.

    Two files that would have one name (two campaigns' flyers for one hamlet) are told apart
    by a number: ``to-roi-ap-1.pdf``, ``to-roi-ap-1.2.pdf``.
    """
    kept: dict[tuple[str, str], Enclosed] = {}
    taken: dict[str, int] = {}
    for wanted in (wanted for item in items for wanted in _wanted(item)):
        key = (wanted.stem, wanted.file.sha256)
        if key in kept:
            continue
        taken[wanted.stem] = taken.get(wanted.stem, 0) + 1
        count = f".{taken[wanted.stem]}" if taken[wanted.stem] > 1 else ""
        file = wanted.file.renamed(f"{wanted.stem}{count}.{wanted.suffix}")
        enclosure = Enclosure(file=file.name, label=wanted.label)
        kept[key] = Enclosed(enclosure, file, wanted.is_flyer)
    return tuple(kept.values())


def _wanted(item: Item) -> Iterator[_Wanted]:
    flyer = item.needs.get("flyer")
    if flyer is not None:
        stem = f"to-roi-{file_id(item.hamlet.id)}"
        yield _Wanted(stem, "pdf", item.hamlet.name, flyer, is_flyer=True)
    stem = f"{file_id(item.content.campaign_id)}-dinh-kem"
    for attachment in item.content.attachments:
        suffix = _SUFFIXES.get(attachment.media_type, "bin")
        yield _Wanted(stem, suffix, attachment.name, _carried(item, attachment), is_flyer=False)


def _carried(item: Item, attachment: Attachment) -> File:
    path = item.attachments.get(attachment.sha256)
    if path is None:
        raise ChannelError(
            _("The attachment {name} is missing from the artifact store.").format(
                name=attachment.name
            ),
            permanent=True,
        )
    return File(
        attachment.name, attachment.media_type, attachment.sha256, attachment.size, source=path
    )
