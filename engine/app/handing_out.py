"""What the code on a cover sheet confirms: that its bundle was handed out."""

from __future__ import annotations

from channels.flyer.handout import Handout, read_code
from channels.flyer.options import FlyerOptions
from engine.app.opening import App
from engine.app.printing import Sheaf, sheaf_of
from engine.dispatch.confirming import Word, confirm
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.reports.words import number


def confirm_handout(app: App, code: str, by: str, left_over: int | None) -> int:
    """Keep evidence that a bundle was handed out; return for how many deliveries.

    ``left_over`` copies were left, below zero they were lacking; None when nobody counted: then
    no number of households is kept either. Only the main product speaks of households: how many
    people read a notice on a board, nobody knows, and who gets large print gets the other as
    well. What is left of the others stands in the note.

    Raises LoaError for a code that is none, is of another commune or an older revision, for a
    bundle of several hamlets whose rest is not told apart, and for somebody who may not confirm
    there.
    """
    handout = read_code(code, app.registry.commune.id)
    sheaf = sheaf_of(app, handout.campaign)
    if handout.revision != sheaf.revision:
        message = _("{campaign}: this cover is of revision {found}; revision {newest} was printed")
        raise LoaError(
            message.format(campaign=handout.campaign, found=handout.revision, newest=sheaf.revision)
        )
    if left_over is not None and len(handout.copies) > 1:
        message = _("the bundle is for several hamlets: loa confirm {campaign} --hamlet … --left N")
        raise LoaError(message.format(campaign=handout.campaign))
    if left_over is not None and left_over > sum(count for _hamlet, count in handout.copies):
        raise LoaError(_("more left over than were printed"))
    words = [_word(sheaf, handout, hamlet, n, by, left_over) for hamlet, n in handout.copies]
    now = app.clock.now()
    _check(app, handout, by)
    return sum(confirm(app.ledger, app.registry, word, now) for word in words)


def _word(
    sheaf: Sheaf, handout: Handout, hamlet: str, copies: int, by: str, left_over: int | None
) -> Word:
    """Return what somebody says of one hamlet's part of a bundle."""
    note = _("cover sheet scanned by {person}").format(person=by)
    main = sheaf.shares[0].content.options_as(FlyerOptions).main
    if handout.product in (None, main):
        reached = _reached(sheaf, hamlet, copies, left_over)
        return Word(handout.campaign, hamlet, "flyer", by, reached, note=note, left_over=left_over)
    counted = _("{product}: {copies} copies").format(product=handout.product, copies=number(copies))
    if left_over is not None and left_over >= 0:
        counted += _(", {count} left over").format(count=number(left_over))
    elif left_over is not None:
        counted += _(", {count} too few").format(count=number(-left_over))
    return Word(handout.campaign, hamlet, "flyer", by, note=f"{note} ({counted})")


def _check(app: App, handout: Handout, by: str) -> None:
    """Refuse before anything is written: all of a bundle is confirmed, or nothing."""
    person = app.registry.people_by_id.get(by)
    for hamlet, _copies in handout.copies:
        place = app.registry.hamlets_by_id.get(hamlet)
        entitled = person is not None and (
            "confirm" in person.rights or (place is not None and place.head == by)
        )
        if place is None or not entitled:
            message = _("{person} may not confirm for {hamlet}")
            raise LoaError(message.format(person=by, hamlet=hamlet))


def _reached(sheaf: Sheaf, hamlet_id: str, copies: int, left_over: int | None) -> int | None:
    """Return how many households the copies that were handed out make."""
    if left_over is None:
        return None
    share = next((one for one in sheaf.shares if one.hamlet.id == hamlet_id), None)
    if share is None:
        return None
    options = share.content.options_as(FlyerOptions)
    handed = copies - max(left_over, 0)
    meant = share.hamlet.households_of(share.content.households)
    return min(handed // (options.copies_per_household or 1), meant)
