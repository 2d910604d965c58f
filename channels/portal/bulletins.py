"""Bulletins on the site: a page for each with its documents, and a page that lists them all.

They lie beside the posts, below ``ban-tin/``, and say what was approved when they came out. What
was amended since is named on the page, without the words that hold no more; it leads to the post.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AwareDatetime, ValidationError

from channels.base import ChannelError
from channels.portal.archive import State
from channels.portal.documents import Amended, Document, Media
from channels.portal.saying import when
from channels.portal.text import Block, blocks, linked
from engine.i18n import gettext as _

#: The folder of the site in which they lie.
FOLDER = "ban-tin"

_RECORD = "bulletin.json"
_TEMPLATES = Path(__file__).parent / "templates"


class Part(Document):
    """What some hamlets are told, or all of them where none is named: facts, then paragraphs."""

    hamlets: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]


class Entry(Document):
    """One campaign of a bulletin. ``permalink`` and ``post``, its id, are empty without a post.

    What came later than the first bulletins, its words among it, may be missing.
    """

    title: str
    issuer: str
    day: str
    mark: str
    permalink: str
    post: str = ""
    meant: str = ""
    correction: str = ""
    told: tuple[Part, ...] = ()
    contact: str = ""
    validity: str = ""


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
    yield f"{folder}/index.html", _page(page, {})
    yield f"{folder}/{_RECORD}", page.encoded()
    known = {one.name: one for one in _kept(root)} | {page.name: page}
    newest = sorted(known.values(), key=lambda one: (one.made_at, one.name), reverse=True)
    yield f"{FOLDER}/index.html", _rendered("bulletins.html.j2", page=page, pages=newest)


def bulletin_pages(state: State) -> Iterator[tuple[str, bytes]]:
    """Yield the page of every bulletin of the site, with what was amended since it came out.

    Raises ChannelError for a record that cannot be read.
    """
    if not state.site.bulletins:
        return
    yield f"{FOLDER}/ban-tin.css", (_TEMPLATES / "bulletin.css").read_bytes()
    for page in _kept(state.root):
        since = {one.post: note for one in page.entries if (note := _since(state, page, one))}
        yield f"{FOLDER}/{page.name}/index.html", _page(page, since)


def _since(state: State, page: BulletinPage, entry: Entry) -> Amended | None:
    """Return how a post was amended after a bulletin came out; None if it was not."""
    known = state.catalogue.by_id.get(entry.post)
    if known is None or known.updated <= page.made_at:
        return None
    notes = state.view(entry.post).notes
    return next((note for note in notes if note.at > page.made_at), None)


def _page(page: BulletinPage, since: Mapping[str, Amended]) -> bytes:
    return _rendered("bulletin.html.j2", page=page, since=since)


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
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(linked=linked, when=when, blocks=_blocks)
    return made


def _blocks(part: Part) -> tuple[Block, ...]:
    return blocks("\n\n".join(part.paragraphs))
