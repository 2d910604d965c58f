"""What is wrong with the settings, in the reader's words."""

from __future__ import annotations

import re
import tomllib

from campaigns.faults import in_words
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.settings import Settings, SettingsFault


def settings_line(fault: SettingsFault) -> str:
    """Return one line: where, the setting, what was found and what is allowed.

    Where is a file, with its line where that is known, or a variable.
    """
    place = f"{fault.place}:{fault.line}" if fault.line else fault.place
    return ": ".join(filter(None, (place, fault.field, _words(fault))))


def _words(fault: SettingsFault) -> str:
    match fault.cause:
        case OSError() as error:
            return _("the file cannot be read: {reason}").format(reason=os_reason(error))
        case UnicodeDecodeError() as error:
            return _("byte {byte} is not UTF-8 text; save the file as UTF-8").format(
                byte=f"0x{error.object[error.start]:02X}"
            )
        case tomllib.TOMLDecodeError() as error:
            return _not_toml(str(error))
        case found:
            return in_words(found, Settings)


def _not_toml(message: str) -> str:
    """Keep the place that the reader of TOML names; its words are English."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    place = (
        _("line {line}, column {column}").format(line=found[1], column=found[2])
        if found
        else _("at the end of the file")
    )
    words = _("{place}: write each setting once, as name = value, and texts in double quotes")
    return words.format(place=place)
