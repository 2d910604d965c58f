"""Faults and warnings of a registry file that its shape alone does not show."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator

from campaigns.escalation_checks import registry_faults
from campaigns.faults import MAX_PROBLEMS, unknown
from campaigns.fields import ID_PATTERN
from campaigns.registry_fields import EVERY
from campaigns.registry_schema import NamedSpec, RegistrySpec
from campaigns.sound import Cuts
from campaigns.source import Source
from campaigns.tree import Path
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import GroupKind, Registry, Right
from engine.models.telegram_address import TelegramAddress
from engine.models.wording import right_name


def refers(named: NamedSpec) -> bool:
    """Say whether somebody is named by an id of ``people`` and not written out."""
    return (
        named.phone is None
        and named.zalo is None
        and re.fullmatch(ID_PATTERN, named.name) is not None
    )


def faults_of(
    spec: RegistrySpec, source: Source, cuts: Cuts, players: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong between the values: ids used twice, unknown references, sums.

    ``cuts`` are the values whose own faults are known: nothing is judged by them. ``players``
    are the names of what can play, where they are known.
    """
    checks = (
        _repeated,
        _unknown_hamlets,
        _unknown_clusters,
        _unknown_people,
        _overlaps,
        _counts,
        _groups,
        _flyers,
        _obligations,
        registry_faults,
    )
    found = [check(spec, source, cuts) for check in checks]
    if players is not None:
        found.append(_unknown_players(spec, source, players))
    return tuple(problem for one in found for problem in itertools.islice(one, MAX_PROBLEMS))


def _repeated(spec: RegistrySpec, source: Source, _cuts: Cuts) -> Iterator[Problem]:
    named: list[tuple[str, Path]] = [
        (person.id, ("people", index, "id")) for index, person in enumerate(spec.people)
    ]
    named += _written_out(spec)
    lists: list[list[tuple[str, Path]]] = [
        named,
        [(one.id, ("hamlets", index, "id")) for index, one in enumerate(spec.hamlets)],
        [(one.id, ("loudspeakers", index, "id")) for index, one in enumerate(spec.loudspeakers)],
        [(one.id, ("chat", "groups", i, "id")) for i, one in enumerate(spec.chat.groups)],
        [(one.id, ("teams", index, "id")) for index, one in enumerate(spec.teams)],
    ]
    for ids in lists:
        first: dict[str, Path] = {}
        for name, path in ids:
            other = first.setdefault(name, path)
            if other != path:
                line = source.root.mark_of(source.written(other)).line
                message = _('the id "{name}" is already used on line {line}')
                yield source.problem(path, message.format(name=name, line=line))


def _written_out(spec: RegistrySpec) -> list[tuple[str, Path]]:
    """Return the ids that people get who are written out where they serve."""
    found: list[tuple[str, Path]] = []
    for index, hamlet in enumerate(spec.hamlets):
        if hamlet.head and not refers(hamlet.head):
            found.append((f"{hamlet.id}-head", ("hamlets", index, "head")))
    for index, team in enumerate(spec.teams):
        for number, member in enumerate(team.members):
            if not refers(member):
                found.append((f"{team.id}-{number + 1}", ("teams", index, "members", number)))
    return found


def _given_ids(source: Source, part: str) -> frozenset[str] | None:
    """Return the ids in a list, those of faulty entries too; None where there is no list."""
    node = source.root.child(part)
    if node is None:
        return frozenset()
    if not isinstance(node.value, list):
        return None
    ids = (entry.child("id") for entry in node.value)
    return frozenset(str(one.value) for one in ids if one is not None and one.value is not None)


def _unknown_hamlets(spec: RegistrySpec, source: Source, _cuts: Cuts) -> Iterator[Problem]:
    known = _given_ids(source, "hamlets")
    lists: list[tuple[Path, tuple[str, ...]]] = [
        *((("loudspeakers", i), one.hamlets) for i, one in enumerate(spec.loudspeakers)),
        *((("chat", "groups", i), one.hamlets) for i, one in enumerate(spec.chat.groups)),
        *((("teams", i), one.hamlets) for i, one in enumerate(spec.teams)),
    ]
    if not known:
        return
    for path, hamlets in lists:
        for index, name in enumerate(hamlets):
            if name not in known and hamlets != (EVERY,):
                message = unknown(_("hamlet"), name, known)
                yield source.problem((*path, "hamlets", index), message)


def _unknown_clusters(spec: RegistrySpec, source: Source, _cuts: Cuts) -> Iterator[Problem]:
    known = _given_ids(source, "loudspeakers")
    if not known:
        return
    for index, quiet in enumerate(spec.station.quiet):
        for place, name in enumerate(quiet.clusters):
            if name not in known:
                path: Path = ("station", "quiet", index, "clusters", place)
                yield source.problem(path, unknown(_("cluster"), name, known))


def _obligations(spec: RegistrySpec, source: Source, cuts: Cuts) -> Iterator[Problem]:
    for index, rule in enumerate(spec.obligations):
        path: Path = ("obligations", index, "clauses")
        if rule.clauses[0] > rule.clauses[-1] and not cuts.below(path):
            message = _("clauses are {first} to {last}: write the first, then the last")
            message = message.format(first=rule.clauses[0], last=rule.clauses[-1])
            yield source.problem(path, message)


def _unknown_players(
    spec: RegistrySpec, source: Source, players: Collection[str]
) -> Iterator[Problem]:
    for index, cluster in enumerate(spec.loudspeakers):
        if cluster.player not in players:
            message = unknown_player(cluster.player, players)
            yield source.problem(("loudspeakers", index, "player"), message)


