"""Finding what a sound file of a commune's loudspeakers should say, and hearing whether it does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from channels.base import ChannelError, artifact_key
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.listed import ListedItem, ListedProgramme, listed_in
from channels.loudspeaker.proof.judging import Judgement, duration, later, together
from channels.loudspeaker.proof.listening import Listener, Sound
from channels.loudspeaker.proof.tags import campaign_of, chapters_end
from engine.app.opening import App
from engine.artifacts import ArtifactStore
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Content, File
from engine.planner import plan_campaign
from engine.planner.newest import newest_revision

_CHANNEL = LoudspeakerChannel.name

#: Wordings that a file is held against when nobody says which it has.
_MOST = 50


@dataclass(frozen=True, eq=False)
class Listened:
    """What was heard, and how it was judged. ``against`` names the text; None: there is none."""

    sound: Sound
    judgement: Judgement
    against: str | None


@dataclass(frozen=True, slots=True)
class _Wording:
    """One distinct wording of a campaign, and the hamlets that hear it."""

    content: Content
    hamlets: tuple[str, ...]


def listen_to_campaign(
    app: App, file: Path, campaign_id: str | None = None, hamlet_id: str | None = None
) -> Listened:
    """Hear a file, and hold it against its campaign: the named one, or the one it is of itself.

    Which wording it has is known by the file's hash, else by the manifest beside it, else it is
    the one that it is most like. A whole programme is held against all its items, or those of
    the named campaign. Raises LoaError, OSError.
    """
    channel, listed = _loudspeaker(app), listed_in(file)
    try:
        listener = channel.listener()
        sound = listener.sound(file)
        held = _Held(app, channel, listener)
        if isinstance(listed, ListedProgramme):
            return held.programme(sound, listed, campaign_id, hamlet_id)
        named = campaign_id or (listed.campaign_id if listed else None) or campaign_of(file)
        if named is None:
            return Listened(sound, _unknown(listener.alone(sound), sound), None)
        judgement, wording = held.item(sound, named, listed, hamlet_id, file)
    except ChannelError as error:
        raise LoaError(f"{file.name}: {error}") from error
    return Listened(sound, judgement, f"{named} ({', '.join(wording.hamlets)})")


def _unknown(alone: Judgement, sound: Sound) -> Judgement:
    """Judge what nothing is known of: its own chapters may still say how long it should be."""
    ends = chapters_end(sound.path)
    short = () if ends is None else tuple(duration(sound.heard, ends))
    return replace(alone, faults=(*alone.faults, *short))


@dataclass(frozen=True, slots=True)
class _Held:
    """Holds sounds against what campaigns should say."""

    app: App
    channel: LoudspeakerChannel
    listener: Listener

    def item(
        self,
        sound: Sound,
        campaign_id: str,
        listed: ListedItem | None,
        hamlet_id: str | None,
        file: Path | None = None,
    ) -> tuple[Judgement, _Wording]:
        """Judge one item by the wording that it has; ``file`` holds it alone."""
        wordings = list(_wordings(self.app, campaign_id, hamlet_id))
        if listed is not None and listed.campaign_id == campaign_id:
            wordings = [one for one in wordings if listed.hamlets & set(one.hamlets)] or wordings
        inputs = [_inputs(self.app, self.channel, one) for one in wordings]
        same = _made_as(self.app.artifacts, self.channel, inputs, file) if file else None
        if same is not None:
            wordings, inputs = [wordings[same]], [inputs[same]]
        if len(inputs) > _MOST:
            message = _("{campaign} has {count} wordings: say whose with --hamlet")
            raise LoaError(message.format(campaign=campaign_id, count=len(inputs)))
        number, judgement = self.listener.against(sound, inputs)
        return judgement, wordings[number]

    def programme(
        self,
        sound: Sound,
        listed: ListedProgramme,
        campaign_id: str | None,
        hamlet_id: str | None,
    ) -> Listened:
        """Judge a whole programme, item by item, where the manifest says that each begins."""
        items = [one for one in listed.items if campaign_id in (None, one.campaign_id)]
        if not items:
            message = _("{campaign} is not in this programme (in it: {known})")
            known = ", ".join(dict.fromkeys(one.campaign_id for one in listed.items))
            raise LoaError(message.format(campaign=campaign_id, known=known or "–"))
        whole = self.listener.alone(sound)
        faults = [*whole.faults, *duration(sound.heard, listed.seconds)]
        figures, against = dict(whole.figures), dict[str, None]()
        for one in items:
            if one.starts is None:
                message = _("{file}: the manifest beside it does not say where its items begin")
                raise LoaError(message.format(file=sound.path.name))
            part = sound.part(one.starts, one.starts + one.seconds)
            judgement, wording = self.item(part, one.campaign_id, one, hamlet_id)
            faults += [later(fault, one.starts) for fault in judgement.faults]
            figures = together(figures, judgement.figures)
            against[f"{one.campaign_id} ({', '.join(wording.hamlets)})"] = None
        found = tuple(dict.fromkeys(faults))
        return Listened(sound, Judgement(found, figures), ", ".join(against))


def listen_to_text(app: App, file: Path, text: str) -> Listened:
    """Hear a file, and hold it against a written text. Raises LoaError, OSError."""
    try:
        listener = _loudspeaker(app).listener()
        sound = listener.sound(file)
        return Listened(sound, listener.against_text(sound, text), _("the text that was given"))
    except ChannelError as error:
        raise LoaError(f"{file.name}: {error}") from error


def _loudspeaker(app: App) -> LoudspeakerChannel:
    channel = app.channels[_CHANNEL]
    assert isinstance(channel, LoudspeakerChannel)
    return channel


def _wordings(app: App, campaign_id: str, hamlet_id: str | None) -> Iterator[_Wording]:
    """Yield what was approved for the loudspeakers, newest first; else what waits for approval.

    Raises LoaError for an unknown campaign, or a hamlet that hears nothing of it.
    """
    found = _approved(app, campaign_id) or _planned(app, campaign_id)
    named = [one for one in found if hamlet_id is None or hamlet_id in one.hamlets]
    if not named:
        message = _("{campaign}: nothing of it is heard from loudspeakers there")
        raise LoaError(message.format(campaign=campaign_id))
    yield from named


def _approved(app: App, campaign_id: str) -> list[_Wording]:
    hamlets: dict[str, dict[str, None]] = {}
    rows = app.ledger.views.deliveries(campaign_id, replaced=True)
    for row in sorted(rows, key=lambda row: -row.revision):
        if row.channel == _CHANNEL:
            hamlets.setdefault(row.content_hash, {})[row.hamlet_id] = None
    contents = app.ledger.deliveries.contents(hamlets.keys())
    return [_Wording(contents[key][0], tuple(places)) for key, places in hamlets.items()]


def _planned(app: App, campaign_id: str) -> list[_Wording]:
    revision = newest_revision(app.ledger.revisions, campaign_id)
    registry = app.ledger.registries.load(revision.registry_revision)
    plan = plan_campaign(revision.campaign, registry, app.channels, app.clock.now())
    hamlets: dict[str, dict[str, None]] = {}
    for item in plan.deliveries:
        if item.channel == _CHANNEL:
            hamlets.setdefault(item.content_hash, {})[item.hamlet_id] = None
    return [_Wording(plan.contents[key], tuple(places)) for key, places in hamlets.items()]


def _inputs(
    app: App, channel: LoudspeakerChannel, wording: _Wording
) -> SpeechInputs | RecordingInputs:
    return channel.prepare(
        wording.content, app.registry.hamlets_by_id[wording.hamlets[0]], _Attachments(app.artifacts)
    )


def _made_as(
    artifacts: ArtifactStore,
    channel: LoudspeakerChannel,
    inputs: Sequence[SpeechInputs | RecordingInputs],
    file: Path,
) -> int | None:
    """Return by which of ``inputs`` this very file was made, if it was by any."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    for number, one in enumerate(inputs):
        stored = artifacts.get(artifact_key(channel, one))
        if stored is not None and stored.file.sha256 == sha256:
            return number
    return None


@dataclass(frozen=True, slots=True)
class _Attachments:
    """The ``Artifacts`` port with attachments alone."""

    artifacts: ArtifactStore

    def need(self, channel: str) -> File | None:
        return None

    def told(self, channel: str) -> Content | None:
        return None

    def attachment(self, sha256: str) -> Path:
        return self.artifacts.attachment(sha256)
