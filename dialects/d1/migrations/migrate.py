"""Migrations of D1, where foreign keys are always on: a table is rebuilt together with all that reference it."""

from __future__ import annotations

from collections.abc import Sequence

from dialects.sqlite.migrations import guards
from dialects.sqlite.migrations.migrate import SqliteRenderer, Work
from qb.migrations.scripts import Script


class D1Renderer(SqliteRenderer):
    """Writes D1's SQL: one batch, which is atomic, with foreign keys checked at its end."""

    acts_on_keys = True

    def guarded(self, work: Work) -> list[str]:
        known = [
            *[table.name for table in (*work.middle.tables, *work.created)],
            *[each.aside for each in work.rebuilds],
        ]
        gone = [*[each.name for each in work.rebuilds], *[table.name for table in work.dropped]]
        return [guards.references_are_known(name, known) for name in gone]

    def guard_within(self, names: Sequence[str], script: Script) -> list[str]:
        # wrangler applies what it has no row for. Where a table is created first, that fails by itself.
        if script.statements[:1] and script.statements[0].startswith('CREATE TABLE "'):
            return []
        return [guards.none_was_applied("d1_migrations", [f"{name}.sql" for name in names])]

    def wrapped(self, work: Work, statements: list[str]) -> Script:
        if not work.rebuilds and not work.dropped:
            return Script(tuple(statements))
        # At the end the guards have found that every key holds; what the engine has counted meanwhile may be more.
        return Script(("PRAGMA defer_foreign_keys = on", *statements, "PRAGMA defer_foreign_keys = off"))
