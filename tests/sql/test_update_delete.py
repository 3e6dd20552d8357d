"""UPDATE and DELETE, their guards, and RETURNING."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qb import alias, delete, exists, literal, select, update
from qb.errors import CompileError, EncodingError, SchemaError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Event, Genre, Note, Track

PLAYS = select(Album.plays).order_by(Album.id)
LEFT = select(Album.id).order_by(Album.id)


@feature("Writes", "UPDATE")
async def test_update_of_some_rows(check: Check) -> None:
    await check(
        update(Album).set(plays=7, genre=Genre.ROCK).where(Album.artist_id == 1),
        sqlite='UPDATE "albums" SET "plays" = ?, "genre" = ? WHERE "albums"."artist_id" = ?',
        parameters=[7, "rock", 1],
        affected=2,
        then=select(Album.plays, Album.genre).order_by(Album.id),
        rows=[(7, Genre.ROCK), (7, Genre.ROCK), (300, Genre.JAZZ), (0, None)],
    )


@feature("Writes", "UPDATE with the old values")
async def test_update_with_the_old_values(check: Check) -> None:
    await check(
        update(Album).set(plays=Album.plays * 2 + 1).where(Album.id < 3, Album.plays > 50),
        sqlite=(
            'UPDATE "albums" SET "plays" = "albums"."plays" * ? + ? WHERE "albums"."id" < ? AND "albums"."plays" > ?'
        ),
        parameters=[2, 1, 3, 50],
        affected=1,
        then=PLAYS,
        rows=[(201,), (20,), (300,), (0,)],
    )


async def test_update_to_null(check: Check) -> None:
    await check(
        update(Artist).set(country=None).where(Artist.id == 1),
        sqlite='UPDATE "artists" SET "country" = NULL WHERE "artists"."id" = ?',
        parameters=[1],
        affected=1,
        then=select(Artist.country).where(Artist.id == 1),
        rows=[(None,)],
    )


@feature("Writes", "UPDATE, DELETE of all rows")
async def test_update_of_all_rows_says_so(check: Check) -> None:
    await check(
        update(Album).set(plays=1).all_rows(),
        sqlite='UPDATE "albums" SET "plays" = ?',
        parameters=[1],
        affected=4,
        then=PLAYS,
        rows=[(1,)] * 4,
    )


async def test_a_second_set_adds_columns_and_replaces_values(check: Check) -> None:
    await check(
        update(Album).set(plays=1, title="x").set(plays=2).where(Album.id == 1),
        sqlite='UPDATE "albums" SET "title" = ?, "plays" = ? WHERE "albums"."id" = ?',
        parameters=["x", 2, 1],
        affected=1,
        then=select(Album.title, Album.plays).where(Album.id == 1),
        rows=[("x", 2)],
    )


async def test_update_of_a_column_of_another_name(check: Check) -> None:
    await check(
        update(Track).set(title="x").where(Track.position == 1, Track.album_id == 1),
        sqlite='UPDATE "tracks" SET "name" = ? WHERE "tracks"."position" = ? AND "tracks"."album_id" = ?',
        parameters=["x", 1, 1],
        affected=1,
        then=select(Track.title).where(Track.album_id == 1).order_by(Track.position),
        rows=[("x",), ("My Old Man",)],
    )


@feature("Writes", "UPDATE from another table")
async def test_update_from_another_table(check: Check) -> None:
    await check(
        update(Album)
        .set(title=Album.title + " by " + Artist.name)
        .from_(Artist)
        .where(Album.artist_id == Artist.id, Artist.country == "CA"),
        sqlite=(
            'UPDATE "albums" SET "title" = "albums"."title" || ? || "artists"."name" FROM "artists" WHERE '
            '"albums"."artist_id" = "artists"."id" AND "artists"."country" = ?'
        ),
        parameters=[" by ", "CA"],
        affected=2,
        then=select(Album.title).where(Album.artist_id == 1).order_by(Album.id),
        rows=[("Blue by Joni",), ("Hejira by Joni",)],
    )


async def test_update_from_an_alias_of_itself(check: Check) -> None:
    parent = alias(Category, "parent")
    await check(
        update(Category)
        .set(name=parent.name + "/" + Category.name)
        .from_(parent)
        .where(Category.parent_id == parent.id),
        sqlite=(
            'UPDATE "categories" SET "name" = "parent"."name" || ? || "categories"."name" FROM '
            '"categories" AS "parent" WHERE "categories"."parent_id" = "parent"."id"'
        ),
        parameters=["/"],
        affected=2,
        then=select(Category.name).order_by(Category.id),
        rows=[("Music",), ("Music/Jazz",), ("Music/Pop",)],
    )


@feature("Writes", "UPDATE by a sub-query")
async def test_update_by_a_sub_query(check: Check) -> None:
    best = select(Track.fee).where(Track.album_id == Album.id, Track.position == 2).scalar_subquery()
    await check(
        update(Album).set(price=best).where(exists(select(Track.title).where(Track.album_id == Album.id))),  # type: ignore[arg-type]  # a sub-query may be NULL
        sqlite=(
            'UPDATE "albums" SET "price" = (((SELECT "tracks"."fee" FROM "tracks" WHERE '
            '"tracks"."album_id" = "albums"."id" AND "tracks"."position" = ?) + CASE WHEN (SELECT '
            '"tracks"."fee" FROM "tracks" WHERE "tracks"."album_id" = "albums"."id" AND '
            '"tracks"."position" = ?) < 0 THEN -50 ELSE 50 END) / 100) WHERE EXISTS (SELECT '
            '"tracks"."name" AS "title" FROM "tracks" WHERE "tracks"."album_id" = "albums"."id")'
        ),
        postgres=(
            'UPDATE "albums" SET "price" = (SELECT "tracks"."fee" FROM "tracks" WHERE "tracks"."album_id" '
            '= "albums"."id" AND "tracks"."position" = $1) WHERE EXISTS (SELECT "tracks"."name" AS '
            '"title" FROM "tracks" WHERE "tracks"."album_id" = "albums"."id")'
        ),
        parameters=[2, 2],
        postgres_parameters=[2],
        affected=2,
        then=select(Album.price).order_by(Album.id),
        rows=[(Decimal("10.5"),), (Decimal(9),), (Decimal("0.1"),), (Decimal(100),)],
    )


@feature("Writes", "UPDATE of decimals between scales", sqlite="bridged")
async def test_update_of_decimals_between_scales(check: Check) -> None:
    await check(
        update(Album).set(price=Album.price * Decimal("0.335") + 1).where(Album.id == 2),
        sqlite=(
            'UPDATE "albums" SET "price" = (((("albums"."price" * ?) + ?) + CASE WHEN (("albums"."price" '
            '* ?) + ?) < 0 THEN -500 ELSE 500 END) / 1000) WHERE "albums"."id" = ?'
        ),
        postgres='UPDATE "albums" SET "price" = "albums"."price" * $1 + $2 WHERE "albums"."id" = $3',
        parameters=[335, 100000, 335, 100000, 2],
        postgres_parameters=[Decimal("0.335"), Decimal("1"), 2],
        affected=1,
        then=select(Album.price).where(Album.id == 2),
        rows=[(Decimal("4.02"),)],
    )


async def test_update_of_numbers_of_other_kinds(check: Check) -> None:
    await check(
        update(Track).set(fee=Track.seconds, seconds=Track.fee).where(Track.album_id == 1),  # type: ignore[arg-type]  # numbers of other kinds, which the engines convert
        sqlite=(
            'UPDATE "tracks" SET "fee" = CAST(round("tracks"."seconds" * 10000) AS INTEGER), "seconds" = '
            '("tracks"."fee" / 10000.0) WHERE "tracks"."album_id" = ?'
        ),
        postgres=(
            'UPDATE "tracks" SET "fee" = "tracks"."seconds", "seconds" = "tracks"."fee" WHERE "tracks"."album_id" = $1'
        ),
        parameters=[1],
        affected=2,
        then=select(Track.fee, Track.seconds).where(Track.album_id == 1).order_by(Track.position),
        rows=[(Decimal("214.5"), 0.0525), (Decimal(213), 10.5)],
    )


async def test_update_of_an_integer_with_a_decimal_rounds(check: Check) -> None:
    await check(
        update(Album).set(plays=Album.price * 3).where(Album.id == 1),  # type: ignore[arg-type]  # numbers of other kinds, which the engines convert
        sqlite=(
            'UPDATE "albums" SET "plays" = ((("albums"."price" * ?) + CASE WHEN ("albums"."price" * ?) < '
            '0 THEN -5000 ELSE 5000 END) / 10000) WHERE "albums"."id" = ?'
        ),
        postgres='UPDATE "albums" SET "plays" = "albums"."price" * $1 WHERE "albums"."id" = $2',
        parameters=[300, 300, 1],
        postgres_parameters=[Decimal("3"), 1],
        affected=1,
        then=select(Album.plays).where(Album.id == 1),
        rows=[(32,)],
    )


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_a_value_that_does_not_fit_is_not_rounded(dialect: str) -> None:
    for value in (Decimal("1.234"), literal(Decimal("1.234"))):
        with pytest.raises(EncodingError, match=r"albums\.price: 1\.234 has more than 2 digits"):
            update(Album).set(price=value).where(Album.id == 1).compile(dialect)


@feature("Writes", "DELETE")
async def test_delete_of_some_rows(check: Check) -> None:
    await check(
        delete(Album).where(Album.plays < 50).where(Album.live),
        sqlite='DELETE FROM "albums" WHERE "albums"."plays" < ? AND "albums"."live"',
        parameters=[50],
        affected=1,
        then=LEFT,
        rows=[(1,), (2,), (3,)],
    )


@feature("Writes", "UPDATE, DELETE of all rows")
async def test_delete_of_all_rows_says_so(check: Check) -> None:
    await check(delete(Event).all_rows(), sqlite='DELETE FROM "events"', affected=2, then=select(Event.id), rows=[])


@feature("Writes", "DELETE using another table", sqlite="bridged")
async def test_delete_using_another_table(check: Check) -> None:
    await check(
        delete(Album).using(Artist).where(Album.artist_id == Artist.id, Artist.name == "Joni"),
        sqlite=(
            'DELETE FROM "albums" WHERE EXISTS (SELECT 1 FROM "artists" WHERE "albums"."artist_id" = '
            '"artists"."id" AND "artists"."name" = ?)'
        ),
        postgres=(
            'DELETE FROM "albums" USING "artists" WHERE "albums"."artist_id" = "artists"."id" AND "artists"."name" = $1'
        ),
        parameters=["Joni"],
        affected=4 if check.dialect == "d1" else 2,  # D1 counts the tracks that went with them, too
        then=LEFT,
        rows=[(3,), (4,)],
    )


async def test_delete_using_an_alias_of_itself(check: Check) -> None:
    parent = alias(Category, "parent")
    await check(
        delete(Category).using(parent).where(Category.parent_id == parent.id, parent.name == "Music"),
        sqlite=(
            'DELETE FROM "categories" WHERE EXISTS (SELECT 1 FROM "categories" AS "parent" WHERE '
            '"categories"."parent_id" = "parent"."id" AND "parent"."name" = ?)'
        ),
        postgres=(
            'DELETE FROM "categories" USING "categories" AS "parent" WHERE "categories"."parent_id" = '
            '"parent"."id" AND "parent"."name" = $1'
        ),
        parameters=["Music"],
        affected=2,
        then=select(Category.id),
        rows=[(1,)],
    )


async def test_delete_by_a_sub_query(check: Check) -> None:
    await check(
        delete(Track).where(Track.album_id.in_(select(Album.id).where(Album.plays > 200))),
        sqlite=(
            'DELETE FROM "tracks" WHERE "tracks"."album_id" IN (SELECT "albums"."id" FROM "albums" WHERE '
            '"albums"."plays" > ?)'
        ),
        parameters=[200],
        affected=2,
        then=select(Track.title).order_by(Track.position),
        rows=[("All I Want",), ("My Old Man",)],
    )


# RETURNING


@feature("Writes", "RETURNING of UPDATE and DELETE")
async def test_update_returns_the_new_values(check: Check) -> None:
    await check(
        update(Album).set(plays=Album.plays + 1).where(Album.id == 1).returning(Album.plays, Album.price),
        sqlite=(
            'UPDATE "albums" SET "plays" = "albums"."plays" + ? WHERE "albums"."id" = ? RETURNING '
            '"albums"."plays", "albums"."price"'
        ),
        parameters=[1, 1],
        rows=[(101, Decimal("10.5"))],
    )


@feature("Writes", "RETURNING of UPDATE and DELETE")
async def test_delete_returns_the_old_rows(check: Check) -> None:
    await check(
        delete(Track).where(Track.position == 2, Track.album_id == 3).returning(Track),
        sqlite=(
            'DELETE FROM "tracks" WHERE "tracks"."position" = ? AND "tracks"."album_id" = ? RETURNING '
            '"tracks"."album_id", "tracks"."position", "tracks"."name" AS "title", "tracks"."seconds", '
            '"tracks"."fee"'
        ),
        parameters=[2, 3],
        rows=[(3, 2, "Blue in Green", None, Decimal("0.1"))],
    )


def test_only_postgres_returns_columns_of_other_tables() -> None:
    changed = (
        update(Album).set(plays=1).from_(Artist).where(Album.artist_id == Artist.id).returning(Album.id, Artist.name)
    )
    deleted = delete(Album).using(Artist).where(Album.artist_id == Artist.id).returning(Artist)
    for statement in (changed, deleted):
        assert "RETURNING " in statement.compile("postgres").sql
        with pytest.raises(UnsupportedError, match=r'RETURNING.*"albums".*"artists"'):
            statement.compile("sqlite")  # type: ignore[qb-dialect]  # the mistake


# Guards


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_without_where_every_row_would_be_touched(dialect: str) -> None:
    for statement in (
        update(Album).set(plays=1),
        update(Album).set(plays=1).where(),
        delete(Album),
        delete(Album).where(),
    ):
        with pytest.raises(CompileError, match='no WHERE and would touch every row of "albums"'):
            statement.compile(dialect)  # type: ignore[qb-type]  # a mistake on purpose


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_an_update_sets_something(dialect: str) -> None:
    for statement in (update(Album).where(Album.id == 1), update(Album).set().all_rows()):
        with pytest.raises(CompileError, match='the update of "albums" sets nothing'):
            statement.compile(dialect)  # type: ignore[qb-type]  # a mistake on purpose


def test_using_needs_a_condition() -> None:
    with pytest.raises(CompileError, match="ties the tables together"):
        delete(Album).using(Artist).all_rows().compile("sqlite")


def test_columns_out_of_scope() -> None:
    for statement in (
        update(Album).set(plays=1).where(Artist.id == 1),  # type: ignore[qb-scope]  # a mistake on purpose
        update(Album).set(title=Artist.name).all_rows(),  # type: ignore[qb-scope]  # a mistake on purpose
        delete(Album).where(Artist.id == 1),  # type: ignore[qb-scope]  # a mistake on purpose
        delete(Album).where(Album.id == 1).returning(Artist.id),  # type: ignore[qb-scope]  # a mistake on purpose
    ):
        with pytest.raises(CompileError, match='"artists" is not in this query'):
            statement.compile("postgres")


def test_unknown_and_generated_columns() -> None:
    with pytest.raises(SchemaError, match="Album has no column 'titel', did you mean \"title\""):
        update(Album).set(titel="x")  # type: ignore[call-arg]  # a mistake on purpose
    with pytest.raises(CompileError, match=r"Note\.size is generated"):
        update(Note).set(size=1)  # type: ignore[qb-type]  # a mistake on purpose


def test_an_alias_is_not_written_to() -> None:
    for write in (update, delete):
        with pytest.raises(TypeError, match="not its alias 'a'"):
            write(alias(Album, "a"))  # type: ignore[arg-type]  # a mistake on purpose
