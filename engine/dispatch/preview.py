"""Preview: everything a plan would send, delivered to a folder of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from channels.base import Channel
from engine.dispatch.rehearsal import Rehearsal
from engine.dispatch.rendering import Made, Renderer
from engine.errors import ChannelError
from engine.files import write_atomic
from engine.models import Bundle, Hamlet, Plan, PlannedDelivery, Registry


@dataclass(frozen=True, slots=True)
class Previewed:
    """One bundle in the preview: where it lies, or why it could not be made.

    ``remarks`` say what of it was made otherwise than chosen; ``proofs`` are the figures of its
    distinct artifacts, where their channel proves them.
    """

    channel: str
    target: str
    slot: datetime
    reference: str
    fault: str = ""
    remarks: tuple[str, ...] = ()
    proofs: tuple[Mapping[str, float], ...] = ()


class Previewer:
    """Delivers a plan's bundles into a folder, through the very code that will send them.

    ``channels`` are built for that folder; networked backends rehearse there too. What is
    rendered stays in the artifact store, so what was previewed is what will be sent.
    """

    def __init__(
        self,
        *,
        channels: Mapping[str, Channel],
        renderer: Renderer,
        registry: Registry,
        folder: Path,
    ) -> None:
        self._channels = channels
        self._renderer = renderer
        self._registry = registry
        self._folder = folder

    def write(self, plan: Plan) -> Iterator[Previewed]:
        """Write the texts as they will be read or heard, then each bundle. Raises OSError."""
        for name, text in texts_of(plan):
            write_atomic(self._folder / f"{name}.txt", text.encode())
        bundles: dict[tuple[str, str, datetime], list[PlannedDelivery]] = defaultdict(list)
        for item in plan.deliveries:
            bundles[item.channel, item.target, item.slot].append(item)
        for number, (key, items) in enumerate(sorted(bundles.items()), start=1):
            yield self._preview(number, key, items)

    def _preview(
        self, number: int, key: tuple[str, str, datetime], items: list[PlannedDelivery]
    ) -> Previewed:
        name, target, slot = key
        channel, first = self._channels[name], items[0]
        bundle = Bundle(
            id=number,
            commune_id=self._registry.commune.id,
            channel=name,
            backend=first.backend,
            target=target,
            slot=slot,
            version=1,
            priority=first.priority,
        )
        try:
            made = [(self._made(item), self._hamlet(item)) for item in items]
            parts = [one.item(position, place) for position, (one, place) in enumerate(made)]
            artifact = channel.assemble(bundle, parts, self._registry)
            backend = channel.backends[first.backend]
            if backend.networked:
                reference = Rehearsal(self._folder / "rehearsal").write(artifact, bundle)
            else:
                reference = backend.deliver(artifact, bundle).reference
        except ChannelError as error:
            return Previewed(name, target, slot, "", fault=str(error))
        remarks = dict.fromkeys(remark for one, _place in made for remark in one.remarks)
        proofs = {one.file.sha256: one.proof for one, _place in made if one.proof}
        return Previewed(
            name,
            target,
            slot,
            reference,
            remarks=tuple(remarks),
            proofs=tuple(proofs.values()),
        )

    def _made(self, item: PlannedDelivery) -> Made:
        return self._renderer.make(item.content_hash, self._hamlet(item))

    def _hamlet(self, item: PlannedDelivery) -> Hamlet:
        return self._registry.hamlets_by_id[item.hamlet_id]


def texts_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield (name, text) for each distinct wording: exactly what will be read or heard."""
    seen: dict[str, str] = {}
    for item in plan.deliveries:
        seen.setdefault(item.content_hash, item.channel)
    numbers: dict[str, int] = defaultdict(int)
    texts = {item.content_hash: item.forecast.text for item in plan.deliveries}
    for content_hash, channel in seen.items():
        numbers[channel] += 1
        yield f"{channel}-{numbers[channel]}", texts[content_hash] + "\n"
