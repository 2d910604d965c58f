"""What a revision amends: which one before it, how often, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from campaigns.loader import LoadedCampaign
from channels.base import Channel, Options
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Revision, Status
from engine.ledger.revisions import Revisions
from engine.models import Amends, Audience, Campaign, Correction, Stated
from engine.models.correction import Earlier


class Loads(Protocol):
    """Reads a campaign file as of a moment; None is now. Raises InputError."""

    def __call__(self, path: Path, at: datetime | None = None, /) -> LoadedCampaign: ...


#: The longest reason, in characters: it is printed above the text and said before it.
MOST = 300

#: The longest text in the second language: it says that it is one as well.
MOST_SECOND = 600


def amendment_of(
    revisions: Revisions,
    campaign_id: str,
    at: datetime,
    reason: str,
    amends: Amends,
    stated: Stated = Stated(),  # noqa: B008 - frozen
) -> Correction:
    """Return what a correction or a withdrawal amends: the newest revision that was approved.

    Raises LoaError when none ever was, when it is withdrawn already, or for a reason that is
    empty or too long.
    """
    said = " ".join(reason.split())
    if not said or len(said) > MOST:
        message = _("--reason: {count} characters; people read and hear it: 1 to {most}")
        raise LoaError(message.format(count=len(said), most=MOST))
    second = _second("--reason-second", stated.second)
    taken_back = _second("--withdrawn-second", stated.second_withdrawn)
    before = in_force(revisions, campaign_id)
    if before is None:
        message = _(
            "{campaign} was never approved, so that nobody was told of it;"
            " change the file and submit it: loa submit FILE --by PERSON"
        )
        raise LoaError(message.format(campaign=campaign_id))
    known = before.campaign.correction
    if amends is Amends.WITHDRAWAL and known is not None and known.withdraws:
        message = _("{campaign}: revision {revision} withdrew it already")
        raise LoaError(message.format(campaign=campaign_id, revision=before.revision))
    found = _amending(revisions, before, at, said, amends)
    document, without = stated.document, tuple(dict.fromkeys(stated.without))
    return replace(
        found, second=second, document=document, without=without, second_withdrawn=taken_back
    )


def _second(option: str, text: str) -> str:
    """Return what readers of the second language are told, on one line. Raises LoaError."""
    said = " ".join(text.split())
    if len(said) > MOST_SECOND:
        message = _("{option}: {count} characters; at most {most} are printed")
        raise LoaError(message.format(option=option, count=len(said), most=MOST_SECOND))
    return said


def update_of(revisions: Revisions, campaign_id: str, at: datetime) -> Correction | None:
    """Return what a plain submission brings up to date; None for what nobody can know.

    What an all-clear ended, and what held until before ``at``, is said anew.
    """
    before = in_force(revisions, campaign_id)
    if before is None or before.status is Status.ENDED:
        return None
    if before.campaign.valid_until < at:
        return None
    return _amending(revisions, before, at, "", Amends.UPDATE)


def _amending(
    revisions: Revisions, before: Revision, at: datetime, reason: str, amends: Amends
) -> Correction:
    known = before.campaign.correction
    title = before.campaign.title
    return Correction(
        reason=reason,
        at=at,
        number=1 if known is None else known.number + 1,
        previous_title=title,
        previous_at=before.approved_at,
        corrects=before.revision,
        amends=amends,
        previous_amends=known.amends if known is not None else None,
        earlier=tuple(_earlier(revisions, before.campaign_id)),
    )


def _earlier(revisions: Revisions, campaign_id: str) -> Iterator[Earlier]:
    for one in _approved(revisions, campaign_id):
        assert one.approved_at is not None
        facts = one.campaign.correction
        amends = facts.amends if facts is not None else None
        yield Earlier(one.revision, one.campaign.title, one.approved_at, amends)


def in_force(revisions: Revisions, campaign_id: str) -> Revision | None:
    """Return the newest revision that was approved and not refused; None when there is none."""
    return next(_approved(revisions, campaign_id), None)


def _approved(revisions: Revisions, campaign_id: str) -> Iterator[Revision]:
    newest = revisions.latest(campaign_id)
    for number in range(newest.revision if newest else 0, 0, -1):
        found = revisions.get(campaign_id, number)
        if found is not None and found.approved_at and found.status is not Status.REFUSED:
            yield found


def with_facts(loaded: LoadedCampaign, facts: Correction | None) -> LoadedCampaign:
    """Return a file's campaign with what it amends. Raises LoaError as ``as_amended``."""
    if facts is None:
        return replace(loaded, campaign=replace(loaded.campaign, correction=None))
    return replace(loaded, campaign=as_amended(loaded.campaign, facts))


def withdrawn(campaign: Campaign, facts: Correction) -> Campaign:
    """Return a campaign that is meant for nobody any more."""
    return replace(campaign, audience=Audience(nobody=True), correction=facts)


def as_amended(campaign: Campaign, facts: Correction) -> Campaign:
    """Return a campaign that amends what was said, without the parts that this leaves out.

    Raises LoaError where none would be left of a channel.
    """
    sections = dict(campaign.sections)
    for name, section in campaign.sections.items():
        parts = facts.left_out(name)
        if parts and isinstance(section.options, Options):
            left = section.options.without(parts)
            if left is None:
                message = _("--without {part}: nothing would be left of {channel}; name another")
                named = ", ".join(f"{name}:{part}" for part in sorted(parts))
                raise LoaError(message.format(part=named, channel=name))
            sections[name] = replace(section, options=left)
    return replace(campaign, sections=sections, correction=facts)


def refuse_unknown_parts(channels: Mapping[str, Channel], without: Iterable[str]) -> None:
    """Raise LoaError for a part that no channel can be made as.

    The campaign need not have it any more: it may have told people by it before.
    """
    known = [f"{name}:{part}" for name, one in channels.items() for part in one.options.parts]
    for one in without:
        if one not in known:
            message = _("--without: there is no {found}; there is: {known}")
            raise LoaError(message.format(found=one, known=", ".join(known) or "–"))


def refuse_anothers(campaign_id: str, found: str, path: Path) -> None:
    """Raise LoaError for a file of another campaign."""
    if campaign_id != found:
        message = _('{file}: its id is "{found}", not "{campaign}": a correction keeps the id')
        raise LoaError(message.format(file=path.name, found=found, campaign=campaign_id))


def refuse_waiting(newest: Revision, person_id: str) -> None:
    """Raise LoaError while somebody else's revision waits for approval."""
    if newest.status is Status.SUBMITTED and newest.submitted_by != person_id:
        message = _(
            "{campaign}: revision {revision} of {person} waits for approval: approve it first"
            " (loa approve {campaign} --by PERSON), or let {person} submit another"
        )
        raise LoaError(
            message.format(
                campaign=newest.campaign_id, revision=newest.revision, person=newest.submitted_by
            )
        )
