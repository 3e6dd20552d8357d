"""SQLite in two versions: the interpreter's own, and that of apsw, which brings the newest one along."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import apsw


class Cursor(Protocol):
    """The rows of a statement."""

    def fetchall(self) -> list[Any]:
        """All of them."""


class Connection(Protocol):
    """What both libraries have."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction was begun and not ended."""

    def execute(self, sql: str, parameters: tuple[Any, ...] = ..., /) -> Cursor:
        """Begin to run a statement."""

    def close(self) -> None:
        """Throw the database away."""


@dataclass(frozen=True)
class Library:
    """One SQLite."""

    version: str
    connect: Callable[[], Connection]
    """Opens an empty database in memory, which begins and ends no transaction by itself."""
    error: type[Exception]
    """What all its errors are."""


LIBRARIES = {
    "sqlite3": Library(
        sqlite3.sqlite_version, lambda: sqlite3.connect(":memory:", isolation_level=None), sqlite3.Error
    ),
    "apsw": Library(apsw.sqlite_lib_version(), lambda: apsw.Connection(":memory:"), apsw.Error),
}
