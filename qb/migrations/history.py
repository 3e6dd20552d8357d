"""What was applied to a database: a table that it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from qb import col
from qb.tables import Table

NAME = "qb_migrations"
UNDONE_BY = " undone by "
"""Stands between the checksums of a migration and of its way back while that one is halfway: older versions of qb, and
Workers, take this for a file that was edited, and leave it alone.
"""


class Applied(Table, name=NAME):
    """One row for each migration that was begun."""

    name = col.text().primary_key()
    checksum = col.text()
    statements = col.integer()
    done = col.integer()
    applied_at = col.timestamp()


@dataclass(frozen=True)
class Record:
    """One of its rows."""

    name: str
    checksum: str
    """Of the file that was run; empty where nobody noted it, as wrangler does not."""
    statements: int
    """How many it has."""
    done: int
    """How many of them were run: fewer when it stopped halfway, outside of a transaction."""
    applied_at: datetime
    undone_by: str = ""
    """The checksum of its way back, where that one was begun: the statements are those of it."""

    @classmethod
    def read(cls, name: str, checksum: str, statements: int, done: int, applied_at: datetime) -> Record:
        """What a row says."""
        checksum, _, undone_by = checksum.partition(UNDONE_BY)
        return cls(name, checksum, statements, done, applied_at, undone_by)

    def row(self) -> dict[str, Any]:  # values of all columns
        """The row that says it."""
        row = dict(vars(self))
        undone_by = row.pop("undone_by")
        return row | {"checksum": f"{self.checksum}{UNDONE_BY}{undone_by}"} if undone_by else row

    @property
    def is_complete(self) -> bool:
        """Whether all of it was run, and nothing of its way back."""
        return self.done == self.statements and not self.undone_by

    @property
    def state(self) -> Literal["applied", "halfway", "halfway down"]:
        """What became of the migration. `halfway`: some of its statements were run; `halfway down`: some of those that
        undo it.
        """
        if self.undone_by:
            return "halfway down"
        return "applied" if self.is_complete else "halfway"
