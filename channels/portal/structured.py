"""What machines read of a post and of the office: JSON-LD in schema.org's words.

SpecialAnnouncement, GovernmentService: https://schema.org/SpecialAnnouncement,
https://schema.org/GovernmentService.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from channels.portal.documents import Media, Site
from channels.portal.views import PostView, SectionView

#: What would end the element, or the line, in which it stands.
_ESCAPED = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def announcement(view: PostView) -> Markup:
    """Return a post as a SpecialAnnouncement."""
    lead = view.lead
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SpecialAnnouncement",
        "@id": view.record.permalink,
        "url": view.url,
        "name": lead.title,
        "headline": lead.title,
        "text": "\n\n".join(dict.fromkeys(s.post.body for s in view.sections)),
        "abstract": view.summary,
        "category": "Thông báo khẩn" if any(s.post.urgent for s in view.sections) else "Thông báo",
        "inLanguage": "vi",
        "isAccessibleForFree": True,
        "datePosted": view.record.published.isoformat(),
        "datePublished": view.record.published.isoformat(),
        "dateModified": view.updated.isoformat(),
        "expires": view.valid_until.isoformat(),
        "publisher": _office(view.site),
        "author": {"@type": "GovernmentOrganization", "name": lead.issuer},
        "spatialCoverage": [_area(view.site, hamlet.name) for hamlet in view.reached],
    }
    if sounds := [_sound(view, one) for one in view.sections if one.post.audio]:
        said["audio"] = list({sound["contentUrl"]: sound for sound in sounds}.values())
    if files := list(dict.fromkeys(view.papers)):
        said["associatedMedia"] = [_paper(view, media) for media in files]
    return _script(said)


def service(site: Site) -> Markup:
    """Return the site as the office's service that tells people."""
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "name": site.name,
            "url": f"{site.url}/",
            "serviceType": "Thông báo đến người dân",
            "serviceOperator": _office(site),
            "provider": _office(site),
            "areaServed": {
                "@type": "AdministrativeArea",
                "name": site.commune,
                "containedInPlace": {"@type": "AdministrativeArea", "name": site.province},
            },
            "availableChannel": {
                "@type": "ServiceChannel",
                "serviceUrl": f"{site.url}/",
                "availableLanguage": "vi",
            },
        }
    )


def _office(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "GovernmentOrganization",
        "name": site.office,
        "url": f"{site.url}/",
    }
    if site.phone:
        found["telephone"] = site.phone
    if site.address:
        found["address"] = site.address
    return found


def _area(site: Site, name: str) -> dict[str, Any]:
    commune = {"@type": "AdministrativeArea", "name": f"{site.commune}, {site.province}"}
    return {"@type": "AdministrativeArea", "name": name, "containedInPlace": commune}


def _sound(view: PostView, section: SectionView) -> dict[str, Any]:
    audio = section.post.audio
    assert audio is not None
    return {
        "@type": "AudioObject",
        "name": section.post.title,
        "contentUrl": f"{view.url}{audio.file}",
        "encodingFormat": audio.media_type,
        "contentSize": str(audio.size),
        "inLanguage": "vi",
        "transcript": section.transcript,
    }


def _paper(view: PostView, media: Media) -> dict[str, Any]:
    return {
        "@type": "MediaObject",
        "contentUrl": f"{view.url}{media.file}",
        "encodingFormat": media.media_type,
        "contentSize": str(media.size),
    }


def _script(said: dict[str, Any]) -> Markup:
    """Return a block of data that no text can end."""
    text = json.dumps(said, ensure_ascii=False).translate(_ESCAPED)
    data = Markup(text)  # noqa: S704 - no mark of markup is left in it
    return Markup('<script type="application/ld+json">{}</script>').format(data)
