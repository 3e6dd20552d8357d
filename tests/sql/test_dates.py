"""Calculating with dates and timestamps: one meaning on every engine, to the microsecond."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from qb import Executor, fn, literal, select
from qb.errors import CompileError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Event

HOUR = timedelta(hours=1)


@feature("Dates and times", "dates and intervals", sqlite="bridged")
async def test_dates_and_intervals(check: Check) -> None:
    released = Album.released
    await check(
        select(released + timedelta(days=9), released - HOUR, released - date(1971, 6, 1))
        .where(Album.id.in_([1, 4]))
        .order_by(Album.id),
        sqlite=(
            'SELECT date((((strftime(\'%s\', "albums"."released") + 62135596800) * 1000000) + ?) / 1000000 - '
            "62135596800, 'unixepoch'), "
            'date((((strftime(\'%s\', "albums"."released") + 62135596800) * 1000000) - ?) / 1000000 - '
            "62135596800, 'unixepoch'), "
            "(((strftime('%s', \"albums\".\"released\")) * 1000000) - ((strftime('%s', ?)) * 1000000)) "
            'FROM "albums" WHERE "albums"."id" IN (?, ?) ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT CAST("albums"."released" + $1::interval AS date), '
            'CAST("albums"."released" - $2::interval AS date), make_interval(days => "albums"."released" - $3) '
            'FROM "albums" WHERE "albums"."id" IN ($4, $5) ORDER BY "albums"."id"'
        ),
        parameters=[777_600_000_000, 3_600_000_000, "1971-06-01", 1, 4],
        postgres_parameters=[timedelta(days=9), HOUR, date(1971, 6, 1), 1, 4],
        rows=[(date(1971, 7, 1), date(1971, 6, 21), timedelta(days=21)), (None, None, None)],
    )


async def test_timestamps_and_intervals(filled: Executor) -> None:
    at, noted = datetime(2024, 2, 29, 23, 59, 58, 999999, UTC), datetime(2024, 3, 1, 0, 59, 58)
    lasts, start = timedelta(days=1, microseconds=1), datetime(2024, 1, 1, tzinfo=UTC)
    query = select(
        Event.happened + timedelta(seconds=1, microseconds=1),
        Event.happened - timedelta(days=400, microseconds=999_999),
        Event.happened + Event.lasts,
        Event.lasts + Event.noted,
        Event.happened - start,
        start - Event.happened,
    ).where(Event.id == 1)
    assert await filled.fetch_all(query) == [
        (
            at + timedelta(seconds=1, microseconds=1),
            at - timedelta(days=400, microseconds=999_999),
            at + lasts,
            noted + lasts,
            at - start,
            start - at,
        )
    ]
    found = select(Event.id).where(Event.happened + HOUR > datetime(2024, 12, 31, 12, 59, 59, 999999, UTC))
    assert await filled.fetch_all(found) == [(2,)]


UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")


@feature("Dates and times", "date_trunc()", sqlite="bridged")
async def test_the_start_of_a_unit(check: Check) -> None:
    await check(
        select(fn.date_trunc("month", Event.happened), fn.date_trunc("hour", Event.noted)).where(Event.id == 1),
        sqlite=(
            "SELECT (substr(\"events\".\"happened\", 1, 7) || '-01' || ' 00:00:00.000000'), "
            '(substr("events"."noted", 1, 13) || \':00:00.000000\') '
            'FROM "events" WHERE "events"."id" = ?'
        ),
        postgres=(
            'SELECT date_trunc(\'month\', "events"."happened", \'UTC\'), date_trunc(\'hour\', "events"."noted") '
            'FROM "events" WHERE "events"."id" = $1'
        ),
        parameters=[1],
        rows=[(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, 0))],
    )


async def test_all_units(filled: Executor) -> None:
    query = select(*[fn.date_trunc(unit, Event.happened).as_(unit) for unit in UNITS]).where(Event.id == 1)  # type: ignore[arg-type]  # from a list
    starts: list[Any] = [(1, 1), (1, 1), (2, 1), (2, 26), (2, 29), (2, 29, 23), (2, 29, 23, 59), (2, 29, 23, 59, 58)]
    assert list(await filled.fetch_one(query)) == [datetime(2024, *start).replace(tzinfo=UTC) for start in starts]


@pytest.mark.parametrize(
    "day",
    [date(2021, 1, 3), date(2020, 12, 31), date(2024, 12, 30), date(2026, 1, 1), date(2024, 2, 29), date(1959, 8, 17)],
)
async def test_parts_of_a_date(filled: Executor, day: date) -> None:
    value, week = literal(day), day.isocalendar()
    found = await filled.fetch_one(
        select(
            fn.extract("week", value),
            fn.extract("isoyear", value),
            fn.extract("isodow", value),
            fn.extract("dow", value),
            fn.extract("doy", value),
            fn.extract("quarter", value),
            fn.extract("year", value),
            fn.extract("epoch", value),
            fn.date_trunc("week", value),
            fn.date_trunc("quarter", value),
        )
    )
    monday = day - timedelta(days=day.weekday())
    quarter = (day.month + 2) // 3
    assert tuple(found) == (
        *(week.week, week.year, week.weekday, week.weekday % 7, day.timetuple().tm_yday, quarter, day.year),
        datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(),
        *(monday, day.replace(month=quarter * 3 - 2, day=1)),
    )


@feature("Dates and times", "extract()", sqlite="bridged")
async def test_parts_of_a_timestamp(check: Check) -> None:
    await check(
        select(fn.extract("doy", Event.happened), fn.extract("epoch", Event.lasts)).where(Event.id == 1),
        sqlite=(
            'SELECT CAST(strftime(\'%j\', substr("events"."happened", 1, 10)) AS INTEGER), '
            '("events"."lasts" / 1000000.0) FROM "events" WHERE "events"."id" = ?'
        ),
        postgres=(
            'SELECT extract(doy FROM "events"."happened" AT TIME ZONE \'UTC\')::integer, '
            'extract(epoch FROM "events"."lasts")::double precision FROM "events" WHERE "events"."id" = $1'
        ),
        parameters=[1],
        rows=[(60, 86400.000001)],
    )


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 30), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(2, 1, 31), -11, date(1, 2, 28)),
    ],
)
async def test_months_later(filled: Executor, day: date, months: int, expected: date) -> None:
    moment = datetime(day.year, day.month, day.day, 23, 59, 59, 999999, UTC)
    found = await filled.fetch_one(select(fn.add_months(literal(day), months), fn.add_months(literal(moment), months)))
    later = moment.replace(year=expected.year, month=expected.month, day=expected.day)
    assert tuple(found) == (expected, later)


@feature("Dates and times", "add_months(), days_between(), make_date()", sqlite="bridged")
async def test_functions_of_dates(check: Check, filled: Executor) -> None:
    query = select(
        fn.days_between(Album.released, date(1971, 7, 1)),
        fn.make_date(Album.id + 2000, 1, Album.id),
        fn.add_months(Album.released, None),  # type: ignore[arg-type]  # NULL
    ).where(Album.id.in_([1, 4]))
    assert await filled.fetch_all(query.order_by(Album.id)) == [
        (9, date(2001, 1, 1), None),
        (None, date(2004, 1, 4), None),
    ]
    await check(
        select(fn.days_between(Album.released, Album.released)).where(Album.id == 1),
        sqlite=(
            'SELECT (-(strftime(\'%s\', "albums"."released") - strftime(\'%s\', "albums"."released")) / 86400) '
            'FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres='SELECT (-("albums"."released" - "albums"."released")) FROM "albums" WHERE "albums"."id" = $1',
        parameters=[1],
        rows=[(0,)],
    )


@feature("Dates and times", "date(), current_time()", sqlite="bridged")
async def test_the_time_of_day(filled: Executor) -> None:
    assert isinstance(await filled.fetch_value(select(fn.current_time())), time)
    query = select(fn.date(Event.happened)).where(Event.id == 1)
    assert await filled.fetch_value(query) == date(2024, 2, 29)


def test_units_that_do_not_fit() -> None:
    build: Any = fn  # what mypy would not let pass
    wrong: list[Callable[[], object]] = [
        lambda: build.date_trunc("century", Event.happened),
        lambda: build.date_trunc("hour", Album.released),
        lambda: build.extract("hour", Album.released),
        lambda: build.extract("eon", Album.released),
        lambda: build.add_months(Album.title, 1),
        lambda: build.days_between(Event.happened, date(2024, 1, 1)),
    ]
    for call in wrong:
        with pytest.raises(CompileError):
            call()
