"""The error tree. Everything that qb raises on purpose is a `QbError`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

LONGEST = 2000
"""Characters of SQL in a message."""


class QbError(Exception):
    """The root of the tree."""


class SchemaError(QbError):
    """A table declaration is wrong; raised where the class is defined."""


class CompileError(QbError):
    """A query cannot be rendered as SQL; raised before anything is sent."""


class TraceError(CompileError):
    """The body of a `@query` asks for the value of a parameter, which differs from call to call."""


class UnsupportedError(CompileError):
    """The dialect has no way to say this."""


class TooManyParameters(CompileError):
    """The statement has more parameters than the engine takes in one statement; raised before it is sent."""


class EncodingError(QbError, ValueError):
    """A Python value does not fit the SQL type of its column."""


class UnknownName(QbError, ValueError):
    """A name from outside, such as the sort key of a web request, is none of those that are allowed."""


class InvalidCursor(QbError, ValueError):
    """The text of a page's place was changed on its way, or belongs to a query with other sort keys."""


class ResultError(QbError):
    """A result has another number of rows than was asked for."""


class NoRowFound(ResultError):
    """`fetch_one` or `fetch_value` found nothing."""


class MultipleRowsFound(ResultError):
    """`fetch_one`, `fetch_one_or_none` or `fetch_value` found more than one row."""


class TransactionError(QbError):
    """A transaction was used after its end, or in a way that its engine does not have."""


class DatabaseClosed(QbError):
    """A database was used before it was opened or after it was closed."""


class DatabaseError(QbError):
    """The database refused or failed; the driver's own exception is `__cause__`.

    `sql` is the statement with its parameters left out: they may be private. The message has only the ends of a very
    long one.
    """

    category: ClassVar[str] = "database"
    is_retryable: ClassVar[bool] = False

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

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}\n  in: {shortened(self.sql)}" if self.sql else message


class ConnectionFailed(DatabaseError):
    """No connection could be made, or the one in use broke."""

    category = "connection"
    is_retryable = True


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
