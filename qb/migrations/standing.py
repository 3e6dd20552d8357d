"""Where a database stands among the migrations of a folder, some of which may be squashed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.graph import Graph
from qb.migrations.history import Record
from qb.migrations.migration import Migration

State = Literal["applied", "pending", "halfway", "halfway down", "edited", "between", "unknown"]


@dataclass(frozen=True)
class Status:
    """What became of a migration in a database."""

    name: str
    state: State
    """`halfway`: it stopped outside of a transaction. `halfway down`: what undoes it did.
    `edited`: it was applied, and its file is another now.
    `between`: some of those that it was squashed of were applied, and the others are not in the folder any more.
    `unknown`: it was applied, and the folder does not have it.
    """
    applied_at: datetime | None = None
    replaces: tuple[str, ...] = ()
    """The migrations of which it was squashed."""
    done: int = 0
    """How many statements were run, of those that undo it where it is halfway down,"""
    statements: int = 0
    """and of how many."""

    @property
    def remedy(self) -> str:
        """What to do about a migration that stopped halfway; empty where nothing is to be done."""
        count = f"{self.done} of {self.statements} statements"
        if self.state == "halfway":
            return f"{self.name} stopped after {count}: `qb migrate up` goes on from there"
        if self.state == "halfway down":
            return f"{self.name} stopped on its way back after {count}: `qb migrate down` goes on from there"
        return ""


class Standing:
    """What a database has of a folder.

    A squashed migration is one where all of it was applied, in one or in parts, or nothing of it; a database that
    stands within it goes on with its parts.
    """

    def __init__(self, folder: Folder, records: Mapping[str, Record]) -> None:
        self.records = records
        """What the history says."""
        self.history: dict[str, Record] = {}
        """The same of the migrations of `graph`, a squashed one that was applied in parts included."""
        self.between: set[str] = set()
        """Squashed migrations within which the database stands, and whose parts are not there to go on with."""
        self._behind: dict[str, tuple[Record, ...]] = {}
        migrations = {}
        for migration in folder.migrations.values():
            if is_whole(migration, records):
                migrations[migration.name] = migration
                self._note_whole(migration)
            elif all(part in folder.squashed for part in migration.parts):
                migrations |= {part: folder.squashed[part] for part in migration.parts}
                self._note_parts(migration)
            else:
                migrations[migration.name] = migration
                self.between.add(migration.name)
        self.graph = Graph(migrations, folder.path)
        known = {part for each in folder.migrations.values() for part in (each.name, *each.parts)}
        self.unknown = [record for name, record in records.items() if name not in known]
        """Those of migrations that the folder does not have."""

    @property
    def halfway_down(self) -> list[str]:
        """The migrations that stopped on their way back."""
        return [name for name, record in self.history.items() if record.state == "halfway down"]

    def rows(self, name: str) -> list[Record]:
        """What the history has of an applied migration: what is in its place when it was squashed, its own first.

        Raises MigrationError for a part of what was applied as one.
        """
        rows = self._behind[name]
        shared = [other for other, behind in self._behind.items() if other != name and set(behind) & set(rows)]
        if shared:
            raise MigrationError(f"{name} was applied as one with {', '.join(shared)}, and cannot be parted from it")
        return sorted(rows, key=lambda row: row.name != name)

    def status(self) -> list[Status]:
        """All migrations of the folder and of the database, in the order in which they belong."""
        found = [self._status(migration) for migration in self.graph.migrations.values()]
        return found + [Status(record.name, "unknown", record.applied_at) for record in self.unknown]

    def check(self) -> None:
        """Raise MigrationError when the database and the folder do not belong together."""
        place = self.graph.place
        wrong = [f"{record.name} was applied, and {place} does not have it" for record in self.unknown]
        for name in self.between:
            migration = self.graph.migrations[name]
            there = [part for part in migration.parts if part in self.records]
            wrong.append(
                f"{name} was squashed of {migration.parts[0]} … {migration.parts[-1]}, and the database stands within "
                f"them, after {there[-1]}: to go on with them, bring the files of {place}/squashed back from version "
                f"control"
            )
        for name in self.history:
            migration = self.graph.migrations[name]
            if self._status(migration).state == "edited":
                wrong.append(edited(self.history[name]))
            late = [parent for parent in migration.parents if parent not in self.history]
            wrong += [f"{parent} was not applied, and {name}, which follows it, was" for parent in late]
        if wrong:
            raise MigrationError("\n".join(wrong))

    def _status(self, migration: Migration) -> Status:
        """What became of a migration."""
        name, record = migration.name, self.history.get(migration.name)
        if record is None:
            return Status(name, "between" if name in self.between else "pending", replaces=migration.parts)
        state: State = record.state
        is_begun = record.is_complete or record.done > 0
        if is_begun and record.checksum and record.checksum != migration.checksum:
            state = "edited"
        return Status(name, state, record.applied_at, migration.parts, record.done, record.statements)

    def _note_whole(self, migration: Migration) -> None:
        """What the history says of a migration that is one."""
        record = self.records.get(migration.name)
        if record is None:
            return
        self._behind[migration.name] = tuple([self.records[name] for name in migration.parts if name in self.records])
        if not migration.parts:
            self._behind[migration.name] = (record,)
        elif any(record.checksum == each.checksum for each in migration.replaces):
            record = replace(record, checksum=migration.checksum)
        self.history[migration.name] = record

    def _note_parts(self, migration: Migration) -> None:
        """What the history says of a migration that is seen in its parts."""
        for part, row in applied_parts(migration, self.records).items():
            (checksum,) = [each.checksum for each in migration.replaces if each.name == part and not each.parts]
            self._behind[part] = (row,)
            is_own = row.name == part and row.checksum in ("", checksum)
            self.history[part] = row if is_own else replace(row, name=part, checksum=checksum)
        for part in migration.parts:
            if part in self.records and part not in self.history:  # edited
                self._behind[part] = (self.records[part],)
                self.history[part] = self.records[part]


def edited(record: Record) -> str:
    """What to do about a migration whose file was edited."""
    if record.is_complete:
        remedy = f"`qb migrate resolve {record.name} applied` takes it as it is"
        return f"{record.name} was edited after it was applied: {remedy}"
    return (
        f"{record.name} was edited after {record.done} of {record.statements} statements were run: bring it back from "
        f"version control, or finish by hand and say `qb migrate resolve {record.name} applied`"
    )


def is_whole(migration: Migration, records: Mapping[str, Record]) -> bool:
    """Whether a database sees a migration as one."""
    there = [records[part] for part in migration.parts if part in records]
    own = records.get(migration.name)
    if not there or (own is not None and own.checksum == migration.checksum):
        return True
    if [each.name for each in there] == [migration.name]:
        return not any(there[0].checksum == each.checksum for each in migration.replaces)
    done = applied_parts(migration, records)
    return set(done) == set(migration.parts) and all(row.is_complete for row in done.values())


def applied_parts(migration: Migration, records: Mapping[str, Record]) -> dict[str, Record]:
    """The parts of a squashed migration that a database has as they were, each with the row that says so: its own, or
    that of what it had been squashed into before.
    """
    found: dict[str, Record] = {}
    for each in migration.replaces:
        row = records.get(each.name)
        if row is not None and row.checksum in ("", each.checksum):
            for part in each.parts or (each.name,):
                found.setdefault(part, row)
    return {part: found[part] for part in migration.parts if part in found}
