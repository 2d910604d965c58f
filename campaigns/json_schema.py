"""JSON Schema for editors, from the models that check the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from campaigns.registry_schema import RegistrySpec
from campaigns.schema import campaign_model

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What pydantic calls a bound that stands behind a validator, and what JSON Schema calls it.
BOUNDS = {"ge": "minimum", "le": "maximum"}


def campaign_json_schema(options: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a campaign file with these channels."""
    return _schema_of(campaign_model(options), "Chiến dịch: một thông báo của xã.")


def registry_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``commune.yaml``."""
    return _schema_of(RegistrySpec, "Danh bạ địa bàn của xã.")


def _schema_of(model: type[BaseModel], description: str) -> dict[str, Any]:
    """Return ``model`` as JSON Schema: descriptions of fields, none of our docstrings."""
    schema = _tidied(model.model_json_schema(by_alias=True))
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("description", None)
    return {"$schema": DIALECT, "description": description, **schema}


def _tidied(schema: Any) -> Any:
    """Drop made-up titles, the null of optional keys, and defaults that are no plain value."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        BOUNDS.get(key, key): {name: _tidied(part) for name, part in value.items()}
        if key == "properties"
        else _tidied(value)
        for key, value in schema.items()
        if not _noise(key, value)
    }
    choices = kept.get("anyOf")
    if choices is None:
        return kept
    choices = [choice for choice in choices if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **{key: value for key, value in kept.items() if key != "anyOf"}}
    return {**kept, "anyOf": choices}


def _noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (
        key == "default" and (value is None or isinstance(value, list | dict))
    )
