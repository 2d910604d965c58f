"""Notices in the reader's words: what is the matter, and what to do about it."""

from __future__ import annotations

from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger.machines import Role
from engine.ledger.taken_back import Undone
from engine.ledger.watched_clock import Fault
from engine.models.notice import Concern, Notice, Severity
from engine.models.wording import channel_name
from engine.rules.obligations import Standing


def severity_word(severity: Severity) -> str:
    return {Severity.WARNING: _("warning"), Severity.URGENT: _("urgent")}[severity]


def what(notice: Notice) -> str:
    """Say in one sentence what is the matter."""
    match notice.concern:
        case Concern.CLOCK:
            sentence = _clock(Fault(notice.facts["fault"]))
        case Concern.NOBODY_SENDS:
            sentence = _nobody_sends(Role(notice.facts["role"]))
        case Concern.APPROVAL if not notice.facts["slot"]:
            sentence = _("{campaign} is to go out at once and waits for approval")
        case Concern.OBLIGATION if notice.facts["standing"] == Standing.SHORT:
            sentence = _(
                "{campaign}: the law asks for {days} days in a row; in {count} hamlets what is"
                " planned cannot make them up any more"
            )
        case Concern.RELAY_WORDS if not notice.facts["campaign"]:
            sentence = _(
                "{count} answers in groups wait for a person: nobody can say what they answer"
            )
        case Concern.RELAY_WORDS if notice.facts.get("disputed"):
            sentence = _(
                "{campaign}: of {disputed} one says that it was passed on, another that it was"
                " not: ask both; answers that wait: {count}"
            )
        case Concern.QUOTA if notice.severity is Severity.URGENT:
            sentence = _(
                "{channel}: {backend} takes nothing before {end}: its quota is used up;"
                " {count} EMERGENCY deliveries of {campaign} wait"
            )
        case Concern.RECALLED:
            sentence = _recalled(Undone(notice.facts["undone"]))
        case plain:
            sentence = _sentences()[plain]
    return sentence.format(**_readable(notice))


def what_to_do(notice: Notice) -> str:
    """Say what to type, or what to look at."""
    if notice.concern is Concern.QUOTA and notice.severity is Severity.URGENT:
        words = _("call the heads, or forward it by hand now: loa relay links {campaign}")
        return words.format(**_readable(notice))
    if notice.concern is Concern.RECALLED:
        return _of_recalled(Undone(notice.facts["undone"])).format(**_readable(notice))
    return _advice()[notice.concern].format(**_readable(notice)).rstrip()


def _sentences() -> dict[Concern, str]:
    return {
        Concern.UNCERTAIN: _(
            "{campaign}, {channel}: nobody can say whether {count} deliveries arrived"
        ),
        Concern.FAILED: _("{campaign}, {channel}: {count} deliveries failed"),
        Concern.NO_PROOF: _("{campaign}: {count} deliveries were sent and have no proof"),
        Concern.NOT_PLAYED: _(
            "{campaign}: {count} deliveries were not played, on {clusters}; the last at {slot}"
        ),
        Concern.PLAYER: _("{player} does not say what it played: {fault}"),
        Concern.STRANGE_PLAYS: _(
            "{player}: {count} reports of plays that cannot be; the last at {seen}"
        ),
        Concern.APPROVAL: _("{campaign} waits for approval; its first time slot is {slot}"),
        Concern.OBLIGATION: _(
            "{campaign}: the law asks for {days} days in a row; in {count} hamlets they break off"
            " unless it is heard on {day}"
        ),
        Concern.REFUSED: _(
            "{campaign}: revision {revision} is not what was approved; it was refused"
        ),
        Concern.NO_ALL_CLEAR: _(
            "the alert {campaign} ended at {end}, and nobody told people that it is over"
        ),
        Concern.REHEARSING: _("{campaign}: {count} deliveries are due and were only rehearsed"),
        Concern.PERMISSION: _("{channel}: the permission of {backend} to send ends at {end}"),
        Concern.SILENT: _("nothing was heard of `loa {role}` on {machine} since {seen}"),
        Concern.MUTE: _("{channel}: {backend} would take nothing now"),
        Concern.DEAD: _("{endpoint} answers no more, after {count} failures in a row"),
        Concern.QUOTA: _(
            "{channel}: {backend} takes nothing before {end}: its quota is used up;"
            " {count} deliveries wait"
        ),
        Concern.DISK: _("the disk of {machine} is nearly full: {megabytes} MB are free"),
        Concern.PLAYER_SILENT: _("player {player} has asked for nothing since {seen}"),
        Concern.PLAYER_CLOCK: _(
            "the clock of player {player} is {seconds} s off: it plays emergencies only"
        ),
        Concern.PLAYER_LACKS: _(
            "player {player} cannot play {count} programmes whole, on {clusters}: what it had is"
            " spoilt or does not come; the first is at {slot}"
        ),
        Concern.REUSED_NUMBERS: _(
            "{player} used {count} numbers again for other plays, which are not kept; the last at"
            " {seen}"
        ),
        Concern.TWO_PLAYERS: _(
            "cluster {cluster}: two players play the same at the same time: {players}; the last"
            " at {slot}"
        ),
        Concern.RELAY_WORDS: _(
            "{campaign}: {count} questions or reasons from hamlet heads wait for an answer"
        ),
        Concern.SECOND_CONTACT: _(
            "{campaign}: a message for one person alone lies ready since {slot}, for {hamlets}:"
            " hand it on"
        ),
        Concern.NOBODY_TO_ASK: _(
            "{campaign} was not passed on in {hamlets}, and the registry names nobody to ask"
        ),
        Concern.VISIT_HELP: _(
            "{campaign}: teams met people in {hamlet} who need help ({count} reports)"
        ),
        Concern.MOVED: _("the Telegram group {group} has a new address: {address}"),
        Concern.BULLETIN: _(
            "bulletin {bulletin}, made at {seen}, tells words of {campaigns} that hold no more"
        ),
        Concern.UNAMENDED: _(
            "{campaign}: in {hamlets}, people know words that revision {revision} changed, and"
            " nothing tells them so ({channels}; {count} places)"
        ),
        Concern.TAKE_BACK: _(
            "{campaign}: package {package} must be taken off the province's system for {count}"
            " airings; the first at {slot}"
        ),
    }


