"""Long sentences in the terminal: broken at its edge, and indented below their mark."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator


def marked_lines(mark: str, words: str, indent: str = "  ") -> Iterator[str]:
    """Yield ``words`` after a mark, no line wider than the terminal: 80 where there is none.

    A word that is longer than that stays whole, so that it can be copied.
    """
    begin = f"{indent}{mark} "
    yield from textwrap.wrap(
        str(words),
        shutil.get_terminal_size((80, 24)).columns,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )
