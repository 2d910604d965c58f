"""Printed products beside the one that counts households: which were handed out, what was left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from channels.flyer.products import Product
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow
from engine.models import Evidence
from engine.reports.words import number


@dataclass(frozen=True, slots=True)
class ProductHanded:
    """One product in one hamlet; ``left_over`` copies by the last word, below zero too few."""

    product: str
    left_over: int | None = None

    @property
    def in_words(self) -> str:
        name = product_name(self.product)
        if self.left_over is None:
            return _("{product}: handed out").format(product=name)
        if self.left_over < 0:
            message = _("{product}: handed out, {count} copies too few")
            return message.format(product=name, count=number(-self.left_over))
        message = _("{product}: handed out, {count} copies left over")
        return message.format(product=name, count=number(self.left_over))


def product_name(product: str) -> str:
    """Return a product's name as covers have it; of one that no version prints any more, its id."""
    return Product(product).in_words if product in set(Product) else product


def last_counts(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return evidence without what the same person has counted anew of the same copies."""
    last: dict[tuple[int, str, str, str], int] = {}
    for place, piece in enumerate(evidence):
        if piece.left_over is not None:
            last[_copies(piece)] = place
    return [
        piece
        for place, piece in enumerate(evidence)
        if piece.left_over is None or last[_copies(piece)] == place
    ]


def _copies(piece: Evidence) -> tuple[int, str, str, str]:
    return piece.delivery_id, piece.by, piece.kind, piece.product


def products_handed(
    rows: Iterable[DeliveryRow], evidence: Sequence[Evidence]
) -> dict[str, tuple[ProductHanded, ...]]:
    """Return what was said of each hamlet's products, in the order in which it was first said."""
    hamlets = {row.id: row.hamlet_id for row in rows if row.channel == "flyer"}
    last: dict[tuple[str, str], dict[int, int | None]] = {}
    for piece in evidence:
        if piece.product and piece.delivery_id in hamlets:
            told = last.setdefault((hamlets[piece.delivery_id], piece.product), {})
            if piece.left_over is not None or piece.delivery_id not in told:
                told[piece.delivery_id] = piece.left_over
    found: dict[str, tuple[ProductHanded, ...]] = {}
    for (hamlet_id, product), told in last.items():
        counts = [one for one in told.values() if one is not None]
        handed = ProductHanded(product, sum(counts) if counts else None)
        found[hamlet_id] = (*found.get(hamlet_id, ()), handed)
    return found
