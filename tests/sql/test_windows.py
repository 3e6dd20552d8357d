"""Functions over windows: frames, named windows, and what stands where."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qb import delete, exists, fn, insert, literal, select, update, window
from qb.errors import CompileError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import EVENTS, Album, Artist, Event, Genre, Note, Track

DAYS = 'CAST(julianday("albums"."released") AS INTEGER) * 86400000000'


@feature("Windows", "aggregates over a window")
async def test_aggregates_over_all_rows_and_parts(check: Check) -> None:
    await check(
        select(
            Album.id,
            fn.count().over().as_("all"),
            fn.sum(Album.plays).over(partition_by=Album.artist_id).as_("plays"),
            fn.max(Album.title).over(partition_by=[Album.artist_id, Album.live]).as_("title"),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", count(*) OVER () AS "all", sum("albums"."plays") OVER (PARTITION BY '
            '"albums"."artist_id") AS "plays", max("albums"."title") OVER (PARTITION BY "albums"."artist_id", '
            '"albums"."live") AS "title" FROM "albums" ORDER BY "albums"."id"'
        ),
        rows=[(1, 4, 120, "Hejira"), (2, 4, 120, "Hejira"), (3, 4, 300, "Kind of Blue"), (4, 4, 300, "Agharta")],
    )


@feature("Windows", "running totals")
async def test_a_running_total(check: Check) -> None:
    await check(
        select(Album.id, fn.sum(Album.plays).over(order_by=(Album.live.desc(), Album.id)).as_("n")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", sum("albums"."plays") OVER (ORDER BY "albums"."live" DESC, "albums"."id") AS "n" '
            'FROM "albums" ORDER BY "albums"."id"'
        ),
        rows=[(1, 100), (2, 120), (3, 420), (4, 0)],
    )


@feature("Windows", "row_number(), rank(), dense_rank(), percent_rank(), cume_dist(), ntile()")
async def test_places(check: Check) -> None:
    w = window("w", order_by=Album.artist_id)
    await check(
        select(
            Album.id,
            fn.row_number().over(order_by=Album.plays.desc()),
            fn.rank().over(w),
            fn.dense_rank().over(w),
            fn.percent_rank().over(w),
            fn.cume_dist().over(w),
            fn.ntile(3).over(order_by=Album.id),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", row_number() OVER (ORDER BY "albums"."plays" DESC), rank() OVER "w", '
            'dense_rank() OVER "w", percent_rank() OVER "w", cume_dist() OVER "w", ntile(?) OVER (ORDER BY '
            '"albums"."id") FROM "albums" WINDOW "w" AS (ORDER BY "albums"."artist_id") ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", row_number() OVER (ORDER BY "albums"."plays" DESC), rank() OVER "w", '
            'dense_rank() OVER "w", percent_rank() OVER "w", cume_dist() OVER "w", ntile($1::integer) OVER (ORDER '
            'BY "albums"."id") FROM "albums" WINDOW "w" AS (ORDER BY "albums"."artist_id") ORDER BY "albums"."id"'
        ),
        parameters=[3],
        rows=[
            (1, 2, 1, 1, 0.0, 0.5, 1),
            (2, 3, 1, 1, 0.0, 0.5, 1),
            (3, 1, 3, 2, 2 / 3, 1.0, 2),
            (4, 4, 3, 2, 2 / 3, 1.0, 3),
        ],
    )


@feature("Windows", "lag(), lead()")
async def test_rows_before_and_after(check: Check) -> None:
    w = window("w", partition_by=Album.artist_id, order_by=Album.id)
    await check(
        select(
            Album.id,
            fn.lag(Album.title).over(w),
            fn.lead(Album.plays, 1, -1).over(w),
            fn.lag(Album.price, default=Decimal("0.125")).over(w),
            fn.lead(Album.genre, default=Genre.ROCK).over(w),
            fn.lag(Album.released, 1, Album.released).over(w),
            fn.lead(Album.id, 0).over(w),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", lag("albums"."title", ?) OVER "w", lead("albums"."plays", ?, ?) OVER "w", '
            'lag(("albums"."price" * 10), ?, ?) OVER "w", lead("albums"."genre", ?, ?) OVER "w", '
            'lag("albums"."released", ?, "albums"."released") OVER "w", lead("albums"."id", ?) OVER "w" FROM '
            '"albums" WINDOW "w" AS (PARTITION BY "albums"."artist_id" ORDER BY "albums"."id") ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", lag("albums"."title", $1::integer) OVER "w", lead("albums"."plays", $2::integer, '
            '$3::integer) OVER "w", lag("albums"."price", $4::integer, $5::numeric) OVER "w", '
            'lead("albums"."genre", $6::integer, $7::"genre") OVER "w", lag("albums"."released", $8::integer, '
            '"albums"."released") OVER "w", lead("albums"."id", $9::integer) OVER "w" FROM "albums" WINDOW "w" AS '
            '(PARTITION BY "albums"."artist_id" ORDER BY "albums"."id") ORDER BY "albums"."id"'
        ),
        parameters=[1, 1, -1, 1, 125, 1, "rock", 1, 0],
        postgres_parameters=[1, 1, -1, 1, Decimal("0.125"), 1, "rock", 1, 0],
        rows=[
            (1, None, 20, Decimal("0.125"), Genre.JAZZ, date(1971, 6, 22), 1),
            (2, "Blue", -1, Decimal("10.500"), Genre.ROCK, date(1971, 6, 22), 2),
            (3, None, 0, Decimal("0.125"), None, date(1959, 8, 17), 3),
            (4, "Kind of Blue", -1, Decimal("9.250"), Genre.ROCK, date(1959, 8, 17), 4),
        ],
    )


@feature("Windows", "first_value(), last_value(), nth_value()")
async def test_rows_of_the_frame(check: Check) -> None:
    await check(
        select(
            Album.id,
            fn.first_value(Album.title).over(order_by=Album.id),
            fn.last_value(Album.title).over(order_by=Album.id),
            fn.last_value(Album.price).over(order_by=Album.id, rows=(None, None)),
            fn.nth_value(Album.title, 2).over(order_by=Album.id),
            fn.first_value(Album.title).over(order_by=Album.id, rows=(1, 1)),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", first_value("albums"."title") OVER (ORDER BY "albums"."id"), '
            'last_value("albums"."title") OVER (ORDER BY "albums"."id"), last_value("albums"."price") OVER (ORDER BY '
            '"albums"."id" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value("albums"."title", ?) '
            'OVER (ORDER BY "albums"."id"), first_value("albums"."title") OVER (ORDER BY "albums"."id" ROWS BETWEEN '
            '? FOLLOWING AND ? FOLLOWING) FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", first_value("albums"."title") OVER (ORDER BY "albums"."id"), '
            'last_value("albums"."title") OVER (ORDER BY "albums"."id"), last_value("albums"."price") OVER (ORDER BY '
            '"albums"."id" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value("albums"."title", '
            '$1::integer) OVER (ORDER BY "albums"."id"), first_value("albums"."title") OVER (ORDER BY "albums"."id" '
            'ROWS BETWEEN $2::bigint FOLLOWING AND $3::bigint FOLLOWING) FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[2, 1, 1],
        rows=[
            (1, "Blue", "Blue", Decimal("100.00"), None, "Hejira"),
            (2, "Blue", "Hejira", Decimal("100.00"), "Hejira", "Kind of Blue"),
            (3, "Blue", "Kind of Blue", Decimal("100.00"), "Hejira", "Agharta"),
            (4, "Blue", "Agharta", Decimal("100.00"), "Hejira", None),
        ],
    )


@feature("Windows", "frames in ROWS")
async def test_a_frame_of_rows(check: Check) -> None:
    await check(
        select(
            Album.id,
            fn.sum(Album.plays).over(order_by=Album.id, rows=(-1, 1)).as_("near"),
            fn.count().over(order_by=Album.id, rows=(0, None)).as_("left"),
            fn.sum(Album.plays).over(order_by=Album.id, rows=(None, -1)).as_("before"),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", sum("albums"."plays") OVER (ORDER BY "albums"."id" ROWS BETWEEN ? PRECEDING AND '
            '? FOLLOWING) AS "near", count(*) OVER (ORDER BY "albums"."id" ROWS BETWEEN CURRENT ROW AND UNBOUNDED '
            'FOLLOWING) AS "left", sum("albums"."plays") OVER (ORDER BY "albums"."id" ROWS BETWEEN UNBOUNDED '
            'PRECEDING AND ? PRECEDING) AS "before" FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", sum("albums"."plays") OVER (ORDER BY "albums"."id" ROWS BETWEEN $1::bigint '
            'PRECEDING AND $2::bigint FOLLOWING) AS "near", count(*) OVER (ORDER BY "albums"."id" ROWS BETWEEN '
            'CURRENT ROW AND UNBOUNDED FOLLOWING) AS "left", sum("albums"."plays") OVER (ORDER BY "albums"."id" ROWS '
            'BETWEEN UNBOUNDED PRECEDING AND $3::bigint PRECEDING) AS "before" FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[1, 1, 1],
        rows=[(1, 120, 4, None), (2, 420, 3, 100), (3, 320, 2, 120), (4, 300, 1, 420)],
    )


@feature("Windows", "frames in GROUPS")
async def test_a_frame_of_groups(check: Check) -> None:
    await check(
        select(Album.id, fn.count().over(order_by=Album.artist_id, groups=(None, 0)).as_("n")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", count(*) OVER (ORDER BY "albums"."artist_id" GROUPS BETWEEN UNBOUNDED PRECEDING '
            'AND CURRENT ROW) AS "n" FROM "albums" ORDER BY "albums"."id"'
        ),
        rows=[(1, 2), (2, 2), (3, 4), (4, 4)],
    )


@pytest.mark.parametrize(
    ("exclude", "counts"),
    [("current row", [1, 1, 3, 3]), ("group", [0, 0, 2, 2]), ("ties", [1, 1, 3, 3]), ("no others", [2, 2, 4, 4])],
)
@feature("Windows", "EXCLUDE")
async def test_exclude(check: Check, exclude: Any, counts: list[int]) -> None:
    await check(
        select(Album.id, fn.count().over(order_by=Album.artist_id, exclude=exclude).as_("n")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", count(*) OVER (ORDER BY "albums"."artist_id" RANGE BETWEEN UNBOUNDED PRECEDING '
            f'AND CURRENT ROW EXCLUDE {exclude.upper()}) AS "n" FROM "albums" ORDER BY "albums"."id"'
        ),
        rows=list(zip([1, 2, 3, 4], counts, strict=True)),
    )


@feature("Windows", "frames in RANGE, of numbers")
async def test_a_range_of_numbers(check: Check) -> None:
    await check(
        select(
            Album.id,
            fn.count().over(order_by=Album.plays, range_=(-20, 80)).as_("plays"),
            fn.count().over(order_by=Album.price.desc(), range_=(Decimal("-1.25"), 0)).as_("price"),
            fn.count().over(order_by=Album.price, range_=(0, Decimal("0.255"))).as_("finer"),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", count(*) OVER (ORDER BY "albums"."plays" RANGE BETWEEN ? PRECEDING AND ? '
            'FOLLOWING) AS "plays", count(*) OVER (ORDER BY "albums"."price" DESC RANGE BETWEEN ? PRECEDING AND '
            'CURRENT ROW) AS "price", count(*) OVER (ORDER BY ("albums"."price" * 10) RANGE BETWEEN CURRENT ROW '
            'AND ? FOLLOWING) AS "finer" FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", count(*) OVER (ORDER BY "albums"."plays" RANGE BETWEEN $1::integer PRECEDING AND '
            '$2::integer FOLLOWING) AS "plays", count(*) OVER (ORDER BY "albums"."price" DESC RANGE BETWEEN '
            '$3::numeric PRECEDING AND CURRENT ROW) AS "price", count(*) OVER (ORDER BY "albums"."price" RANGE '
            'BETWEEN CURRENT ROW AND $4::numeric FOLLOWING) AS "finer" FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[20, 80, 125, 255],
        postgres_parameters=[20, 80, Decimal("1.25"), Decimal("0.255")],
        rows=[(1, 1, 1, 1), (2, 3, 2, 2), (3, 1, 2, 1), (4, 2, 1, 1)],
    )


@feature("Windows", "frames in RANGE, of floats")
async def test_a_range_of_floats(check: Check) -> None:
    await check(
        select(Track.title, fn.count().over(order_by=Track.seconds, range_=(-1.5, 1)).as_("n"))
        .where(Track.seconds != None)  # noqa: E711  # SQL, not Python
        .order_by(Track.seconds),
        sqlite=(
            'SELECT "tracks"."name" AS "title", count(*) OVER (ORDER BY "tracks"."seconds" RANGE BETWEEN ? PRECEDING '
            'AND ? FOLLOWING) AS "n" FROM "tracks" WHERE "tracks"."seconds" IS NOT NULL ORDER BY "tracks"."seconds"'
        ),
        postgres=(
            'SELECT "tracks"."name" AS "title", count(*) OVER (ORDER BY "tracks"."seconds" RANGE BETWEEN '
            '$1::double precision PRECEDING AND $2::double precision FOLLOWING) AS "n" FROM "tracks" WHERE '
            '"tracks"."seconds" IS NOT NULL ORDER BY "tracks"."seconds"'
        ),
        parameters=[1.5, 1.0],
        rows=[("My Old Man", 1), ("All I Want", 2), ("So What", 1)],
    )


@feature("Windows", "frames in RANGE, of dates and times", sqlite="bridged")
async def test_a_range_of_dates(check: Check) -> None:
    await check(
        select(
            Album.id,
            fn.count().over(order_by=Album.released.asc().nulls_last(), range_=(timedelta(days=-1980), 0)).as_("n"),
            fn.count().over(order_by=Album.released.desc().nulls_last(), range_=(timedelta(hours=-36), None)).as_("m"),
        ).order_by(Album.id),
        sqlite=(
            f'SELECT "albums"."id", count(*) OVER (ORDER BY {DAYS} NULLS LAST RANGE BETWEEN ? PRECEDING AND CURRENT '
            f'ROW) AS "n", count(*) OVER (ORDER BY {DAYS} DESC NULLS LAST RANGE BETWEEN ? PRECEDING AND UNBOUNDED '
            'FOLLOWING) AS "m" FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", count(*) OVER (ORDER BY "albums"."released" NULLS LAST RANGE BETWEEN $1::interval '
            'PRECEDING AND CURRENT ROW) AS "n", count(*) OVER (ORDER BY "albums"."released" DESC NULLS LAST RANGE '
            'BETWEEN $2::interval PRECEDING AND UNBOUNDED FOLLOWING) AS "m" FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[1980 * 86_400_000_000, 36 * 3_600_000_000],
        postgres_parameters=[timedelta(days=1980), timedelta(hours=36)],
        rows=[(1, 1, 3), (2, 2, 4), (3, 1, 2), (4, 1, 1)],
    )


async def test_a_range_of_moments_times_and_intervals(check: Check) -> None:
    moment, time = '"events"."happened"', '"events"."starts"'
    hour = timedelta(hours=1)
    gap = EVENTS[1]["happened"] - EVENTS[0]["happened"]
    await check(
        select(
            Event.id,
            fn.count().over(order_by=Event.happened, range_=(-gap, 0)).as_("a"),
            fn.count().over(order_by=Event.happened, range_=(-gap, gap - timedelta(microseconds=1))).as_("b"),
            fn.count().over(order_by=Event.starts, range_=(hour * -9.5, 0)).as_("c"),
            fn.count().over(order_by=Event.lasts, range_=(hour * -27, 0)).as_("d"),
        ).order_by(Event.id),
        sqlite=(
            f'SELECT "events"."id", count(*) OVER (ORDER BY CAST(strftime(\'%s\', substr({moment}, 1, 19)) AS INTEGER) '
            f"* 1000000 + CAST(substr({moment}, 21, 6) AS INTEGER) RANGE BETWEEN ? PRECEDING AND CURRENT ROW) AS "
            f"\"a\", count(*) OVER (ORDER BY CAST(strftime('%s', substr({moment}, 1, 19)) AS INTEGER) * 1000000 + "
            f'CAST(substr({moment}, 21, 6) AS INTEGER) RANGE BETWEEN ? PRECEDING AND ? FOLLOWING) AS "b", count(*) '
            f"OVER (ORDER BY CAST(strftime('%s', substr({time}, 1, 8)) AS INTEGER) * 1000000 + CAST(substr({time}, "
            '10, 6) AS INTEGER) RANGE BETWEEN ? PRECEDING AND CURRENT ROW) AS "c", count(*) OVER (ORDER BY '
            '"events"."lasts" RANGE BETWEEN ? PRECEDING AND CURRENT ROW) AS "d" FROM "events" ORDER BY "events"."id"'
        ),
        postgres=(
            'SELECT "events"."id", count(*) OVER (ORDER BY "events"."happened" RANGE BETWEEN $1::interval PRECEDING '
            'AND CURRENT ROW) AS "a", count(*) OVER (ORDER BY "events"."happened" RANGE BETWEEN $2::interval '
            'PRECEDING AND $3::interval FOLLOWING) AS "b", count(*) OVER (ORDER BY "events"."starts" RANGE BETWEEN '
            '$4::interval PRECEDING AND CURRENT ROW) AS "c", count(*) OVER (ORDER BY "events"."lasts" RANGE BETWEEN '
            '$5::interval PRECEDING AND CURRENT ROW) AS "d" FROM "events" ORDER BY "events"."id"'
        ),
        parameters=[
            gap // timedelta(microseconds=1),
            gap // timedelta(microseconds=1),
            gap // timedelta(microseconds=1) - 1,
            34_200_000_000,
            97_200_000_000,
        ],
        postgres_parameters=[gap, gap, gap - timedelta(microseconds=1), hour * 9.5, hour * 27],
        rows=[(1, 1, 1, 1, 2), (2, 2, 2, 1, 1)],
    )


@feature("Windows", "named windows")
async def test_windows_have_names(check: Check) -> None:
    w = window('the "first"', partition_by=Album.artist_id, order_by=Album.plays)
    near = window("near", base=w, rows=(-1, 0))
    await check(
        select(
            Album.id,
            fn.count().over(near).as_("near"),
            fn.rank().over(w).as_("rank"),
            fn.last_value(Album.id).over(w, groups=(0, None)).as_("last"),
        )
        .where(Album.plays > 0)
        .order_by(fn.rank().over(w), Album.id),
        sqlite=(
            'SELECT "albums"."id", count(*) OVER "near" AS "near", rank() OVER "the ""first""" AS "rank", '
            'last_value("albums"."id") OVER ("the ""first""" GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS '
            '"last" FROM "albums" WHERE "albums"."plays" > ? WINDOW "the ""first""" AS (PARTITION BY '
            '"albums"."artist_id" ORDER BY "albums"."plays"), "near" AS ("the ""first""" ROWS BETWEEN ? PRECEDING '
            'AND CURRENT ROW) ORDER BY rank() OVER "the ""first""", "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", count(*) OVER "near" AS "near", rank() OVER "the ""first""" AS "rank", '
            'last_value("albums"."id") OVER ("the ""first""" GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS '
            '"last" FROM "albums" WHERE "albums"."plays" > $1 WINDOW "the ""first""" AS (PARTITION BY '
            '"albums"."artist_id" ORDER BY "albums"."plays"), "near" AS ("the ""first""" ROWS BETWEEN $2::bigint '
            'PRECEDING AND CURRENT ROW) ORDER BY rank() OVER "the ""first""", "albums"."id"'
        ),
        parameters=[0, 1],
        rows=[(2, 1, 1, 1), (3, 1, 1, 3), (1, 2, 2, 1)],
    )


