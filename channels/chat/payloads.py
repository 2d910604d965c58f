"""The files that go beside a chat message, as a platform takes them: pictures and documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from channels.chat.pictures import flyer_png
from channels.chat.sheet import Sheet
from channels.disk import refused
from engine.models import Artifact, File

#: Pictures that chat apps show as they are.
IMAGE_TYPES = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class Payload:
    """A file to send: ``name`` is what people see; ``key`` stands for its bytes.

    ``data`` gives the bytes; a picture has a ``caption``.
    """

    name: str
    media_type: str
    key: str
    data: Callable[[], bytes]
    caption: str = ""

    @property
    def is_image(self) -> bool:
        return self.media_type in IMAGE_TYPES


def payloads_of(
    sheet: Sheet, artifact: Artifact, takes: Callable[[File], bool]
) -> tuple[list[Payload], list[str]]:
    """Return what goes beside the texts, each content once, and what the platform does not take.

    Flyers go as pictures, which every platform takes; ``takes`` judges the attachments.
    """
    found: dict[str, Payload] = {}
    for flyer in sheet.flyers:
        file = artifact.named(flyer.file)
        one = Payload(
            flyer.file.removesuffix(".pdf") + ".png",
            "image/png",
            f"{file.sha256[:32]}-png",
            partial(_picture, file),
            caption=flyer.label,
        )
        found.setdefault(one.key, one)
    left = []
    for attached in sheet.attachments:
        file = artifact.named(attached.file)
        if takes(file):
            one = Payload(attached.file, file.media_type, file.sha256[:32], partial(_read, file))
            found.setdefault(one.key, one)
        else:
            left.append(attached.file)
    return list(found.values()), left


def _picture(flyer: File) -> bytes:
    return flyer_png(_read(flyer))


def _read(file: File) -> bytes:
    try:
        return file.read()
    except OSError as error:
        raise refused(error, error.filename or file.name) from error
