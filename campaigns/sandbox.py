"""What officials' templates may do: judged on the syntax tree, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import LoaError
from engine.i18n import gettext as _

#: Depth of the syntax tree. A plain sentence with a filter has 4, an if in a for about 8.
MAX_NESTING = 20
#: Names that Loa gives every text: what may follow the dot.
PROVIDED: Mapping[str, tuple[str, ...]] = {
    "hamlet": ("name", "households"),
    "commune": ("name", "office", "phone"),
}
#: Names that Jinja2 itself gives a meaning to.
RESERVED = frozenset({"self", "super", "caller", "varargs", "kwargs"})
MAX_SEPARATOR = 20
#: How much of a value that does not fit is shown, in characters.
MAX_FOUND = 40
LOOP_FIELDS = ("index", "first", "last", "length")

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.For,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


class TemplateError(LoaError):
    """A text cannot be filled in. ``line`` and ``column`` count from 1 within the text."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


#: Where filters note what does not fit, while somebody wants to know of everything at once.
_NOTED: ContextVar[list[TemplateError] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[list[TemplateError]]:
    """Let filters note what does not fit them, and go on, instead of raising."""
    found: list[TemplateError] = []
    token = _NOTED.set(found)
    try:
        yield found
    finally:
        _NOTED.reset(token)


def _unfit(message: str) -> str:
    """Note that a value does not fit its filter. Raises TemplateError if nobody takes notes."""
    error, found = TemplateError(message), _NOTED.get()
    if found is None:
        raise error
    found.append(error)
    return ""


def money(amount: object) -> str:
    """Return 1500000 as ``1.500.000 đồng``."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        message = _('found "{found}"; money needs a whole number, without dots')
        return _unfit(message.format(found=str(_shown(amount))[:MAX_FOUND]))
    return f"{amount:,}".replace(",", ".") + " đồng"


def _join(items: Any, separator: str = ", ") -> str:
    """Join a list; a text is no list, and a long separator could multiply without end."""
    if not isinstance(items, list | tuple) or len(str(separator)) > MAX_SEPARATOR:
        return _unfit(_("join needs a list and a short separator"))
    return str(separator).join(str(_shown(item)) for item in items)


def _shown(value: Any) -> Any:
    """Return how a value reads in a Vietnamese text; undefined ones stay, to raise."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list | tuple):
        return _join(value)
    return value


FILTERS: Mapping[str, Any] = {
    "money": money,
    "join": _join,
    "upper": lambda value: str(value).upper(),
    "lower": lambda value: str(value).lower(),
    "length": len,
}


class _Environment(ImmutableSandboxedEnvironment):
    """A dot reaches the fields of Loa's own values and of ``loop``, never a Python attribute."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)


def _environment() -> _Environment:
    environment = _Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        finalize=_shown,
        keep_trailing_newline=True,
        cache_size=0,
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    environment.filters.update(FILTERS)
    return environment


ENVIRONMENT = _environment()


def judge(tree: nodes.Template, source: str) -> tuple[list[TemplateError], set[int]]:
    """Return a fault for every part of ``tree`` that is not allowed, in the order of the text.

    Also the ``id()`` of each node inside such a part: nothing more is to be said about these.
    """
    faults: list[TemplateError] = []
    refused: set[int] = set()
    waiting: list[tuple[nodes.Node, int, bool, int]] = [(tree, 0, False, 1)]
    while waiting:
        node, depth, looping, line = waiting.pop()
        line = node.lineno or line  # nodes that Jinja2 makes up have no line of their own
        fault = _fault(node, depth, looping)
        children = _judged_below(node, fault)
        if fault:
            faults.append(TemplateError(fault, *place(source, line, _word(node))))
            refused.update(_below(node))
            for child in children:
                refused.difference_update(_below(child))
        inside = looping or isinstance(node, nodes.For)
        waiting.extend((child, depth + 1, inside, line) for child in children)
    return sorted(faults, key=lambda fault: (fault.line, fault.column)), refused


def _judged_below(node: nodes.Node, fault: str | None) -> list[nodes.Node]:
    """Return which parts of ``node`` are judged for themselves, whatever its own fault is."""
    if fault and isinstance(node, nodes.For):
        return [*node.body, *node.else_]
    if fault and not isinstance(node, nodes.Filter):
        return []
    return list(node.iter_child_nodes())


def _below(top: nodes.Node) -> Iterator[int]:
    waiting = [top]
    while waiting:
        node = waiting.pop()
        yield id(node)
        waiting.extend(node.iter_child_nodes())


def _fault(node: nodes.Node, depth: int, looping: bool) -> str | None:
    """Return why ``node`` is not allowed, or None."""
    if depth > MAX_NESTING:
        return _("brackets or conditions are nested too deep")
    if not isinstance(node, _ALLOWED):
        return _("only variables, if, for and filters are allowed in a text")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        return _('the filter "{name}" does not exist; allowed: {allowed}').format(
            name=node.name, allowed=", ".join(FILTERS)
        )
    if isinstance(node, nodes.For):
        if looping:
            return _("a loop inside a loop is not allowed")
        if node.recursive or not isinstance(node.iter, nodes.Name):
            return _("a loop must run over one variable")
        if not isinstance(node.target, nodes.Name) or node.target.name in {*PROVIDED, "loop"}:
            return _("this name cannot be the variable of a loop")
    return _name_fault(node)


def _name_fault(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name) and node.name.startswith("_"):
        return _("a name must not begin with _")
    if isinstance(node, nodes.Name) and node.name in RESERVED:
        return _('"{name}" is not a name that a variable may have').format(name=node.name)
    if isinstance(node, nodes.Getattr):
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        fields = {**PROVIDED, "loop": LOOP_FIELDS}.get(owner, ())
        if node.attr not in fields:
            allowed = [f"{name}.{field}" for name, names in PROVIDED.items() for field in names]
            return _('".{name}" is not allowed; allowed: {allowed}').format(
                name=node.attr, allowed=", ".join(allowed)
            )
    return None


def _word(node: nodes.Node) -> str:
    """Return what to look for in the line in which ``node`` stands."""
    return str(getattr(node, "attr", None) or getattr(node, "name", None) or "")


def place(source: str, line: int, word: str = "") -> tuple[int, int]:
    """Return line and column of ``word`` behind the first ``{{`` or ``{%`` of ``line``.

    Jinja2 keeps lines only; without the word, the column is that of the braces.
    """
    lines = source.split("\n")
    line = min(max(line, 1), len(lines))
    text = lines[line - 1]
    braces = re.search(r"\{[{%]", text)
    begin = braces.start() if braces else 0
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text[begin:]) if word else None
    return line, begin + (found.start() if found else 0) + 1
