"""Tortoise ORM's way to do each job: dictionaries for rows, which cost it less than instances of models."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import tortoise as library
from tortoise import fields
from tortoise.models import Model
from tortoise.transactions import in_transaction


class Play(Model):
    id = fields.IntField(primary_key=True)
    artist = fields.TextField()
    album = fields.TextField()
    track = fields.TextField()
    position = fields.IntField()
    seconds = fields.IntField()
    rating = fields.FloatField()
    note = fields.TextField()

    class Meta:
        table = "plays"


class Log(Model):
    id = fields.IntField(primary_key=True)
    artist = fields.TextField()
    album = fields.TextField()
    track = fields.TextField()
    seconds = fields.IntField()
    on = fields.DateField()

    class Meta:
        table = "logs"


class Tortoise:
    """Its models, on the connection that was made last."""

    name = "Tortoise"

    async def one(self) -> Any:
        return await Play.get(id=500).values()

    async def all(self) -> Any:
        return await Play.all().values()

    async def add(self, row: dict[str, Any]) -> None:
        async with in_transaction():
            await Log.create(**row)

    async def bulk(self, rows: list[dict[str, Any]]) -> None:
        async with in_transaction():
            await Log.bulk_create([Log(**row) for row in rows])


@asynccontextmanager
async def tortoise(url: str) -> AsyncIterator[None]:
    """Its connection, as long as the block lasts."""
    await library.Tortoise.init(db_url=url, modules={"models": [__name__]})
    try:
        yield
    finally:
        await library.Tortoise.close_connections()
