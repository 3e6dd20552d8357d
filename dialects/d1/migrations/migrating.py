"""Migrations on D1: each is one batch, whose first statement is its entry in the history, so that of two runners one
fails before it has done anything. wrangler's own history is read and kept, too.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dialects.d1.migrations.histories import ONE_ROW, WRANGLERS
from dialects.sqlite.migrations.migrating import SqliteApplier
from qb import col, sql
from qb.dialect import Connection
from qb.errors import DatabaseError
from qb.migrations.applier import Step, Work
from qb.migrations.errors import MigrationError, MigrationFailed
from qb.migrations.history import Record
from qb.queries import Compilable
from qb.statements.delete import delete
from qb.statements.insert import insert
from qb.statements.select import select
from qb.tables import Table


class WranglerApplied(Table, name="d1_migrations"):
    """What `wrangler d1 migrations apply` keeps."""

    id = col.integer().primary_key()
    name = col.text().unique()
    applied_at = col.text().default_sql(sql("CURRENT_TIMESTAMP", returns=str))


class D1Applier(SqliteApplier):
    """Runs scripts on D1."""

    async def history(self) -> dict[str, Record]:
        history = await super().history()
        async with self.db.driver.acquire() as connection:
            if not await self.has_table(connection, WranglerApplied.__qb_definition__.name):
                return history
        rows = await self.db.fetch_all(
            select(WranglerApplied.name, WranglerApplied.applied_at).order_by(WranglerApplied.id)
        )
        by_wrangler = [
            Record(row.name.removesuffix(".sql"), "", 0, 0, datetime.fromisoformat(row.applied_at).replace(tzinfo=UTC))
            for row in rows
        ]
        return {record.name: record for record in by_wrangler} | history

    async def prepare(self, connection: Connection) -> None:
        await super().prepare(connection)
        await connection.execute(WRANGLERS, ())

    def changes(self, before: Record | None, after: Record | None) -> list[Compilable[Any]]:
        own = super().changes(before, after)
        if after is not None:
            noted = insert(WranglerApplied).values(name=f"{after.name}.sql")
            return [*own, noted.on_conflict(WranglerApplied.name).do_nothing()]
        if before is None:
            return own
        forgotten = delete(WranglerApplied).where(WranglerApplied.name == f"{before.name}.sql")
        return [*own, forgotten] if before.checksum else [forgotten]  # or else it is only in wrangler's

    async def run_whole(self, work: Work) -> bool:
        if not work.script.foreign_keys:
            raise MigrationError(f"{work.name} wants the foreign keys off, which D1 never does: make it anew for D1")
        statements = work.script.statements
        for number, statement in enumerate(statements, 1):
            self.options.on_step(Step(work.name, number, len(statements), statement))
        changes = self.changes(work.before, work.after)
        changes += [change for each in work.forgotten for change in self.changes(each, None)]
        first, *rest = [self.compiled(each) for each in changes]
        jobs: list[Any] = [(*each, None) for each in (first, (ONE_ROW, ()), *rest)]
        jobs += [(statement, (), None) for statement in statements]
        async with self.db.driver.acquire() as connection:
            await self.prepare(connection)
            try:
                await connection.batch(jobs, atomic=True)
            except DatabaseError as error:
                if await self.is_over(work):
                    return False
                raise MigrationFailed(work.name, None, len(statements), True, str(error)) from error
        return True

    async def run_in_steps(self, work: Work) -> bool:
        raise MigrationError(f"{work.name} wants to be run outside of a transaction, which D1 does not do")
