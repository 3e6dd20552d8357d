"""What every connection of a database has to know, whichever of them was told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from dialects.sqlite.routing import is_private, sets_up

Setup = Callable[[sqlite3.Connection], object]
"""Tells it to a connection, in its thread."""


class Setups:
    """What is done once on every connection, those that are open and those that will be."""

    __slots__ = ("count", "has_private", "setups")

    def __init__(self) -> None:
        self.setups: list[tuple[Setup, object]] = []
        """Each with the connection that has it already."""
        self.count = 0
        self.has_private = False
        """Whether the connection that writes has something that no other one can have, like a temporary table."""

    def add(self, setup: Setup, told: object = None) -> None:
        """Do it on every connection before its next statement."""
        self.setups.append((setup, told))
        self.count = len(self.setups)

    def note(self, told: object, sql: str, parameters: Sequence[object]) -> None:
        """Tell the other connections, too, what a statement said to one that is about connections."""
        if is_private(sql, parameters):
            self.has_private = True
        elif sets_up(sql):
            self.add(lambda raw: raw.execute(sql, parameters), told)
