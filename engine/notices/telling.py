"""Telling notices outside: each once when it appears, again when it is worse, and reminders."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

from engine.clock import Clock
from engine.i18n import gettext as _
from engine.i18n import ngettext
from engine.ledger.notices import Kept, NoticeBook
from engine.models.notice import Severity
from engine.notices.words import what, what_to_do

logger = logging.getLogger(__name__)

#: How long a process may take to tell what it has claimed; then another one may.
CLAIM = timedelta(minutes=10)

#: Waits between attempts, doubled each time.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

#: Notices written out in one message; the rest is counted.
MOST = 20

_SIGNS = {Severity.URGENT: "‼", Severity.WARNING: "!"}


class TellingError(Exception):
    """A target did not take a message. The words are for people and hold no secret."""


#: Sends (target, title, body, urgent); raises TellingError.
Send = Callable[[str, str, str, bool], None]


class Teller:
    """Tells the notices of one book to every target.

    A process that dies between a target's answer and the ledger's commit lets another one
    tell the same again; nothing is ever left untold.
    """

    def __init__(
        self,
        book: NoticeBook,
        *,
        place: str,
        targets: Sequence[str],
        remind: timedelta,
        clock: Clock,
        send: Send,
    ) -> None:
        """``place`` is whose notices they are, for the title."""
        self._book = book
        self._place = place
        self._targets = {_name(target): target for target in targets}
        self._remind = remind
        self._clock = clock
        self._send = send

    def tell(self) -> None:
        """Tell what is to be told; a failure is kept with the notices and tried again later."""
        if not self._targets:
            return
        now, holder = self._clock.now(), secrets.token_hex(8)
        claimed = self._book.claim(now, holder=holder, until=now + CLAIM, remind=self._remind)
        if not claimed:
            return
        took = {one.notice.key: set(one.told_to) for one in claimed}
        errors: list[str] = []
        for name, target in self._targets.items():
            missing = [one for one in claimed if name not in took[one.notice.key]]
            if not missing:
                continue
            try:
                self._send(target, *self._message(missing))
            except TellingError as error:
                errors.append(str(error))
            else:
                for one in missing:
                    took[one.notice.key].add(name)
        self._settle(holder, claimed, took, errors)

    def _settle(
        self,
        holder: str,
        claimed: Sequence[Kept],
        took: dict[str, set[str]],
        errors: Sequence[str],
    ) -> None:
        now, left = self._clock.now(), defaultdict(list)
        for one in claimed:
            key = one.notice.key
            if took[key] >= set(self._targets):
                left[frozenset[str](), 0].append(key)
            else:
                left[frozenset(took[key]), one.tries + 1].append(key)
        for (told_to, tries), keys in left.items():
            if not tries:
                self._book.told(holder, keys, now)
                continue
            wait = min(FIRST_WAIT * 2.0 ** min(tries - 1, 16), LONGEST_WAIT)
            reason = " · ".join(errors)
            self._book.not_told(holder, keys, told_to=told_to, error=reason, again_at=now + wait)
            words = _("{count} notices could not be told outside: {reason}")
            logger.warning(words.format(count=len(keys), reason=reason))

    def _message(self, kept: Sequence[Kept]) -> tuple[str, str, bool]:
        notices = [one.notice for one in kept]
        count = len(notices)
        title = ngettext(
            "Loa, {place}: {count} thing needs a person",
            "Loa, {place}: {count} things need a person",
            count,
        ).format(place=self._place, count=count)
        lines = [
            f"{_SIGNS[one.severity]} {what(one)}\n   → {what_to_do(one)}" for one in notices[:MOST]
        ]
        if count > MOST:
            lines.append(_("and {count} more: loa notices").format(count=count - MOST))
        return title, "\n".join(lines), any(one.severity is Severity.URGENT for one in notices)


def _name(target: str) -> str:
    """Return what a target is called in the ledger, where its address must not stand."""
    return hashlib.sha256(target.encode()).hexdigest()[:12]
