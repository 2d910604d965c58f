"""What people read in place of codes: words, and a symbol beside each, never colour alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache

from engine.clock import local
from engine.i18n import gettext as _
from engine.i18n import language
from engine.models import Priority, Purpose
from engine.models.wording import state_name
from engine.states import State


class Absence(StrEnum):
    """Why a hamlet has no delivery on a channel."""

    #: The registry names no place there: no cluster, no group.
    NO_PLACE = "no_place"
    #: Nothing was planned yet, for any hamlet.
    NOT_PLANNED = "not_planned"


#: One character each, found in every common font, told apart in black and white.
SYMBOLS: dict[State | Absence, str] = {
    State.FAILED: "✗",
    State.UNCERTAIN: "?",
    State.NOT_PLAYED: "!",
    State.EXPIRED: "⊘",
    State.SENDING: "»",
    State.PLANNED: "○",
    State.HELD: "□",
    State.SENT: "◐",
    State.CONFIRMED: "✓",
    State.WITHDRAWN: "←",
    State.CANCELLED: "■",
    State.SUPERSEDED: "↻",
    Absence.NO_PLACE: "–",
    Absence.NOT_PLANNED: "…",
}


def state_word(state: State | Absence) -> str:
    """Return the word for a state, in the reader's language."""
    return _state_words(language())[state]


def channel_word(channel: str) -> str:
    """Return a channel's name; one that is unknown here keeps its own."""
    return _channel_words(language()).get(channel, channel)


def priority_word(priority: Priority) -> str:
    return {
        Priority.EMERGENCY: _("emergency"),
        Priority.IMPORTANT: _("important"),
        Priority.ROUTINE: _("routine"),
    }[priority]


def kind_word(priority: Priority, purpose: Purpose) -> str:
    """Return how urgent a thing is; a drill and an all-clear are named as what they are."""
    named = {Purpose.DRILL: _("drill"), Purpose.ALL_CLEAR: _("all-clear")}
    return named.get(purpose) or priority_word(priority)


def event_word(code: str) -> str:
    """Return the words for what happened; a state's word for a move, else the code itself."""
    return _event_words(language()).get(code, code)


def moment(at: datetime) -> str:
    """Return a moment as people in Vietnam write it, to the minute."""
    return local(at).strftime("%H:%M %d/%m/%Y")


def exact_moment(at: datetime) -> str:
    """Return a moment as people in Vietnam write it, to the second."""
    return local(at).strftime("%H:%M:%S %d/%m/%Y")


def number(value: int) -> str:
    """Return a whole number with the thousands apart: 12.345 in Vietnamese, 12,345 in English."""
    written = f"{value:,}"
    return written.replace(",", ".") if language() == "vi" else written


@cache
def _state_words(_language: str) -> dict[State | Absence, str]:
    return {
        **{state: state_name(state) for state in State},
        Absence.NO_PLACE: _("no place"),
        Absence.NOT_PLANNED: _("not planned yet"),
    }


@cache
def _channel_words(_language: str) -> dict[str, str]:
    return {
        "loudspeaker": _("Loudspeaker"),
        "flyer": _("Flyer"),
        "portal": _("Portal"),
        "chat": _("Chat"),
        "team": _("Team visit"),
    }


@cache
def _event_words(_language: str) -> dict[str, str]:
    return {
        **{state.value: word for state, word in _state_words(_language).items()},
        "submitted": _("submitted"),
        "approved": _("approved"),
        "campaign_cancelled": _("campaign cancelled"),
        "alert_ended": _("ended by an all-clear"),
        "two_keys": _("two keys: both were there"),
        "retry_planned": _("will be tried again"),
        "rehearsed": _("rehearsed"),
        "printed": _("printed"),
        "printed_again": _("sheets printed again"),
        "bulletin_made": _("in a bulletin"),
        "refused": _("refused: not what was approved"),
        "notice_done": _("notice seen to"),
        "registry_loaded": _("registry loaded"),
        "passphrase_set": _("passphrase set"),
        "restored": _("restored from a backup"),
        "list_imported": _("private list imported"),
        "list_shown": _("private list shown"),
        "words_shown": _("words about people shown"),
        "list_purged": _("private list removed"),
        "link_revoked": _("team's link revoked"),
        "relay_link_revoked": _("person's link revoked"),
    }
