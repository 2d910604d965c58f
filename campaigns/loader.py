"""From a campaign file to a Campaign, or to every fault in it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from campaigns.checks import Check, LonelyCheck, ReadCampaign
from campaigns.commune_checks import CommuneCheck
from campaigns.escalation_schema import steps_of
from campaigns.schedule_fields import schedule_of
from campaigns.schema import STAND_INS, campaign_model, sections_of
from campaigns.sections import RecordedSectionSpec, SectionSpec
from campaigns.sound import read_sound
from campaigns.source import MAX_BYTES, Source, read_source
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models import (
    Attachment,
    Audience,
    Campaign,
    Confirmed,
    Registry,
    Schedule,
    Section,
)
from engine.models.facts import Facts

ASAP = Schedule(asap=True)
SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class LoadedCampaign:
    """A checked campaign with the bytes it was read from.

    ``files`` says where the bytes of attachments and recordings lie, by SHA-256; ``places``
    finds the lines of the file.
    """

    campaign: Campaign
    source: bytes
    sha256: str
    files: Mapping[str, Path]
    places: Source


@dataclass(frozen=True)
class Examined:
    """All that is known of a campaign file: every fault, and what of it can be used.

    ``loaded`` is None where there are faults. ``check`` is what found them; None for a file
    that could not be read at all.
    """

    path: Path
    problems: tuple[Problem, ...]
    loaded: LoadedCampaign | None = None
    check: Check | None = None

    def sound(self) -> LoadedCampaign:
        """Return the campaign. Raises InputError with every fault."""
        if self.loaded is None:
            raise InputError(self.problems)
        return self.loaded


def load_campaign(
    path: Path, registry: Registry, options: Mapping[str, type[BaseModel]], now: datetime
) -> LoadedCampaign:
    """Read one campaign file. ``options`` are the channels' own settings, by channel.

    Raises InputError with every fault at once, a campaign that is over at ``now`` included.
    """
    return examine_campaign(path, registry, options, now, finished_is_fault=True).sound()


def campaign_files(folder: Path) -> tuple[Path, ...]:
    """Return the campaign files of a folder by name. Raises InputError if it cannot be read."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        message = _("the folder cannot be read: {reason}").format(reason=os_reason(error))
        raise InputError([Problem(str(folder), 0, 0, "", message)]) from error
    return tuple(path for path in found if not path.name.startswith("."))


def repeated_ids(examined: Iterable[Examined]) -> Iterator[Problem]:
    """Yield a fault for every file with the id of one before it."""
    first: dict[str, Path] = {}
    for one in examined:
        if one.check is None or one.check.cuts.below(("id",)):
            continue
        name = one.check.spec.id
        other = first.setdefault(name, one.path)
        if other != one.path:
            message = _('the id "{name}" is already that of {file}').format(name=name, file=other)
            yield one.check.source.problem(("id",), message)


def examine_campaign(
    path: Path,
    registry: Registry | None,
    options: Mapping[str, type[BaseModel]],
    now: datetime,
    *,
    finished_is_fault: bool,
) -> Examined:
    """Find every fault of a campaign file; without a registry, those that need none."""

    def check(read: ReadCampaign) -> Check:
        if registry is None:
            return LonelyCheck(read=read, now=now, finished_is_fault=finished_is_fault)
        return CommuneCheck(
            read=read, now=now, finished_is_fault=finished_is_fault, registry=registry
        )

    return examine(path, options, check)


def examine(
    path: Path,
    options: Mapping[str, type[BaseModel]],
    check_of: Callable[[ReadCampaign], Check],
    limit: int = MAX_BYTES,
) -> Examined:
    """Read a campaign file of at most ``limit`` bytes and hold it against ``check_of`` it."""
    try:
        source = read_source(path, limit)
    except InputError as error:
        return Examined(path, error.problems)
    read = read_sound(source, campaign_model(options), STAND_INS)
    sections = sections_of(read.spec, options)
    check = check_of(ReadCampaign(path, read.source, read.spec, sections, read.cuts))
    problems = tuple(dict.fromkeys((*read.problems, *check.problems())))
    if problems:
        return Examined(path, problems, check=check)
    written = source.root.plain().get("channels") or {}
    campaign = _campaign(check, options, written)
    loaded = LoadedCampaign(campaign, source.data, source.sha256, check.found.files, source)
    return Examined(path, (), loaded, check)


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
        drill=spec.drill,
        all_clear=spec.all_clear or "",
        facts=Facts(**{name: tuple(lines) for name, lines in spec.facts if lines}),
        legal_basis=tuple(check.found.legal_basis),
        differs=tuple(
            Confirmed(one.fact, one.in_, one.because, one.instead_of or "") for one in spec.differs
        ),
        escalation=steps_of(spec.escalation) if "escalation" in spec.model_fields_set else None,
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
