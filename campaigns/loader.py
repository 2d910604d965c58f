"""From a campaign file to a Campaign, or to every fault in it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from campaigns.checks import Check
from campaigns.commune_checks import CommuneCheck
from campaigns.faults import problems_of
from campaigns.schedule_fields import schedule_of
from campaigns.schema import CampaignSpec, campaign_model, sections_of, without_faults
from campaigns.sections import RecordedSectionSpec, SectionSpec
from campaigns.source import MAX_BYTES, Source, read_source
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models import Attachment, Audience, Campaign, Registry, Schedule, Section

ASAP = Schedule(asap=True)
SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class LoadedCampaign:
    """A checked campaign with the bytes it was read from.

    ``files`` says where the bytes of attachments and recordings lie, by SHA-256.
    """

    campaign: Campaign
    source: bytes
    sha256: str
    files: Mapping[str, Path]


def load_campaign(
    path: Path, registry: Registry, options: Mapping[str, type[BaseModel]], now: datetime
) -> LoadedCampaign:
    """Read one campaign file. ``options`` are the channels' own settings, by channel.

    Raises InputError with every fault at once, a campaign that is over at ``now`` included.
    """
    return _load(path, registry, options, now, finished_is_fault=True)


def check_campaigns(
    folder: Path, registry: Registry, options: Mapping[str, type[BaseModel]], now: datetime
) -> tuple[LoadedCampaign, ...]:
    """Read every campaign file directly in ``folder``; finished campaigns are no fault there.

    Raises InputError with every fault of every file, ids used twice included.
    """
    loaded: dict[Path, LoadedCampaign] = {}
    problems: list[Problem] = []
    for path in campaign_files(folder):
        try:
            loaded[path] = _load(path, registry, options, now, finished_is_fault=False)
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_repeated_ids(loaded))
    if problems:
        raise InputError(problems)
    return tuple(loaded.values())


def campaign_files(folder: Path) -> tuple[Path, ...]:
    """Return the campaign files of a folder by name. Raises InputError if it cannot be read."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        message = _("the folder cannot be read: {reason}").format(reason=os_reason(error))
        raise InputError([Problem(str(folder), 0, 0, "", message)]) from error
    return tuple(path for path in found if not path.name.startswith("."))


def _repeated_ids(loaded: Mapping[Path, LoadedCampaign]) -> Iterable[Problem]:
    first: dict[str, Path] = {}
    for path, one in loaded.items():
        name = one.campaign.id
        other = first.setdefault(name, path)
        if other != path:
            message = _('the id "{name}" is already that of {file}').format(name=name, file=other)
            yield read_source(path).problem(("id",), message)


def _load(
    path: Path,
    registry: Registry,
    options: Mapping[str, type[BaseModel]],
    now: datetime,
    *,
    finished_is_fault: bool,
) -> LoadedCampaign:
    def check(read: ReadCampaign) -> Check:
        return CommuneCheck(
            source=read.source,
            spec=read.spec,
            sections=read.sections,
            folder=path.parent,
            now=now,
            finished_is_fault=finished_is_fault,
            dropped=read.dropped,
            registry=registry,
        )

    return load_checked(path, options, check)


@dataclass(frozen=True, slots=True)
class ReadCampaign:
    """A campaign file whose shape was checked. ``dropped`` names the keys with faults."""

    source: Source
    spec: CampaignSpec
    sections: Mapping[str, SectionSpec]
    dropped: frozenset[str]


def load_checked(
    path: Path,
    options: Mapping[str, type[BaseModel]],
    check_of: Callable[[ReadCampaign], Check],
    limit: int = MAX_BYTES,
) -> LoadedCampaign:
    """Read a campaign file of at most ``limit`` bytes and hold it against ``check_of`` it.

    Raises InputError with every fault at once.
    """
    source = read_source(path, limit)
    model = campaign_model(options)
    plain = source.root.plain()
    problems = list(source.problems)
    dropped: frozenset[str] = frozenset()
    try:
        spec = model.model_validate(plain)
    except ValidationError as error:
        problems.extend(problems_of(error, source, model))
        sound, dropped = without_faults(plain, error)
        spec = model.model_validate(sound)
    sections = sections_of(spec, options)
    check = check_of(ReadCampaign(source, spec, sections, dropped))
    problems.extend(check.problems())
    if problems:
        raise InputError(problems)
    campaign = _campaign(check, options, plain.get("channels") or {})
    return LoadedCampaign(campaign, source.data, source.sha256, check.found.files)


def _campaign(
    check: Check, options: Mapping[str, type[BaseModel]], written: Mapping[str, Any]
) -> Campaign:
    spec, (office, phone) = check.spec, check.office
    schedule = schedule_of(spec) or ASAP
    sections = {
        name: _section(section, options[name], written.get(name), check.found.recordings.get(name))
        for name, section in check.sections.items()
    }
    return Campaign(
        id=spec.id,
        title=spec.title,
        issuer=spec.issuer or office,
        priority=spec.priority,
        audience=Audience(
            spec.audience.hamlets,
            spec.audience.tags,
            spec.audience.households,
            spec.audience.communes,
            spec.audience.areas,
        ),
        valid_from=spec.valid.from_,
        valid_until=spec.valid.until,
        contact=spec.contact or _office(office, phone),
        body=spec.text,
        schedule=schedule,
        sections=sections,
        variables=dict(spec.values),
        hamlet_values={name: dict(values) for name, values in spec.hamlets.items()},
        attachments=tuple(check.found.attachments),
    )


def _office(office: str, phone: str) -> str:
    """Return whom to ask when a campaign names nobody: content, so always Vietnamese."""
    return f"{office}, điện thoại {phone}" if phone else office


def _section(
    spec: SectionSpec, options: type[BaseModel], written: Any, recording: Attachment | None
) -> Section:
    own = written if isinstance(written, dict) else {}
    return Section(
        options=options.model_validate(
            {
                key: value
                for key, value in own.items()
                if key not in RecordedSectionSpec.model_fields
            }
        ),
        title=spec.title,
        text=spec.text,
        schedule=schedule_of(spec),
        recording=recording,
    )
