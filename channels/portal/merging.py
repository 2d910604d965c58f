"""Joining what a bundle brings with what the site already says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from channels.portal.documents import Former, Post, Reached, Record, Site, Wording
from engine.models.facts import LABELS


def merged(old: Record | None, new: Record, site: Site) -> Record:
    """Return the post after ``new``: its hamlets get the new words, the others keep theirs.

    Posting the same thing again changes nothing. Hamlets stand in the registry's order, those
    that left it at the end; wordings in the order of their first hamlet.
    """
    texts: dict[Post, dict[str, Reached]] = {}
    replaced = {hamlet.id for wording in new.wordings for hamlet in wording.hamlets}
    for wording in old.wordings if old else ():
        kept = {hamlet.id: hamlet for hamlet in wording.hamlets if hamlet.id not in replaced}
        if kept:
            texts.setdefault(wording.post, {}).update(kept)
    for wording in new.wordings:
        texts.setdefault(wording.post, {}).update({h.id: h for h in wording.hamlets})
    first = old or new
    return Record(
        id=new.id,
        permalink=first.permalink,
        published=min(first.published, new.published),
        wordings=_ordered(texts, site),
        history=(*(old.history if old else ()), *_former(old, new)),
    )


def _former(old: Record | None, new: Record) -> Iterator[Former]:
    """Yield what an amendment replaces, once for each text.

    What only was posted anew is none, nor is a text that still holds: of an amended flyer, say.
    """
    amended = {
        hamlet.id: (wording.post, hamlet.slot)
        for wording in new.wordings
        if wording.post.amended is not None
        for hamlet in wording.hamlets
    }
    for wording in old.wordings if old else ():
        gone = [
            hamlet
            for hamlet in wording.hamlets
            if hamlet.id in amended and not _same_text(amended[hamlet.id][0], wording.post)
        ]
        if gone:
            yield Former(
                title=wording.post.title,
                body=_body(wording.post),
                hamlets=tuple(hamlet.name for hamlet in gone),
                posted=min(hamlet.slot for hamlet in gone),
                replaced=max(amended[hamlet.id][1] for hamlet in gone),
            )


def _body(post: Post) -> str:
    """Return what stood on the page below the title: its facts, then the text."""
    facts = [f"{LABELS[name]}: {'; '.join(lines)}" for name, lines in post.facts.named() if lines]
    return "\n\n".join(filter(None, ("\n".join(facts), post.body)))


def _same_text(one: Post, other: Post) -> bool:
    def shown(post: Post) -> tuple[object, ...]:
        return post.title, post.body, post.contact, post.facts

    return shown(one) == shown(other)


def _ordered(texts: Mapping[Post, Mapping[str, Reached]], site: Site) -> tuple[Wording, ...]:
    place = {hamlet.id: number for number, hamlet in enumerate(site.hamlets)}

    def rank(hamlet: Reached) -> tuple[int, str]:
        return place.get(hamlet.id, len(place)), hamlet.id

    wordings = [
        Wording(post=post, hamlets=tuple(sorted(hamlets.values(), key=rank)))
        for post, hamlets in texts.items()
    ]
    return tuple(sorted(wordings, key=lambda wording: rank(wording.hamlets[0])))
