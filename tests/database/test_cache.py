"""Cached results: what is kept, for how long, and what makes the database be asked again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pytest

from qb import (
    Database,
    Executor,
    Query,
    Table,
    alias,
    col,
    delete,
    exists,
    fn,
    insert,
    literal,
    many,
    query,
    select,
    sql,
    update,
)
from qb.cache import Cache
from qb.cache.tracking import TrackedConnection
from qb.dialect import Connection
from qb.errors import CompileError, InvalidSql, MultipleRowsFound, NoRowFound, QbError, UniqueViolated
from qb.nodes import Node, Parameter
from qb.observers import CacheLookup, Metrics
from tests.database.recorder import Recorder
from tests.music import Album, Artist, Track

Consistency = Literal["strong", "eventual"]


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def cache(db: Database) -> Cache[str]:
    return db.cached(ttl=60)


@pytest.fixture
def told(db: Database, cache: Cache[str]) -> Recorder:
    recorder = Recorder()
    db.observe(recorder)
    return recorder


def counts(cache: Cache[Any]) -> tuple[int, int, int, int]:
    found = cache.statistics
    return found.hits, found.misses, found.shared, found.bypasses


titles = select(Album.title).order_by(Album.id)


# What is kept


@pytest.mark.parametrize("consistency", ["strong", "eventual"])
async def test_the_second_time_nothing_is_asked(db: Database, consistency: Consistency) -> None:
    cache = db.cached(ttl=60, consistency=consistency)
    told = Recorder()
    db.observe(told)
    first = await cache.fetch_all(titles)
    second = await cache.fetch_all(titles)
    assert first == second == await db.fetch_all(titles)
    assert first is not second
    assert len(told.statements()) == 2
    assert counts(cache) == (1, 1, 0, 0)
    assert [event.outcome for event in told.of(CacheLookup)] == ["miss", "hit"]
    assert {event.sql for event in told.of(CacheLookup)} == {titles.compile(db.dialect).sql}


async def test_all_methods_that_fetch(db: Database, cache: Cache[str], told: Recorder) -> None:
    one = select(Album.title).where(Album.id == 1)
    for _ in range(2):
        assert (await cache.fetch_one(one)).title == "Blue"
        found = await cache.fetch_one_or_none(one)
        assert found is not None
        assert await cache.fetch_value(one) == "Blue"
        assert await cache.fetch_one_or_none(one.where(Album.id == 2)) is None
        with pytest.raises(NoRowFound):
            await cache.fetch_one(one.where(Album.id == 2))
        with pytest.raises(MultipleRowsFound):
            await cache.fetch_one(titles)
        assert len(await cache.fetch_all(titles)) == 4
    assert len(told.statements()) == 4


async def test_a_list_may_be_changed(cache: Cache[str]) -> None:
    for _ in range(3):
        rows = await cache.fetch_all(titles)
        assert len(rows) == 4
        rows.clear()


async def test_other_parameters_are_other_queries(cache: Cache[str]) -> None:
    for number, title in ((1, "Blue"), (2, "Hejira"), (1, "Blue")):
        assert await cache.fetch_value(select(Album.title).where(Album.id == number)) == title
    assert counts(cache) == (1, 2, 0, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0.0, -0.0), (1, 1.0), ("1", 1), (b"a", "a")],
    ids=repr,
)
async def test_equal_parameters_are_not_the_same(sqlite_db: Database, one: object, other: object) -> None:
    cache = sqlite_db.cached(ttl=60)
    for value in (one, other, one, other):
        found = await cache.fetch_value(select(sql("{}", value, returns=object).as_("value")).from_(one_row()))
        raw = await sqlite_db.fetch_value(select(sql("{}", value, returns=object).as_("value")).from_(one_row()))
        assert repr(found) == repr(raw)


def one_row() -> Any:
    return select(literal(1).as_("one")).subquery("s")


class Renamed(Table, name="albums"):
    id = col.integer().primary_key()
    name = col.text("title")


class Untyped(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
    released = col.text().nullable()


async def test_rows_of_another_shape_are_other_rows(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist, Album)
    await sqlite_db.execute(insert(Artist).values(name="x"))
    await sqlite_db.execute(insert(Album).values(artist_id=1, title="Blue", released=date(1971, 6, 22)))
    cache = sqlite_db.cached(ttl=60)
    for _ in range(2):
        assert (await cache.fetch_one(select(Album.id, Album.title)))._fields == ("id", "title")
        assert (await cache.fetch_one(select(Renamed.id, Renamed.name)))._fields == ("id", "name")
        assert await cache.fetch_value(select(Album.released)) == date(1971, 6, 22)
        assert await cache.fetch_value(select(Untyped.released)) == "1971-06-22"
    assert cache.statistics.misses == 4


@dataclass
class Card:
    id: int
    title: str


async def test_instances_are_everybodys_own(db: Database, cache: Cache[str], told: Recorder) -> None:
    cards = select(Album.id, Album.title).where(Album.id == 1)
    first = await cache.fetch_one(cards, into=Card)
    first.title = "changed"
    second = await cache.fetch_one(cards, into=Card)
    assert second == Card(1, "Blue")
    second.title = "changed"
    assert await cache.fetch_one(cards.into(Card)) == Card(1, "Blue")
    assert (await cache.fetch_one(cards)).title == "Blue"
    assert len(told.statements()) == 2


async def test_rows_inside_of_rows(cache: Cache[str]) -> None:
    nested = select(Artist.name, many(select(Album.title)).as_("albums")).where(Artist.id == 1)
    for _ in range(3):
        found = await cache.fetch_one(nested)
        assert sorted(album.title for album in found.albums) == ["Blue", "Hejira"]
        found.albums.clear()
    assert counts(cache) == (2, 1, 0, 0)


class Document(Table, name="documents"):
    id = col.integer().primary_key()
    body = col.json(dict[str, Any])


async def test_documents_are_everybodys_own(database: Database) -> None:
    await database.create_tables(Document)
    await database.execute(insert(Document).values(body={"tags": ["a"], "more": {"deep": [1]}}))
    cache = database.cached(ttl=60)
    for _ in range(3):
        body: Any = await cache.fetch_value(select(Document.body))
        assert body == {"tags": ["a"], "more": {"deep": [1]}}
        body["tags"].append("b")
        body["more"]["deep"].clear()
    assert cache.statistics.hits == 2


# Prepared queries

bodies = 0


@query
def titles_of(artist: int) -> Query:
    global bodies
    bodies += 1
    return select(Album.title).where(Album.artist_id == artist).order_by(Album.id)


async def test_prepared_queries_are_not_built_for_it(db: Database) -> None:
    await db.fetch_all(titles_of(1))
    cache = db.cached(ttl=60)
    before = bodies
    for _ in range(3):
        assert [row.title for row in await cache.fetch_all(titles_of(1))] == ["Blue", "Hejira"]
        assert [row.title for row in await cache.fetch_all(titles_of(2))] == ["Powerage", "Demos"]
    assert counts(cache) == (4, 2, 0, 0)
    assert bodies == before
    await db.execute(update(Album).set(title="x").where(Album.id == 1))
    assert [row.title for row in await cache.fetch_all(titles_of(1))] == ["x", "Hejira"]
    assert bodies == before


async def test_instances_of_prepared_queries(cache: Cache[str]) -> None:
    for _ in range(2):
        assert (await cache.fetch_all(cards_of(1), into=Card))[0] == Card(1, "Blue")
        assert (await cache.fetch_all(cards_of(1)))[0].title == "Blue"
    assert counts(cache) == (2, 2, 0, 0)


@query
def cards_of(artist: int) -> Query:
    return select(Album.id, Album.title).where(Album.artist_id == artist).order_by(Album.id)


# How long


async def test_results_grow_old(db: Database) -> None:
    clock = Clock()
    cache = Cache(db, db._engine.track(), ttl=10, size=100, consistency="strong", clock=clock)
    await cache.fetch_all(titles)
    clock.now += 9.9
    await cache.fetch_all(titles)
    assert counts(cache) == (1, 1, 0, 0)
    clock.now += 0.1  # a hit does not make it younger
    await cache.fetch_all(titles)
    assert counts(cache) == (1, 2, 0, 0)


async def test_an_eventual_cache_is_as_old_as_it_may_be(db: Database) -> None:
    clock = Clock()
    cache = Cache(db, db._engine.track(), ttl=10, size=100, consistency="eventual", clock=clock)
    one = select(Album.title).where(Album.id == 1)
    assert await cache.fetch_value(one) == "Blue"
    await db.execute(update(Album).set(title="x").where(Album.id == 1))
    assert await cache.fetch_value(one) == "Blue"
    clock.now += 10
    assert await cache.fetch_value(one) == "x"


async def test_an_eventual_cache_costs_writes_nothing(db: Database) -> None:
    db.cached(ttl=10, consistency="eventual")
    async with db._connection(False) as connection:
        assert not isinstance(connection, TrackedConnection)
    db.cached(ttl=10)
    async with db._connection(False) as connection:
        assert isinstance(connection, TrackedConnection)


async def test_what_was_used_longest_ago_makes_room(db: Database) -> None:
    cache = db.cached(ttl=60, size=3)

    async def ask(*numbers: int) -> None:
        for number in numbers:
            await cache.fetch_all(select(Album.id).where(Album.id == number))

    await ask(1, 2, 3, 1, 4)
    assert cache.statistics.evictions == 1
    hits = cache.statistics.hits
    await ask(1, 3, 4)
    assert cache.statistics.hits == hits + 3
    await ask(2)
    assert cache.statistics.hits == hits + 3
    assert (cache.statistics.results, cache.statistics.rows) == (3, 3)


async def test_rows_are_counted(db: Database) -> None:
    cache = db.cached(ttl=60, size=5)
    await cache.fetch_all(titles)
    await cache.fetch_all(select(Artist))
    assert (cache.statistics.results, cache.statistics.rows, cache.statistics.evictions) == (1, 3, 1)
    await cache.fetch_all(select(Artist).where(Artist.id > 100))  # no rows take the room of one
    assert (cache.statistics.results, cache.statistics.rows) == (2, 4)


async def test_what_is_too_large_is_not_kept(db: Database) -> None:
    cache = db.cached(ttl=60, size=3)
    await cache.fetch_all(select(Artist))
    for _ in range(2):
        assert len(await cache.fetch_all(titles)) == 4
    assert counts(cache) == (0, 3, 0, 0)
    assert (cache.statistics.results, cache.statistics.evictions) == (1, 0)


# Writes


async def test_a_write_makes_it_ask_again(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    assert await cache.fetch_value(one) == "Blue"
    await db.execute(update(Album).set(title="x").where(Album.id == 1))
    assert await cache.fetch_value(one) == "x"
    await cache.execute(update(Album).set(title="y").where(Album.id == 1))
    assert await cache.fetch_value(one) == "y"
    await db.autonomous().execute(update(Album).set(title="z").where(Album.id == 1))
    assert await cache.fetch_value(one) == "z"


async def test_a_write_to_another_table_does_not(db: Database, cache: Cache[str]) -> None:
    await cache.fetch_all(select(Artist))
    await db.execute(update(Album).set(title="x").where(Album.id == 1))
    await cache.fetch_all(select(Artist))
    assert counts(cache) == (1, 1, 0, 0)


async def test_it_asks_again_after_the_commit(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    assert await cache.fetch_value(one) == "Blue"
    async with db.transaction() as tx:
        await tx.execute(update(Album).set(title="x").where(Album.id == 1))
        assert await cache.fetch_value(one) == "x"  # in the transaction, it has no say
    assert await cache.fetch_value(one) == "x"
    assert counts(cache) == (0, 2, 0, 1)


async def test_what_is_rolled_back_was_never_there(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    assert await cache.fetch_value(one) == "Blue"
    with suppress(RuntimeError):
        async with db.transaction() as tx:
            await tx.execute(update(Album).set(title="x").where(Album.id == 1))
            assert await cache.fetch_value(one) == "x"
            raise RuntimeError
    assert await cache.fetch_value(one) == "Blue"
    assert counts(cache) == (1, 1, 0, 1)


async def test_transactions_read_for_themselves(db: Database, cache: Cache[str]) -> None:
    """What they read has to be of one moment, and what they write upon has to be so still."""
    await cache.fetch_all(titles)
    async with db.transaction():
        await cache.fetch_all(titles)
    async with cache.transaction() as tx:
        await tx.fetch_all(titles)
    assert counts(cache) == (0, 1, 0, 1)


async def test_savepoints(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    await cache.fetch_all(one)
    async with db.transaction() as tx, tx.transaction() as nested:
        await nested.execute(update(Album).set(title="x").where(Album.id == 1))
    assert await cache.fetch_value(one) == "x"


async def test_batches(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    await cache.fetch_value(one)
    await db.batch(update(Album).set(title="x").where(Album.id == 1), select(Artist))
    assert await cache.fetch_value(one) == "x"
    with pytest.raises(UniqueViolated):
        await db.batch(update(Album).set(title="y").where(Album.id == 1), insert(Artist).values(name="AC/DC"))
    assert await cache.fetch_value(one) == "x"
    async with db.transaction() as tx:
        await tx.batch(update(Album).set(title="z").where(Album.id == 1), select(Artist))
    assert await cache.fetch_value(one) == "z"


async def test_inserts_in_parts(db: Database, cache: Cache[str]) -> None:
    count = select(fn.count()).from_(Artist)
    assert await cache.fetch_value(count) == 3
    await db.execute(insert(Artist).values_many([{"name": f"artist {n}"} for n in range(40_000)]))
    assert await cache.fetch_value(count) == 40_003
    hits = cache.statistics.hits
    await cache.fetch_all(titles)
    await db.execute(insert(Artist).values_many([{"name": f"more {n}"} for n in range(40_000)]))
    await cache.fetch_all(titles)
    assert cache.statistics.hits == hits + 1  # known in parts, too: no other table is touched


async def test_very_many_rows(db: Database, cache: Cache[str]) -> None:
    names = select(Artist.name).order_by(Artist.id)
    await cache.fetch_all(titles)
    assert len(await cache.fetch_all(names)) == 3
    await db.insert_many(Artist, [{"name": f"artist {n}"} for n in range(500)])
    assert len(await cache.fetch_all(names)) == 503
    await cache.upsert_many(Artist, [{"name": "AC/DC"}, {"name": "new"}], on=[Artist.name])
    assert len(await cache.fetch_all(names)) == 504
    async with db.transaction() as tx:
        await tx.insert_many(Artist, [{"name": f"more {n}"} for n in range(500)])
    assert len(await cache.fetch_all(names)) == 1004
    assert len(await cache.fetch_by_keys(Artist, [1, 2])) == 2
    hits = cache.statistics.hits
    await cache.fetch_all(titles)
    assert cache.statistics.hits == hits + 1


async def test_writes_that_return_rows(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    await cache.fetch_value(one)
    change = update(Album).set(title="x").where(Album.id == 1).returning(Album.id)
    await cache.fetch_all(change)
    assert await cache.fetch_value(one) == "x"
    async with aclosing(db.stream(update(Album).set(title="y").where(Album.id == 1).returning(Album.id))) as rows:
        async for _ in rows:
            pass
    assert await cache.fetch_value(one) == "y"
    for _ in range(2):  # never cached itself
        await cache.fetch_all(insert(Track).values(album_id=1, title="t").returning(Track.id))
    assert await db.fetch_value(select(fn.count()).from_(Track)) == 5
    many_rows = insert(Artist).values_many([{"name": f"artist {n}"} for n in range(40_000)])
    assert len(await cache.fetch_all(many_rows.returning(Artist.id))) == 40_000


async def test_a_write_that_fails_is_a_write(db: Database, cache: Cache[str]) -> None:
    """Nobody knows how far it came."""
    await cache.fetch_all(select(Artist))
    with pytest.raises(UniqueViolated):
        await db.execute(insert(Artist).values(name="AC/DC"))
    await cache.fetch_all(select(Artist))
    assert counts(cache) == (0, 2, 0, 0)


async def test_sql_as_text_may_write_everything(db: Database, cache: Cache[str]) -> None:
    one = select(Album.title).where(Album.id == 1)
    await cache.fetch_value(one)
    await cache.fetch_all(select(Artist))
    await db.execute(sql("UPDATE albums SET title = 'x' WHERE id = 1"))
    assert await cache.fetch_value(one) == "x"
    await cache.fetch_all(select(Artist))
    assert cache.statistics.hits == 0


async def test_sql_as_text_that_says_what_it_writes(db: Database, cache: Cache[str]) -> None:
    one, artists = select(Album.title).where(Album.id == 1), select(Artist)
    await cache.fetch_value(one)
    await cache.fetch_all(artists)
    await db.execute(sql("UPDATE albums SET title = {} WHERE id = 1", "x", writes=[Album]))
    assert await cache.fetch_value(one) == "x"
    await cache.fetch_all(artists)
    assert cache.statistics.hits == 1
    async with db.transaction() as tx:
        await tx.execute(sql("UPDATE {} SET title = {} WHERE id = 1", Album, "y", writes=[Album]))
    assert await cache.fetch_value(one) == "y"
    await db.batch(sql("UPDATE albums SET title = 'z'", writes=[Album]), sql("DELETE FROM tracks", writes=[Track]))
    assert await cache.fetch_value(one) == "z"
    await cache.fetch_all(artists)
    assert cache.statistics.hits == 2


async def test_sql_as_text_that_writes_nothing(db: Database, cache: Cache[str]) -> None:
    await cache.fetch_all(select(Artist))
    await db.execute(sql("SELECT 1", writes=[]))
    await cache.fetch_all(select(Artist))
    assert cache.statistics.hits == 1
    await db.execute(sql("SELECT 1"))  # the same text, of which nothing is said
    await cache.fetch_all(select(Artist))
    assert cache.statistics.hits == 1


async def test_sql_as_text_reaches_what_follows_a_foreign_key(db: Database, cache: Cache[str]) -> None:
    count = select(fn.count()).from_(Album)
    before = await cache.fetch_value(count)
    await db.execute(sql("DELETE FROM artists WHERE id = 2", writes=[Artist]))
    assert await cache.fetch_value(count) == await db.fetch_value(count)
    assert cache.statistics.hits == 0
    assert before > 0


async def test_a_query_with_text_that_writes_is_not_cached(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    await postgres_db.execute(
        sql(
            "CREATE FUNCTION add_artist(text) RETURNS integer LANGUAGE sql AS "
            "'INSERT INTO artists (name) SELECT $1 || count(*) FROM artists RETURNING id'",
            writes=[],
        )
    )
    cache = postgres_db.cached(ttl=60)
    count = select(fn.count()).from_(Artist)
    add = select(sql("add_artist({})", "x", returns=int, writes=[Artist]).as_("id")).from_(one_row())
    for number in (1, 2):
        assert await cache.fetch_value(add) == number
        assert await cache.fetch_value(count) == number
    assert cache.statistics.hits == 0


@pytest.mark.parametrize("wrong", [["albums"], [Album.title], "albums"])
def test_what_is_written_are_tables(wrong: Any) -> None:
    with pytest.raises(
        CompileError, match=r"sql\(writes=\[…\]\) takes the tables that the text writes, and .* is none"
    ):
        sql("UPDATE albums SET plays = 0", writes=wrong)
    with pytest.raises(CompileError, match=r"takes a list: writes=\[Album\]"):
        sql("UPDATE albums SET plays = 0", writes=Album)


async def test_sql_as_text_may_read_everything(db: Database, cache: Cache[str]) -> None:
    inside = select(sql("(SELECT count(*) FROM tracks)", returns=int).as_("count")).from_(Artist).where(Artist.id == 1)
    plain = select(sql("{} + 1", Artist.id, returns=int).as_("next")).from_(Artist).where(Artist.id == 1)
    assert await cache.fetch_value(inside) == 3
    assert await cache.fetch_value(plain) == 2
    await db.execute(insert(Track).values(album_id=1, title="t"))
    assert await cache.fetch_value(inside) == 4
    assert await cache.fetch_value(plain) == 2
    assert counts(cache) == (1, 3, 0, 0)


async def test_locks_are_taken(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    cache = postgres_db.cached(ttl=60)
    for _ in range(2):
        await cache.fetch_all(select(Artist).with_for_update())
    assert counts(cache) == (0, 0, 0, 2)


async def test_create_tables_is_a_write(database: Database) -> None:
    cache = database.cached(ttl=60)
    await database.create_tables(Artist)
    await cache.fetch_all(select(Artist))
    await database.create_tables(Document)
    await cache.fetch_all(select(Artist))
    assert counts(cache) == (0, 2, 0, 0)


async def test_explain_is_none_that_is_known(db: Database, cache: Cache[str]) -> None:
    await db.explain(titles)
    await cache.fetch_all(titles)
    await cache.fetch_all(titles)
    assert counts(cache) == (1, 1, 0, 0)


# Which tables a query reads

a2 = alias(Artist, "a2")
recent = select(Album.artist_id.as_("artist_id")).where(Album.plays > 1)

READS_ALBUMS: dict[str, Query[Any]] = {
    "from": select(Album.id),
    "join": select(Artist.id).left_join(Album, on=Album.artist_id == Artist.id),
    "alias": select(alias(Album, "x").id),
    "whole": select(Artist, Album).join(Album, on=Album.artist_id == Artist.id),
    "exists": select(Artist.id).where(exists(select(Album.id).where(Album.artist_id == Artist.id))),
    "in": select(Artist.id).where(Artist.id.in_(select(Album.artist_id))),
    "subquery": select(recent.subquery("r").artist_id),
    "cte": select(recent.cte("r").artist_id),
    "union": select(Artist.id).union_all(select(Album.id)),
    "nested": select(Artist.id, many(select(Album.title)).as_("albums")),
}


@pytest.mark.parametrize("name", READS_ALBUMS)
async def test_a_query_reads_its_tables(db: Database, cache: Cache[str], name: str) -> None:
    found = READS_ALBUMS[name]
    await cache.fetch_all(found)
    await cache.fetch_all(found)
    assert counts(cache) == (1, 1, 0, 0)
    await db.execute(insert(Album).values(artist_id=3, title="new", plays=7))
    assert await cache.fetch_all(found) == await db.fetch_all(found)
    assert counts(cache) == (1, 2, 0, 0)


async def test_a_schema_may_be_told_or_not(sqlite_db: Database) -> None:
    await sqlite_db.create_tables(Artist)
    cache = sqlite_db.cached(ttl=60)
    plain = select(fn.count()).from_(Artist)
    told = plain.with_schema("main")
    other = plain.with_schema("temp")
    await sqlite_db.execute(sql("CREATE TEMP TABLE artists (id integer primary key, name text)"))
    for number in (1, 2):
        await sqlite_db.execute(insert(Artist).values(name=f"artist {number}").with_schema("main"))
        assert await cache.fetch_value(told) == number
    misses = cache.statistics.misses
    assert await cache.fetch_value(other) == 0
    await sqlite_db.execute(insert(Artist).values(name="c").with_schema("main"))
    assert await cache.fetch_value(other) == 0  # of another schema
    assert cache.statistics.misses == misses + 1
    assert await cache.fetch_value(plain) == 0  # "temp" goes before "main"
    await sqlite_db.execute(insert(Artist).values(name="d"))  # into either
    assert await cache.fetch_value(plain) == 1
    assert await cache.fetch_value(other) == 1


# What foreign keys do


class Parent(Table, name="parents"):
    id = col.integer().primary_key()
    code = col.text().unique()


class Child(Table, name="children"):
    id = col.integer().primary_key()
    parent_id = col.integer().references(lambda: Parent.id, on_delete="cascade")


class Grandchild(Table, name="grandchildren"):
    id = col.integer().primary_key()
    child_id = col.integer().nullable().references(lambda: Child.id, on_delete="set null")


class Follower(Table, name="followers"):
    id = col.integer().primary_key()
    code = col.text().references(lambda: Parent.code, on_update="cascade")


async def test_rows_that_follow_their_keys(database: Database) -> None:
    await database.create_tables(Parent, Child, Grandchild, Follower)
    await database.execute(insert(Parent).values_many([{"code": "a"}, {"code": "b"}]))
    await database.execute(insert(Child).values(parent_id=1))
    await database.execute(insert(Grandchild).values(child_id=1))
    await database.execute(insert(Follower).values(code="b"))
    cache = database.cached(ttl=60)
    children, grandchildren, followers = select(Child.id), select(Grandchild.child_id), select(Follower.code)
    assert len(await cache.fetch_all(children)) == 1
    assert await cache.fetch_value(grandchildren) == 1
    assert await cache.fetch_value(followers) == "b"
    await database.execute(delete(Parent).where(Parent.id == 1))
    assert await cache.fetch_all(children) == []
    assert await cache.fetch_value(grandchildren) is None
    misses = cache.statistics.misses
    assert await cache.fetch_value(followers) == "b"
    assert cache.statistics.misses == misses
    await database.execute(update(Parent).set(code="c").where(Parent.code == "b"))
    assert await cache.fetch_value(followers) == "c"
    hits = cache.statistics.hits
    await cache.fetch_all(children)
    assert cache.statistics.hits == hits + 1  # an update deletes no children


async def test_a_table_that_is_declared_later(database: Database) -> None:
    await database.create_tables(Parent)
    await database.execute(insert(Parent).values_many([{"code": "a"}, {"code": "b"}]))
    cache = database.cached(ttl=60)
    await database.execute(delete(Parent).where(Parent.id == 1))

    class Latecomer(Table, name="latecomers"):
        id = col.integer().primary_key()
        parent_id = col.integer().references(lambda: Parent.id, on_delete="cascade")

    await database.create_tables(Latecomer)
    await database.execute(insert(Latecomer).values(parent_id=2))
    assert len(await cache.fetch_all(select(Latecomer))) == 1
    await database.execute(delete(Parent).where(Parent.id == 2))
    assert await cache.fetch_all(select(Latecomer)) == []


# Views, and whatever else reads tables


class AlbumTitle(Table, name="album_titles"):
    id = col.integer()
    title = col.text()


async def test_tables_that_nobody_sees_are_told(db: Database) -> None:
    await db.execute(sql("CREATE VIEW album_titles AS SELECT id, title FROM albums"))
    blind, told = db.cached(ttl=60), db.cached(ttl=60, reads=[Album])
    one = select(AlbumTitle.title).where(AlbumTitle.id == 1)
    for cache in (blind, told):
        assert await cache.fetch_value(one) == "Blue"
    await db.execute(update(Album).set(title="x").where(Album.id == 1))
    assert await blind.fetch_value(one) == "Blue"
    assert await told.fetch_value(one) == "x"


@pytest.mark.parametrize("consistency", ["strong", "eventual"])
async def test_clear(db: Database, consistency: Consistency) -> None:
    cache = db.cached(ttl=60, consistency=consistency)

    async def misses() -> int:
        before = cache.statistics.misses
        await cache.fetch_all(titles)
        await cache.fetch_all(select(Artist))
        return cache.statistics.misses - before

    assert await misses() == 2
    assert await misses() == 0
    cache.clear(Album)
    assert await misses() == 1
    cache.clear(Album, Artist)
    assert cache.statistics.rows == 0
    assert await misses() == 2
    cache.clear(Track)
    assert await misses() == 0
    cache.clear()
    assert await misses() == 2


# Several tasks


class Gate:
    """A database whose answers wait until the gate is opened."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.opened = asyncio.Event()
        self.asked = 0
        self.failure: BaseException | None = None
        db._engine.track()  # so that nothing is done without a connection of its own
        self._connection = db._connection
        db._connection = self.connection  # type: ignore[method-assign]  # for one test

    @asynccontextmanager
    async def connection(self, reads: bool, alone: bool = False) -> AsyncIterator[Connection]:
        self.asked += 1
        async with self._connection(reads, alone) as connection:
            yield connection
        await self.opened.wait()
        if self.failure is not None:
            raise self.failure


