"""From a database to the data of its schema. A dialect subclasses `Introspection`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from qb.schema.objects import Schema

if TYPE_CHECKING:
    from qb.executor import Executor

Rows = list[Sequence[Any]]
"""As the driver has them."""


async def introspect(db: Executor[Any], schemas: Iterable[str] = ()) -> Schema:
    """What is in a database: everything that a `Schema` can say, and the rest by name, in `unknown`.

        schema = await introspect(db)

    It is read from the schema in which unqualified names are found, whose objects have no schema in their names, and
    from `schemas` besides. What is in others is not looked at.
    """
    return await db.dialect.introspection().read(db, tuple(schemas))


class Introspection:
    """Reads the catalogs of one dialect."""

    dialect: ClassVar[str]

    async def read(self, db: Executor[Any], schemas: Sequence[str]) -> Schema:
        """What is in a database."""
        raise NotImplementedError

    async def rows(self, db: Executor[Any], *queries: tuple[str, Sequence[object]]) -> list[Rows]:
        """What each query of the catalogs gives, all of one moment."""
        return await db._together([(sql, parameters, list) for sql, parameters in queries])
