"""What a lexicon says that is not said as it stands, in the files that ``loa check`` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from campaigns.source import Source, read_source
from campaigns.tree import Node
from campaigns.tree import Path as Where
from channels.loudspeaker.spoken import Region, respoken
from engine.errors import Problem
from engine.i18n import gettext as _

#: Where a lexicon stands in each kind of file.
IN_REGISTRY: Where = ("pronounce",)
IN_PROVINCE: Where = ("communes", "pronounce")
IN_CAMPAIGN: Where = ("channels", "loudspeaker", "pronounce")


def warn_of_lexicons(files: Iterable[tuple[Path, Where]], region: str) -> None:
    """Print a warning for each reading that the rules will read anew. Raises InputError."""
    for path, where in files:
        for problem in _respoken(read_source(path), where, Region(region)):
            click.echo(f"⚠ {problem}", err=True)


def _respoken(source: Source, where: Where, region: Region) -> Iterator[Problem]:
    message = _("this reading is itself read by the rules, as “{said}”: write it in words")
    for key, node in _entries(source.root, where).items():
        said = respoken(str(node.value), region=region)
        if said is not None:
            yield source.problem((*where, key), message.format(said=said))


def _entries(root: Node, where: Where) -> Mapping[str, Node]:
    """Return the entries of the lexicon at ``where``; none if the file has no such place."""
    node: Node | None = root
    for part in where:
        node = node.child(part) if node else None
    return node.value if node and isinstance(node.value, dict) else {}
