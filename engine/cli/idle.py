"""Why a run had nothing to do: a campaign that nobody has approved, or even submitted."""

from __future__ import annotations

from pathlib import Path

from campaigns.loader import campaign_files
from engine.clock import Clock, local
from engine.i18n import gettext as _
from engine.ledger import Status
from engine.ledger.revisions import Revisions

#: Campaigns that the sentence names; of more it says only that there are.
MOST_NAMED = 5


def idle_line(revisions: Revisions, workspace: Path) -> str | None:
    """Return what somebody must do before anything is sent; None where nobody need.

    ``workspace`` is where the campaign files of those revisions are.
    """
    waiting = [
        one.campaign_id
        for one in revisions.with_status(Status.SUBMITTED)
        if one.province_id is None  # a province approves its own
    ]
    if waiting:
        message = _(
            "nothing to send: not yet approved: {campaigns}; approve it: loa approve {first} --by"
            " PERSON"
        )
        return message.format(campaigns=_listed(waiting), first=waiting[0])
    folder = workspace / "campaigns"
    files = campaign_files(folder) if folder.is_dir() else ()
    if files and not revisions.campaign_ids():
        named = [f"campaigns/{file.name}" for file in files]
        message = _(
            "nothing to send: not yet submitted: {files}; submit it: loa submit {first} --by PERSON"
        )
        return message.format(files=_listed(named), first=named[0])
    return None


def standing_line(clock: Clock) -> str | None:
    """Return how a simulated clock that has nothing left to wait for goes on; None for a real one.

    It moves to what is due next, and stands still when nothing is.
    """
    if not clock.simulated:
        return None
    message = _(
        "the simulated clock stands still at {moment}, and moves only to what is due; to go on,"
        " write a later time into loa.toml: [clock] simulated"
    )
    return message.format(moment=f"{local(clock.now()):%H:%M %d/%m/%Y}")


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
