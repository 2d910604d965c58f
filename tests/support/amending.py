"""Amendments planned by hand: what the ledger would know of them, and campaigns to amend."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from channels.base import Channel
from channels.chat.channel import ChatOptions
from channels.flyer.options import FlyerOptions, Official, SecondLanguage
from channels.flyer.products import Product
from channels.portal.channel import PortalOptions
from engine.ledger import Current
from engine.ledger.told import ToldRow
from engine.models import (
    Amends,
    Audience,
    Campaign,
    Content,
    Correction,
    Plan,
    PlannedDelivery,
    Section,
)
from engine.models.correction import Earlier
from engine.models.plan import Frozen
from engine.planner import plan_campaign
from engine.planner.known import Known, said_in
from engine.states import State
from support import builders
from support.dispatching import campaign as made_up

NOW = builders.NOW
LATER = NOW + timedelta(days=1)
REGISTRY = builders.registry(2)
FIRST = Earlier(1, "Thông báo", NOW)
KHMER = SecondLanguage(lang="km", title="សេចក្តីជូនដំណឹង", text="ប្រជុំម៉ោង ៧។")
SENTENCE = "Mời bà con đến họp đúng giờ."
CORRECTED = "កែតម្រូវ៖ ម៉ោងខុស។"
SECOND = Earlier(2, "Thông báo sửa", LATER, Amends.CORRECTION)


def notice(*, flyer: FlyerOptions | None = None, **changes: Any) -> Campaign:
    sections = {
        "flyer": Section(flyer or FlyerOptions()),
        "portal": Section(PortalOptions()),
        "chat": Section(ChatOptions()),
    }
    return made_up("tin", **{"sections": sections, "body": "Họp lúc 7 giờ.", **changes})


def amending(campaign: Campaign, *earlier: Earlier, **facts: Any) -> Campaign:
    last = earlier[0]
    values: dict[str, Any] = {
        "reason": "nhầm giờ",
        "at": LATER,
        "number": len(earlier),
        "previous_title": last.title,
        "previous_at": last.at,
        "previous_amends": last.amends,
        "corrects": last.revision,
        "earlier": earlier,
    }
    return dataclasses.replace(campaign, correction=Correction(**{**values, **facts}))


def withdrawing(campaign: Campaign, *earlier: Earlier, **facts: Any) -> Campaign:
    nobody = dataclasses.replace(campaign, audience=Audience(nobody=True))
    return amending(nobody, *earlier, amends=Amends.WITHDRAWAL, **facts)


class Memory:
    """What the ledger would have: each plan opened and sent, but for what stays unsent."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._rows: list[ToldRow] = []
        self._current: list[Current] = []
        self._frozen: dict[str, Frozen] = {}

    def plan(self, campaign: Campaign) -> Plan:
        said = said_in(self._frozen, self._frozen.keys())
        known = Known.among(self._rows, self._current, said)
        return plan_campaign(campaign, REGISTRY, self._channels, LATER, known=known)

    def opened(
        self,
        campaign: Campaign,
        revision: int,
        only: str = "",
        state: State = State.SENT,
        channels: Collection[str] = (),
    ) -> Plan:
        plan = self.plan(campaign)
        self._frozen |= plan.frozen(plan.contents)
        for one in plan.deliveries:
            if (not only or one.hamlet_id == only) and (not channels or one.channel in channels):
                number = len(self._current) + 1
                self._current.append(Current(number, one.key, one.slot, one.asap, state))
                if state is State.SENT:
                    self._rows.append(row(number, revision, one))
        return plan


def row(number: int, revision: int, one: PlannedDelivery) -> ToldRow:
    return ToldRow(
        id=number,
        revision=revision,
        hamlet_id=one.hamlet_id,
        channel=one.channel,
        backend=one.backend,
        target=one.target,
        slot=one.slot,
        asap=one.asap,
        purpose=one.purpose,
        content_hash=one.content_hash,
        households=one.households,
        state=State.SENT,
        changed_at=one.slot,
    )


def said(plan: Plan, hamlet: str) -> Iterable[Content]:
    found = [plan.contents[o.content_hash] for o in plan.deliveries if o.hamlet_id == hamlet]
    assert found
    return found


def stops(plan: Plan) -> str:
    return " | ".join(breach.message for breach in plan.stops)


def in_two_languages(text: str = KHMER.text) -> FlyerOptions:
    spoken = KHMER.model_copy(update={"text": text})
    return FlyerOptions(products=(Product.A5, Product.BILINGUAL), second_language=spoken)


def as_document(number: str) -> FlyerOptions:
    return FlyerOptions(products=(Product.NOTICE,), official=Official(number=number))


def on_paper(channels: Mapping[str, Channel], plan: Plan, hamlet: str = "ap-1") -> str:
    (said,) = (
        plan.contents[one.content_hash]
        for one in plan.deliveries
        if (one.hamlet_id, one.channel) == (hamlet, "flyer")
    )
    return channels["flyer"].forecast(said, REGISTRY.hamlets_by_id[hamlet]).text
