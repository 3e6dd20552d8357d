"""Programs write by the old names and by the new ones all the while, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import asyncpg

from qb import Database
from qb.migrations.applier import Options
from qb.migrations.files import Folder
from qb.migrations.hints import Hints
from qb.migrations.making import draft, left_over, write
from qb.migrations.runner import Runner
from qb.migrations.validate import validate
from qb.migrations.wording import described
from tests.migrations.online.albums import AFTER, POSTGRES, ROWS, LaterAlbum, LaterArtist, drafts, rows

OLD = (
    "INSERT INTO albums (title, plays, artist_id, year) VALUES ('old ' || {}, {}, 1, 1990)",
    "UPDATE albums SET plays = plays + 1 WHERE id = {}",
    "UPDATE albums SET title = 'changed ' || {} WHERE id = {}",
)

NEW = (
    "INSERT INTO albums (name, plays, artist_id, year, decade) VALUES ('new ' || {}, {}, 1, 1990, 1990)",
    "UPDATE albums SET name = 'renamed ' || {} WHERE id = {}",
)


@asynccontextmanager
async def programs(url: str, written: dict[str, int], knows: asyncio.Event) -> AsyncIterator[None]:
    """Programs that write and read all the time: one that knows the tables of before, and one that knows those of
    later, from when they can be used in that way. Raises what either of them meets.
    """

    async def work(statements: Iterable[str], start: int, begin: asyncio.Event | None = None) -> None:
        if begin is not None:
            await begin.wait()
        connection = await asyncpg.connect(url.partition("?")[0])
        try:
            await connection.execute(f"SET search_path = {url.partition('search_path=')[2].partition('&')[0]}")
            number = start
            while True:
                number += 1
                for statement in statements:
                    await connection.execute(statement.replace("{}", str(number)))
                    written[statement] = written.get(statement, 0) + 1
                await connection.fetch("SELECT count(*), max(plays) FROM albums")
                if done.is_set():
                    return
        finally:
            await connection.close()

    done = asyncio.Event()
    tasks = [asyncio.create_task(work(OLD, 0)), asyncio.create_task(work(NEW, 1000, knows))]
    try:
        yield
    finally:
        done.set()
        knows.set()
        await asyncio.gather(*tasks)


async def test_nothing_that_is_written_meanwhile_is_lost(filled: tuple[Database, Folder], postgres_url: str) -> None:
    db, folder = filled
    names = [each.name for each in write(folder, "later", drafts())]
    assert len(names) == 3
    written: dict[str, int] = {}
    knows = asyncio.Event()
    options = Options(on_done=lambda name: knows.set() if name == names[0] else None)
    async with programs(postgres_url, written, knows):
        assert await Runner(db, folder, options).up() == names
    ((count, differ, missing, old, new),) = await rows(
        db,
        """SELECT count(*), count(*) FILTER (WHERE title IS DISTINCT FROM name),
        count(*) FILTER (WHERE token IS NULL OR decade IS DISTINCT FROM year / 10 * 10 OR plays IS NULL),
        count(*) FILTER (WHERE title LIKE 'old %'), count(*) FILTER (WHERE name LIKE 'new %') FROM albums""",
    )
    assert (differ, missing) == (0, 0)
    assert (old, new) == (written[OLD[0]], written[NEW[0]])
    assert count == ROWS + old + new
    ((changed,),) = await rows(db, f"SELECT sum(plays) - {ROWS * (ROWS + 1) // 2} FROM albums WHERE id <= {ROWS}")
    assert changed == written[OLD[1]], "every one was counted, in the column of before and in that of later"
    ((tokens,),) = await rows(db, "SELECT count(DISTINCT token) FROM albums")
    assert tokens == count

    there = folder.migrations[names[-1]].schema
    assert sorted(described(each) for each in left_over(POSTGRES, there, AFTER)) == [
        "drop column albums.__old_plays",
        "drop column albums.title",
        "drop index albums_by_title of albums",
        "drop trigger zz_sync_title on albums",
        "drop trigger zzz_fill_decade on albums",
    ]
    write(folder, "contract", draft(POSTGRES, there, AFTER, Hints(certain=True)))
    await Runner(db, folder).up()
    assert str(await validate(db, LaterArtist, LaterAlbum)) == "The database is as declared."
    assert await rows(db, "SELECT count(*) FROM albums") == [(count,)]
    assert await rows(db, "SELECT count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace") == [(0,)]
