"""Many values in one parameter: ids to look among, rows to join with.

A statement that names a hundred values one by one is another statement for every number of
them: it is built, planned and kept anew. One parameter that holds a list is always the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    Text,
    and_,
    bindparam,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from engine.ledger.columns import as_prose


class IdList(TypeDecorator[Collection[int]]):
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


#: Where a statement that is built once gets its ids, when it is executed.
IDS = bindparam("ids", type_=IdList())


class among(FunctionElement[Any]):  # noqa: N801 - reads as the operator that it is
    """``column`` is one of ``ids``: any number of them, or the parameter that will hold them."""

    inherit_cache = True
    # Not Boolean: SQLite would be asked whether it equals 1, and could use no index.
    type = NullType()

    def __init__(
        self, column: ColumnElement[Any], ids: Collection[int] | BindParameter[Any]
    ) -> None:
        held = (
            ids if isinstance(ids, BindParameter) else bindparam(None, ids, IdList(), unique=True)
        )
        super().__init__(column, held)


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


def given(dialect: str, columns: Mapping[str, type[BigInteger] | type[Text]]) -> CTE:
    """Return a table to join with; its rows come as ``rows_given`` when it is executed."""
    table = (
        text(_reading(dialect, columns))
        .bindparams(bindparam("given_rows", type_=Text()))
        .columns(**{name: kind() for name, kind in columns.items()})
        .cte("given")
    )
    # Read once, not once for each row that it is joined with.
    return table.prefix_with("MATERIALIZED") if dialect == "postgresql" else table


def unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """The column's value, in a way that no index answers to.

    For statements that name rows by their ids. What a database believes about a table that
    has just been filled makes it choose a partial index on a state, and read all of it, once
    for each of a hundred statements.
    """
    return column.concat("")


def is_given(
    dialect: str, column: ColumnElement[int], table: CTE, commune_id: ColumnElement[str]
) -> ColumnElement[bool]:
    """Join ``column`` with the ids of a ``given`` table, by the column's own index.

    Only rows whose ``commune_id`` is the parameter ``of_commune``. PostgreSQL finds the index
    by the ids themselves, named besides the join; SQLite finds it only when they are not.
    """
    mine: BindParameter[str] = bindparam("of_commune")
    joined = and_(column == table.c.id, unindexed(commune_id) == mine)
    return and_(joined, among(column, IDS)) if dialect == "postgresql" else joined


def told_of(
    dialect: str, column: ColumnElement[int], table: CTE, told: str, commune_id: ColumnElement[str]
) -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """Return a condition as ``is_given``, and what a ``given`` table tells of the id.

    For a column that is no key. PostgreSQL, which knows nothing of the table, would hold every
    row that it finds against every row that is given: it looks into one object instead.
    """
    if dialect != "postgresql":
        return is_given(dialect, column, table, commune_id), table.c[told]
    by_id = select(func.jsonb_object_agg(cast(table.c.id, Text), table.c[told]))
    said = by_id.scalar_subquery().op("->>", return_type=Text())(cast(column, Text))
    mine: BindParameter[str] = bindparam("of_commune")
    return and_(among(column, IDS), unindexed(commune_id) == mine), said


def rows_given(rows: Iterable[tuple[int | str | None, ...]]) -> dict[str, str]:
    """Return the parameter that holds the rows of a ``given`` table."""
    cells = [[as_prose(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return {"given_rows": json.dumps(cells, ensure_ascii=False)}


def names_given(rows: Iterable[tuple[int | str | None, ...]]) -> dict[str, str]:
    """Do so for rows without prose: ids, codes, moments, of which there are thousands.

    Raises ValueError for a name with a NUL character, which PostgreSQL could not keep.
    """
    found = json.dumps(list(rows), ensure_ascii=False)
    if r"\u0000" in found:
        raise ValueError("no name in the ledger has a NUL character")
    return {"given_rows": found}


def _reading(dialect: str, columns: Mapping[str, type[BigInteger] | type[Text]]) -> str:
    if dialect == "postgresql":
        read = [
            f"(value->>{place}){_CASTS[kind]} AS {name}"
            for place, (name, kind) in enumerate(columns.items())
        ]
        return f"SELECT {', '.join(read)} FROM jsonb_array_elements(CAST(:given_rows AS jsonb))"  # noqa: S608 - our own names
    read = [f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns)]
    return f"SELECT {', '.join(read)} FROM json_each(:given_rows)"  # noqa: S608 - as above
