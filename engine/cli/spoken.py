"""``loa spoken``: written Vietnamese on standard input, as it is said on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import TypeAlias, cast

import click

from campaigns.names import PROVINCE_FILE
from channels.loudspeaker.spoken import Region, Spoken, speak
from engine.cli.places import (
    REGISTRY_FILE,
    chosen_commune,
    commune_option,
    find_any_workspace,
    workspace_option,
)
from engine.errors import LoaError
from engine.i18n import gettext as _

#: Says a line's number, the line, and what is said of it in lines of text.
_Answer: TypeAlias = Callable[[int, str, Spoken], Iterator[str]]

#: So many lines that are no UTF-8 are named; more are counted.
_NAMED = 10
#: Bytes taken at a time, if so many have come.
_CHUNK = 65_536


def commands() -> list[click.Command]:
    return [spoken()]


def spoken() -> click.Command:
    @click.command("spoken")
    @click.option(
        "--region",
        type=click.Choice([str(region) for region in Region]),
        help=_("Whose words: south (ngàn, lẻ) or north (nghìn, linh); else the commune's."),
    )
    @click.option(
        "--explain", is_flag=True, help=_("Show each piece, the rule that read it, the doubts.")
    )
    @click.option("--json", "as_json", is_flag=True, help=_("The same, a line of JSON each."))
    @commune_option
    @workspace_option
    def command(region: str | None, explain: bool, as_json: bool, workspace: Path | None) -> None:
        voice = _voice(workspace)
        wanted = Region(region) if region else voice.region
        answer = _answer(explain=explain, as_json=as_json)
        doubts = 0
        for lines in _batches(cast(BufferedIOBase, sys.stdin.buffer)):
            answers: list[str] = []
            for number, line in lines:
                said = speak(line, region=wanted, pronounce=voice.pronounce)
                doubts += len(said.doubts)
                answers += answer(number, line, said)
            _print(answers)
        if explain and not as_json:
            summary = _("{count} doubts: please look at them") if doubts else _("no doubts")
            click.echo(summary.format(count=doubts), err=True)

    return command


def _answer(*, explain: bool, as_json: bool) -> _Answer:
    """Return what is printed of a line. Only an explanation loads the channels' words."""
    if not explain and not as_json:
        return lambda _number, _line, said: iter((said.text,))
    from engine.cli.spoken_words import document, explanation

    if as_json:
        return lambda number, line, said: iter(
            (json.dumps(document(number, line, said), ensure_ascii=False),)
        )
    return explanation


@dataclass(frozen=True, slots=True)
class _Voice:
    """How a commune is spoken to; as in the South, with no word of its own, where there is none."""

    region: Region = Region.SOUTH
    pronounce: Mapping[str, str] = field(default_factory=dict)


def _voice(given: Path | None) -> _Voice:
    """Return the region and the lexicon of the workspace, if one stands in any.

    Raises LoaError for a folder that is given and is no workspace, InputError and SettingsError
    for its files.
    """
    if chosen_commune() is not None:
        return _commune_of_many(given)
    try:
        folder = find_any_workspace(given)
    except LoaError:
        if given is not None:
            raise
        return _Voice()
    return _voice_of(folder)


def _commune_of_many(given: Path | None) -> _Voice:
    from engine.cli.common import open_workspace  # loads the ledger

    with open_workspace(given) as app:
        commune = app.registry.commune.id
        region = app.settings.loudspeaker_of(commune).region
        return _Voice(Region(region), app.registry.pronounce)


def _voice_of(folder: Path) -> _Voice:
    from campaigns.province_file import load_province  # these load the schemas
    from campaigns.registry_file import load_registry
    from engine.settings import load_settings

    settings = load_settings(folder)
    if (folder / REGISTRY_FILE).is_file():
        registry = load_registry(folder / REGISTRY_FILE).registry
        region = settings.loudspeaker_of(registry.commune.id).region
        return _Voice(Region(region), registry.pronounce)
    region = settings.loudspeaker.region
    if (folder / PROVINCE_FILE).is_file():
        province = load_province(folder / PROVINCE_FILE).province
        return _Voice(Region(region), province.communes.pronounce)
    return _Voice(Region(region))


def _batches(source: BufferedIOBase) -> Iterator[list[tuple[int, str]]]:
    """Yield lines with their numbers, as many as have come, as soon as they are there.

    Bytes that are no UTF-8 are left out, and the error stream says where.
    """
    decoder = _Decoder()
    pending: list[bytes] = []
    while chunk := source.read1(_CHUNK):
        *whole, rest = chunk.split(b"\n")
        if whole:
            whole[0] = b"".join((*pending, whole[0]))
            pending = []
            yield [decoder.line(raw) for raw in whole]
        pending.append(rest)
    last = b"".join(pending)
    if last:
        yield [decoder.line(last)]
    decoder.tell_all()


class _Decoder:
    """Numbers lines and makes text of them."""

    def __init__(self) -> None:
        self._number = 0
        self._broken = 0

    def line(self, raw: bytes) -> tuple[int, str]:
        """Return the line's number and text."""
        self._number += 1
        raw = raw.removesuffix(b"\r")
        if self._number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            return self._number, raw.decode()
        except UnicodeDecodeError as error:
            self._broken += 1
            if self._broken <= _NAMED:
                _tell_broken(self._number, error)
            return self._number, raw.decode(errors="replace")

    def tell_all(self) -> None:
        """Say how many lines were broken, if not each was named."""
        if self._broken > _NAMED:
            message = _("{count} lines in all hold bytes that are no UTF-8")
            click.echo(message.format(count=self._broken), err=True)


def _tell_broken(number: int, error: UnicodeDecodeError) -> None:
    message = _(
        "line {line}: byte {byte} is no UTF-8 (0x{value:02x}); what cannot be read is left out"
    )
    found = message.format(line=number, byte=error.start + 1, value=error.object[error.start])
    click.echo(found, err=True)


def _print(answers: list[str]) -> None:
    """Print at once: whoever writes line by line may wait for each answer."""
    sys.stdout.buffer.write("".join(f"{answer}\n" for answer in answers).encode())
    sys.stdout.buffer.flush()
