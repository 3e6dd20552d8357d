"""UPDATE … FROM and DELETE … USING with joins, sub-queries and what RETURNING gives of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qb import alias, delete, fn, select, update
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Track

FIRST = (Track.album_id == Album.id) & (Track.position == 1)


@feature("Writes", "UPDATE from joined tables")
async def test_update_from_joined_tables(check: Check) -> None:
    await check(
        update(Artist)
        .set(name=Artist.name + ": " + Track.title)
        .from_(Album)
        .join(Track, on=FIRST)
        .where(Album.artist_id == Artist.id, Album.plays > 50),
        sqlite=(
            'UPDATE "artists" SET "name" = "artists"."name" || ? || "tracks"."name" FROM "albums" INNER JOIN "tracks" '
            'ON "tracks"."album_id" = "albums"."id" AND "tracks"."position" = ? WHERE "albums"."artist_id" = '
            '"artists"."id" AND "albums"."plays" > ?'
        ),
        parameters=[": ", 1, 50],
        affected=2,
        then=select(Artist.name).order_by(Artist.id),
        rows=[("Joni: All I Want",), ("Miles: So What",), ("Nina",)],
    )


async def test_update_with_a_decimal_of_a_left_joined_table(check: Check) -> None:
    other = alias(Album, "other")
    await check(
        update(Album)
        .set(price=fn.coalesce(Track.fee, Album.price))
        .from_(other)
        .left_join(Track, on=(Track.album_id == other.id) & (Track.position == 2))
        .where(other.id == Album.id, Album.id < 3),
        sqlite=(
            'UPDATE "albums" SET "price" = ((coalesce("tracks"."fee", ("albums"."price" * 100)) + CASE WHEN '
            'coalesce("tracks"."fee", ("albums"."price" * 100)) < 0 THEN -50 ELSE 50 END) / 100) FROM "albums" AS '
            '"other" LEFT JOIN "tracks" ON "tracks"."album_id" = "other"."id" AND "tracks"."position" = ? WHERE '
            '"other"."id" = "albums"."id" AND "albums"."id" < ?'
        ),
        postgres=(
            'UPDATE "albums" SET "price" = coalesce("tracks"."fee", "albums"."price") FROM "albums" AS "other" LEFT '
            'JOIN "tracks" ON "tracks"."album_id" = "other"."id" AND "tracks"."position" = $1 WHERE "other"."id" = '
            '"albums"."id" AND "albums"."id" < $2'
        ),
        parameters=[2, 3],
        affected=2,
        then=select(Album.price).where(Album.id < 3).order_by(Album.id),
        rows=[(Decimal("10.5"),), (Decimal(9),)],
    )


@feature("Writes", "UPDATE from a sub-query")
async def test_update_from_a_sub_query(check: Check) -> None:
    counts = select(Track.album_id, fn.count().as_("n")).from_(Track).group_by(Track.album_id).subquery("counts")
    await check(
        update(Album).set(plays=counts.n).from_(counts).where(counts.album_id == Album.id),
        sqlite=(
            'UPDATE "albums" SET "plays" = "counts"."n" FROM (SELECT "tracks"."album_id", count(*) AS "n" FROM '
            '"tracks" GROUP BY "tracks"."album_id") AS "counts" WHERE "counts"."album_id" = "albums"."id"'
        ),
        affected=2,
        then=select(Album.plays).order_by(Album.id),
        rows=[(2,), (20,), (2,), (0,)],
    )


@feature("Writes", "UPDATE from a CTE")
async def test_update_from_a_common_table_expression(check: Check) -> None:
    top = select(Album.id).where(Album.plays > 200).cte("top")
    await check(
        update(Album).set(plays=0).from_(top).where(top.id == Album.id),
        sqlite=(
            'WITH "top" AS (SELECT "albums"."id" FROM "albums" WHERE "albums"."plays" > ?) UPDATE "albums" SET '
            '"plays" = ? FROM "top" WHERE "top"."id" = "albums"."id"'
        ),
        parameters=[200, 0],
        affected=1,
        then=select(Album.plays).order_by(Album.id),
        rows=[(100,), (20,), (0,), (0,)],
    )


@feature("Writes", "DELETE using joined tables", sqlite="bridged")
async def test_delete_using_joined_tables(check: Check) -> None:
    await check(
        delete(Track)
        .using(Album)
        .join(Artist, on=Artist.id == Album.artist_id)
        .where(Track.album_id == Album.id, Artist.name == "Miles"),
        sqlite=(
            'DELETE FROM "tracks" WHERE EXISTS (SELECT 1 FROM "albums" INNER JOIN "artists" ON "artists"."id" = '
            '"albums"."artist_id" WHERE "tracks"."album_id" = "albums"."id" AND "artists"."name" = ?)'
        ),
        postgres=(
            'DELETE FROM "tracks" USING "albums" INNER JOIN "artists" ON "artists"."id" = "albums"."artist_id" WHERE '
            '"tracks"."album_id" = "albums"."id" AND "artists"."name" = $1'
        ),
        parameters=["Miles"],
        affected=2,
        then=select(Track.title).order_by(Track.position),
        rows=[("All I Want",), ("My Old Man",)],
    )


async def test_delete_of_what_has_no_match(check: Check) -> None:
    this, child = alias(Category, "this"), alias(Category, "child")
    await check(
        delete(Category)
        .using(this)
        .left_join(child, on=child.parent_id == this.id)
        .where(this.id == Category.id, child.id.is_null())
        .returning(Category.name),
        sqlite=(
            'DELETE FROM "categories" WHERE EXISTS (SELECT 1 FROM "categories" AS "this" LEFT JOIN "categories" AS '
            '"child" ON "child"."parent_id" = "this"."id" WHERE "this"."id" = "categories"."id" AND "child"."id" IS '
            'NULL) RETURNING "categories"."name"'
        ),
        postgres=(
            'DELETE FROM "categories" USING "categories" AS "this" LEFT JOIN "categories" AS "child" ON '
            '"child"."parent_id" = "this"."id" WHERE "this"."id" = "categories"."id" AND "child"."id" IS NULL '
            'RETURNING "categories"."name"'
        ),
        rows=[("Jazz",), ("Pop",)],
    )


@feature("Writes", "RETURNING of other tables", sqlite="refused")
async def test_returning_of_joined_tables(check: Check) -> None:
    await check(
        update(Album)
        .set(plays=Album.plays + 1)
        .from_(Artist)
        .left_join(Track, on=(Track.position == 7) & (Track.album_id == Artist.id))
        .where(Artist.id == Album.artist_id, Album.id == 1)
        .returning(Album.plays, Artist.name, Track),
        postgres=(
            'UPDATE "albums" SET "plays" = "albums"."plays" + $1 FROM "artists" LEFT JOIN "tracks" ON '
            '"tracks"."position" = $2 AND "tracks"."album_id" = "artists"."id" WHERE "artists"."id" = '
            '"albums"."artist_id" AND "albums"."id" = $3 RETURNING "albums"."plays", "artists"."name", '
            '"tracks"."album_id", "tracks"."position", "tracks"."name" AS "title", "tracks"."seconds", "tracks"."fee"'
        ),
        parameters=[1, 7, 1],
        rows=[(101, "Joni", None)],
    )


async def test_returning_with_a_sub_query(check: Check) -> None:
    tracks = select(fn.count()).from_(Track).where(Track.album_id == Album.id).scalar_subquery()
    await check(
        update(Album).set(plays=1).where(Album.id == 1).returning(Album.id, tracks.as_("tracks")),
        sqlite=(
            'UPDATE "albums" SET "plays" = ? WHERE "albums"."id" = ? RETURNING "albums"."id", (SELECT count(*) FROM '
            '"tracks" WHERE "tracks"."album_id" = "albums"."id") AS "tracks"'
        ),
        parameters=[1, 1],
        rows=[(1, 2)],
    )


# Mistakes


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_a_join_has_something_to_join_to(dialect: str) -> None:
    with pytest.raises(
        CompileError, match=r'"tracks" is joined, but to nothing: name the first source in \.from_\(…\)'
    ):
        update(Album).set(plays=1).join(Track, on=FIRST).all_rows().compile(dialect)  # type: ignore[qb-scope]  # a mistake on purpose
    with pytest.raises(CompileError, match=r"name the first source in \.using\(…\)"):
        delete(Album).join(Track, on=Track.position == 1).where(Album.id == 1).compile(dialect)  # type: ignore[qb-scope]  # a mistake on purpose


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_a_join_does_not_read_the_table_that_is_written(dialect: str) -> None:
    for statement in (
        update(Album).set(plays=1).from_(Artist).join(Track, on=FIRST).where(Album.artist_id == Artist.id),  # type: ignore[qb-scope]  # a mistake on purpose
        delete(Album).using(Artist).join(Track, on=FIRST).where(Album.artist_id == Artist.id),  # type: ignore[qb-scope]  # a mistake on purpose
    ):
        with pytest.raises(CompileError, match='a join here cannot read "albums", the table that is written'):
            statement.compile(dialect)


def test_a_source_is_there_once() -> None:
    with pytest.raises(CompileError, match="a source is twice"):
        update(Album).set(plays=1).from_(Artist).join(Artist, on=Artist.id == 1).all_rows().compile("sqlite")  # type: ignore[qb-scope]  # a mistake on purpose


def test_sqlite_returns_no_joined_columns() -> None:
    joined = delete(Album).using(Artist).join(Track, on=Track.position == Artist.id).where(Album.artist_id == Artist.id)
    with pytest.raises(UnsupportedError, match=r'RETURNING of SQLite has only the columns of "albums".*"tracks"'):
        joined.returning(Track.title).compile("sqlite")  # type: ignore[qb-dialect]  # the mistake


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_returning_has_no_aggregates(dialect: str) -> None:
    for aggregate in (fn.count(), fn.sum(Album.plays) + 1):
        with pytest.raises(CompileError, match='RETURNING gives each row of "albums" that was written'):
            delete(Album).all_rows().returning(Album.id, aggregate.as_("n")).compile(dialect)
