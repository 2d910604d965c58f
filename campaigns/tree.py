"""A tree of plain values in which every key and value knows its line and column.

YAML as officials expect it: ``no``, ``on``, ``5:30``, dates, ``0123`` and ``500.000`` (half a
million in Vietnam) are text; only ``true`` and ``false`` are booleans, only plain whole numbers
are numbers. Built from parser events, so that depth and aliases are bounded while reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import yaml

from campaigns.characters import forbidden_character
from campaigns.yaml_faults import yaml_problem
from engine.errors import InputError, Problem
from engine.i18n import gettext as _

MAX_DEPTH = 30
#: Values that aliases (``*name``) may add in all; a bomb multiplies them by thousands.
MAX_ALIASED = 10_000

MAX_NOTED = 500

Scalar = None | bool | int | str
Path = tuple[str | int, ...]

_LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Mark(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place. ``keys`` holds the place of each key of a mapping.

    ``style`` is how a text was written: ``|``, ``>``, a quote, or empty.
    """

    mark: Mark
    value: Scalar | list[Node] | dict[str, Node]
    keys: dict[str, Mark] = field(default_factory=dict)
    style: str = ""
    one_line: bool = True
    weight: int = 1

    def plain(self) -> Any:
        """Return the values without their places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def child(self, part: str | int) -> Node | None:
        if isinstance(self.value, dict) and isinstance(part, str):
            return self.value.get(part)
        if isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value):
            return self.value[part]
        return None

    def at(self, path: Path) -> Node:
        """Return the value at ``path``, or the nearest one above that exists."""
        node = self
        for part in path:
            below = node.child(part)
            if below is None:
                break
            node = below
        return node

    def mark_of(self, path: Path, *, at_key: bool = False) -> Mark:
        """Return the place of the value, or the key, at ``path``, or of the nearest above."""
        if at_key and path:
            parent = self.at(path[:-1])
            mark = parent.keys.get(str(path[-1]))
            if mark is not None:
                return mark
        return self.at(path).mark


def build_tree(text: str, file: str) -> tuple[Node, tuple[Problem, ...]]:
    """Return the tree of the one document in ``text``, and the duplicate keys found.

    Raises InputError for what is no YAML, or YAML that Loa does not take: tags, several
    documents, too deep, too many aliases.
    """
    builder = _Builder(file, text)
    try:
        return builder.document(), tuple(builder.problems)
    except yaml.YAMLError as error:
        fault = yaml_problem(error, text, file)
        raise InputError([fault, *builder.problems]) from error


class _Builder:
    """Turns parser events into nodes."""

    def __init__(self, file: str, text: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, Node] = {}
        self._aliased = 0

    def document(self) -> Node:
        next(self._events)  # the stream begins
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            return Node(Mark(0, 0), None)
        root = self._node(next(self._events), 1)
        next(self._events)  # the document ends
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, _("a second document begins here; one file holds one"))
        return root

    def _note(self, event: Any, name: str, message: str) -> None:
        """Remember a fault that does not stop the reading; a flood of them helps nobody."""
        if len(self.problems) < MAX_NOTED:
            mark = _mark(event)
            self.problems.append(Problem(self._file, mark.line, mark.column, name, message))

    def _refuse(self, event: Any, message: str) -> NoReturn:
        mark = _mark(event)
        problem = Problem(self._file, mark.line, mark.column, "", message)
        raise InputError([problem, *self.problems])

    def _node(self, event: Any, depth: int) -> Node:
        if depth > MAX_DEPTH:
            message = _("values are nested more than {limit} deep").format(limit=MAX_DEPTH)
            self._refuse(event, message)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag is not None:
            message = _("the tag {tag} is not allowed; delete it").format(tag=event.tag[:60])
            self._refuse(event, message)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, depth)
        else:
            node = self._mapping(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            message = _("*{name} refers to nothing above it; text that begins with * needs quotes")
            self._refuse(event, message.format(name=event.anchor))
        self._aliased += node.weight
        if self._aliased > MAX_ALIASED:
            message = _("aliases (*{name}) repeat more than {limit} values")
            self._refuse(event, message.format(name=event.anchor, limit=MAX_ALIASED))
        return node

    def _scalar(self, event: Any) -> Node:
        style = event.style or ""
        one_line = event.start_mark.line == event.end_mark.line
        value = resolve(event.value) if not style else self._quoted(event)
        return Node(_mark(event), value, style=style, one_line=one_line)

    def _quoted(self, event: Any) -> str:
        """Return a text; escapes in double quotes can smuggle in what the file itself may not."""
        found = forbidden_character(event.value)
        if found is None:
            return _nfc(event.value)
        message = _("the invisible character {name} is not allowed; delete it")
        self._note(event, "", message.format(name=found[1]))
        return ""

    def _list(self, start: Any, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        weight = 1 + sum(item.weight for item in items)
        return Node(_mark(start), items, one_line=False, weight=weight)

    def _mapping(self, start: Any, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            node = self._node(next(self._events), depth + 1)
            if key in keys:
                message = _("this key was already given on line {line}; keep one of them")
                self._note(event, key, message.format(line=keys[key].line))
                continue
            keys[key] = _mark(event)
            values[key] = node
        weight = 1 + sum(node.weight for node in values.values())
        return Node(_mark(start), values, keys=keys, one_line=False, weight=weight)

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(
                event, _("a key must be a word; put a text that begins with { or [ in quotes")
            )
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, _("a key must be a plain word, without & or !"))
        if not event.value:
            self._refuse(event, _("a key is missing before the colon"))
        return self._quoted(event) if event.style else _nfc(event.value)


def resolve(word: str) -> Scalar:
    """Return what an unquoted word means."""
    if word in _NULLS:
        return None
    if word in {"true", "false"}:
        return word == "true"
    if _WHOLE_NUMBER.fullmatch(word):
        return int(word)
    return _nfc(word)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
