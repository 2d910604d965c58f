"""The search index: small files that a page's own script loads, so that no server is needed.

A thousand posts (by number) make a volume ``g<n>``. ``g<n>/<bucket>.js`` says in which posts of
the volume each word stands, for the words that begin alike; ``g<n>.js`` names its buckets, and
``d<n>.js`` holds titles and dates of a hundred posts. A question loads a file for each of its
words, volume by volume, newest first, until it has enough to show. One more post changes only
the files of its own words, in its own volume.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from channels.portal.archive import State
from channels.portal.catalogue import Entry
from channels.portal.documents import Record
from channels.portal.lists import leaves
from channels.portal.names import SEARCH
from channels.portal.pages import asset, page
from channels.portal.saying import day
from channels.portal.text import excerpt
from channels.portal.views import PostView
from channels.portal.words import bucket, words

#: How many posts a volume has, and a list of titles.
VOLUME = 1000
TITLES = 100

#: In a bucket: each word with the posts that have it in their title, and those that have it else.
_Bucket = dict[str, tuple[list[int], list[int]]]

_HEAD, _TAIL = "loaTim(", ");\n"


def search_page(state: State) -> Iterator[tuple[str, bytes]]:
    """Yield the page of the search, which without scripts leads to the archive, and its script."""
    count = len(state.catalogue.entries)
    found = leaves(state.catalogue.entries)
    values = {"count": count, "volume": VOLUME, "titles": TITLES, "leaves": found}
    yield f"{SEARCH}/index.html", page("search.html.j2", state.site, "../", **values)
    yield f"{SEARCH}/tim.js", asset("tim.js")


def titles(state: State, dirty: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the lists of titles on which ``dirty`` posts stand."""
    entries = state.catalogue.entries
    numbers = {state.catalogue.by_id[one].number // TITLES for one in dirty}
    for number in sorted(numbers):
        run = entries[number * TITLES : (number + 1) * TITLES]
        rows = [_row(state.view(entry.id)) for entry in run]
        yield f"{SEARCH}/d{number}.js", _called(f"d{number}", rows)


def whole_index(state: State) -> Iterator[tuple[str, bytes]]:
    """Yield the index of every post."""
    volumes: dict[int, dict[str, _Bucket]] = defaultdict(lambda: defaultdict(dict))
    for entry in state.catalogue.entries:
        _entered(volumes[entry.number // VOLUME], entry, _words_of(state.record(entry.id)))
    for number, buckets in volumes.items():
        yield from _encoded(number, buckets)
        yield f"{SEARCH}/g{number}.js", _called(f"g{number}", sorted(buckets))


def index_of(
    state: State, old: Mapping[str, Record], read: Callable[[str], bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yield what changes in the index when posts are brought; ``old`` is what they said before.

    ``read`` returns the bytes of a file of the site, b"" where there is none.
    """
    changes: dict[int, list[tuple[Entry, set[str], dict[str, bool]]]] = defaultdict(list)
    for campaign_id, record in state.brought.items():
        entry = state.catalogue.by_id[campaign_id]
        before = _words_of(old[campaign_id]) if campaign_id in old else {}
        after = _words_of(record)
        touched = {word for word in {*before, *after} if before.get(word) != after.get(word)}
        changes[entry.number // VOLUME].append((entry, touched, after))
    for number, changed in changes.items():
        yield from _changed(number, changed, read)


def _changed(
    number: int,
    changed: Sequence[tuple[Entry, set[str], dict[str, bool]]],
    read: Callable[[str], bytes],
) -> Iterator[tuple[str, bytes]]:
    known = _decoded(read(f"{SEARCH}/g{number}.js"), [])
    needed = {bucket(word) for _entry, touched, _after in changed for word in touched}
    buckets: dict[str, _Bucket] = {
        name: _decoded(read(f"{SEARCH}/g{number}/{name}.js"), {}) for name in needed
    }
    for entry, touched, after in changed:
        local = entry.number % VOLUME
        for word in touched:
            for posts in buckets[bucket(word)].get(word, ()):
                if local in posts:
                    posts.remove(local)
        _entered(buckets, entry, {word: after[word] for word in touched if word in after})
    yield from _encoded(number, buckets)
    yield f"{SEARCH}/g{number}.js", _called(f"g{number}", sorted({*known, *buckets}))


def _words_of(record: Record) -> dict[str, bool]:
    """Return a post's words, and whether each stands in a title."""
    titles, texts = [], []
    for wording in record.wordings:
        post = wording.post
        titles.append(post.title)
        texts += [post.summary, post.body, post.contact, post.issuer]
        texts += [one.label for one in post.attachments]
        texts += [line for _name, lines in post.facts.named() for line in lines]
        texts += [hamlet.name for hamlet in wording.hamlets]
    in_title = words("\n".join(dict.fromkeys(titles)))
    found = dict.fromkeys(sorted(words("\n".join(dict.fromkeys(texts)))), False)
    return {**found, **dict.fromkeys(sorted(in_title), True)}


def _entered(buckets: dict[str, _Bucket], entry: Entry, said: Mapping[str, bool]) -> None:
    """Enter a post under its words, in the order of numbers."""
    local = entry.number % VOLUME
    for word, in_title in said.items():
        posts = buckets[bucket(word)].setdefault(word, ([], []))[0 if in_title else 1]
        posts.append(local)
        if len(posts) > 1 and posts[-2] > local:
            posts.sort()


def _encoded(number: int, buckets: Mapping[str, _Bucket]) -> Iterator[tuple[str, bytes]]:
    for name in sorted(buckets):
        held = {word: posts for word, posts in sorted(buckets[name].items()) if any(posts)}
        yield f"{SEARCH}/g{number}/{name}.js", _called(f"g{number}/{name}", held)


def _row(view: PostView) -> list[Any]:
    """Return what a result shows; the end in seconds lets the page mark what ran out since."""
    ends = int(view.valid_until.timestamp())
    summary = excerpt(view.summary, 120)
    over = int(view.expired)
    return [view.id, view.lead.title, day(view.updated), ends, over, view.audience, summary]


def _called(name: str, value: object) -> bytes:
    """Return a file of the index: a call that hands the page's script a value."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    safe = said.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"{_HEAD}{json.dumps(name)},{safe}{_TAIL}".encode()


def _decoded(data: bytes, missing: Any) -> Any:
    """Return what a file of the index holds; ``missing`` where there is none."""
    if not data:
        return missing
    text = data.decode().removeprefix(_HEAD).removesuffix(_TAIL)
    return json.loads(f"[{text}]")[1]
