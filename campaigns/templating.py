"""Jinja2 for officials: variables, ``if`` and ``for`` over their own values, a few filters.

Only what is named here is let through, judged on the syntax tree before anything runs; the
sandbox, strict names and bounds on size and nesting stand behind it. A value is data: what it
holds is never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import jinja2
from jinja2 import nodes

from campaigns.braces import UNKNOWN, syntax_error, syntax_faults, without_statements
from campaigns.sandbox import ENVIRONMENT, PROVIDED, TemplateError, judge, noted, place
from engine.i18n import gettext as _
from engine.models import Commune, Hamlet

#: The longest text before and after filling in, in characters.
MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable as used in a text: ``gio`` or ``hamlet.name``, and where."""

    name: str
    line: int
    column: int

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Template:
    """A checked text. ``references`` are its variables in order, without those of its loops."""

    source: str
    references: tuple[Reference, ...]
    _compiled: jinja2.Template

    @cached_property
    def names(self) -> frozenset[str]:
        """Variables used: hamlets that share their values share the words."""
        return frozenset(reference.root for reference in self.references)

    def missing(self, values: Mapping[str, Any]) -> tuple[Reference, ...]:
        """Return the variables that have no value, each at its first use."""
        found: dict[str, Reference] = {}
        for reference in self.references:
            below: Any = values
            for part in reference.name.split("."):
                below = below.get(part) if isinstance(below, Mapping) else None
            if below is None:
                found.setdefault(reference.name, reference)
        return tuple(found.values())

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the text with ``values`` filled in, and tidied.

        Raises TemplateError: a variable without value, a filter that does not fit its value, a
        result longer than MAX_TEXT.
        """
        for reference in self.missing(values):
            message = _('"{name}" has no value').format(name=reference.name)
            raise TemplateError(message, reference.line, reference.column)
        return self._filled_in(values)

    def faults(self, values: Mapping[str, Any]) -> tuple[TemplateError, ...]:
        """Return everything against filling ``values`` in; no variable may be missing."""
        with noted() as found:
            try:
                if not self._filled_in(values).strip() and not found:
                    found.append(TemplateError(_("the text is empty")))
            except TemplateError as error:
                found.append(error)
        return tuple(found)

    def _filled_in(self, values: Mapping[str, Any]) -> str:
        pieces: list[str] = []
        size = 0
        try:
            for piece in self._compiled.generate(values):
                pieces.append(piece)
                size += len(piece)
                if size > MAX_TEXT:
                    raise TemplateError(_too_long(size))
        except (jinja2.TemplateError, TypeError, ValueError, AttributeError) as error:
            message = _("the text cannot be filled in: values of different kinds are compared")
            raise TemplateError(message) from error
        return _tidied("".join(pieces))


def _tidied(text: str) -> str:
    """Remove trailing spaces, outer empty lines, and all but one of several empty lines."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def values_for(
    variables: Mapping[str, Any],
    hamlet_values: Mapping[str, Mapping[str, Any]],
    hamlet: Hamlet,
    commune: Commune,
) -> dict[str, Any]:
    """Return what a text is filled in with in ``hamlet``: its own values before the general."""
    return {
        **variables,
        **hamlet_values.get(hamlet.id, {}),
        "hamlet": {name: getattr(hamlet, name) for name in PROVIDED["hamlet"]},
        "commune": {name: getattr(commune, name) for name in PROVIDED["commune"]},
    }


@dataclass(frozen=True, slots=True)
class Examined:
    """All that can be known of a text: every fault, and a template.

    With faults, the template knows the variables that stand in what is sound, and is not to be
    rendered. None when nothing of the text can be understood.
    """

    faults: tuple[TemplateError, ...]
    template: Template | None


@lru_cache(maxsize=256)
def compile_template(source: str) -> Template:
    """Check and compile a text, once for every channel and commune that says it.

    Raises TemplateError for syntax and for what is not allowed.
    """
    found = examine_template(source)
    if found.faults or found.template is None:
        raise found.faults[0]
    return found.template


def examine_template(source: str) -> Examined:
    """Return a text's every fault of syntax, and everything in it that is not allowed."""
    if len(source) > MAX_TEXT:
        return Examined((TemplateError(_too_long(len(source))),), None)
    faults: list[TemplateError] = []
    template = None
    try:
        tree, bound = _understood(source, faults)
        forbidden, refused = judge(tree, source)
        faults += forbidden
        references = tuple(_references(tree, source, refused, bound))
        compiled = ENVIRONMENT.from_string("" if faults else tree)
        template = Template(source, references, compiled)
    except jinja2.TemplateSyntaxError as error:
        faults = faults or [syntax_error(error, source)]
    except (RecursionError, SyntaxError):
        faults.append(TemplateError(_("brackets or conditions are nested too deep")))
    return Examined(tuple(sorted(faults, key=lambda one: (one.line, one.column))), template)


def _understood(source: str, faults: list[TemplateError]) -> tuple[nodes.Template, frozenset[str]]:
    """Return as much of a text as can be parsed, and names that are no variables in it.

    What cannot be parsed is added to ``faults``.
    """
    try:
        return ENVIRONMENT.parse(source), frozenset()
    except jinja2.TemplateSyntaxError:
        found, mended = syntax_faults(source)
        faults += found
    try:
        return ENVIRONMENT.parse(mended), frozenset({UNKNOWN})
    except jinja2.TemplateSyntaxError as error:
        faults.append(syntax_error(error, source))
    bare, names = without_statements(mended)
    return ENVIRONMENT.parse(bare), frozenset({UNKNOWN, "loop", *names})


def _too_long(size: int) -> str:
    return _("the text has {size} characters, at most {limit} are allowed").format(
        size=size, limit=MAX_TEXT
    )


def _references(
    tree: nodes.Template, source: str, refused: Set[int], bound: frozenset[str]
) -> Iterator[Reference]:
    """Yield the variables used, in the order of the text, without those of loops.

    ``refused`` are nodes of which nothing more is to be said, ``bound`` names that are none.
    """
    waiting: list[tuple[nodes.Node, frozenset[str], str]] = [
        (tree, bound.union(_stored(tree, refused)), "")
    ]
    found: list[Reference] = []
    while waiting:
        node, bound, dotted = waiting.pop()
        if isinstance(node, nodes.For):
            waiting.append((node.iter, bound, ""))
            waiting.extend((child, bound, "") for child in node.else_)
            bound |= {"loop", *_stored(node.target, None)}
            waiting.extend((child, bound, "") for child in (*node.body, node.test) if child)
            continue
        if isinstance(node, nodes.Name):
            if node.ctx == "load" and node.name not in bound and id(node) not in refused:
                name = dotted or node.name
                found.append(Reference(name, *place(source, node.lineno, name)))
            continue
        dotted = ""
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            dotted = f"{node.node.name}.{node.attr}"
        waiting.extend((child, bound, dotted) for child in node.iter_child_nodes())
    yield from sorted(found, key=lambda reference: (reference.line, reference.column))


def _stored(tree: nodes.Node, among: Set[int] | None) -> Iterator[str]:
    """Yield the names that get a value in ``tree``; only by the nodes ``among``, if given."""
    names = [tree] if isinstance(tree, nodes.Name) else tree.find_all(nodes.Name)
    for node in names:
        if node.ctx != "load" and (among is None or id(node) in among):
            yield node.name
