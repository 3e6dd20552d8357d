"""GROUP BY, HAVING and aggregates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qb import fn, select
from qb.errors import UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Event, Genre, Note, Track


@feature("Aggregates", "count()")
async def test_count_of_all_rows(check: Check) -> None:
    await check(
        select(Album.artist_id, fn.count().as_("n")).group_by(Album.artist_id).order_by(Album.artist_id),
        sqlite=(
            'SELECT "albums"."artist_id", count(*) AS "n" FROM "albums" GROUP BY "albums"."artist_id" '
            'ORDER BY "albums"."artist_id"'
        ),
        rows=[(1, 2), (2, 2)],
    )


@feature("Aggregates", "count() of values and of distinct values")
async def test_count_leaves_out_null(check: Check) -> None:
    await check(
        select(fn.count(Album.released).as_("n"), fn.count(Album.genre).distinct().as_("genres")),
        sqlite=('SELECT count("albums"."released") AS "n", count(DISTINCT "albums"."genre") AS "genres" FROM "albums"'),
        rows=[(3, 2)],
    )


@feature("Aggregates", "FILTER")
async def test_an_aggregate_of_the_rows_that_match(check: Check) -> None:
    await check(
        select(
            fn.count().filter(Album.plays > 50).as_("popular"),
            fn.sum(Album.plays).filter(Album.plays > 0, Album.artist_id == 1).as_("plays"),
            fn.count(Album.artist_id).distinct().filter(Album.plays > 0).as_("artists"),
        ).from_(Album),
        sqlite=(
            'SELECT count(*) FILTER (WHERE "albums"."plays" > ?) AS "popular", sum("albums"."plays") '
            'FILTER (WHERE "albums"."plays" > ? AND "albums"."artist_id" = ?) AS "plays", count(DISTINCT '
            '"albums"."artist_id") FILTER (WHERE "albums"."plays" > ?) AS "artists" FROM "albums"'
        ),
        parameters=[50, 0, 1, 0],
        rows=[(2, 120, 2)],
    )


async def test_filters_add_up(check: Check) -> None:
    query = select(fn.count().filter(Album.plays > 50).filter(Album.plays < 200).as_("n")).from_(Album)
    await check(
        query,
        sqlite=('SELECT count(*) FILTER (WHERE "albums"."plays" > ? AND "albums"."plays" < ?) AS "n" FROM "albums"'),
        parameters=[50, 200],
        rows=[(1,)],
    )


@feature("Aggregates", "sum(), min(), max()")
async def test_sum_min_max_of_integers(check: Check) -> None:
    await check(
        select(fn.sum(Album.plays), fn.min(Album.plays), fn.max(Album.plays)),
        sqlite='SELECT sum("albums"."plays"), min("albums"."plays"), max("albums"."plays") FROM "albums"',
        rows=[(420, 0, 300)],
    )


async def test_aggregates_of_nothing_are_null(check: Check) -> None:
    await check(
        select(fn.sum(Album.plays), fn.min(Album.price), fn.max(Album.title), fn.avg(Album.plays), fn.count()).where(
            Album.id > 9
        ),
        sqlite=(
            'SELECT sum("albums"."plays"), min("albums"."price"), max("albums"."title"), '
            'avg("albums"."plays"), count(*) FROM "albums" WHERE "albums"."id" > ?'
        ),
        postgres=(
            'SELECT sum("albums"."plays"), min("albums"."price"), max("albums"."title"), '
            'avg("albums"."plays")::double precision, count(*) FROM "albums" WHERE "albums"."id" > $1'
        ),
        parameters=[9],
        rows=[(None, None, None, None, 0)],
    )


@feature("Aggregates", "exact sums of decimals")
async def test_decimals_add_up_exactly(check: Check) -> None:
    await check(
        select(fn.sum(Album.price), fn.min(Album.price), fn.max(Track.fee))
        .from_(Album)
        .left_join(Track, on=(Track.album_id == Album.id) & (Track.position == 1)),
        sqlite=(
            'SELECT sum("albums"."price"), min("albums"."price"), max("tracks"."fee") FROM "albums" LEFT '
            'JOIN "tracks" ON "tracks"."album_id" = "albums"."id" AND "tracks"."position" = ?'
        ),
        parameters=[1],
        rows=[(Decimal("128.75"), Decimal("9.00"), Decimal("0.0525"))],
    )


@feature("Aggregates", "avg()")
async def test_averages_are_floats(check: Check) -> None:
    await check(
        select(fn.avg(Album.plays), fn.avg(Album.price), fn.avg(Track.seconds))
        .from_(Album)
        .join(Track, on=(Track.album_id == Album.id) & (Track.position == 1)),
        sqlite=(
            'SELECT avg("albums"."plays"), (avg("albums"."price") / 100.0), avg("tracks"."seconds") FROM '
            '"albums" INNER JOIN "tracks" ON "tracks"."album_id" = "albums"."id" AND "tracks"."position" '
            "= ?"
        ),
        postgres=(
            'SELECT avg("albums"."plays")::double precision, avg("albums"."price")::double precision, '
            'avg("tracks"."seconds")::double precision FROM "albums" INNER JOIN "tracks" ON '
            '"tracks"."album_id" = "albums"."id" AND "tracks"."position" = $1'
        ),
        parameters=[1],
        rows=[(200.0, 9.875, 388.375)],
    )


async def test_sums_of_small_and_big_integers(check: Check) -> None:
    await check(
        select(fn.sum(Note.priority), fn.sum(Note.big)),
        sqlite='SELECT sum("notes"."priority"), sum("notes"."big") FROM "notes"',
        postgres='SELECT sum("notes"."priority"), sum("notes"."big")::bigint FROM "notes"',
        rows=[(None, None)],
    )


async def test_intervals_add_up(check: Check) -> None:
    from datetime import timedelta

    await check(
        select(fn.sum(Event.lasts), fn.max(Event.lasts)),
        sqlite='SELECT sum("events"."lasts"), max("events"."lasts") FROM "events"',
        rows=[(timedelta(hours=22, microseconds=1), timedelta(days=1, microseconds=1))],
    )


async def test_least_and_greatest_of_texts_and_dates(check: Check) -> None:
    await check(
        select(fn.min(Album.title), fn.max(Album.released), fn.min(Album.released)),
        sqlite=('SELECT min("albums"."title"), max("albums"."released"), min("albums"."released") FROM "albums"'),
        rows=[("Agharta", date(1976, 11, 22), date(1959, 8, 17))],
    )


@feature("Aggregates", "min(), max() of booleans", postgres="bridged")
async def test_least_and_greatest_of_booleans(check: Check) -> None:
    await check(
        select(fn.min(Album.live), fn.max(Album.live)),
        sqlite='SELECT min("albums"."live"), max("albums"."live") FROM "albums"',
        postgres='SELECT bool_and("albums"."live"), bool_or("albums"."live") FROM "albums"',
        rows=[(False, True)],
    )


def test_least_and_greatest_of_enums() -> None:
    query = select(fn.min(Album.genre), fn.max(Album.genre))
    assert query.compile("postgres").sql == 'SELECT min("albums"."genre"), max("albums"."genre") FROM "albums"'
    with pytest.raises(UnsupportedError, match=r"no min\(\) of an enum"):
        query.compile("sqlite")  # type: ignore[qb-dialect]  # the mistake


@feature("GROUP BY", "keys")
async def test_group_by_several_keys_in_several_calls(check: Check) -> None:
    await check(
        select(Album.artist_id, Album.genre, fn.count().as_("n"))
        .group_by(Album.artist_id)
        .group_by(Album.genre)
        .order_by(Album.artist_id, Album.genre.asc().nulls_first()),
        sqlite=(
            'SELECT "albums"."artist_id", "albums"."genre", count(*) AS "n" FROM "albums" GROUP BY '
            '"albums"."artist_id", "albums"."genre" ORDER BY "albums"."artist_id", CASE "albums"."genre" '
            "WHEN 'rock' THEN 0 WHEN 'jazz' THEN 1 WHEN 'pop' THEN 2 END NULLS FIRST"
        ),
        postgres=(
            'SELECT "albums"."artist_id", "albums"."genre", count(*) AS "n" FROM "albums" GROUP BY '
            '"albums"."artist_id", "albums"."genre" ORDER BY "albums"."artist_id", "albums"."genre" NULLS '
            "FIRST"
        ),
        rows=[(1, Genre.JAZZ, 1), (1, Genre.POP, 1), (2, None, 1), (2, Genre.JAZZ, 1)],
    )


@feature("GROUP BY", "HAVING")
async def test_having(check: Check) -> None:
    await check(
        select(Album.artist_id, fn.sum(Album.plays).as_("plays"))
        .group_by(Album.artist_id)
        .having(fn.sum(Album.plays) > 120, fn.count() == 2)
        .having(fn.max(Album.plays) < 1000),
        sqlite=(
            'SELECT "albums"."artist_id", sum("albums"."plays") AS "plays" FROM "albums" GROUP BY '
            '"albums"."artist_id" HAVING sum("albums"."plays") > ? AND count(*) = ? AND '
            'max("albums"."plays") < ?'
        ),
        parameters=[120, 2, 1000],
        rows=[(2, 300)],
    )


@feature("GROUP BY", "HAVING without keys")
async def test_having_without_group_by(check: Check) -> None:
    await check(
        select(fn.count()).from_(Artist).having(fn.count() > 3),
        sqlite='SELECT count(*) FROM "artists" HAVING count(*) > ?',
        parameters=[3],
        rows=[],
    )


@feature("GROUP BY", "keys with parameters")
async def test_a_key_with_a_parameter_stands_in_several_clauses(check: Check) -> None:
    """Written out each time, as people do; the parameters are equal, not the same."""
    await check(
        select(fn.coalesce(Artist.country, "??").as_("country"), fn.count().as_("n"))
        .group_by(fn.coalesce(Artist.country, "??"))
        .having(fn.coalesce(Artist.country, "??") != "US", fn.count() >= 1)
        .order_by(fn.coalesce(Artist.country, "??").desc()),
        sqlite=(
            'SELECT coalesce("artists"."country", ?) AS "country", count(*) AS "n" FROM "artists" GROUP '
            'BY coalesce("artists"."country", ?) HAVING coalesce("artists"."country", ?) <> ? AND '
            'count(*) >= ? ORDER BY coalesce("artists"."country", ?) DESC'
        ),
        postgres=(
            'SELECT coalesce("artists"."country", $1::text) AS "country", count(*) AS "n" FROM "artists" '
            'GROUP BY coalesce("artists"."country", $1::text) HAVING coalesce("artists"."country", '
            '$1::text) <> $2 AND count(*) >= $3 ORDER BY coalesce("artists"."country", $1::text) DESC'
        ),
        parameters=["??", "??", "??", "US", 1, "??"],
        postgres_parameters=["??", "US", 1],
        rows=[("CA", 1), ("??", 1)],
    )


async def test_a_group_of_a_join(check: Check) -> None:
    await check(
        select(Artist.name, fn.count(Album.id).as_("albums"), fn.coalesce(fn.sum(Album.plays), 0).as_("plays"))
        .from_(Artist)
        .left_join(Album, on=Album.artist_id == Artist.id)
        .group_by(Artist.id, Artist.name)
        .order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name", count("albums"."id") AS "albums", coalesce(sum("albums"."plays"), '
            '?) AS "plays" FROM "artists" LEFT JOIN "albums" ON "albums"."artist_id" = "artists"."id" '
            'GROUP BY "artists"."id", "artists"."name" ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT "artists"."name", count("albums"."id") AS "albums", coalesce(sum("albums"."plays"), '
            '$1::bigint) AS "plays" FROM "artists" LEFT JOIN "albums" ON "albums"."artist_id" = '
            '"artists"."id" GROUP BY "artists"."id", "artists"."name" ORDER BY "artists"."id"'
        ),
        parameters=[0],
        rows=[("Joni", 2, 120), ("Miles", 2, 300), ("Nina", 0, 0)],
    )
