"""What a row of a table of teams may hold, and how people are written in a cell."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from campaigns.fields import ID_PATTERN, Id, Phone, ShortLine, Strict, Whole, shown
from campaigns.registry_fields import EVERY, HamletIds
from engine.i18n import gettext as _

_SEPARATOR = re.compile(r"[;|\n]")
#: How a cell says that a team goes to every hamlet.
_ALL = frozenset({EVERY, "tất cả", "tat ca"})


class MemberCell(Strict):
    """Somebody who serves, written ``Giả An: 0900.000.031``; an id alone names a person known."""

    name: ShortLine
    phone: Phone | None = None

    @property
    def refers(self) -> bool:
        """Say whether it is the id of somebody who is written elsewhere."""
        return self.phone is None and re.fullmatch(ID_PATTERN, self.name) is not None

    def id_in(self, place: str, number: int) -> str:
        """Return the person's id: his own, else the ``number``-th of ``place``."""
        return self.name if self.refers else f"{place}-{number}"


def _members(cell: Any) -> Any:
    found = []
    for part in filter(None, (one.strip() for one in _SEPARATOR.split(str(cell)))):
        values = [one.strip() for one in part.split(":")]
        if len(values) > 2:
            message = _("found {found}; write name: phone, and semicolons between people")
            raise ValueError(message.format(found=shown(part)))
        found.append({key: one for key, one in zip(("name", "phone"), values, strict=False) if one})
    return found


def _hamlets(cell: Any) -> Any:
    text = " ".join(str(cell).split())
    if text.casefold() in _ALL:
        return (EVERY,)
    return [one for one in re.split(r"[;|,\s]+", text) if one]


def _number(cell: Any) -> Any:
    return int(cell) if isinstance(cell, str) and re.fullmatch(r"-?[0-9]{1,18}", cell) else cell


Members = Annotated[tuple[MemberCell, ...], BeforeValidator(_members)]


class TeamRow(Strict):
    """One team of a commune."""

    commune_id: Id
    team_id: Id
    team_name: ShortLine
    team_hamlets: Annotated[HamletIds, BeforeValidator(_hamlets)]
    members: Members = ()
    visits_per_day: Annotated[Whole | None, BeforeValidator(_number), Field(ge=1, le=100)] = None
