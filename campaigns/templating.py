"""Jinja2 for officials: variables, ``if`` and ``for`` over their own values, a few filters.

Only what is named here is let through, judged on the syntax tree before anything runs; the
sandbox, strict names and bounds on size and nesting stand behind it. A value is data: what it
holds is never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import jinja2
from jinja2 import meta, nodes

from campaigns.sandbox import ENVIRONMENT, PROVIDED, TemplateError, check, place
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


def _syntax(message: str) -> str:
    """Say what to mend; Jinja2 says it in English, and of its own insides."""
    if "unknown tag" in message:
        return _("only if, elif, else, endif, for and endfor may stand between {% and %}")
    if "end of template" in message:
        return _("something is not closed: }}, %}, {% endif %} or {% endfor %} is missing")
    if "expected token 'end of" in message:
        return _("{{ is closed by }}, and {% by %}")
    return _("look at the names, quotes and brackets in it")


@lru_cache(maxsize=256)
def compile_template(source: str) -> Template:
    """Check and compile a text, once for every channel and commune that says it.

    Raises TemplateError for syntax and for what is not allowed.
    """
    if len(source) > MAX_TEXT:
        raise TemplateError(_too_long(len(source)))
    try:
        tree = ENVIRONMENT.parse(source)
        check(tree, source)
        references = tuple(_references(tree, source))
        compiled = ENVIRONMENT.from_string(tree)
    except jinja2.TemplateSyntaxError as error:
        message = _("a mistake in {{{{ … }}}} or {{% … %}}: {reason}")
        message = message.format(reason=_syntax(error.message or ""))
        raise TemplateError(message, *place(source, error.lineno)) from error
    except (RecursionError, SyntaxError) as error:
        message = _("brackets or conditions are nested too deep")
        raise TemplateError(message) from error
    return Template(source, references, compiled)


def _too_long(size: int) -> str:
    return _("the text has {size} characters, at most {limit} are allowed").format(
        size=size, limit=MAX_TEXT
    )


def _references(tree: nodes.Template, source: str) -> Iterator[Reference]:
    """Yield the variables used, in the order of the text."""
    given = meta.find_undeclared_variables(tree)
    dotted = {
        id(node.node): f"{node.node.name}.{node.attr}"
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    }
    for node in tree.find_all(nodes.Name):
        if node.name in given and node.ctx == "load":
            name = dotted.get(id(node), node.name)
            yield Reference(name, *place(source, node.lineno, name))