async def test_a_named_window_in_order_by_alone_is_written_there(check: Check) -> None:
    """The WINDOW clause stands before ORDER BY, and so do its parameters."""
    w = window("w", order_by=Album.plays % 7)
    near = window("near", base=w, rows=(-2, 0))
    await check(
        select(Album.id).order_by(fn.sum(Album.plays).over(near), fn.rank().over(w)),
        sqlite=(
            'SELECT "albums"."id" FROM "albums" ORDER BY sum("albums"."plays") OVER (ORDER BY "albums"."plays" % ? '
            'ROWS BETWEEN ? PRECEDING AND CURRENT ROW), rank() OVER (ORDER BY "albums"."plays" % ?)'
        ),
        postgres=(
            'SELECT "albums"."id" FROM "albums" ORDER BY sum("albums"."plays") OVER (ORDER BY "albums"."plays" % $1 '
            'ROWS BETWEEN $2::bigint PRECEDING AND CURRENT ROW), rank() OVER (ORDER BY "albums"."plays" % $3)'
        ),
        parameters=[7, 2, 7],
        rows=[(4,), (1,), (2,), (3,)],
    )


async def test_a_window_stands_after_having(check: Check) -> None:
    w = window("w", order_by=fn.sum(Album.plays).desc())
    await check(
        select(
            Album.artist_id,
            fn.rank().over(w).as_("place"),
            fn.sum(fn.sum(Album.plays)).over(order_by=Album.artist_id).as_("so_far"),
        )
        .group_by(Album.artist_id)
        .having(fn.count() > 1)
        .order_by(Album.artist_id)
        .limit(5),
        sqlite=(
            'SELECT "albums"."artist_id", rank() OVER "w" AS "place", sum(sum("albums"."plays")) OVER (ORDER BY '
            '"albums"."artist_id") AS "so_far" FROM "albums" GROUP BY "albums"."artist_id" HAVING count(*) > ? '
            'WINDOW "w" AS (ORDER BY sum("albums"."plays") DESC) ORDER BY "albums"."artist_id" LIMIT ?'
        ),
        postgres=(
            'SELECT "albums"."artist_id", rank() OVER "w" AS "place", sum(sum("albums"."plays")) OVER (ORDER BY '
            '"albums"."artist_id")::bigint AS "so_far" FROM "albums" GROUP BY "albums"."artist_id" HAVING count(*) > '
            '$1 WINDOW "w" AS (ORDER BY sum("albums"."plays") DESC) ORDER BY "albums"."artist_id" LIMIT $2'
        ),
        parameters=[1, 5],
        rows=[(1, 2, 120), (2, 1, 420)],
    )


