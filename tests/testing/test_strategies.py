"""strategies: what they make goes into the real tables and comes back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from qb import Column, Database, NewRow, Table, col, delete, insert, select
from qb.errors import QbError, SchemaError
from qb.testing import rolled_back, strategies
from qb.types import ANY
from tests.music import Album
from tests.testing.every_kind import Money, Priced, Sample, Size

TB = TypeVar("TB", bound=Table)

EVERY_TIME = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)


class Arrays(Table, name="arrays"):
    id = col.integer().primary_key()
    texts = col.array(col.text())
    numbers = col.array(col.numeric(5, 1))
    sizes = col.array(col.enum(Size)).nullable()


async def round_trip(db: Database, table: type[TB], row: Mapping[str, Any]) -> None:
    async with rolled_back(db) as test_db:
        kept = await test_db.fetch_one(insert(table).values(**row).returning(table))
        found = await test_db.fetch_one(select(table))
    assert found == kept
    assert {name: getattr(found, name) for name in row} == row


@pytest.fixture
async def samples(database: Database) -> Database:
    await database.create_tables(Sample)
    return database


@pytest.fixture
async def arrays(postgres_db: Database) -> Database:
    await postgres_db.create_tables(Arrays)
    return postgres_db


@EVERY_TIME
@given(row=strategies.rows(Sample))
async def test_rows_go_in_and_come_back(samples: Database, row: NewRow[Sample]) -> None:
    assert "id" not in row
    assert "computed" not in row
    await round_trip(samples, Sample, row)


@EVERY_TIME
@given(row=strategies.rows(Arrays))
async def test_arrays_do(arrays: Database, row: NewRow[Arrays]) -> None:
    await round_trip(arrays, Arrays, row)


@EVERY_TIME
@given(rows=st.lists(strategies.rows(Album, artist_id=st.sampled_from([1, 2]), title="x", plays=st.integers(0, 9))))
async def test_what_is_given(test_db: Database, rows: list[NewRow[Album]]) -> None:
    async with test_db.transaction() as tx:
        await tx.execute(delete(Album).all_rows())
        assert await tx.insert_many(Album, rows) == len(rows)
        found = await tx.fetch_all(select(Album).order_by(Album.id))
    assert {row.title for row in found} <= {"x"}
    assert [(row.artist_id, row.plays) for row in found] == [(row["artist_id"], row["plays"]) for row in rows]


def seen(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool], tries: int = 3000) -> bool:
    """Whether it makes such a value."""
    found = settings(max_examples=tries, database=None, deadline=None, phases=[Phase.generate])
    try:
        find(strategy, condition, settings=found)
    except NoSuchExample:
        return False
    return True


def has(name: str) -> Callable[[Any], bool]:
    return lambda row: name in row


def lacks(name: str) -> Callable[[Any], bool]:
    return lambda row: name not in row


def test_what_may_be_left_out_is_left_out_and_given() -> None:
    row = strategies.rows(Album)
    for name in ("released", "plays"):
        assert seen(row, has(name))
        assert seen(row, lacks(name))
    assert seen(row, lambda row: row.get("released", 1) is None)
    for name in ("artist_id", "title"):
        assert not seen(row, lacks(name), 50)
    assert not seen(row, has("id"), 50)
    assert not seen(strategies.rows(Album, id=7), lambda row: row["id"] != 7, 50)


@pytest.mark.parametrize(
    ("column", "condition"),
    [
        (Sample.integer, lambda value: value == 2**31 - 1),
        (Sample.smallint, lambda value: value == -(2**15)),
        (Sample.varchar, lambda value: len(value) == 5),
        (Sample.numeric, lambda value: value.as_tuple().exponent == -3 and abs(value) > 10**8),
        (Sample.fraction, lambda value: value == Decimal("0.99")),
        (Sample.size, lambda value: value is Size.large),
        (Sample.nothing, lambda value: value is None),
        (Sample.settings, lambda value: "depth" in value and value["mode"] == "off" and value["inner"]),
        (Arrays.sizes, lambda value: value and len(value) > 1),
    ],
)
def test_values_have_the_whole_range(column: Column[Any], condition: Callable[[Any], bool]) -> None:
    assert seen(strategies.values(column), condition)


@pytest.mark.parametrize(
    ("column", "condition"),
    [
        (Sample.integer, lambda value: abs(value) > 2**31),
        (Sample.text, lambda value: "\0" in value or value is None),
        (Sample.varchar, lambda value: len(value) > 5),
        (Sample.real, lambda value: not math.isfinite(value)),
        (Sample.fraction, lambda value: abs(value) >= 1),
        (Sample.moment, lambda value: value.tzinfo is not UTC),
        (Sample.clock, lambda value: value.tzinfo is not None),
        (Sample.settings, lambda value: "theme" not in value),
        (Sample.boolean, lambda value: value not in (True, False)),
    ],
)
def test_values_have_no_more_than_that(column: Column[Any], condition: Callable[[Any], bool]) -> None:
    assert not seen(strategies.values(column), condition, 100)


def test_a_class_of_the_application_is_made_by_its_annotations() -> None:
    assert not seen(strategies.rows(Priced), lambda row: not isinstance(row["price"], Money), 50)


def test_no_column_of_that_name() -> None:
    with pytest.raises(SchemaError, match="Album has no column 'titel', did you mean"):
        strategies.rows(Album, titel="x")


def test_a_type_of_which_nothing_is_known() -> None:
    column: Column[Any] = Column(Sample.text.node, Sample.text.declaration.changed(type=ANY))
    with pytest.raises(QbError, match="nothing is known of values of any, that of the column text: give a strategy"):
        strategies.values(column)
