"""What a bulletin says of one campaign: the same on paper and on its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from channels.flyer.wording import one_line, printable, unbroken, validity, withdrawn_since
from engine.models import Content
from engine.models.facts import LABELS
from engine.reports.bulletin.gathering import Item, Told

#: So many hamlets are named within a sentence; of more, each has the sentence for itself.
MOST_NAMED = 12

#: Stands between a fact's label and its line while they are compared: in no printable text.
_TAB = "\t"


@dataclass(frozen=True, slots=True)
class Part:
    """What some hamlets are told, or all of them where none is named.

    ``facts`` are labels with their lines, ``paragraphs`` keep their line ends.
    """

    hamlets: str
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()


def parts_of(item: Item) -> tuple[Part, ...]:
    """Return an item's words in order; of what was stopped none."""
    return () if item.stopped else tuple(_joined_parts(item.told))


def correction_of(item: Item) -> str:
    """Return what is corrected, if anything is; with the hamlets where it is not so for all.

    Where it holds no more, the words themselves say so, and why: that is not said twice.
    """
    corrected = [
        one for one in item.told if one.content.correction is not None and not one.withdrawn
    ]
    if item.stopped or not corrected:
        return ""
    said: dict[str, list[str]] = {}
    for one in corrected:
        said.setdefault(unbroken(_opening(one.content)), []).extend(one.hamlets)
    if len(said) == 1 and len(corrected) == len(item.told):
        return next(iter(said))
    return " ".join(f"{one_line(', '.join(names))}: {opening}" for opening, names in said.items())


def _opening(content: Content) -> str:
    assert content.correction is not None
    return content.correction.opening_for(content.purpose)


def contact_of(item: Item) -> str:
    return "" if item.stopped else unbroken(item.contact)


def validity_of(item: Item) -> str:
    """Say until when it holds, or since when it does not; both where it holds here and there."""
    if item.stopped:
        return ""
    gone = [one for one in item.told if one.withdrawn]
    ends = [one.content.correction.at for one in gone if one.content.correction is not None]
    if not gone or not ends:
        return validity(item.valid_until)
    since = withdrawn_since(max(ends))
    if len(gone) == len(item.told):
        return since
    places = one_line(", ".join(name for one in gone for name in one.hamlets))
    return f"{validity(item.valid_until)}. {places}: {since[:1].lower()}{since[1:]}"


def meant_for(item: Item, hamlets: int) -> str:
    """Return the hamlets that an item is for; nothing where it is for all ``hamlets``."""
    held = [one for one in item.told if not one.withdrawn] or item.told
    named = list(dict.fromkeys(name for one in held for name in one.hamlets))
    return one_line(", ".join(named)) if len(named) < hamlets else ""


def _joined_parts(wordings: Sequence[Told]) -> Iterator[Part]:
    """Yield what holds, then where it holds no more: each place's words of that in one piece."""
    gone: dict[tuple[str, ...], list[str]] = {}
    for one in (told for told in wordings if told.withdrawn):
        gone.setdefault((*_facts(one), *_lines(one)), []).extend(one.hamlets)
    holding = [one for one in wordings if not one.withdrawn]
    if holding:
        named = [name for one in holding for name in one.hamlets] if gone else []
        yield from _holding(holding, named)
    for lines, hamlets in gone.items():
        yield from _part(hamlets if holding or len(gone) > 1 else (), lines)


def _holding(wordings: Sequence[Told], everybody: Sequence[str]) -> Iterator[Part]:
    """Yield the facts, then the text, in one part where both are for the same hamlets."""
    facts = list(_told(wordings, _facts, everybody))
    texts = list(_told(wordings, _lines, everybody))
    if len(facts) == len(texts) == 1 and facts[0].hamlets == texts[0].hamlets:
        yield Part(texts[0].hamlets, facts[0].facts, texts[0].paragraphs)
        return
    yield from facts
    yield from texts


def _told(
    wordings: Sequence[Told],
    lines_of: Callable[[Told], Sequence[str]],
    everybody: Sequence[str],
) -> Iterator[Part]:
    """Yield lines in order: what all hamlets are told once, what differs by hamlet.

    ``everybody`` are the hamlets to name above what all are told; none where it goes without.
    """
    told = [lines_of(one) for one in wordings]
    if len(wordings) == 1:
        yield from _part(everybody, told[0])
        return
    if len({len(lines) for lines in told}) > 1:
        for one, lines in zip(wordings, told, strict=True):
            yield from _part(one.hamlets, lines)
        return
    joined = [_joined(row, wordings) for row in zip(*told, strict=True)]
    for same, rows in groupby(joined, key=lambda row: len(row) == 1):
        columns = [list(column) for column in zip(*rows, strict=True)]
        if same:
            yield from _part(everybody, columns[0])
            continue
        for one, lines in zip(wordings, columns, strict=True):
            yield from _part(one.hamlets, lines)


def _joined(row: Sequence[str], wordings: Sequence[Told]) -> Sequence[str]:
    """Return one line of all wordings as one where it is the same, but for the hamlets' names.

    "phụ huynh Ấp 1" and "phụ huynh Ấp 2" become "phụ huynh Ấp 1, Ấp 2".
    """
    if len(set(row)) == 1:
        return row[:1]
    names = [one_line(one.hamlets[0]) for one in wordings if len(one.hamlets) == 1]
    if len(names) < len(wordings) or len(names) > MOST_NAMED:
        return row
    parts = {tuple(line.split(name)) for line, name in zip(row, names, strict=True)}
    return row if len(parts) > 1 else (", ".join(names).join(parts.pop()),)


def _lines(told: Told) -> Sequence[str]:
    return [unbroken(line) for line in printable(told.content.body).split("\n")]


def _facts(told: Told) -> Sequence[str]:
    """Return a line for each fact; a contact that stands below as well is left to that."""
    known = set(printable(told.content.contact).split("\n"))
    return [
        f"{LABELS[name]}{_TAB}{one_line('; '.join(lines))}"
        for name, lines in told.content.facts.named()
        if lines and not (name == "contact" and known.issuperset(lines))
    ]


def _part(hamlets: Sequence[str], lines: Sequence[str]) -> Iterator[Part]:
    """Yield the part that lines make, if they say anything."""
    named = one_line(", ".join(hamlets))
    facts = tuple((line.split(_TAB)[0], line.split(_TAB)[1]) for line in lines if _TAB in line)
    text = "\n".join(line for line in lines if _TAB not in line).strip("\n")
    paragraphs = tuple(filter(None, text.split("\n\n")))
    if facts or paragraphs:
        yield Part(named, facts, paragraphs)
