"""Timestamps, SoftDelete, and statements that a database rewrites."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

import pytest

from qb import Database, Query, Table, col, delete, excluded, insert, many, query, select, update
from qb.errors import SchemaError
from qb.mixins import SoftDelete, Timestamps, hide_deleted, restore, soft_delete, touch_updated, with_deleted
from tests.features import feature
from tests.music import Album


class Author(Table, Timestamps, SoftDelete, name="authors"):
    id = col.integer().primary_key()
    name = col.text().unique()


class Book(Table, SoftDelete, name="books"):
    id = col.integer().primary_key()
    author_id = col.integer().references(lambda: Author.id)
    title = col.text()


class Shelf(Table, name="shelves"):
    id = col.integer().primary_key()
    deleted_at = col.timestamp().nullable()


ENGINES = ("sqlite", "postgres", "d1")
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
TITLES = select(Book.title).order_by(Book.id)


@pytest.fixture
async def library(database: Database) -> AsyncIterator[Database]:
    """A filled database with both rewrites, of each engine."""
    async with Database(database.driver, rewrites=[touch_updated, hide_deleted]) as db:
        await db.create_tables(Author, Book, Shelf)
        names = ("Ann", "Bob", "Cy")
        await db.execute(insert(Author).values_many([{"name": name, "updated_at": LONG_AGO} for name in names]))
        books = enumerate("abcdef")
        await db.execute(insert(Book).values_many([{"author_id": n % 3 + 1, "title": title} for n, title in books]))
        yield db


@feature("Running", "mixins: timestamps")
async def test_updates_touch_the_row(library: Database) -> None:
    await library.execute(update(Author).set(name="Ann!").where(Author.id == 1))
    await library.execute(update(Author).set(name="Bob!", updated_at=LONG_AGO).where(Author.id == 2))
    rows = await library.fetch_all(select(Author).order_by(Author.id))
    assert rows[0].updated_at > LONG_AGO
    assert [row.updated_at for row in rows[1:]] == [LONG_AGO, LONG_AGO]
    row = insert(Author).values(id=3, name="Cy!", updated_at=LONG_AGO)
    await library.execute(row.on_conflict(Author.id).do_update(name=excluded(Author.name)))
    assert await library.fetch_value(select(Author.updated_at).where(Author.id == 3)) > LONG_AGO


@feature("Running", "mixins: soft delete")
async def test_rows_that_are_marked_are_hidden(library: Database) -> None:
    assert await library.execute(soft_delete(Book).where(Book.title < "c")) == 2
    assert [row.title for row in await library.fetch_all(TITLES)] == ["c", "d", "e", "f"]
    assert await library.execute(update(Book).set(title="x").where(Book.title == "a")) == 0
    assert await library.execute(delete(Book).where(Book.title == "a")) == 0
    authors = select(Author.name, many(TITLES).as_("books")).order_by(Author.id)
    found = await library.fetch_all(authors)
    assert [[book.title for book in row.books] for row in found] == [["d"], ["e"], ["c", "f"]]
    joined = select(Author.name, Book.title).left_join(Book, on=Book.author_id == Author.id).where(Author.id == 1)
    assert await library.fetch_all(joined) == [("Ann", "d")]
    everything = with_deleted(library)
    assert len(await everything.fetch_all(TITLES)) == 6
    assert await everything.execute(restore(Book).where(Book.title == "a")) == 1
    assert [row.title for row in await library.fetch_all(TITLES)] == ["a", "c", "d", "e", "f"]
    assert await everything.execute(delete(Book).where(Book.title == "b")) == 1


async def test_every_way_to_run(library: Database) -> None:
    await library.execute(soft_delete(Book).where(Book.id > 1))

    @query
    def titled(title: str) -> Query:
        return select(Book.title).where(Book.title >= title)

    for _ in range(2):
        assert await library.fetch_all(titled("a")) == [("a",)]
    assert [row async for row in library.stream(TITLES)] == [("a",)]
    assert await library.batch(TITLES, titled("b")) == ([("a",)], [])
    assert list(await library.fetch_by_keys(Book, [1, 2])) == [1]
    if library.dialect.name == "postgres":  # whose plans show conditions
        assert "IS NULL" in await library.explain(TITLES)
    if library.dialect.name == "d1":
        return  # it has no transactions
    async with library.transaction() as tx:
        assert await tx.fetch_all(TITLES) == [("a",)]
        async with tx.transaction() as nested:
            assert await nested.fetch_all(TITLES) == [("a",)]
        assert len(await with_deleted(library).fetch_all(TITLES)) == 6
        assert await tx.execute(restore(Book).where(Book.id == 2)) == 0  # it does not see it


async def test_other_tables_are_left_alone(library: Database) -> None:
    await library.execute(insert(Shelf).values(deleted_at=LONG_AGO))
    assert len(await library.fetch_all(select(Shelf))) == 1


def test_tables_without_the_mixin() -> None:
    with pytest.raises(SchemaError, match=r"soft_delete\(Album\): declare it as class Album\(Table, SoftDelete\)"):
        soft_delete(Album)
    with pytest.raises(SchemaError, match=r"restore\(Album\)"):
        restore(Album)


def test_the_sql() -> None:
    touched = update(Author).set(name="x").where(Author.id == 1).transformed(touch_updated)
    assert touched.compile("postgres").sql == (
        'UPDATE "authors" SET "name" = $1, "updated_at" = now() WHERE "authors"."id" = $2'
    )
    hidden = select(Book.title).transformed(hide_deleted)
    assert hidden.compile("sqlite").sql == 'SELECT "books"."title" FROM "books" WHERE "books"."deleted_at" IS NULL'
