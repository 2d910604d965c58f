"""What a campaign file says of texts that differ on purpose, and faults of that."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated

from pydantic import Field

from campaigns.faults import unknown
from campaigns.fields import PlainLine, Strict
from campaigns.source import Source
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models.truth import OPTIONS

#: What an entry may name besides a channel in use.
FIELDS = ("title", "text", "contact", "facts", *OPTIONS)


class DiffersSpec(Strict):
    """A difference between the campaign's texts that its author means."""

    fact: Annotated[
        PlainLine,
        Field(description="Điều được nói khác: ngày, giờ, số tiền, điện thoại hoặc địa điểm."),
    ]
    in_: Annotated[
        PlainLine,
        Field(
            alias="in",
            description="Nói ở đâu: kênh (loudspeaker, flyer, portal, chat) hoặc title, text, "
            "contact, facts; lý do đính chính: reason, reason-second.",
        ),
    ]
    because: Annotated[PlainLine, Field(description="Vì sao khác; người duyệt thấy dòng này.")]
    instead_of: Annotated[
        PlainLine | None,
        Field(None, description="Điều các bản khác nói; đổi đi thì lời xác nhận hết hiệu lực."),
    ]


def unknown_places(
    source: Source, entries: tuple[DiffersSpec, ...], channels: Collection[str]
) -> Iterator[Problem]:
    """Yield each entry that names neither a channel in use nor a field of the campaign."""
    known = {*FIELDS, *channels}
    for index, entry in enumerate(entries):
        if entry.in_ not in known:
            message = unknown(_("channel or field"), entry.in_, known)
            yield source.problem(("differs", index, "in"), message)
