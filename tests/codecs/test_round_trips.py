"""What goes in comes out equal, compares, sorts and adds up as in Python, on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qb import Column, Database, Table, alias, cast, col, columns, delete, fn, insert, literal, select
from qb.errors import InvalidValue
from tests.coroutines import run
from tests.features import feature

ENGINES = ("sqlite", "postgres", "d1")


class Size(Enum):
    SMALL = "s"
    MEDIUM = "it's"
    LARGE = "a"


class Sample(Table, name="samples"):
    id = col.integer().primary_key(generated=False)
    integer = col.integer().nullable()
    bigint = col.bigint().nullable()
    smallint = col.smallint().nullable()
    text = col.text().nullable()
    varchar = col.varchar(5).nullable()
    boolean = col.boolean().nullable()
    real = col.real().nullable()
    numeric = col.numeric(12, 3).nullable()
    whole = col.numeric(18, 0).nullable()
    date = col.date().nullable()
    time = col.time().nullable()
    moment = col.timestamp().nullable()
    clock = col.timestamp(zone=False).nullable()
    interval = col.interval().nullable()
    uuid = col.uuid().nullable()
    blob = col.blob().nullable()
    json = col.json(object).nullable()
    size = col.enum(Size).nullable()


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-1e15, 1e15) | st.text(characters),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(characters), inner, max_size=3),
    max_leaves=6,
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INFINITE = [float("inf"), float("-inf")]
FINITE = st.floats(allow_nan=False, allow_infinity=False)
WITHOUT_SIGN = FINITE.map(lambda number: number + 0.0)
"""A zero without its sign."""
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "text": st.text(characters),
    "varchar": st.text(characters, max_size=5),
    "boolean": st.booleans(),
    "real": FINITE | st.sampled_from(INFINITE),
    "numeric": st.decimals(Decimal("-999999999.999"), Decimal("999999999.999"), places=3),
    "whole": st.integers(-(10**18) + 1, 10**18 - 1).map(Decimal),
    "date": st.dates(),
    "time": st.times(),
    "moment": st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 30), timezones=zones),
    "clock": st.datetimes(),
    "interval": st.timedeltas(timedelta(days=-90_000_000), timedelta(days=90_000_000)),
    "uuid": st.uuids(),
    "blob": st.binary(),
    "json": documents.filter(lambda document: document is not None),
    "size": st.sampled_from(Size),
}
MEMBERS = list(Size)


def values_of(name: str, database: Database) -> st.SearchStrategy[Any]:
    """Values that the engine keeps: JSON, which D1 answers with, has no infinity and one zero."""
    return WITHOUT_SIGN if name == "real" and database.dialect.name == "d1" else VALUES[name]


def extremes_of(name: str, database: Database) -> list[Any]:
    """The ends of a kind, as far as the engine keeps them."""
    return [value for value in EXTREMES[name] if database.dialect.name != "d1" or value not in INFINITE]


def examples(database: Database, count: int = 12) -> settings:
    """How many to try; D1 is asked over HTTP."""
    count = 4 if database.dialect.name == "d1" else count
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


def key(value: Any) -> Any:
    return MEMBERS.index(value) if isinstance(value, Size) else value


@pytest.fixture
async def samples(database: Database) -> Database:
    await database.create_tables(Sample)
    return database


async def refill(database: Database, name: str, values: Sequence[Any]) -> None:
    await database.execute(delete(Sample).all_rows())
    await database.execute(insert(Sample).values_many([{"id": n, name: value} for n, value in enumerate(values)]))  # type: ignore[misc]  # the key is a variable


def test_every_kind_has_values() -> None:
    assert set(columns(Sample)) == {"id", *VALUES}


@feature("Tables", "columns of every kind but arrays", sqlite="bridged")
@pytest.mark.parametrize("name", VALUES)
async def test_values_come_back_equal(samples: Database, name: str) -> None:
    column = columns(Sample)[name]

    @examples(samples)
    @given(st.lists(values_of(name, samples) | st.none(), min_size=1, max_size=30))
    async def check(values: list[Any]) -> None:
        await refill(samples, name, values)
        found = [row[0] for row in await samples.fetch_all(select(column).order_by(Sample.id))]
        assert found == values
        if name != "json":  # which has one kind of number
            assert all(isinstance(new, type(old)) for new, old in zip(found, values, strict=True))
        assert all(value.utcoffset() == timedelta(0) for value in found if name == "moment" and value)

    await run(check)


@pytest.mark.parametrize("name", VALUES)
async def test_values_compare_with_columns_and_parameters(samples: Database, name: str) -> None:
    column: Column[Any] = columns(Sample)[name]
    other = alias(Sample, "other")

    @examples(samples)
    @given(st.lists(values_of(name, samples), min_size=2, max_size=8, unique_by=repr))
    async def check(values: list[Any]) -> None:
        await refill(samples, name, values)
        pivot, last = values[0], values[-1]

        async def ids(*conditions: Any) -> list[int]:
            return [row[0] for row in await samples.fetch_all(select(Sample.id).where(*conditions).order_by(Sample.id))]

        def expected(test: Any) -> list[int]:
            return [n for n, value in enumerate(values) if test(value)]

        assert await ids(column == pivot) == expected(lambda v: v == pivot)
        assert await ids(column != pivot) == expected(lambda v: v != pivot)
        assert await ids(column.in_([pivot, last])) == expected(lambda v: v in (pivot, last))
        same = select(Sample.id, other.id.as_("o")).from_(Sample).join(other, on=column == getattr(other, name))
        assert sorted(await samples.fetch_all(same)) == sorted(
            (n, m) for n, v in enumerate(values) for m, w in enumerate(values) if v == w
        )
        if name == "json":
            return
        assert await ids(column < pivot) == expected(lambda v: key(v) < key(pivot))
        assert await ids(column >= pivot) == expected(lambda v: key(v) >= key(pivot))
        low, high = sorted([pivot, last], key=key)
        assert await ids(column.between(low, high)) == expected(lambda v: key(low) <= key(v) <= key(high))

    await run(check)


@pytest.mark.parametrize("name", [name for name in VALUES if name != "json"])
async def test_values_sort_as_in_python(samples: Database, name: str) -> None:
    column: Column[Any] = columns(Sample)[name]

    @examples(samples)
    @given(st.lists(values_of(name, samples), min_size=1, max_size=20))
    async def check(values: list[Any]) -> None:
        await refill(samples, name, values)
        assert [row[0] for row in await samples.fetch_all(select(column).order_by(column))] == sorted(values, key=key)
        down = await samples.fetch_all(select(column).order_by(column.desc()))
        assert [row[0] for row in down] == sorted(values, key=key, reverse=True)

    await run(check)


ADDENDS = {**VALUES, "interval": st.timedeltas(timedelta(days=-5_000_000), timedelta(days=5_000_000))}
"""Twenty of them stay within the 64 bits in which SQLite adds; beyond, it refuses (the next test)."""


@pytest.mark.parametrize("name", ["integer", "smallint", "numeric", "interval"])
async def test_values_add_up_exactly(samples: Database, name: str) -> None:
    column: Column[Any] = columns(Sample)[name]

    @examples(samples)
    @given(st.lists(ADDENDS[name], min_size=1, max_size=20))
    async def check(values: list[Any]) -> None:
        await refill(samples, name, values)
        start = timedelta() if name == "interval" else 0
        assert await samples.fetch_value(select(fn.sum(column))) == sum(values, start)

    await run(check)


async def test_a_sum_that_does_not_fit_is_an_error(samples: Database) -> None:
    await refill(samples, "bigint", [2**63 - 1, 1])
    with pytest.raises(InvalidValue):
        await samples.fetch_value(select(fn.sum(Sample.bigint)))


async def test_a_decimal_that_does_not_fit_is_an_error(samples: Database) -> None:
    """SQLite goes on with a float where 64 bits are not enough; PostgreSQL's decimals have room."""
    await refill(samples, "whole", [Decimal(10**18 - 1)])
    product = samples.fetch_value(select(Sample.whole * Sample.whole))
    if samples.dialect.name != "postgres":
        with pytest.raises(InvalidValue, match="64 bits"):
            await product
    else:
        assert await product == (10**18 - 1) ** 2


