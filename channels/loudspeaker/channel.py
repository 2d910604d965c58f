"""The channel ``loudspeaker``: what is written, said aloud from the commune's loudspeakers."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from channels.base import Artifacts, Backend, Closes, Options
from channels.loudspeaker.around import around
from channels.loudspeaker.audio.terms import MAX_SECONDS, USUAL, Finish, Tags
from channels.loudspeaker.choosing import one_of, possible, simple_choices, within
from channels.loudspeaker.delivery import PLAIN, Line, Style
from channels.loudspeaker.framing import Framing
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs, file_of, tags_of
from channels.loudspeaker.kept import SharedSounds
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.players.describing import Describes
from channels.loudspeaker.players.folder import FolderBackend
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.script import (
    Script,
    announced,
    script_of,
    seconds,
    spoken_opening,
)
from channels.loudspeaker.speech.engine import ENGINES, Choice
from channels.loudspeaker.speech.voices import Voices, own_voices
from channels.loudspeaker.spoken import Region
from channels.loudspeaker.text import one_line
from channels.loudspeaker.wording import (
    doubt_in_words,
    faults_of,
    recording_in_words,
    too_long,
)
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import (
    Around,
    Artifact,
    Attachment,
    Bundle,
    Cluster,
    Content,
    File,
    Forecast,
    Hamlet,
    Item,
    Placement,
    Registry,
    Rendered,
)
from engine.models.registry import USUAL_PLAYER

if TYPE_CHECKING:
    from channels.loudspeaker.frame import Frame
    from channels.loudspeaker.proof.listening import Listener
    from channels.loudspeaker.studio import Studio

#: espeak-ng's voice, unless another one is set.
_SOUTH = "vi-vn-x-south"

#: LUFS between which speech stays clear of the noise floor and of distortion.
_LOUDNESS = (-31.0, -14.0)


class LoudspeakerChannel:
    """Speech or a recording, one MP3 per distinct text, a programme per cluster and slot.

    ``outbox`` is the folder of the clusters, which the player ``folder`` reads; ``players`` are
    what plays besides, by name, and may take its place. ``voices`` are what speaks; when they
    are ``lent``, somebody else closes them. Without them the channel makes its own, which keep
    what they spoke in ``speech_cache``. ``choices`` are the voices that are tried, in their
    order; without them it is ``engine``, and after it espeak with its ``voice``. ``region``
    says whose words numbers are read in. ``loudness`` is in LUFS; ``finish`` is how sound
    leaves besides, ``style`` how it is said, ``limits`` what the proof of each item accepts.
    ``framing`` is what opens and closes a programme; that, and programmes in one file, are kept
    in ``programmes``. Raises LoaError for
    a setting that does not exist.
    """

    name = "loudspeaker"
    version = "2"
    options: type[Options] = LoudspeakerOptions
    needs: tuple[str, ...] = ()
    cumulative = True
    proves = True

    def __init__(
        self,
        *,
        outbox: Path,
        players: Mapping[str, Backend] | None = None,
        speech_cache: Path | None = None,
        engine: str = "espeak",
        voice: str = _SOUTH,
        voices: Voices | None = None,
        lent: bool = False,
        choices: Sequence[Choice] = (),
        region: str = "south",
        loudness: float = -16.0,
        finish: Finish = USUAL,
        style: Style = PLAIN,
        limits: ProofLimits | None = None,
        framing: Framing | None = None,
        programmes: Path | None = None,
        lead: timedelta = timedelta(minutes=30),
        grace: timedelta | None = timedelta(minutes=10),
    ) -> None:
        self._choices = tuple(choices) or simple_choices(engine, voice)
        for choice in self._choices:
            one_of("engine", choice.engine, ENGINES)
        self._region = Region(one_of("region", region, tuple(Region)))
        self._loudness = within("loudness", loudness, *_LOUDNESS)
        self._limits = limits or ProofLimits()
        self._voices = voices or own_voices(speech_cache)
        self._lent = lent
        self._finish = possible(finish)
        self._style = style
        self._framing = framing or Framing()
        self._sounds = SharedSounds(programmes or self._voices.cache_folder / "programmes")
        self._studio: Studio | None = None
        self._opening = threading.Lock()
        self.lead = lead
        self.grace: timedelta | None = grace
        self.backends: Mapping[str, Backend] = {
            USUAL_PLAYER: FolderBackend(outbox),
            **(players or {}),
        }

    def close(self) -> None:
        """End the players' connections and the channel's own helper processes.

        They start again if it is used again.
        """
        for player in self.backends.values():
            if isinstance(player, Closes):
                player.close()
        if not self._lent:
            self._voices.close()

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        """Return each cluster heard in the hamlet at each moment; nothing without a cluster.

        Raises LoaError for a cluster whose player is not there.
        """
        schedule = content.own_schedule or content.schedule
        moments, wanted = schedule.moments, content.options_as(LoudspeakerOptions).clusters
        return tuple(
            Placement(cluster.id, self._player_of(cluster), moment, schedule.repeat)
            for cluster in registry.clusters_by_hamlet.get(hamlet.id, ())
            if not wanted or cluster.id in wanted
            for moment in ((None,) if schedule.asap else moments)
        )

    def _player_of(self, cluster: Cluster) -> str:
        if cluster.player in self.backends:
            return cluster.player
        message = _(
            "the cluster {cluster} is played by {player}, which is not set: write"
            " [players.{player}] in loa.toml, or in the registry another player"
            " (there are: {known})"
        )
        known = ", ".join(sorted(self.backends))
        raise LoaError(message.format(cluster=cluster.id, player=cluster.player, known=known))

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        """Return the words as they will be said, and how long that takes.

        A recording lasts as long as its header says; one whose length nobody measured counts
        as 0 seconds, and a doubt says so.
        """
        if content.recording is not None:
            return self._recorded(content, content.recording)
        script = self._script(content)
        return Forecast(
            text=script.text,
            seconds=script.seconds,
            doubts=tuple(map(doubt_in_words, script.doubts)),
            breaches=faults_of(script),
        )

    def prepare(
        self, content: Content, hamlet: Hamlet, artifacts: Artifacts
    ) -> SpeechInputs | RecordingInputs:
        """Return what shapes the sound: the same for all hamlets with the same words."""
        options = content.options_as(LoudspeakerOptions)
        if content.recording is not None:
            recording = file_of(content.recording, artifacts)
            return RecordingInputs(
                recording,
                self._loudness,
                options.repeat,
                tags_of(content),
                self._finish,
                self._opening_of(content),
            )
        script = self._script(content)
        return self._said(script.lines, options.repeat, tags_of(content), script.text)

    def render(self, inputs: SpeechInputs | RecordingInputs) -> Rendered:
        """Return the MP3. Raises ChannelError."""
        studio = self._opened()
        if isinstance(inputs, RecordingInputs):
            return studio.recording(inputs)
        return studio.speech(inputs)

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        """Return the slot's programme: audio, playlist, manifest, and all of it in one file.

        A player that describes the items gets them alone: what frames them is another system's.
        """
        from channels.loudspeaker.airing import with_airing  # these load the sound libraries
        from channels.loudspeaker.programme import programme

        player: object = self.backends.get(bundle.backend)
        if isinstance(player, Describes):
            alone = with_airing(programme(bundle, items, registry), bundle)
            return player.described(alone, bundle, items, registry, self._as_heard)
        return with_airing(programme(bundle, items, registry, self._frame()), bundle)

    def warm(self, registry: Registry) -> None:
        """Make what comes before and after emergencies. Raises ChannelError."""
        from channels.loudspeaker.frame import Tone

        self._frame().opening(registry, Tone.ALARM)
        self._frame().closing(registry, Tone.ALARM)

    def around(self, registry: Registry) -> Around:
        """Return about how long opening and closing take, and a bridge."""
        return around(self._framing, registry, self._region, self._style)

    def lasts(self, file: File) -> float:
        """Return how many seconds an item plays. Raises ChannelError."""
        from channels.loudspeaker.lengths import seconds_of

        return seconds_of(file)

    def listener(self) -> Listener:
        """Return who hears files, with this channel's voices and by its limits."""
        from channels.loudspeaker.proof.listening import Listener

        studio = self._opened()
        voices = {choice.engine: choice.voice for choice in self._choices}
        return Listener(
            studio,
            studio.prover,
            self._limits,
            voice=voices.get("espeak", _SOUTH),
            region=self._region,
        )

    def _frame(self) -> Frame:
        from channels.loudspeaker.frame import Frame

        return Frame(
            framing=self._framing,
            speech=self._announced,
            render=lambda inputs: self._opened().announcement(inputs),
            maker=self,
            sounds=self._sounds,
            finish=self._finish,
        )

    def _as_heard(self, content: Content) -> str:
        """Return an item's words as they are said, or what is known of its recording."""
        if content.recording is not None:
            return recording_in_words(content.recording)[0]
        return self._script(content).text

    def _opening_of(self, content: Content) -> SpeechInputs | None:
        """Return what is said before a recording that corrects an earlier one."""
        first = spoken_opening(content)
        return None if first is None else self._announced(one_line(first), tags_of(content))

    def _recorded(self, content: Content, recording: Attachment) -> Forecast:
        text, doubt = recording_in_words(recording)
        if recording.seconds is None:
            return Forecast(text, doubts=(doubt,))
        first = spoken_opening(content)
        if first is not None:
            text = f"{first}\n\n{text}"
        length = recording.seconds * content.options_as(LoudspeakerOptions).repeat
        if first is not None:
            length += seconds(announced(one_line(first), self._region, self._style))
        breaches = (too_long(),) if length > MAX_SECONDS else ()
        return Forecast(text, seconds=length, breaches=breaches)

    def _announced(self, text: str, tags: Tags) -> SpeechInputs:
        return self._said(announced(text, self._region, self._style), 1, tags)

    def _said(
        self, lines: tuple[Line, ...], repeat: int, tags: Tags, text: str = ""
    ) -> SpeechInputs:
        return SpeechInputs(
            sentences=lines,
            voices=tuple(map(self._voices.chosen, self._choices)),
            loudness=self._loudness,
            repeat=repeat,
            tags=tags,
            finish=self._finish,
            text=text,
        )

    def _opened(self) -> Studio:
        """Return the studio. The libraries for sound load with it: for those who render."""
        from channels.loudspeaker.studio import Studio

        with self._opening:
            if self._studio is None:
                self._studio = Studio(self._voices, self._limits)
            return self._studio

    def _script(self, content: Content) -> Script:
        options = content.options_as(LoudspeakerOptions)
        return script_of(content, options.pronounce, options.repeat, self._region, self._style)
