"""The bulletin as the portal shows it: its page, and its documents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from channels.flyer.wording import one_line
from channels.portal.bulletins import BulletinPage, Entry, Part
from channels.portal.documents import Media
from engine.clock import local
from engine.reports.bulletin.gathering import Bulletin, Item
from engine.reports.bulletin.page import bulletin_mark, bulletin_pdf
from engine.reports.bulletin.telling import (
    contact_of,
    correction_of,
    meant_for,
    parts_of,
    validity_of,
)


def posted(bulletin: Bulletin) -> tuple[BulletinPage, Mapping[str, bytes]]:
    """Return a bulletin's page and its documents by name. Raises StoppedError."""
    name = f"ban-tin-{bulletin.period.name}"
    documents = {
        f"{name}.pdf": bulletin_pdf(bulletin),
        f"{name}-chu-lon.pdf": bulletin_pdf(bulletin, large=True),
    }
    commune, portal = bulletin.registry.commune, bulletin.registry.portal
    page = BulletinPage(
        name=bulletin.period.name,
        period=bulletin.period.title,
        commune=one_line(commune.name),
        office=one_line(commune.office),
        home=portal.url.rstrip("/"),
        site=one_line(portal.name),
        made_at=local(bulletin.made_at),
        entries=tuple(_entry(item, len(bulletin.registry.hamlets)) for item in bulletin.items),
        documents=tuple(
            Media(
                file=file,
                media_type="application/pdf",
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
            for file, data in documents.items()
        ),
    )
    return page, documents


def _entry(item: Item, hamlets: int) -> Entry:
    return Entry(
        title=one_line(item.title),
        issuer=one_line(item.issuer),
        day=f"{local(item.approved_at):%d/%m/%Y}",
        mark=bulletin_mark(item),
        permalink=item.permalink,
        post=item.campaign_id if item.permalink else "",
        meant=meant_for(item, hamlets),
        correction=correction_of(item),
        told=tuple(
            Part(hamlets=one.hamlets, facts=one.facts, paragraphs=one.paragraphs)
            for one in parts_of(item)
        ),
        contact=contact_of(item),
        validity=validity_of(item),
    )
