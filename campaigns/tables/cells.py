"""What a row of a registry's table may hold, and how its cells are read."""

from __future__ import annotations

import itertools
import re
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, Field, TypeAdapter, model_validator
from pydantic.dataclasses import dataclass

from campaigns.escalation_schema import Escalation, misordered
from campaigns.faults import unknown
from campaigns.fields import Day, Id, Phone, ShortLine, Strict, Whole, shown
from campaigns.registry_fields import Count, HoursField, PointField, Url
from campaigns.tables.team_cells import Members
from engine.i18n import gettext as _
from engine.models.telegram_address import TelegramAddress

_SEPARATOR = re.compile(r"[;|\n]")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def parts_of(cell: Any) -> list[str]:
    """Return what a cell lists, separated by semicolons."""
    return [part.strip() for part in _SEPARATOR.split(str(cell)) if part.strip()]


def _words(cell: Any) -> list[str]:
    return [word for part in parts_of(cell) for word in re.split(r"\s*,\s*|\s+", part) if word]


def _number(cell: Any) -> Any:
    return int(cell) if isinstance(cell, str) and _WHOLE.fullmatch(cell) else cell


@dataclass(frozen=True, slots=True)
class ClusterCell:
    """A cluster of loudspeakers, written ``cum-1`` or ``cum-1: Nhà văn hóa``."""

    id: Id
    place: ShortLine | None = None


@dataclass(frozen=True, slots=True)
class PlayerCell:
    """What plays in a cluster, written ``cum-1: may-xa``; a name alone, in all of the row."""

    player: Id
    cluster: Id | None = None


class PersonCell(Strict):
    """Somebody with a right, written ``lan: Nguyễn Thị Lan: 0900.000.001``; an id alone refers."""

    id: Id
    name: ShortLine | None = None
    phone: Phone | None = None


def _clusters(cell: Any) -> Any:
    pairs = [[one.strip() for one in part.split(":", 1)] for part in parts_of(cell)]
    return [{"id": pair[0], "place": pair[1] if len(pair) > 1 else None} for pair in pairs]


def _players(cell: Any) -> Any:
    pairs = [[one.strip() for one in part.split(":", 1)] for part in parts_of(cell)]
    return [{"player": pair[-1], "cluster": pair[0] if len(pair) > 1 else None} for pair in pairs]


def _people(cell: Any) -> Any:
    found = []
    for part in parts_of(cell):
        values = [one.strip() for one in part.split(":")]
        if len(values) > 3:
            message = _("found {found}; write id: name: phone, and semicolons between people")
            raise ValueError(message.format(found=shown(part)))
        person = dict(zip(("id", "name", "phone"), values, strict=False))
        found.append({key: value for key, value in person.items() if value})
    return found


Number = Annotated[Count, BeforeValidator(_number)]
Tags = Annotated[tuple[Id, ...], BeforeValidator(_words)]
Clusters = Annotated[tuple[ClusterCell, ...], BeforeValidator(_clusters)]
Players = Annotated[tuple[PlayerCell, ...], BeforeValidator(_players)]
People = Annotated[tuple[PersonCell, ...], BeforeValidator(_people)]
HoursList = Annotated[tuple[HoursField, ...], BeforeValidator(parts_of)]


@dataclass(frozen=True, slots=True)
class HamletRow:
    """One hamlet. A small dataclass, for there are 90,000 of them in a province."""

    commune_id: Id
    commune_name: ShortLine
    hamlet_id: Id
    hamlet_name: ShortLine
    households: Number
    poor_households: Number = 0
    near_poor_households: Number = 0
    elderly_households: Number = 0
    no_smartphone_households: Number = 0
    head_name: ShortLine | None = None
    head_phone: Phone | None = None
    deputies: Members = ()
    tags: Tags = ()
    flyer_copies: Number | None = None
    point: PointField | None = None
    loudspeakers: Clusters = ()
    players: Players = ()
    chat_group: ShortLine | None = None
    chat_platform: Id | None = None
    chat_agreed_on: Day | None = None
    chat_address: ShortLine | None = None

    def player_of(self, cluster: str) -> str | None:
        """Return what this row says plays in a cluster; None when it says nothing of that."""
        named = {cell.cluster: cell.player for cell in self.players}
        return named.get(cluster, named.get(None))


