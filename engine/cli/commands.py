"""Every command of ``loa``: what it does in one line, and the module that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from engine.cli.words import translate_placeholders
from engine.i18n import gettext as _


def table() -> dict[str, tuple[str, str]]:
    """Return each command's module, and the help that it gets when it is loaded."""
    return {
        "init": ("files", _("Make a new workspace in FOLDER.")),
        "check": ("checking", _("Check commune.yaml and campaign FILES (default: all).")),
        "schema": ("files", _("Print the JSON Schema of campaign files, for editors.")),
        "plan": ("files", _("Show what FILE would send, without writing anything.")),
        "spoken": ("spoken", _("Say lines on standard input as they are said aloud.")),
        "passphrase": ("office", _("Set the passphrase of PERSON.")),
        "alert": (
            "alert",
            _("Give an alert, on air everywhere at once: TEXT or a campaign."),
        ),
        "all-clear": ("alert", _("End alert ID: stop it, and tell everybody whom it reached.")),
        "submit": ("office", _("Submit a campaign FILE for approval.")),
        "preview": (
            "office",
            _("Render exactly what would be sent for campaign ID, into a folder."),
        ),
        "listen": ("listen", _("Hear a sound FILE by machine: every word, silence, clipping.")),
        "print": ("printing", _("Print the flyers of campaign ID, or write them for a printer.")),
        "approve": ("office", _("Approve the waiting revision of campaign ID.")),
        "correct": (
            "correcting",
            _("Correct campaign ID by FILE, wherever the earlier text may be known."),
        ),
        "withdraw": ("correcting", _("Withdraw campaign ID: stop it, tell whom it reached.")),
        "cancel": ("office", _("Stop everything of campaign ID that is not yet sent.")),
        "run": ("run", _("Render and send what is due; stop when nothing is.")),
        "worker": ("worker", _("Send what is queued on Redis, until stopped.")),
        "scheduler": ("scheduler", _("Queue what is due on Redis and sweep up, until stopped.")),
        "console": (
            "console",
            _("Serve links of heads and teams, players, Zalo's events, until stopped."),
        ),
        "players": ("players", _("Enrol, list and revoke players that fetch programmes.")),
        "status": ("tracking", _("Show who got what: campaign ID, or all of them.")),
        "report": ("reporting", _("Write the report of campaign ID, or of a period.")),
        "confirm": (
            "tracking",
            _("Record that campaign ID reached people in a hamlet: relayed, handed out, heard."),
        ),
        "events": ("tracking", _("Print the audit trail, of campaign ID or of everything.")),
        "retry": ("deciding", _("Try the failed deliveries of campaign ID again.")),
        "resolve": ("deciding", _("Decide about the uncertain deliveries of campaign ID.")),
        "registry": (
            "registry",
            _("Look after the province's registry: import tables, list, show, a template."),
        ),
        "voices": ("voices", _("List the voices, listen to one, install one.")),
        "cache": ("cache", _("Show how much is kept of what was spoken; remove what is old.")),
        "station": ("station", _("See what the loudspeakers play: day by day, as a picture too.")),
        "player": ("player", _("Play programmes beside the amplifier, until stopped.")),
        "obligations": (
            "obligations",
            _("Show how many days in a row the law asks for, and which have been heard."),
        ),
        "bulletin": ("bulletin", _("Gather a week's campaigns in one bulletin (PDF).")),
        "playlog": ("playlog", _("List what went on air, and what it proves: CSV, PDF too.")),
        "escalation": (
            "escalation",
            _("Show where campaign ID was not passed on: what was done, what comes."),
        ),
        "relay": ("relay", _("Links with which heads pass campaigns on, and their answers.")),
        "team": ("team", _("Visits from door to door: lists, sheets, links, results.")),
        "privacy": ("privacy", _("Remove personal data whose time is over.")),
        "chat": ("chat", _("Send a marked test to a chat group.")),
        "zalo": ("zalo", _("Log in to the Zalo Official Account; see and make its groups.")),
        "fake": ("fake", _("Try things with a Zalo of one's own, on this machine.")),
        "notices": ("notices", _("Show what needs a person, and what to do about it.")),
        "db": ("db", _("Look after the ledger: upgrade it, copy a commune to another one.")),
        "backup": ("upkeep", _("Save the workspace in one file, also while Loa runs.")),
        "restore": ("upkeep", _("Bring back the workspace saved in ARCHIVE, into a new FOLDER.")),
        "prune": ("upkeep", _("Remove old artifacts that no delivery needs.")),
        "doctor": ("doctor", _("Look at everything Loa needs, and say what to do.")),
        "demo": ("demo", _("Play the example commune's campaigns in FOLDER (default: new).")),
    }


class Suggesting(click.Group):
    """A group that names the command which somebody may have meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from campaigns.faults import suggestion  # loads what only a slip of the pen needs

            if not args[0].startswith("-"):
                error.message += suggestion(args[0], self.list_commands(ctx))
            raise


class Commands(Suggesting):
    """A group whose modules load when one of their commands is named.

    ``loa --help`` answers from the table, without loading the ledger or the channels.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._table and cmd_name not in self.commands:
            module = import_module(f"engine.cli.{self._table[cmd_name][0]}")
            for command in module.commands():
                command.help = self._table[command.name][1]
                translate_placeholders(command)
                self.add_command(command)
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, line) for name, (_module, line) in self._table.items()])
