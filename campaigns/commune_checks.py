"""Faults of a commune's campaign: what it names that the registry does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from campaigns.checks import Check
from campaigns.faults import unknown
from campaigns.obligation_schema import rules_known
from campaigns.text_checks import Place
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Audience, Hamlet, HouseholdGroup, Obligation, Registry, Team


def named_hamlets(audience: Audience, registry: Registry) -> tuple[Hamlet, ...]:
    """Return the hamlets that an audience names by id or tag, in the registry's order."""
    if not audience.hamlets and not audience.tags:
        return registry.hamlets
    ids, tags = set(audience.hamlets), set(audience.tags)
    return tuple(h for h in registry.hamlets if h.id in ids or h.tags & tags)


def audience_hamlets(audience: Audience, registry: Registry) -> tuple[Hamlet, ...]:
    """Return the named hamlets that have households of the wanted group."""
    named = named_hamlets(audience, registry)
    if audience.households is HouseholdGroup.ALL:
        return named
    return tuple(hamlet for hamlet in named if hamlet.households_of(audience.households) > 0)


@dataclass(frozen=True, kw_only=True)
class CommuneCheck(Check):
    """A campaign file against one commune's registry."""

    registry: Registry

    @property
    def office(self) -> tuple[str, str]:
        return self.registry.commune.office, self.registry.commune.phone

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        return rules_known(self.registry.obligations)

    @property
    def teams(self) -> Collection[Team] | None:
        return self.registry.teams

    def _places(self) -> Iterator[Place]:
        for hamlet in self._hamlets():
            yield Place(hamlet, self.registry.commune, self.spec.hamlets, hamlet.name)

    def _names(self) -> Iterator[Problem]:
        hamlets = self.registry.hamlets_by_id
        tags = {tag for hamlet in self.registry.hamlets for tag in hamlet.tags}
        audience = self.spec.audience
        yield from self._unknown(_("hamlet"), ("audience", "hamlets"), audience.hamlets, hamlets)
        yield from self._unknown(_("tag"), ("audience", "tags"), audience.tags, tags)
        for key, named in (("communes", audience.communes), ("areas", audience.areas)):
            if named:
                message = _("only a province's campaign names {key}; write hamlets here")
                yield self.source.problem(("audience", key), message.format(key=key), at_key=True)
        told = {hamlet.id for hamlet in named_hamlets(self._audience(), self.registry)}
        for name in self.spec.hamlets:
            if name not in hamlets:
                message = unknown(_("hamlet"), name, hamlets)
                yield self.source.problem(("hamlets", name), message, at_key=True)
            elif name not in told and not self.cuts.touch("audience"):
                message = _("this hamlet is not in the audience, so it would not be told")
                yield self.source.problem(("hamlets", name), message, at_key=True)
        if not self._hamlets() and told:
            yield self.source.problem(("audience",), _("no hamlet has such households"))
        if not self.sections and not self.cuts.touch("channels"):
            yield self.source.problem(("channels",), _("no channel is in use"))
        yield from self._option_names()

    def _option_names(self) -> Iterator[Problem]:
        """Lists in a channel's own settings that are named like a part of the registry."""
        parts: dict[str, tuple[str, Iterable[str]]] = {
            "clusters": (_("cluster"), [cluster.id for cluster in self.registry.clusters]),
            "groups": (_("chat group"), [group.id for group in self.registry.chat_groups]),
            "teams": (_("team"), [team.id for team in self.registry.teams]),
        }
        for channel, section in self.sections.items():
            for part, (kind, known) in parts.items():
                names = getattr(section, part, None) or ()
                yield from self._unknown(kind, ("channels", channel, part), names, known)

    def _audience(self) -> Audience:
        audience = self.spec.audience
        return Audience(audience.hamlets, audience.tags, audience.households)

    def _hamlets(self) -> tuple[Hamlet, ...]:
        return audience_hamlets(self._audience(), self.registry)