#: Reads a hamlet's row from its cells.
HAMLET_ROW: TypeAdapter[HamletRow] = TypeAdapter(HamletRow)


class CommuneRow(Strict):
    """What a commune's hamlets share; what is not given stays as it was."""

    commune_id: Id
    commune_name: ShortLine | None = None
    office: ShortLine | None = None
    phone: Phone | None = None
    address: ShortLine | None = None
    station_hours: HoursList = ()
    sessions_per_day: Annotated[Whole | None, BeforeValidator(_number), Field(ge=1, le=48)] = None
    minutes_per_session: Annotated[Whole | None, BeforeValidator(_number), Field(ge=1, le=240)] = (
        None
    )
    chat_hours: HoursField | None = None
    print_point: ShortLine | None = None
    portal_name: ShortLine | None = None
    portal_url: Url | None = None
    heads_group: ShortLine | None = None
    heads_platform: Id | None = None
    heads_address: ShortLine | None = None
    submitters: People = ()
    approvers: People = ()
    confirmers: People = ()
    escalation: Escalation | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        hours = sorted(self.station_hours, key=lambda one: one.start)
        for earlier, later in itertools.pairwise(hours):
            if later.start <= earlier.end:
                message = _("these hours overlap with {start}-{end}")
                raise MisplacedError(
                    "station_hours",
                    message.format(start=f"{earlier.start:%H:%M}", end=f"{earlier.end:%H:%M}"),
                )
        fault = next((words for _place, words in misordered(self.escalation or ())), "")
        if fault:
            raise MisplacedError("escalation", fault)
        return self


class MisplacedError(ValueError):
    """A fault of several cells, told at the column ``key``."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Fault(NamedTuple):
    """One fault of a row, at the column ``key``."""

    key: str
    message: str


def doubts_about(row: HamletRow) -> list[Fault]:
    """Return the faults of a hamlet's row that no cell shows alone."""
    found = []
    poor, near = row.poor_households, row.near_poor_households
    if poor + near > row.households:
        message = _(
            "{poor} poor and {near} near-poor households are more than the {all} households"
        )
        found.append(Fault("households", message.format(poor=poor, near=near, all=row.households)))
    for key in ("elderly_households", "no_smartphone_households"):
        if getattr(row, key) > row.households:
            message = _("{found} are more than the {all} households")
            message = message.format(found=getattr(row, key), all=row.households)
            found.append(Fault(key, message))
    if row.head_phone and not row.head_name:
        message = _("found {found}, but nobody's name; write the head's name too")
        found.append(Fault("head_phone", message.format(found=shown(row.head_phone))))
    for key in ("chat_platform", "chat_agreed_on", "chat_address"):
        if getattr(row, key) and not row.chat_group:
            message = _("found {found}, but no chat group; write the group's name too")
            found.append(Fault(key, message.format(found=shown(str(getattr(row, key))))))
    heard = {cell.id for cell in row.loudspeakers}
    named = [cell.cluster for cell in row.players]
    for cluster in dict.fromkeys(named):
        if cluster and heard and cluster not in heard:
            found.append(Fault("players", unknown(_("cluster"), cluster, heard)))
        if named.count(cluster) > 1:
            message = _("found two players for {cluster}; one is allowed")
            found.append(Fault("players", message.format(cluster=cluster or _("all clusters"))))
    if row.chat_group and row.chat_platform == "telegram" and not row.chat_address:
        message = _("a group sent by telegram needs its address (the chat's id)")
        found.append(Fault("chat_address", message))
    elif (
        row.chat_group
        and row.chat_platform == "telegram"
        and TelegramAddress.of(row.chat_address or "") is None
    ):
        message = _(
            "found {found}; a Telegram chat id is allowed, such as -1001234567890, with a "
            "topic -1001234567890/15"
        )
        found.append(Fault("chat_address", message.format(found=row.chat_address)))
    return found
