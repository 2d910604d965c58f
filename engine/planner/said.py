"""What people are told, apart from how it looks and sounds: what an amendment is judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from channels.base import Options
from engine.models import Content, Purpose, digest
from engine.models.facts import Facts
from engine.models.marks import unmarked
from engine.models.truth import FieldPath


@dataclass(frozen=True, slots=True)
class Gist:
    """A message without what one channel adds to it: hashes of its text, and of its facts.

    ``facts`` are empty for a content that shows none, ``text`` for one whose words nobody knows.
    """

    text: str
    facts: str = ""

    @classmethod
    def of(cls, title: str, body: str, contact: str, facts: Facts) -> Gist:
        shown = digest([(name, list(map(_plain, lines))) for name, lines in facts.named()])
        return cls(digest(*map(_plain, (title, body, contact))), shown if facts else "")

    def within(self, whole: Gist) -> bool:
        """Say whether it says nothing that the whole message does not."""
        return self.text == whole.text and self.facts in ("", whole.facts)


@dataclass(frozen=True, slots=True)
class Words:
    """What people are told by a content: a hash of it, and what it hands out, by channel.

    ``given`` is the hash of what of it others hand out: of a flyer the main product alone.
    """

    own: str
    given: str
    gist: Gist
    needed: Mapping[str, Words]

    def same(self, now: Words, message: Callable[[], Gist]) -> bool:
        """Say whether ``now`` tells nothing else.

        A flyer that a post handed out, and that is no longer made, told nothing else if it said
        what the ``message`` says.
        """
        return self.own == now.own and self._hands_out_the_same(now, message)

    def _given_the_same(self, now: Words, message: Callable[[], Gist]) -> bool:
        return self.given == now.given and self._hands_out_the_same(now, message)

    def _hands_out_the_same(self, now: Words, message: Callable[[], Gist]) -> bool:
        if now.needed.keys() - self.needed.keys():
            return False
        return all(
            one._given_the_same(now.needed[name], message)
            if name in now.needed
            else one.gist.within(message())
            for name, one in self.needed.items()
        )


def words_of(content: Content, needed: Mapping[str, Words]) -> Words:
    """Return what people are told by a content: words, facts, files, how long it holds.

    ``needed`` are the words of the contents that it builds on, by channel: a post hands out the
    flyer. How often it is said, on which paper it is printed, under which number it was issued
    and how words are pronounced has no part in it; nor that it amends something.
    """
    options = content.options
    told = (
        content.purpose is Purpose.WITHDRAWAL,
        *(_plain(text) for text in (content.title, content.issuer, content.body, content.contact)),
        content.priority,
        content.valid_from,
        content.valid_until,
        content.drill,
        content.ends,
        [(name, list(map(_plain, lines))) for name, lines in content.facts.named()],
        sorted((one.name, one.sha256) for one in content.attachments),
        content.recording.sha256 if content.recording else "",
    )
    own = digest(*told, options.said() if isinstance(options, Options) else None)
    given = digest(*told, options.handed_on() if isinstance(options, Options) else None)
    gist = Gist.of(content.title, content.body, content.contact, content.facts)
    return Words(own, given, Gist("") if content.recording else gist, needed)


def parts_of(content: Content) -> Iterator[tuple[FieldPath, str]]:
    """Yield what is read or heard of a content, field by field, without marks for the voice."""
    yield ("title",), content.title
    yield ("text",), unmarked(content.body)
    yield ("contact",), unmarked(content.contact)
    for name, lines in content.facts.named():
        # A line of "where" is a place to go to, though nothing in it says so.
        lead = "Địa điểm: " if name == "where" else ""
        for index, line in enumerate(lines):
            yield ("facts", name, index), lead + unmarked(line)
    other = getattr(content.options, "second_language", None)
    if other is not None:
        yield ("second_language", "title"), other.title
        yield ("second_language", "text"), other.text
    summary = getattr(content.options, "summary", None)
    if summary:
        yield ("summary",), summary


def second_parts(channel: str, options: BaseModel) -> tuple[str, ...]:
    """Return the parts that tell readers of a second language, as ``flyer:bilingual``."""
    parts = options.in_second_language() if isinstance(options, Options) else ()
    return tuple(f"{channel}:{part}" for part in parts)


def issued_as(content: Content) -> str | None:
    """Return the number under which a content is issued; None where it is no document."""
    return content.options.issued_as() if isinstance(content.options, Options) else None


def _plain(text: str) -> str:
    """Return a text without marks for the voice, its lines joined."""
    return " ".join(unmarked(text).split())
