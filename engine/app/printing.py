"""Printing a campaign's run: which bundles there are, and what each holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from channels.flyer.inputs import inputs_for
from channels.flyer.jobs import MOST_SHEETS, Run, Share, Stack, copies_in, job_pdf, sheets_of
from channels.flyer.options import FlyerOptions, copies_of
from channels.flyer.products import Product
from engine.app.opening import App
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow
from engine.ledger.printings import Printed
from engine.models import Hamlet, Registry
from engine.models.hashing import digest
from engine.models.plan import Frozen
from engine.states import State

#: Whose words are final: they may be printed, and were, where a print point prints.
PRINTED = (State.SENT, State.CONFIRMED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants printed. Empty ``products``, ``hamlets``, ``team``: all there are.

    ``up`` 0 fills a sheet of A4. ``pages`` are the first and last sheet of each job. ``again``:
    also what was printed before and is the same; some pages of a job are always of all of it.
    """

    campaign_id: str
    products: tuple[Product, ...] = ()
    hamlets: tuple[str, ...] = ()
    team: str = ""
    by: Literal["hamlet", "team"] = "hamlet"
    jobs: Literal["bundle", "one"] = "bundle"
    up: int = 0
    covers: bool = True
    pages: tuple[int, int] | None = None
    again: bool = False

    @property
    def only_new(self) -> bool:
        return not self.again and self.pages is None


@dataclass(frozen=True, slots=True)
class Job:
    """One file for a printer; ``media`` is the paper's name (PWG 5101.1).

    ``pages`` are its first and last sheet where somebody asked for some of a job only; ``copies``
    of the product are in a whole job. ``again``: some of it was printed before. ``printed`` is
    what the ledger keeps of it.
    """

    name: str
    product: Product
    sheets: int
    media: str
    pdf: bytes
    copies: int = 0
    pages: tuple[int, int] | None = None
    again: bool = False
    printed: tuple[Printed, ...] = ()

    @property
    def in_words(self) -> str:
        """Say what it holds, for the audit trail."""
        name = self.name.removesuffix(".pdf")
        if self.pages is not None:
            message = _("{job}: sheets {first} to {last} again")
            return message.format(job=name, first=self.pages[0], last=self.pages[1])
        message = _("{job}: {copies} copies, {sheets} sheets")
        if self.again:
            message = _("{job}: {copies} copies, {sheets} sheets, printed again")
        return message.format(job=name, copies=self.copies, sheets=self.sheets)


@dataclass(frozen=True, slots=True)
class Sheaf:
    """All that a campaign has to print: its shares by hamlet, its revision, its registry.

    ``since`` is the revision from which on a hamlet's words are what they are.
    """

    revision: int
    registry: Registry
    shares: tuple[Share, ...]
    since: Mapping[str, int]

    @property
    def products(self) -> tuple[Product, ...]:
        """What any hamlet gets: a withdrawal may be on less paper than what it withdraws."""
        each = (
            one for share in self.shares for one in share.content.options_as(FlyerOptions).products
        )
        return tuple(dict.fromkeys(each))

    def share_with(self, product: Product) -> Share:
        """Return the first hamlet's that gets a product. Raises LoaError when none does."""
        for share in self.shares:
            if product in share.content.options_as(FlyerOptions).products:
                return share
        raise _unknown(self.shares[0].content.campaign_id, product, self.products)


def sheaf_of(app: App, campaign_id: str) -> Sheaf:
    """Return what was handed to the print point of a campaign. Raises LoaError for nothing."""
    rows = {
        row.hamlet_id: row
        for row in app.ledger.views.deliveries(campaign_id)
        if row.channel == "flyer" and row.state in PRINTED and not row.replaced
    }
    if not rows:
        message = _("{campaign}: nothing to print; flyers are printed once they are due: loa run")
        raise LoaError(message.format(campaign=campaign_id))
    contents = app.ledger.deliveries.contents([row.content_hash for row in rows.values()])
    revision = max(row.revision for row in rows.values())
    number = app.ledger.revisions.registry_of(campaign_id, revision)
    registry = app.ledger.registries.load(number)
    since = {hamlet_id: row.revision for hamlet_id, row in rows.items()}
    return Sheaf(revision, registry, tuple(_shares(rows, contents, registry)), since)


