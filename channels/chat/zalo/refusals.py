"""What Zalo's refusals mean for a bundle, in words that say what to do."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from channels.base import ChannelError
from channels.chat.zalo.errors import GROUP_DIED, Act, act_of
from engine.clock import local
from engine.i18n import gettext as _

_MINUTE = timedelta(minutes=1)
#: A new day of the quota begins at midnight in Vietnam; not on the stroke, clocks differ.
_NEW_DAY = time(0, 5)
#: Zalo takes broadcasts from six in the morning.
_MORNING = time(6, 5)
#: How long an article is worked on; asked again then.
_PROCESSING = timedelta(seconds=30)


#: What is counted for the account, not for one message: whoever else asks is refused as well.
_OF_ALL = frozenset({Act.WAIT_MINUTE, Act.WAIT_DAY, Act.WAIT_MORNING})


class RefusedError(ChannelError):
    """Zalo did not take a request. ``act`` is what its ``number`` asks for."""

    def __init__(self, number: int, said: str, where: str, now: datetime) -> None:
        self.number = number
        self.act = act_of(number)
        super().__init__(
            _words(number, self.act).format(number=number, said=said[:200], where=where),
            permanent=self.act in (Act.PERSON, Act.PERMANENT),
            retry_after=_wait(self.act, now),
            everyone=self.act in _OF_ALL,
        )


def unknown(said: str) -> ChannelError:
    """Return the failure of a send to which there was no clear answer."""
    return ChannelError(
        _(
            "Zalo gave no clear answer ({said}); the message may have arrived. Look in the group."
        ).format(said=said),
        unknown=True,
    )


def _wait(act: Act, now: datetime) -> timedelta | None:
    match act:
        case Act.WAIT_MINUTE:
            return _MINUTE
        case Act.WAIT_DAY:
            return _until(_NEW_DAY, now)
        case Act.WAIT_MORNING:
            return _until(_MORNING, now)
        case Act.WAIT_PROCESSING:
            return _PROCESSING
        case _:
            return None


def _until(hour: time, now: datetime) -> timedelta:
    """Return how long it is from ``now`` until the next ``hour`` in Vietnam."""
    here = local(now)
    at = here.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return (at if at > here else at + timedelta(days=1)) - here


def _words(number: int, act: Act) -> str:
    if number == GROUP_DIED:
        return _(
            "The Zalo group of {where} has ended with its package ({number}): renew the package"
            " or make a new group (loa zalo groups), and write its id in the registry."
        )
    match act:
        case Act.RENEW:
            return _("Zalo does not take the renewed token either ({number}): run loa zalo login.")
        case Act.WAIT_MINUTE:
            return _("Zalo asks to wait: too many requests in this minute.")
        case Act.WAIT_DAY:
            return _("Zalo's quota of messages for today is used up ({number}).")
        case Act.WAIT_MORNING:
            return _("Zalo takes no broadcasts at night ({number}).")
        case Act.WAIT_PROCESSING:
            return _("Zalo is still working on the article ({number}).")
        case Act.UPLOAD:
            return _("Zalo no longer knows the uploaded file ({number}).")
        case Act.PERSON:
            return _(
                "Zalo refused the message to {where} ({number}: {said}): somebody must look at"
                " the Official Account, its rights and its package."
            )
        case Act.PERMANENT:
            return _("Zalo will not take this message to {where} ({number}: {said}).")
        case Act.AGAIN:
            return _("Zalo refused the message to {where} ({number}: {said}); it is tried again.")
