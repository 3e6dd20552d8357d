"""SQLite's exceptions in qb's error tree."""

from __future__ import annotations

import sqlite3

from dialects.sqlite.messages import class_of, explained
from qb.errors import DatabaseError, InvalidSql, InvalidValue

FAILURES = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeEncodeError)
"""What `sqlite3` raises when a statement or its values are no good."""


def translate(error: Exception, sql: str | None) -> DatabaseError:
    """The error for an exception that a statement raised."""
    message = str(error)
    if error.__cause__ is not None:  # of a function written in Python
        message = f"{message}: {error.__cause__!r}"
    return explained(message, classify(error), sql)


def classify(error: Exception) -> type[DatabaseError]:
    """The class of an exception, by SQLite's result code where it has one."""
    code: str | None = getattr(error, "sqlite_errorname", None)
    if code is not None:
        return class_of(code)
    # Without a code it is Python's module that refused: a value that it cannot bind, or a text that is not
    # one statement.
    if isinstance(error, (sqlite3.InterfaceError, sqlite3.DataError, OverflowError, UnicodeEncodeError)):
        return InvalidValue
    if isinstance(error, sqlite3.ProgrammingError):
        return InvalidValue if "binding parameter" in str(error) else InvalidSql
    return InvalidSql if isinstance(error, sqlite3.Warning) else DatabaseError
