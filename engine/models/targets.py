"""A province's campaign as each commune gets it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.models.campaign import Audience, Campaign
from engine.models.registry import Registry

#: Between a province's id and its campaign's. No id that people write holds two hyphens in a
#: row, so that no commune's own campaign can ever have such an id.
BETWEEN = "--"


def campaign_id_below(province_id: str, campaign_id: str) -> str:
    """Return the id that a province's campaign has in communes: ``tinh-mau--bao-so-3``."""
    return f"{province_id}{BETWEEN}{campaign_id}"


def audience_below(audience: Audience, province_id: str, commune_id: str) -> Audience | None:
    """Return what a province's audience means in one commune; None when it is not meant.

    Communes and areas say where; tags choose among the hamlets there, and add up with hamlets
    that are named one by one.
    """
    everywhere = not (audience.communes or audience.areas)
    whole = commune_id in audience.communes or {province_id, commune_id} & set(audience.areas)
    hamlets = tuple(
        area.partition("/")[2] for area in audience.areas if area.startswith(f"{commune_id}/")
    )
    if not (everywhere or whole or hamlets):
        return None
    named = () if everywhere or whole else hamlets
    return Audience(hamlets=named, tags=audience.tags, households=audience.households)


def values_below(
    values: Mapping[str, Mapping[str, Any]], registry: Registry
) -> dict[str, Mapping[str, Any]]:
    """Return a commune's own values by hamlet: the hamlet's before the commune's."""
    commune_id = registry.commune.id
    common = values.get(commune_id, {})
    found: dict[str, Mapping[str, Any]] = {}
    for hamlet in registry.hamlets:
        own = {**common, **values.get(f"{commune_id}/{hamlet.id}", {})}
        if own:
            found[hamlet.id] = own
    return found


def campaign_below(campaign: Campaign, province_id: str, registry: Registry) -> Campaign | None:
    """Return a province's campaign as one commune gets it; None when nobody there is meant."""
    audience = audience_below(campaign.audience, province_id, registry.commune.id)
    if audience is None or not any(audience.includes(hamlet) for hamlet in registry.hamlets):
        return None
    return dataclasses.replace(
        campaign,
        id=campaign_id_below(province_id, campaign.id),
        all_clear=_ended_below(campaign, province_id),
        audience=audience,
        hamlet_values=values_below(campaign.hamlet_values, registry),
    )


def left_out(campaign: Campaign, province_id: str) -> Campaign:
    """Return the campaign for a commune that an earlier revision reached and this one does not."""
    return dataclasses.replace(
        campaign,
        id=campaign_id_below(province_id, campaign.id),
        all_clear=_ended_below(campaign, province_id),
        audience=Audience(nobody=True),
        hamlet_values={},
    )


def _ended_below(campaign: Campaign, province_id: str) -> str:
    """Return the id that the alert has in communes which a province's all-clear ends."""
    return campaign_id_below(province_id, campaign.all_clear) if campaign.all_clear else ""
