"""Kits: a folder and a page per group, for a person to forward by hand."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from channels.chat.enclosures import file_id
from channels.chat.pictures import flyer_png
from channels.chat.sheet import Enclosure, Sheet
from channels.disk import refused
from channels.ports import RelayLinks
from engine.clock import local
from engine.files import write_atomic
from engine.models import Artifact, Bundle, GroupKind, Receipt

PAGE_NAME = "index.html"
#: Before somebody's own link.
_LINK = "Đường dẫn riêng của anh chị, để xem, sao chép và báo lại:"
#: Characters in a line of the page on a phone 320 px wide.
_COLUMNS = 24


class KitBackend:
    """Lays ``<group>/<YYYY-MM-DD>/<HHMM>/`` below its outbox; the page is written last.

    An edition of a bundle has one folder, which always ends with its latest files and no
    others, so delivering twice is delivering once. A kit carries only what is new: edition
    n > 1 of a slot goes to ``<HHMM>-v<n>``.
    """

    name = "kit"
    idempotent = True
    networked = False

    def __init__(self, outbox: Path, links: RelayLinks | None = None) -> None:
        """``links`` give a kit for one person his own link; it stands nowhere but there."""
        self._outbox = outbox
        self._links = links

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        """Write the kit. The receipt's reference is its page, within the outbox.

        Raises ChannelError: temporary when the disk is full or not writable, with no kit left
        behind; permanent when a flyer is no PDF.
        """
        sheet = self._with_link(Sheet.of_artifact(artifact))
        files = self._files(sheet, artifact, bundle)
        folder = self._folder(bundle)
        self._write(folder, files)
        page = (folder / PAGE_NAME).relative_to(self._outbox)
        return Receipt(str(page), {"group": sheet.group.id})

    def _folder(self, bundle: Bundle) -> Path:
        slot = local(bundle.slot)
        edition = f"-v{bundle.edition}" if bundle.edition > 1 else ""
        return self._outbox / file_id(bundle.target) / f"{slot:%Y-%m-%d}" / (_hour(slot) + edition)

    def _with_link(self, sheet: Sheet) -> Sheet:
        """Add to what goes to one person alone the link with which he answers."""
        person = sheet.group.person
        if not person or self._links is None:
            return sheet
        ends = {part.campaign_id: place for place, part in enumerate(sheet.parts)}
        parts = list(sheet.parts)
        for campaign_id, place in ends.items():
            address = self._links.address(campaign_id, person)
            if address:
                text = f"{parts[place].text}\n\n{_LINK}\n{address}"
                parts[place] = parts[place].model_copy(update={"text": text})
        return sheet.model_copy(update={"parts": tuple(parts)})

    def _files(self, sheet: Sheet, artifact: Artifact, bundle: Bundle) -> dict[str, bytes]:
        """Return every file of the kit by name, the page last."""
        files = {f"{file_id(part.id)}.txt": part.text.encode() for part in sheet.parts}
        try:
            for flyer in sheet.flyers:
                files[picture_name(flyer)] = flyer_png(artifact.named(flyer.file).read())
            for attachment in sheet.attachments:
                files[attachment.file] = artifact.named(attachment.file).read()
        except OSError as error:
            raise refused(error, error.filename or bundle.target) from error
        files[PAGE_NAME] = kit_page(sheet, bundle.slot).encode()
        return files

    def _write(self, folder: Path, files: Mapping[str, bytes]) -> None:
        try:
            for name, data in files.items():
                write_atomic(folder / name, data)
            for other in folder.iterdir():
                if other.name not in files:  # of a send that was cut short, with other items
                    other.unlink()
        except OSError as error:
            # Without its page a kit is nothing that anybody was given. Asked now, not before: a
            # worker that overslept its lease may fail where another has delivered meanwhile.
            if not (folder / PAGE_NAME).exists():
                shutil.rmtree(folder, ignore_errors=True)
            raise refused(error, folder) from error


def picture_name(flyer: Enclosure) -> str:
    """Return the name of the picture of a flyer: ``to-roi-ap-1.pdf`` → ``to-roi-ap-1.png``."""
    return flyer.file.removesuffix(".pdf") + ".png"


def kit_page(sheet: Sheet, slot: datetime) -> str:
    """Return the page that a person opens: valid HTML5, no script, fit for 320 px."""
    return _template().render(
        sheet=sheet,
        slot=local(slot),
        pictures=[(picture_name(flyer), flyer.label) for flyer in sheet.flyers],
        for_heads=sheet.group.kind is GroupKind.HEADS,
        phone_digits="".join(c for c in sheet.phone if c in "+0123456789"),
        own_link=any(_LINK in part.text for part in sheet.parts),
        links=[(link, link.startswith(("https://", "http://"))) for link in sheet.links],
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("channels.chat"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["rows"] = _rows
    return environment.get_template("kit.html")


def _rows(text: str) -> int:
    """Return how many lines ``text`` takes on a narrow phone, within bounds."""
    lines = sum(1 + len(line) // _COLUMNS for line in text.split("\n"))
    return min(max(lines, 4), 24)


def _hour(slot: datetime) -> str:
    """Return HHMM, and as much more as tells two slots within one minute apart."""
    if slot.microsecond:
        return f"{slot:%H%M%S}-{slot:%f}"
    return f"{slot:%H%M%S}" if slot.second else f"{slot:%H%M}"
