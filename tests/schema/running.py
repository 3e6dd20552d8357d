"""Running DDL, and reading what came of it."""

from __future__ import annotations

from dataclasses import replace

from qb import Database, sql
from qb.schema.canonical import canonical
from qb.schema.introspect import introspect
from qb.schema.objects import Schema


async def run(db: Database, *statements: str) -> None:
    """Run statements as they are."""
    for statement in statements:
        await db.execute(sql(statement.replace("{", "{{").replace("}", "}}")))


async def created(db: Database, *statements: str, schemas: tuple[str, ...] = ()) -> Schema:
    """What is found after these statements, but for the schemas of other tests."""
    await run(db, *statements)
    found = canonical(await introspect(db, schemas))
    return replace(found, unknown=tuple([each for each in found.unknown if each.kind != "schema"]))
