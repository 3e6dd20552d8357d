"""UNION, INTERSECT and EXCEPT."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qb import exists, fn, insert, literal, select
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Genre, Track

ALBUMS = select(Album.title.as_("name")).where(Album.plays > 50)
ARTISTS = select(Artist.name).where(Artist.id < 3)


@feature("Set operations", "UNION, UNION ALL")
async def test_union(check: Check) -> None:
    await check(
        ALBUMS.union(ARTISTS).order_by(Artist.name.as_("name")),
        sqlite='SELECT "albums"."title" AS "name" FROM "albums" WHERE "albums"."plays" > ? UNION '
        'SELECT "artists"."name" FROM "artists" WHERE "artists"."id" < ? ORDER BY "name"',
        parameters=[50, 3],
        rows=[("Blue",), ("Joni",), ("Kind of Blue",), ("Miles",)],
    )
    await check(
        select(Album.artist_id).union_all(select(Artist.id)).order_by(Album.artist_id.desc()).limit(3).offset(1),
        sqlite='SELECT "albums"."artist_id" FROM "albums" UNION ALL SELECT "artists"."id" FROM "artists" '
        'ORDER BY "artist_id" DESC LIMIT ? OFFSET ?',
        parameters=[3, 1],
        rows=[(2,), (2,), (2,)],
    )


@feature("Set operations", "INTERSECT, EXCEPT")
async def test_intersect_and_except(check: Check) -> None:
    await check(
        select(Artist.id).intersect(select(Album.artist_id)).order_by(Artist.id),
        sqlite='SELECT "artists"."id" FROM "artists" INTERSECT SELECT "albums"."artist_id" FROM "albums" ORDER BY "id"',
        rows=[(1,), (2,)],
    )
    await check(
        select(Artist.id).except_(select(Album.artist_id)),
        sqlite='SELECT "artists"."id" FROM "artists" EXCEPT SELECT "albums"."artist_id" FROM "albums"',
        rows=[(3,)],
    )


@feature("Set operations", "INTERSECT ALL, EXCEPT ALL", sqlite="bridged")
async def test_intersect_all_and_except_all(check: Check) -> None:
    twice = select(Album.artist_id).where(Album.id < 4)  # 1, 1, 2
    await check(
        twice.except_all(select(Artist.id)).order_by(Album.artist_id),
        sqlite='SELECT "artist_id" FROM (SELECT *, row_number() OVER (PARTITION BY "artist_id") FROM (SELECT '
        '"albums"."artist_id" FROM "albums" WHERE "albums"."id" < ?) EXCEPT SELECT *, row_number() OVER (PARTITION BY '
        '"id") FROM (SELECT "artists"."id" FROM "artists")) ORDER BY "artist_id"',
        postgres='SELECT "albums"."artist_id" FROM "albums" WHERE "albums"."id" < $1 EXCEPT ALL '
        'SELECT "artists"."id" FROM "artists" ORDER BY "artist_id"',
        parameters=[4],
        rows=[(1,)],
    )
    await check(
        twice.intersect_all(select(Album.artist_id)).order_by(Album.artist_id),
        sqlite='SELECT "artist_id" FROM (SELECT *, row_number() OVER (PARTITION BY "artist_id") FROM (SELECT '
        '"albums"."artist_id" FROM "albums" WHERE "albums"."id" < ?) INTERSECT SELECT *, row_number() OVER (PARTITION '
        'BY "artist_id") FROM (SELECT "albums"."artist_id" FROM "albums")) ORDER BY "artist_id"',
        postgres='SELECT "albums"."artist_id" FROM "albums" WHERE "albums"."id" < $1 INTERSECT ALL '
        'SELECT "albums"."artist_id" FROM "albums" ORDER BY "artist_id"',
        parameters=[4],
        rows=[(1,), (1,), (2,)],
    )


@feature("Set operations", "operands with their own ORDER BY and LIMIT", sqlite="bridged")
async def test_operands_keep_their_order_and_limit(check: Check) -> None:
    first = select(Album.id).order_by(Album.plays.desc()).limit(1)
    last = select(Album.id).order_by(Album.plays).limit(1)
    await check(
        first.union_all(last).order_by(Album.id),
        sqlite='SELECT * FROM (SELECT "albums"."id" FROM "albums" ORDER BY "albums"."plays" DESC LIMIT ?) UNION ALL '
        'SELECT * FROM (SELECT "albums"."id" FROM "albums" ORDER BY "albums"."plays" LIMIT ?) ORDER BY "id"',
        postgres='(SELECT "albums"."id" FROM "albums" ORDER BY "albums"."plays" DESC LIMIT $1) UNION ALL '
        '(SELECT "albums"."id" FROM "albums" ORDER BY "albums"."plays" LIMIT $2) ORDER BY "id"',
        parameters=[1, 1],
        rows=[(3,), (4,)],
    )


@feature("Set operations", "nested, in the order in which they are written", sqlite="bridged")
async def test_nested(check: Check) -> None:
    one, two, three = (select(literal(n).as_("n")) for n in (1, 2, 3))
    # INTERSECT binds tighter on PostgreSQL, and not on SQLite.
    await check(
        one.union(two).intersect(two.union(three)),
        sqlite='SELECT * FROM (SELECT ? AS "n" UNION SELECT ? AS "n") INTERSECT SELECT * FROM '
        '(SELECT ? AS "n" UNION SELECT ? AS "n")',
        postgres='(SELECT $1::integer AS "n" UNION SELECT $2::integer AS "n") INTERSECT '
        '(SELECT $3::integer AS "n" UNION SELECT $4::integer AS "n")',
        parameters=[1, 2, 2, 3],
        rows=[(2,)],
    )
    await check(
        one.union(two.intersect(three)),
        sqlite='SELECT ? AS "n" UNION SELECT * FROM (SELECT ? AS "n" INTERSECT SELECT ? AS "n")',
        postgres='SELECT $1::integer AS "n" UNION (SELECT $2::integer AS "n" INTERSECT SELECT $3::integer AS "n")',
        parameters=[1, 2, 3],
        rows=[(1,)],
    )
    await check(
        one.union_all(two).union_all(three),
        sqlite='SELECT ? AS "n" UNION ALL SELECT ? AS "n" UNION ALL SELECT ? AS "n"',
        postgres='SELECT $1::integer AS "n" UNION ALL SELECT $2::integer AS "n" UNION ALL SELECT $3::integer AS "n"',
        parameters=[1, 2, 3],
        rows=[(1,), (2,), (3,)],
    )


async def test_decimals_of_different_scales(check: Check) -> None:
    await check(
        select(Album.price).where(Album.id < 3).intersect(select(Track.fee)),
        sqlite='SELECT ("albums"."price" * 100) AS "price" FROM "albums" WHERE "albums"."id" < ? INTERSECT '
        'SELECT "tracks"."fee" FROM "tracks"',
        postgres='SELECT "albums"."price" FROM "albums" WHERE "albums"."id" < $1 INTERSECT '
        'SELECT "tracks"."fee" FROM "tracks"',
        parameters=[3],
        rows=[(Decimal("10.5000"),)],
    )


async def test_enums_sort_by_their_members(check: Check) -> None:
    await check(
        select(Album.genre)
        .where(Album.genre.is_not_null())
        .union(select(Album.genre))
        .order_by(Album.genre.desc().nulls_last()),
        sqlite='SELECT * FROM (SELECT "albums"."genre" FROM "albums" WHERE "albums"."genre" IS NOT NULL UNION SELECT '
        '"albums"."genre" FROM "albums") '
        "ORDER BY CASE \"genre\" WHEN 'rock' THEN 0 WHEN 'jazz' THEN 1 WHEN 'pop' THEN 2 END DESC NULLS LAST",
        postgres='SELECT "albums"."genre" FROM "albums" WHERE "albums"."genre" IS NOT NULL UNION SELECT '
        '"albums"."genre" FROM "albums" ORDER BY "genre" DESC NULLS LAST',
        rows=[(Genre.POP,), (Genre.JAZZ,), (None,)],
    )


async def test_whole_tables(check: Check) -> None:
    await check(
        select(Artist).where(Artist.id == 1).union(select(Artist).where(Artist.id == 1)),
        sqlite='SELECT "artists"."id", "artists"."name", "artists"."country" FROM "artists" WHERE "artists"."id" = ? '
        'UNION SELECT "artists"."id", "artists"."name", "artists"."country" FROM "artists" WHERE "artists"."id" = ?',
        parameters=[1, 1],
        rows=[(1, "Joni", "CA")],
    )


async def test_as_a_part_of_other_queries(check: Check) -> None:
    both = ALBUMS.union(ARTISTS)
    sub = both.subquery("both")
    text = (
        'SELECT "albums"."title" AS "name" FROM "albums" WHERE "albums"."plays" > ? UNION SELECT "artists"."name" FROM '
        '"artists" WHERE "artists"."id" < ?'
    )
    second = text.replace("?", "$1", 1).replace("?", "$2")
    await check(
        select(fn.count().as_("n")).from_(sub).where(sub.name != "Blue"),
        sqlite=f'SELECT count(*) AS "n" FROM ({text}) AS "both" WHERE "both"."name" <> ?',
        postgres=f'SELECT count(*) AS "n" FROM ({second}) AS "both" WHERE "both"."name" <> $3',
        parameters=[50, 3, "Blue"],
        rows=[(3,)],
    )
    await check(
        select(Artist.id).where(Artist.name.in_(both), exists(both)).order_by(Artist.id),
        sqlite=f'SELECT "artists"."id" FROM "artists" WHERE "artists"."name" IN ({text}) AND EXISTS ({text}) '
        'ORDER BY "artists"."id"',
        parameters=[50, 3, 50, 3],
        rows=[(1,), (2,)],
    )


@feature("Writes", "INSERT from a set operation, with upsert", sqlite="bridged")
async def test_insert_from_a_set_operation(check: Check) -> None:
    query = insert(Artist).from_select(ALBUMS.union(select(Category.name)))
    await check(
        query.on_conflict(Artist.name).do_nothing(),
        sqlite='INSERT INTO "artists" ("name") SELECT * FROM (SELECT "albums"."title" AS "name" FROM "albums" WHERE '
        '"albums"."plays" > ? UNION SELECT "categories"."name" FROM "categories") WHERE 1 = 1 '
        'ON CONFLICT ("name") DO NOTHING',
        postgres='INSERT INTO "artists" ("name") SELECT "albums"."title" AS "name" FROM "albums" WHERE '
        '"albums"."plays" > $1 UNION SELECT "categories"."name" FROM "categories" ON CONFLICT ("name") DO NOTHING',
        parameters=[50],
        affected=5,
        then=select(fn.count()).from_(Artist),
        rows=[(8,)],
    )


def test_mistakes() -> None:
    with pytest.raises(CompileError, match="this UNION puts 1 columns together with 2"):
        select(Album.id).union(select(Album.id, Album.title))  # type: ignore[qb-type]  # what is tried
    with pytest.raises(CompileError, match='this EXCEPT puts text together with integer in column "title"'):
        select(Album.title).except_(select(Album.id))  # type: ignore[qb-type]  # what is tried
    with pytest.raises(CompileError, match="a sub-query is a select, not Returning"):
        select(Album.id).union(insert(Artist).values(name="x").returning(Artist.id))  # type: ignore[qb-type]  # what is tried
    with pytest.raises(CompileError, match="sorted by what its first query selects"):
        select(Album.id).union(select(Artist.id)).order_by(Album.plays)  # type: ignore[qb-scope]  # what is tried
    with pytest.raises(CompileError, match="sorted by names"):
        unnamed = Album.plays + 1
        select(unnamed).union(select(Artist.id)).order_by(unnamed)
    with pytest.raises(UnsupportedError, match="need a name of its own for each column on SQLite"):
        select(Album.plays + 1).except_all(select(Artist.id)).compile("sqlite")
    with pytest.raises(CompileError, match='selects "albums" as a whole beside others'):
        select(Album, Album.id.as_("x")).union(select(Album, Album.id))


async def test_whole_numbers_beside_floats_are_floats(check: Check) -> None:
    await check(
        select(Album.id.as_("n")).where(Album.id == 1).union_all(select(Track.seconds).where(Track.position == 1)),
        sqlite='SELECT CAST("albums"."id" AS REAL) AS "n" FROM "albums" WHERE "albums"."id" = ? UNION ALL '
        'SELECT "tracks"."seconds" FROM "tracks" WHERE "tracks"."position" = ?',
        postgres='SELECT "albums"."id" AS "n" FROM "albums" WHERE "albums"."id" = $1 UNION ALL '
        'SELECT "tracks"."seconds" FROM "tracks" WHERE "tracks"."position" = $2',
        parameters=[1, 1],
        rows=[(1.0,), (214.5,), (562.25,)],
    )
    found = await check.executor.fetch_all(select(Album.id).where(Album.id == 1).union_all(select(literal(2.5))))
    assert [type(row[0]) for row in found] == [float, float]
