"""PostgreSQL's exceptions in qb's error tree."""

from __future__ import annotations

import re

import asyncpg

from qb.errors import (
    AccessDenied,
    CheckViolated,
    ConnectionFailed,
    ConstraintViolated,
    DatabaseError,
    DeadlockDetected,
    ExclusionViolated,
    ForeignKeyViolated,
    InvalidSql,
    InvalidValue,
    NotNullViolated,
    RequirementFailed,
    SerializationFailed,
    TimeoutExceeded,
    UndefinedColumn,
    UndefinedTable,
    UniqueViolated,
)

FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,  # TimeoutError among them
    UnicodeEncodeError,
)
"""What asyncpg raises when the server or the way to it fails."""

# By SQLSTATE, or its class, the first two characters.
CLASSES: dict[str, type[DatabaseError]] = {
    "08": ConnectionFailed,
    "0A000": InvalidSql,
    "22": InvalidValue,
    "23": ConstraintViolated,
    "23001": ForeignKeyViolated,  # ON DELETE RESTRICT, from PostgreSQL 18 on
    "23502": NotNullViolated,
    "23503": ForeignKeyViolated,
    "23505": UniqueViolated,
    "23514": CheckViolated,
    "23P01": ExclusionViolated,
    "25P03": TimeoutExceeded,  # idle in transaction
    "25P04": TimeoutExceeded,  # transaction_timeout
    "28": AccessDenied,
    "3D000": ConnectionFailed,  # no such database
    "3F000": UndefinedTable,  # no such schema
    "40": SerializationFailed,
    "40P01": DeadlockDetected,
    "42": InvalidSql,
    "42501": AccessDenied,
    "42703": UndefinedColumn,
    "42P01": UndefinedTable,
    "53300": ConnectionFailed,  # too many of them
    "55P03": TimeoutExceeded,  # lock_timeout, NOWAIT
    "57014": TimeoutExceeded,  # statement_timeout
    "57P01": ConnectionFailed,  # the server is going down, has crashed, is starting
    "57P02": ConnectionFailed,
    "57P03": ConnectionFailed,
    "57P05": ConnectionFailed,
}

KEY = re.compile(r"\((.*?)\)=\(")  # in the detail, whatever its language: Key (artist_id, title)=(…)
QUOTED = re.compile(r'"([^"]+)"')
QUALIFIED = re.compile(r"\w+\.(\w+)")
REJECTED = re.compile(r"invalid input for query argument [^:]*")  # asyncpg's words; the value follows

REQUIREMENT = re.compile('qb: (.*?)\u00a0?["\u201c\u201d\u00bb]$', re.DOTALL)  # in the quotation marks of any language

LOST = re.compile("connection is closed|connection has been released")  # asyncpg's words, too


def translate(error: Exception, sql: str | None) -> DatabaseError:
    """The error for an exception that asyncpg raised."""
    if not isinstance(error, asyncpg.PostgresError):
        return classify_client_error(error)(str(error), sql=sql)
    cls = classify(error)
    message = str(error.args[0])
    names = QUOTED.findall(message)
    table, columns = error.table_name, [error.column_name] if error.column_name else []
    requirement = REQUIREMENT.search(message)
    if requirement is not None:
        return RequirementFailed(requirement[1], sql=sql)
    if cls is InvalidValue:
        message = without_values(message)
    elif cls is UndefinedTable:
        table = names[0].rpartition(".")[2] if names else None
    elif cls is UndefinedColumn:
        columns = (names or QUALIFIED.findall(message))[:1]
    elif issubclass(cls, ConstraintViolated):
        columns = columns or key_columns(error.detail)
        if cls is ForeignKeyViolated and len(names) > 2:
            columns = []  # the key is that of the referenced table, which this row may not leave
    return cls(message, sql=sql, constraint=error.constraint_name, table=table, columns=columns)


def classify(error: asyncpg.PostgresError) -> type[DatabaseError]:
    """The class of what the server said."""
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return SerializationFailed  # the schema changed under a transaction, which can be run again
    code: str = error.sqlstate or ""
    return CLASSES.get(code) or CLASSES.get(code[:2]) or DatabaseError


def classify_client_error(error: Exception) -> type[DatabaseError]:
    """The class of what went wrong outside of the server."""
    if isinstance(error, UnicodeEncodeError):
        return InvalidValue
    if isinstance(error, TimeoutError):
        return TimeoutExceeded
    # asyncpg calls it an internal error when a connection breaks between two of its steps.
    if isinstance(error, (OSError, asyncpg.InternalClientError)) or LOST.search(str(error)):
        return ConnectionFailed
    return DatabaseError


def key_columns(detail: str | None) -> list[str]:
    """The columns of `Key (artist_id, title)=(1, Blue) already exists.`"""
    key = KEY.search(detail or "")
    return [name.strip('"') for name in key[1].split(", ")] if key else []


def without_values(message: str) -> str:
    """A message without the values that it quotes: they may be private."""
    rejected = REJECTED.match(message)
    return rejected[0] if rejected else QUOTED.sub("…", message)