async def test_decimals_averages_and_intervals(check: Check) -> None:
    w = window("w", partition_by=Album.artist_id)
    await check(
        select(
            fn.sum(Album.price).over(w).as_("sum"),
            fn.avg(Album.price).over(w).as_("avg"),
            fn.avg(Album.price).over().as_("all"),
            (Album.price + fn.max(Album.price).over(w)).as_("twice"),
        ).where(Album.id == 1),
        sqlite=(
            'SELECT sum("albums"."price") OVER "w" AS "sum", (avg("albums"."price") OVER "w" / 100.0) AS "avg", '
            '(avg("albums"."price") OVER () / 100.0) AS "all", "albums"."price" + max("albums"."price") OVER "w" AS '
            '"twice" FROM "albums" WHERE "albums"."id" = ? WINDOW "w" AS (PARTITION BY "albums"."artist_id")'
        ),
        postgres=(
            'SELECT sum("albums"."price") OVER "w" AS "sum", avg("albums"."price") OVER "w"::double precision AS '
            '"avg", avg("albums"."price") OVER ()::double precision AS "all", "albums"."price" + '
            'max("albums"."price") OVER "w" AS "twice" FROM "albums" WHERE "albums"."id" = $1 WINDOW "w" AS '
            '(PARTITION BY "albums"."artist_id")'
        ),
        parameters=[1],
        rows=[(Decimal("10.50"), 10.5, 10.5, Decimal("21.00"))],
    )


