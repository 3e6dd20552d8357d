"""A stream of very many rows takes no more memory than a stream of few."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
LIMIT = 20 * 1024
"""Kilobytes, as the system counts them."""

# In a process of its own, whose peak is that of the stream.
SCRIPT = """
import asyncio, resource, sys
from qb import Database, select, sql

async def main(url, rows):
    async with Database.connect(url) as db:
        async def read(count):
            number = sql("generate_series(1, {})", count, returns=int).as_("number")
            text = sql("repeat('x', 100)", returns=str).as_("text")
            return await total(db.stream(select(number, text)))
        await read(5000)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert await read(rows) == rows * (rows + 1) // 2
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

async def total(rows):
    found = 0
    async for row in rows:
        found += row.number
        assert len(row.text) == 100
    return found

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def test_a_stream_of_many_rows(postgres_server: PostgresServer, load_seconds: float) -> None:
    rows = 1_000_000 if load_seconds >= 30 else 100_000  # which would be 25 MB
    command = [sys.executable, "-c", SCRIPT, f"{postgres_server.url}?sslmode=disable", str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) < (LIMIT if rows == 1_000_000 else LIMIT // 4)
