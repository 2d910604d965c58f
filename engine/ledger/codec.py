"""Domain values as JSON in the ledger, and back.

A channel's options travel as plain values; the channel's own model, handed in, makes them
typed again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from engine.models import Campaign, Content, Province, Registry

#: Each channel's ``Options`` model, by the channel's name.
OptionModels = Mapping[str, type[BaseModel]]


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    # The models name pydantic only for type checkers: a player reads them without it.
    adapter.rebuild(_types_namespace={"BaseModel": BaseModel})
    return adapter


def _dump(kind: type, value: object) -> str:
    plain = _adapter(kind).dump_python(value, mode="json", serialize_as_any=True)
    return json.dumps(plain, ensure_ascii=False)


def dump_registry(registry: Registry) -> str:
    return _dump(Registry, registry)


def load_registry(body: str) -> Registry:
    registry: Registry = _adapter(Registry).validate_json(body)
    return registry


def dump_province(province: Province) -> str:
    return _dump(Province, province)


def load_province(body: str) -> Province:
    province: Province = _adapter(Province).validate_json(body)
    return province


def dump_content(content: Content) -> str:
    return _dump(Content, content)


def load_content(body: str, options: OptionModels) -> Content:
    """Raises KeyError when the channel that made the content is no longer there."""
    values = json.loads(body)
    values["options"] = options[values["channel"]].model_validate(values["options"])
    content: Content = _adapter(Content).validate_python(values)
    return content


def dump_campaign(campaign: Campaign) -> str:
    return _dump(Campaign, campaign)


def load_campaign(body: str, options: OptionModels) -> Campaign:
    """Raises KeyError when a channel the campaign uses is no longer there."""
    values = json.loads(body)
    for name, section in values["sections"].items():
        section["options"] = options[name].model_validate(section["options"])
    campaign: Campaign = _adapter(Campaign).validate_python(values)
    return campaign
