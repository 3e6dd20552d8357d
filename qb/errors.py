"""The error tree. Everything that qb raises on purpose is a `QbError`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from qb.columns import Column

LONGEST = 2000
"""Characters of SQL in a message."""


class QbError(Exception):
    """The root of the tree.

    `category` is one word for what went wrong: usage, schema, query, data, result, transaction; and of what the
    database says: connection, permission, timeout, serialization, constraint, syntax, data, database. `is_retryable`
    says whether the same may succeed when it is run again, a transaction as a whole.
    """

    category: ClassVar[str] = "usage"
    is_retryable: ClassVar[bool] = False


class MissingExtra(QbError, ImportError):
    """A package is not installed that comes with an extra of qb; the message says with which."""


class SchemaError(QbError):
    """A table declaration is wrong; raised where the class is defined."""

    category = "schema"


class CompileError(QbError):
    """A query cannot be rendered as SQL; raised before anything is sent."""

    category = "query"


class TraceError(CompileError):
    """The body of a `@query` asks for the value of a parameter, which differs from call to call."""


class UnsupportedError(CompileError):
    """The dialect has no way to say this."""


class TooManyParameters(CompileError):
    """The statement has more parameters than the engine takes in one statement; raised before it is sent."""


class EncodingError(QbError, ValueError):
    """A Python value does not fit the SQL type of its column. `row` is the number of its row, from 0 on, where many are
    inserted.
    """

    category = "data"
    row: int | None = None


class UnknownName(QbError, ValueError):
    """A name from outside, such as the sort key of a web request, is none of those that are allowed."""


class InvalidCursor(QbError, ValueError):
    """The text of a page's place was changed on its way, or belongs to a query with other sort keys."""


class ResultError(QbError):
    """A result has another number of rows than was asked for."""

    category = "result"


class NoRowFound(ResultError):
    """`fetch_one` or `fetch_value` found nothing."""


class MultipleRowsFound(ResultError):
    """`fetch_one`, `fetch_one_or_none` or `fetch_value` found more than one row."""


class TransactionError(QbError):
    """A transaction was used after its end, or in a way that its engine does not have."""

    category = "transaction"


class DatabaseClosed(QbError):
    """A database was used before it was opened or after it was closed."""

    category = "connection"


class DatabaseError(QbError):
    """The database refused or failed; the driver's own exception is `__cause__`.

        try: ...
        except UniqueViolated as error:
            if error.concerns(User.email): ...

    `row` is the number of the row, from 0 on, where `insert_many` was given many.

    `constraint`, `table` and `columns` are the database's names, as far as the engine tells them (SQLite does not tell
    which foreign key); `attributes` are those that declare the columns. `sql` is the statement with its parameters left
    out: they may be private. `parameters` has them when the database was opened with `show_parameters=True`. The
    message has only the ends of a very long statement.
    """

    category = "database"
    row: int | None = None

    def __init__(
        self,
        message: str,
        *,
        sql: str | None = None,
        constraint: str | None = None,
        table: str | None = None,
        columns: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.sql = sql
        self.constraint = constraint
        self.table = table
        self.columns = tuple(columns)
        self.attributes = self.columns
        self.parameters: tuple[object, ...] | None = None

    def concerns(self, *columns: Column[Any, Any, Any]) -> bool:
        """Whether it is about these columns, all and no others, in any order."""
        nodes: list[Any] = [column.node for column in columns]  # of tables, whose modules are on floors above
        named = {(node.source.name, node.name) for node in nodes}
        return named == {(self.table, name) for name in self.columns}

    def __str__(self) -> str:
        lines = [super().__str__()]
        if self.sql:
            lines.append(f"in: {shortened(self.sql)}")
        if self.parameters:
            lines.append(f"with: {shortened(repr(self.parameters))}")
        return "\n  ".join(lines)


class ConnectionFailed(DatabaseError):
    """No connection could be made, or the one in use broke."""

    category = "connection"
    is_retryable = True


class CannotOpen(ConnectionFailed):
    """There is no such database: its file, folder or name is wrong. To try again changes nothing."""

    is_retryable = False


class CommitUncertain(ConnectionFailed):
    """The connection broke while a transaction was being committed: it may be done, or not. To run it again could do it
    twice.
    """

    is_retryable = False


class AccessDenied(DatabaseError):
    """The name or password is wrong, or the user may not do this."""

    category = "permission"


class TimeoutExceeded(DatabaseError):
    """The engine gave up waiting: a lock, a busy file or a statement timeout."""

    category = "timeout"
    is_retryable = True


class SerializationFailed(DatabaseError):
    """The transaction collided with another one: run it again as a whole."""

    category = "serialization"
    is_retryable = True


class DeadlockDetected(SerializationFailed):
    """Two transactions waited for each other, and this one was ended."""


class ConstraintViolated(DatabaseError):
    """A row broke a rule of its table."""

    category = "constraint"


class UniqueViolated(ConstraintViolated):
    """A row with the same key is already there."""


class ForeignKeyViolated(ConstraintViolated):
    """The referenced row is missing, or is still referenced."""


class NotNullViolated(ConstraintViolated):
    """A column that must have a value was given none."""


class CheckViolated(ConstraintViolated):
    """A CHECK condition is false."""


class ExclusionViolated(ConstraintViolated):
    """An EXCLUDE constraint (PostgreSQL) found a conflicting row."""


class RequirementFailed(DatabaseError):
    """A `require(…)` was not true, or an `expect(…)` changed another number of rows: nothing of the batch is done."""

    category = "constraint"


class InvalidSql(DatabaseError):
    """The engine could not parse or resolve the statement."""

    category = "syntax"


class UndefinedTable(InvalidSql):
    """The statement names a table that the database does not have."""


class UndefinedColumn(InvalidSql):
    """The statement names a column that the table does not have."""


class InvalidValue(DatabaseError):
    """A value is out of range, malformed, or of a type that the engine cannot take."""

    category = "data"


def shortened(sql: str) -> str:
    """The SQL as a message shows it: of an insert of thousands of rows, both ends are enough."""
    if len(sql) <= LONGEST:
        return sql
    return f"{sql[: LONGEST * 2 // 3]} … ({len(sql):,} characters in all) … {sql[-LONGEST // 4 :]}"


def closest(name: str, known: Iterable[str]) -> str:
    """`, did you mean "title"?`, or nothing when no known name is near."""
    import difflib

    near = difflib.get_close_matches(str(name), list(known), 1, 0.5)
    return f', did you mean "{near[0]}"?' if near else ""
