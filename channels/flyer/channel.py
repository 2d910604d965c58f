"""Flyers: an A5 page for every household, printed by the commune, handed out by the hamlets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from channels.base import Artifacts, Backend, Options
from channels.flyer.folder import FolderBackend
from channels.flyer.options import FlyerOptions, copies_for, sheets_for
from channels.flyer.printrun import print_run
from channels.flyer.product import TEMPLATES, FlyerInputs, fault_of, render_flyer
from channels.flyer.wording import corrected, is_calm, mark, one_line, unbroken, validity
from channels.typesetting import fingerprint
from engine.models import (
    Artifact,
    Bundle,
    Content,
    Forecast,
    Hamlet,
    Item,
    Placement,
    Priority,
    Registry,
    Rendered,
)


class FlyerChannel:
    """The channel ``flyer``: one PDF per distinct text, one print run per slot.

    ``outbox`` is the folder that print runs go to; ``lead`` how long before a slot printing
    starts.
    """

    name = "flyer"
    options: type[Options] = FlyerOptions
    needs: tuple[str, ...] = ()
    grace: timedelta | None = None
    cumulative = False

    def __init__(self, *, outbox: Path, lead: timedelta = timedelta(0)) -> None:
        folder = FolderBackend(outbox)
        self.lead = lead
        self.version = fingerprint(TEMPLATES)
        self.backends: Mapping[str, Backend] = {folder.name: folder}

    def slots(self, content: Content, hamlet: Hamlet, registry: Registry) -> Sequence[Placement]:
        """Return one printing: as soon as approved, or the first moment the section names.

        A campaign's own schedule repeats what is said aloud; paper is handed out once. A
        hamlet none of whose households is meant gets none.
        """
        if copies_for(content, hamlet) == 0:
            return ()
        own = content.own_schedule
        at = min(own.moments) if own and not own.asap and own.moments else None
        return (Placement(registry.print_point.id, "folder", at),)

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        """Return the printed text and the A4 sheets (two A5 flyers on each, rounded up)."""
        inputs = self._inputs(content, hamlet)
        fault = fault_of(inputs)
        return Forecast(
            text=inputs.read_as(),
            sheets=sheets_for(copies_for(content, hamlet)),
            breaches=(fault.in_words(),) if fault else (),
        )

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> FlyerInputs:
        """Return what shapes the flyer: the same for every hamlet unless the hamlet is shown."""
        return self._inputs(content, hamlet)

    def render(self, inputs: FlyerInputs) -> Rendered:
        """Return the PDF. Raises a permanent ChannelError when it cannot be one A5 page."""
        return render_flyer(inputs)

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        """Return the print run: flyers, a cover sheet for signatures, manifests."""
        return print_run(bundle, items, registry)

    def _inputs(self, content: Content, hamlet: Hamlet) -> FlyerInputs:
        options = content.options_as(FlyerOptions)
        return FlyerInputs(
            issuer=one_line(content.issuer),
            mark=mark(
                content.priority,
                content.purpose,
                drill=content.drill,
                correction=content.correction,
            ),
            loud=content.priority is Priority.EMERGENCY and not is_calm(content),
            title=one_line(content.title),
            paragraphs=(*corrected(content), *unbroken(content.body).split("\n\n")),
            bring=tuple(one_line(paper) for paper in options.bring),
            contact=one_line(content.contact),
            validity=validity(content.valid_until),
            permalink=content.permalink,
            made_at=content.valid_from or content.valid_until,
            hamlet=one_line(hamlet.name) if options.show_hamlet else "",
            copies=copies_for(content, hamlet) if options.show_hamlet else None,
        )
