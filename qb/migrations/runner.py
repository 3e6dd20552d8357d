"""Applying the migrations of a folder to a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from qb.migrations.applier import Options, Work
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder, Migration
from qb.migrations.history import Record
from qb.running.database import Database

State = Literal["applied", "pending", "halfway", "edited", "unknown"]


@dataclass(frozen=True)
class Status:
    """What became of a migration in a database."""

    name: str
    state: State
    """`halfway`: it stopped outside of a transaction. `edited`: it was applied, and its file is another now.
    `unknown`: it was applied, and the folder does not have it.
    """
    applied_at: datetime | None = None


class Runner:
    """Applies migrations, one after the other, each wholly or not at all.

        runner = Runner(db, Folder(Path("migrations")))
        await runner.up()

    What it does can be done at the same time by several processes: one works, the others wait and then find it done.
    """

    def __init__(self, db: Database[Any], folder: Folder, options: Options | None = None) -> None:
        self.folder = folder
        self._applier = db.dialect.applier(db, options or Options())

    async def status(self) -> list[Status]:
        """All migrations of the folder and of the database, in the order in which they belong."""
        history = await self._applier.history()
        found = [status_of(migration, history.get(migration.name)) for migration in self.folder.migrations.values()]
        lost = [record for name, record in history.items() if name not in self.folder.migrations]
        return found + [Status(record.name, "unknown", record.applied_at) for record in lost]

    async def pending(self, to: str | None = None) -> list[Migration]:
        """What `up` would apply. Raises MigrationError like it."""
        return self._pending(await self._applier.history(), to)

    async def up(self, to: str | None = None) -> list[str]:
        """Apply what was not applied, up to one migration or to the last; the names of those that were applied now.

        Raises MigrationError when the folder or the history is not as it was, MigrationFailed when a statement fails,
        MigrationsLocked when another process migrates and does not end.
        """
        async with self._applier.alone():
            history = await self._applier.history()
            done = []
            for migration in self._pending(history, to):
                script = migration.script()
                after = complete(migration)
                if await self._applier.run(Work(migration.name, script, history.get(migration.name), after)):
                    done.append(migration.name)
            return done

    async def applied(self, to: str | None = None) -> list[Migration]:
        """What `down` would undo, the last one first."""
        return self._undone(await self._applier.history(), to)

    async def down(self, to: str | None = None) -> list[str]:
        """Undo the last migration, or all that came after `to`; the names of those that were undone.

        Raises MigrationError when one has no way back, before anything is undone.
        """
        async with self._applier.alone():
            history = await self._applier.history()
            works = [
                Work(migration.name, migration.down_script(), history[migration.name], None)
                for migration in self._undone(history, to)
            ]
            return [work.name for work in works if await self._applier.run(work)]

    async def baseline(self, name: str) -> list[str]:
        """Note a migration, and all that it follows, as applied without running them: the database has them already."""
        wanted = {self.folder.find(name).name, *self.folder.ancestors(name)}
        async with self._applier.alone():
            history = await self._applier.history()
            todo = [
                each for each in self.folder.migrations.values() if each.name in wanted and each.name not in history
            ]
            await self._note([(None, complete(migration)) for migration in todo])
            return [migration.name for migration in todo]

    async def resolve(self, name: str, *, applied: bool) -> None:
        """Say what became of a migration that stopped halfway, or whose file was edited: it counts as applied as it is
        now, or as never applied.
        """
        async with self._applier.alone():
            history = await self._applier.history()
            record = history.get(name)
            if record is None:
                raise MigrationError(f"nothing of {name} was ever applied: there is nothing to resolve")
            await self._note([(record, complete(self.folder.find(name)) if applied else None)])

    async def _note(self, changes: Iterable[tuple[Record | None, Record | None]]) -> None:
        async with self._applier.db.driver.acquire() as connection:
            await self._applier.prepare(connection)
            for before, after in changes:
                await self._applier.note(connection, before, after)

    def _pending(self, history: dict[str, Record], to: str | None) -> list[Migration]:
        self.folder.check()
        self.folder.head()  # there is one
        self._check(history)
        wanted = set(self.folder.migrations)
        if to is not None:
            wanted = {self.folder.find(to).name, *self.folder.ancestors(to)}
        todo = [each for each in self.folder.migrations.values() if each.name in wanted]
        return [each for each in todo if each.name not in history or not history[each.name].is_complete]

    def _check(self, history: dict[str, Record]) -> None:
        """Raise MigrationError when the database and the folder do not belong together."""
        wrong = []
        for name, record in history.items():
            migration = self.folder.migrations.get(name)
            if migration is None:
                wrong.append(f"{name} was applied, and {self.folder.path} does not have it")
                continue
            if status_of(migration, record).state == "edited":
                remedy = f"`qb migrate resolve {name} applied` takes it as it is"
                wrong.append(f"{name} was edited after it was applied: {remedy}")
            late = [parent for parent in migration.parents if parent not in history]
            wrong += [f"{parent} was not applied, and {name}, which follows it, was" for parent in late]
        if wrong:
            raise MigrationError("\n".join(wrong))

    def _undone(self, history: dict[str, Record], to: str | None) -> list[Migration]:
        self.folder.check()
        self._check(history)
        applied = [each for each in reversed(self.folder.migrations.values()) if each.name in history]
        if to is None:
            return applied[:1]
        kept = {self.folder.find(to).name, *self.folder.ancestors(to)}
        return [each for each in applied if each.name not in kept]


def complete(migration: Migration) -> Record:
    """What the history says when all of a migration is done."""
    count = len(migration.script().statements)
    return Record(migration.name, migration.checksum, count, count, datetime.now(UTC))


def status_of(migration: Migration, record: Record | None) -> Status:
    """What became of a migration of the folder."""
    if record is None:
        return Status(migration.name, "pending")
    state: State = "applied" if record.is_complete else "halfway"
    if record.checksum and record.checksum != migration.checksum:
        state = "edited"
    return Status(migration.name, state, record.applied_at)