EXTREMES: dict[str, list[Any]] = {
    "date": [date.min, date.max],
    "clock": [datetime.min, datetime.max],
    "moment": [datetime(1, 1, 1, 0, 0, 0, 1, UTC), datetime(9999, 12, 31, 23, 59, 59, 999998, UTC)],
    "time": [time.min, time.max],
    "real": [float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, -0.0],
    "text": ["", "\U0010ffff", "\ufeff", "a\u0301", "\x01\x7f\n\r", "'", '"', "\\"],
    "blob": [b"", b"\0", bytes(range(256))],
    "json": [{}, [], "", 0, False, {"a": None}, {"": ""}, "\U0001f600", {"b": 1, "a": 2}],
}


@pytest.mark.parametrize("name", EXTREMES)
async def test_extremes_come_back_equal(samples: Database, name: str) -> None:
    values = extremes_of(name, samples)
    await refill(samples, name, values)
    found = await samples.fetch_all(select(columns(Sample)[name]).order_by(Sample.id))
    assert [row[0] for row in found] == values


async def test_whole_decimals_have_all_of_their_digits(database: Database) -> None:
    """asyncpg gives 10000 as Decimal("1E+4")."""
    for value in (Decimal(10000), Decimal(0), Decimal(-120_000_000)):
        found = await database.fetch_value(select(cast(literal(value), col.numeric(12, 0)).as_("n")))
        assert str(found) == str(value)
