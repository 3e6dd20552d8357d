"""SQLite's messages and result codes in qb's error tree, for whoever has only its words."""

from __future__ import annotations

import re

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
    RequirementFailed,
    SerializationFailed,
    TimeoutExceeded,
    UndefinedColumn,
    UndefinedTable,
    UniqueViolated,
)

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
MESSAGES: tuple[tuple[re.Pattern[str], type[DatabaseError]], ...] = (
    (re.compile(r"no such table: (?:\w+\.)?(?P<table>.+)"), UndefinedTable),
    (re.compile(r"no such column: (?:.+\.)?(?P<columns>.+)"), UndefinedColumn),
    (re.compile(r"table (?P<table>.+) has no column named (?P<columns>.+)"), UndefinedColumn),
    (
        re.compile(r"(?:bad JSON path: |JSON path error near )'?qb: (?P<requirement>.*?)'?$", re.DOTALL),
        RequirementFailed,
    ),
    (re.compile(r"integer overflow|malformed JSON|bad JSON path"), InvalidValue),
    (re.compile(r"user-defined \w+"), InvalidValue),
    (re.compile(r"cannot store \w+ value in \w+ column (?P<columns>.+)"), InvalidValue),
    (re.compile(r"FOREIGN KEY constraint failed"), ForeignKeyViolated),
    (re.compile(r"UNIQUE constraint failed: index '(?P<constraint>.+)'"), UniqueViolated),
    (re.compile(r"UNIQUE constraint failed: (?P<columns>.+)"), UniqueViolated),
    (re.compile(r"NOT NULL constraint failed: (?P<columns>.+)"), NotNullViolated),
    (re.compile(r"CHECK constraint failed: (?P<constraint>.+)"), CheckViolated),
)
"""What to look for, the class if the code does not tell it, and the names in it."""


def class_of(code: str) -> type[DatabaseError]:
    """The class for a result code, by its longest beginning that has one."""
    while code:
        if code in CLASSES:
            return CLASSES[code]
        code = code.rpartition("_")[0]
    return DatabaseError


def explained(message: str, cls: type[DatabaseError], sql: str | None) -> DatabaseError:
    """The error for a message of SQLite, of this class unless the message says more."""
    for pattern, special in MESSAGES:
        match = pattern.match(message)
        if match is not None:
            return with_names(special, message, sql, match)
    return cls(message, sql=sql)


def with_names(cls: type[DatabaseError], message: str, sql: str | None, match: re.Match[str]) -> DatabaseError:
    """An error with what its message names; columns come as `table.column, table.column`."""
    found = match.groupdict()
    if found.get("requirement") is not None:
        return cls(found["requirement"].replace("''", "'"), sql=sql)
    paths = [path.rpartition(".") for path in (found.get("columns") or "").split(", ")]
    return cls(
        message,
        sql=sql,
        constraint=found.get("constraint"),
        table=found.get("table") or paths[0][0] or None,
        columns=[column for _, _, column in paths if column],
    )
