"""What people write in a group of the commune's account: understood, or left to a person.

"Đã nhận" settles what went to the heads, "đã chuyển" is evidence that households were told.
Whenever it is not plain who speaks, for which hamlet, or about which campaign, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.clock import local
from engine.dispatch.confirming import Word, confirm, deny, relayed_from
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.relays import Author
from engine.ledger.said_in_groups import Spoken, spoken_of
from engine.models import ChatGroup, GroupKind, Hamlet, Registry
from engine.models.plain import plain, plain_lines
from engine.models.relay import WordKind
from engine.rules.replies import Meaning, Reply, is_answer, read_reply

#: How long after a message its replies are taken to be about it.
ABOUT = timedelta(days=3)

#: How late an event may come: one that is older settles nothing by itself, nor one from so far
#: ahead, for then one of the clocks is wrong.
LATEST = timedelta(days=1)

#: How far the platform's clock may be behind ours: a reply written just after a message may bear
#: an earlier time.
SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody wrote: where, who by the platform's own names, when."""

    group: str
    sender: str
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Case:
    """A line with all that is known about it; ``campaign`` is "" when it may be several, or none.

    ``sent``: there is a message that it may be about. ``doubt`` says what is wrong with its time,
    "" when nothing is.
    """

    person: str
    hamlets: tuple[Hamlet, ...]
    campaign: str
    sent: bool
    doubt: str


class Replying:
    """The replies of one commune."""

    def __init__(self, ledger: Ledger, registry: Registry) -> None:
        self._ledger = ledger
        self._registry = registry

    def take(self, line: Line, now: datetime) -> None:
        """Settle what a line plainly settles; keep what it does not for a person.

        A line in a group that is not the commune's is none of ours. Nothing is kept of small
        talk by somebody about nothing that was sent; what speaks of receiving or passing on waits
        for a person also when its time fits no message: a clock may be wrong, or the event late.
        """
        group = self._group(line.group)
        if group is None:
            return
        line = replace(line, sender=plain(line.sender), text=plain_lines(line.text))
        reply = read_reply(line.text)
        case = self._case(line, group, now)
        if not case.sent and not is_answer(line.text):
            return
        if not self._settled(line, group, case, reply, now):
            self._leave(line, case, reply, now)

    def _settled(
        self, line: Line, group: ChatGroup, case: _Case, reply: Reply, now: datetime
    ) -> bool:
        """Record a plain word; False when it is not plain, or was refused."""
        plain = case.person and case.hamlets and case.campaign and not case.doubt
        if not plain or reply.meaning is Meaning.UNCLEAR:
            return False
        if reply.meaning is not Meaning.RECEIVED and len(case.hamlets) > 1:
            return False
        note = _("written in the group {group} at {moment}").format(
            group=group.id, moment=f"{local(line.at):%H:%M %d/%m/%Y}"
        )
        try:
            if reply.meaning is Meaning.NOT_RELAYED:  # evidence, and somebody reads why
                deny(
                    self._ledger,
                    self._registry,
                    self._relay_word(case, case.hamlets[0], note),
                    now,
                )
                return False
            for hamlet in case.hamlets:
                self._confirm(case, hamlet, group, reply, note, now)
        except LoaError:
            return False
        return True

    def _confirm(
        self,
        case: _Case,
        hamlet: Hamlet,
        group: ChatGroup,
        reply: Reply,
        note: str,
        now: datetime,
    ) -> None:
        if group.kind is GroupKind.HEADS:
            word = Word(
                case.campaign,
                hamlet.id,
                "chat",
                case.person,
                received=True,
                target=group.id,
                note=note,
            )
            confirm(self._ledger, self._registry, word, now)
        if reply.meaning is Meaning.RELAYED:
            word = replace(self._relay_word(case, hamlet, note), households=reply.households)
            confirm(self._ledger, self._registry, word, now)

    def _relay_word(self, case: _Case, hamlet: Hamlet, note: str) -> Word:
        """Return a word about the hamlet's passing on."""
        rows = self._ledger.views.deliveries(case.campaign)
        targets = {one.target for one in rows if one.hamlet_id == hamlet.id and not one.asks}
        target = relayed_from(self._registry, hamlet.id, targets)
        return Word(case.campaign, hamlet.id, "chat", case.person, target=target, note=note)

    def _leave(self, line: Line, case: _Case, reply: Reply, now: datetime) -> None:
        kind = (
            WordKind.NOT_RELAYED
            if reply.meaning is Meaning.NOT_RELAYED and case.person
            else WordKind.UNCLEAR
        )
        hamlet = case.hamlets[0].id if len(case.hamlets) == 1 else ""
        who = "" if case.person else _("(unknown person {id}) ").format(id=line.sender)
        author = Author(case.campaign, hamlet, case.person)
        said = f"{case.doubt}{who}{local(line.at):%H:%M %d/%m} {' '.join(line.text.split())}"
        self._ledger.relays.write_down(author, kind, said, now)

    def _case(self, line: Line, group: ChatGroup, now: datetime) -> _Case:
        """Return what is known, and what is wrong with the line's time."""
        spoken = [
            one
            for one in spoken_of(self._ledger, group.id, line.at - ABOUT)
            if one.slot <= line.at + SKEW
        ]
        person = next((one.id for one in self._registry.people if one.zalo == line.sender), "")
        hamlets = tuple(
            hamlet
            for hamlet in self._registry.hamlets
            if hamlet.id in group.hamlets and person and person in hamlet.speakers
        )
        campaign = _about(spoken, hamlets) if spoken else ""
        sent = bool(spoken)
        return _Case(person, hamlets, campaign, sent, _doubt(line, now, sent=sent))

    def _group(self, address: str) -> ChatGroup | None:
        for group in self._registry.chat_groups:
            if group.platform == "zalo" and group.address and group.address == address:
                return group
        return None


def _doubt(line: Line, now: datetime, *, sent: bool) -> str:
    """Return what is wrong with a line's time, as it stands before its words."""
    if not sent:
        return _("(came late, or was written before there was a message) ")
    if now - line.at > LATEST:
        return _("(came late) ")
    if line.at - now > LATEST:
        return _("(dated ahead: one of the clocks is wrong) ")
    return ""


def _about(spoken: Sequence[Spoken], hamlets: Sequence[Hamlet]) -> str:
    """Return the campaign that waits for a word of these hamlets, "" when it may be several."""
    theirs = {hamlet.id for hamlet in hamlets}
    open_ones = {one.campaign_id for one in spoken if one.open and one.hamlet_id in theirs}
    if not open_ones:
        open_ones = {max(spoken, key=lambda one: one.slot).campaign_id}
    return open_ones.pop() if len(open_ones) == 1 else ""
