"""Piccolo's way to do each job: its query builder, whose rows are dictionaries."""

from __future__ import annotations

from typing import Any

from piccolo.columns import Date, Integer, Real, Serial, Text
from piccolo.engine.base import Engine
from piccolo.table import Table

AT_ONCE = 5000
"""Rows of one statement, which has a parameter for each value: the engines take 32,766."""


class Play(Table, tablename="plays"):
    id = Serial(primary_key=True)
    artist = Text()
    album = Text()
    track = Text()
    position = Integer()
    seconds = Integer()
    rating = Real()
    note = Text()


class Log(Table, tablename="logs"):
    id = Serial(primary_key=True)
    artist = Text()
    album = Text()
    track = Text()
    seconds = Integer()
    on = Date()


class Piccolo:
    """Its tables, on one engine."""

    name = "Piccolo"

    def __init__(self, engine: Engine[Any]) -> None:
        self.engine = engine
        for table in (Play, Log):
            table._meta.db = engine

    async def one(self) -> Any:
        return await Play.select().where(Play.id == 500).first()

    async def all(self) -> Any:
        return await Play.select()

    async def add(self, row: dict[str, Any]) -> None:
        async with self.engine.transaction():
            await Log.insert(Log(**row))

    async def bulk(self, rows: list[dict[str, Any]]) -> None:
        async with self.engine.transaction():
            for start in range(0, len(rows), AT_ONCE):
                await Log.insert(*[Log(**row) for row in rows[start : start + AT_ONCE]])
