"""Paper: pages for every household and for walls, printed by the commune, handed out by hamlets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from channels.base import Artifacts, Backend, Options
from channels.flyer.folder import FolderBackend
from channels.flyer.inputs import FlyerInputs, inputs_for
from channels.flyer.options import FlyerOptions, copies_of, sheets_for
from channels.flyer.printrun import print_run
from channels.flyer.product import TEMPLATES, fault_of, render_flyer
from channels.typesetting import fingerprint
from engine.models import (
    Artifact,
    Bundle,
    Content,
    Forecast,
    Hamlet,
    Item,
    Placement,
    Registry,
    Rendered,
    Unfit,
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
        products = content.options_as(FlyerOptions).products
        if not any(copies_of(product, content, hamlet) for product in products):
            return ()
        own = content.own_schedule
        at = min(own.moments) if own and not own.asap and own.moments else None
        return (Placement(registry.print_point.id, "folder", at),)

    def forecast(self, content: Content, hamlet: Hamlet) -> Forecast:
        """Return every product's text, once, and the sheets they take together."""
        products = content.options_as(FlyerOptions).products
        pages = [inputs_for(content, hamlet, product) for product in products]
        faults = ((page.product, fault_of(page)) for page in pages)
        unfit = tuple(Unfit(one, fault.cut, fault.in_words()) for one, fault in faults if fault)
        sheets = (sheets_for(copies_of(one, content, hamlet), one) for one in products)
        return Forecast(
            text=_read_as(pages),
            sheets=sum(sheets),
            breaches=tuple(dict.fromkeys(one.words for one in unfit)),
            unfit=unfit,
        )

    def prepare(self, content: Content, hamlet: Hamlet, artifacts: Artifacts) -> FlyerInputs:
        """Return what shapes the main product; a print run makes the others from the same."""
        return inputs_for(content, hamlet, content.options_as(FlyerOptions).main)

    def render(self, inputs: FlyerInputs) -> Rendered:
        """Return the PDF. Raises a permanent ChannelError when it cannot be one page."""
        return render_flyer(inputs)

    def assemble(self, bundle: Bundle, items: Sequence[Item], registry: Registry) -> Artifact:
        """Return the print run: flyers, a cover sheet for signatures, manifests."""
        return print_run(bundle, items, registry)


def _read_as(pages: Sequence[FlyerInputs]) -> str:
    """Return the first page's text, and of the others what does not stand there."""
    first, *others = pages
    said = list(first.parts())
    for page in others:
        said.append(f"[{page.product.in_words}]")
        said += [part for part in page.parts() if part not in said]
    return "\n\n".join(said)
