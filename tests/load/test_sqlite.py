"""One file under many tasks that are cancelled at random, and under another process that locks it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from dialects.sqlite import SqliteDriver
from qb import Database, select, sql
from tests.load.ledger import Ledger, run

ROOT = Path(__file__).parents[2]
LIMIT = 20 * 1024
"""Kilobytes, as the system counts them."""

# What another program does with the file: nothing on the whole, but it holds the lock meanwhile: at first, before
# anybody else comes, and at times later, for longer than anybody waits.
OTHER = """
import random, sqlite3, sys, time
raw = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
choose = random.Random(1)
seconds = 1.5
while True:
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("UPDATE accounts SET balance = balance + 5 WHERE id = 1")
    if seconds > 1:
        print("locked", flush=True)
    time.sleep(seconds)
    seconds = 0.4 if choose.random() < 0.1 else 0.01
    raw.execute("UPDATE accounts SET balance = balance - 5 WHERE id = 1")
    raw.execute(choose.choice(["COMMIT", "ROLLBACK"]))
    time.sleep(choose.random() * 0.1)
"""


@pytest.mark.parametrize("where", ["file", "shared file", "memory"])
async def test_no_committed_row_is_lost_or_doubled(
    tmp_path: Path, where: str, load_seconds: float, load_tasks: int
) -> None:
    path = tmp_path / "ledger.db"
    choose = Random(where)
    async with asyncio.timeout(load_seconds * 3 + 60):
        db = await Database.connect(
            "sqlite://" if where == "memory" else f"sqlite:///{path}", timeout=0.2, pool_timeout=0.5
        )
        ledger = Ledger(db, choose)
        await ledger.fill()
        other = None
        if where == "shared file":
            other = subprocess.Popen(  # noqa: ASYNC220  # nothing else runs yet
                [sys.executable, "-c", OTHER, str(path)], stdout=subprocess.PIPE, text=True
            )
            assert other.stdout is not None
            assert other.stdout.readline() == "locked\n"
        try:
            await run(ledger, choose, load_tasks, load_seconds, [None])
        finally:
            if other is not None:
                other.kill()
                other.communicate()
        status = SqliteDriver.of(db).pool_status()
        assert (status.in_use, status.waiting) == (0, 0), "a connection is lost to the pool"
        assert status.size <= 5
        await ledger.check()
        assert await db.fetch_value(select(sql("(SELECT * FROM pragma_integrity_check)").as_("found"))) == "ok"
        await db.close()
    assert len(ledger.done) > load_seconds * 5
    assert ledger.unknown
    assert ledger.errors["Refusal"]
    if where == "shared file":
        assert ledger.errors["TimeoutExceeded"], f"nobody has waited too long: {ledger.errors}"


# In a process of its own, whose peak is that of the stream.
STREAM = """
import asyncio, resource, sys
from qb import Database, Table, col, select, sql

class Note(Table, name="notes"):
    id = col.integer().primary_key()
    text = col.text()

async def main(url, rows):
    async with Database.connect(url) as db:
        await db.create_tables(Note)
        await db.execute(sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
            "INSERT INTO notes SELECT i, printf('%.100c', 'x') FROM n", rows
        ))
        async def read(count):
            found = 0
            async for row in db.stream(select(Note).limit(count)):
                found += row.id
                assert len(row.text) == 100
            return found
        await read(5000)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert await read(rows) == rows * (rows + 1) // 2
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def test_a_stream_of_many_rows(tmp_path: Path, load_seconds: float) -> None:
    rows = 1_000_000 if load_seconds >= 30 else 100_000  # which would be 25 MB
    command = [sys.executable, "-c", STREAM, f"sqlite:///{tmp_path}/notes.db", str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) < (LIMIT if rows == 1_000_000 else LIMIT // 4)
