"""``loa player``: the agent beside the amplifier. It loads nothing that only an office needs."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from engine.cli.stopping import stopped_by_signals
from engine.cli.words import translate_placeholders
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.player.agent import Agent
from engine.player.identity import Identity, enrol, load_identity
from engine.player.journal import Journal
from engine.player.place import Place, Reserve
from engine.player.reporting import status_lines
from engine.player.sink import NULL, CommandSink, NullSink, Sink, command_of
from engine.player.timekeeper import Timekeeper
from engine.player.wire import LineError

#: Where a player keeps what it knows, if nobody says otherwise.
FOLDER = Path("/var/lib/loa-player")


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = _run()
    for command in (_enrol(), _status()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=FOLDER,
        envvar="LOA_PLAYER_FOLDER",
        show_default=True,
        help=_("Where the player keeps programmes, sounds and its log."),
    )(command)


def _own_folder(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let ``--folder`` stand behind the command's name as well; it is given as ``place``."""

    @click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        help=_("Where the player keeps everything; may stand before the command too."),
    )
    @wraps(command)
    def with_place(folder: Path | None, **given: Any) -> Any:
        context = click.get_current_context()
        before: Place = context.obj
        said = context.parent and context.parent.get_parameter_source("folder")
        if folder is not None and said is ParameterSource.COMMANDLINE and folder != before.root:
            message = _("--folder is given twice, as {first} and {second}: give it once")
            raise click.UsageError(message.format(first=before.root, second=folder))
        return command(place=before if folder is None else Place(folder), **given)

    return with_place


def _run() -> click.Group:
    @click.group("player", invoke_without_command=True, subcommand_metavar=_("[COMMAND]"))
    @_folder_option
    @click.option(
        "--audio",
        default="mpv",
        envvar="LOA_PLAYER_AUDIO",
        show_default=True,
        metavar=_("COMMAND"),
        help=_("What makes sound: {known}, or a command with {{file}} in it.").format(
            known="[mpv|ffplay|aplay|null]"
        ),
    )
    @click.pass_context
    def command(context: click.Context, folder: Path, audio: str) -> None:
        if context.invoked_subcommand is None:
            _play(Place(folder), audio)
        else:
            context.obj = Place(folder)

    return command


def _play(place: Place, audio: str) -> None:
    """Run the player until it is told to stop. Raises LoaError."""
    identity = load_identity(place.identity)
    sink = _sink(audio)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Marked())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    stop = threading.Event()
    with place.held():
        agent = Agent(identity, place, sink, _version(), Timekeeper(place.clock))
        with stopped_by_signals(stop):
            logging.getLogger("loa.player").info(
                _("player %s plays for %s"), identity.player, ", ".join(identity.clusters)
            )
            agent.run(stop)


class _Marked(logging.Formatter):
    """A line with a mark for how grave it is, in no language."""

    def format(self, record: logging.LogRecord) -> str:
        mark = "·" if record.levelno < logging.WARNING else "!"
        mark = "✗" if record.levelno >= logging.ERROR else mark
        return f"{mark} {super().format(record)}"


def _sink(audio: str) -> Callable[[Callable[[], None]], Sink]:
    """Return what makes the sink. Raises LoaError."""
    if audio.strip() == NULL:
        from engine.clock import seconds_since_start

        return lambda _ended: NullSink(seconds_since_start)
    command = command_of(audio)
    return lambda ended: CommandSink(command, ended)


def _enrol() -> click.Command:
    @click.command("enrol", help=_("Make this machine a player, with the CODE from the server."))
    @click.argument("code")
    @click.option(
        "--server",
        required=True,
        envvar="LOA_PLAYER_SERVER",
        metavar="URL",
        help=_("The server's address: https://loa.example"),
    )
    @click.option(
        "--ca-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar=_("FILE"),
        help=_("The certificate that vouches for the server, where it has one of its own."),
    )
    @click.option("--again", is_flag=True, help=_("Although this machine is a player already."))
    @_own_folder
    def command(place: Place, code: str, server: str, ca_file: Path | None, again: bool) -> None:
        with place.held():
            if place.identity.exists() and not again:
                message = _("{folder}: this machine is a player already; to change that: --again")
                raise LoaError(message.format(folder=place.root))
            ca = str(ca_file.resolve()) if ca_file is not None else None
            identity = enrol(code, server, _version(), ca)
            identity.save(place.identity)
            _go_on_counting(identity, place)
        click.echo(
            _("✓ player {player} of {commune}, for {clusters}").format(
                player=identity.player,
                commune=identity.commune,
                clusters=", ".join(identity.clusters),
            )
        )
        click.echo(_("  trusted key: {key}").format(key=identity.key.id))
        if not identity.line().private:
            click.echo(_("  the address is not https: whoever is on the way can listen"), err=True)

    return command


def _go_on_counting(identity: Identity, place: Place) -> None:
    """Never give a play a number that the server has from an earlier life of this player."""
    line = identity.line()
    try:
        answer = line.post("plays", {"plays": []})
    except LineError:
        return  # asked again by the player itself, before it reports anything
    finally:
        line.end()
    kept = answer.get("kept") if isinstance(answer, dict) else None
    if isinstance(kept, int) and kept > 0:
        journal = Journal(place.journal, Reserve(place.reserve))
        journal.kept(kept)
        journal.close()


def _status() -> click.Command:
    @click.command("status", help=_("Show how this player fares, and what is wrong with it."))
    @_own_folder
    def command(place: Place) -> int:
        lines, troubles = status_lines(load_identity(place.identity), place, datetime.now(UTC))
        for line in lines:
            click.echo(line)
        for trouble in troubles:
            click.echo(f"✗ {trouble}")
        return 1 if troubles else 0

    return command


def _version() -> str:
    return version("loa")