def _advice() -> dict[Concern, str]:
    return {
        Concern.UNCERTAIN: _(
            "ask there, then: loa resolve {campaign} --channel {channel_id} --sent --by PERSON,"
            " or --resend"
        ),
        Concern.FAILED: _(
            "loa status {campaign}, then: loa retry {campaign} --channel {channel_id} --by PERSON"
        ),
        Concern.NO_PROOF: _("loa confirm {campaign} --hamlet HAMLET --channel CHANNEL --by PERSON"),
        Concern.NOT_PLAYED: _(
            "look at the players there; whoever heard it: loa confirm {campaign} --hamlet HAMLET"
            " --heard --by PERSON"
        ),
        Concern.PLAYER: _("see that it is on and answers; what it played meanwhile comes late"),
        Concern.STRANGE_PLAYS: _("loa playlog; look at the clock and the log of {player}"),
        Concern.APPROVAL: _("loa preview {campaign}, then: loa approve {campaign} --by PERSON"),
        Concern.OBLIGATION: _(
            "loa obligations {campaign}; plan more days, or confirm what was heard: loa confirm"
            " {campaign} --hamlet HAMLET --channel loudspeaker --by PERSON"
        ),
        Concern.REFUSED: _("submit it again: loa submit FILE --by PERSON"),
        Concern.NO_ALL_CLEAR: _(
            "loa all-clear {campaign} --by PERSON --with PERSON; if the danger goes on: a new loa"
            " alert"
        ),
        Concern.REHEARSING: _(
            "write live = true into loa.toml, or: loa cancel {campaign} --by PERSON"
        ),
        Concern.PERMISSION: _("renew the token of {backend} where it was given"),
        Concern.NOBODY_SENDS: _("start it: loa {command}"),
        Concern.CLOCK: _(
            "set the clock of {machine}; if it is right: loa notices --done {key} --by PERSON"
        ),
        Concern.SILENT: _(
            "look at {machine}; if it is gone for good: loa notices --done {key} --by PERSON"
        ),
        Concern.MUTE: _("loa doctor says why"),
        Concern.DEAD: _("see why it does not answer; what waits goes out by itself once it does"),
        Concern.QUOTA: _(
            "they go out by themselves then; what cannot wait: loa relay links {campaign}; a larger"
            " package is bought there"
        ),
        Concern.DISK: _("make room on the disk of {machine}"),
        Concern.PLAYER_SILENT: _(
            "see whether it has power and a network; if it is gone for good: loa players revoke"
            " {player}"
        ),
        Concern.PLAYER_CLOCK: _("set the clock of player {player}, or give it a time server"),
        Concern.PLAYER_LACKS: _(
            "at the player: loa player status; its disk may be failing; have it read out or"
            " played by hand in time"
        ),
        Concern.REUSED_NUMBERS: _(
            "the log of {player} must count on, also after it was emptied; two players must not"
            " have one name"
        ),
        Concern.TWO_PLAYERS: _(
            "let one of them play nothing there: another folder, or loa players revoke PLAYER; if"
            " it is meant to be: loa notices --done {key} --by PERSON"
        ),
        Concern.RELAY_WORDS: _("loa relay words {campaign}"),
        Concern.SECOND_CONTACT: _(
            "send what lies in outbox/chat/rieng--…, or call; then: loa confirm {campaign}"
            " --hamlet HAMLET --channel chat --households COUNT --by PERSON"
        ),
        Concern.NOBODY_TO_ASK: _(
            "call the hamlet; name deputies or a team in the registry: loa escalation {campaign}"
        ),
        Concern.VISIT_HELP: _("loa relay words {campaign} --by PERSON"),
        Concern.MOVED: _(
            "write it into the registry; until then Loa finds the group by the address it had"
        ),
        Concern.BULLETIN: _(
            "{command}, and replace the printed ones; if it was never handed out: loa notices"
            " --done {key} --by PERSON"
        ),
        Concern.UNAMENDED: _(
            "loa status {campaign}; tell them yourselves, or name the channel again in the file:"
            " loa correct {campaign} FILE; when they know: loa notices --done {key} --by PERSON"
        ),
        Concern.TAKE_BACK: _(
            "take it off there as {note} says, then: loa notices --done {key} --by PERSON"
        ),
    }


