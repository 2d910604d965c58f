"""What a cover sheet confirms: that its bundle, of one product, was handed out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.flyer.handout import Handout, read_code
from channels.flyer.jobs import Share
from channels.flyer.options import FlyerOptions, copies_each, copies_of, reached_by, speaking
from channels.flyer.products import Product
from engine.app.opening import App
from engine.app.printing import PRINTED, Sheaf, sheaf_of
from engine.dispatch.confirming import Word, confirm
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow
from engine.models import Content, Right
from engine.reports.words import number


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody counted of one hamlet's copies; None where nobody did.

    ``left_over`` copies were left, below zero they were lacking. ``handed`` were handed out:
    unless somebody says, all that are not left.
    """

    left_over: int | None = None
    handed: int | None = None

    def checked(self, printed: int) -> Count:
        """Return both numbers where one is known. Raises LoaError for what cannot be."""
        left = self.left_over
        if self.handed is not None and self.handed > printed:
            message = _("{found} handed out: only {printed} were printed")
            raise LoaError(message.format(found=number(self.handed), printed=number(printed)))
        if left is not None and left > printed - (self.handed or 0):
            message = _("{left} left over: only {printed} were printed")
            if self.handed is not None:
                message = _("{handed} handed out and {left} left over: {printed} were printed")
            handed = number(self.handed or 0)
            numbers = {"handed": handed, "left": number(left), "printed": number(printed)}
            raise LoaError(message.format(**numbers))
        if left is None and self.handed is not None:
            return Count(printed - self.handed, self.handed)
        if left is not None and self.handed is None:
            return Count(left, printed - max(left, 0))
        return self


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover's code beside what was printed of its campaign."""

    handout: Handout
    sheaf: Sheaf

    def share(self, hamlet_id: str) -> Share | None:
        return next((one for one in self.sheaf.shares if one.hamlet.id == hamlet_id), None)

    @property
    def product(self) -> Product:
        """What lies in the bundle."""
        options = self.sheaf.shares[0].content.options_as(FlyerOptions)
        return self.handout.product or options.main

    def check(self) -> None:
        """Raises LoaError for a cover of words that something newer has replaced."""
        handout, newest = self.handout, self.sheaf.revision
        since = [self.sheaf.since.get(hamlet_id, newest) for hamlet_id, _count in handout.copies]
        if handout.revision > newest or handout.revision < max(since):
            message = _("{campaign}: this cover is of revision {found}; {newest} was printed")
            raise LoaError(
                message.format(campaign=handout.campaign, found=handout.revision, newest=max(since))
            )


def cover_of(app: App, code: str) -> Cover:
    """Return what a code confirms.

    Raises LoaError for a code that is none, is of another commune or of words that something
    newer has replaced.
    """
    handout = read_code(code, app.registry.commune.id)
    cover = Cover(handout, sheaf_of(app, handout.campaign))
    cover.check()
    return cover


def confirm_handout(app: App, code: str, by: str, left_over: int | None) -> int:
    """Keep evidence that a bundle was handed out; return for how many deliveries.

    ``left_over`` copies were left, below zero they were lacking; None when nobody counted: then
    no number of households is kept either. Only the product that stands for a hamlet's delivery
    confirms it and speaks of households: who gets another as well is the same household.

    Raises LoaError for what ``cover_of`` refuses, a bundle of several hamlets whose rest is not
    told apart, and somebody who may not confirm there.
    """
    cover = cover_of(app, code)
    handout = cover.handout
    if left_over is not None and len(handout.copies) > 1:
        message = _(
            "the bundle is for several hamlets: loa confirm {campaign} --channel flyer --product "
            "{product} --hamlet … --left N"
        )
        raise LoaError(message.format(campaign=handout.campaign, product=cover.product))
    words = [
        word_of(cover, hamlet_id, Count(left_over), by) for hamlet_id, _count in handout.copies
    ]
    _check(app, handout, by)
    now = app.clock.now()
    return sum(confirm(app.ledger, app.registry, word, now) for word in words)


