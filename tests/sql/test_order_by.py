"""ORDER BY: directions, NULLs, kinds that do not sort by themselves."""

from __future__ import annotations

from qb import fn, literal, select
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Track


async def test_upwards_unless_told(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.plays),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."plays"',
        rows=[(4,), (2,), (1,), (3,)],
    )


@feature("Select", "ORDER BY")
async def test_asc_and_desc(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.artist_id.desc(), Album.plays.asc()),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."artist_id" DESC, "albums"."plays"',
        rows=[(4,), (3,), (2,), (1,)],
    )


async def test_more_calls_add_keys(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.artist_id).order_by(Album.plays),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."artist_id", "albums"."plays"',
        rows=[(2,), (1,), (4,), (3,)],
    )


@feature("Select", "NULLS FIRST, NULLS LAST")
async def test_nulls_first(check: Check) -> None:
    await check(
        select(Artist.id).order_by(Artist.country.asc().nulls_first()),
        sqlite='SELECT "artists"."id" FROM "artists" ORDER BY "artists"."country" NULLS FIRST',
        rows=[(3,), (1,), (2,)],
    )


@feature("Select", "NULLS FIRST, NULLS LAST")
async def test_nulls_last(check: Check) -> None:
    await check(
        select(Artist.id).order_by(Artist.country.desc().nulls_last()),
        sqlite='SELECT "artists"."id" FROM "artists" ORDER BY "artists"."country" DESC NULLS LAST',
        rows=[(2,), (1,), (3,)],
    )


@feature("Select", "ORDER BY an expression")
async def test_by_an_expression(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.artist_id * 1000 - Album.plays),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."artist_id" * ? - "albums"."plays"',
        parameters=[1000],
        rows=[(1,), (2,), (3,), (4,)],
    )


async def test_by_what_is_not_selected_of_a_group(check: Check) -> None:
    await check(
        select(Album.artist_id).group_by(Album.artist_id).order_by(fn.sum(Album.plays).desc()),
        sqlite=(
            'SELECT "albums"."artist_id" FROM "albums" GROUP BY "albums"."artist_id" ORDER BY '
            'sum("albums"."plays") DESC'
        ),
        rows=[(2,), (1,)],
    )


@feature("Select", "ORDER BY an enum, as its members stand", sqlite="bridged")
async def test_enums_sort_in_the_order_of_their_members(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.genre.desc().nulls_last(), Album.id),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" ORDER BY CASE "albums"."genre" WHEN \'rock\' THEN 0 WHEN '
            "'jazz' THEN 1 WHEN 'pop' THEN 2 END DESC NULLS LAST, \"albums\".\"id\""
        ),
        postgres='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."genre" DESC NULLS LAST, "albums"."id"',
        rows=[(1,), (2,), (3,), (4,)],
    )


async def test_decimals_sort_as_numbers(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.price),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."price"',
        rows=[(2,), (3,), (1,), (4,)],
    )


async def test_by_a_condition(check: Check) -> None:
    await check(
        select(Album.id).order_by((Album.plays > 50).desc(), Album.id),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."plays" > ? DESC, "albums"."id"',
        parameters=[50],
        rows=[(1,), (3,), (2,), (4,)],
    )


async def test_texts_sort_by_code_point(check: Check) -> None:
    await check(
        select(Track.title).order_by(Track.title).limit(2),
        sqlite='SELECT "tracks"."name" AS "title" FROM "tracks" ORDER BY "tracks"."name" LIMIT ?',
        parameters=[2],
        rows=[("All I Want",), ("Blue in Green",)],
    )


async def test_by_a_constant_is_no_position(check: Check) -> None:
    """A number in ORDER BY would be a column's position."""
    await check(
        select(Artist.id, Artist.name).order_by(literal(2), Artist.id).limit(1),
        sqlite='SELECT "artists"."id", "artists"."name" FROM "artists" ORDER BY ?, "artists"."id" LIMIT ?',
        postgres=(
            'SELECT "artists"."id", "artists"."name" FROM "artists" ORDER BY $1::integer, "artists"."id" LIMIT $2'
        ),
        parameters=[2, 1],
        rows=[(1, "Joni")],
    )
