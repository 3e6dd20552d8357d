"""What migrations have made of a database."""

from __future__ import annotations

from collections.abc import Iterable

from qb import Database, select, sql
from qb.migrations.standing import Status


async def count(db: Database, table: str) -> int:
    """How many rows a table has."""
    found: int = await db.fetch_value(select(sql(f"(SELECT count(*) FROM {table})", returns=int).as_("n")))
    return found


def states(status: Iterable[Status]) -> list[tuple[str, str]]:
    """What became of each migration."""
    return [(each.name, each.state) for each in status]
