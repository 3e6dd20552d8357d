"""One statement for the tables of many schemas."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, Table, alias, col, delete, exists, fn, insert, many, select, sql, update
from qb.errors import CompileError, SchemaError, UndefinedTable
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Track


class Shared(Table, name="shared", schema="common"):
    id = col.integer().primary_key()


class Owner(Table, name="owners"):
    id = col.integer().primary_key()
    name = col.text()


class Pet(Table, name="pets"):
    id = col.integer().primary_key()
    owner_id = col.integer().references(lambda: Owner.id)
    name = col.text().nullable()


parent = alias(Owner, "o")


@pytest.fixture
async def two(database: Database) -> Database:
    """Two schemas with the same tables, and other rows in each; none in the schema that is the default."""
    made: list[Any] = []
    for schema in ("one", "two"):
        if database.dialect.name == "postgres":
            made += [sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE"), sql(f"CREATE SCHEMA {schema}")]
        else:
            made += [sql(f"ATTACH ':memory:' AS {schema}")]
        owners = insert(Owner).values_many([{"id": 1, "name": f"Ann of {schema}"}, {"id": 2, "name": "Bob"}])
        pets = insert(Pet).values(id=1, owner_id=1, name=f"Rex of {schema}")
        made += [
            sql(f"CREATE TABLE {schema}.owners (id integer PRIMARY KEY, name text NOT NULL)"),
            sql(f"CREATE TABLE {schema}.pets (id integer PRIMARY KEY, owner_id integer NOT NULL, name text)"),
            owners.with_schema(schema),
            pets.with_schema(schema),
        ]
    for statement in made:
        await database.execute(statement)
    return database


@feature("Composition", "one statement for many schemas: with_schema()", d1="refused")
async def test_each_schema_has_its_rows(two: Database) -> None:
    query = select(Owner.name).join(Pet, on=Pet.owner_id == Owner.id).where(Owner.id < 5)
    assert await two.fetch_all(query.with_schema("one")) == [("Ann of one",)]
    assert await two.fetch_all(query.with_schema("two")) == [("Ann of two",)]
    if two.dialect.name == "postgres":  # SQLite looks into attached databases, too
        with pytest.raises(UndefinedTable):
            await two.fetch_all(query)
    assert await two.fetch_all(query.with_schema("one").limit(0)) == []


async def test_every_statement(two: Database) -> None:
    changed = update(Owner).set(name=Owner.name + "!").where(Owner.id == 2).returning(Owner.name)
    assert await two.fetch_all(changed.with_schema("two")) == [("Bob!",)]
    owned = delete(Pet).where(exists(select(Owner.id).where(Owner.id == Pet.owner_id)))
    assert await two.execute(owned.with_schema("one")) == 1
    copied = insert(Pet).from_select(select((Owner.id + 10).as_("id"), Owner.id.as_("owner_id")))
    assert await two.execute(copied.with_schema("one")) == 2
    count = select(fn.count()).from_(Pet)
    assert await two.fetch_value(count.with_schema("one")) == 2
    assert await two.fetch_value(count.with_schema("two")) == 1


async def test_queries_in_queries(two: Database) -> None:
    named = select(Owner.id, Owner.name).subquery("named")
    counted = select(Pet.owner_id, fn.count().as_("n")).group_by(Pet.owner_id).cte("counted")
    query = (
        select(named.name, counted.n, parent.name.as_("again"))
        .from_(named)
        .join(counted, on=counted.owner_id == named.id)
        .join(parent, on=parent.id == named.id)
        .where(named.id.in_(select(Pet.owner_id)))
    )
    assert await two.fetch_all(query.with_schema("two")) == [("Ann of two", 1, "Ann of two")]
    there = select(Owner.name).with_schema("two")
    assert await two.fetch_all(select(Owner.name).where(Owner.name.not_in(there)).with_schema("one")) == [
        ("Ann of one",)
    ]
    assert len(await two.fetch_all(select(Owner.name).with_schema("one").union(there))) == 3


async def test_nested_rows_find_their_foreign_key(two: Database) -> None:
    query = select(Owner.name, many(select(Pet.name)).as_("pets")).where(Owner.id == 1).with_schema("one")
    (row,) = await two.fetch_all(query)
    assert row.name == "Ann of one"
    assert [pet.name for pet in row.pets] == ["Rex of one"]


def test_the_sql() -> None:
    query = select(Album, Artist.name).join(Artist, on=Album.artist_id == Artist.id).with_schema('a"b')
    text = query.compile("postgres").sql
    assert text.endswith('FROM "a""b"."albums" INNER JOIN "a""b"."artists" ON "albums"."artist_id" = "artists"."id"')
    assert str(select(Track.title).with_schema("x")) == 'SELECT "tracks"."name" AS "title" FROM "x"."tracks"'
    assert str(select(Shared.id).with_schema("x")) == 'SELECT "shared"."id" FROM "common"."shared"'
    assert str(select(Owner.id).with_schema("x").with_schema("y")) == 'SELECT "owners"."id" FROM "x"."owners"'
    assert str(sql("DELETE FROM {} WHERE {}", Owner, Owner.id == 1).with_schema("x")) == (
        'DELETE FROM "x"."owners" WHERE "owners"."id" = ?'
    )
    plain = select(Owner.id)
    plain.with_schema("x")
    assert str(plain) == 'SELECT "owners"."id" FROM "owners"'


async def test_the_schema_that_everything_is_in(check: Check) -> None:
    schema = "filled" if check.dialect == "postgres" else "main"
    await check(
        select(Artist.id).where(Artist.id == 1).with_schema(schema),
        sqlite=f'SELECT "artists"."id" FROM "{schema}"."artists" WHERE "artists"."id" = ?',
        parameters=[1],
        rows=[(1,)],
    )


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 64, None, 5])
def test_names_that_cannot_be_one(name: Any) -> None:
    with pytest.raises(SchemaError, match=r"with_schema\(\): the name"):
        select(Owner.id).with_schema(name)


def test_what_is_added_afterwards_is_not_in_the_query() -> None:
    with pytest.raises(CompileError, match='"owners" is not in this query'):
        select(Owner.id).with_schema("x").where(Owner.id == 1).compile("sqlite")
