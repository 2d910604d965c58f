"""What a chat bundle carries to its backend: ``messages.json``, and the files it names.

Backends know no registry, so whatever they must know of the group travels here.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from channels.base import ChannelError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models import Artifact, File, GroupKind, canonical_json

SHEET_NAME = "messages.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(_Frozen):
    """The group that is told; ``run_by`` is a name, empty when the registry knows nobody.

    ``person`` is the id of somebody who is told alone, by hand.
    """

    id: str
    name: str
    platform: str
    kind: GroupKind
    address: str
    run_by: str
    person: str = ""


class Part(_Frozen):
    """One message as it is sent; ``number`` counts the messages of its campaign from 1.

    ``amendment`` is which amendment of its campaign it tells, ``corrects`` the title of the
    message that it corrects; 0 and empty for a plain message.
    """

    campaign_id: str
    number: int
    text: str
    amendment: int = 0
    corrects: str = ""

    @property
    def id(self) -> str:
        return f"{self.campaign_id}-{self.number}"


class Enclosure(_Frozen):
    """A file of the artifact, and what to call it before people."""

    file: str
    label: str


class Sheet(_Frozen):
    """One bundle: every part in the order of sending, and what a person forwards with them."""

    group: Group
    office: str
    phone: str
    urgent: bool
    titles: tuple[str, ...]
    links: tuple[str, ...]
    parts: tuple[Part, ...]
    flyers: tuple[Enclosure, ...] = ()
    attachments: tuple[Enclosure, ...] = ()

    def to_file(self) -> File:
        return File.of_bytes(SHEET_NAME, "application/json", canonical_json(self))

    @classmethod
    def of_artifact(cls, artifact: Artifact) -> Sheet:
        """Read the sheet of an assembled bundle. Raises ChannelError if it cannot be read."""
        try:
            data = artifact.named(SHEET_NAME).read()
        except OSError as error:
            raise ChannelError(
                _("The artifact store cannot be read: {reason}").format(reason=os_reason(error))
            ) from error
        return cls.model_validate_json(data)
