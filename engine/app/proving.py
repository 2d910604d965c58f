"""Proving what a plan would air, before anybody approves it: each distinct artifact once."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from channels.base import Channel, proves
from channels.framed import warming
from engine.artifacts import ArtifactStore
from engine.dispatch import Observer, Renderer
from engine.errors import ChannelError, LoaError
from engine.i18n import gettext as _
from engine.models import Plan, PlannedDelivery, Priority, Registry
from engine.planner.progress import Progress, nothing

logger = logging.getLogger(__name__)

#: Failures that are told one by one.
_MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class Prover:
    """Renders what is not in the store yet, which proves it, and refuses what has no proof."""

    channels: Mapping[str, Channel]
    artifacts: ArtifactStore
    observer: Observer

    def prove(self, plan: Plan, registry: Registry, progress: Progress = nothing) -> None:
        """Prove every distinct artifact of channels that prove theirs.

        For an emergency, what all emergencies of its channels share is made as well, so that
        nothing is left to do once it is approved. Raises LoaError that says which are not what
        they should be, and why; OSError.
        """
        wanted = list(self._wanted(plan))
        renderer = Renderer(self.channels, self.artifacts, plan.frozen, self.observer)
        failures: dict[str, list[str]] = {}
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
            proving = {
                threads.submit(_reason_against, renderer, item, registry): item for item in wanted
            }
            warmed = [threads.submit(self._warm, name, registry) for name in self._urgent(plan)]
            try:
                for number, done in enumerate(as_completed(proving), 1):
                    if reason := done.result():
                        failures.setdefault(reason, []).append(proving[done].hamlet_id)
                    progress(number, len(wanted))
                for one in warmed:
                    one.result()
            finally:
                threads.shutdown(cancel_futures=True)
        if failures:
            raise LoaError(_refusal(failures))

    def _urgent(self, plan: Plan) -> set[str]:
        urgent = Priority.EMERGENCY
        return {item.channel for item in plan.deliveries if item.priority is urgent}

    def _warm(self, name: str, registry: Registry) -> None:
        """Make what a channel's emergencies share; if it fails now, sending tries it again."""
        channel = warming(self.channels[name])
        if channel is None:
            return
        try:
            channel.warm(registry)
        except ChannelError as error:
            logger.warning(_("what frames emergencies cannot be made yet: %s"), error)

    def _wanted(self, plan: Plan) -> Iterator[PlannedDelivery]:
        """Yield one delivery for each content of a channel that proves."""
        seen: set[str] = set()
        for item in plan.deliveries:
            if item.content_hash not in seen and proves(self.channels[item.channel]):
                seen.add(item.content_hash)
                yield item


def _reason_against(renderer: Renderer, item: PlannedDelivery, registry: Registry) -> str:
    """Return why an artifact must not go out; nothing when it may. Raises OSError."""
    try:
        made = renderer.make(item.content_hash, registry.hamlets_by_id[item.hamlet_id])
    except ChannelError as error:
        return str(error)
    return "" if made.proof else _("it was made without a proof")


def _refusal(failures: Mapping[str, Sequence[str]]) -> str:
    lines = [f"{', '.join(hamlets)}: {reason}" for reason, hamlets in failures.items()]
    if len(lines) > _MOST_TOLD:
        more = _("and {count} more").format(count=len(lines) - _MOST_TOLD)
        lines = [*lines[:_MOST_TOLD], more]
    heading = _("what would be heard failed its proof, so it cannot be approved:")
    ending = _("mend the text or the recording and submit it again, or approve again to try anew")
    return "\n  ".join([heading, *lines]) + f"\n{ending}"
