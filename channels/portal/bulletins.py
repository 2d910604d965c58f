"""Bulletins on the site: a page for each with its documents, and a page that lists them all.

They lie beside the posts, below ``ban-tin/``, and do not change with them: each page leads to the
posts, which are always the newest words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AwareDatetime, ValidationError

from channels.base import ChannelError
from channels.portal.documents import Document, Media
from engine.i18n import gettext as _

#: The folder of the site in which they lie.
FOLDER = "ban-tin"

_RECORD = "bulletin.json"
_TEMPLATES = Path(__file__).parent / "templates"


class Entry(Document):
    """One campaign of a bulletin. ``permalink`` is empty where it has no post."""

    title: str
    issuer: str
    day: str
    mark: str
    permalink: str


class BulletinPage(Document):
    """One bulletin as the site keeps it. ``name`` names its folder: ``2026-w49``.

    ``made_at`` is the time of the newest approval in it; ``documents`` are the PDF files, the
    usual print first.
    """

    name: str
    period: str
    commune: str
    office: str
    home: str
    site: str
    made_at: AwareDatetime
    entries: tuple[Entry, ...]
    documents: tuple[Media, ...]


def bulletin_files(
    page: BulletinPage, documents: Mapping[str, bytes], root: Path
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a bulletin, documents first, then the list that leads to it.

    ``root`` is the site as it is: its other bulletins stay on the list. Raises ChannelError for
    a record there that cannot be read.
    """
    folder = f"{FOLDER}/{page.name}"
    for name, data in documents.items():
        yield f"{folder}/{name}", data
    yield f"{FOLDER}/ban-tin.css", (_TEMPLATES / "bulletin.css").read_bytes()
    yield f"{folder}/index.html", _rendered("bulletin.html.j2", page=page)
    yield f"{folder}/{_RECORD}", page.encoded()
    known = {one.name: one for one in _kept(root)} | {page.name: page}
    newest = sorted(known.values(), key=lambda one: (one.made_at, one.name), reverse=True)
    yield f"{FOLDER}/index.html", _rendered("bulletins.html.j2", page=page, pages=newest)


def _kept(root: Path) -> Iterator[BulletinPage]:
    for path in sorted((root / FOLDER).glob(f"*/{_RECORD}")):
        try:
            yield BulletinPage.model_validate_json(path.read_bytes())
        except ValidationError as error:
            message = _("{path} is no record of a bulletin; delete it, or publish it again")
            raise ChannelError(message.format(path=path), permanent=True) from error


def _rendered(template: str, **values: object) -> bytes:
    return _environment().get_template(template).render(**values).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
