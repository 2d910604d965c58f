"""What a programme needs besides its items: opening, bridge, closing, and all in one file.

Each is made once for all clusters and slots that sound the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from channels.base import ChannelError, Versioned, artifact_key
from channels.disk import refused
from channels.loudspeaker.audio.carrier import carrier_of, plays
from channels.loudspeaker.audio.terms import ENDINGS, MEDIA_TYPES, USUAL, Chime, Finish, Tags
from channels.loudspeaker.framing import Framing
from channels.loudspeaker.inputs import AnnouncementInputs, SpeechInputs
from channels.loudspeaker.kept import Shared, SharedSounds, Written
from channels.loudspeaker.listing import CLOSING, OPENING, Aired
from engine.i18n import gettext as _
from engine.models import File, Registry, Rendered, digest

#: What players show of them.
_BRIDGE, _PROGRAMME = "Nhạc cắt", "Chương trình"


class Tone(StrEnum):
    """How a programme presents itself."""

    CALM = "calm"
    ALARM = "alarm"
    """There is an emergency in it: an alarm, and its own words."""
    DRILL = "drill"
    """There are drills in it and nothing else: the word comes first, and no alarm."""


@dataclass(frozen=True)
class Frame:
    """Makes a station's openings, closings and joined programmes.

    ``speech`` returns how a text is said, with its tags; ``render`` makes an announcement.
    ``maker`` names what makes them, with its version. ``sounds`` keeps them, ``finish`` is how
    joined programmes leave.
    """

    framing: Framing
    speech: Callable[[str, Tags], SpeechInputs]
    render: Callable[[AnnouncementInputs], Rendered]
    maker: Versioned
    sounds: SharedSounds
    finish: Finish = USUAL

    def opening(self, registry: Registry, tone: Tone) -> Shared | None:
        """Return what comes first; None when the station wants nothing. Raises ChannelError."""
        framing = self.framing
        stamps = (_stamp(framing.jingle), _stamp(framing.bed))
        asked = (self._settings, "opening", framing.name_of(registry), tone, stamps)
        return self.sounds.recall(asked, lambda: self._opening(registry, tone))

    def _opening(self, registry: Registry, tone: Tone) -> Shared | None:
        framing = self.framing
        tags = Tags(OPENING, framing.name_of(registry), "", "")
        text = {
            Tone.CALM: framing.opening,
            Tone.ALARM: framing.emergency,
            Tone.DRILL: framing.drill,
        }[tone]
        speech = self.speech(framing.filled(text, registry), tags)
        if tone is not Tone.CALM:
            sound = Chime.ALARM if tone is Tone.ALARM else Chime.BELLS
            return self._announced(AnnouncementInputs(speech, sound))
        chime = Chime.BELLS if framing.chime else None
        return self._with_own(
            AnnouncementInputs(speech, chime), jingle=framing.jingle, bed=framing.bed
        )

    def closing(self, registry: Registry, tone: Tone) -> Shared | None:
        """Return what comes last; None when the station wants nothing. Raises ChannelError."""
        framing = self.framing
        name = framing.name_of(registry)
        asked = (self._settings, "closing", name, tone, _stamp(framing.bed))
        return self.sounds.recall(asked, lambda: self._closing(registry, tone))

    def _closing(self, registry: Registry, tone: Tone) -> Shared | None:
        framing = self.framing
        tags = Tags(CLOSING, framing.name_of(registry), "", "")
        speech = self.speech(framing.filled(framing.closing, registry), tags)
        bed = framing.bed if tone is Tone.CALM else None
        return self._with_own(AnnouncementInputs(speech), bed=bed)

    def bridge(self, registry: Registry, tone: Tone) -> Shared | None:
        """Return what comes between two items; None when the station wants nothing.

        Raises ChannelError.
        """
        framing = self.framing
        if not framing.bridge:
            return None
        name = framing.name_of(registry)
        asked = (self._settings, "bridge", name, tone, _stamp(framing.bridge_sound))
        return self.sounds.recall(asked, lambda: self._bridge(registry, tone))

    def _bridge(self, registry: Registry, tone: Tone) -> Shared | None:
        framing = self.framing
        speech = self.speech("", Tags(_BRIDGE, framing.name_of(registry), "", ""))
        return self._with_own(
            AnnouncementInputs(speech, Chime.BRIDGE),
            jingle=framing.bridge_sound if tone is Tone.CALM else None,
        )

    def joined(self, aired: Sequence[Aired], registry: Registry, date: str) -> Shared:
        """Return all of a programme as one file with chapters, joined without encoding again.

        Raises ChannelError: temporary when the store cannot be read, permanent when a file is
        none that this channel makes now.
        """
        tags = Tags(_PROGRAMME, self.framing.name_of(registry), "", date)
        parts = tuple((one.file.sha256, one.title) for one in aired)
        asked = (self._settings, "joined", tags, parts)
        made = self.sounds.recall(asked, lambda: self._joined(aired, tags))
        assert made is not None
        return made

    def _joined(self, aired: Sequence[Aired], tags: Tags) -> Shared:
        titles, finish = [one.title for one in aired], self.finish
        shaping = [one.file.sha256 for one in aired], titles, tags, finish
        key = digest("programme", self.maker.version, *shaping)

        def write(out: BinaryIO) -> Written:
            with ExitStack() as stack:
                streams = (stack.enter_context(_opened(one.file)) for one in aired)
                try:
                    starts = carrier_of(finish).join(streams, tags, out, titles)
                    return Written(starts[-1], starts=starts)
                except ValueError as error:
                    message = _("the programme cannot be joined: {reason}")
                    raise ChannelError(message.format(reason=error), permanent=True) from error

        return self.sounds.make(key, ENDINGS[finish.format], MEDIA_TYPES[finish.format], write)

    @property
    def _settings(self) -> tuple[object, ...]:
        """What shapes all of them besides what each is asked for."""
        return (self.framing, self.maker.version, self.finish)

    def _with_own(
        self, inputs: AnnouncementInputs, *, jingle: Path | None = None, bed: Path | None = None
    ) -> Shared | None:
        """Announce with the station's own sounds; one that cannot be used is left out, and told.

        What is said must not be lost with the music around it.
        """
        own = {name: path for name, path in (("jingle", jingle), ("bed", bed)) if path is not None}
        try:
            return self._announced(_with_files(inputs, own))
        except ChannelError:
            if not own:
                raise
        remarks: list[str] = []
        for name, path in own.items():
            try:
                wanted = _with_files(inputs, {name: path})
                self._announced(wanted)
            except ChannelError as error:
                remarks.append(_without(path, str(error)))
            else:
                inputs = wanted
        made = self._announced(inputs)
        return replace(made, remarks=(*made.remarks, *remarks)) if made is not None else None

    def _announced(self, inputs: AnnouncementInputs) -> Shared | None:
        if not inputs.speech.sentences and inputs.chime is None and inputs.jingle is None:
            return None
        finish = inputs.speech.finish

        def write(out: BinaryIO) -> Written:
            made = self.render(inputs)
            out.write(made.data)
            seconds = plays(File.of_bytes("", made.media_type, made.data))
            return Written(seconds, made.remarks)

        key = artifact_key(self.maker, inputs)
        return self.sounds.make(key, ENDINGS[finish.format], MEDIA_TYPES[finish.format], write)


def _with_files(inputs: AnnouncementInputs, own: Mapping[str, Path]) -> AnnouncementInputs:
    files = {name: _file(path) for name, path in own.items()}
    return replace(
        inputs, jingle=files.get("jingle", inputs.jingle), bed=files.get("bed", inputs.bed)
    )


def _without(path: Path, reason: str) -> str:
    """Say what of the station's own is not heard; a reason that names the file says it once."""
    told = reason.removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")
    return _("without {file}: {reason}").format(file=path.name, reason=told)


def _stamp(path: Path | None) -> tuple[Path, int, int] | None:
    """Return what changes with a file; None for one that is not there."""
    try:
        status = path.stat() if path is not None else None
    except OSError:
        return None
    return (path, status.st_mtime_ns, status.st_size) if path and status else None


def _opened(file: File) -> BinaryIO:
    try:
        return file.opened()
    except OSError as error:
        raise refused(error, file.name) from error


def _file(path: Path) -> File:
    """Return a file of the station's own. Raises ChannelError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return File(path.name, "audio/*", sha256, path.stat().st_size, path)
    except OSError as error:
        raise refused(error, path) from error