async def started(*work: Coroutine[Any, Any, Any]) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(each) for each in work]
    await asyncio.sleep(0.05)
    return tasks


@pytest.fixture
async def gate(db: Database) -> Gate:
    return Gate(db)


async def test_equal_queries_are_asked_once(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60)
    tasks = await started(*[cache.fetch_all(titles) for _ in range(10)])
    gate.opened.set()
    results = await asyncio.gather(*tasks)
    assert gate.asked == 1
    assert len({id(rows) for rows in results}) == 10
    assert all(len(rows) == 4 for rows in results)
    assert counts(cache) == (0, 1, 9, 0)


async def test_an_error_is_everybodys_and_is_not_kept(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60)
    tasks = await started(*[cache.fetch_all(titles) for _ in range(3)])
    gate.failure = InvalidSql("out of order")
    gate.opened.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [InvalidSql] * 3
    gate.failure = None
    assert len(await cache.fetch_all(titles)) == 4
    assert gate.asked == 2


async def test_an_error_of_one_alone(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60)
    gate.failure = InvalidSql("out of order")
    gate.opened.set()
    with pytest.raises(InvalidSql):
        await cache.fetch_all(titles)


async def test_a_cancelled_leader_fails_nobody(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60)
    leader, *others = await started(*[cache.fetch_all(titles) for _ in range(4)])
    leader.cancel()
    await asyncio.sleep(0.05)
    assert leader.cancelled()
    gate.opened.set()
    assert [len(rows) for rows in await asyncio.gather(*others)] == [4, 4, 4]
    assert gate.asked == 2  # once more, by one of them


