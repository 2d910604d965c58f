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
    """Return what is corrected, if anything is; with the hamlets where it is not so for all."""
    corrected = [one for one in item.told if one.content.correction is not None]
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
    """Say until when it holds, or since when it does not."""
    if item.stopped:
        return ""
    taken = [one.content.correction for one in item.told]
    ends = [one.at for one in taken if one is not None and one.withdraws]
    if len(ends) == len(taken):
        return withdrawn_since(max(ends))
    return validity(item.valid_until)


def meant_for(item: Item, hamlets: int) -> str:
    """Return the hamlets that an item is for; nothing where it is for all ``hamlets``."""
    named = list(dict.fromkeys(name for one in item.told for name in one.hamlets))
    return one_line(", ".join(named)) if len(named) < hamlets else ""


def _joined_parts(wordings: Sequence[Told]) -> Iterator[Part]:
    """Yield the facts, then the text, in one part where both are for the same hamlets."""
    facts, texts = list(_told(wordings, _facts)), list(_told(wordings, _lines))
    if len(facts) == len(texts) == 1 and facts[0].hamlets == texts[0].hamlets:
        yield Part(texts[0].hamlets, facts[0].facts, texts[0].paragraphs)
        return
    yield from facts
    yield from texts


def _told(wordings: Sequence[Told], lines_of: Callable[[Told], Sequence[str]]) -> Iterator[Part]:
    """Yield lines in order: what all hamlets are told once, what differs by hamlet."""
    told = [lines_of(one) for one in wordings]
    if len(wordings) == 1:
        yield from _part((), told[0])
        return
    if len({len(lines) for lines in told}) > 1:
        for one, lines in zip(wordings, told, strict=True):
            yield from _part(one.hamlets, lines)
        return
    joined = [_joined(row, wordings) for row in zip(*told, strict=True)]
    for same, rows in groupby(joined, key=lambda row: len(row) == 1):
        columns = [list(column) for column in zip(*rows, strict=True)]
        if same:
            yield from _part((), columns[0])
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