async def test_sums_of_intervals_and_of_big_integers(check: Check) -> None:
    await check(
        select(
            fn.sum(Event.lasts).over(order_by=Event.id).as_("lasts"),
            fn.sum(select(fn.sum(Note.big)).scalar_subquery()).over().as_("big"),
        ).order_by(Event.id),
        sqlite=(
            'SELECT sum("events"."lasts") OVER (ORDER BY "events"."id") AS "lasts", sum((SELECT sum("notes"."big") '
            'FROM "notes")) OVER () AS "big" FROM "events" ORDER BY "events"."id"'
        ),
        postgres=(
            'SELECT sum("events"."lasts") OVER (ORDER BY "events"."id") AS "lasts", sum((SELECT '
            'sum("notes"."big")::bigint FROM "notes")) OVER ()::bigint AS "big" FROM "events" ORDER BY "events"."id"'
        ),
        rows=[(timedelta(days=1, microseconds=1), None), (timedelta(hours=22, microseconds=1), None)],
    )


async def test_enums_sort_by_their_rank(check: Check) -> None:
    await check(
        select(Album.id, fn.row_number().over(order_by=(Album.genre.asc().nulls_last(), Album.id)).as_("n")).order_by(
            Album.id
        ),
        sqlite=(
            'SELECT "albums"."id", row_number() OVER (ORDER BY CASE "albums"."genre" WHEN \'rock\' THEN 0 WHEN '
            '\'jazz\' THEN 1 WHEN \'pop\' THEN 2 END NULLS LAST, "albums"."id") AS "n" FROM "albums" ORDER BY '
            '"albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."id", row_number() OVER (ORDER BY "albums"."genre" NULLS LAST, "albums"."id") AS "n" '
            'FROM "albums" ORDER BY "albums"."id"'
        ),
        rows=[(1, 3), (2, 1), (3, 2), (4, 4)],
    )


