"""Columns whose SQLite type says less than their declaration: no value changes its meaning in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialects.sqlite.migrations.affinities import affinity
from qb import Table, col
from qb.columns import Column
from qb.dialect import find_dialect
from qb.migrations.diff import diff
from qb.migrations.errors import MigrationError
from qb.migrations.hints import Hints
from qb.migrations.reverse import reverse
from qb.migrations.snapshot import dump, load
from qb.schema.objects import Name, Schema
from tests.migrations.engines import SqliteEngine, migrate

Make = Callable[[], Column[Any, Any, Any]]
DIALECT = find_dialect("sqlite")
THINGS = Name("things")


def schema(make: Make) -> Schema:
    """A table with one column of this kind, as a snapshot keeps it."""

    class Thing(Table, name="things"):
        id = col.integer().primary_key()
        a = make().nullable()

    return load(dump(DIALECT.ddl().description.describe([Thing])))


def fill(engine: SqliteEngine, before: Schema, *values: object) -> None:
    """Make the table, with rows."""
    engine.execute(*DIALECT.ddl().create_all(before))
    for value in values:
        engine.connection.execute("INSERT INTO things (a) VALUES (?)", (value,)).fetchall()


def numeric(precision: int, scale: int) -> Make:
    """A decimal."""
    return lambda: col.numeric(precision, scale)


@pytest.mark.parametrize(
    ("one", "other", "before", "after"),
    [
        (numeric(8, 2), numeric(8, 3), 1999, 19990),
        (numeric(8, 3), numeric(8, 2), -19990, -1999),
        (col.integer, numeric(8, 2), 5, 500),
        (numeric(8, 2), col.integer, 500, 5),
        (numeric(8, 2), col.real, 1999, 19.99),
        (col.real, numeric(8, 2), 19.99, 1999),
        (col.integer, col.real, 5, 5.0),
        (col.real, col.integer, 5.0, 5),
        (col.integer, col.text, 5, "5"),
        (col.text, col.integer, "5", 5),
        (col.date, lambda: col.timestamp(), "2024-05-01", "2024-05-01 00:00:00.000000"),
        (lambda: col.timestamp(), col.date, "2024-05-01 00:00:00.000000", "2024-05-01"),
        (lambda: col.timestamp(zone=False), col.text, "2024-05-01 00:00:00.000000", "2024-05-01 00:00:00.000000"),
        (col.boolean, col.integer, 1, 1),
        (numeric(8, 2), lambda: col.custom("TEXT", object), 1999, "1999"),  # nobody knows what that is
        (lambda: col.custom("TEXT", object), numeric(8, 2), "500", 500),
        (col.real, lambda: col.custom("ANY", object), 0.1 + 0.2, 0.1 + 0.2),  # more digits than a text of it has
        (col.integer, numeric(8, 0), 5, 5),
    ],
)
def test_there_and_back(sqlite: SqliteEngine, one: Make, other: Make, before: object, after: object) -> None:
    fill(sqlite, schema(one), before, None)
    operations = diff(schema(one), schema(other))
    renderer = DIALECT.renderer()
    migrate(sqlite, renderer.stages(schema(one), operations))
    assert sqlite.rows("SELECT a, typeof(a) FROM things") == [(after, KINDS[type(after)]), (None, "null")]
    migrate(sqlite, renderer.stages(schema(other), reverse(schema(one), operations).operations))
    assert sqlite.rows("SELECT a, typeof(a) FROM things") == [(before, KINDS[type(before)]), (None, "null")]


KINDS = {int: "integer", float: "real", str: "text"}


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (numeric(8, 3), numeric(8, 2), 19991),
        (numeric(8, 2), col.integer, 501),
        (col.real, numeric(8, 2), 19.999),
        (col.real, col.integer, 5.5),
        (col.text, col.integer, "05"),
        (lambda: col.timestamp(), col.date, "2024-05-01 00:00:00.000001"),
    ],
)
def test_a_value_that_does_not_fit_stops(sqlite: SqliteEngine, one: Make, other: Make, value: object) -> None:
    fill(sqlite, schema(one), value)
    operations = diff(schema(one), schema(other))
    (lossy,) = [
        each
        for each in DIALECT.renderer().safety().findings(schema(one), operations)
        if each.danger == "needs check" and "would change" in each.text
    ]
    assert lossy.probe is not None
    assert sqlite.rows(lossy.probe) == [(1,)]
    with pytest.raises(sqlite.library.error, match=r'a value of "things"."a" changes in its new type'):
        migrate(sqlite, DIALECT.renderer().stages(schema(one), operations))
    assert sqlite.rows("SELECT a FROM things") == [(value,)]


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (numeric(8, 2), col.text, '"things.a" holds decimals of 2 places and is to hold texts'),
        (col.text, numeric(8, 2), '"things.a" holds texts and is to hold decimals of 2 places'),
        (col.interval, col.integer, '"things.a" holds microseconds and is to hold whole numbers'),
        (col.date, col.uuid, '"things.a" holds dates and is to hold UUIDs'),
    ],
)
def test_what_nobody_can_know_is_asked(one: Make, other: Make, message: str) -> None:
    with pytest.raises(MigrationError, match=message) as found:
        DIALECT.renderer().stages(schema(one), diff(schema(one), schema(other)))
    assert str(found.value).endswith(': hint what its values become, as SQL over "a"')
    hints = Hints(using={(THINGS, "a"): "NULL"})
    assert DIALECT.renderer().stages(schema(one), diff(schema(one), schema(other), hints))


def test_the_way_back_from_what_somebody_knew(sqlite: SqliteEngine) -> None:
    before, after = schema(numeric(8, 2)), schema(col.text)
    operations = diff(before, after, Hints(using={(THINGS, "a"): "printf('%.2f', \"a\" / 100.0)"}))
    fill(sqlite, before, 1999)
    migrate(sqlite, DIALECT.renderer().stages(before, operations))
    assert sqlite.rows("SELECT a FROM things") == [("19.99",)]
    way_back = reverse(before, operations)
    assert way_back.losses == ('the values of "things.a" do not come back: it is NULL in every row',)
    migrate(sqlite, DIALECT.renderer().stages(after, way_back.operations))
    assert sqlite.rows("SELECT a FROM things") == [(None,)]


@pytest.mark.parametrize(
    "type",
    [
        *("INTEGER", "BIGINT", "int", "TEXT", "VARCHAR(9)", "CLOB", "BLOB", "", "REAL", "FLOAT", "DOUBLE PRECISION"),
        *("NUMERIC", "DECIMAL(8,2)", "BOOLEAN", "DATE", "FLOATING POINT", "CHARINT"),
    ],
)
def test_affinities_are_as_sqlite_has_them(sqlite: SqliteEngine, type: str) -> None:
    kinds = {
        "INTEGER": ("integer", "integer", "real"),
        "NUMERIC": ("integer", "integer", "real"),
        "TEXT": ("text", "text", "text"),
        "BLOB": ("text", "integer", "real"),
        "REAL": ("real", "real", "real"),
    }
    sqlite.execute(f"CREATE TABLE t (a {type})", "INSERT INTO t VALUES ('5'), (6), (7.5)")
    assert tuple([kind for (kind,) in sqlite.rows("SELECT typeof(a) FROM t")]) == kinds[affinity(type)]
    assert (affinity(type) == "INTEGER") == ("INT" in type.upper())


def test_nothing_to_do() -> None:
    assert diff(schema(col.date), schema(col.text)) == ()
    assert diff(schema(col.integer), schema(col.bigint)) == ()
    assert schema(col.date) == schema(col.text), "a database does not know"
