"""Random schemas are found as they were created, and what was found is created and found again."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from qb import Database
from qb.dialect import find_dialect
from qb.migrations.snapshot import dump, load
from qb.schema.canonical import canonical
from qb.schema.introspect import introspect, normalised
from qb.schema.objects import Schema
from tests.schema.strategies import schemas

RANDOM = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@RANDOM
@given(schema=schemas("sqlite"))
async def test_random_schemas_of_sqlite(schema: Schema) -> None:
    ddl = find_dialect("sqlite").ddl()
    async with Database.connect("sqlite://") as db:
        await db._together([(statement, (), None) for statement in ddl.create_all(schema)])
        found = canonical(await introspect(db))
    assert found == canonical(schema)
    assert load(dump(found)) == found


@settings(RANDOM, max_examples=25)
@given(schema=schemas("postgres"))
async def test_random_schemas_of_postgres(postgres_db: Database, schema: Schema) -> None:
    found = canonical(await normalised(postgres_db, schema))
    again = canonical(await normalised(postgres_db, found))
    third = canonical(await normalised(postgres_db, again))
    assert third == again, "the engine says the same of what it has said"
    plain = canonical(schema)
    for one, other in zip(found.tables, plain.tables, strict=True):
        assert (one.name, one.primary_key, one.uniques, one.foreign_keys) == (
            other.name, other.primary_key, other.uniques, other.foreign_keys
        )  # fmt: skip
        for ours, theirs in zip(one.columns, other.columns, strict=True):
            assert (ours.name, ours.type, ours.nullable, ours.identity, ours.collation, ours.comment) == (
                theirs.name, theirs.type, theirs.nullable, theirs.identity, theirs.collation, theirs.comment
            )  # fmt: skip
        assert [(check.name, check.valid) for check in one.checks] == [
            (check.name, check.valid) for check in other.checks
        ]
        assert [(each.name, each.unique, len(each.keys)) for each in one.indexes] == [
            (each.name, each.unique, len(each.keys)) for each in other.indexes
        ]
    assert load(dump(found)) == found