@feature("Windows", "FILTER with a window")
async def test_a_filter_over_a_window(check: Check) -> None:
    await check(
        select(Album.id, fn.count().filter(Album.plays > 50).over(order_by=Album.id).as_("n")).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."id", count(*) FILTER (WHERE "albums"."plays" > ?) OVER (ORDER BY "albums"."id") AS "n" '
            'FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=[50],
        rows=[(1, 1), (2, 1), (3, 2), (4, 2)],
    )


async def test_windows_of_inner_and_outer_queries_are_apart(check: Check) -> None:
    w, inner = window("w", order_by=Album.id), window("w", order_by=Track.position)
    place = select(fn.max(Track.position)).where(Track.album_id == Album.id)
    ranked = select(fn.row_number().over(inner)).where(Track.album_id == Album.id).order_by(Track.position).limit(1)
    await check(
        select(
            fn.rank().over(w).as_("a"), ranked.scalar_subquery().as_("b"), place.scalar_subquery().as_("c")
        ).order_by(Album.id),
        sqlite=(
            'SELECT rank() OVER "w" AS "a", (SELECT row_number() OVER "w" FROM "tracks" WHERE "tracks"."album_id" = '
            '"albums"."id" WINDOW "w" AS (ORDER BY "tracks"."position") ORDER BY "tracks"."position" LIMIT ?) AS "b", '
            '(SELECT max("tracks"."position") FROM "tracks" WHERE "tracks"."album_id" = "albums"."id") AS "c" FROM '
            '"albums" WINDOW "w" AS (ORDER BY "albums"."id") ORDER BY "albums"."id"'
        ),
        parameters=[1],
        rows=[(1, 1, 2), (2, None, None), (3, 1, 2), (4, None, None)],
    )


