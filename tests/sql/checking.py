"""One statement: its SQL for each dialect, and what each engine answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, TypeVar

import pytest

from dialects.d1.compiler import D1Compiler
from dialects.d1.limits import EXACT
from dialects.sqlite.compiler import SqliteCompiler
from qb import Executor, Query
from qb.errors import UnsupportedError
from qb.nodes import Node
from qb.queries import Compilable
from tests.copying import copied
from tests.features import Feature

N = TypeVar("N", bound=Node)


class Check:
    """`await check(statement, sqlite=…, postgres=…, parameters=…, rows=…)`.

    A test with `@feature(…)` is held to what it says there: a statement that a dialect is said to refuse must be
    refused when it is compiled, and any other must run.

    On D1 it is SQLite's text but for what `dialects.d1` says of whole numbers, unless `d1` has another one.

    `postgres` may be left out when it is SQLite's text with numbered parameters, `postgres_parameters` when they are
    equal to SQLite's. `rows` are what the statement returns, or else what `then` returns after it; `affected` is
    how many rows it changed. Each statement is compiled a second time from a copy of its tree.
    """

    def __init__(self, executor: Executor, feature: Feature | None = None) -> None:
        self.executor = executor
        self.dialect = executor.dialect.name
        self.feature = feature

    async def __call__(
        self,
        statement: Compilable,
        *,
        sqlite: str = "",
        postgres: str | None = None,
        d1: str | None = None,
        parameters: Sequence[object] = (),
        postgres_parameters: Sequence[object] | None = None,
        rows: Sequence[tuple[Any, ...]] | None = None,
        affected: int | None = None,
        then: Query[Any] | None = None,
    ) -> None:
        if self.dialect == "postgres":
            expected = numbered(sqlite) if postgres is None else postgres
            values = parameters if postgres_parameters is None else postgres_parameters
        else:
            expected, values = sqlite, parameters
        if self.dialect == "d1":
            values = [str(value) if is_large(value) else value for value in values]
        if self.feature is not None and self.is_refused(statement, self.feature):
            return
        before = statement.compile(self.dialect)
        text = before.sql
        if self.dialect == "d1":
            text, expected = (text, d1) if d1 is not None else (as_sqlite(statement), expected)
        assert text == expected, f"{text}\nbut expected\n{expected}"
        assert exact([before.parameters]) == exact([values])
        assert self.executor.dialect.compiler().compile(copied(statement.node)) == before
        query = statement if then is None else then
        if affected is not None or then is not None:
            changed = await self.executor.execute(statement)
            assert affected is None or changed == affected
        if rows is not None:
            assert isinstance(query, Query)
            assert exact(await self.executor.fetch_all(query)) == exact(rows)
        assert statement.compile(self.dialect) == before, "running a statement changes nothing in it"

    def is_refused(self, statement: Compilable, feature: Feature) -> bool:
        """Whether the dialect refuses the statement; it does so when, and only when, the feature says it."""
        if feature.status(self.dialect) != "refused":
            return False
        with pytest.raises(UnsupportedError):
            statement.compile(self.dialect)
        return True


class Plain(D1Compiler):
    """D1's compiler without its care for whole numbers and for the columns of a result."""

    is_whole = True
    json_items = SqliteCompiler.json_items
    visit_compound = SqliteCompiler.visit_compound
    projection = SqliteCompiler.projection

    def as_bound(self, render: Callable[[N], str], node: N) -> str:
        return render(node)


def is_large(value: object) -> bool:
    """Whether a number of JSON does not keep it."""
    return isinstance(value, int) and abs(value) > EXACT


def as_sqlite(statement: Compilable) -> str:
    """D1's text of a statement, without what is JSON's."""
    return Plain().compile(statement.node)[0]


def numbered(text: str) -> str:
    """The text with `$1`, `$2` … for its question marks."""
    first, *others = text.split("?")
    return first + "".join([f"${number}{part}" for number, part in zip(count(1), others, strict=False)])


def exact(rows: Sequence[Sequence[object]]) -> list[list[tuple[type, object]]]:
    """The values with their types, because True is equal to 1 and a row within a row to a tuple."""
    return [[(bool if isinstance(value, bool) else object, value) for value in row] for row in rows]
