"""COPY between tables and files."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dialects.postgres import PostgresDriver
from qb import Database, delete, fn, select, sql
from qb.errors import InvalidValue, UndefinedTable, UniqueViolated
from tests.music import Album, Artist, create_music

COUNT = select(fn.count()).from_(Artist)
TITLES = select(Album.id, Album.title, Album.released).order_by(Album.id)
TEXT = "1,Blue,1971-06-22\n2,Hejira,1976-11-01\n3,Powerage,1978-05-05\n4,Demos,\n"


@pytest.fixture
async def db(postgres_db: Database) -> Database:
    """The music."""
    await create_music(postgres_db)
    return postgres_db


@pytest.fixture
def driver(db: Database) -> PostgresDriver:
    """Its driver."""
    return PostgresDriver.of(db)


async def test_copies_belong_to_the_transaction(db: Database, driver: PostgresDriver) -> None:
    with suppress(ZeroDivisionError):
        async with db.transaction():
            await driver.copy_in(Artist, b"a\n", Artist.name)
            assert await db.fetch_value(COUNT) == 4
            raise ZeroDivisionError
    assert await db.fetch_value(COUNT) == 3
    with db.observe(lambda event: None):
        async with db.transaction():
            await driver.copy_in(Artist, b"a\n", Artist.name)
            out = io.BytesIO()
            assert await driver.copy_out(select(Artist.name).where(Artist.name == "a"), out) == 1
    assert await db.fetch_value(COUNT) == 4


async def test_out_to_a_file(driver: PostgresDriver, tmp_path: Path) -> None:
    path = tmp_path / "albums.csv"
    assert await driver.copy_out(TITLES, path) == 4
    assert path.read_text() == TEXT
    opened = io.BytesIO()
    assert await driver.copy_out(TITLES, opened, header=True, delimiter=";", null="-") == 4
    assert list(csv.reader(opened.getvalue().decode().splitlines(), delimiter=";"))[::4] == [
        ["id", "title", "released"],
        ["4", "Demos", "-"],
    ]
    parts: list[bytes] = []

    async def take(part: bytes) -> None:
        parts.append(part)

    assert await driver.copy_out(TITLES.where(Album.title == "it's; \\ $1"), take) == 0
    assert await driver.copy_out(TITLES.where(Album.title == "Blue", Album.plays > 1), take, format="text") == 1
    assert b"".join(parts) == b"1\tBlue\t1971-06-22\n"


async def test_in_from_a_file(db: Database, driver: PostgresDriver, tmp_path: Path) -> None:
    path = tmp_path / "artists.csv"
    path.write_text('name\n"a, b"\nc\n')
    assert await driver.copy_in(Artist, path, Artist.name, header=True) == 2
    assert await driver.copy_in(Artist, b"d\ne\n", Artist.name) == 2
    assert await driver.copy_in(Artist, io.BytesIO(b"f\n"), Artist.name, format="text") == 1

    async def parts() -> AsyncIterator[bytes]:
        yield b"100,"
        yield b"g\n"

    assert await driver.copy_in(Artist, parts()) == 1
    names = await db.fetch_all(select(Artist.name).where(Artist.id > 3).order_by(Artist.id))
    assert [row.name for row in names] == ["a, b", "c", "d", "e", "f", "g"]


@pytest.mark.parametrize("form", ["csv", "text", "binary"])
async def test_there_and_back(db: Database, driver: PostgresDriver, form: Any, tmp_path: Path) -> None:
    before = await db.fetch_all(select(Album).order_by(Album.id))
    assert await driver.copy_out(select(Album), tmp_path / "x", format=form) == 4
    await db.execute(delete(Album).all_rows())
    assert await driver.copy_in(Album, tmp_path / "x", format=form) == 4
    assert await db.fetch_all(select(Album).order_by(Album.id)) == before


async def test_wrong_files(db: Database, driver: PostgresDriver, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        await driver.copy_in(Album, b"x,y\n", Album.artist_id, Album.title)
    with pytest.raises(FileNotFoundError):
        await driver.copy_in(Album, tmp_path / "none")
    with pytest.raises(UniqueViolated):
        await driver.copy_in(Artist, b"AC/DC\n", Artist.name)
    await db.execute(sql("DROP TABLE artists CASCADE"))
    with pytest.raises(UndefinedTable):
        await driver.copy_out(select(Artist), tmp_path / "x")
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4
