"""What was applied to a database: a table that it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qb import col
from qb.tables import Table

NAME = "qb_migrations"


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

    @property
    def is_complete(self) -> bool:
        """Whether all of its statements were run."""
        return self.done == self.statements
