"""Joining the rendered messages of one bundle: each campaign once, hamlets named where needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from channels.base import ChannelError
from channels.chat.enclosures import enclosed, file_id
from channels.chat.platforms import Platform, platform_of
from channels.chat.sheet import Group, Part, Sheet
from channels.chat.splitting import split
from channels.chat.wording import Message, mark_of
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models import Artifact, Bundle, ChatGroup, File, Item, Priority, Purpose, Registry
from engine.models.registry import PRIVATE

_PARAGRAPH = "\n\n"

#: Ways of sending that take files beside the text.
_TAKES_FILES = frozenset({"apprise", "kit", "telegram", "zalo"})


@dataclass(frozen=True, slots=True)
class _Told:
    """Hamlets of one bundle that are told the same words."""

    message: Message
    hamlets: tuple[str, ...]

    @property
    def heading(self) -> str:
        return f"{', '.join(self.hamlets)}:"

    def names_itself(self, others: Collection[str], opening: str) -> bool:
        """Say whether the first words already name all its hamlets, and none of the ``others``.

        ``opening`` is what of its own stands before its text.
        """
        first = f"{opening}\n{self.message.body.partition(_PARAGRAPH)[0]}"
        return all(_has(first, name) for name in self.hamlets) and not any(
            _has(first, name) for name in others if name not in self.hamlets
        )


def assemble(bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
    """Return the messages of ``bundle``, and for those who take files the ones that go with them.

    The same items give the same bytes in whatever order they come. Raises ChannelError,
    permanent when the registry no longer knows the group or no item is left to say.
    """
    if not items:
        raise ChannelError(_("Nothing is left to say to this group."), permanent=True)
    group = group_of(bundle.target, registry)
    ordered = _in_order(items, registry)
    extras = enclosed(ordered) if bundle.backend in _TAKES_FILES else ()
    sheet = Sheet(
        group=described(group, registry),
        office=registry.commune.office,
        phone=registry.commune.phone,
        urgent=bundle.priority is Priority.EMERGENCY,
        titles=_unique(item.content.title for item in ordered),
        links=_unique(item.content.permalink for item in ordered if item.content.permalink),
        parts=tuple(_parts(ordered, group)),
        flyers=tuple(extra.enclosure for extra in extras if extra.is_flyer),
        attachments=tuple(extra.enclosure for extra in extras if not extra.is_flyer),
    )
    return Artifact((sheet.to_file(), *(extra.file for extra in extras)))


def group_of(target: str, registry: Registry) -> ChatGroup:
    """Return a group by its id. Raises ChannelError, permanent, when the registry has none."""
    group = registry.chat_group(target)
    if group is not None:
        return group
    raise ChannelError(
        _("The registry has no chat group {group}.").format(group=target), permanent=True
    )


def described(group: ChatGroup, registry: Registry) -> Group:
    """Return what a backend must know of a group."""
    person = registry.people_by_id.get(group.run_by or "")
    alone = group.id.removeprefix(PRIVATE) if group.id.startswith(PRIVATE) else ""
    return Group(
        id=group.id,
        name=group.name,
        platform=group.platform,
        kind=group.kind,
        address=group.address,
        run_by=person.name if person else "",
        person=alone,
    )


def _in_order(items: Sequence[Item], registry: Registry) -> list[Item]:
    """Most urgent first, then by campaign, then as the registry orders its hamlets."""
    place = {hamlet.id: index for index, hamlet in enumerate(registry.hamlets)}
    return sorted(
        items,
        key=lambda item: (
            item.content.priority.rank,
            item.content.campaign_id,
            item.content.purpose,
            place.get(item.hamlet.id, len(place)),
            item.hamlet.id,
            item.delivery_id,
        ),
    )


def _parts(ordered: Sequence[Item], group: ChatGroup) -> Iterator[Part]:
    platform = platform_of(group.platform)
    counts: dict[str, int] = {}
    for (campaign_id, _purpose), same in groupby(
        ordered, key=lambda item: (item.content.campaign_id, item.content.purpose)
    ):
        alike = list(same)
        told = alike[0].content.correction
        for text in _texts(alike, group, platform):
            counts[campaign_id] = counts.get(campaign_id, 0) + 1
            yield Part(
                campaign_id=file_id(campaign_id),
                number=counts[campaign_id],
                text=text,
                amendment=told.number if told else 0,
                corrects=told.previous_title if told else "",
            )


def _texts(items: Sequence[Item], group: ChatGroup, platform: Platform) -> tuple[str, ...]:
    """Return one campaign's messages; hamlets are named unless all the group's hear the same."""
    told = _told(items)
    asked = items[0].content.purpose is Purpose.REMINDER  # who is asked is always named
    everybody = not asked and {item.hamlet.id for item in items} >= set(group.hamlets)
    if len(told) == 1 and everybody:
        return told[0].message.parts_for(platform)
    return _joined(told, platform, always_named=asked)


def _told(items: Sequence[Item]) -> list[_Told]:
    same: dict[str, list[Item]] = {}
    for item in items:
        same.setdefault(item.file.sha256, []).append(item)
    return [
        _Told(_message(alike[0].file), _unique(item.hamlet.name for item in alike))
        for alike in same.values()
    ]


def _message(file: File) -> Message:
    try:
        return Message.from_json(file.read())
    except OSError as error:
        raise ChannelError(
            _("The artifact store cannot be read: {reason}").format(reason=os_reason(error))
        ) from error


def _joined(told: Sequence[_Told], platform: Platform, *, always_named: bool) -> tuple[str, ...]:
    """Return one message that says what is common once, and each differing text by hamlet.

    Unless ``always_named``, a text that begins by naming its hamlets has no heading that does.
    """
    named = [name for each in told for name in each.hamlets]
    openings = {each.message.opening for each in told}
    closings = {each.message.closing for each in told}
    sections = []
    for each in told:
        own = (
            each.message.opening if len(openings) > 1 else "",
            each.message.body,
            each.message.closing if len(closings) > 1 else "",
        )
        alone = not always_named and each.names_itself(named, own[0])
        said = _PARAGRAPH.join(filter(None, own))
        sections.append(said if alone else f"{each.heading}\n{said}")
    first = openings.pop() if len(openings) == 1 else ""
    last = closings.pop() if len(closings) == 1 else ""
    text = _PARAGRAPH.join(filter(None, (first, *sections)))
    return split(text, last, platform, mark_of(told[0].message.opening))


def _has(text: str, name: str) -> bool:
    """Say whether a text names something as a whole: Ấp 1 is not in Ấp 10."""
    plain, wanted = (unicodedata.normalize("NFC", one).casefold() for one in (text, name))
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain) is not None


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
