"""Write the tables of keys in docs/workspace.md anew from the models that check the files.

Run from the repository's root: ``.venv/bin/python docs/key_tables.py``. A test fails when the
page and the models differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from campaigns.json_schema import campaign_json_schema, registry_json_schema
from engine.app import OPTIONS
from engine.settings import Settings

PAGE = Path(__file__).parent / "workspace.md"

_MARKED = re.compile(r"(<!-- keys: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_KINDS = {"string": "chữ", "integer": "số nguyên", "number": "số", "boolean": "true, false"}

Schema = Mapping[str, Any]


def written() -> str:
    """Return the page with every table as the models have it now."""
    tables = {
        "commune": table(registry_json_schema()),
        "campaign": table(campaign_json_schema(OPTIONS)),
        "settings": table(Settings.model_json_schema(), variables=True),
    }
    page = PAGE.read_text(encoding="utf-8")
    return _MARKED.sub(lambda found: f"{found[1]}{tables[found['name']]}\n{found[3]}", page)


def table(schema: Schema, *, variables: bool = False) -> str:
    """Return a Markdown table of every key; with the variable that overrides each if asked."""
    head = ["Khóa", "Giá trị", "Mặc định", "Ý nghĩa"]
    rows = [
        [f"`{path}`", kind(part, schema), default(part, required), part.get("description", "")]
        for path, part, required in keys(schema, schema)
    ]
    if variables:
        head.insert(1, "Biến môi trường")
        for row in rows:
            row.insert(1, f"`LOA_{row[0].strip('`').replace('.', '_').upper()}`")
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in lines
    )


def keys(part: Schema, schema: Schema, path: str = "") -> Iterator[tuple[str, Schema, bool]]:
    """Yield (dotted path, schema, required) of every key that holds a value, in file order."""
    for name, inner in part.get("properties", {}).items():
        here, required = f"{path}{name}", name in part.get("required", ())
        below = [group for group in _choices(inner, schema) if _group(group, schema) is not None]
        if name == "schedule" and path:  # a channel's own has the same keys as the campaign's
            below = []
        named = _named(inner)
        if named is not None and _group(_choices(named, schema)[0], schema):
            for one in _choices(named, schema):  # each kind of it, beginning with its name
                yield from keys(one, schema, f"{here}.<tên>.")
            continue
        if not below or len(_choices(inner, schema)) > 1:
            yield here, inner, required
        for choice in below:
            group = _group(choice, schema)
            assert group is not None
            yield from keys(group, schema, here + ("[]." if "items" in choice else "."))


def kind(part: Schema, schema: Schema) -> str:
    """Return in words what a key holds."""
    return " hoặc ".join(dict.fromkeys(_kind(choice, schema) for choice in _choices(part, schema)))


def default(part: Schema, required: bool) -> str:
    """Return what holds when the key is left out."""
    if required:
        return "bắt buộc"
    value = part.get("default")
    if value in (None, ""):
        return "–"
    if isinstance(value, list | tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(part: Schema, schema: Schema) -> str:
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if part.get("type") == "array":
        return f"danh sách ({kind(part['items'], schema)})"
    if part.get("type") == "object":
        return "nhóm khóa"
    if "pattern" in part and "a-z0-9" in part["pattern"]:
        return "mã"
    if part.get("examples"):
        return f"ví dụ `{part['examples'][0]}`"
    return _KINDS[part["type"]] + _bounds(part)


def _bounds(part: Schema) -> str:
    low, high = part.get("minimum"), part.get("maximum")
    if low is None or high is None:
        return ""
    return f" từ {low:,} đến {high:,}".replace(",", ".")


def _choices(part: Schema, schema: Schema) -> list[Schema]:
    """Return the forms that a key may take, references followed."""
    found = part
    if "$ref" in part:
        found = schema["$defs"][part["$ref"].rpartition("/")[2]]
    return [
        inner
        for choice in found.get("anyOf", found.get("oneOf", [found]))
        if choice != {"type": "null"}
        for inner in ([choice] if choice is found else _choices(choice, schema))
    ]


def _named(part: Schema) -> Schema | None:
    """Return what lies below names that people choose themselves."""
    found = part.get("additionalProperties") or next(
        iter(part.get("patternProperties", {}).values()), None
    )
    return found if isinstance(found, dict) else None


def _group(part: Schema, schema: Schema) -> Schema | None:
    """Return the group of keys that ``part`` is, or is a list of."""
    if "items" in part:
        return next((c for c in _choices(part["items"], schema) if "properties" in c), None)
    return part if "properties" in part else None


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
