"""What is in a D1 is found as in SQLite: the same PRAGMAs work there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialects.sqlite.schema.introspect import SqliteIntrospection
from qb.dialect import Job, Load, find_dialect
from qb.schema.canonical import canonical
from qb.schema.declared import declared_in
from tests.d1_server import D1Server
from tests.schema import everything_sqlite


async def test_everything_is_found(d1_server: D1Server) -> None:
    ddl = find_dialect("d1").ddl()
    described = ddl.description.describe(declared_in(everything_sqlite))
    database = d1_server.database()
    d1_server.query(database, ("CREATE TABLE d1_migrations (id)", []))
    for statement in ddl.create_all(described):
        d1_server.query(database, (statement, []))

    async def run(jobs: Sequence[Job]) -> list[Any]:
        asked = []
        for job in jobs:
            assert not isinstance(job, Load)
            asked.append((job[0], list(job[1])))
        return [[tuple(row.values()) for row in each["results"]] for each in d1_server.query(database, *asked)]

    found = canonical(await SqliteIntrospection().read(run, ()))
    assert [table.name for table in found.tables] == [table.name for table in canonical(described).tables]
    assert found.tables[1] == canonical(described).tables[1]
    assert found.unknown == ()