def word_of(
    cover: Cover, hamlet_id: str, count: Count, by: str, *, also: tuple[str, ...] = ()
) -> Word:
    """Return what somebody says of one hamlet's part of a bundle.

    ``also`` may say so besides those who always may. Raises LoaError for numbers that cannot be,
    and a hamlet that the bundle is not for.
    """
    printed = dict(cover.handout.copies).get(hamlet_id)
    share = cover.share(hamlet_id)
    if printed is None or share is None:
        message = _("{campaign}: this bundle is not for {hamlet}")
        raise LoaError(message.format(campaign=cover.handout.campaign, hamlet=hamlet_id))
    known, product = count.checked(printed), cover.product
    main = product is speaking(share.content, share.hamlet)
    reached = None
    if main and known.handed is not None:
        reached = reached_by(product, share.content, share.hamlet, known.handed)
    return Word(
        cover.handout.campaign,
        hamlet_id,
        "flyer",
        by,
        reached,
        note=_("cover sheet scanned by {person}").format(person=by),
        left_over=known.left_over,
        product="" if main else product,
        also=also,
    )


def told_of_paper(app: App, word: Word, product: Product | None) -> Word:
    """Return a typed word about printed copies; ``product`` None: the one that counts households.

    Raises LoaError for what does not fit, and for more copies than were printed there: as a
    cover's scan does.
    """
    if product is not None:
        word = told_of_product(app, word, product)
    rows = [
        row
        for row in app.ledger.views.deliveries(word.campaign_id)
        if (row.channel, row.hamlet_id) == ("flyer", word.hamlet_id) and row.state in PRINTED
    ]
    if word.left_over is None or word.left_over < 0 or not rows:
        return word  # where nothing was printed, confirming says so
    contents = app.ledger.deliveries.contents([row.content_hash for row in rows])
    counts = [_as_count(app, word, row, contents[row.content_hash][0], product) for row in rows]
    printed, count = max(counts, key=lambda one: one[0])
    count.checked(printed)
    return word


def _as_count(
    app: App, word: Word, row: DeliveryRow, content: Content, product: Product | None
) -> tuple[int, Count]:
    """Return how many copies were printed for a hand-out, and what a word says of them."""
    registry = app.ledger.registries.load(
        app.ledger.revisions.registry_of(row.campaign_id, row.revision)
    )
    hamlet = registry.hamlets_by_id[row.hamlet_id]
    meant = product or speaking(content, hamlet)
    handed = None
    if word.households is not None and meant.for_households:
        handed = word.households * copies_each(meant, content)
    return copies_of(meant, content, hamlet), Count(word.left_over, handed)


def told_of_product(app: App, word: Word, product: Product) -> Word:
    """Return a word about one product of a campaign. Raises LoaError for what does not fit."""
    sheaf = sheaf_of(app, word.campaign_id)
    share = next((one for one in sheaf.shares if one.hamlet.id == word.hamlet_id), None)
    if product not in sheaf.products or share is None:
        message = _("{campaign} is not printed as {product} (it is: {known})")
        known = ", ".join(sheaf.products)
        raise LoaError(message.format(campaign=word.campaign_id, product=product, known=known))
    if product is speaking(share.content, share.hamlet):
        return word
    if word.households is not None:
        message = _("--product {product}: its households have another product as well: no number")
        raise LoaError(message.format(product=product))
    return replace(word, product=product)


def _check(app: App, handout: Handout, by: str) -> None:
    """Refuse before anything is written: all of a bundle is confirmed, or nothing."""
    person = app.registry.people_by_id.get(by)
    for hamlet_id, _count in handout.copies:
        place = app.registry.hamlets_by_id.get(hamlet_id)
        speaks = place is not None and by in place.speakers
        if person is None or place is None or not (Right.CONFIRM in person.rights or speaks):
            message = _("{person} may not confirm for {hamlet}")
            raise LoaError(message.format(person=by, hamlet=hamlet_id))
