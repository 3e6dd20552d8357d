"""Seeds are written once, in an order that works, and only when everything is there that they need."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, Table, col, insert, select, unique
from qb.errors import CheckViolated, CompileError, SchemaError
from qb.migrations.seeds import Planted, Seed, plant, seed, seeds_of


class Genre(Table, name="genres"):
    id = col.integer().primary_key()
    name = col.text().unique()
    rank = col.integer().default(0).check(lambda rank: rank >= 0)


class Song(Table, name="songs"):
    id = col.integer().primary_key()
    genre_id = col.integer().references(lambda: Genre.id)
    parent_id = col.integer().nullable().references(lambda: Song.id)
    title = col.text()
    one_title = unique(genre_id, title)


GENRES = seed(Genre, [{"id": 1, "name": "Rock"}, {"id": 2, "name": "Jazz", "rank": 5}])
SONGS = seed(Song, [{"genre_id": 2, "title": "So What"}], by=[Song.genre_id, Song.title])


@pytest.fixture
async def db(database: Database) -> Database:
    await database.create_tables(Genre, Song)
    return database


async def genres(db: Database) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.fetch_all(select(Genre).order_by(Genre.id))]


async def test_they_are_written_once_and_what_people_changed_is_kept(db: Database) -> None:
    first, second = await plant(db, [SONGS, GENRES])
    assert (first.table, first.when, first.rows, first.written) == ("genres", "if_missing", 2, 2)
    assert (second.table, second.written) == ("songs", 1)
    await db.execute(insert(Genre).values(id=1, name="x").on_conflict(Genre.id).do_update(name="Hard Rock"))
    assert [each.written for each in await plant(db, [SONGS, GENRES])] == [0, 0]
    assert await genres(db) == [(1, "Hard Rock", 0), (2, "Jazz", 5)]


async def test_always_changes_them_back(db: Database) -> None:
    always = seed(Genre, [{"name": "Rock", "rank": 3}], when="always", by=[Genre.name])
    await plant(db, [GENRES, always])
    assert await genres(db) == [(1, "Rock", 3), (2, "Jazz", 5)]
    await db.execute(insert(Genre).values(id=1, name="x").on_conflict(Genre.id).do_update(rank=9))
    assert [each.written for each in await plant(db, [always])] == [1]
    assert await genres(db) == [(1, "Rock", 3), (2, "Jazz", 5)]
    only_key = seed(Genre, [{"name": "Rock"}, {"name": "Folk"}], when="always", by=[Genre.name])
    assert [each.written for each in await plant(db, [only_key])] == [1]


async def test_if_empty_is_for_a_table_without_rows(db: Database) -> None:
    start = seed(Genre, [{"name": "Rock"}, {"name": "Jazz"}], when="if_empty")
    assert [each.written for each in await plant(db, [start])] == [2]
    assert [each.written for each in await plant(db, [start])] == [0]
    assert len(await genres(db)) == 2
    assert await plant(db, [seed(Genre, [])]) == [Planted("genres", "if_missing", 0, 0)]


async def test_all_or_none(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "qb.seeds")
    with pytest.raises(CheckViolated):
        await plant(db, [GENRES, SONGS, seed(Genre, [{"id": 9, "name": "x", "rank": -1}])])
    assert await genres(db) == []
    assert caplog.messages == []
    await plant(db, [SONGS, GENRES])
    assert caplog.messages == [
        "2 of 2 rows of genres written (if_missing)",
        "1 of 1 rows of songs written (if_missing)",
    ]


async def test_variables_of_the_environment(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = seed(Genre, [{"id": 3, "name": "${FIRST} and ${SECOND_NAME}: $5, $$, $${FIRST}"}])
    with pytest.raises(SchemaError, match="the seeds need FIRST, SECOND_NAME in the environment: nothing is written"):
        await plant(db, [GENRES, secret], {})
    with pytest.raises(SchemaError, match="the seeds need SECOND_NAME in the environment"):
        await plant(db, [GENRES, secret], {"FIRST": "a"})
    assert await genres(db) == []
    monkeypatch.setenv("FIRST", "a")
    monkeypatch.setenv("SECOND_NAME", "${FIRST}")
    await plant(db, [secret])
    assert await genres(db) == [(3, "a and ${FIRST}: $5, $, ${FIRST}", 0)]


def test_what_is_wrong_is_said_where_it_is_declared() -> None:
    wrong: Any = [{"nam": "x", "id": 1}]
    with pytest.raises(SchemaError, match="Genre has no column 'nam', did you mean \"name\""):
        seed(Genre, wrong)
    with pytest.raises(SchemaError, match="row 1 of the seed of Genre does not give 'id'"):
        seed(Genre, [{"id": 1, "name": "x"}, {"name": "y"}])
    with pytest.raises(CompileError, match="Genre has no unique key"):
        seed(Genre, [{"name": "x", "rank": 1}], by=[Genre.rank])
    moment: Any = "sometimes"
    with pytest.raises(SchemaError, match="when='sometimes': it is one of always, if_empty, if_missing"):
        seed(Genre, [], when=moment)

    class Log(Table, name="logs"):
        text = col.text()

    with pytest.raises(SchemaError, match=r"Log has no primary key: say by=\[…\]"):
        seed(Log, [{"text": "x"}])
    assert seed(Log, [{"text": "x"}], when="if_empty").when == "if_empty"


async def test_a_circle_of_tables_is_said(db: Database) -> None:
    class Hen(Table, name="hens"):
        id = col.integer().primary_key()
        egg_id = col.integer().references(lambda: Egg.id)

    class Egg(Table, name="eggs"):
        id = col.integer().primary_key()
        hen_id = col.integer().references(lambda: Hen.id)

    with pytest.raises(
        SchemaError, match=r"the seeded tables reference one another in a circle: (Hen -> Egg|Egg -> Hen)"
    ):
        await plant(db, [seed(Hen, [{"id": 1, "egg_id": 1}]), seed(Egg, [{"id": 1, "hen_id": 1}])])


def test_the_seeds_of_a_module() -> None:
    import tests.migrations.test_seeds as module

    assert seeds_of(module) == [GENRES, SONGS]
    assert isinstance(GENRES, Seed)
