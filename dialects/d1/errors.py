"""D1's messages in qb's error tree: they carry what went wrong, an error number does not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialects.d1.transport import RequestError
from dialects.sqlite.messages import class_of, explained
from qb.errors import (
    AccessDenied,
    CannotOpen,
    CommitUncertain,
    ConnectionFailed,
    DatabaseError,
    InvalidSql,
    InvalidValue,
    TimeoutExceeded,
)

PREFIX = re.compile(r"(?:Error: )?D1_(?:EXEC_)?ERROR: (?:Error: )?")
TYPE_ERROR = re.compile(r"(?:Error: )?D1_TYPE_ERROR: ")
CODE = re.compile(r": (?P<code>SQLITE_\w+)(?: \(extended: (?P<extended>SQLITE_\w+)\))?$")
SEVERAL = re.compile("multiple SQL statements")
OFFSET = re.compile(r" at offset \d+$")

NEVER_RAN = re.compile(r"D1 DB is overloaded|Too many requests|Cannot resolve D1 DB due to transient issue")
"""It has not begun, and may succeed a little later."""
TIMED_OUT = re.compile(r"exceeded timeout|exceeded its CPU time limit")
LOST = re.compile(r"Network connection lost|to be reset|was reset|reset because|[Ii]nternal error")
"""It may have been done or not."""


def translate(failure: RequestError, sql: str | None, writes: bool) -> DatabaseError:
    """The error for what failed: when nobody knows if it was done, what `writes` may not be run again."""
    message = PREFIX.sub("", failure.message)
    if failure.never_ran or NEVER_RAN.search(message):
        return ConnectionFailed(message, sql=sql)
    is_late = TIMED_OUT.search(message) is not None
    if is_late or (failure.status or 0) >= 500 or LOST.search(message):
        if writes:
            return CommitUncertain(f"{message} (it may be done or not)", sql=sql)
        return TimeoutExceeded(message, sql=sql) if is_late else ConnectionFailed(message, sql=sql)
    if failure.status in (401, 403):
        return AccessDenied(message, sql=sql)
    if failure.status == 404:
        return CannotOpen(message, sql=sql)
    if TYPE_ERROR.match(message):
        return InvalidValue(message, sql=sql)
    if SEVERAL.search(message):
        return InvalidSql(message, sql=sql)
    code = CODE.search(message)
    if code is None:
        return explained(message, DatabaseError, sql)
    text = OFFSET.sub("", message[: code.start()])
    return explained(text, class_of(code["extended"] or code["code"]), sql)


def culprit(error: DatabaseError, statements: Sequence[str]) -> str | None:
    """The statement of a batch that an error is about, where only one of them can be: D1 does not tell."""
    if len(statements) == 1:
        return statements[0]
    if error.table is None:
        return None
    name = f'"{error.table}"'
    found = {sql for sql in statements if name in sql}
    if len(found) > 1:
        found = {sql for sql in found if sql.lstrip()[:6].upper() != "SELECT"}
    return found.pop() if len(found) == 1 else None
