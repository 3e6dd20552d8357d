"""A statement of a migration, and what it does."""

from __future__ import annotations

from dataclasses import dataclass, field

from qb.migrations.operations import Operation
from qb.schema.objects import Schema
from qb.schema.reading import Reader


@dataclass
class Statement:
    """What a statement of a migration does."""

    sql: str
    steps: list[tuple[Schema, Operation]] = field(default_factory=list)
    """The operations, each with the schema just before it."""
    is_understood: bool = True
    """Whether all that it does to tables is in the operations."""
    names: list[str] = field(default_factory=list)
    """The names that it gives to what it makes."""
    cascades: bool = False
    """Whether what depends on it goes, too, without being named."""

    def words(self, dialect: str) -> list[str]:
        """Its words in capitals."""
        return [word.text.upper() for word in Reader(self.sql, dialect).words]
