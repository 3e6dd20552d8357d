"""A migration of a folder, as data."""

from __future__ import annotations

from dataclasses import dataclass

from qb.migrations.errors import MigrationError
from qb.migrations.operations import Operation
from qb.migrations.scripts import Script, parsed
from qb.migrations.snapshot import digest
from qb.schema.objects import Schema


@dataclass(frozen=True)
class Replaced:
    """A migration in whose place a squashed one stands, so that a database which has it is known."""

    name: str
    checksum: str
    """Of what was run."""
    snapshot: str
    """The checksum of its snapshot, by which those that follow it name it."""
    parts: tuple[str, ...] = ()
    """The migrations in whose place this one stood itself: what is squashed can be squashed again."""


@dataclass(frozen=True)
class Migration:
    """One step in the history of a schema."""

    name: str
    """`0001_create_artists`"""
    up: str
    """The text of the file."""
    down: str | None
    """None when there is no way back."""
    schema: Schema
    """What there is afterwards."""
    parents: tuple[str, ...]
    """The migrations that it follows: none for the first, several where branches meet."""
    operations: tuple[Operation, ...] = ()
    """What it does to the schema, of which the files were written."""
    replaces: tuple[Replaced, ...] = ()
    """The migrations in whose place it stands, in their order; the last of them had its name."""

    @property
    def number(self) -> int:
        """What it is sorted by."""
        return int(self.name.partition("_")[0])

    @property
    def checksum(self) -> str:
        """Of what is run."""
        return digest(self.up)

    @property
    def checksum_down(self) -> str:
        """Of what undoes it; empty when nothing does."""
        return "" if self.down is None else digest(self.down)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of those that it was made of; none unless it was squashed."""
        return tuple([each.name for each in self.replaces if not each.parts])

    def script(self) -> Script:
        """What is run."""
        return parsed(self.up, self.schema.dialect)

    def down_script(self) -> Script:
        """What undoes it. Raises MigrationError when nothing does."""
        if self.down is None:
            raise MigrationError(f"{self.name} has no way back: there is no down/{self.name}.sql")
        return parsed(self.down, self.schema.dialect)
