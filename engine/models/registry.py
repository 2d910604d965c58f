"""The registry (danh bạ địa bàn): a commune's hamlets, stations, groups, teams and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property

from engine.models.escalation import Steps
from engine.models.obligation import Obligation
from engine.models.station import Hours, StationRules


class Right(StrEnum):
    """What a person may do in Loa."""

    SUBMIT = "submit"
    APPROVE = "approve"
    CONFIRM = "confirm"


class GroupKind(StrEnum):
    """Whom a chat group joins: the commune with its hamlet heads, or a hamlet's households.

    ``FOLLOWERS`` is no group: whoever follows the commune's account, wherever he lives.
    """

    HEADS = "heads"
    HAMLET = "hamlet"
    FOLLOWERS = "followers"


class HouseholdGroup(StrEnum):
    """Which households of a hamlet a campaign is for."""

    ALL = "all"
    POOR = "poor"
    NEAR_POOR = "near_poor"
    POOR_AND_NEAR_POOR = "poor_and_near_poor"
    ELDERLY = "elderly"
    NO_SMARTPHONE = "no_smartphone"


#: Households that a member of a team visits on a day where the registry does not say: two hours
#: after work, at a quarter of an hour each. A setting, no rule.
VISITS_PER_DAY = 8

#: What plays where nobody says otherwise: a folder in the outbox. It is always there.
USUAL_PLAYER = "folder"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in the registry. Personal data: kept in a purgeable, encrypted table.

    ``zalo`` is what Zalo calls him, where he writes in groups of the commune's account.
    """

    id: str
    name: str
    phone: str = ""
    role: str = ""
    rights: frozenset[Right] = frozenset()
    zalo: str = ""


@dataclass(frozen=True, slots=True)
class Commune:
    """The unit that owns a station, a portal and a registry (xã)."""

    id: str
    name: str
    province: str
    office: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place on the map, in degrees (WGS 84): latitude north, longitude east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Hamlet:
    """The smallest unit reached and reported on (ấp, thôn, tổ dân phố).

    ``flyer_copies`` is how many flyers go there when a campaign does not say otherwise;
    ``head`` is a person's id, and so are ``deputies``, who may speak for the head. ``point`` is
    where reports draw it. Elderly households are those in which old people live alone.
    """

    id: str
    name: str
    households: int
    poor_households: int = 0
    near_poor_households: int = 0
    head: str | None = None
    tags: frozenset[str] = frozenset()
    flyer_copies: int = 0
    deputies: tuple[str, ...] = ()
    elderly_households: int = 0
    no_smartphone_households: int = 0
    point: MapPoint | None = None

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who may say that the hamlet was told: its head, then the deputies."""
        return ((self.head,) if self.head else ()) + self.deputies

    def households_of(self, group: HouseholdGroup) -> int:
        """Return how many households of the hamlet belong to ``group``."""
        return {
            HouseholdGroup.ALL: self.households,
            HouseholdGroup.POOR: self.poor_households,
            HouseholdGroup.NEAR_POOR: self.near_poor_households,
            HouseholdGroup.POOR_AND_NEAR_POOR: self.poor_households + self.near_poor_households,
            HouseholdGroup.ELDERLY: self.elderly_households,
            HouseholdGroup.NO_SMARTPHONE: self.no_smartphone_households,
        }[group]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Loudspeakers that play together: the loudspeaker channel's target.

    ``player`` is the name of what plays there, one of the workspace's players.
    """

    id: str
    hamlets: tuple[str, ...]
    place: str = ""
    volume_group: str = ""
    player: str = USUAL_PLAYER


@dataclass(frozen=True, slots=True)
class ChatGroup:
    """A group on a messaging platform.

    ``backend`` is how Loa reaches it: ``kit`` (a person forwards by hand), ``telegram``,
    ``zalo`` (a group that the Official Account made), ``zalo_article`` (its followers),
    ``zalo_bot`` or ``apprise``. ``address`` is the group's id on its platform, for ``apprise``
    the name of a secret address in the settings. ``agreed_on`` is the day on which the
    community agreed to be told through this group (Luật 10/2022/QH15, Điều 13 khoản 4).
    """

    id: str
    name: str
    platform: str
    backend: str
    kind: GroupKind
    hamlets: tuple[str, ...]
    run_by: str | None = None
    agreed_on: date | None = None
    address: str = ""


#: Before a person's id in the target of what goes to him alone. No id that people write holds
#: two hyphens in a row.
PRIVATE = "rieng--"