@dataclass(frozen=True, slots=True)
class Order:
    """What is printed of one product: whole bundles, and hamlets that have the same already."""

    run: Run
    stacks: tuple[Stack, ...]
    left_out: tuple[Hamlet, ...] = ()


def orders_of(app: App, wish: Wish) -> list[Order]:
    """Return what a wish comes to, product by product. Raises LoaError for what is not there."""
    sheaf = sheaf_of(app, wish.campaign_id)
    known = app.ledger.printings.last(wish.campaign_id)
    chosen = _chosen(sheaf, wish)
    return [_order(app, sheaf, wish, product, chosen, known) for product in _products(sheaf, wish)]


def jobs_of(app: App, wish: Wish, orders: Sequence[Order] | None = None) -> Iterator[Job]:
    """Make every job that is wished for, one after the other.

    Raises LoaError for what is not there, ChannelError for what cannot be printed.
    """
    for order in orders_of(app, wish) if orders is None else orders:
        stacks = order.stacks
        piles = [stacks] if wish.jobs == "one" else [(stack,) for stack in stacks]
        for pile in filter(None, piles):
            name = "tat-ca" if wish.jobs == "one" else pile[0].id
            name = f"{wish.campaign_id}-{order.run.product}-{name}"
            yield from _files(order.run, pile, name, wish.pages)


def _order(
    app: App,
    sheaf: Sheaf,
    wish: Wish,
    product: Product,
    chosen: Sequence[Share],
    known: Mapping[tuple[str, str], Printed],
) -> Order:
    commune = sheaf.registry.commune
    run = Run(
        commune.id,
        commune.office,
        wish.campaign_id,
        sheaf.revision,
        product,
        wish.up or product.layout.on_a4,
        wish.covers,
        sheaf.shares[0].content.valid_from or sheaf.shares[0].content.valid_until,
        app.house.cover_address,
    )
    shares = [_as_known(run, share, known) for share in chosen if _gets(product, share)]
    new = [share for share in shares if not (share.again and wish.only_new)]
    left_out = tuple(share.hamlet for share in shares if share not in new)
    return Order(run, tuple(_stacks(sheaf, wish, new)), left_out)


def _gets(product: Product, share: Share) -> bool:
    """Say whether a hamlet gets any: a withdrawal may be on other paper than what it withdraws."""
    has = product in share.content.options_as(FlyerOptions).products
    return has and copies_of(product, share.content, share.hamlet) > 0


def _as_known(run: Run, share: Share, known: Mapping[tuple[str, str], Printed]) -> Share:
    made = _printed(run, share)
    return replace(share, again=made.is_like(known.get((made.hamlet_id, made.product))))


def _printed(run: Run, share: Share) -> Printed:
    page = digest(inputs_for(share.content, share.hamlet, run.product))
    return Printed(share.hamlet.id, run.product, share.words, page)


def _files(
    run: Run, stacks: Sequence[Stack], name: str, pages: tuple[int, int] | None
) -> Iterator[Job]:
    """Yield a job's files: one, unless it has more sheets than a file may."""
    total = sheets_of(run, stacks)
    if not total:
        return
    first, last = pages or (1, total)
    if not 1 <= first <= last <= total:
        message = _("{job} has sheets 1 to {total}; found {first}-{last}")
        raise LoaError(message.format(job=name, total=total, first=first, last=last))
    shares = [share for stack in stacks for share in stack.shares]
    for begin in range(first, last + 1, MOST_SHEETS):
        end = min(begin + MOST_SHEETS - 1, last)
        whole = end == total and pages is None
        part = "" if (begin, end) == (1, total) else f"-{begin}-{end}"
        pdf = job_pdf(run, stacks, begin, end)
        yield Job(
            f"{name}{part}.pdf",
            run.product,
            end - begin + 1,
            _media(run),
            pdf,
            copies_in(run, stacks),
            (begin, end) if pages else None,
            any(share.again for share in shares),
            tuple(_printed(run, share) for share in shares) if whole else (),
        )


