"""Applying the migrations of a folder to a database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from qb.migrations.applier import Options, Work
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.history import Record
from qb.migrations.migration import Migration
from qb.migrations.standing import Standing, Status
from qb.running.database import Database


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
        return (await self._standing()).status()

    async def pending(self, to: str | None = None) -> list[Migration]:
        """What `up` would apply. Raises MigrationError like it."""
        return self._pending(await self._standing(), to)

    async def up(self, to: str | None = None) -> list[str]:
        """Apply what was not applied, up to one migration or to the last; the names of those that were applied now.

        Raises MigrationError when the folder or the history is not as it was, MigrationFailed when a statement fails,
        MigrationsLocked when another process migrates and does not end.
        """
        async with self._applier.alone():
            standing = await self._standing()
            done = []
            for migration in self._pending(standing, to):
                before, after = standing.history.get(migration.name), complete(migration)
                work = Work(migration.name, migration.script(), before, after, after)
                if await self._applier.run(work):
                    done.append(migration.name)
            return done

    async def applied(self, to: str | None = None) -> list[Migration]:
        """What `down` would undo, the last one first."""
        return self._undone(await self._standing(), to)

    async def down(self, to: str | None = None) -> list[str]:
        """Undo the last migration, or all that came after `to`; the names of those that were undone. One that stopped
        on its way back goes on from there.

        Raises MigrationError when one has no way back, before anything is undone, otherwise like `up`.
        """
        async with self._applier.alone():
            standing = await self._standing()
            works = []
            for migration in self._undone(standing, to):
                script, (own, *others) = migration.down_script(), standing.rows(migration.name)
                if own.state == "halfway" and not self._applier.can_turn_back(script):
                    raise MigrationError(
                        f"{migration.name} stopped after {own.done} of {own.statements} statements, and what undoes it "
                        f"may change rows for which that was never done: finish it with `qb migrate up`, or go back by "
                        f"hand and say `qb migrate resolve {migration.name} reverted`"
                    )
                count = len(script.statements)
                halfway = Record(migration.name, migration.checksum, count, 0, own.applied_at, migration.checksum_down)
                works.append(Work(migration.name, script, own, halfway, None, tuple(others)))
            return [work.name for work in works if await self._applier.run(work)]

    async def baseline(self, name: str) -> list[str]:
        """Note a migration, and all that it follows, as applied without running them: the database has them already."""
        async with self._applier.alone():
            standing = await self._standing()
            graph = standing.graph
            wanted = {graph.find(name).name, *graph.ancestors(name)}
            todo = [each for each in graph.migrations.values() if each.name in wanted]
            todo = [each for each in todo if each.name not in standing.history]
            await self._note([(None, complete(migration)) for migration in todo])
            return [migration.name for migration in todo]

    async def resolve(self, name: str, *, applied: bool) -> str:
        """Say what became of a migration that stopped halfway, or whose file was edited: it counts as applied as it is
        now, or as never applied.
        """
        async with self._applier.alone():
            standing = await self._standing()
            name = standing.graph.find(name).name if name.isdecimal() else name
            if name not in standing.history and name not in standing.records:
                raise MigrationError(f"nothing of {name} was ever applied: there is nothing to resolve")
            own, *others = standing.rows(name) if name in standing.history else [standing.records[name]]
            after = complete(standing.graph.find(name)) if applied else None
            await self._note([(own, after), *[(each, None) for each in others]])
            return name

    async def _standing(self) -> Standing:
        return Standing(self.folder, await self._applier.history())

    async def _note(self, changes: Iterable[tuple[Record | None, Record | None]]) -> None:
        async with self._applier.db.driver.acquire() as connection:
            await self._applier.prepare(connection)
            for before, after in changes:
                await self._applier.note(connection, before, after)

    def _pending(self, standing: Standing, to: str | None) -> list[Migration]:
        self.folder.check()
        self.folder.head()  # there is one
        standing.check()
        graph, history = standing.graph, standing.history
        for each in standing.status():
            if each.state == "halfway down":
                raise MigrationError(f"{each.remedy}; then it can be applied again")
        wanted = set(graph.migrations)
        if to is not None:
            wanted = {graph.find(to).name, *graph.ancestors(to)}
        todo = [each for each in graph.migrations.values() if each.name in wanted]
        return [each for each in todo if each.name not in history or not history[each.name].is_complete]

    def _undone(self, standing: Standing, to: str | None) -> list[Migration]:
        self.folder.check()
        standing.check()
        graph = standing.graph
        begun = standing.halfway_down
        for name in begun:
            record = standing.history[name]
            if record.done and record.undone_by != graph.migrations[name].checksum_down:
                raise MigrationError(
                    f"down/{name}.sql was edited after some of its statements were run: bring it back from version "
                    f"control, or finish by hand and say `qb migrate resolve {name} reverted`"
                )
        applied = [each for each in reversed(graph.migrations.values()) if each.name in standing.history]
        if to is None:
            return [each for each in applied if each.name in begun or not begun][:1]
        kept = {graph.find(to).name, *graph.ancestors(to)}
        for name in kept.intersection(begun):
            raise MigrationError(f"{name} stopped on its way back: finish that first, with `qb migrate down`")
        return [each for each in applied if each.name not in kept]


def complete(migration: Migration) -> Record:
    """What the history says when all of a migration is done."""
    count = len(migration.script().statements)
    return Record(migration.name, migration.checksum, count, count, datetime.now(UTC))
