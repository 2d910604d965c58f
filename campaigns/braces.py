"""Faults in the syntax of a text: each ``{{ … }}`` and ``{% … %}`` is judged by itself.

Jinja2 stops at the first fault. What is faulty is taken out, so that the rest can be judged.
"""

from __future__ import annotations

import keyword
import re

import jinja2

from campaigns.sandbox import ENVIRONMENT, TemplateError, place
from engine.i18n import gettext as _

#: Stands for the variable that a faulty loop should run over; no fault is told about it.
UNKNOWN = "x__unknown"

# What braces hold, quoted texts passed over: one pass, which never goes back on itself.
_HELD = r"(?:\"[^\"]*\"|'[^']*'|[\"']|[^\"'{}%]|\{(?![{%])|\}(?!\})|%(?!\}))*+"
_BRACES = re.compile(
    r"(?P<left>\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\})"
    rf"|(?P<held>\{{\{{{_HELD}\}}\}}|\{{%{_HELD}%\}})"
    r"|(?P<open>\{\{|\{%)",
    re.DOTALL,
)
_STATEMENT = re.compile(r"\{%[-+]?\s*(\w*)\s*(\w*)")

#: What a statement stands in, for judging it alone.
_AROUND = {
    "if": ("", "{% endif %}"),
    "for": ("", "{% endfor %}"),
    "elif": ("{% if a %}", "{% endif %}"),
}
_ENDS = frozenset({"else", "endif", "endfor"})


def syntax_faults(source: str) -> tuple[list[TemplateError], str]:
    """Return the faults of single braces, and the text without what is faulty.

    Every line stays on its line. What only the whole text shows, such as an ``endif`` that is
    missing, is not told here.
    """
    faults: list[TemplateError] = []

    def judged(found: re.Match[str]) -> str:
        if found["left"]:
            return found["left"]
        error, instead = _open() if found["open"] else _judge(found["held"])
        if error is None:
            return found.group()
        line = source.count("\n", 0, found.start())
        column = found.start() - source.rfind("\n", 0, found.start())
        known = error.lineno == 1
        where = (line + 1, column) if known else place(source, line + error.lineno)
        faults.append(TemplateError(_in_words(error), *where))
        return instead + "\n" * found.group().count("\n")

    return faults, _BRACES.sub(judged, source)


def without_statements(text: str) -> tuple[str, list[str]]:
    """Return the text without its statements, every line on its line; and its loops' names."""
    names: list[str] = []

    def gone(found: re.Match[str]) -> str:
        statement = _STATEMENT.match(found.group())
        if found["left"] or statement is None:
            return found.group()
        if statement[1] == "for":
            names.append(statement[2])
        return "\n" * found.group().count("\n")

    return _BRACES.sub(gone, text), names


def syntax_error(error: jinja2.TemplateSyntaxError, source: str) -> TemplateError:
    """Say what is wrong with the syntax, on the line that Jinja2 names."""
    return TemplateError(_in_words(error), *place(source, error.lineno))


def _open() -> tuple[jinja2.TemplateSyntaxError, str]:
    return jinja2.TemplateSyntaxError("unexpected end of template", 1), ""


def _judge(written: str) -> tuple[jinja2.TemplateSyntaxError | None, str]:
    """Return the fault of one pair of braces, and what stands in their place then."""
    statement = _STATEMENT.match(written)
    word = statement[1] if statement else ""
    if word in _ENDS:
        return None, ""
    if statement and word not in _AROUND:
        return jinja2.TemplateSyntaxError("unknown tag", 1), ""
    before, after = _AROUND.get(word, ("", ""))
    try:
        ENVIRONMENT.parse(before + written + after)
    except jinja2.TemplateSyntaxError as error:
        return error, _instead(word, statement[2] if statement else "")
    except RecursionError:
        pass  # whoever reads the whole text says so
    return None, ""


def _instead(word: str, name: str) -> str:
    """Return what a faulty statement is replaced by, so that its end still has a beginning."""
    if word == "for":
        sound = name.isidentifier() and not keyword.iskeyword(name)
        return f"{{% for {name if sound else UNKNOWN} in {UNKNOWN} %}}"
    return f"{{% {word} true %}}" if word else ""


def _in_words(error: jinja2.TemplateSyntaxError) -> str:
    message = _("a mistake in {{{{ … }}}} or {{% … %}}: {reason}")
    return message.format(reason=_reason(error.message or ""))


def _reason(message: str) -> str:
    """Say what to mend; Jinja2 says it in English, and of its own insides."""
    if "unknown tag" in message:
        return _("only if, elif, else, endif, for and endfor may stand between {% and %}")
    if "end of template" in message:
        return _("something is not closed: }}, %}, {% endif %} or {% endfor %} is missing")
    if "expected token 'end of" in message:
        return _("{{ is closed by }}, and {% by %}")
    return _("look at the names, quotes and brackets in it")
