"""What can go wrong with migrations."""

from __future__ import annotations

from qb.errors import QbError


class MigrationError(QbError):
    """Something about migrations that has to be settled by a person: nothing was done."""

    category = "schema"


class MigrationFailed(MigrationError):
    """A statement of a migration failed. Its cause is what the database said.

    `migration` is the name, `statement` the number of the statement from 1 on, of `statements`; None where the engine
    does not tell, as D1 does not. `is_undone` says
    whether the database is as it was before; otherwise the statements before this one are done, and the next run goes
    on from here.
    """

    def __init__(
        self,
        migration: str,
        statement: int | None,
        statements: int,
        is_undone: bool,
        reason: str,
        *,
        is_way_back: bool = False,
    ) -> None:
        kept = "nothing of it is done"
        if statement is not None and not is_undone:
            kept = f"its first {statement - 1} statements are done"
        where = " on its way back" if is_way_back else ""
        where += "" if statement is None else f" in statement {statement} of {statements}"
        super().__init__(f"{migration} failed{where}; {kept}: {reason}")
        self.migration = migration
        self.statement = statement
        self.statements = statements
        self.is_undone = is_undone


class MigrationsLocked(MigrationError):
    """Another process migrates the same database, and did not end within the time to wait."""
