"""Finding what a sound file of a commune's loudspeakers should say, and hearing whether it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from channels.base import ChannelError, artifact_key
from channels.loudspeaker.channel import LoudspeakerChannel
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.proof.judging import Judgement
from channels.loudspeaker.proof.listening import Sound
from channels.loudspeaker.proof.tags import campaign_of
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
class _Place:
    """What a programme's manifest says of one of its files."""

    campaign_id: str
    cluster: str
    hamlets: frozenset[str]


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
    the one that it is most like. Raises LoaError, OSError.
    """
    channel = _loudspeaker(app)
    place = _place_of(file)
    named = campaign_id or (place.campaign_id if place else None) or campaign_of(file)
    try:
        listener = channel.listener()
        sound = listener.sound(file)
        if named is None:
            return Listened(sound, listener.alone(sound), None)
        wordings = list(_wordings(app, named, hamlet_id))
        if place is not None and place.campaign_id == named:
            wordings = [one for one in wordings if place.hamlets & set(one.hamlets)] or wordings
        inputs = [_inputs(app, channel, one) for one in wordings]
        same = _made_as(app.artifacts, channel, inputs, file)
        if same is not None:
            wordings, inputs = [wordings[same]], [inputs[same]]
        if len(inputs) > _MOST:
            message = _("{campaign} has {count} wordings: say whose with --hamlet")
            raise LoaError(message.format(campaign=named, count=len(inputs)))
        number, judgement = listener.against(sound, inputs)
    except ChannelError as error:
        raise LoaError(f"{file.name}: {error}") from error
    return Listened(sound, judgement, f"{named} ({', '.join(wordings[number].hamlets)})")


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


def _place_of(file: Path) -> _Place | None:
    """Look for a file in the manifest that lies beside it; None where it is in none."""
    for manifest in sorted(file.parent.glob("*.json")):
        try:
            told = json.loads(manifest.read_bytes())
            for item in told["items"]:
                if Path(item["file"]).name == file.name:
                    hamlets = frozenset(map(str, item["hamlets"]))
                    return _Place(str(item["campaign"]), str(told["cluster"]), hamlets)
        except (ValueError, KeyError, TypeError):
            continue  # not a manifest of ours
    return None


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

    def attachment(self, sha256: str) -> Path:
        return self.artifacts.attachment(sha256)
