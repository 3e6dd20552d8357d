"""Where things are renamed: a schema of PostgreSQL, and another one beside it."""

from __future__ import annotations

from typing import Any

from qb import Database, sql
from qb.dialect import find_dialect
from qb.migrations.diff import diff
from qb.migrations.files import Folder
from qb.migrations.hints import Hints, declared_hints
from qb.migrations.making import draft, write
from qb.migrations.runner import Runner
from qb.migrations.validate import validate
from qb.schema.declared import Declared
from qb.schema.objects import Schema

POSTGRES = find_dialect("postgres")

describe = POSTGRES.ddl().description.describe


class Place:
    """A schema of PostgreSQL with a history, beside which is another schema."""

    def __init__(self, db: Database, folder: Folder, other: str) -> None:
        self.db = db
        self.folder = folder
        self.other = other

    async def migrate(self, *declared: Declared, hints: Hints | None = None) -> list[str]:
        """Come to what is declared. Returns the statements."""
        head = self.folder.head()
        before = Schema("postgres") if head is None else head.schema
        after = describe(declared)
        known = declared_hints(declared, before, after).merged(hints or Hints())
        drafts = draft(POSTGRES, before, after, known)
        write(self.folder, "next", drafts)
        await Runner(self.db, self.folder).up()
        assert str(await validate(self.db, *declared)) == "The database is as declared."
        assert diff(after, after, declared_hints(declared, after, after)) == (), "former names may stay"
        return [statement for each in drafts for statement in each.up.statements]

    async def back(self, *declared: Declared) -> None:
        """Undo the last migration, which leads to what was declared before."""
        await Runner(self.db, self.folder).down()
        assert str(await validate(self.db, *declared)) == "The database is as declared."

    async def execute(self, *statements: str) -> None:
        for statement in statements:
            await self.db.execute(sql(statement))

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.db.driver.acquire() as connection:
            return [tuple(row) for row in await connection.fetch(query, (), list)]
