"""What a column cannot hold is refused with the remedy, and never changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from qb import Database, insert, select, update
from qb.errors import DatabaseError, EncodingError
from tests.codecs.test_round_trips import Sample

ZONE = timezone(timedelta(hours=1))
MISFITS: list[tuple[str, Any, str]] = [
    ("integer", 1.0, "no whole number"),
    ("integer", "1", "no whole number"),
    ("bigint", 2**63, "64 bits"),
    ("bigint", -(2**63) - 1, "64 bits"),
    ("boolean", 1, "neither True nor False"),
    ("boolean", "true", "neither True nor False"),
    ("real", 10**400, "no float"),
    ("real", "x", "no float"),
    ("numeric", 1.5, "no Decimal"),
    ("numeric", "1.5", "no Decimal"),
    ("numeric", Decimal("0.0001"), "round it first"),
    ("numeric", Decimal(10**9), "too large"),
    ("numeric", Decimal("NaN"), "not finite"),
    ("numeric", Decimal("Infinity"), "not finite"),
    ("date", datetime(2024, 1, 1), r"\.date\(\)"),
    ("date", "2024-01-01", "no date"),
    ("time", time(1, tzinfo=UTC), "without a zone"),
    ("moment", datetime(2024, 1, 1), "tzinfo"),
    ("moment", datetime.min.replace(tzinfo=ZONE), "UTC"),
    ("moment", date(2024, 1, 1), "no datetime"),
    ("clock", datetime(2024, 1, 1, tzinfo=UTC), r"declare col\.timestamp\(\)"),
    ("interval", 5, "no timedelta"),
    ("uuid", "12345678-1234-5678-1234-567812345678", "UUID"),
    ("json", {1, 2}, "dump"),
    ("json", float("nan"), "dump"),
    ("json", {1: "a"}, "dump"),
    ("json", (1, 2), "dump"),
    ("json", [{"a": [{2: 1}]}], "dump"),
    ("size", "xl", "no Size"),
    ("size", 1, "no Size"),
]


@pytest.mark.parametrize(("name", "value", "message"), MISFITS)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_a_misfit_is_refused_with_the_remedy(name: str, value: Any, message: str, dialect: str) -> None:
    for statement in (
        insert(Sample).values(id=1, **{name: value}),
        insert(Sample).values_many([{"id": 1, name: None}, {"id": 2, name: value}]),  # type: ignore[misc]  # the key is a variable
        update(Sample).set(**{name: value}).where(Sample.id == 1),
    ):
        with pytest.raises(EncodingError, match=message) as caught:
            statement.compile(dialect)
        assert str(caught.value).startswith(f"samples.{name}: ")


@pytest.mark.parametrize(("name", "value"), [("integer", 2**31), ("smallint", 2**15)])
def test_postgres_has_smaller_integers(name: str, value: Any) -> None:
    statement = insert(Sample).values(id=1, **{name: value})
    assert statement.compile("sqlite").parameters == (1, value)
    with pytest.raises(EncodingError, match=r"declare col\.bigint"):
        statement.compile("postgres")


def test_sqlite_has_no_nan() -> None:
    statement = insert(Sample).values(id=1, real=float("nan"))
    assert statement.compile("postgres")
    with pytest.raises(EncodingError, match="NaN"):
        statement.compile("sqlite")


def test_sqlite_has_intervals_of_64_bits() -> None:
    with pytest.raises(EncodingError, match="64 bits"):
        insert(Sample).values(id=1, interval=timedelta.max).compile("sqlite")


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
async def test_texts_that_are_none_come_back_equal_or_not_at_all(database: Database, value: str) -> None:
    await database.create_tables(Sample)
    try:
        await database.execute(insert(Sample).values(id=1, text=value))
    except (DatabaseError, EncodingError):
        assert await database.fetch_all(select(Sample.id)) == []
    else:
        assert await database.fetch_value(select(Sample.text)) == value


@pytest.mark.parametrize(
    ("name", "value"), [("text", 5), ("text", 1.5), ("varchar", 5), ("text", b"x"), ("blob", "x"), ("blob", 5)]
)
async def test_a_value_of_another_type_is_not_converted(database: Database, name: str, value: Any) -> None:
    await database.create_tables(Sample)
    with pytest.raises((DatabaseError, EncodingError)):
        await database.execute(insert(Sample).values(id=1, **{name: value}))


async def test_a_text_longer_than_its_column(database: Database) -> None:
    await database.create_tables(Sample)
    for value in ("123456", "12345 "):
        with pytest.raises(EncodingError, match=r"samples\.varchar: .* has 6 characters"):
            await database.execute(insert(Sample).values(id=1, varchar=value))
    await database.execute(insert(Sample).values(id=1, varchar="12345"))
    assert await database.fetch_all(select(Sample.id).where(Sample.varchar < "123456")) == [(1,)]


@pytest.mark.parametrize("extreme", [datetime.min, datetime.max])
def test_postgres_has_no_first_and_last_moment(extreme: datetime) -> None:
    statement = insert(Sample).values(id=1, moment=extreme.replace(tzinfo=UTC))
    assert statement.compile("sqlite")
    with pytest.raises(EncodingError, match="infinity"):
        statement.compile("postgres")
