"""A bundle's posts: one document per campaign, each file once, and the commune's own facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from channels.base import ChannelError
from channels.portal.documents import Attached, Media, Place, Post, Reached, Record, Site, Wording
from channels.portal.names import POSTS, campaign_folder, flyer_name, plain_id
from channels.portal.text import one_line
from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, File, Item, Registry

#: Name of the document that holds the commune's facts.
SITE = "site.json"


def assembled(bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
    """Return ``posts/<campaign>.json`` and ``<campaign>/<files>`` for each campaign, ``site.json``.

    Raises ChannelError if an id cannot name a folder, or if a file of a post is missing.
    """
    files: dict[str, File] = {}
    ordered = sorted(items, key=lambda item: (item.content.campaign_id, item.delivery_id))
    for campaign_id, group in groupby(ordered, key=lambda item: item.content.campaign_id):
        folder = campaign_folder(campaign_id)
        # Two deliveries to one hamlet: the later one is what it reads.
        latest = {item.hamlet.id: item for item in group}
        record, media = _post(folder, latest, bundle)
        files.update({file.name: file for file in media})
        name = f"{POSTS}/{folder}.json"
        files[name] = File.of_bytes(name, "application/json", record.encoded())
    site = _site(registry, bundle)
    files[SITE] = File.of_bytes(SITE, "application/json", site.encoded())
    return Artifact(tuple(files.values()))


def _post(
    folder: str, items: Mapping[str, Item], bundle: Bundle
) -> tuple[Record, tuple[File, ...]]:
    """Group one campaign's items by their text."""
    posts: dict[str, Post] = {}
    reached: dict[str, list[Reached]] = {}
    files: list[File] = []
    for item in items.values():
        key = item.file.sha256
        if key not in posts:
            posts[key] = Post.model_validate_json(item.file.read())
        files += _files(folder, item, posts[key])
        reached.setdefault(key, []).append(_reached(item, bundle))
    record = Record(
        id=folder,
        permalink=next(iter(posts.values())).permalink,
        published=local(bundle.slot),
        wordings=tuple(Wording(post=posts[key], hamlets=tuple(reached[key])) for key in posts),
    )
    return record, tuple(files)


def _reached(item: Item, bundle: Bundle) -> Reached:
    flyer = item.needs.get("flyer")
    return Reached(
        id=plain_id(item.hamlet.id),
        name=one_line(item.hamlet.name),
        slot=local(bundle.slot),
        flyer=flyer
        and Media(
            file=flyer_name(item.hamlet.id),
            media_type=flyer.media_type,
            size=flyer.size,
            sha256=flyer.sha256,
        ),
    )


def _files(folder: str, item: Item, post: Post) -> Iterator[File]:
    """Yield the files that this item's part of the page offers."""
    if post.audio:
        yield _same(post.audio, item.needs.get("loudspeaker")).renamed(
            f"{folder}/{post.audio.file}"
        )
    if flyer := item.needs.get("flyer"):
        yield flyer.renamed(f"{folder}/{flyer_name(item.hamlet.id)}")
    for attached in post.attachments:
        yield _attachment(attached, item).renamed(f"{folder}/{attached.file}")


def _attachment(attached: Attached, item: Item) -> File:
    source = item.attachments.get(attached.sha256)
    if source is None:
        raise ChannelError(
            _("the attachment {name} of the post is gone").format(name=attached.label),
            permanent=True,
        )
    return File(attached.file, attached.media_type, attached.sha256, attached.size, source)


def _same(expected: Media, found: File | None) -> File:
    """Return the recording that the post was rendered with."""
    if found is None or found.sha256 != expected.sha256:
        raise ChannelError(
            _("the recording {name} of the post is gone").format(name=expected.file),
            permanent=True,
        )
    return found


def _site(registry: Registry, bundle: Bundle) -> Site:
    commune, portal = registry.commune, registry.portal
    return Site(
        commune=one_line(commune.name),
        province=one_line(commune.province),
        office=one_line(commune.office),
        phone=one_line(commune.phone),
        address=one_line(commune.address),
        name=one_line(portal.name),
        url=portal.url.rstrip("/"),
        hamlets=tuple(
            Place(id=plain_id(hamlet.id), name=one_line(hamlet.name)) for hamlet in registry.hamlets
        ),
        as_of=local(bundle.slot),
    )
