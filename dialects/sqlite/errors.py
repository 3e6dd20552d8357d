"""SQLite's exceptions in qb's error tree."""

from __future__ import annotations

import re
import sqlite3

from qb.errors import (
    AccessDenied,
    CheckViolated,
    ConnectionFailed,
    ConstraintViolated,
    DatabaseError,
    ForeignKeyViolated,
    InvalidSql,
    InvalidValue,
    NotNullViolated,
    SerializationFailed,
    TimeoutExceeded,
    UndefinedColumn,
    UndefinedTable,
    UniqueViolated,
)

FAILURES = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeEncodeError)
"""What `sqlite3` raises when a statement or its values are no good."""

# By the name of the extended result code; of several that fit, the longest one counts.
CLASSES: dict[str, type[DatabaseError]] = {
    "SQLITE_AUTH": AccessDenied,
    "SQLITE_BUSY": TimeoutExceeded,
    "SQLITE_BUSY_SNAPSHOT": SerializationFailed,
    "SQLITE_CANTOPEN": ConnectionFailed,
    "SQLITE_CONSTRAINT": ConstraintViolated,
    "SQLITE_CONSTRAINT_CHECK": CheckViolated,
    "SQLITE_CONSTRAINT_FOREIGNKEY": ForeignKeyViolated,
    "SQLITE_CONSTRAINT_NOTNULL": NotNullViolated,
    "SQLITE_CONSTRAINT_PRIMARYKEY": UniqueViolated,
    "SQLITE_CONSTRAINT_ROWID": UniqueViolated,
    "SQLITE_CONSTRAINT_UNIQUE": UniqueViolated,
    "SQLITE_ERROR": InvalidSql,
    "SQLITE_INTERRUPT": TimeoutExceeded,
    "SQLITE_IOERR": ConnectionFailed,
    "SQLITE_LOCKED": TimeoutExceeded,
    "SQLITE_MISMATCH": InvalidValue,
    "SQLITE_MISUSE": InvalidSql,
    "SQLITE_PERM": AccessDenied,
    "SQLITE_RANGE": InvalidValue,
    "SQLITE_READONLY": AccessDenied,
    "SQLITE_TOOBIG": InvalidValue,
}

# Where a code stands for many things, or Python has no name for it, the message says more.
MESSAGES: tuple[tuple[re.Pattern[str], type[DatabaseError] | None], ...] = (
    (re.compile(r"no such table: (?:\w+\.)?(?P<table>.+)"), UndefinedTable),
    (re.compile(r"no such column: (?:.+\.)?(?P<columns>.+)"), UndefinedColumn),
    (re.compile(r"table (?P<table>.+) has no column named (?P<columns>.+)"), UndefinedColumn),
    (re.compile(r"integer overflow|malformed JSON|bad JSON path"), InvalidValue),
    (re.compile(r"user-defined \w+"), InvalidValue),
    (re.compile(r"cannot store \w+ value in \w+ column (?P<columns>.+)"), InvalidValue),
    (re.compile(r"FOREIGN KEY constraint failed"), ForeignKeyViolated),
    (re.compile(r"UNIQUE constraint failed: index '(?P<constraint>.+)'"), None),
    (re.compile(r"(?:UNIQUE|NOT NULL) constraint failed: (?P<columns>.+)"), None),
    (re.compile(r"CHECK constraint failed: (?P<constraint>.+)"), None),
)
"""What to look for, the class if the code does not tell it, and the names in it."""


def translate(error: Exception, sql: str | None) -> DatabaseError:
    """The error for an exception that a statement raised."""
    message = str(error)
    if error.__cause__ is not None:  # of a function written in Python
        message = f"{message}: {error.__cause__!r}"
    cls = classify(error)
    for pattern, special in MESSAGES:
        match = pattern.match(message)
        if match is not None:
            return with_names(special or cls, message, sql, match)
    return cls(message, sql=sql)


def classify(error: Exception) -> type[DatabaseError]:
    """The class of an exception, by SQLite's result code where it has one."""
    code: str | None = getattr(error, "sqlite_errorname", None)
    while code:
        if code in CLASSES:
            return CLASSES[code]
        code = code.rpartition("_")[0]
    if hasattr(error, "sqlite_errorname"):
        return DatabaseError
    # Without a code it is Python's module that refused: a value that it cannot bind, or a text that is not
    # one statement.
    if isinstance(error, (sqlite3.InterfaceError, sqlite3.DataError, OverflowError, UnicodeEncodeError)):
        return InvalidValue
    if isinstance(error, sqlite3.ProgrammingError):
        return InvalidValue if "binding parameter" in str(error) else InvalidSql
    return InvalidSql if isinstance(error, sqlite3.Warning) else DatabaseError


def with_names(cls: type[DatabaseError], message: str, sql: str | None, match: re.Match[str]) -> DatabaseError:
    """An error with what its message names; columns come as `table.column, table.column`."""
    found = match.groupdict()
    paths = [path.rpartition(".") for path in (found.get("columns") or "").split(", ")]
    return cls(
        message,
        sql=sql,
        constraint=found.get("constraint"),
        table=found.get("table") or paths[0][0] or None,
        columns=[column for _, _, column in paths if column],
    )
