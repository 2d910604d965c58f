"""What the YAML parser complains about, in words that help."""

from __future__ import annotations

import yaml

from engine.errors import Problem
from engine.i18n import gettext as _


def yaml_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return the parser's complaint at the place that is to be mended."""
    mark = getattr(error, "problem_mark", None)
    complaint = str(getattr(error, "problem", None) or error)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    written = lines[line] if line < len(lines) else ""
    indent = written[: len(written) - len(written.lstrip(" \t"))]
    if "\t" in indent:
        message = _("a tab stands in the indentation; use spaces")
        return Problem(file, line + 1, indent.index("\t") + 1, "", message)
    if "quoted scalar" in str(getattr(error, "context", "")) and "end of stream" in complaint:
        mark = error.context_mark  # type: ignore[attr-defined]  # MarkedYAMLError has it
        line, column = mark.line, mark.column
        return Problem(file, line + 1, column + 1, "", _("this quote is never closed"))
    return Problem(file, line + 1, column + 1, "", _hint(complaint))


def _hint(complaint: str) -> str:
    if "mapping values are not allowed" in complaint:
        return _("a colon cannot stand here; put the value in quotes, or mend the indentation")
    if "cannot start any token" in complaint:
        return _("a value cannot begin with this character; put it in quotes")
    if "could not find expected ':'" in complaint:
        return _("a key must be followed by a colon and a space")
    if "escape" in complaint:
        return _("a \\ in double quotes must be written \\\\, or use single quotes")
    return _("this is not YAML; look at the indentation, quotes and brackets here and above")
