"""What accounts share: which machine answers, and what is said of those that cannot be used."""

from __future__ import annotations

from datetime import timedelta

from engine.errors import NotYetError
from engine.i18n import gettext as _

#: Between two tries of what a person must mend in loa.toml.
MENDED_IN = timedelta(minutes=5)


def machine_of(address: str) -> str:
    """Return the machine of a web address; without what else it may hold, "" for no address."""
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2]


def cannot_be_used(section: str, fault: str) -> NotYetError:
    """Return what stands for a send by such an account.

    Nothing was sent and no attempt is spent: what waits goes once a person has mended it.
    """
    message = _("[{section}] cannot be used as it is set: {fault}")
    return NotYetError(message.format(section=section, fault=fault), MENDED_IN)
