"""CAST: one meaning on every engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, cast, col, literal, select
from qb.columns import Column
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Event, Genre, Track


@feature("Expressions", "CAST", sqlite="bridged")
async def test_to_text(check: Check) -> None:
    await check(
        select(
            cast(Album.plays, col.text()),
            cast(Album.price, col.text()),
            cast(Album.live, col.text()),
            cast(Album.released, col.text()),
            cast(Album.genre, col.varchar(2)),
        ).order_by(Album.id),
        sqlite=(
            'SELECT CAST("albums"."plays" AS TEXT), '
            '(substr(\'-\', 1, "albums"."price" < 0) || abs("albums"."price" / 100) || \'.\' || '
            'substr(\'00\' || abs("albums"."price" % 100), -2)), '
            "CASE \"albums\".\"live\" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END, "
            '"albums"."released", substr("albums"."genre", 1, 2) FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT CAST("albums"."plays" AS text), CAST("albums"."price" AS text), CAST("albums"."live" AS text), '
            'CAST(to_char("albums"."released", \'YYYY-MM-DD\') AS text), '
            'CAST("albums"."genre" AS varchar(2)) FROM "albums" ORDER BY "albums"."id"'
        ),
        rows=[
            ("100", "10.50", "false", "1971-06-22", "po"),
            ("20", "9.00", "false", "1976-11-22", "ja"),
            ("300", "9.25", "false", "1959-08-17", "ja"),
            ("0", "100.00", "true", None, None),
        ],
    )


async def test_negative_decimals_to_text(filled: Executor) -> None:
    query = select(
        *[
            cast(literal(Decimal(text)), col.text()).as_(f"x{n}")
            for n, text in enumerate(("-0.05", "-10.50", "0.00", "-3", "1.5"))
        ]
    )
    assert tuple(await filled.fetch_one(query)) == ("-0.05", "-10.50", "0.00", "-3", "1.5")
    assert await filled.fetch_value(
        select(cast(Album.price * Album.price - 111, col.text())).where(Album.id == 1)
    ) == "-0.7500"  # fmt: skip


async def test_moments_to_text_dates_and_times(check: Check) -> None:
    await check(
        select(
            cast(Event.happened, col.date()),
            cast(Event.happened, col.time()),
            cast(Event.happened, col.timestamp(zone=False)),
            cast(Event.noted, col.timestamp()),
            cast(Event.noted, col.date()),
            cast(Event.happened, col.text()),
            cast(Event.starts, col.text()),
        ).order_by(Event.id),
        sqlite=(
            'SELECT substr("events"."happened", 1, 10), substr("events"."happened", 12), "events"."happened", '
            '"events"."noted", substr("events"."noted", 1, 10), "events"."happened", "events"."starts" '
            'FROM "events" ORDER BY "events"."id"'
        ),
        postgres=(
            'SELECT CAST("events"."happened" AT TIME ZONE \'UTC\' AS date), '
            'CAST("events"."happened" AT TIME ZONE \'UTC\' AS time), '
            'CAST("events"."happened" AT TIME ZONE \'UTC\' AS timestamp), '
            '(CAST("events"."noted" AS timestamp) AT TIME ZONE \'UTC\'), '
            'CAST("events"."noted" AS date), '
            "CAST(to_char(\"events\".\"happened\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS text), "
            'CAST(to_char("events"."starts", \'HH24:MI:SS.US\') AS text) '
            'FROM "events" ORDER BY "events"."id"'
        ),
        rows=[
            (
                date(2024, 2, 29),
                time(23, 59, 58, 999999),
                datetime(2024, 2, 29, 23, 59, 58, 999999),
                datetime(2024, 3, 1, 0, 59, 58, tzinfo=UTC),
                date(2024, 3, 1),
                "2024-02-29 23:59:58.999999",
                "09:30:15.250000",
            ),
            (
                date(2024, 12, 31),
                time(12),
                datetime(2024, 12, 31, 12),
                datetime(1, 1, 1, 1, tzinfo=UTC),
                date(1, 1, 1),
                "2024-12-31 12:00:00.000000",
                "00:00:00.000000",
            ),
        ],
    )


async def test_dates_to_timestamps(filled: Executor) -> None:
    query = select(cast(Album.released, col.timestamp()), cast(Album.released, col.timestamp(zone=False)))
    rows = await filled.fetch_all(query.where(Album.id.in_([1, 4])).order_by(Album.id))
    assert rows == [(datetime(1971, 6, 22, tzinfo=UTC), datetime(1971, 6, 22)), (None, None)]


async def test_numbers_round_half_away_from_zero(check: Check) -> None:
    await check(
        select(
            cast(Album.price, col.integer()),
            cast(-Album.price, col.numeric(10, 0)),
            cast(Track.seconds, col.integer()),
            cast(-Track.seconds, col.bigint()),
            cast(Album.plays, col.numeric(10, 3)),
            cast(Album.price, col.real()),
        )
        .from_(Album)
        .join(Track, on=Track.album_id == Album.id)
        .where(Album.id == 1, Track.position == 1),
        sqlite=(
            'SELECT (("albums"."price" + CASE WHEN "albums"."price" < 0 THEN -50 ELSE 50 END) / 100), '
            '(((-"albums"."price") + CASE WHEN (-"albums"."price") < 0 THEN -50 ELSE 50 END) / 100), '
            'CAST(round("tracks"."seconds") AS INTEGER), CAST(round(-"tracks"."seconds") AS INTEGER), '
            '("albums"."plays" * 1000), ("albums"."price" / 100.0) FROM "albums" INNER JOIN "tracks" ON '
            '"tracks"."album_id" = "albums"."id" WHERE "albums"."id" = ? AND "tracks"."position" = ?'
        ),
        postgres=(
            'SELECT CAST("albums"."price" AS integer), CAST(-"albums"."price" AS numeric(10, 0)), '
            'CAST(round(CAST("tracks"."seconds" AS numeric)) AS integer), '
            'CAST(round(CAST(-"tracks"."seconds" AS numeric)) AS bigint), '
            'CAST("albums"."plays" AS numeric(10, 3)), CAST("albums"."price" AS double precision) FROM "albums" '
            'INNER JOIN "tracks" ON "tracks"."album_id" = "albums"."id" WHERE "albums"."id" = $1 AND '
            '"tracks"."position" = $2'
        ),
        parameters=[1, 1],
        rows=[(11, Decimal(-11), 215, -215, Decimal(100), 10.5)],
    )


@pytest.mark.parametrize("value", [0.5, 1.5, 2.5, -0.5, -2.5, 2.4999])
async def test_floats_to_whole_numbers(filled: Executor, value: float) -> None:
    away = int(abs(value) + 0.5) * (1 if value > 0 else -1)
    assert await filled.fetch_value(select(cast(literal(value), col.integer()))) == away


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"), (" -1.005", "-1.01"), ("0.005", "0.01"), ("-0.004", "0"), ("-.5", "-0.5"), ("+3.1", "3.1"),
        ("1.0049999999999999999999", "1.00"), ("99999999.99", "99999999.99"), ("-0", "0"), ("7.", "7"),
    ],
)  # fmt: skip
async def test_texts_to_decimals_are_exact(filled: Executor, text: str, number: str) -> None:
    assert await filled.fetch_value(select(cast(literal(text), col.numeric(10, 2)))) == Decimal(number)


async def test_texts_to_numbers(filled: Executor) -> None:
    query = select(
        cast(literal(" 42 "), col.integer()),
        cast(literal("-7"), col.smallint()),
        cast(literal("1.5e3"), col.real()),
        cast(Artist.country, col.varchar(1)),
        cast(cast(Artist.country, col.text()), col.numeric(5, 2)),
    )
    assert await filled.fetch_all(query.where(Artist.id == 3)) == [(42, -7, 1500.0, None, None)]


async def test_truth_values(check: Check) -> None:
    await check(
        select(cast(Album.live, col.integer()), cast(Album.live, col.bigint()), cast(Album.plays, col.boolean()))
        .where(Album.id > 2)
        .order_by(Album.id),
        sqlite=(
            'SELECT CAST("albums"."live" AS INTEGER), CAST("albums"."live" AS INTEGER), ("albums"."plays" <> 0) '
            'FROM "albums" WHERE "albums"."id" > ? ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT CAST("albums"."live" AS integer), CAST(CAST("albums"."live" AS integer) AS bigint), '
            '("albums"."plays" <> 0) FROM "albums" WHERE "albums"."id" > $1 ORDER BY "albums"."id"'
        ),
        parameters=[2],
        rows=[(0, 0, True), (1, 1, False)],
    )


async def test_decimals_of_a_cast_compare_as_their_new_type(filled: Executor) -> None:
    query = select(Album.id).where(cast(Album.plays, col.numeric(10, 3)) == Album.price * 2 - 1)
    assert await filled.fetch_all(query) == []
    assert await filled.fetch_all(select(Album.id).where(cast(Album.price, col.text()) == "9.25")) == [(3,)]
    rounded = select(cast(literal(Decimal("2.345")), col.numeric(5, 2)), cast(literal(1.25), col.numeric(5, 1)))
    assert await filled.fetch_all(rounded) == [(Decimal("2.35"), Decimal("1.3"))]


@feature("Expressions", "CAST of a text to a date, UUID or enum", sqlite="refused")
async def test_texts_to_what_sqlite_keeps_in_one_form(check: Check) -> None:
    await check(
        select(cast(literal("1971-06-22"), col.date()), cast(literal("jazz"), col.enum(Genre))),
        postgres='SELECT CAST($1::text AS date), CAST($2::text AS "genre")',
        parameters=["1971-06-22", "jazz"],
        rows=[(date(1971, 6, 22), Genre.JAZZ)],
    )


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(UnsupportedError, match="convert the value in Python"):
        select(cast(Artist.name, col.uuid())).compile("sqlite")  # type: ignore[qb-dialect]  # the mistake


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Track.seconds, col.text()), (Event.lasts, col.text()), (Album.released, col.integer()),
        (Album.live, col.real()), (Event.starts, col.date()), (Album.title, col.timestamp()),
        (Album.title, col.blob()), (Album.id, col.enum(Genre)), (Album.price, col.boolean()),
    ],
)  # fmt: skip
def test_what_engines_do_not_agree_on(value: Any, kind: Column[Any, Any, Any]) -> None:
    with pytest.raises(CompileError, match=r"no engine-independent cast of .* say it with sql"):
        cast(value, kind)


def test_cast_takes_an_expression_and_a_kind() -> None:
    with pytest.raises(TypeError, match=r"col\.integer"):
        cast(Album.id, int)  # type: ignore[arg-type]  # a mistake on purpose
    with pytest.raises(TypeError, match=r"value of cast"):
        cast("5", col.integer())  # type: ignore[arg-type]  # a mistake on purpose