def private_target(person_id: str) -> str:
    """Return the target of what somebody at the commune hands to one person alone."""
    return f"{PRIVATE}{person_id}"


@dataclass(frozen=True, slots=True)
class Team:
    """People who go from door to door (tổ công nghệ số cộng đồng, đội IT Xanh). Ids of people.

    ``visits_per_day`` is how many households each member can visit on a day, at a quarter of an
    hour each.
    """

    id: str
    name: str
    members: tuple[str, ...]
    hamlets: tuple[str, ...]
    visits_per_day: int = VISITS_PER_DAY


@dataclass(frozen=True, slots=True)
class PrintPoint:
    """Where flyers are printed and handed to the hamlets: the flyer channel's target."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What the commune's printed official documents have in common; empty where nothing is said.

    ``superior`` stands above the issuing office, ``place`` before the date; ``signed_for``,
    ``title`` and ``name`` at the end, ``recipients`` beside them.
    """

    superior: str = ""
    place: str = ""
    signed_for: str = ""
    title: str = ""
    name: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Portal:
    """The commune's web portal; ``url`` is the public address, without a final slash."""

    id: str
    name: str
    url: str


@dataclass(frozen=True)
class Registry:
    """One numbered state of a commune's registry.

    ``pronounce`` maps what is written to how it is said aloud here: the commune's lexicon.
    ``obligations`` are its own rules about what laws ask of a message. ``escalation`` is what
    is done when nobody passes on what a campaign says, where the campaign does not say itself.
    """

    commune: Commune
    hamlets: tuple[Hamlet, ...]
    people: tuple[Person, ...]
    clusters: tuple[Cluster, ...]
    chat_groups: tuple[ChatGroup, ...]
    teams: tuple[Team, ...]
    print_point: PrintPoint
    portal: Portal
    station: StationRules
    chat_hours: Hours = field(default=Hours(time(6, 0), time(21, 0)))
    pronounce: Mapping[str, str] = field(default_factory=dict)
    obligations: tuple[Obligation, ...] = ()
    signature: Signature = Signature()
    escalation: Steps = ()

    @cached_property
    def hamlets_by_id(self) -> dict[str, Hamlet]:
        return {hamlet.id: hamlet for hamlet in self.hamlets}

    @cached_property
    def people_by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    def chat_group(self, target: str) -> ChatGroup | None:
        """Return a group by its id; for one person alone, what stands for a group."""
        if target.startswith(PRIVATE):
            person_id = target.removeprefix(PRIVATE)
            person = self.people_by_id.get(person_id)
            name = person.name if person is not None else person_id
            return ChatGroup(
                target, name, "truc-tiep", "kit", GroupKind.HAMLET, (), run_by=person_id
            )
        return next((group for group in self.chat_groups if group.id == target), None)

    def seconds(self, hamlet: Hamlet) -> tuple[str, ...]:
        """Return who is asked after a hamlet's head: deputies, then who runs the hamlet's group."""
        running = (
            group.run_by
            for group in self.chat_groups_by_hamlet.get(hamlet.id, ())
            if group.kind is GroupKind.HAMLET and group.run_by
        )
        found = dict.fromkeys((*hamlet.deputies, *running))
        known = self.people_by_id
        return tuple(one for one in found if one != hamlet.head and one in known)

    @cached_property
    def targets(self) -> frozenset[str]:
        """Every place that it names to act at, by its id."""
        return frozenset(
            (
                *(cluster.id for cluster in self.clusters),
                *(group.id for group in self.chat_groups),
                *(team.id for team in self.teams),
                self.portal.id,
                self.print_point.id,
            )
        )

    @cached_property
    def clusters_by_hamlet(self) -> dict[str, tuple[Cluster, ...]]:
        """Clusters heard in each hamlet, in the registry's order."""
        found: dict[str, tuple[Cluster, ...]] = {}
        for cluster in self.clusters:
            for hamlet in cluster.hamlets:
                found[hamlet] = (*found.get(hamlet, ()), cluster)
        return found

    @cached_property
    def chat_groups_by_hamlet(self) -> dict[str, tuple[ChatGroup, ...]]:
        """Groups through which each hamlet is told, in the registry's order."""
        found: dict[str, tuple[ChatGroup, ...]] = {}
        for group in self.chat_groups:
            for hamlet in group.hamlets:
                found[hamlet] = (*found.get(hamlet, ()), group)
        return found
