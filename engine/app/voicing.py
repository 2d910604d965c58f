"""The voices of a workspace: which there are, which are used where, and how one sounds."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.delivery import Style
from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.speech.engine import ENGINES, Choice, Engine, Voice
from channels.loudspeaker.speech.voices import Voices
from engine.app.channels import build_voices, choices_of, finish_of
from engine.errors import ChannelError
from engine.i18n import gettext as _
from engine.models import (
    Content,
    File,
    Hamlet,
    HouseholdGroup,
    Priority,
    Purpose,
    Schedule,
)
from engine.settings import LoudspeakerSettings, Settings

#: The name under which those communes stand that have no voices of their own.
EVERYONE = ""

#: What is read when nobody gives a text: every tone, a date, an hour, money, an abbreviation.
SAMPLE = (
    "Kính thưa bà con, đây là giọng đọc thử của đài truyền thanh xã. "
    "UBND xã kính mời bà con đến nhà văn hóa ấp lúc 7h30 ngày 05/12/2026 để nhận hỗ trợ "
    "1.500.000đ mỗi hộ. Xin cảm ơn bà con đã lắng nghe."
)


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """One voice of an engine, or the engine alone where it has none.

    ``used`` says at which place it is tried, by commune: {EVERYONE: 1, "xa-a": 2}. ``trouble``
    is what keeps it from speaking, in words; empty when nothing is known to.
    """

    engine: Engine
    voice: Voice | None
    choice: Choice
    used: Mapping[str, int]
    trouble: str


def settings_by_commune(settings: Settings) -> dict[str, LoudspeakerSettings]:
    """Return what holds for everyone, and for each commune with voices of its own."""
    return {EVERYONE: settings.loudspeaker} | {
        commune_id: settings.loudspeaker_of(commune_id) for commune_id in sorted(settings.voices)
    }


def listed_voices(settings: Settings, voices: Voices) -> Iterator[ListedVoice]:
    """Yield every engine's voices; then those that are set and not there."""
    chains = {whose: choices_of(one) for whose, one in settings_by_commune(settings).items()}
    for name in ENGINES:
        engine = voices.engine(name)
        there = {voice.name: voice for voice in engine.voices()}
        wanted = [c.voice for chain in chains.values() for c in chain if c.engine == name]
        for voice in dict.fromkeys((*there, *wanted)) or ("",):
            choice = Choice(name, voice)
            used = {
                whose: chain.index(choice) + 1 for whose, chain in chains.items() if choice in chain
            }
            yield ListedVoice(engine, there.get(voice), choice, used, _trouble(engine, voice))


def _trouble(engine: Engine, voice: str) -> str:
    if missing := engine.missing():
        return missing
    if not voice and engine.voices():
        return _("no voice is chosen: write piper_voice in loa.toml, with a name listed here")
    if not voice:
        return _("no voice is installed: loa voices install NAME --from URL --sha256 HASH")
    try:
        engine.identity(voice)
    except ChannelError as error:
        return str(error)
    return ""


def trouble_speaking(settings: Settings, workspace: Path, choice: Choice) -> str:
    """Let a voice say a few words; return what keeps it from that, empty when nothing does."""
    with closing(build_voices(settings, workspace)) as voices:
        try:
            voices.engine(choice.engine).say("Xin chào bà con.", choice.voice)
        except ChannelError as error:
            return str(error)
    return ""


def sample(settings: LoudspeakerSettings, voices: Voices, choice: Choice, text: str) -> bytes:
    """Return ``text``, written Vietnamese, as it would sound on air; by no other voice.

    Raises ChannelError, LoaError for a setting that does not exist.
    """
    channel = LoudspeakerChannel(
        outbox=voices.cache_folder,  # nothing is delivered there
        voices=voices,
        lent=True,
        choices=(choice,),
        region=settings.region,
        loudness=settings.loudness,
        finish=finish_of(settings),
        style=Style(settings.pauses, settings.number_pace),
    )
    inputs = channel.prepare(_content(text), Hamlet("mau", "", 0), _NoFiles())
    assert isinstance(inputs, SpeechInputs)
    return channel.render(inputs).data


def as_wav(sound: bytes) -> bytes:
    """Return what a player hears of an MP3 or WAV, as 16-bit WAV."""
    import soundfile

    heard, rate = soundfile.read(io.BytesIO(sound), dtype="float32")
    file = io.BytesIO()
    soundfile.write(file, heard, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _content(text: str) -> Content:
    return Content(
        campaign_id="nghe-thu",
        channel=LoudspeakerChannel.name,
        title="",
        issuer="",
        priority=Priority.ROUTINE,
        purpose=Purpose.NOTICE,
        body=text,
        contact="",
        valid_from=None,
        valid_until=datetime(2026, 1, 1, tzinfo=UTC),
        households=HouseholdGroup.ALL,
        permalink="",
        options=LoudspeakerOptions(),
        schedule=Schedule(asap=True),
    )


class _NoFiles:
    """Speech builds on no files."""

    def need(self, channel: str) -> File | None:
        return None

    def told(self, channel: str) -> Content | None:
        return None

    def attachment(self, sha256: str) -> Path:
        raise ChannelError(sha256, permanent=True)
