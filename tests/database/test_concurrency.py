"""Many tasks on one database."""

from __future__ import annotations

import asyncio

from qb import Database, fn, insert, select, update
from qb.errors import NoRowFound
from tests.music import Album, Artist

TASKS = 50


async def test_reads_and_writes_of_many_tasks(db: Database) -> None:
    async def work(number: int) -> str:
        await db.execute(insert(Artist).values(name=f"artist {number}"))
        row = await db.fetch_one(select(Artist).where(Artist.name == f"artist {number}"))
        await db.execute(insert(Album).values(artist_id=row.id, title=f"album {number}"))
        title = await db.fetch_value(select(Album.title).where(Album.artist_id == row.id))
        return f"{row.name}: {title}"

    results = await asyncio.gather(*[work(number) for number in range(TASKS)])
    assert results == [f"artist {number}: album {number}" for number in range(TASKS)]


async def test_transactions_of_many_tasks_lose_nothing(db: Database) -> None:
    async def work() -> None:
        async with db.transaction() as tx:
            await tx.execute(update(Album).set(plays=Album.plays + 1).where(Album.id == 4))
            await asyncio.sleep(0)
            await tx.execute(update(Artist).set(name=Artist.name + "!").where(Artist.id == 3))

    await asyncio.gather(*[work() for _ in range(TASKS)])
    assert await db.fetch_value(select(Album.plays).where(Album.id == 4)) == TASKS
    assert await db.fetch_value(select(Artist.name).where(Artist.id == 3)) == "Nobody" + "!" * TASKS


async def test_failures_of_some_tasks_do_not_touch_the_others(db: Database) -> None:
    async def work(number: int) -> None:
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name=f"artist {number:02}"))
            await asyncio.sleep(0.001 * (number % 3))
            if number % 5 == 0:
                await tx.fetch_one(select(Artist).where(Artist.id == -1))

    results = await asyncio.gather(*[work(number) for number in range(TASKS)], return_exceptions=True)
    assert [type(result) for result in results] == [
        NoRowFound if number % 5 == 0 else type(None) for number in range(TASKS)
    ]
    rows = await db.fetch_all(select(Artist.name).where(Artist.name.startswith("artist")))
    assert sorted([row.name for row in rows]) == [f"artist {n:02}" for n in range(TASKS) if n % 5]


async def test_tasks_that_are_cancelled_at_random_leave_the_database_whole(db: Database) -> None:
    async def work(number: int) -> None:
        async with db.transaction() as tx:
            await tx.execute(insert(Artist).values(name=f"{number} a"))
            await tx.execute(insert(Artist).values(name=f"{number} b"))

    tasks = [asyncio.create_task(work(number)) for number in range(TASKS)]
    for number, task in enumerate(tasks):
        if number % 2:
            await asyncio.sleep(0.0003)
            task.cancel()
    await asyncio.wait(tasks)
    rows = await db.fetch_all(select(Artist.name).where(Artist.id > 3))
    halves = {"a": set[str](), "b": set[str]()}
    for row in rows:
        task_number, half = row.name.split()
        halves[half].add(task_number)
    assert halves["a"] == halves["b"]
    assert halves["a"] >= {str(number) for number in range(0, TASKS, 2)}
    await db.execute(insert(Artist).values(name="after"))


async def test_streams_of_many_tasks(db: Database) -> None:
    async def work() -> int:
        return sum([row.plays async for row in db.stream(select(Album.plays), size=1)])

    total = await db.fetch_value(select(fn.sum(Album.plays)))
    assert await asyncio.gather(*[work() for _ in range(TASKS)]) == [total] * TASKS
