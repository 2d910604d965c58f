"""Contents: a campaign's words for each channel and hamlet, made once per distinct wording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from campaigns.templating import Template, compile_template, values_for
from channels.base import Channel, Options
from channels.pages import permalink_of
from engine.models import (
    Campaign,
    Content,
    Correction,
    Hamlet,
    HouseholdGroup,
    Purpose,
    Registry,
    digest,
)
from engine.models.correction import WITHDRAWAL_HOLDS, withdrawn_body, withdrawn_title
from engine.models.drill import said_as_drill, titled_as_drill
from engine.models.facts import Facts
from engine.models.marks import unmarked
from engine.planner.said import Gist, Words, words_of
from engine.planner.sections import (
    settled,
    takes_attachments,
    takes_facts,
    takes_marks,
    texts_in,
    titled,
    to_withdraw,
)


def audience(campaign: Campaign, registry: Registry) -> tuple[Hamlet, ...]:
    """Return the hamlets a campaign is for, in the registry's order.

    Ids and tags add up; a hamlet without any household of the wanted group is left out.
    """
    wanted = campaign.audience
    chosen = (hamlet for hamlet in registry.hamlets if wanted.includes(hamlet))
    if wanted.households is HouseholdGroup.ALL:
        return tuple(chosen)
    return tuple(hamlet for hamlet in chosen if hamlet.households_of(wanted.households) > 0)


@dataclass(frozen=True, slots=True)
class Composed:
    """A content with its hash; ``needs`` are the hashes of the contents it builds on."""

    hash: str
    content: Content
    needs: Mapping[str, str]


class Composer:
    """Fills a campaign's texts in; hamlets with the same values share one Content."""

    def __init__(
        self, campaign: Campaign, registry: Registry, channels: Mapping[str, Channel]
    ) -> None:
        self._campaign = campaign
        self._registry = registry
        self._channels = channels
        self._differing = {"hamlet"}.union(*campaign.hamlet_values.values())
        self._templates = {
            name: compile_template(campaign.body if section.text is None else section.text)
            for name, section in campaign.sections.items()
        }
        self._facts = {
            line: compile_template(line)
            for _name, lines in campaign.facts.named()
            for line in lines
        }
        self._texts = {
            text: compile_template(text)
            for section in campaign.sections.values()
            for text in texts_in(section).values()
        }
        self._names = {
            name: template.names.union(*self._names_of_facts(name), *self._names_of_texts(name))
            for name, template in self._templates.items()
        }
        self._frames: dict[str, Composed] = {}
        self._bodies: dict[tuple[str, object], str] = {}
        self._contents: dict[tuple[str, object], Composed] = {}
        self._joined: dict[tuple[str, ...], Composed] = {}
        self._words: dict[str, Words] = {}
        self._corrected: dict[tuple[str, Correction], Composed] = {}
        self._withdrawn: dict[tuple[str, Correction], Composed] = {}

    def content(self, channel: str, hamlet: Hamlet) -> Composed:
        """Return one channel's words for one hamlet. The hash covers what the channel needs.

        Raises TemplateError when a variable has no value.
        """
        own = self._own(channel, hamlet)
        needed = {
            need: self.content(need, hamlet).hash
            for need in self._channels[channel].needs
            if need in self._campaign.sections
        }
        if not needed:
            return own
        key = (own.hash, *needed.values())
        if key not in self._joined:
            self._joined[key] = Composed(digest(own.hash, needed), own.content, needed)
        return self._joined[key]

    def says(self, told: Words, channel: str, hamlet: Hamlet) -> bool:
        """Say whether a hamlet that was told ``told`` on a channel is told nothing else now."""
        return told.same(self._words_of(channel, hamlet), lambda: self._message(hamlet))

    def agrees(self, told: Words, hamlet: Hamlet) -> bool:
        """Say whether what a hamlet was told is within the campaign's own text there."""
        return told.gist.within(self._message(hamlet))

    def _words_of(self, channel: str, hamlet: Hamlet) -> Words:
        composed = self.content(channel, hamlet)
        if composed.hash not in self._words:
            needed = {need: self._words_of(need, hamlet) for need in composed.needs}
            self._words[composed.hash] = words_of(composed.content, needed)
        return self._words[composed.hash]

    def _message(self, hamlet: Hamlet) -> Gist:
        """Return the campaign's own text in a hamlet, whether or not a channel says it."""
        campaign = self._campaign
        title, body = campaign.title, self._body(compile_template(campaign.body), hamlet, hamlet.id)
        if campaign.drill:
            title, body = titled_as_drill(title), said_as_drill(body)

        def filled(line: str) -> str:
            return self._fact(line, hamlet, hamlet.id)

        return Gist.of(title, body, campaign.contact, campaign.facts.each(filled))

    def corrected(self, plain: Composed, told: Correction) -> Composed:
        """Return the same words as a correction for those who know what ``told`` names.

        Files that it comes with are the plain ones.
        """
        key = (plain.hash, told)
        if key not in self._corrected:
            correction = replace(told, words=plain.hash)
            content = replace(plain.content, purpose=Purpose.CORRECTION, correction=correction)
            named = digest(plain.hash, correction)
            self._corrected[key] = Composed(named, content, plain.needs)
        return self._corrected[key]

    def withdrawn(self, channel: str, told: Correction) -> Composed:
        """Return what takes back, on one channel, what ``told`` names: the same everywhere."""
        key = (channel, told)
        if key not in self._withdrawn:
            content = self._taken_back(channel, told)
            self._withdrawn[key] = Composed(digest(content), content, {})
        return self._withdrawn[key]

    def _taken_back(self, channel: str, correction: Correction) -> Content:
        campaign = self._campaign
        content = Content(
            campaign_id=campaign.id,
            channel=channel,
            title=withdrawn_title(correction),
            issuer=campaign.issuer,
            priority=campaign.urgency,
            purpose=Purpose.WITHDRAWAL,
            body=withdrawn_body(correction, here=not correction.withdraws),
            contact=unmarked(campaign.contact),
            valid_from=None,
            valid_until=max(campaign.valid_until, correction.at + WITHDRAWAL_HOLDS),
            households=campaign.audience.households,
            permalink=f"{self._registry.portal.url}/{campaign.id}/",
            options=to_withdraw(
                self._channels[channel], campaign.sections.get(channel), correction
            ),
            schedule=campaign.schedule,
            drill=campaign.drill,
            ends=campaign.all_clear,
            correction=correction,
        )
        return replace(content, options=settled(content, self._registry))

    def _own(self, channel: str, hamlet: Hamlet) -> Composed:
        template = self._templates[channel]
        differences = self._differences(self._names[channel], hamlet)
        key = (channel, differences)
        if key not in self._contents:
            frame, body = self._frame(channel), self._body(template, hamlet, differences)
            body = said_as_drill(body) if self._campaign.drill else body
            body = body if takes_marks(self._campaign.sections[channel]) else unmarked(body)
            facts = self._facts_in(channel, hamlet, differences)
            settings = self._settings(channel, hamlet, differences)
            self._contents[key] = self._filled(frame, body, facts, settings)
        return self._contents[key]

    def _filled(self, frame: Composed, body: str, facts: Facts, settings: BaseModel) -> Composed:
        """Return the content with its body, and its settings as they hold in this commune."""
        content = replace(frame.content, body=body, facts=facts, options=settings)
        own = digest(frame.hash, body, facts) if facts else digest(frame.hash, body)
        options = settled(content, self._registry)
        if options == frame.content.options:
            return Composed(own, content, {})
        return Composed(digest(own, options), replace(content, options=options), {})

    def _facts_in(self, channel: str, hamlet: Hamlet, differences: object) -> Facts:
        """Fill in what the message comes down to, for a channel that shows it."""
        if not takes_facts(self._campaign.sections[channel]):
            return Facts()

        def filled(line: str) -> str:
            return self._fact(line, hamlet, differences)

        return self._campaign.facts.each(filled)

    def _fact(self, line: str, hamlet: Hamlet, differences: object) -> str:
        return unmarked(" ".join(self._body(self._facts[line], hamlet, differences).split()))

    def _names_of_facts(self, channel: str) -> Iterable[frozenset[str]]:
        if takes_facts(self._campaign.sections[channel]):
            return [template.names for template in self._facts.values()]
        return []

    def _settings(self, channel: str, hamlet: Hamlet, differences: object) -> BaseModel:
        """Return a channel's settings with their texts filled in."""
        section = self._campaign.sections[channel]
        if not isinstance(section.options, Options):
            return section.options
        texts = section.options.texts()
        return section.options.with_texts(
            {
                path: unmarked(self._body(self._texts[text], hamlet, differences))
                for path, text in texts.items()
            }
        )

    def _names_of_texts(self, channel: str) -> Iterable[frozenset[str]]:
        texts = texts_in(self._campaign.sections[channel])
        return [self._texts[text].names for text in texts.values()]

    def _differences(self, used: frozenset[str], hamlet: Hamlet) -> object:
        """Return what sets this hamlet's wording apart; the same for all if nothing does."""
        names = used & self._differing
        if not names:
            return None
        if "hamlet" in names:
            return hamlet.id
        values = self._campaign.hamlet_values.get(hamlet.id, {})
        return repr(sorted((name, values[name]) for name in names if name in values))

    def _body(self, template: Template, hamlet: Hamlet, differences: object) -> str:
        """Fill a text in; channels that take the campaign's own text share what comes of it."""
        key = (template.source, differences)
        if key not in self._bodies:
            campaign = self._campaign
            values: Mapping[str, Any] = values_for(
                campaign.variables, campaign.hamlet_values, hamlet, self._registry.commune
            )
            self._bodies[key] = template.render(values)
        return self._bodies[key]

    def _frame(self, channel: str) -> Composed:
        """Return a channel's content without its body: all that its hamlets have in common."""
        if channel not in self._frames:
            content = self._without_body(channel)
            self._frames[channel] = Composed(digest(content), content, {})
        return self._frames[channel]

    def _without_body(self, channel: str) -> Content:
        campaign, section = self._campaign, self._campaign.sections[channel]
        return Content(
            campaign_id=campaign.id,
            channel=channel,
            title=titled(campaign, section),
            issuer=campaign.issuer,
            priority=campaign.urgency,
            purpose=campaign.purpose,
            body="",
            contact=campaign.contact if takes_marks(section) else unmarked(campaign.contact),
            valid_from=campaign.valid_from,
            valid_until=campaign.valid_until,
            households=campaign.audience.households,
            permalink=permalink_of(self._channels, self._registry, campaign.id),
            options=section.options,
            schedule=campaign.schedule,
            own_schedule=section.schedule,
            attachments=campaign.attachments if takes_attachments(section) else (),
            recording=section.recording,
            drill=campaign.drill,
            ends=campaign.all_clear,
        )
