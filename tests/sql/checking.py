"""One statement: its SQL for each dialect, and what each engine answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest

from qb import Executor, Query
from qb.errors import UnsupportedError
from qb.queries import Compilable
from tests.copying import copied
from tests.features import Feature


class Check:
    """`await check(statement, sqlite=…, postgres=…, parameters=…, rows=…)`.

    A test with `@feature(…)` is held to what it says there: a statement that a dialect is said to refuse must be
    refused when it is compiled, and any other must run.

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
        if self.feature is not None and self.is_refused(statement, self.feature):
            return
        before = statement.compile(self.dialect)
        assert before.sql == expected, f"{before.sql}\nbut expected\n{expected}"
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
        for dialect in {"sqlite": ("sqlite", "d1")}.get(self.dialect, (self.dialect,)):
            if feature.status(dialect) == "refused":
                with pytest.raises(UnsupportedError):
                    statement.compile(dialect)
            else:
                statement.compile(dialect)
        return feature.status(self.dialect) == "refused"


def numbered(text: str) -> str:
    """The text with `$1`, `$2` … for its question marks."""
    first, *others = text.split("?")
    return first + "".join([f"${number}{part}" for number, part in zip(count(1), others, strict=False)])


def exact(rows: Sequence[Sequence[object]]) -> list[list[tuple[type, object]]]:
    """The values with their types, because True is equal to 1 and a row within a row to a tuple."""
    return [[(bool if isinstance(value, bool) else object, value) for value in row] for row in rows]
