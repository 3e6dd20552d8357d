"""Aggregates that not every engine has, and those whose values have an order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qb import fn, select
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Event, Genre, Track


@feature("Aggregates", "string_agg()", sqlite="bridged")
async def test_texts_in_one(check: Check) -> None:
    await check(
        select(Album.artist_id, fn.string_agg(Album.title, "; ").filter(Album.plays > 50).as_("titles"))
        .group_by(Album.artist_id)
        .order_by(Album.artist_id),
        sqlite=(
            'SELECT "albums"."artist_id", group_concat("albums"."title", ?) FILTER (WHERE "albums"."plays" > ?) AS '
            '"titles" FROM "albums" GROUP BY "albums"."artist_id" ORDER BY "albums"."artist_id"'
        ),
        postgres=(
            'SELECT "albums"."artist_id", string_agg("albums"."title", $1::text) FILTER (WHERE "albums"."plays" > $2) '
            'AS "titles" FROM "albums" GROUP BY "albums"."artist_id" ORDER BY "albums"."artist_id"'
        ),
        parameters=["; ", 50],
        rows=[(1, "Blue"), (2, "Kind of Blue")],
    )


async def test_no_text_at_all_is_null(check: Check) -> None:
    await check(
        select(fn.string_agg(Artist.country, "").as_("none"), fn.string_agg(Artist.name, Artist.name).as_("one")).where(
            Artist.id == 3
        ),
        sqlite=(
            'SELECT group_concat("artists"."country", ?) AS "none", group_concat("artists"."name", "artists"."name") '
            'AS "one" FROM "artists" WHERE "artists"."id" = ?'
        ),
        postgres=(
            'SELECT string_agg("artists"."country", $1::text) AS "none", string_agg("artists"."name", '
            '"artists"."name") AS "one" FROM "artists" WHERE "artists"."id" = $2'
        ),
        parameters=["", 3],
        rows=[(None, "Nina")],
    )


async def test_texts_of_a_window(check: Check) -> None:
    await check(
        select(fn.string_agg(Artist.name, "+").over(order_by=Artist.id).as_("so_far")).order_by(Artist.id),
        sqlite=(
            'SELECT group_concat("artists"."name", ?) OVER (ORDER BY "artists"."id") AS "so_far" FROM "artists" '
            'ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT string_agg("artists"."name", $1::text) OVER (ORDER BY "artists"."id") AS "so_far" FROM "artists" '
            'ORDER BY "artists"."id"'
        ),
        parameters=["+"],
        rows=[("Joni",), ("Joni+Miles",), ("Joni+Miles+Nina",)],
    )


@feature("Aggregates", "ORDER BY in aggregates", sqlite="refused")
async def test_texts_in_order(check: Check) -> None:
    await check(
        select(
            fn.string_agg(Album.title, ", ", order_by=Album.plays.desc()).as_("a"),
            fn.string_agg(Album.title, ", ", order_by=(Album.artist_id.desc(), Album.title)).as_("b"),
            fn.string_agg(Album.title, "", order_by=Album.title).distinct().filter(Album.id < 3).as_("c"),
        ),
        postgres=(
            'SELECT string_agg("albums"."title", $1::text ORDER BY "albums"."plays" DESC) AS "a", '
            'string_agg("albums"."title", $2::text ORDER BY "albums"."artist_id" DESC, "albums"."title") AS "b", '
            'string_agg(DISTINCT "albums"."title", $3::text ORDER BY "albums"."title") FILTER (WHERE "albums"."id" < '
            '$4) AS "c" FROM "albums"'
        ),
        parameters=[", ", ", ", "", 3],
        rows=[
            ("Kind of Blue, Blue, Hejira, Agharta", "Agharta, Kind of Blue, Blue, Hejira", "BlueHejira"),
        ],
    )


async def test_distinct_texts(check: Check) -> None:
    await check(
        select(fn.string_agg(Artist.name, ",").distinct().as_("names"))
        .from_(Album)
        .join(Artist, on=Album.artist_id == Artist.id)
        .where(Artist.id == 1),
        sqlite=(
            'SELECT group_concat(DISTINCT "artists"."name") AS "names" FROM "albums" INNER JOIN "artists" ON '
            '"albums"."artist_id" = "artists"."id" WHERE "artists"."id" = ?'
        ),
        postgres=(
            'SELECT string_agg(DISTINCT "artists"."name", $1::text) AS "names" FROM "albums" INNER JOIN "artists" ON '
            '"albums"."artist_id" = "artists"."id" WHERE "artists"."id" = $2'
        ),
        parameters=[1],
        postgres_parameters=[",", 1],
        rows=[("Joni",)],
    )


@feature("Aggregates", "array_agg()", sqlite="refused")
async def test_arrays(check: Check) -> None:
    await check(
        select(
            fn.array_agg(Album.released, order_by=Album.id).as_("released"),
            fn.array_agg(Album.price, order_by=Album.id.desc()).filter(Album.id < 3).as_("prices"),
            fn.array_agg(Album.genre, order_by=Album.id).as_("genres"),
            fn.array_agg(Album.id).filter(Album.id > 9).as_("none"),
        ),
        postgres=(
            'SELECT array_agg("albums"."released" ORDER BY "albums"."id") AS "released", array_agg("albums"."price" '
            'ORDER BY "albums"."id" DESC) FILTER (WHERE "albums"."id" < $1) AS "prices", array_agg("albums"."genre" '
            'ORDER BY "albums"."id") AS "genres", array_agg("albums"."id") FILTER (WHERE "albums"."id" > $2) AS '
            '"none" FROM "albums"'
        ),
        parameters=[3, 9],
        rows=[
            (
                [date(1971, 6, 22), date(1976, 11, 22), date(1959, 8, 17), None],
                [Decimal("9.00"), Decimal("10.50")],
                [Genre.POP, Genre.JAZZ, Genre.JAZZ, None],
                None,
            )
        ],
    )


@feature("Aggregates", "bool_and(), bool_or()", sqlite="bridged")
async def test_all_and_any(check: Check) -> None:
    await check(
        select(
            fn.bool_and(Album.live).as_("all"),
            fn.bool_or(Album.live).as_("any"),
            fn.bool_and(Album.plays >= 0).as_("positive"),
            fn.bool_or(Album.released > date(2000, 1, 1)).filter(Album.live).as_("none"),
        ),
        sqlite=(
            'SELECT min("albums"."live") AS "all", max("albums"."live") AS "any", min("albums"."plays" >= ?) AS '
            '"positive", max("albums"."released" > ?) FILTER (WHERE "albums"."live") AS "none" FROM "albums"'
        ),
        postgres=(
            'SELECT bool_and("albums"."live") AS "all", bool_or("albums"."live") AS "any", bool_and("albums"."plays" '
            '>= $1) AS "positive", bool_or("albums"."released" > $2) FILTER (WHERE "albums"."live") AS "none" FROM '
            '"albums"'
        ),
        parameters=[0, "2000-01-01"],
        postgres_parameters=[0, date(2000, 1, 1)],
        rows=[(False, True, True, None)],
    )


async def test_all_over_a_window(check: Check) -> None:
    await check(
        select(fn.bool_or(Album.live).over(partition_by=Album.artist_id).as_("any")).order_by(Album.id),
        sqlite=(
            'SELECT max("albums"."live") OVER (PARTITION BY "albums"."artist_id") AS "any" FROM "albums" ORDER BY '
            '"albums"."id"'
        ),
        postgres=(
            'SELECT bool_or("albums"."live") OVER (PARTITION BY "albums"."artist_id") AS "any" FROM "albums" ORDER BY '
            '"albums"."id"'
        ),
        rows=[(False,), (False,), (True,), (True,)],
    )


@feature("Aggregates", "stddev(), variance() and their kin", sqlite="refused")
async def test_statistics(check: Check) -> None:
    await check(
        select(
            fn.stddev_pop(Album.plays).as_("a"),
            fn.var_pop(Album.plays).as_("b"),
            fn.variance(Album.plays).as_("c"),
            fn.stddev(Album.price).filter(Album.id == 1).as_("d"),
            fn.var_samp(Track.seconds).as_("e"),
            fn.stddev_samp(Album.plays).as_("f"),
        )
        .from_(Album)
        .left_join(Track, on=(Track.album_id == Album.id) & (Track.position > 9))
        .where(Album.id < 3),
        postgres=(
            'SELECT stddev_pop("albums"."plays")::double precision AS "a", var_pop("albums"."plays")::double '
            'precision AS "b", var_samp("albums"."plays")::double precision AS "c", stddev_samp("albums"."price") '
            'FILTER (WHERE "albums"."id" = $1)::double precision AS "d", var_samp("tracks"."seconds")::double '
            'precision AS "e", stddev_samp("albums"."plays")::double precision AS "f" FROM "albums" '
            'LEFT JOIN "tracks" ON "tracks"."album_id" = "albums"."id" AND '
            '"tracks"."position" > $2 WHERE "albums"."id" < $3'
        ),
        parameters=[1, 9, 3],
        rows=[(40.0, 1600.0, 3200.0, None, None, 3200**0.5)],
    )


@feature("Aggregates", "percentile_cont(), percentile_disc(), mode()", sqlite="refused")
async def test_sorted_values(check: Check) -> None:
    await check(
        select(
            fn.percentile_cont(0.5).within_group(Album.plays).as_("median"),
            fn.percentile_cont(0.25).within_group(Album.price.desc()).as_("price"),
            fn.percentile_disc(0.5).within_group(Album.title.desc()).as_("title"),
            fn.percentile_disc(1).within_group(Album.price).filter(Album.id < 3).as_("disc"),
            fn.mode().within_group(Album.genre).as_("genre"),
            fn.mode().within_group(Album.released).filter(Album.id > 9).as_("none"),
        ),
        postgres=(
            'SELECT percentile_cont($1::double precision) WITHIN GROUP (ORDER BY "albums"."plays") AS "median", '
            'percentile_cont($2::double precision) WITHIN GROUP (ORDER BY "albums"."price" DESC) AS "price", '
            'percentile_disc($3::double precision) WITHIN GROUP (ORDER BY "albums"."title" DESC) AS "title", '
            'percentile_disc($4::double precision) WITHIN GROUP (ORDER BY "albums"."price") FILTER (WHERE '
            '"albums"."id" < $5) AS "disc", mode() WITHIN GROUP (ORDER BY "albums"."genre") AS "genre", mode() WITHIN '
            'GROUP (ORDER BY "albums"."released") FILTER (WHERE "albums"."id" > $6) AS "none" FROM "albums"'
        ),
        parameters=[0.5, 0.25, 0.5, 1.0, 3, 9],
        rows=[(60.0, 32.875, "Hejira", Decimal("10.50"), Genre.JAZZ, None)],
    )


untyped: Any = fn  # mypy knows these mistakes


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        (lambda: untyped.string_agg(Album.plays, ","), TypeError, "is of texts, not of integer"),
        (lambda: fn.percentile_cont(1.5), ValueError, "from 0 to 1"),
        (lambda: untyped.percentile_cont(0.5).within_group(Album.title), CompileError, "is of numbers, not of text"),
        (lambda: untyped.mode().within_group("title"), TypeError, "sort key"),
        (lambda: select(untyped.mode()), CompileError, r"mode\(\) needs \.within_group"),
        (
            lambda: fn.string_agg(Album.title, ",", order_by=Album.id).over(),
            CompileError,
            "with ORDER BY over a window",
        ),
        (lambda: fn.mode().within_group(Album.id).over(), CompileError, "with WITHIN GROUP over a window"),
    ],
)
def test_aggregates_that_cannot_be(build: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        build()


def test_distinct_and_order() -> None:
    with pytest.raises(CompileError, match="ordered by these values alone"):
        select(fn.array_agg(Album.title, order_by=Album.id).distinct()).compile("postgres")
    with pytest.raises(CompileError, match="has no DISTINCT"):
        select(fn.mode().within_group(Album.title).distinct()).compile("postgres")
    with pytest.raises(UnsupportedError, match="make them distinct in a sub-query"):
        select(fn.string_agg(Album.title, "; ").distinct()).compile("sqlite")


def test_what_sqlite_can_do_instead() -> None:
    refused: list[tuple[Any, str]] = [
        (select(fn.string_agg(Album.title, ",", order_by=Album.id)), "put them together in Python, or nest"),
        (select(fn.array_agg(Event.lasts)), r"nest them with many\("),
        (select(fn.stddev(Album.plays)), "compute it in Python"),
        (select(fn.percentile_disc(0.5).within_group(Event.lasts)), r"fn\.row_number\(\) in a sub-query"),
    ]
    for query, words in refused:
        for dialect in ("sqlite", "d1"):
            with pytest.raises(UnsupportedError, match=words):
                query.compile(dialect)


async def test_intervals_have_a_middle(check: Check) -> None:
    if check.dialect == "postgres":
        await check(
            select(fn.percentile_disc(0.5).within_group(Event.lasts).as_("middle")),
            postgres=(
                'SELECT percentile_disc($1::double precision) WITHIN GROUP (ORDER BY "events"."lasts") AS "middle" '
                'FROM "events"'
            ),
            parameters=[0.5],
            rows=[(timedelta(hours=-2),)],
        )
