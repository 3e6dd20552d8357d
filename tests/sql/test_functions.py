"""Functions and arithmetic: one meaning on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qb import Executor, fn, insert, literal, select
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Event, Track


@feature("Functions", "lower(), upper(), length(), trim(), ltrim(), rtrim(), replace()")
async def test_texts(check: Check) -> None:
    name = Artist.name
    await check(
        select(
            fn.lower(name),
            fn.upper(name),
            fn.length(name),
            fn.replace(name, "n", "_"),
            fn.trim(literal("  a ")),
            fn.ltrim(literal("  a ")),
            fn.rtrim(literal("  a ")),
        ).where(Artist.id == 3),
        sqlite=(
            'SELECT lower("artists"."name"), upper("artists"."name"), length("artists"."name"), '
            'replace("artists"."name", ?, ?), trim(?), ltrim(?), rtrim(?) FROM "artists" WHERE '
            '"artists"."id" = ?'
        ),
        postgres=(
            'SELECT lower("artists"."name"), upper("artists"."name"), length("artists"."name"), '
            'replace("artists"."name", $1::text, $2::text), trim($3::text), ltrim($4::text), '
            'rtrim($5::text) FROM "artists" WHERE "artists"."id" = $6'
        ),
        parameters=["n", "_", "  a ", "  a ", "  a ", 3],
        rows=[("nina", "NINA", 4, "Ni_a", "a", "a ", "  a")],
    )


@feature("Functions", "substring()")
async def test_substring_counts_from_one(check: Check) -> None:
    query = select(
        fn.substring(Artist.name, 2), fn.substring(Artist.name, 1, 2), fn.substring(Artist.name, Artist.id, 9)
    )
    await check(
        query.where(Artist.id == 3),
        sqlite=(
            'SELECT substr("artists"."name", ?), substr("artists"."name", ?, ?), substr("artists"."name", '
            '"artists"."id", ?) FROM "artists" WHERE "artists"."id" = ?'
        ),
        postgres=(
            'SELECT substr("artists"."name", $1::integer), substr("artists"."name", $2::integer, '
            '$3::integer), substr("artists"."name", "artists"."id", $4::integer) FROM "artists" WHERE '
            '"artists"."id" = $5'
        ),
        parameters=[2, 1, 2, 9, 3],
        rows=[("ina", "Ni", "na")],
    )


@pytest.mark.parametrize(("start", "length"), [(0, None), (-1, None), (1, -1)])
def test_substring_from_outside_of_the_text(start: int, length: int | None) -> None:
    """SQLite counts from the end there, PostgreSQL does not."""
    with pytest.raises(ValueError, match="counts from 1"):
        fn.substring(Artist.name, start, length)


@feature("Functions", "concat()", sqlite="bridged")
async def test_concat_takes_null_for_empty(check: Check) -> None:
    await check(
        select(fn.concat(Artist.name, " (", Artist.country, ")"), Artist.name + " " + Artist.country)
        .where(Artist.id > 1)
        .order_by(Artist.id),
        sqlite=(
            'SELECT (coalesce("artists"."name", \'\') || coalesce(?, \'\') || coalesce("artists"."country", '
            '\'\') || coalesce(?, \'\')), "artists"."name" || ? || "artists"."country" FROM "artists" WHERE '
            '"artists"."id" > ? ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT concat("artists"."name", $1::text, "artists"."country", $2::text), "artists"."name" '
            '|| $3 || "artists"."country" FROM "artists" WHERE "artists"."id" > $4 ORDER BY '
            '"artists"."id"'
        ),
        parameters=[" (", ")", " ", 1],
        rows=[("Miles (US)", "Miles US"), ("Nina ()", None)],
    )


@feature("Expressions", "texts joined: +")
async def test_texts_join_with_plus_from_either_side(check: Check) -> None:
    query = select("<" + Artist.name + ">", Artist.name + Artist.id).where(Artist.id == 1)  # type: ignore[qb-type]  # a mistake on purpose
    await check(
        query,
        sqlite=(
            'SELECT ? || "artists"."name" || ?, "artists"."name" || "artists"."id" FROM "artists" WHERE '
            '"artists"."id" = ?'
        ),
        postgres=(
            'SELECT $1::text || "artists"."name" || $2, "artists"."name" || "artists"."id" FROM "artists" '
            'WHERE "artists"."id" = $3'
        ),
        parameters=["<", ">", 1],
        rows=[("<Joni>", "Joni1")],
    )


@pytest.mark.parametrize("value", [Album.price, Album.live, Track.seconds, Event.happened, 1.5, Decimal(1), True])
def test_what_engines_write_in_different_ways_is_no_text(value: object) -> None:
    with pytest.raises(TypeError, match="no text"):
        fn.concat(Album.title, value)
    with pytest.raises(TypeError, match="no text"):
        Album.title + value  # type: ignore[qb-type]  # a mistake on purpose


def test_concat_of_nothing() -> None:
    with pytest.raises(TypeError, match="concat"):
        fn.concat()


@feature("Functions", "coalesce(), nullif()")
async def test_coalesce(check: Check) -> None:
    await check(
        select(fn.coalesce(Artist.country, Artist.name), fn.coalesce(Artist.country, "-")).order_by(Artist.id),
        sqlite=(
            'SELECT coalesce("artists"."country", "artists"."name"), coalesce("artists"."country", ?) '
            'FROM "artists" ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT coalesce("artists"."country", "artists"."name"), coalesce("artists"."country", '
            '$1::text) FROM "artists" ORDER BY "artists"."id"'
        ),
        parameters=["-"],
        rows=[("CA", "CA"), ("US", "US"), ("Nina", "-")],
    )


async def test_coalesce_of_decimals_of_two_scales(check: Check) -> None:
    await check(
        select(
            fn.coalesce(Track.fee, Album.price), fn.coalesce(Track.fee, 2), fn.coalesce(Track.fee, Decimal("0.00001"))
        )
        .from_(Track)
        .join(Album, on=Track.album_id == Album.id)
        .where(Track.album_id == 3)
        .order_by(Track.position),
        sqlite=(
            'SELECT coalesce("tracks"."fee", ("albums"."price" * 100)), coalesce("tracks"."fee", ?), '
            'coalesce(("tracks"."fee" * 10), ?) FROM "tracks" INNER JOIN "albums" ON "tracks"."album_id" '
            '= "albums"."id" WHERE "tracks"."album_id" = ? ORDER BY "tracks"."position"'
        ),
        postgres=(
            'SELECT coalesce("tracks"."fee", "albums"."price"), coalesce("tracks"."fee", $1::numeric), '
            'coalesce("tracks"."fee", $2::numeric) FROM "tracks" INNER JOIN "albums" ON '
            '"tracks"."album_id" = "albums"."id" WHERE "tracks"."album_id" = $3 ORDER BY '
            '"tracks"."position"'
        ),
        parameters=[20000, 1, 3],
        postgres_parameters=[Decimal("2"), Decimal("0.00001"), 3],
        rows=[(Decimal("9.25"), Decimal(2), Decimal("0.00001")), (Decimal("0.1"), Decimal("0.1"), Decimal("0.1"))],
    )


async def test_whole_numbers_among_floats_are_floats(check: Check) -> None:
    await check(
        select(fn.coalesce(Track.seconds, Track.position), fn.lag(Track.seconds, 1, 0).over(order_by=Track.position))
        .where(Track.album_id == 3)
        .order_by(Track.position),
        sqlite=(
            'SELECT coalesce("tracks"."seconds", CAST("tracks"."position" AS REAL)), lag("tracks"."seconds", ?, ?) '
            'OVER (ORDER BY "tracks"."position") FROM "tracks" WHERE "tracks"."album_id" = ? '
            'ORDER BY "tracks"."position"'
        ),
        postgres=(
            'SELECT coalesce("tracks"."seconds", "tracks"."position"), lag("tracks"."seconds", $1::integer, '
            '$2::double precision) OVER (ORDER BY "tracks"."position") FROM "tracks" WHERE "tracks"."album_id" = $3 '
            'ORDER BY "tracks"."position"'
        ),
        parameters=[1, 0.0, 3],
        rows=[(562.25, 0.0), (2.0, 562.25)],
    )


def test_coalesce_of_a_decimal_and_a_float() -> None:
    with pytest.raises(TypeError, match="float beside a decimal"):
        fn.coalesce(Album.price, 1.5)
    with pytest.raises(TypeError, match="float beside a decimal"):
        fn.nullif(Album.price, Track.seconds)


@feature("Functions", "coalesce(), nullif()")
async def test_nullif(check: Check) -> None:
    await check(
        select(fn.nullif(Album.plays, 0), Album.plays / fn.nullif(Album.plays, 0))
        .where(Album.id.in_([1, 4]))
        .order_by(Album.id),
        sqlite=(
            'SELECT nullif("albums"."plays", ?), CAST("albums"."plays" AS REAL) / '
            'CAST(nullif("albums"."plays", ?) AS REAL) FROM "albums" WHERE "albums"."id" IN (?, ?) ORDER '
            'BY "albums"."id"'
        ),
        postgres=(
            'SELECT nullif("albums"."plays", $1::integer), "albums"."plays"::double precision / '
            'nullif("albums"."plays", $2::integer)::double precision FROM "albums" WHERE "albums"."id" IN '
            '($3, $4) ORDER BY "albums"."id"'
        ),
        parameters=[0, 0, 1, 4],
        rows=[(100, 1.0), (None, None)],
    )


async def test_nullif_of_decimals_of_two_scales(check: Check) -> None:
    await check(
        select(fn.nullif(Album.price, Decimal("9.0000")), fn.nullif(Album.price, Track.fee))
        .from_(Album)
        .join(Track, on=(Track.album_id == 1) & (Track.position == 2))
        .where(Album.id < 3)
        .order_by(Album.id),
        sqlite=(
            'SELECT nullif(("albums"."price" * 100), ?), nullif(("albums"."price" * 100), "tracks"."fee") '
            'FROM "albums" INNER JOIN "tracks" ON "tracks"."album_id" = ? AND "tracks"."position" = ? '
            'WHERE "albums"."id" < ? ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT nullif("albums"."price", $1::numeric), nullif("albums"."price", "tracks"."fee") FROM '
            '"albums" INNER JOIN "tracks" ON "tracks"."album_id" = $2 AND "tracks"."position" = $3 WHERE '
            '"albums"."id" < $4 ORDER BY "albums"."id"'
        ),
        parameters=[90000, 1, 2, 3],
        postgres_parameters=[Decimal("9.0000"), 1, 2, 3],
        rows=[(Decimal("10.5"), None), (None, Decimal(9))],
    )


@feature("Functions", "abs()")
async def test_abs_and_negation(check: Check) -> None:
    await check(
        select(fn.abs(Album.plays - 200), -Album.plays, -(-Album.plays), fn.abs(-Album.price)).where(Album.id == 1),  # noqa: B002  # two signs are meant
        sqlite=(
            'SELECT abs("albums"."plays" - ?), -"albums"."plays", -(-"albums"."plays"), '
            'abs(-"albums"."price") FROM "albums" WHERE "albums"."id" = ?'
        ),
        parameters=[200, 1],
        rows=[(100, -100, 100, Decimal("10.5"))],
    )


@feature("Functions", "round() of decimals", sqlite="bridged")
async def test_decimals_round_half_away_from_zero(check: Check) -> None:
    await check(
        select(
            fn.round(Album.price),
            fn.round(-Album.price),
            fn.round(Album.price, 1),
            fn.round(Album.price, 5),
            fn.round(Album.price, -1),
        ).where(Album.id == 1),
        sqlite=(
            'SELECT (("albums"."price" + CASE WHEN "albums"."price" < 0 THEN -50 ELSE 50 END) / 100), '
            '(((-"albums"."price") + CASE WHEN (-"albums"."price") < 0 THEN -50 ELSE 50 END) / 100), '
            '(("albums"."price" + CASE WHEN "albums"."price" < 0 THEN -5 ELSE 5 END) / 10), '
            '"albums"."price", (("albums"."price" + CASE WHEN "albums"."price" < 0 THEN -500 ELSE 500 '
            'END) / 1000) FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT round("albums"."price", $1::integer), round((-"albums"."price"), $2::integer), '
            'round("albums"."price", $3::integer), round("albums"."price", $4::integer), '
            'round("albums"."price", $5::integer) FROM "albums" WHERE "albums"."id" = $6'
        ),
        parameters=[1],
        postgres_parameters=[0, 0, 1, 5, -1, 1],
        rows=[(Decimal(11), Decimal(-11), Decimal("10.5"), Decimal("10.5"), Decimal(10))],
    )


@feature("Functions", "round() of floats", postgres="bridged")
async def test_floats_round_half_away_from_zero(check: Check) -> None:
    await check(
        select(
            fn.round(Track.seconds), fn.round(-Track.seconds), fn.round(Track.seconds, 1), fn.round(Track.seconds, -2)
        ).where(Track.album_id == 1, Track.position == 1),
        sqlite=(
            'SELECT round("tracks"."seconds", ?), round(-"tracks"."seconds", ?), '
            'round("tracks"."seconds", ?), (round("tracks"."seconds" / 100.0) * 100.0) FROM "tracks" '
            'WHERE "tracks"."album_id" = ? AND "tracks"."position" = ?'
        ),
        postgres=(
            'SELECT round("tracks"."seconds"::numeric, $1::integer)::double precision, '
            'round((-"tracks"."seconds")::numeric, $2::integer)::double precision, '
            'round("tracks"."seconds"::numeric, $3::integer)::double precision, '
            'round("tracks"."seconds"::numeric, $4::integer)::double precision FROM "tracks" WHERE '
            '"tracks"."album_id" = $5 AND "tracks"."position" = $6'
        ),
        parameters=[0, 0, 1, 1, 1],
        postgres_parameters=[0, 0, 1, -2, 1, 1],
        rows=[(215.0, -215.0, 214.5, 200.0)],
    )


async def test_integers_stay_integers_when_rounded(check: Check, filled: Executor) -> None:
    query = select(fn.round(Album.plays), fn.round(Album.plays + 50, -2), fn.round(-Album.plays - 50, -2)).where(
        Album.id == 1
    )
    await check(
        query,
        sqlite=(
            'SELECT "albums"."plays", (((("albums"."plays" + ?) + CASE WHEN ("albums"."plays" + ?) < 0 '
            'THEN -50 ELSE 50 END) / 100) * 100), ((((-"albums"."plays" - ?) + CASE WHEN '
            '(-"albums"."plays" - ?) < 0 THEN -50 ELSE 50 END) / 100) * 100) FROM "albums" WHERE '
            '"albums"."id" = ?'
        ),
        postgres=(
            'SELECT round("albums"."plays", $1::integer)::integer, round(("albums"."plays" + $2), '
            '$3::integer)::integer, round((-"albums"."plays" - $4), $5::integer)::integer FROM "albums" '
            'WHERE "albums"."id" = $6'
        ),
        parameters=[50, 50, 50, 50, 1],
        postgres_parameters=[0, 50, -2, 50, -2, 1],
        rows=[(100, 200, -200)],
    )
    assert all(type(value) is int for value in await filled.fetch_one(query))


@feature("Expressions", "arithmetic of whole numbers: + - * // %")
async def test_integer_arithmetic(check: Check) -> None:
    plays = Album.plays
    await check(
        select(
            plays + 1,
            plays - 1,
            plays * 2,
            1 + plays,
            1000 - plays,
            2 * plays,
            plays % 7,
            -plays // 7,
            -plays % 7,
            1000 // plays,
            1000 % plays,
        ).where(Album.id == 3),
        sqlite=(
            'SELECT "albums"."plays" + ?, "albums"."plays" - ?, "albums"."plays" * ?, ? + '
            '"albums"."plays", ? - "albums"."plays", ? * "albums"."plays", "albums"."plays" % ?, '
            '-"albums"."plays" / ?, -"albums"."plays" % ?, ? / "albums"."plays", ? % "albums"."plays" '
            'FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT "albums"."plays" + $1, "albums"."plays" - $2, "albums"."plays" * $3, $4::integer + '
            '"albums"."plays", $5::integer - "albums"."plays", $6::integer * "albums"."plays", '
            '"albums"."plays" % $7, -"albums"."plays" / $8, -"albums"."plays" % $9, $10::integer / '
            '"albums"."plays", $11::integer % "albums"."plays" FROM "albums" WHERE "albums"."id" = $12'
        ),
        parameters=[1, 1, 2, 1, 1000, 2, 7, 7, 7, 1000, 1000, 3],
        rows=[(301, 299, 600, 301, 700, 600, 6, -42, -6, 3, 100)],
    )


@feature("Expressions", "true division: /", sqlite="bridged", postgres="bridged")
async def test_true_division_is_a_float(check: Check) -> None:
    await check(
        select(Album.plays / 8, Album.price / 4, 1 / Album.plays, Track.seconds / 2, Album.plays / Album.price)
        .from_(Album)
        .join(Track, on=(Track.album_id == Album.id) & (Track.position == 1))
        .where(Album.id == 1),
        sqlite=(
            'SELECT CAST("albums"."plays" AS REAL) / CAST(? AS REAL), ("albums"."price" / 100.0) / (? / '
            '100.0), CAST(? AS REAL) / CAST("albums"."plays" AS REAL), CAST("tracks"."seconds" AS REAL) / '
            'CAST(? AS REAL), CAST("albums"."plays" AS REAL) / ("albums"."price" / 100.0) FROM "albums" '
            'INNER JOIN "tracks" ON "tracks"."album_id" = "albums"."id" AND "tracks"."position" = ? WHERE '
            '"albums"."id" = ?'
        ),
        postgres=(
            'SELECT "albums"."plays"::double precision / $1::integer::double precision, '
            '"albums"."price"::double precision / $2::numeric::double precision, $3::integer::double '
            'precision / "albums"."plays"::double precision, "tracks"."seconds"::double precision / '
            '$4::double precision::double precision, "albums"."plays"::double precision / '
            '"albums"."price"::double precision FROM "albums" INNER JOIN "tracks" ON "tracks"."album_id" '
            '= "albums"."id" AND "tracks"."position" = $5 WHERE "albums"."id" = $6'
        ),
        parameters=[8, 400, 1, 2.0, 1, 1],
        postgres_parameters=[8, Decimal("4"), 1, 2.0, 1, 1],
        rows=[(12.5, 2.625, 0.01, 107.25, 100 / 10.5)],
    )


@feature("Expressions", "arithmetic of decimals", sqlite="bridged")
async def test_arithmetic_of_decimals(check: Check) -> None:
    price, fee = Album.price, Track.fee
    await check(
        select(
            price + fee,
            price - fee,
            price * fee,
            price * 3,
            price + 1,
            price * Decimal("0.125"),
            fee - price,
            price // fee,
            price % fee,
            price % 4,
            2 - price,
        )
        .from_(Album)
        .join(Track, on=(Track.album_id == Album.id) & (Track.position == 1))
        .where(Album.id == 1),
        sqlite=(
            'SELECT ("albums"."price" * 100) + "tracks"."fee", ("albums"."price" * 100) - "tracks"."fee", '
            '"albums"."price" * "tracks"."fee", "albums"."price" * ?, "albums"."price" + ?, '
            '"albums"."price" * ?, "tracks"."fee" - ("albums"."price" * 100), ("albums"."price" * 100) / '
            '"tracks"."fee", ("albums"."price" * 100) % "tracks"."fee", "albums"."price" % ?, ? - '
            '"albums"."price" FROM "albums" INNER JOIN "tracks" ON "tracks"."album_id" = "albums"."id" '
            'AND "tracks"."position" = ? WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT "albums"."price" + "tracks"."fee", "albums"."price" - "tracks"."fee", '
            '"albums"."price" * "tracks"."fee", "albums"."price" * $1, "albums"."price" + $2, '
            '"albums"."price" * $3, "tracks"."fee" - "albums"."price", div("albums"."price", '
            '"tracks"."fee"), "albums"."price" % "tracks"."fee", "albums"."price" % $4, $5::numeric - '
            '"albums"."price" FROM "albums" INNER JOIN "tracks" ON "tracks"."album_id" = "albums"."id" '
            'AND "tracks"."position" = $6 WHERE "albums"."id" = $7'
        ),
        parameters=[300, 100, 125, 400, 200, 1, 1],
        postgres_parameters=[Decimal("3"), Decimal("1"), Decimal("0.125"), Decimal("4"), Decimal("2"), 1, 1],
        rows=[
            (
                Decimal("10.5525"),
                Decimal("10.4475"),
                Decimal("0.55125"),
                Decimal("31.5"),
                Decimal("11.5"),
                Decimal("1.3125"),
                Decimal("-10.4475"),
                Decimal(200),
                Decimal(0),
                Decimal("2.5"),
                Decimal("-8.5"),
            )
        ],
    )


@feature("Expressions", "arithmetic of decimals and floats", sqlite="bridged", postgres="bridged")
async def test_decimals_and_floats_make_floats(check: Check) -> None:
    query = select(Album.price * 0.5, Album.price + 0.25, 1.0 - Album.price).where(Album.id == 1)
    await check(
        query,
        sqlite=(
            'SELECT ("albums"."price" / 100.0) * CAST(? AS REAL), ("albums"."price" / 100.0) + CAST(? AS '
            'REAL), CAST(? AS REAL) - ("albums"."price" / 100.0) FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT "albums"."price" * $1::double precision, "albums"."price" + $2::double precision, '
            '$3::double precision - "albums"."price" FROM "albums" WHERE "albums"."id" = $4'
        ),
        parameters=[0.5, 0.25, 1.0, 1],
        rows=[(5.25, 10.75, -9.5)],
    )


async def test_integers_and_floats_make_floats(check: Check) -> None:
    await check(
        select(Album.plays * 0.5, Album.plays + Track.seconds)
        .from_(Album)
        .join(Track, on=(Track.album_id == Album.id) & (Track.position == 2))
        .where(Album.id == 1),
        sqlite=(
            'SELECT "albums"."plays" * ?, "albums"."plays" + "tracks"."seconds" FROM "albums" INNER JOIN '
            '"tracks" ON "tracks"."album_id" = "albums"."id" AND "tracks"."position" = ? WHERE '
            '"albums"."id" = ?'
        ),
        postgres=(
            'SELECT "albums"."plays" * $1::double precision, "albums"."plays" + "tracks"."seconds" FROM '
            '"albums" INNER JOIN "tracks" ON "tracks"."album_id" = "albums"."id" AND "tracks"."position" '
            '= $2 WHERE "albums"."id" = $3'
        ),
        parameters=[0.5, 2, 1],
        rows=[(50.0, 313.0)],
    )


@feature("Dates and times", "sums of intervals", sqlite="bridged")
async def test_intervals_are_added_and_subtracted(check: Check) -> None:
    query = select(Event.lasts + timedelta(hours=1), Event.lasts - Event.lasts).where(Event.id == 2)
    await check(
        query,
        sqlite=(
            'SELECT "events"."lasts" + ?, "events"."lasts" - "events"."lasts" FROM "events" WHERE "events"."id" = ?'
        ),
        parameters=[3600000000, 2],
        postgres_parameters=[timedelta(seconds=3600), 2],
        rows=[(timedelta(hours=-1), timedelta(0))],
    )


@pytest.mark.parametrize(
    "build",
    [
        lambda: Event.starts + timedelta(days=1),  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Album.released - Event.happened,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Album.live + 1,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Album.title - "x",  # type: ignore[qb-type]  # a mistake on purpose
        lambda: 5 + Album.title,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Event.lasts * 2,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Event.lasts / 2,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Album.genre + "x",  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Track.seconds // 2,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Track.seconds % 2,  # type: ignore[qb-type]  # a mistake on purpose
        lambda: Album.plays // 1.5,  # type: ignore[qb-type]  # a mistake on purpose
    ],
)
def test_arithmetic_that_engines_do_in_different_ways(build: Callable[[], object]) -> None:
    with pytest.raises(
        TypeError, match=r"no engine-independent meaning of|for whole numbers and decimals, not for floats"
    ):
        build()


@feature("Dates and times", "year(), month(), day(), hour(), minute(), second()", sqlite="bridged")
async def test_parts_of_a_moment_are_in_utc(check: Check) -> None:
    when = Event.happened
    await check(
        select(fn.year(when), fn.month(when), fn.day(when), fn.hour(when), fn.minute(when), fn.second(when)).order_by(
            Event.id
        ),
        sqlite=(
            'SELECT CAST(substr("events"."happened", 1, 4) AS INTEGER), CAST(substr("events"."happened", '
            '6, 2) AS INTEGER), CAST(substr("events"."happened", 9, 2) AS INTEGER), '
            'CAST(substr("events"."happened", 12, 2) AS INTEGER), CAST(substr("events"."happened", 15, 2) '
            'AS INTEGER), CAST(substr("events"."happened", 18, 2) AS INTEGER) FROM "events" ORDER BY '
            '"events"."id"'
        ),
        postgres=(
            'SELECT (extract(year FROM "events"."happened" AT TIME ZONE \'UTC\'))::integer, (extract(month '
            'FROM "events"."happened" AT TIME ZONE \'UTC\'))::integer, (extract(day FROM '
            '"events"."happened" AT TIME ZONE \'UTC\'))::integer, (extract(hour FROM "events"."happened" AT '
            'TIME ZONE \'UTC\'))::integer, (extract(minute FROM "events"."happened" AT TIME ZONE '
            '\'UTC\'))::integer, trunc(extract(second FROM "events"."happened" AT TIME ZONE '
            '\'UTC\'))::integer FROM "events" ORDER BY "events"."id"'
        ),
        rows=[(2024, 2, 29, 23, 59, 58), (2024, 12, 31, 12, 0, 0)],
    )


async def test_parts_of_other_times(check: Check) -> None:
    await check(
        select(
            fn.year(Event.noted),
            fn.hour(Event.noted),
            fn.second(Event.noted),
            fn.hour(Event.starts),
            fn.minute(Event.starts),
            fn.second(Event.starts),
        ).order_by(Event.id),
        sqlite=(
            'SELECT CAST(substr("events"."noted", 1, 4) AS INTEGER), CAST(substr("events"."noted", 12, 2) '
            'AS INTEGER), CAST(substr("events"."noted", 18, 2) AS INTEGER), '
            'CAST(substr("events"."starts", 1, 2) AS INTEGER), CAST(substr("events"."starts", 4, 2) AS '
            'INTEGER), CAST(substr("events"."starts", 7, 2) AS INTEGER) FROM "events" ORDER BY '
            '"events"."id"'
        ),
        postgres=(
            'SELECT (extract(year FROM "events"."noted"))::integer, (extract(hour FROM '
            '"events"."noted"))::integer, trunc(extract(second FROM "events"."noted"))::integer, '
            '(extract(hour FROM "events"."starts"))::integer, (extract(minute FROM '
            '"events"."starts"))::integer, trunc(extract(second FROM "events"."starts"))::integer FROM '
            '"events" ORDER BY "events"."id"'
        ),
        rows=[(2024, 0, 58, 9, 30, 15), (1, 1, 0, 0, 0, 0)],
    )


@feature("Dates and times", "year(), month(), day(), hour(), minute(), second()", sqlite="bridged")
async def test_parts_of_a_date(check: Check) -> None:
    query = (
        select(fn.year(Album.released), fn.month(Album.released), fn.day(Album.released))
        .where(Album.id.in_([1, 4]))
        .order_by(Album.id)
    )
    await check(
        query,
        sqlite=(
            'SELECT CAST(substr("albums"."released", 1, 4) AS INTEGER), CAST(substr("albums"."released", '
            '6, 2) AS INTEGER), CAST(substr("albums"."released", 9, 2) AS INTEGER) FROM "albums" WHERE '
            '"albums"."id" IN (?, ?) ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT (extract(year FROM "albums"."released"))::integer, (extract(month FROM '
            '"albums"."released"))::integer, (extract(day FROM "albums"."released"))::integer FROM '
            '"albums" WHERE "albums"."id" IN ($1, $2) ORDER BY "albums"."id"'
        ),
        parameters=[1, 4],
        rows=[(1971, 6, 22), (None, None, None)],
    )


@feature("Dates and times", "now(), current_date()", sqlite="bridged")
async def test_now_is_a_moment_like_those_that_are_stored(filled: Executor) -> None:
    query = (
        select(fn.now().as_("now"), fn.current_date().as_("today"), (fn.now() > Event.happened).as_("later"))
        .from_(Event)
        .where(Event.id == 1)
    )
    row = await filled.fetch_one(query)
    now, today, later = row
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert today in {now.date(), now.date() - timedelta(days=1), now.date() + timedelta(days=1)}
    assert later is True


async def test_now_compares_with_a_moment_that_was_stored(filled: Executor) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    await filled.execute(
        insert(Event).values(
            id=9, happened=fn.now(), noted=datetime(2024, 1, 1), starts=datetime(1, 1, 1).time(), lasts=timedelta()
        )
    )
    rows = await filled.fetch_all(
        select(Event.id).where(Event.happened <= fn.now(), Event.happened < soon, Event.id == 9)
    )
    assert rows == [(9,)]


@feature("Expressions", "literals")
@pytest.mark.parametrize(
    ("value", "same"),
    [
        (5, 5),
        ("x", "x"),
        (True, True),
        (1.5, 1.5),
        (b"\0\xff", b"\0\xff"),
        (2**40, 2**40),
        (Decimal("1.25"), Decimal("1.25")),
        (date(2024, 1, 2), date(2024, 1, 2)),
        (timedelta(days=-1), timedelta(days=-1)),
        (datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)),
        (datetime(2024, 1, 2), datetime(2024, 1, 2)),
    ],
)
async def test_a_literal_comes_back(filled: Executor, value: object, same: object) -> None:
    found = await filled.fetch_value(select(literal(value).as_("x")))
    assert found == same
    assert type(found) is type(same)


@pytest.mark.parametrize("value", [None, object(), [1], {"a": 1}, 1j])
def test_a_literal_of_no_known_type(value: object) -> None:
    with pytest.raises(TypeError, match="no SQL type"):
        literal(value)