def record_job(app: App, campaign_id: str, job: Job, place: str, by: str) -> None:
    """Keep in the audit trail that ``job`` went to ``place``: a printer's address or a folder."""
    app.ledger.printings.record(
        campaign_id,
        again=job.again or job.pages is not None,
        detail=f"{job.in_words} → {place}",
        at=app.clock.now(),
        actor=by,
        printed=job.printed,
    )


def _media(run: Run) -> str:
    layout = run.product.layout
    area = layout.width * layout.height * run.up
    sizes = {
        "iso_a6_105x148mm": 105 * 148,
        "iso_a5_148x210mm": 148 * 210,
        "iso_a4_210x297mm": 210 * 297,
        "iso_a3_297x420mm": 297 * 420,
    }
    return min(sizes, key=lambda name: abs(sizes[name] - area))


def _shares(
    rows: Mapping[str, DeliveryRow], contents: Mapping[str, Frozen], registry: Registry
) -> Iterator[Share]:
    for hamlet in registry.hamlets:
        row = rows.get(hamlet.id)
        if row is not None and row.content_hash in contents:
            content = contents[row.content_hash][0]
            yield Share(hamlet, content, _head(registry, hamlet), words=row.content_hash)


def _head(registry: Registry, hamlet: Hamlet) -> str:
    person = registry.people_by_id.get(hamlet.head or "")
    return person.name if person else ""


def _products(sheaf: Sheaf, wish: Wish) -> tuple[Product, ...]:
    for product in wish.products:
        if product not in sheaf.products:
            raise _unknown(wish.campaign_id, product, sheaf.products)
    return wish.products or sheaf.products


def _unknown(campaign_id: str, product: Product, known: Sequence[Product]) -> LoaError:
    message = _("{campaign} is not printed as {product} (it is: {known})")
    return LoaError(message.format(campaign=campaign_id, product=product, known=", ".join(known)))


def _chosen(sheaf: Sheaf, wish: Wish) -> list[Share]:
    """Return the shares of the hamlets that are wished for. Raises LoaError for other hamlets."""
    known = {share.hamlet.id: share for share in sheaf.shares}
    for hamlet_id in wish.hamlets:
        if hamlet_id not in known:
            message = _('nothing is printed for hamlet "{hamlet}" (there are: {known})')
            raise LoaError(message.format(hamlet=hamlet_id, known=", ".join(known)))
    teams = [team for team in sheaf.registry.teams if wish.team in ("", team.id)]
    if not teams and (wish.team or wish.by == "team"):
        message = _('no team "{team}" (there are: {known})')
        names = ", ".join(team.id for team in sheaf.registry.teams) or "–"
        raise LoaError(message.format(team=wish.team, known=names))
    served = {hamlet_id for team in teams for hamlet_id in team.hamlets}
    asked = [share for one, share in known.items() if not wish.hamlets or one in wish.hamlets]
    return [share for share in asked if not wish.team or share.hamlet.id in served]


def _stacks(sheaf: Sheaf, wish: Wish, shares: Sequence[Share]) -> list[Stack]:
    """Return the bundles: a hamlet's, or a team's."""
    left = {share.hamlet.id: share for share in shares}
    stacks = []
    for team in sheaf.registry.teams if wish.team or wish.by == "team" else ():
        # A hamlet of several teams is printed once, for the first of them.
        own = tuple(left.pop(one) for one in team.hamlets if one in left)
        if own and wish.team in ("", team.id):
            stacks.append(Stack(team.id, team.name, own))
    if wish.team:
        return stacks
    return stacks + [Stack(one, share.hamlet.name, (share,)) for one, share in left.items()]