async def test_a_cancelled_follower_disturbs_nobody(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60)
    leader, follower, other = await started(*[cache.fetch_all(titles) for _ in range(3)])
    follower.cancel()
    await asyncio.sleep(0)
    gate.opened.set()
    assert len(await leader) == len(await other) == 4
    assert follower.cancelled()
    assert gate.asked == 1


async def test_all_are_cancelled(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60)
    tasks = await started(*[cache.fetch_all(titles) for _ in range(3)])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    gate.opened.set()
    assert len(await cache.fetch_all(titles)) == 4


async def test_what_a_write_overtook_is_not_kept(gate: Gate) -> None:
    """The rows were read before the write, and come after it."""
    cache = gate.db.cached(ttl=60)
    one = select(Album.title).where(Album.id == 1)
    [reading] = await started(cache.fetch_value(one))
    await gate.db.autonomous().execute(update(Album).set(title="x").where(Album.id == 1))
    [later] = await started(cache.fetch_value(one))
    gate.opened.set()
    assert await reading == "Blue"
    assert await later == "x"  # it did not wait for the old rows
    assert await cache.fetch_value(one) == "x"


async def test_what_was_cleared_meanwhile_is_not_kept(gate: Gate) -> None:
    cache = gate.db.cached(ttl=60, consistency="eventual")
    [reading] = await started(cache.fetch_all(titles))
    cache.clear(Album)
    gate.opened.set()
    await reading
    assert cache.statistics.results == 0


