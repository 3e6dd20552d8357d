"""Caches of several processes tell each other what was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest

from dialects.postgres.shared_writes import SharedWrites
from qb import Database, fn, insert, select, sql, update
from qb.cache import Cache
from qb.errors import QbError
from tests.music import Album, Artist, create_music

title = select(Album.title).where(Album.id == 1)
CHANNEL = "writes"


@pytest.fixture
async def both(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two databases that know nothing of each other, as those of two processes."""
    async with Database.connect(postgres_url) as one, Database.connect(postgres_url) as other:
        await create_music(one)
        yield one, other


async def eventually(found: Callable[[], Awaitable[object]], wanted: object) -> None:
    async with asyncio.timeout(10):
        while await found() != wanted:  # noqa: ASYNC110  # nobody tells when another process has heard of it
            await asyncio.sleep(0.01)


async def test_a_write_is_told_to_the_others(both: tuple[Database, Database]) -> None:
    one, other = both
    cache, far = one.cached(ttl=None), other.cached(ttl=None)
    async with SharedWrites(one, CHANNEL), SharedWrites(other, CHANNEL):
        assert await cache.fetch_value(title) == await far.fetch_value(title) == "Blue"
        await one.execute(update(Album).set(title="x").where(Album.id == 1))
        assert await cache.fetch_value(title) == "x"
        await eventually(lambda: far.fetch_value(title), "x")
        async with other.transaction() as tx:
            await tx.execute(update(Album).set(title="y").where(Album.id == 1))
        await eventually(lambda: cache.fetch_value(title), "y")


async def test_only_what_was_written_is_asked_again(both: tuple[Database, Database]) -> None:
    one, other = both
    far = other.cached(ttl=None)
    async with SharedWrites(one, CHANNEL), SharedWrites(other, CHANNEL):
        await far.fetch_value(title)
        await far.fetch_all(select(Artist))
        await one.execute(update(Album).set(title="x").where(Album.id == 1))
        await eventually(lambda: far.fetch_value(title), "x")
        misses = far.statistics.misses
        await far.fetch_all(select(Artist))
        assert far.statistics.misses == misses


async def test_without_it_nothing_is_told(both: tuple[Database, Database]) -> None:
    one, other = both
    far = other.cached(ttl=None)
    async with SharedWrites(one, CHANNEL):
        await far.fetch_value(title)
        await one.execute(update(Album).set(title="x").where(Album.id == 1))
        await asyncio.sleep(0.1)
        assert await far.fetch_value(title) == "Blue"


async def test_what_was_written_last_is_told_at_the_end(both: tuple[Database, Database]) -> None:
    one, other = both
    far = other.cached(ttl=None)
    async with SharedWrites(other, CHANNEL):
        await far.fetch_value(title)
        async with SharedWrites(one, CHANNEL):
            await one.execute(update(Album).set(title="x").where(Album.id == 1))
        await eventually(lambda: far.fetch_value(title), "x")


async def test_own_writes_are_not_heard_twice(both: tuple[Database, Database]) -> None:
    one, other = both
    cache, far = one.cached(ttl=None), other.cached(ttl=None)
    async with SharedWrites(one, CHANNEL), SharedWrites(other, CHANNEL):
        await far.fetch_value(title)
        await one.execute(update(Album).set(title="x").where(Album.id == 1))
        await cache.fetch_value(title)
        await eventually(lambda: far.fetch_value(title), "x")  # so it was sent
        misses = cache.statistics.misses
        await cache.fetch_value(title)
        assert cache.statistics.misses == misses


async def forgets_everything(cache: Cache[str], said: Callable[[], Awaitable[object]]) -> None:
    await cache.fetch_value(title)
    misses = cache.statistics.misses
    await said()

    async def asked() -> bool:
        await cache.fetch_value(title)
        return cache.statistics.misses > misses

    await eventually(asked, True)


async def test_a_lost_connection_forgets_everything(both: tuple[Database, Database]) -> None:
    one, other = both
    cache = one.cached(ttl=None)
    kill = sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
    )
    async with SharedWrites(one, CHANNEL):
        await forgets_everything(cache, lambda: other.execute(kill))


async def test_words_of_strangers_forget_everything(both: tuple[Database, Database]) -> None:
    one, other = both
    cache = one.cached(ttl=None)
    async with SharedWrites(one, CHANNEL):
        for payload in ("", "nonsense", "[]", "[1, 2]", '["x", [1]]'):
            said = sql("SELECT pg_notify({}, {})", CHANNEL, payload)
            await forgets_everything(cache, partial(other.execute, said))


async def test_many_tables_are_told_as_everything(both: tuple[Database, Database]) -> None:
    one, other = both
    far = other.cached(ttl=None)
    async with SharedWrites(one, CHANNEL), SharedWrites(other, CHANNEL):
        await far.fetch_value(title)
        names = frozenset((None, f"table {number}") for number in range(1000))
        await forgets_everything(far, lambda: written(one, names))


async def written(db: Database, names: frozenset[tuple[str | None, str]]) -> None:
    tracker = db._engine.track()
    tracker.begin(names)
    tracker.end(names)


async def test_it_is_begun_once(postgres_db: Database, sqlite_db: Database) -> None:
    shared = SharedWrites(postgres_db, CHANNEL)
    async with shared:
        with pytest.raises(QbError, match="was begun already"):
            await shared.__aenter__()
    with pytest.raises(QbError, match="sqlite"):
        SharedWrites(sqlite_db, CHANNEL)


async def test_inserts_are_told(both: tuple[Database, Database]) -> None:
    one, other = both
    far = other.cached(ttl=None)
    count = select(fn.count()).from_(Artist)
    async with SharedWrites(one, CHANNEL), SharedWrites(other, CHANNEL):
        assert await far.fetch_value(count) == 3
        await one.execute(insert(Artist).values_many([{"name": f"artist {n}"} for n in range(1000)]))
        await eventually(lambda: far.fetch_value(count), 1003)