def unknown_player(name: str, players: Collection[str]) -> str:
    """Say that nothing that can play is called ``name``, and where it would be set."""
    message = _("{fault}; players are set in loa.toml: [players.{name}]")
    return message.format(fault=unknown(_("player"), name, players), name=name)


def _unknown_people(spec: RegistrySpec, source: Source, cuts: Cuts) -> Iterator[Problem]:
    listed = _given_ids(source, "people")
    if listed is None:
        return
    anybody = listed | {name for name, _path in _written_out(spec)}
    serving_is_known = not cuts.touch("hamlets", "teams")
    named: list[tuple[Path, str, Iterable[str]]] = [
        *(
            (("hamlets", i, "head"), one.head.name, listed)
            for i, one in enumerate(spec.hamlets)
            if one.head and refers(one.head)
        ),
        *(
            (("hamlets", i, "deputies", number), deputy, listed)
            for i, one in enumerate(spec.hamlets)
            for number, deputy in enumerate(one.deputies)
        ),
        *(
            (("chat", "groups", i, "run_by"), one.run_by, anybody)
            for i, one in enumerate(spec.chat.groups)
            if one.run_by and serving_is_known
        ),
        *(
            (("teams", i, "members", number), member.name, listed)
            for i, one in enumerate(spec.teams)
            for number, member in enumerate(one.members)
            if refers(member)
        ),
    ]
    for path, name, known in named:
        if name not in known:
            yield source.problem(path, unknown(_("person"), name, known))


def _overlaps(spec: RegistrySpec, source: Source, _cuts: Cuts) -> Iterator[Problem]:
    hours = sorted(enumerate(spec.station.hours), key=lambda pair: pair[1].start)
    for (_before, earlier), (index, later) in itertools.pairwise(hours):
        if later.start <= earlier.end:
            message = _("these hours overlap with {start}-{end}")
            message = message.format(start=f"{earlier.start:%H:%M}", end=f"{earlier.end:%H:%M}")
            yield source.problem(("station", "hours", index), message)


def _counts(spec: RegistrySpec, source: Source, _cuts: Cuts) -> Iterator[Problem]:
    for index, one in enumerate(spec.hamlets):
        poor, near = one.poor_households, one.near_poor_households
        if poor + near > one.households:
            message = _(
                "{poor} poor and {near} near-poor households are more than the {all} households"
            )
            message = message.format(poor=poor, near=near, all=one.households)
            yield source.problem(("hamlets", index), message)
        for key in ("elderly_households", "no_smartphone_households"):
            if getattr(one, key) > one.households:
                message = _("{found} are more than the {all} households")
                message = message.format(found=getattr(one, key), all=one.households)
                yield source.problem(("hamlets", index, key), message)


def _groups(spec: RegistrySpec, source: Source, cuts: Cuts) -> Iterator[Problem]:
    for index, group in enumerate(spec.chat.groups):
        path: Path = ("chat", "groups", index)
        unsure = cuts.keys_of(source.written(path)) & {"backend", "address"}
        if group.sent_by() == "telegram" and not group.address and not unsure:
            message = _("a group sent by telegram needs its address (the chat's id)")
            yield source.problem(path, message)
        elif group.sent_by() == "telegram" and not unsure and not _on_telegram(group.address):
            message = _(
                "found {found}; a Telegram chat id is allowed, such as -1001234567890, with a "
                "topic -1001234567890/15"
            )
            yield source.problem((*path, "address"), message.format(found=group.address))
        if group.sent_by() == "zalo" and not group.address and not unsure:
            message = _("a group sent by zalo needs its address (loa zalo groups lists the ids)")
            yield source.problem(path, message)
        if group.sent_by() == "zalo_bot" and not group.address and not unsure:
            message = _(
                "a group sent by zalo_bot needs its address (loa chat heard zalo_bot lists the ids)"
            )
            yield source.problem(path, message)
        articles = group.sent_by() == "zalo_article"
        if articles != (group.kind is GroupKind.FOLLOWERS) and not unsure:
            message = _("kind followers and backend zalo_article go together, never one alone")
            yield source.problem(path, message)


def _on_telegram(address: str | None) -> bool:
    return TelegramAddress.of(address or "") is not None


def _flyers(_spec: RegistrySpec, source: Source, _cuts: Cuts) -> Iterator[Problem]:
    if {"copies", "copies_per_household"} <= source.keys_at(("flyers",)):
        yield source.problem(("flyers",), _("give either copies_per_household or copies"))


def warnings_of(registry: Registry, source: Source) -> tuple[Problem, ...]:
    """Return what is allowed but leaves somebody out."""
    groups = {
        hamlet
        for group in registry.chat_groups
        if group.kind is GroupKind.HAMLET
        for hamlet in group.hamlets
    }
    found: list[Problem] = []
    for index, hamlet in enumerate(registry.hamlets):
        path: Path = ("hamlets", index)
        if hamlet.id not in registry.clusters_by_hamlet:
            found.append(source.problem(path, _("no loudspeaker is heard in this hamlet")))
        if hamlet.id not in groups:
            found.append(source.problem(path, _("no chat group reaches this hamlet's households")))
    for index, group in enumerate(registry.chat_groups):
        if group.kind is GroupKind.HAMLET and group.agreed_on is None:
            message = _("agreed_on is missing: the day on which the community agreed to this group")
            found.append(source.problem(("chat", "groups", index), message))
    for right in (Right.SUBMIT, Right.APPROVE):
        if not any(right in person.rights for person in registry.people):
            message = _("nobody has the right: {right}").format(right=right_name(right))
            found.append(source.problem(("people",), message))
    return tuple(sorted(found))
