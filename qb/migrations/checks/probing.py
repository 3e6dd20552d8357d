"""Asking a database what its tables hold, so that what concerns no row is not warned of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qb.errors import DatabaseError
from qb.migrations.checks.checking import Found
from qb.migrations.checks.rules import Danger

if TYPE_CHECKING:
    from qb.running.database import Database

SMALL = 10_000
"""As many rows are worked through before anybody notices a lock."""
LENGTHY: tuple[Danger, ...] = ("rewrites", "locks")
"""Dangers that grow with the table."""


async def probed(db: Database[Any], found: Iterable[Found]) -> list[Found]:
    """The same, each with the number that its probe gives now; None where it has no probe, or asks for what a migration
    ahead of it makes.
    """
    return [replace(each, rows=await count(db, each.finding.probe)) for each in found]


async def count(db: Database[Any], probe: str | None) -> int | None:
    """What a probe gives."""
    if probe is None:
        return None
    async with db.driver.acquire() as connection:
        try:
            ((number,),) = await connection.fetch(probe, (), list)
        except DatabaseError:
            return None
    return int(number)


def is_settled(found: Found, small: int = SMALL) -> bool:
    """Whether the rows that are there are none of those that a danger is about, or so few that nobody notices."""
    if found.rows is None:
        return False
    return found.rows <= (small if found.finding.danger in LENGTHY else 0)
