"""What runs in the thread of a connection: each function is one trip."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import chain, islice
from typing import Any

from dialects.sqlite.thread import Thread, Unit, end_streams
from qb.dialect import Affected, Job, Load
from qb.errors import TransactionError

Build = Callable[[Iterable[Sequence[Any]]], list[Any]]

AT_ONCE = 1000
"""Rows of a load between which a cancellation is seen."""


class Progress:
    """The statement that a batch has come to, for its error."""

    __slots__ = ("sql",)

    def __init__(self) -> None:
        self.sql = "BEGIN IMMEDIATE"


def connected(thread: Thread) -> None:
    """Nothing, but for connecting."""


def fetched(thread: Thread, sql: str, parameters: Sequence[object], build: Build, limit: int | None) -> list[Any]:
    """What `build` makes of the rows, of the first ones with a limit."""
    cursor = thread.start(sql, parameters)
    try:
        return build(cursor if limit is None else cursor.fetchmany(limit))
    finally:
        cursor.close()


def executed(thread: Thread, sql: str, parameters: Sequence[object]) -> Affected:
    """How many rows a statement changed."""
    raw = thread.raw
    before = raw.total_changes
    cursor = thread.start(sql, parameters)
    try:
        deque(cursor, 0)  # what RETURNING gives has to be read before the rows are counted
        count = cursor.rowcount
        if count < 0:
            thread.setups.note(thread, sql, parameters)
            if raw.total_changes != before:  # sqlite3 does not see a write behind WITH
                [count] = raw.execute("SELECT changes()").fetchone()
        affected = Affected(max(count, 0))
        if affected and keeps_row_id(sql):
            affected.last_row_id = cursor.lastrowid
        return affected
    finally:
        cursor.close()


def executed_all(thread: Thread, *statements: str) -> None:
    """Run statements without parameters."""
    for sql in statements:
        executed(thread, sql, ())


def keeps_row_id(sql: str) -> bool:
    """Whether a statement that changed rows has set the last row id: not when it may have updated one."""
    return sql.lstrip()[:7].upper() in ("INSERT ", "REPLACE") and "ON CONFLICT" not in sql


def within(thread: Thread, unit: Unit | None, function: Callable[..., Any], *arguments: object) -> Any:
    """What a function returns that belongs to a transaction."""
    thread.unit = unit
    try:
        return function(thread, *arguments)
    finally:
        thread.unit = None


def in_one_trip(thread: Thread, jobs: Iterable[Job], atomic: bool, progress: Progress) -> list[Any]:
    """The results of several statements, in a transaction of their own when `atomic`."""
    results: list[Any] = []
    if atomic:
        thread.unit = Unit("BEGIN IMMEDIATE", False)
    try:
        for job in jobs:
            thread.check_wanted()
            if isinstance(job, Load):
                progress.sql = job.sql
                results.append(loaded(thread, job))
                continue
            progress.sql, parameters, build = job
            if build is None:
                results.append(executed(thread, progress.sql, parameters))
            else:
                results.append(fetched(thread, progress.sql, parameters, build, None))
        if atomic:
            progress.sql = "COMMIT"
            commit(thread)
    except BaseException:
        if atomic:
            rollback(thread)
        raise
    finally:
        if atomic:
            thread.unit = None
    return results


def loaded(thread: Thread, load: Load) -> Affected:
    """Insert many rows with one statement that is prepared once."""
    raw = thread.begun()
    rows = chain.from_iterable(load.portions)
    count = 0
    for _ in range(0, load.count, AT_ONCE):
        thread.check_wanted()
        with closing(raw.executemany(load.sql, islice(rows, AT_ONCE))) as cursor:
            count += cursor.rowcount
    affected = Affected(count)
    [affected.last_row_id] = raw.execute("SELECT last_insert_rowid()").fetchone()
    return affected


def commit(thread: Thread) -> None:
    """Make the changes last, if anything was begun."""
    if thread.unit is not None and thread.unit.begin is None:
        thread.start("COMMIT", ())
    end_unit(thread)


def rollback(thread: Thread) -> None:
    """Undo the changes."""
    end_streams(thread)
    try:
        thread.raw.rollback()  # does nothing outside of a transaction
    finally:
        end_unit(thread)


def end_unit(thread: Thread) -> None:
    """Let the connection write again."""
    if thread.unit is not None and thread.unit.restricts:
        thread.raw.execute("PRAGMA query_only = OFF")


# Streams


def opened(thread: Thread, sql: str, parameters: Sequence[object]) -> sqlite3.Cursor:
    """The cursor of a statement, which stays open."""
    cursor = thread.start(sql, parameters)
    thread.streams.add(cursor)
    return cursor


def portion(thread: Thread, cursor: sqlite3.Cursor, size: int) -> list[Any]:
    """The next rows of an open cursor."""
    if cursor not in thread.streams:
        raise TransactionError("the stream has ended, because its transaction was interrupted")
    return cursor.fetchmany(size)


def closed(thread: Thread, cursor: sqlite3.Cursor) -> None:
    """Close an open cursor."""
    thread.streams.discard(cursor)
    cursor.close()