async def test_a_window_function_is_a_value_like_others(check: Check) -> None:
    await check(
        select(
            (fn.row_number().over(order_by=Album.id) * 2 + 1).as_("n"),
            (Album.plays - fn.lag(Album.plays, 1, 0).over(order_by=Album.id)).as_("more"),
            fn.coalesce(fn.lag(Album.title).over(order_by=Album.id), "-").as_("title"),
        ).where(Album.id < 3),
        sqlite=(
            'SELECT row_number() OVER (ORDER BY "albums"."id") * ? + ? AS "n", "albums"."plays" - '
            'lag("albums"."plays", ?, ?) OVER (ORDER BY "albums"."id") AS "more", coalesce(lag("albums"."title", ?) '
            'OVER (ORDER BY "albums"."id"), ?) AS "title" FROM "albums" WHERE "albums"."id" < ?'
        ),
        postgres=(
            'SELECT row_number() OVER (ORDER BY "albums"."id") * $1 + $2 AS "n", "albums"."plays" - '
            'lag("albums"."plays", $3::integer, $4::integer) OVER (ORDER BY "albums"."id") AS "more", '
            'coalesce(lag("albums"."title", $5::integer) OVER (ORDER BY "albums"."id"), $6::text) AS "title" FROM '
            '"albums" WHERE "albums"."id" < $7'
        ),
        parameters=[2, 1, 1, 0, 1, "-", 3],
        rows=[(3, 100, "-"), (5, -80, "Blue")],
    )