def _recalled(undone: Undone) -> str:
    return {
        Undone.AWAY: _(
            "{campaign} must not air any more on {clusters} (the last at {slot}), and the players"
            " there do not take {count} deliveries back"
        ),
        Undone.UNSEEN: _(
            "{campaign} must not air any more on {clusters} (the last at {slot}), and the players"
            " there have not asked since: they may play {count} deliveries"
        ),
        Undone.NOWHERE: _(
            "{campaign}: {count} deliveries were taken back from {clusters} (the last at {slot}),"
            " and there is no later session for them"
        ),
    }[undone]


def _of_recalled(undone: Undone) -> str:
    return {
        Undone.AWAY: _("loa doctor says why; if need be, switch the players there off by hand"),
        Undone.UNSEEN: _(
            "loa players list; see that they have a network, or switch them off by hand"
        ),
        Undone.NOWHERE: _(
            "loa events {campaign} says why; give it more days, then: loa submit FILE --by PERSON;"
            " or: loa notices --done {key} --by PERSON"
        ),
    }[undone]


def _clock(fault: Fault) -> str:
    return {
        Fault.APART: _(
            "the clock of {machine} is {seconds} s off the ledger's: it sends emergencies only"
        ),
        Fault.JUMPED: _(
            "the clock of {machine} jumped by {seconds} s: it sends emergencies only until the"
            " clock is right or Loa starts anew"
        ),
        Fault.BEHIND: _(
            "the clock of {machine} is {seconds} s behind what has already happened: it sends"
            " emergencies only"
        ),
    }[fault]


def _nobody_sends(missing: Role) -> str:
    return {
        Role.RUN: _("messages for {slot} wait, and nothing of Loa runs that sends them"),
        Role.SCHEDULER: _("messages for {slot} wait, and no scheduler runs"),
        Role.WORKER: _("messages for {slot} wait, and no worker runs"),
    }[missing]


def _readable(notice: Notice) -> dict[str, str]:
    """Return the facts as people read them."""
    facts = dict(notice.facts)
    if notice.concern is Concern.NOBODY_SENDS:
        # What was kept before it named a slot has only the moment from which it was due.
        facts.setdefault("slot", facts.get("since", ""))
    for name in ("slot", "end", "seen", "since"):
        if facts.get(name):
            facts[name] = f"{local(datetime.fromisoformat(facts[name])):%H:%M %d/%m/%Y}"
    if "channel" in facts:
        facts["channel_id"] = facts["channel"]
        facts["channel"] = channel_name(facts["channel"])
    if "channels" in facts:
        facts["channels"] = ", ".join(map(channel_name, facts["channels"].split(",")))
    if notice.concern is Concern.CLOCK:
        facts["seconds"] = facts["seconds"].lstrip("-")
    if notice.concern is Concern.NOBODY_SENDS:
        facts["command"] = "run --watch" if facts["role"] == Role.RUN else facts["role"]
    return {**facts, "key": notice.key}
