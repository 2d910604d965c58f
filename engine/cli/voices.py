"""``loa voices``: which there are and which are used, how one sounds, how one is installed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from channels.loudspeaker.speech.engine import ENGINES, Choice
from engine.app import build_voices
from engine.app.voicing import (
    SAMPLE,
    as_wav,
    listed_voices,
    sample,
    settings_by_commune,
    trouble_speaking,
)
from engine.cli.common import (
    chosen_commune,
    commune_option,
    find_any_workspace,
    shown_path,
    workspace_option,
)
from engine.cli.voices_words import chain_lines, cost_lines, plain, trouble_lines, voices_table
from engine.cli.words import translate_placeholders
from engine.errors import ChannelError, LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.settings import load_settings


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = _listing()
    for command in (_preview(), _install()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _listing() -> click.Group:
    @click.group("voices", invoke_without_command=True, subcommand_metavar=_("[COMMAND] [ARGS]..."))
    @click.option("--json", "as_json", is_flag=True, help=_("For programs: one JSON document."))
    @workspace_option
    @click.pass_context
    def group(context: click.Context, as_json: bool, workspace: Path | None) -> None:
        if context.invoked_subcommand is not None:
            return
        folder = find_any_workspace(workspace)
        settings = load_settings(folder)
        with closing(build_voices(settings, folder)) as voices:
            found = list(listed_voices(settings, voices))
        if as_json:
            click.echo(json.dumps([plain(one) for one in found], ensure_ascii=False, indent=2))
            return
        Console().print(voices_table(found))
        chains = chain_lines(settings_by_commune(settings))
        for line in (*cost_lines(found), *trouble_lines(found), *chains):
            click.echo(line)

    return group


def _preview() -> click.Command:
    @click.command("preview", help=_("Speak a sample into a file, as it would sound on air."))
    @click.option(
        "--engine", type=click.Choice(ENGINES), help=_("Which engine (default: the first set).")
    )
    @click.option("--voice", metavar=_("VOICE"), help=_("Which of its voices (default: as set)."))
    @click.option("--text", default=SAMPLE, help=_("What to read, as one would write it."))
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=_("FILE"),
        help=_("Where to: .mp3, or .wav (default: ENGINE-VOICE, as it is aired)."),
    )
    @commune_option
    @workspace_option
    def command(
        engine: str | None,
        voice: str | None,
        text: str,
        output: Path | None,
        workspace: Path | None,
    ) -> None:
        folder = _folder(workspace)
        settings = load_settings(folder)
        own = settings.loudspeaker_of(chosen_commune() or "")
        name = engine or own.chain[0]
        choice = Choice(name, voice or own.voice_of(name))
        path = output or Path(f"{name}-{choice.voice}.{own.format}".replace("#", "-"))
        _check_kind(path, own.format)
        try:
            with closing(build_voices(settings, folder)) as voices:
                spoken = sample(own, voices, choice, text)
        except ChannelError as error:
            raise LoaError(str(error)) from error
        write_atomic(path, as_wav(spoken) if path.suffix.lower() == ".wav" else spoken)
        click.echo(
            _("✓ {voice} reads it in {path}").format(
                voice=f"{name} {choice.voice}", path=shown_path(path.resolve())
            )
        )

    return command


def _install() -> click.Command:
    @click.command("install", help=_("Install a Piper voice from an address or a file."))
    @click.argument("name")
    @click.option(
        "--from",
        "source",
        required=True,
        metavar=_("URL-OR-FILE"),
        help=_("The voice's file NAME.onnx."),
    )
    @click.option("--sha256", required=True, metavar="SHA-256", help=_("What its SHA-256 must be."))
    @click.option(
        "--config",
        default="",
        metavar=_("URL-OR-FILE"),
        help=_("Its settings (default: beside it, with .json behind the name)."),
    )
    @click.option(
        "--config-sha256",
        default="",
        metavar="SHA-256",
        help=_("What their SHA-256 must be (default: not looked at)."),
    )
    @click.option("--replace", is_flag=True, help=_("Put it in the place of one of that name."))
    @workspace_option
    def command(
        name: str,
        source: str,
        sha256: str,
        config: str,
        config_sha256: str,
        replace: bool,
        workspace: Path | None,
    ) -> None:
        # Loads httpx for this command alone.
        from channels.loudspeaker.speech.installing import Wanted, install

        folder = _folder(workspace)
        target = folder / load_settings(folder).loudspeaker.voices_folder
        wanted = Wanted(name, source, sha256, config, config_sha256)
        with _progress(name) as progress:
            voice = install(wanted, target, replace=replace, progress=progress)
        click.echo(
            _("✓ {path}: language {language}, {rate} Hz").format(
                path=shown_path(voice.model), language=voice.voice.language, rate=voice.voice.rate
            )
        )
        trouble = trouble_speaking(load_settings(folder), folder, Choice("piper", name))
        if trouble:
            click.echo(_("! it cannot speak yet: {reason}").format(reason=trouble), err=True)
        click.echo(_("Listen: loa voices preview --engine piper --voice {name}").format(name=name))
        click.echo(
            _('Use it in loa.toml: [loudspeaker] engine = "piper", piper_voice = "{name}"').format(
                name=name
            )
        )

    return command


#: Kinds of sound file that a preview may be.
_KINDS = (".mp3", ".wav")


def _check_kind(path: Path, set_format: str) -> None:
    """Raises LoaError for a file that is neither MP3 nor WAV, or MP3 where WAV is aired."""
    if path.suffix.lower() not in _KINDS:
        message = _("{path}: found “{found}”; allowed: {allowed}")
        raise LoaError(
            message.format(path=path, found=path.suffix or "–", allowed=", ".join(_KINDS))
        )
    if path.suffix.lower() == ".mp3" and set_format == "wav":
        message = _("{path}: this station airs WAV (loudspeaker.format): name it .wav")
        raise LoaError(message.format(path=path))


def _folder(given: Path | None) -> Path:
    """Return the workspace, which may have been named before or after the subcommand."""
    context = click.get_current_context().parent
    before: Path | None = context.params.get("workspace") if context is not None else None
    return find_any_workspace(given or before)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar while a voice comes, on a screen; yield what it is told by."""
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda here, whole: bar.update(task, completed=here, total=whole)
