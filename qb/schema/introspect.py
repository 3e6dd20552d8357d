"""From a database to the data of its schema. A dialect subclasses `Introspection`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from qb.dialect import Job
from qb.schema.objects import Name, Schema
from qb.schema.python_types import TypeNames

if TYPE_CHECKING:
    from qb.running.executor import Executor

Run = Callable[[Sequence[Job]], Awaitable[list[Any]]]
"""Runs statements of which all see one moment, and gives what each of them gives."""
Rows = list[Sequence[Any]]
"""As the driver has them."""


async def introspect(db: Executor[Any], schemas: Iterable[str] = ()) -> Schema:
    """What is in a database: everything that a `Schema` can say, and the rest by name, in `unknown`.

        schema = await introspect(db)

    It is read from the schema in which unqualified names are found, whose objects have no schema in their names, and
    from `schemas` besides. What is in others is not looked at: PostgreSQL's are named in `unknown`.
    """
    return await db.dialect.introspection().read(db._together, tuple(schemas))


async def normalised(db: Executor[Any], schema: Schema) -> Schema:
    """What `introspect` would find if a database had this schema: expressions, types and names as the engine tells
    them, so that they compare with those of a database.

    The schema is created for that, and nothing of it stays: on PostgreSQL in a transaction that is rolled back, in
    a schema of its own; of SQLite in memory. Raises the DatabaseError of what cannot be created.
    """
    return await db.dialect.introspection().normalised(db, schema)


class Introspection:
    """Reads the catalogs of one dialect."""

    dialect: ClassVar[str]

    async def read(self, run: Run, schemas: Sequence[str]) -> Schema:
        """What is in a database."""
        raise NotImplementedError

    async def normalised(self, db: Executor[Any], schema: Schema) -> Schema:
        """What would be in a database."""
        raise NotImplementedError

    def python_types(self, enums: Mapping[Name, str]) -> TypeNames:
        """What writes the declarations of columns; `enums` are the Python classes by the names of the types."""
        raise NotImplementedError


def schemas_of(schema: Schema) -> list[str]:
    """The names of all schemas that are mentioned, sorted."""
    objects = (schema.enums, schema.sequences, schema.tables, schema.views)
    mentioned = {each.name.schema for kind in objects for each in kind}
    return sorted({*schema.schemas, *[name for name in mentioned if name is not None]})
