"""Many values in one parameter: ids to look among, rows to join with.

A statement that names a hundred values one by one is another statement for every number of
them: it is built, planned and kept anew. One parameter that holds a list is always the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import CTE, BigInteger, Boolean, ColumnElement, Dialect, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from engine.ledger.columns import as_prose


class _IdList(TypeDecorator[Collection[int]]):
    """Ids in one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        ids = sorted(value or ())
        return ids if dialect.name == "postgresql" else json.dumps(ids)


class among(FunctionElement[bool]):  # noqa: N801 - reads as the operator that it is
    """``column`` is one of ``ids``; any number of them."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], ids: Collection[int]) -> None:
        super().__init__(column, bindparam(None, ids, type_=_IdList(), unique=True))


@compiles(among)  # type: ignore[untyped-decorator,unused-ignore]  # SQLAlchemy annotates none of it
def _among_json(element: among, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - a compiled parameter


@compiles(among, "postgresql")  # type: ignore[untyped-decorator,unused-ignore]  # as above
def _among_array(element: among, compiler: SQLCompiler, **more: Any) -> str:
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY({ids})"


#: How a column of given rows is read from JSON on PostgreSQL; SQLite's JSON keeps its types.
_CASTS = {BigInteger: "::bigint", Text: ""}


def given(
    dialect: str,
    columns: Mapping[str, type[BigInteger] | type[Text]],
    rows: Iterable[tuple[Any, ...]],
) -> CTE:
    """Return ``rows`` as a table to join with; its columns are numbers and texts."""
    cells = [[as_prose(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return (
        text(_reading(dialect, columns))
        .bindparams(bindparam("given_rows", json.dumps(cells, ensure_ascii=False), type_=Text()))
        .columns(**{name: kind() for name, kind in columns.items()})
        .cte("given")
    )


def _reading(dialect: str, columns: Mapping[str, type[BigInteger] | type[Text]]) -> str:
    if dialect == "postgresql":
        read = [
            f"(value->>{place}){_CASTS[kind]} AS {name}"
            for place, (name, kind) in enumerate(columns.items())
        ]
        return f"SELECT {', '.join(read)} FROM json_array_elements(CAST(:given_rows AS json))"  # noqa: S608 - our own names
    read = [f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns)]
    return f"SELECT {', '.join(read)} FROM json_each(:given_rows)"  # noqa: S608 - as above
