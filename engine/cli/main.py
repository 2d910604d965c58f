"""The command ``loa``: its groups of commands, its language, and how it fails."""

from __future__ import annotations

import gettext as stdlib_gettext
import os
import sys
from typing import TYPE_CHECKING

import click

from engine.cli.commands import Commands, table
from engine.cli.memory import settle
from engine.errors import InputError, LoaError
from engine.i18n import LOCALE_DIR, language, os_reason
from engine.i18n import gettext as _

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

    from engine.settings import SettingsError


def main() -> None:
    """Run ``loa``. Faults that a person can mend end with status 1 and never a traceback."""
    settle()
    speak_the_language()
    try:
        status = build().main(prog_name="loa", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("stopped"), err=True)
        sys.exit(130)
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(_("{count} to mend").format(count=count), err=True)
        sys.exit(1)
    except _settings_error() as error:
        from engine.app.settings_words import settings_line

        for fault in error.faults:
            click.echo(settings_line(fault), err=True)
        sys.exit(1)
    except LoaError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{os_reason(error)}", err=True)
        sys.exit(1)
    except _database_error() as error:
        from engine.ledger import ledger_reason

        message = _("the ledger refuses: {reason}")
        click.echo(message.format(reason=ledger_reason(error)), err=True)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def speak_the_language() -> None:
    """Let click's own words come from Loa's catalogue too."""
    os.environ["LANGUAGE"] = language()
    stdlib_gettext.bindtextdomain("loa", LOCALE_DIR)
    stdlib_gettext.textdomain("loa")
    _("Usage:")  # click says it inside an f-string, where Babel finds nothing before Python 3.12


def build() -> click.Group:
    """Return the command group; a command's module loads when the command is named."""
    group = Commands(
        table(),
        name="loa",
        help=_("Loa: one message, every hamlet, and proof of who was reached."),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGS]..."),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    click.version_option(package_name="loa", prog_name="loa")(group)
    return group


def _settings_error() -> type[SettingsError]:
    """Return the settings' error; asked for only when something was raised."""
    from engine.settings import SettingsError

    return SettingsError


def _database_error() -> type[DBAPIError]:
    """Return the ledger's error; asked for only when something was raised."""
    from sqlalchemy.exc import DBAPIError

    return DBAPIError
