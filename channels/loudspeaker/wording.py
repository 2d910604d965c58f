"""What the preview of an item says besides the words that will be said."""

from __future__ import annotations

from channels.loudspeaker.audio.terms import MAX_SECONDS
from channels.loudspeaker.script import Script
from channels.loudspeaker.spoken import Doubt
from engine.i18n import gettext as _
from engine.models import Attachment


def doubt_in_words(doubt: Doubt) -> str:
    """Return a doubt as a sentence in the reader's language."""
    return _("“{token}” is read as “{reading}”: {why}").format(
        token=doubt.token, reading=doubt.reading, why=why_in_words(str(doubt.why))
    )


def why_in_words(code: str) -> str:
    """Return why a reading is in doubt, in the reader's language. Raises KeyError."""
    reasons = {
        "unknown_abbreviation": _("an unknown abbreviation, spelled letter by letter"),
        "ambiguous_abbreviation": _("the abbreviation has several meanings"),
        "ambiguous_date": _("it may be a date or a house number"),
        "ambiguous_fraction": _("it may be a fraction or a date"),
        "ambiguous_range": _("it may be a range, a date or a code"),
        "ambiguous_number": _("the number can be read in several ways"),
        "ambiguous_unit": _("the unit can be read in several ways"),
        "ambiguous_numeral": _("it may be a Roman numeral or a word"),
        "impossible_date": _("there is no such day"),
        "foreign_word": _("a foreign word"),
        "unreadable": _("it cannot be read aloud"),
    }
    return reasons[code]


def recording_in_words(recording: Attachment) -> tuple[str, str]:
    """Return what is aired, in Vietnamese, and a doubt about it in the reader's language."""
    doubt = _("The length of the recording “{name}” is known only once it is rendered.")
    return f"Phát bản ghi âm: {recording.name}", doubt.format(name=recording.name)


def too_long() -> str:
    """Say that an item takes longer than the channel airs."""
    return _("The item takes longer than {minutes} minutes.").format(minutes=MAX_SECONDS // 60)


def faults_of(script: Script) -> tuple[str, ...]:
    """Return why a script cannot be aired as it stands."""
    if not script.lines:
        return (_("There is nothing to say in this text."),)
    return (too_long(),) if script.seconds > MAX_SECONDS else ()