async def test_nothing_is_certain_during_a_commit(postgres_db: Database) -> None:
    """Others may see the write, though whoever commits does not know yet."""
    await postgres_db.create_tables(Artist)
    await postgres_db.execute(insert(Artist).values(name="a"))
    cache = postgres_db.cached(ttl=60)
    one = select(Artist.name).where(Artist.id == 1)
    assert await cache.fetch_value(one) == "a"
    tracker = postgres_db._engine.track()
    names = tracker.note(*_noted(postgres_db, update(Artist).set(name="x").all_rows())).writes
    tracker.begin(names)
    assert await cache.fetch_value(one) == "a"
    assert counts(cache) == (0, 1, 0, 1)
    tracker.end(names)
    assert await cache.fetch_value(one) == "a"
    assert counts(cache) == (0, 2, 0, 1)


def _noted(db: Database, statement: Any) -> tuple[str, Any, Any]:
    return statement.compile(db.dialect).sql, statement, db.dialect


async def test_reads_that_may_lag_are_for_eventual_caches(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await sqlite_db.create_tables(Artist)
    strong, eventual = sqlite_db.cached(ttl=60), sqlite_db.cached(ttl=60, consistency="eventual")
    monkeypatch.setattr(sqlite_db.driver, "reads_only", lambda sql: True)
    wanted: list[bool] = []
    connection = sqlite_db._connection

    def noted(reads: bool, alone: bool) -> Any:
        wanted.append(reads)
        return connection(reads, alone)

    monkeypatch.setattr(sqlite_db, "_connection", noted)
    monkeypatch.setattr(sqlite_db, "_at_once", lambda reads: None)
    for reads_lag in (False, True):
        monkeypatch.setattr(sqlite_db.driver, "reads_lag", reads_lag)
        for cache in (strong, eventual):
            cache.clear()
            await cache.fetch_all(select(Artist))
    assert wanted == [True, True, False, True]


async def test_cancelled_writes_leave_no_doubt(postgres_db: Database) -> None:
    await postgres_db.create_tables(Artist)
    cache = postgres_db.cached(ttl=60)
    slow = update(Artist).set(name=sql("(SELECT 'x' FROM pg_sleep(10))", returns=str)).all_rows()
    await postgres_db.execute(insert(Artist).values(name="a"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgres_db.execute(slow)
    for _ in range(2):
        assert await cache.fetch_value(select(Artist.name)) == "a"
    assert counts(cache) == (1, 1, 0, 0)


# Figures


async def test_metrics_have_hit_rates(db: Database, cache: Cache[str]) -> None:
    metrics = Metrics()
    db.observe(metrics)
    for _ in range(4):
        await cache.fetch_all(titles)
    async with db.transaction():
        await cache.fetch_all(titles)
    assert metrics.snapshot().cache == {"miss": 1, "hit": 3, "bypass": 1}
    assert metrics.snapshot().hit_rate == cache.statistics.hit_rate == 0.75
    assert db.cached(ttl=60).statistics.hit_rate is None
    assert 'qb_cache_lookups_total{outcome="hit"} 3' in metrics.prometheus()


# What it is


async def test_it_is_an_executor(db: Database, cache: Cache[str]) -> None:
    async def helper(db: Executor) -> int:
        found: int = await db.fetch_value(select(fn.count()).from_(Album))
        return found

    assert await helper(db) == await helper(cache) == await helper(cache) == 4
    assert cache.statistics.hits == 1
    async with aclosing(cache.stream(titles)) as rows:
        assert len([row async for row in rows]) == 4
    changed, found = await cache.batch(update(Album).set(plays=0).all_rows(), select(Artist))
    assert (int(changed), len(found)) == (4, 3)
    assert cache.dialect is db.dialect


async def test_what_is_rewritten_is_another_query(db: Database) -> None:
    def loud(node: Node) -> Node:
        return Parameter(0, node.type) if isinstance(node, Parameter) and node.value == 1 else node

    one = select(Album.title).where(Album.id == 1)
    changed = db.rewriting(loud)
    cache = changed.cached(ttl=60)
    for _ in range(2):
        assert await cache.fetch_all(one) == await changed.fetch_all(one) == []
        assert await db.cached(ttl=60).fetch_value(one) == "Blue"
    assert counts(cache) == (1, 1, 0, 0)


async def test_caches_are_apart(db: Database) -> None:
    one, other = db.cached(ttl=60), db.cached(ttl=60)
    await one.fetch_all(titles)
    await other.fetch_all(titles)
    assert counts(one) == counts(other) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"ttl": None, "consistency": "eventual"}, "an eventual cache needs a ttl"),
        ({"ttl": 0}, "ttl=0: a result is kept for more than 0 seconds"),
        ({"ttl": -1}, "ttl=-1"),
        ({"ttl": 1, "size": 0}, "size=0: a cache keeps 1 row or more"),
        ({"ttl": 1, "consistency": "weak"}, 'consistency=\'weak\': it is "strong" or "eventual"'),
    ],
    ids=str,
)
async def test_mistakes(sqlite_db: Database, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(QbError) as caught:
        sqlite_db.cached(**arguments)
    assert words in str(caught.value)


async def test_no_ttl_when_only_this_process_writes(db: Database) -> None:
    cache = db.cached(ttl=None)
    for _ in range(2):
        await cache.fetch_all(titles)
    assert counts(cache) == (1, 1, 0, 0)


def test_every_method_of_connections_is_tracked() -> None:
    """A write that is not would leave old results."""
    public = {name for name in vars(Connection) if not name.startswith("_")}
    assert public - vars(TrackedConnection).keys() == set()


def test_it_is_loaded_when_it_is_used() -> None:
    script = """
import asyncio, sys
from qb import Database, sql
async def main():
    async with Database.connect("sqlite://") as db:
        await db.execute(sql("SELECT 1"))
asyncio.run(main())
print([name for name in sys.modules if name.startswith("qb.cache")])
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"
