"""Migrations of D1, where foreign keys are always on: a table is rebuilt together with all that reference it."""

from __future__ import annotations

from dialects.sqlite import guards
from dialects.sqlite.migrate import SqliteRenderer, Work
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

    def wrapped(self, work: Work, statements: list[str]) -> Script:
        if not work.rebuilds and not work.dropped:
            return Script(tuple(statements))
        # At the end the guards have found that every key holds; what the engine has counted meanwhile may be more.
        return Script(("PRAGMA defer_foreign_keys = on", *statements, "PRAGMA defer_foreign_keys = off"))
