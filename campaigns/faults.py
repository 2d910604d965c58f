"""From what pydantic found to faults that an official can mend: place, words, suggestion."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError

from campaigns.fields import shown
from campaigns.source import Source
from campaigns.tree import Path
from engine.errors import Problem
from engine.i18n import gettext as _

#: More faults of one kind in one file help nobody.
MAX_PROBLEMS = 500
#: Among more names than these the nearest is not looked for.
MAX_COMPARED = 500


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "…"?)`` for the nearest of ``known``, or nothing."""
    names = list(known)
    if len(names) > MAX_COMPARED:
        return ""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return _(' (did you mean "{name}"?)').format(name=near[0]) if near else ""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that ``name`` is none of ``known``; ``kind`` is a translated noun."""
    names = sorted(known)
    listed = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return _('there is no {kind} "{name}"{hint}; allowed: {allowed}').format(
        kind=kind, name=name[:40], hint=suggestion(name, names), allowed=listed or "–"
    )


def problems_of(
    error: ValidationError, source: Source, model: type[BaseModel]
) -> tuple[Problem, ...]:
    """Return the faults that ``model`` found in ``source``, at most MAX_PROBLEMS."""
    faults = error.errors(include_url=False)
    parents = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    real = (
        # A list that is short because an item in it is faulty has one fault, not two.
        fault
        for fault in faults
        if not (fault["type"] == "too_short" and fault["loc"] in parents)
    )
    return tuple(_problem(dict(fault), source, model) for fault in islice(real, MAX_PROBLEMS))


def _problem(fault: dict[str, Any], source: Source, model: type[BaseModel]) -> Problem:
    path: Path = fault["loc"]
    at_key = fault["type"] == "extra_forbidden"
    if path and path[-1] == "[key]":
        path, at_key = path[:-1], True
    return source.problem(path, in_words(fault, model), at_key=at_key)


def in_words(fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    """Say what pydantic found wrong in a value that ``model`` should have read."""
    if fault["type"] == "extra_forbidden":
        path: Path = fault["loc"]
        return unknown(_("key"), str(path[-1]), _field_names(model, path[:-1]))
    context = fault.get("ctx") or {}
    if fault["type"] in {"value_error", "assertion_error"}:
        return str(context["error"])
    words = _WORDS.get(str(fault["type"]), _not_allowed)
    return words(shown(fault["input"]), context)


def _not_allowed(found: str, _context: Mapping[str, Any]) -> str:
    return _("found {found}, which is not allowed here").format(found=found)


def _choices(found: str, context: Mapping[str, Any]) -> str:
    names = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    return _("found {found}{hint}; allowed: {allowed}").format(
        found=found, hint=suggestion(found.strip('"'), names), allowed=", ".join(names)
    )


def _at_least(found: str, context: Mapping[str, Any]) -> str:
    limit = context.get("ge", context.get("gt"))
    words = (
        _("found {found}; {limit} or more is allowed")
        if "ge" in context
        else _("found {found}; more than {limit} is allowed")
    )
    return words.format(found=found, limit=limit)


def _at_most(found: str, context: Mapping[str, Any]) -> str:
    limit = context.get("le", context.get("lt"))
    words = (
        _("found {found}; {limit} or less is allowed")
        if "le" in context
        else _("found {found}; less than {limit} is allowed")
    )
    return words.format(found=found, limit=limit)


def _missing_kind(context: Mapping[str, Any]) -> str:
    key = str(context["discriminator"]).strip("'")
    return _('the key "{key}" is missing').format(key=key)


def _wrong_kind(context: Mapping[str, Any]) -> str:
    """Of sections of several kinds, say that one's kind is none of these."""
    words = _choices(f'"{context["tag"]}"', {"expected": context["expected_tags"]})
    return "{key}: {words}".format(key=str(context["discriminator"]).strip("'"), words=words)


def _expected(kind: Callable[[], str]) -> Callable[[str, Mapping[str, Any]], str]:
    def words(found: str, _context: Mapping[str, Any]) -> str:
        return _("found {found}; {kind} is expected").format(found=found, kind=kind())

    return words


def _pattern(found: str, context: Mapping[str, Any]) -> str:
    return _("found {found}; it must look like {pattern}").format(
        found=found, pattern=context["pattern"]
    )


def _moment(found: str, _context: Mapping[str, Any]) -> str:
    message = _("found {found}; write a moment with its zone, for example {example}")
    return message.format(found=found, example="2026-12-01T05:00:00+07:00")


def _too_long(found: str, context: Mapping[str, Any]) -> str:
    return _("{found} is too long; at most {limit} characters are allowed").format(
        found=found, limit=context["max_length"]
    )


def _too_many(_found: str, context: Mapping[str, Any]) -> str:
    return _("found {count} values; at most {limit} are allowed").format(
        count=context["actual_length"], limit=context["max_length"]
    )


_WORDS: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "missing": lambda _found, _context: _("this key is missing"),
    "union_tag_not_found": lambda _found, context: _missing_kind(context),
    "union_tag_invalid": lambda _found, context: _wrong_kind(context),
    "enum": _choices,
    "literal_error": _choices,
    "string_type": _expected(lambda: _("a text")),
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda _found, _context: _("the text is empty"),
    "string_too_long": _too_long,
    "too_short": lambda _found, _context: _("the list is empty"),
    "too_long": _too_many,
    "datetime_type": _moment,
    "datetime_parsing": _moment,
    "datetime_from_date_parsing": _moment,
    "datetime_object_invalid": _moment,
    "timezone_aware": _moment,
    "int_type": _expected(lambda: _("a whole number")),
    "int_parsing": _expected(lambda: _("a whole number")),
    "int_from_float": _expected(lambda: _("a whole number")),
    "float_type": _expected(lambda: _("a number")),
    "float_parsing": _expected(lambda: _("a number")),
    "bool_type": _expected(lambda: _("true or false")),
    "bool_parsing": _expected(lambda: _("true or false")),
    "list_type": _expected(lambda: _("a list")),
    "tuple_type": _expected(lambda: _("a list")),
    "dict_type": _expected(lambda: _("a group of keys")),
    "model_type": _expected(lambda: _("a group of keys")),
    "model_attributes_type": _expected(lambda: _("a group of keys")),
    "greater_than_equal": _at_least,
    "greater_than": _at_least,
    "less_than_equal": _at_most,
    "less_than": _at_most,
}


def _field_names(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys allowed in the group at ``path``."""
    annotation: Any = model
    for part in path:
        annotation = _below(annotation, part)
    found = _model_in(annotation)
    if found is None:
        return []
    return [field.alias or name for name, field in found.model_fields.items()]


def _below(annotation: Any, part: str | int) -> Any:
    """Return the type of what lies at ``part`` in a value of type ``annotation``."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    tagged = _of_kind(annotation, part)
    if tagged is not None:
        return tagged
    model = _model_in(annotation)
    if model is None or isinstance(part, int):
        return annotation
    for name, field in model.model_fields.items():
        if part in (field.alias, name):
            return field.annotation
    return None


def _of_kind(annotation: Any, kind: str | int) -> type[BaseModel] | None:
    """Return which of several models a section of a ``kind`` has."""
    for model in get_args(annotation):
        field = getattr(model, "model_fields", {}).get("kind")
        if field is not None and kind in get_args(field.annotation):
            return cast(type[BaseModel], model)
    return _of_kind(get_args(annotation)[0], kind) if get_origin(annotation) is Annotated else None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model inside a type such as ``tuple[Annotated[M, …], ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
