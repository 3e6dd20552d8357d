"""What stands beside tables: views, triggers, sequences, schemas, types; each does on its engine what it is for."""

from __future__ import annotations

from enum import Enum

import pytest

from qb import (
    Database,
    Table,
    col,
    enum_type,
    index,
    insert,
    materialized_view,
    schema_named,
    select,
    sequence,
    sql,
    trigger,
    update,
    view,
)
from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from tests.features import feature


class Song(Table, name="songs"):
    id = col.integer().primary_key()
    title = col.custom("TEXT", str)
    plays = col.integer().default(0)


class Top(Table, name="top_songs"):
    """The view, as queries see it."""

    title = col.text()


TOP = view("top_songs", "SELECT title FROM songs WHERE plays > 10")
LOUD = trigger(
    "loud",
    lambda: Song,
    {
        "sqlite": "CREATE TRIGGER loud AFTER INSERT ON songs BEGIN "
        "UPDATE songs SET title = upper(title) WHERE id = new.id; END",
        "postgres": "CREATE TRIGGER loud BEFORE INSERT ON songs FOR EACH ROW EXECUTE FUNCTION shout()",
    },
)
SHOUT = (
    "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.title = upper(new.title); RETURN new; END'"
)


@feature("Tables", "views, triggers, types of the engine's own")
async def test_a_view_and_a_trigger(database: Database) -> None:
    if database.dialect.name == "postgres":
        await database.execute(sql(SHOUT))
    await database.create_tables(Song, TOP, LOUD)
    await database.execute(insert(Song).values_many([{"title": "a"}, {"title": "b"}]))
    assert await database.fetch_all(select(Top)) == []
    await database.execute(update(Song).set(plays=11).where(Song.title == "B"))
    assert await database.fetch_all(select(Top)) == [("B",)]


class Mood(Enum):
    GOOD = "good"


APP = schema_named("app")
COUNTS = materialized_view("counts", "SELECT plays FROM songs", index(sql("plays"), name="by_plays"), schema="app")
NUMBERS = sequence("numbers", start=5, increment=2, schema="app")
MOOD = enum_type(Mood, name="mood", schema="app")
OTHERS = (APP, COUNTS, NUMBERS)


@feature("Tables", "schemas, sequences, enum types, materialized views", sqlite="refused")
async def test_what_only_postgres_has(postgres_db: Database) -> None:
    try:
        await postgres_db.create_tables(Song, MOOD, *OTHERS)
        await postgres_db.execute(insert(Song).values(title="a", plays=7))
        await postgres_db.execute(sql("REFRESH MATERIALIZED VIEW app.counts"))
        found = select(
            sql("(SELECT plays FROM app.counts)", returns=int).as_("plays"),
            sql("nextval('app.numbers')", returns=int).as_("first"),
            sql("nextval('app.numbers')", returns=int).as_("second"),
            sql("'good'::app.mood::text", returns=str).as_("mood"),
        )
        assert await postgres_db.fetch_one(found) == (7, 5, 7, "good")
    finally:
        await postgres_db.execute(sql("DROP SCHEMA app CASCADE"))


@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: type(other).__name__)
def test_what_others_have_not(dialect: str, other: object) -> None:
    with pytest.raises(UnsupportedError):
        find_dialect(dialect).ddl().create([Song, other])  # type: ignore[list-item]  # one of the three
