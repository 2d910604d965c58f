"""What a cover's page knows and does: all of it blocking, so all of it in threads."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.flyer.handout import Handout, handout_in
from channels.flyer.options import speaking
from engine.app import App, Communes
from engine.app.handing_out import Count, Cover, word_of
from engine.app.linking import cover_mark
from engine.app.printing import sheaf_of
from engine.console.forms import ClosedError
from engine.dispatch.confirming import confirm
from engine.errors import LoaError
from engine.models import Evidence, Hamlet, Registry, Right
from engine.reports.handed import last_counts


@dataclass(frozen=True, slots=True)
class Part:
    """One hamlet's copies in a bundle: who may say so, and what was said of them."""

    hamlet: Hamlet
    copies: int
    people: tuple[tuple[str, str], ...]
    said: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class CoverPage:
    """What a cover's address shows. ``old``: why nothing can be said of it any more."""

    title: str
    heading: str
    product: str
    for_households: bool
    office: str
    phone: str
    until: datetime
    parts: tuple[Part, ...]
    names: dict[str, str]
    old: str = ""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What somebody sent with the form of one hamlet."""

    hamlet_id: str
    by: str
    count: Count


class CoverDesk:
    """Serves the covers of the communes that a workspace serves."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes

    def handout(self, mark: str, code: str) -> Handout:
        """Return what a signed code is of. Raises ClosedError when it opens nothing."""
        try:
            handout = handout_in(code)
        except LoaError:
            handout = None
        only = self._communes.only_id
        if handout is not None and only in (None, handout.commune):
            expected = cover_mark(self._communes.house.seal, handout.code)
            if secrets.compare_digest(expected.encode(), mark.encode()):
                return handout
        raise ClosedError

    def page(self, handout: Handout) -> CoverPage:
        """Return what the page shows. Raises ClosedError when it is over."""
        with self._opened(handout) as (app, registry, cover, until):
            share = cover.sheaf.shares[0]
            known = {hamlet_id: cover.share(hamlet_id) for hamlet_id, _count in handout.copies}
            own = next(filter(None, known.values()), share)
            names = {person.id: person.name for person in registry.people}
            return CoverPage(
                own.content.title,
                own.heading,
                cover.product.in_words,
                cover.product.for_households,
                registry.commune.office,
                registry.commune.phone,
                until,
                tuple(_parts(app, registry, cover)),
                names,
                _why_old(cover),
            )

    def take(self, handout: Handout, said: HandedOut) -> None:
        """Keep what somebody said. Raises LoaError for what cannot be, in words for him."""
        with self._opened(handout) as (app, registry, cover, _until):
            cover.check()
            hamlet = registry.hamlets_by_id.get(said.hamlet_id)
            members = _members(registry, said.hamlet_id) if hamlet is not None else ()
            word = word_of(cover, said.hamlet_id, said.count, said.by, also=members)
            confirm(app.ledger, registry, word, app.clock.now())

    @contextmanager
    def _opened(self, handout: Handout) -> Iterator[tuple[App, Registry, Cover, datetime]]:
        self._communes.reread()
        with self._communes.lent(handout.commune) as app:
            newest = app.ledger.registries.latest()
            registry = app.ledger.registries.load(newest) if newest else app.registry
            cover = Cover(handout, sheaf_of(app, handout.campaign))
            life = timedelta(days=app.settings.console.link_days)
            until = max(one.content.valid_until for one in cover.sheaf.shares) + life
            if app.clock.now() > until:
                raise ClosedError
            yield app, registry, cover, until


def _why_old(cover: Cover) -> str:
    try:
        cover.check()
    except LoaError as error:
        return str(error)
    return ""


def _parts(app: App, registry: Registry, cover: Cover) -> Iterator[Part]:
    """Yield each hamlet of a bundle with what was said of its copies so far."""
    handout = cover.handout
    deliveries = {
        row.id: row.hamlet_id
        for row in app.ledger.views.deliveries(handout.campaign)
        if row.channel == "flyer" and not row.replaced
    }
    evidence = last_counts(app.ledger.evidence.of(handout.campaign))
    for hamlet_id, copies in handout.copies:
        hamlet, share = registry.hamlets_by_id.get(hamlet_id), cover.share(hamlet_id)
        if hamlet is None or share is None:
            continue
        main = cover.product is speaking(share.content, share.hamlet)
        product = "" if main else cover.product
        said = tuple(
            piece
            for piece in evidence
            if deliveries.get(piece.delivery_id) == hamlet_id and piece.product == product
        )
        yield Part(hamlet, copies, tuple(_people(registry, hamlet)), said)


def _people(registry: Registry, hamlet: Hamlet) -> Iterator[tuple[str, str]]:
    """Yield who may say that a hamlet has its paper: those who hand it out come first."""
    entitled = (person.id for person in registry.people if Right.CONFIRM in person.rights)
    ids = (*hamlet.speakers, *_members(registry, hamlet.id), *entitled)
    people = registry.people_by_id
    for person_id in dict.fromkeys(ids):
        if person_id in people:
            yield person_id, people[person_id].name


def _members(registry: Registry, hamlet_id: str) -> tuple[str, ...]:
    """Return who is in a team that serves the hamlet: the cover that it was given permits it."""
    teams = (team for team in registry.teams if hamlet_id in team.hamlets)
    return tuple(dict.fromkeys(one for team in teams for one in team.members))