rank: Any = fn.rank().over(order_by=Album.plays)  # of no type, because mypy knows all of these mistakes


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (select(Album.id).where(rank == 1), "in WHERE: select it in a sub-query"),
        (select(Album.id).join(Artist, on=rank == 1), "in ON"),
        (select(fn.count()).group_by(rank), "in GROUP BY"),
        (select(fn.count()).group_by(Album.id).having(rank == 1), "in HAVING"),
        (select(fn.sum(rank)), "in an aggregate"),
        (select(fn.count().filter(rank == 1)), "in an aggregate"),
        (select(fn.lag(rank).over(order_by=Album.id)), "in another window function"),
        (select(fn.count().over(partition_by=rank)), "in another window function"),
        (select(fn.count().over(window("w", order_by=rank))), "in another window function"),
        (select(Artist.id).where(exists(select(Album.id).where(rank == 1))), "in WHERE"),
        (update(Album).set(plays=rank).all_rows(), "in INSERT, UPDATE or DELETE"),
        (delete(Album).where(rank == 1), "in INSERT, UPDATE or DELETE"),
        (delete(Album).all_rows().returning(rank), "in INSERT, UPDATE or DELETE"),
        (insert(Artist).values(name=fn.first_value(literal("x")).over()), "in INSERT, UPDATE or DELETE"),  # type: ignore[qb-type]  # a mistake on purpose
        (select(Album.id).where(fn.sum(Album.plays) > 1), r"sum\(\) is an aggregate.*\.having"),  # type: ignore[qb-group]  # a mistake on purpose
        (select(fn.sum(fn.count())), r"count\(\) is an aggregate, and cannot stand in an aggregate"),  # type: ignore[qb-group]  # a mistake on purpose
        (delete(Album).where(fn.count() > 1), "cannot stand in INSERT, UPDATE or DELETE"),  # type: ignore[qb-group]  # a mistake on purpose
        (
            select(fn.rank().over(window("w", order_by=Album.id)), fn.rank().over(window("w", order_by=Album.plays))),
            'two windows of this query are named "w"',
        ),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "d1"])
def test_where_no_window_can_stand(query: Any, words: str, dialect: str) -> None:
    with pytest.raises(CompileError, match=words):
        query.compile(dialect)


def test_equal_windows_may_share_a_name() -> None:
    first, second = window("w", order_by=Album.id % 2), window("w", order_by=Album.id % 2)
    query = select(fn.rank().over(first), fn.row_number().over(second))
    assert query.compile("sqlite") == (
        'SELECT rank() OVER "w", row_number() OVER "w" FROM "albums" WINDOW "w" AS (ORDER BY "albums"."id" % ?)',
        (2,),
    )


