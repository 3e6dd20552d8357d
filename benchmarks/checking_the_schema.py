"""A program that has asked its database for a row, and then looks whether the tables are there: the cost, as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

from tables import TABLES, Game

from qb import Database, select


async def main(way: str) -> None:
    told = {"round trips": 0, "statements": 0, "rows read": 0}
    async with Database.connect(os.environ["D1_URL"], dialect="d1") as db:
        await db.fetch_all(select(Game).where(Game.id == 1))
        count(db, told)
        processor, clock = time.process_time(), time.perf_counter()
        if way == "names":
            async with db.driver.acquire() as connection:
                await connection.fetch("SELECT name FROM sqlite_master WHERE type = 'table'", (), list)
        elif way == "validate":
            from qb.migrations.validate import validate

            validation = await validate(db, *TABLES, expressions=False)
            assert validation.is_valid, validation
        times = {"processor": (time.process_time() - processor) * 1e3, "clock": (time.perf_counter() - clock) * 1e3}
    print(json.dumps(told | times))


def count(db: Database, told: dict[str, int]) -> None:
    """Note what is sent from now on."""
    transport: Any = db.driver._transport  # type: ignore[attr-defined]  # D1's, behind the interface

    def counting(send: Any) -> Any:
        async def counted(*arguments: Any) -> Any:
            found = await send(*arguments)
            answers = found if isinstance(found, list) else [found]
            told["round trips"] += 1
            told["statements"] += len(answers)
            told["rows read"] += sum([answer.meta["rows_read"] for answer in answers])
            return found

        return counted

    transport.query, transport.batch = counting(transport.query), counting(transport.batch)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
