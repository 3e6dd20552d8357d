"""A schema that is dropped."""

from __future__ import annotations

from secrets import token_hex

import asyncpg

from dialects.postgres.errors import FAILURES, translate
from qb.dialect import Scratch
from qb.identifiers import QUOTED


class PostgresScratch(Scratch):
    """A schema of its own, in which names are looked for first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._name = f"qb_test_{token_hex(8)}"

    async def create(self) -> None:
        await self._run(f"CREATE SCHEMA {QUOTED[self._name]}")

    async def drop(self) -> None:
        await self._run(f"DROP SCHEMA {QUOTED[self._name]} CASCADE")

    async def _run(self, sql: str) -> None:
        try:
            connection = await asyncpg.connect(self.url)
            try:
                path = await connection.fetchval("SHOW search_path")
                await connection.execute(sql)
            finally:
                await connection.close()
        except FAILURES as error:
            raise translate(error, sql) from error
        self.options = {"server_settings": {"search_path": f"{QUOTED[self._name]}, {path}"}}
