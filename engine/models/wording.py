"""Words for what messages name: channels, rights, states. Lower case, to stand in a sentence."""

from __future__ import annotations

from engine.i18n import gettext as _
from engine.i18n import joined
from engine.models.delivery import EvidenceKind
from engine.models.escalation import Act, Step, Without
from engine.models.plan import Breach
from engine.models.play import PlayOutcome
from engine.models.registry import Right
from engine.models.relay import Way
from engine.models.truth import FieldPath, Spot
from engine.states import State


def channel_name(channel: str) -> str:
    """Return a channel's name as people read it; one that is unknown here keeps its own."""
    match channel:
        case "loudspeaker":
            return _("loudspeaker")
        case "flyer":
            return _("flyer")
        case "portal":
            return _("portal")
        case "chat":
            return _("chat")
        case "team":
            return _("team")
        case unknown:
            return unknown


def right_name(right: Right) -> str:
    """Return what a right lets people do, with the word that commune.yaml uses for it."""
    name = {
        Right.SUBMIT: _("submit campaigns"),
        Right.APPROVE: _("approve campaigns"),
        Right.CONFIRM: _("confirm what reached people"),
    }[right]
    return f"{name} ({right.value})"


def state_name(state: State) -> str:
    """Return how a delivery stands."""
    return {
        State.HELD: _("held"),
        State.PLANNED: _("planned"),
        State.SENDING: _("sending"),
        State.SENT: _("sent"),
        State.CONFIRMED: _("confirmed"),
        State.NOT_PLAYED: _("not played"),
        State.FAILED: _("failed"),
        State.UNCERTAIN: _("uncertain"),
        State.CANCELLED: _("cancelled"),
        State.EXPIRED: _("expired"),
        State.SUPERSEDED: _("superseded"),
        State.WITHDRAWN: _("withdrawn"),
    }[state]


def evidence_word(kind: EvidenceKind) -> str:
    """Return what a piece of evidence shows."""
    return {
        EvidenceKind.PLAYED: _("played"),
        EvidenceKind.PAGE_ANSWERS: _("the public page answers"),
        EvidenceKind.RELAYED: _("the head relayed it"),
        EvidenceKind.HANDED_OUT: _("flyers were handed out"),
        EvidenceKind.RECEIVED: _("the head received it"),
        EvidenceKind.HEARD: _("heard in the hamlet"),
        EvidenceKind.UPLOADED: _("uploaded to the province's system"),
        EvidenceKind.VISITED: _("visited at home"),
        EvidenceKind.ABSENT: _("nobody was at home"),
        EvidenceKind.REFUSED: _("did not want to be visited"),
        EvidenceKind.NEEDS_HELP: _("needs help"),
        EvidenceKind.NOT_RELAYED: _("said that it was not passed on"),
    }[kind]


def way_note(way: Way) -> str:
    """Return how it is known that somebody told people in this way: he said so on his page."""
    return {
        Way.GROUP: _("through his own link: in the chat group"),
        Way.MEETING: _("through his own link: at a meeting"),
        Way.DOOR: _("through his own link: from door to door"),
        Way.LOUDSPEAKER: _("through his own link: by the hamlet's loudspeaker"),
        Way.OTHER: _("through his own link: in another way"),
    }[way]


def others_word(kind: EvidenceKind, *, deputy: bool) -> str:
    """Return what a piece of evidence shows that the head did not give, or may not have.

    ``deputy``: one who speaks for him gave it; else nobody says here who did.
    """
    match kind:
        case EvidenceKind.RECEIVED:
            return _("the head's deputy received it") if deputy else _("received")
        case EvidenceKind.RELAYED:
            return _("the head's deputy relayed it") if deputy else _("passed on")
        case other:
            return evidence_word(other)


def act_word(act: Act) -> str:
    """Return what a step of an escalation does."""
    return {
        Act.REMIND: _("remind the head"),
        Act.SECOND_CONTACT: _("ask the second contact"),
        Act.TEAM_VISIT: _("team visit"),
    }[act]


def span_word(minutes: int) -> str:
    """Return a length of time in words: ``6 hours``, ``1 h 30 min``, ``45 minutes``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{count} minutes").format(count=rest)
    if minutes == 60:
        return _("1 hour")
    if rest:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)
    return _("{count} hours").format(count=hours)


def step_reason(step: Step, *, at_night: bool = False) -> str:
    """Return why a step is done: ``6 hours without word that it was passed on``."""
    words = (
        _("{span} without word that it was passed on")
        if step.without is Without.RELAY
        else _("{span} without word that the head has it")
    )
    night = _("an emergency, so outside the hours for messages as well")
    return joined(" · ", (words.format(span=span_word(step.minutes)), night if at_night else ""))


def outcome_word(outcome: PlayOutcome) -> str:
    """Return how a play went."""
    return {
        PlayOutcome.PLAYED: _("whole"),
        PlayOutcome.CUT: _("cut off"),
        PlayOutcome.FAILED: _("silent"),
        PlayOutcome.REFUSED: _("refused"),
    }[outcome]


def households_in_words(count: int) -> str:
    return _("{count} households").format(count=count)


def views_in_words(count: int) -> str:
    return _("{count} views").format(count=count)


def breach_line(breach: Breach) -> str:
    """Return a broken rule with what it concerns."""
    channel = channel_name(breach.channel) if breach.channel else ""
    spots = joined(", ", dict.fromkeys(spot_name(spot) for spot in breach.spots if spot.file))
    message = f"{breach.message} [{spots}]" if spots else breach.message
    return joined(" · ", (channel, breach.target, breach.hamlet_id, message))


def spot_name(spot: Spot) -> str:
    """Return where a campaign's file says something: ``tiem.yaml:22:9 values.gio``."""
    place = f"{spot.file}:{spot.line}:{spot.column}" if spot.line else spot.file
    return f"{place} {path_name(spot.path)}"


def path_name(path: FieldPath) -> str:
    """Return a field as people read it: ``differs[2].fact``, counted from 1."""
    name = ""
    for part in path:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name
