"""Every kind of value comes back of many() and one() as it comes back of a plain select."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, Table, alias, col, columns, delete, insert, literal, many, one, select, sql
from tests.codecs.test_round_trips import EXTREMES, VALUES, Sample, Size, examples, extremes_of, refill, values_of
from tests.coroutines import run

ENGINES = ("sqlite", "postgres", "d1")

inner = alias(Sample, "inner")
ALWAYS = literal(1) == 1


class Arrays(Table, name="arrays"):
    id = col.integer().primary_key(generated=False)
    texts = col.array(col.text()).nullable()
    decimals = col.array(col.numeric(12, 3)).nullable()
    moments = col.array(col.timestamp()).nullable()
    clocks = col.array(col.timestamp(zone=False)).nullable()
    intervals = col.array(col.interval()).nullable()
    blobs = col.array(col.blob()).nullable()
    floats = col.array(col.real()).nullable()
    uuids = col.array(col.uuid()).nullable()
    sizes = col.array(col.enum(Size)).nullable()
    documents = col.array(col.json(object)).nullable()


@pytest.fixture
async def samples(database: Database) -> Database:
    await database.create_tables(Sample)
    return database


async def check_same(database: Database, table: Any, name: str) -> None:
    """The column's values, plain, in one level of rows and in two."""
    first, second = alias(table, "first"), alias(table, "second")
    plain = [row[0] for row in await database.fetch_all(select(columns(table)[name]).order_by(table.id))]
    query = select(
        literal(1).as_("one"),
        many(
            select(
                first.id,
                getattr(first, name).as_("value"),
                one(select(getattr(second, name).as_("value")), on=second.id == first.id, required=True).as_("deep"),
            )
            .from_(first)
            .order_by(first.id),
            on=ALWAYS,
        ).as_("rows"),
    )
    rows = (await database.fetch_one(query)).rows
    assert_same([row.value for row in rows], plain)
    assert_same([row.deep.value for row in rows], plain)


def assert_same(found: list[Any], expected: list[Any]) -> None:
    assert found == expected
    assert [repr(value) for value in found] == [repr(value) for value in expected]  # 1 is equal to 1.0 and True


@pytest.mark.parametrize("name", VALUES)
async def test_values_are_those_of_a_plain_select(samples: Database, name: str) -> None:
    @examples(samples)
    @given(st.lists(values_of(name, samples) | st.none(), min_size=1, max_size=30))
    async def check(values: list[Any]) -> None:
        await refill(samples, name, values)
        await check_same(samples, Sample, name)

    await run(check)


@pytest.mark.parametrize("name", EXTREMES)
async def test_extremes(samples: Database, name: str) -> None:
    await refill(samples, name, extremes_of(name, samples))
    await check_same(samples, Sample, name)


async def test_floats_to_the_last_bit(samples: Database) -> None:
    @examples(samples, 10)
    @given(st.lists(values_of("real", samples), min_size=100, max_size=200))
    async def check(values: list[float]) -> None:
        await refill(samples, "real", values)
        await check_same(samples, Sample, "real")

    await run(check)


async def test_large_numbers_in_documents(samples: Database) -> None:
    document = {"n": 2**80, "f": 0.1, "s": '"\\/é\u2028', "l": [1, None, True, {"": -(2**63)}]}
    await refill(samples, "json", [document])
    await check_same(samples, Sample, "json")


class Point:
    """What a JSON column may be turned into."""

    def __init__(self, x: int) -> None:
        self.x = x

    def __repr__(self) -> str:
        return f"Point({self.x})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and other.x == self.x

    __hash__ = None  # type: ignore[assignment]  # not needed


class Place(Table, name="places"):
    id = col.integer().primary_key(generated=False)
    at = col.json(Point, dump=lambda point: {"x": point.x}, load=lambda value: Point(value["x"])).nullable()


async def test_documents_are_loaded(database: Database) -> None:
    await database.create_tables(Place)
    await database.execute(insert(Place).values_many([{"id": 1, "at": Point(5)}, {"id": 2, "at": None}]))
    await check_same(database, Place, "at")


ARRAYS: dict[str, list[Any]] = {
    "texts": ["a", None, 'b"\\,{}', ""],
    "decimals": [Decimal("1.500"), None, Decimal("-123456789.001")],
    "moments": [datetime(2024, 2, 29, 1, 2, 3, 4, UTC), None],
    "clocks": [datetime(2024, 2, 29, 1, 2, 3, 4), None, datetime.min],
    "intervals": [timedelta(days=-3, microseconds=7), None, timedelta(days=400)],
    "blobs": [b"", b"\x00\xff", None],
    "floats": [0.1, 5e-324, float("inf"), None, 3.0],
    "uuids": [UUID(int=7), None],
    "sizes": [Size.LARGE, None, Size.MEDIUM],
    "documents": [{"a": 2**70}, [1.5], "x"],
}


async def test_arrays(postgres_db: Database) -> None:
    await postgres_db.create_tables(Arrays)
    empty: dict[str, Any] = {name: [] for name in ARRAYS}
    nothing: dict[str, Any] = dict.fromkeys(ARRAYS)
    await postgres_db.execute(
        insert(Arrays).values_many([{"id": n, **values} for n, values in enumerate((ARRAYS, empty, nothing))])  # type: ignore[typeddict-item]  # the keys are variables
    )
    for name in ARRAYS:
        await check_same(postgres_db, Arrays, name)


async def test_intervals_of_months(postgres_db: Database) -> None:
    """qb stores none, but a database may have them."""
    interval = sql("interval '-14 months 3 days 04:05:06.789' * {}", Sample.id, returns=timedelta)
    await postgres_db.create_tables(Sample)
    await refill(postgres_db, "real", [0.0, 1.0, 2.0, 7.0])
    plain = await postgres_db.fetch_all(select(interval.as_("value")).order_by(Sample.id))
    query = select(literal(1), many(select(interval.as_("value")).order_by(Sample.id), on=ALWAYS).as_("rows"))
    assert (await postgres_db.fetch_one(query)).rows == plain


async def test_infinity_of_calendars(postgres_db: Database) -> None:
    await postgres_db.create_tables(Sample)
    await refill(postgres_db, "real", [0.0])
    await postgres_db.execute(
        sql("UPDATE samples SET moment = 'infinity', clock = '-infinity', date = 'infinity', numeric = 'NaN'")
    )
    await postgres_db.execute(sql("INSERT INTO samples (id, moment, real) VALUES (1, '-infinity', 'NaN')"))
    for name in ("moment", "clock", "date"):
        await check_same(postgres_db, Sample, name)
    rows = (
        await postgres_db.fetch_one(select(literal(1), many(select(Sample).order_by(Sample.id), on=ALWAYS).as_("rows")))
    ).rows
    assert repr(rows[0].numeric) == "Decimal('NaN')"
    assert rows[1].real != rows[1].real


async def test_moments_in_a_session_of_another_zone(postgres_url: str) -> None:
    settings = {"TimeZone": "Asia/Kathmandu", "IntervalStyle": "sql_standard", "DateStyle": "German, DMY"}
    async with Database.connect(postgres_url, server_settings=settings) as db:
        await db.create_tables(Sample)
        for name, value in {
            "moment": datetime(1900, 1, 1, 2, 3, 4, 5, UTC),
            "clock": datetime(1900, 1, 1, 2, 3, 4, 5),
            "date": date(1900, 2, 1),
            "time": time(1, 2, 3, 4),
            "interval": timedelta(days=-1, seconds=1),
        }.items():
            await db.execute(delete(Sample).all_rows())
            await refill(db, name, [value])
            await check_same(db, Sample, name)
