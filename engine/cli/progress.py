"""Showing how far something that takes long has come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine.planner.progress import Progress


@contextmanager
def shown_progress(what: str) -> Iterator[Progress]:
    """Show on the error stream how much of ``what`` is done, where somebody watches."""
    stream = click.get_text_stream("stderr")
    shown = stream.isatty()

    def tell(done: int, total: int) -> None:
        if shown:
            click.echo(f"\r{what} {done}/{total}", nl=done == total, err=True)

    yield tell
