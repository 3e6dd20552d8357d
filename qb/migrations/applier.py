"""Running scripts on a database, so that each is done wholly or not at all, and keeping book of it.

A dialect subclasses `Applier` where its engine has other means.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from qb.dialect import Characteristics, Connection, committed
from qb.errors import DatabaseError, QbError, TimeoutExceeded
from qb.migrations.errors import MigrationFailed, MigrationsLocked
from qb.migrations.history import NAME, Applied, Record
from qb.migrations.scripts import Script
from qb.queries import Compilable
from qb.running.database import Database
from qb.running.tasks import finish
from qb.statements.delete import delete
from qb.statements.insert import insert
from qb.statements.select import select
from qb.statements.update import update


@dataclass(frozen=True)
class Step:
    """A statement that is about to be run, for who shows the progress."""

    migration: str
    statement: int
    """From 1 on."""
    statements: int
    sql: str


@dataclass(frozen=True)
class Options:
    """How to run migrations."""

    wait: float = 30.0
    """Seconds to wait while somebody else migrates the database."""
    lock_timeout: float = 2.0
    """Seconds that a statement waits for a lock, while everybody who comes later waits behind it; then it lets them
    pass and tries again. For engines that have such a thing.
    """
    tries: int = 10
    """How often a migration is tried that waits for locks."""
    on_step: Callable[[Step], None] = lambda step: None
    """Called before each statement."""
    on_done: Callable[[str], None] = lambda name: None
    """Called with the name of each migration that is done."""


@dataclass(frozen=True)
class Work:
    """A script to run, and what the history says before and after it."""

    name: str
    script: Script
    before: Record | None
    halfway: Record
    """But for the number of statements that are done, where it runs outside of a transaction."""
    after: Record | None
    """None when it undoes the migration."""
    forgotten: tuple[Record, ...] = ()
    """What else goes from the history when it is done."""

    @property
    def is_begun(self) -> bool:
        """Whether somebody was stopped in the same script."""
        before = self.before
        return before is not None and not before.is_complete and before.undone_by == self.halfway.undone_by

    def noted(self, done: int) -> tuple[Record | None, tuple[Record, ...]]:
        """What the history says when so many statements are done, and what else goes from it."""
        if done == len(self.script.statements):
            return self.after, self.forgotten
        return replace(self.halfway, done=done), ()

    @property
    def undoes_a_part(self) -> bool:
        """Whether only a part of what it undoes is there."""
        return self.after is None and self.before is not None and not self.before.is_complete


class Applier:
    """Runs scripts on one database, over connections of its own."""

    def __init__(self, db: Database[Any], options: Options) -> None:
        self.db = db
        self.options = options

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Keep out others who migrate. Where there is no such lock, the transaction of each migration does it."""
        yield

    async def history(self) -> dict[str, Record]:
        """What was applied, by name. Empty where nothing ever was."""
        async with self.db.driver.acquire() as connection:
            if not await self.has_table(connection):
                return {}
        rows = await self.db.fetch_all(select(Applied).order_by(Applied.applied_at, Applied.name))
        return {row.name: Record.read(*row) for row in rows}

    async def has_table(self, connection: Connection, name: str = NAME) -> bool:
        """Whether a table is there, usually that of the history."""
        raise NotImplementedError

    async def prepare(self, connection: Connection) -> None:
        """Create the table of the history if it is not there."""
        if not await self.has_table(connection):
            (sql,) = self.db.dialect.ddl().create([Applied])
            await connection.execute(sql.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1), ())

    async def run(self, work: Work) -> bool:
        """Run a script. False when somebody else has done it meanwhile.

        Raises MigrationFailed when a statement fails, MigrationsLocked when nobody lets it through.
        """
        if not work.script.transactional:
            return self.told(work, await self.run_in_steps(work))
        end = time.monotonic() + self.options.wait
        tries = 1
        while True:
            try:
                return self.told(work, await self.run_whole(work))
            except TimeoutExceeded as error:
                if tries >= self.options.tries or time.monotonic() > end:
                    raise MigrationsLocked(
                        f"{work.name} waits for others, who hold the database or a lock: tried {tries} times, and "
                        f"nothing of it is done"
                    ) from error
            await asyncio.sleep(min(0.1 * 2**tries, 5.0))
            tries += 1

    def told(self, work: Work, is_done: bool) -> bool:
        """Tell who wants to know that a migration is done."""
        if is_done:
            self.options.on_done(work.name)
        return is_done

    async def run_whole(self, work: Work) -> bool:
        """Run a script in one transaction, with its entry in the history."""
        async with (
            self.db.driver.acquire() as connection,
            self.around(connection, work.script),
            in_transaction(connection, self.characteristics()),
        ):
            is_due = await self.is_due(connection, work)
            if is_due:
                check = await self.checking(connection, work.script)
                for number, sql in enumerate(work.script.statements, 1):
                    if not work.undoes_a_part or not await self.is_done(connection, work, sql):
                        await self.statement(connection, work, number)
                await check()
                await self.note(connection, work.before, work.after, work.forgotten)
        return is_due

    async def run_in_steps(self, work: Work) -> bool:
        """Run a script without a transaction, noting each statement that is done: the next run goes on from there."""
        async with self.db.driver.acquire() as connection, self.around(connection, work.script):
            is_due = await self.is_due(connection, work)
            current, first = work.before, 0
            if current is not None and work.is_begun:
                first = current.done + 1
            for number in range(first, len(work.script.statements) + 1) if is_due else ():
                await self.step(connection, work, number, current)
                current, _ = work.noted(number)
        if not is_due and not await self.is_over(work):
            raise others_run(work)
        return is_due

    async def step(self, connection: Connection, work: Work, number: int, before: Record | None) -> None:
        """Run one statement of a script without a transaction, and note it; 0 is no statement, and notes that it is
        begun. What can be in a transaction is in one with its note, so that nobody who is killed does it twice.
        """
        is_left = number > 0 and not await self.is_done(connection, work, work.script.statements[number - 1])
        goes_along = is_left and self.goes_with_its_note(work.script, number - 1)
        if is_left and not goes_along:
            await self.statement(connection, work, number)
        async with in_transaction(connection, Characteristics()):
            if not await self.is_due(connection, replace(work, before=before)):
                raise others_run(work)
            if goes_along:
                await self.statement(connection, work, number)
            await self.note(connection, before, *work.noted(number))

    async def is_over(self, work: Work) -> bool:
        """Whether somebody else has done it meanwhile."""
        found = (await self.history()).get(work.name)
        return found is None if work.after is None else found is not None and found.is_complete

    async def statement(self, connection: Connection, work: Work, number: int) -> None:
        """Run one statement of a script."""
        script = work.script
        sql, count = script.statements[number - 1], len(script.statements)
        self.options.on_step(Step(work.name, number, count, sql))
        try:
            await connection.execute(sql, ())
        except DatabaseError as error:
            if script.transactional and isinstance(error, TimeoutExceeded):
                raise  # nothing is done: it can be tried again
            raise MigrationFailed(
                work.name, number, count, script.transactional, str(error), is_way_back=work.after is None
            ) from error

    async def is_due(self, connection: Connection, work: Work) -> bool:
        """Whether the history is still as it was when the work was found."""
        await self.prepare(connection)
        sql, parameters = self.compiled(select(Applied.checksum, Applied.done).where(Applied.name == work.name))
        rows = [tuple(row) for row in await connection.fetch(sql, parameters, list)]
        before = work.before
        return rows == ([] if before is None else [(before.row()["checksum"], before.done)])

    async def note(
        self, connection: Connection, before: Record | None, after: Record | None, forgotten: Iterable[Record] = ()
    ) -> None:
        """Change the entry of a migration in the history, and forget others."""
        for one, other in [(before, after), *[(each, None) for each in forgotten]]:
            for statement in self.changes(one, other):
                await connection.execute(*self.compiled(statement))

    def changes(self, before: Record | None, after: Record | None) -> list[Compilable[Any]]:
        """What changes the entry."""
        if after == before:
            return []
        if after is None:
            return [] if before is None else [delete(Applied).where(Applied.name == before.name)]
        if before is None:
            return [insert(Applied).values(**after.row())]
        return [update(Applied).set(**after.row()).where(Applied.name == after.name)]

    def compiled(self, statement: Compilable[Any]) -> tuple[str, Any]:
        """The SQL and the parameters, as the driver takes them."""
        sql, parameters = statement.compile(self.db.dialect.name)
        return sql, parameters

    # What differs between engines

    def characteristics(self) -> Characteristics:
        """Of the transaction of a migration."""
        return Characteristics()

    @asynccontextmanager
    async def around(self, connection: Connection, script: Script) -> AsyncIterator[None]:
        """What a script wants of its connection, set before the transaction and set back after it."""
        yield

    async def checking(self, connection: Connection, script: Script) -> Callable[[], Any]:
        """What is called before the commit, and raises MigrationError when something is lost."""

        async def nothing() -> None:
            pass

        return nothing

    async def is_done(self, connection: Connection, work: Work, sql: str) -> bool:
        """Whether a statement was run outside of a transaction before it could be noted, or has nothing to undo where
        only a part is there. What such a statement left behind when it was interrupted is cleared away.
        """
        return False

    def goes_with_its_note(self, script: Script, place: int) -> bool:
        """Whether a statement of a script without a transaction can be in one with the note that it is done."""
        return False

    def can_turn_back(self, script: Script) -> bool:
        """Whether a way back does what is right, or fails, where only a part of its migration is there."""
        return False


@asynccontextmanager
async def in_transaction(connection: Connection, characteristics: Characteristics) -> AsyncIterator[None]:
    """A transaction for the length of a `with`."""
    await connection.begin(characteristics)
    try:
        yield
        await committed(connection)
    except BaseException:
        with suppress(QbError):  # what went wrong first is what to tell
            await finish(connection.rollback())
        raise


def others_run(work: Work) -> MigrationsLocked:
    """What to say where there is no lock, and somebody else is in the middle of it."""
    return MigrationsLocked(f"another process runs {work.name}, and has not ended")
