"""A database that is not as declared is told object by object."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from qb import Database, Table, check, col, fn, index, unique, view
from qb.migrations.validate import Difference, validate
from qb.schema.declared import declared_in
from tests.schema import everything_postgres, everything_sqlite
from tests.schema.running import run


class Genre(Enum):
    ROCK = "rock"
    JAZZ = "jazz"


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.varchar(30)
    plays = col.integer().default(0)
    genre = col.enum(Genre).nullable()
    shout = col.text().nullable().generated(fn.upper(title))

    known = check(plays >= 0)
    one = unique(artist_id, title)
    by_title = index(fn.lower(title), plays.desc(), where=plays > 5)


top = view("top", "SELECT title FROM albums WHERE plays > 10")
DECLARED: list[Any] = [Artist, Album, top]


@pytest.fixture
async def db(database: Database) -> Database:
    await database.create_tables(*DECLARED)
    return database


@pytest.mark.parametrize("expressions", [True, False])
async def test_a_database_as_declared(db: Database, expressions: bool) -> None:
    validation = await validate(db, *DECLARED, expressions=expressions)
    assert validation.is_valid
    assert str(validation) == "The database is as declared."


async def test_an_empty_database(database: Database) -> None:
    validation = await validate(database, Artist)
    assert not validation.is_valid
    assert str(validation) == "table artists is missing"


POSTGRES = {
    "ALTER TABLE albums ALTER title TYPE text": ["column albums.title: the type is text, and not varchar(30)"],
    "ALTER TABLE albums ALTER plays DROP NOT NULL": ["column albums.plays: it may be NULL"],
    "ALTER TABLE albums ALTER genre SET NOT NULL": ["column albums.genre: it is NOT NULL"],
    "ALTER TABLE albums ALTER plays SET DEFAULT 5": ["column albums.plays: the default is 5, and not 0"],
    "ALTER TABLE albums ALTER plays DROP DEFAULT": ["column albums.plays: the default is none, and not 0"],
    "ALTER TABLE albums ADD other integer": ["column albums.other is not declared"],
    "ALTER TABLE albums DROP genre": ["column albums.genre is missing"],
    "ALTER TABLE artists DROP CONSTRAINT artists_name_key": [
        "unique constraint artists.artists_name_key is missing"
    ],
    "ALTER TABLE albums DROP CONSTRAINT albums_pkey": ["primary key albums is missing"],
    "ALTER TABLE albums DROP CONSTRAINT albums_known": ["check albums.albums_known is missing"],
    "ALTER TABLE albums DROP CONSTRAINT albums_known, ADD CONSTRAINT albums_known CHECK (plays > 0)": [
        "check albums.albums_known: expression is (plays > 0), and not (plays >= 0)"
    ],
    "ALTER TABLE albums DROP CONSTRAINT albums_artist_id_fkey, ADD FOREIGN KEY (artist_id) REFERENCES artists": [
        "foreign key albums.albums_artist_id_fkey: on delete is none, and not CASCADE"
    ],
    "DROP INDEX albums_by_title": ["index albums.albums_by_title is missing"],
    "CREATE INDEX more ON albums (plays)": ["index albums.more is not declared"],
    "ALTER TYPE genre ADD VALUE 'folk'": [
        "enum type genre: the labels are (rock, jazz, folk), and not (rock, jazz)"
    ],
    "COMMENT ON TABLE albums IS 'x'": ["table albums: the comment is x, and not none"],
    "DROP VIEW top": ["view top is missing"],
    "CREATE TABLE more (a int)": ["table more is not declared"],
    "CREATE SEQUENCE more": ["sequence more is not declared"],
    "ALTER TABLE albums ALTER id DROP IDENTITY": [
        "column albums.id: the identity is none, and not Identity(kind='by default', options='')"
    ],
}  # fmt: skip


OF_A_TYPE = ("column albums.shout", "index albums.albums_by_title: the keys")
"""What is said in other words when a column has another type."""


@pytest.mark.parametrize("statement", POSTGRES)
async def test_drift_of_postgres(postgres_db: Database, statement: str) -> None:
    await postgres_db.create_tables(*DECLARED)
    if "title TYPE" in statement:
        await run(postgres_db, "DROP VIEW top", "ALTER TABLE albums DROP shout")
    await run(postgres_db, statement)
    rest = [Album, Artist] if "title TYPE" in statement else DECLARED
    lines = [line for line in str(await validate(postgres_db, *rest)).splitlines() if not line.startswith(OF_A_TYPE)]
    assert lines == POSTGRES[statement]
    shape = str(await validate(postgres_db, *rest, expressions=False))
    if "plays SET DEFAULT" not in statement and "plays > 0" not in statement:
        assert set(POSTGRES[statement]) <= {line.replace("…", "0") for line in shape.splitlines()}


async def test_drift_of_sqlite(sqlite_db: Database) -> None:
    await run(
        sqlite_db,
        "CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE) STRICT",
        "CREATE TABLE albums (id INTEGER PRIMARY KEY, artist_id INTEGER NOT NULL REFERENCES artists, title TEXT, "
        "plays INTEGER NOT NULL DEFAULT 0 CHECK (plays > 0), shout TEXT AS (lower(title)))",
        "CREATE INDEX albums_by_title ON albums (title)",
        "CREATE VIEW top AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON albums BEGIN SELECT 1; END",
    )
    validation = await validate(sqlite_db, *DECLARED)
    assert str(validation).splitlines() == [
        "column albums.title: it may be NULL",
        "column albums.genre is missing",
        'column albums.shout: the generated expression is lower(title) (virtual), and not upper("title") (stored)',
        "unique constraint albums.albums_one is missing",
        "check albums.albums_known is missing",
        "check albums.\"genre\" IN ('rock', 'jazz') is missing",
        'check albums.length("title") <= 30 is missing',
        "check albums.plays > 0 is not declared",
        "foreign key albums.(artist_id) to artists on delete cascade is missing",
        "foreign key albums.(artist_id) to artists is not declared",
        'index albums.albums_by_title: the keys are (title), and not (lower("title"), plays DESC)',
        'index albums.albums_by_title: where is none, and not "plays" > 5',
        "table albums: the options are (), and not (STRICT)",
        "column artists.name: the collation is NOCASE, and not none",
        "unique constraint artists.(name) is missing",
        'view top: the SQL is CREATE VIEW top AS SELECT 1, and not CREATE VIEW "top" AS',
        "SELECT title FROM albums WHERE plays > 10",
        "trigger albums.t is not declared",
    ]
    assert Difference("missing", "column", "albums.genre") in validation.differences
    expected = await validate(sqlite_db, *DECLARED, unexpected=False)
    assert "not declared" not in str(expected)
    assert len(expected.differences) == len(validation.differences) - 3


async def test_everything_is_as_declared(sqlite_db: Database, postgres_db: Database) -> None:
    await run(postgres_db, "DROP SCHEMA IF EXISTS app CASCADE")
    for db, module in ((sqlite_db, everything_sqlite), (postgres_db, everything_postgres)):
        declared = declared_in(module)
        await db.create_tables(*declared)
        assert str(await validate(db, *declared)) == "The database is as declared."
    await run(postgres_db, "DROP SCHEMA app CASCADE")