async def test_windows_in_a_sub_query_of_a_write(check: Check) -> None:
    last = select(fn.row_number().over(order_by=Album.id)).order_by(Album.id.desc()).limit(1)
    await check(
        insert(Artist).from_select(
            select(fn.lag(Album.title, 1, "first").over(order_by=Album.id).as_("name"))
            .where(Album.id <= last.scalar_subquery())
            .order_by(Album.id)
            .limit(1)
        ),
        sqlite=(
            'INSERT INTO "artists" ("name") SELECT lag("albums"."title", ?, ?) OVER (ORDER BY "albums"."id") AS "name" '
            'FROM "albums" WHERE "albums"."id" <= (SELECT row_number() OVER (ORDER BY "albums"."id") FROM "albums" '
            'ORDER BY "albums"."id" DESC LIMIT ?) ORDER BY "albums"."id" LIMIT ?'
        ),
        postgres=(
            'INSERT INTO "artists" ("name") SELECT lag("albums"."title", $1::integer, $2::text) OVER (ORDER BY '
            '"albums"."id") AS "name" FROM "albums" WHERE "albums"."id" <= (SELECT row_number() OVER (ORDER BY '
            '"albums"."id") FROM "albums" ORDER BY "albums"."id" DESC LIMIT $3) ORDER BY "albums"."id" LIMIT $4'
        ),
        parameters=[1, "first", 1, 1],
        affected=1,
        then=select(Artist.name).where(Artist.id > 3),
        rows=[("first",)],
    )


w = window("w", partition_by=Album.artist_id, order_by=Album.id)
untyped: Any = fn


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: untyped.count().distinct().over(), r"count\(\) with DISTINCT over a window"),
        (lambda: untyped.count().over(rows=(1, 0)), r"rows=\(1, 0\) ends before it starts"),
        (lambda: untyped.count().over(rows=(None, 0), groups=(None, 0)), "one frame"),
        (lambda: untyped.count().over(rows=(0.5, 1)), "whole numbers, not 0.5"),
        (lambda: untyped.count().over(rows=(True, 1)), "whole numbers, not True"),
        (lambda: untyped.count().over(rows=(1,)), "a start and an end"),
        (lambda: untyped.count().over(rows=5), "a start and an end"),
        (lambda: untyped.count().over(groups=(0, 0)), "add order_by="),
        (lambda: untyped.count().over(exclude="all"), "none of current row, group, ties, no others"),
        (lambda: untyped.count().over(range_=(-1, 0)), "need one sort key"),
        (lambda: untyped.count().over(order_by=(Album.id, Album.plays), range_=(-1, 0)), "need one sort key"),
        (lambda: untyped.count().over(order_by=Album.title, range_=(-1, 0)), "for numbers, dates and times"),
        (lambda: untyped.count().over(order_by=Album.genre, range_=(-1, 0)), "for numbers, dates and times"),
        (lambda: untyped.count().over(order_by=Album.id, range_=(-1.5, 0)), "offsets in range_= are int, not -1.5"),
        (lambda: untyped.count().over(order_by=Album.released, range_=(-1, 0)), "are timedelta, not -1"),
        (lambda: untyped.count().over(order_by=Album.price, range_=(-1.5, 0)), "are Decimal or int, not -1.5"),
        (lambda: untyped.count().over(order_by=Album.id, range_=(timedelta(-1), 0)), "are int, not"),
        (lambda: untyped.count().over(w, partition_by=Album.id), 'in the base "w" alone'),
        (lambda: untyped.count().over(w, order_by=Album.id), "has an order_by already"),
        (lambda: untyped.count().over(window("x", base=w, rows=(0, 0)), rows=(0, 1)), '"x" has a frame'),
        (lambda: untyped.ntile(0), r"ntile\(\) counts from 1: 0"),
        (lambda: untyped.lag(Album.id, -1), r"lag\(\) counts from 0: -1"),
        (lambda: untyped.nth_value(Album.id, 0), r"nth_value\(\) counts from 1: 0"),
        (lambda: untyped.lag(Album.id, 1, "x"), r"lag\(\) is of integer, and its default text"),
        (lambda: select(untyped.rank()), r"rank\(\) is a window function: write \.over"),
        (lambda: select(untyped.lag(Album.id)), r"lag\(\) is a window function"),
    ],
)
def test_windows_that_cannot_be(build: Any, words: str) -> None:
    with pytest.raises(CompileError, match=words):
        build()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: select(Album.id).order_by(untyped.rank()), "a sort key is a SQL expression, not WindowFunction"),
        (lambda: untyped.rank() + 1, r"unsupported operand type\(s\) for \+: 'WindowFunction' and 'int'"),
        (lambda: untyped.rank().over(Album.id), r"over\(\) takes a window\(…\) and keywords, not <Column"),
        (lambda: untyped.rank().over(order_by="id"), r"a sort key is a SQL expression, not str \('id'\)"),
        (lambda: window(5), "the name of a window is a text, not 5"),  # type: ignore[arg-type]  # a mistake on purpose
    ],
)
def test_what_is_no_window(build: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        build()
