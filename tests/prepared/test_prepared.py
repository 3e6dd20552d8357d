"""Prepared queries: the body runs once, and the query is the one that an ordinary function would give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from qb import (
    Database,
    Delete,
    Executor,
    Expr,
    Insert,
    NewRow,
    Query,
    Select,
    Table,
    Update,
    alias,
    col,
    delete,
    exists,
    fn,
    index,
    insert,
    literal,
    many,
    query,
    select,
    sql,
    update,
    when,
)
from qb.errors import CompileError, EncodingError, TooManyParameters, TraceError
from qb.prepared.functions import Prepared
from tests.features import feature

DIALECTS = ("sqlite", "d1", "postgres")
ENGINES = DIALECTS


class Mood(Enum):
    CALM = "calm"
    ANGRY = "angry"


class Thing(Table, name="things"):
    id = col.integer().primary_key(generated=False)
    owner_id = col.integer().nullable()
    name = col.text()
    nick = col.text().nullable()
    price = col.numeric(10, 2)
    weight = col.real()
    born = col.date()
    wakes = col.time()
    seen = col.timestamp()
    noted = col.timestamp(zone=False)
    naps = col.interval()
    token = col.uuid()
    raw = col.blob()
    tame = col.boolean()
    mood = col.enum(Mood)
    tags = col.json(list[str])


THINGS: list[NewRow[Thing]] = [
    {"id": 1, "owner_id": None, "name": "a", "nick": None, "price": Decimal("1.50"), "weight": 0.5,
     "born": date(2020, 1, 1), "wakes": time(1), "seen": datetime(2020, 1, 1, tzinfo=UTC),
     "noted": datetime(2020, 1, 1),
     "naps": timedelta(1), "token": UUID(int=1), "raw": b"\0", "tame": True, "mood": Mood.CALM, "tags": ["x"]},
    {"id": 2, "owner_id": 1, "name": "b%", "nick": "bee", "price": Decimal("2.25"), "weight": 2.0,
     "born": date(2021, 1, 1), "wakes": time(2), "seen": datetime(2021, 1, 1, tzinfo=UTC),
     "noted": datetime(2021, 1, 1),
     "naps": timedelta(2), "token": UUID(int=2), "raw": b"\1", "tame": False, "mood": Mood.ANGRY, "tags": []},
    {"id": 3, "owner_id": 1, "name": "c", "nick": "cee", "price": Decimal("9.00"), "weight": 3.25,
     "born": date(2022, 1, 1), "wakes": time(3), "seen": datetime(2022, 1, 1, tzinfo=UTC),
     "noted": datetime(2022, 1, 1),
     "naps": timedelta(3), "token": UUID(int=3), "raw": b"\2", "tame": True, "mood": Mood.CALM, "tags": ["x", "y"]},
]  # fmt: skip


@pytest.fixture
async def things(database: Database) -> Executor:
    await database.create_tables(Thing)
    await database.execute(insert(Thing).values_many(THINGS))
    return database


def prepared(function: Callable[..., Any]) -> tuple[Callable[..., Query[Any]], list[int]]:
    """The function under @query, and how often its body ran."""
    runs: list[int] = []

    def counted(*args: Any, **kwargs: Any) -> Any:
        runs.append(1)
        return function(*args, **kwargs)

    found: Any = query(function)
    assert isinstance(found.prepared, Prepared)
    found.prepared.function = counted
    return found, runs


def same(function: Callable[..., Query[Any]], *calls: tuple[Any, ...], runs: int = 1) -> None:
    """Check that the prepared query is the ordinary one, on every dialect, and that the body ran so often for each."""
    for dialect in DIALECTS:
        made, count = prepared(function)
        for arguments in calls:
            found = made(*arguments).compile(dialect)
            ordinary = function(*arguments).compile(dialect)
            assert found == ordinary
            assert [type(value) for value in found.parameters] == [type(value) for value in ordinary.parameters]
        assert len(count) == runs, dialect


@feature("Composition", "prepared queries")
@feature("Prepared queries", "every kind of parameter")
@pytest.mark.parametrize(
    ("column", "values"),
    [
        (Thing.id, [1, 3]),
        (Thing.name, ["a", "b%"]),
        (Thing.price, [Decimal("1.50"), Decimal("9")]),
        (Thing.weight, [0.5, 3.25]),
        (Thing.born, [date(2020, 1, 1), date(2021, 1, 1)]),
        (Thing.wakes, [time(1), time(2, 0, 0, 1)]),
        (Thing.seen, [datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)]),
        (Thing.noted, [datetime(2020, 1, 1), datetime(2021, 1, 1)]),
        (Thing.naps, [timedelta(1), timedelta(2)]),
        (Thing.token, [UUID(int=1), UUID(int=2)]),
        (Thing.raw, [b"\0", b"\1"]),
        (Thing.tame, [True, False]),
        (Thing.mood, [Mood.CALM, Mood.ANGRY]),
    ],
    ids=str,
)
async def test_every_kind_of_parameter(things: Executor, column: Any, values: list[Any]) -> None:
    def equal(value: Any) -> Query[Any]:
        return select(Thing.id).where(column == value)

    def among(wanted: Any) -> Query[Any]:
        return select(Thing.id).where(column.in_(wanted)).order_by(Thing.id)

    same(equal, *[(value,) for value in values])
    for function in (equal, among):
        made: Any = query(function)
        for value in values:
            argument = value if function is equal else [value]
            assert await things.fetch_all(made(argument)) == await things.fetch_all(function(argument))
    assert await things.fetch_all(query(among)(values)) == await things.fetch_all(among(values))


@feature("Prepared queries", "a list as one parameter", sqlite="bridged")
async def test_lists(things: Executor) -> None:
    def named(names: Any) -> Query[Any]:
        return select(Thing.id).where(Thing.name.in_(names)).order_by(Thing.id)

    def not_nicked(names: Any) -> Query[Any]:
        return select(Thing.id).where(Thing.nick.not_in(names)).order_by(Thing.id)

    for function in (named, not_nicked):
        made, runs = prepared(function)
        for names in (["a", "c"], [], ["b%", "bee", "'", '"', "\\", "é"], ["a"] * 1000):
            assert await things.fetch_all(made(names)) == await things.fetch_all(function(names))
        assert len(runs) == 1
        others: list[Any] = [{"a"}, ("c",), frozenset({"bee"}), ["a", None], [None]]
        for other in others:
            assert await things.fetch_all(made(other)) == await things.fetch_all(function(other))
    again = query(named)
    assert (
        again(["a", "c"]).compile("postgres").sql.endswith('"things"."name" = ANY($1::text[]) ORDER BY "things"."id"')
    )
    assert again(["a"]).compile("d1") == (
        'SELECT "things"."id" FROM "things" WHERE "things"."name" IN (SELECT value FROM json_each(?)) '
        'ORDER BY "things"."id"',
        ('["a"]',),
    )
    with pytest.raises(CompileError, match=r"text and cannot be compared with int"):
        again([5]).compile("sqlite")


@feature("Prepared queries", "None is IS NULL")
async def test_none_is_its_own_query(things: Executor) -> None:
    def owned(owner: int | None) -> Query[Any]:
        return select(Thing.id).where(Thing.owner_id == owner).order_by(Thing.id)

    same(owned, (None,), (1,), (None,), (5,), runs=2)
    made = query(owned)
    assert await things.fetch_all(made(None)) == [(1,)]
    assert await things.fetch_all(made(1)) == [(2,), (3,)]

    def unless(owner: int | None) -> Query[Any]:  # a branch on None is no branch on a value
        found = select(Thing.id).order_by(Thing.id)
        return found if owner is None else found.where(Thing.owner_id == owner)

    same(unless, (None,), (1,), (2,), (None,), runs=2)


@feature("Prepared queries", "when: a query for each answer")
async def test_optional_conditions(things: Executor) -> None:
    def found(name: str | None = None, *, tame: bool = False, least: Decimal | None = None) -> Query[Any]:
        return (
            select(Thing.id)
            .where(
                when(name, lambda name: Thing.name == name),
                when(tame, Thing.tame),
                when(least, lambda least: Thing.price >= least),
            )
            .order_by(Thing.id)
        )

    made, runs = prepared(found)
    cases: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((), {}),
        (("a",), {}),
        ((), {"tame": True}),
        (("c",), {"tame": True, "least": Decimal(2)}),
        ((None,), {"tame": False, "least": Decimal("2.25")}),
    ]
    for _ in range(3):
        for args, kwargs in cases:
            assert made(*args, **kwargs).compile("postgres") == found(*args, **kwargs).compile("postgres")
    assert len(runs) == len(cases)
    for args, kwargs in cases:
        assert await things.fetch_all(made(*args, **kwargs)) == await things.fetch_all(found(*args, **kwargs))


def test_arguments() -> None:
    @query
    def these(a: int, /, b: int = 2, *, c: int = 3, d: int) -> Query[Any]:
        return select(Thing.id).where(Thing.id.in_([a, b, c, d]))

    assert these(1, d=4).compile("sqlite").parameters == (1, 2, 3, 4)
    assert these(1, 5, d=4).compile("sqlite").parameters == (1, 5, 3, 4)
    assert these(1, d=4, b=7, c=8).compile("sqlite").parameters == (1, 7, 8, 4)
    for args, kwargs in [
        ((), {"d": 1}),
        ((1,), {}),
        ((1, 2, 3), {"d": 1}),
        ((1,), {"d": 1, "e": 2}),
        ((1, 2), {"b": 1}),
    ]:
        with pytest.raises(TypeError, match=r"these\(\)"):
            these(*args, **kwargs)
    assert these.__name__ == "these"


@feature("Prepared queries", "methods, and attributes of objects")
def test_methods_and_objects() -> None:
    class Store:
        def __init__(self, owner: int, table: type[Thing]) -> None:
            self.owner = owner
            self.table = table

        def mine(self) -> Expr[bool | None]:
            return self.table.owner_id == self.owner

        @query
        def above(self, price: Decimal) -> Query[Any]:
            return select(self.table.id).where(self.mine(), self.table.price > price)

        @staticmethod
        @query
        def all_of_it() -> Query[Any]:
            return select(Thing.id)

    store = Store(1, Thing)
    assert store.above(Decimal(1)).compile("sqlite").parameters == (1, 100)
    store.owner = 2
    assert store.above(Decimal(2)).compile("sqlite").parameters == (2, 200)
    other: Any = alias(Thing, "t")
    assert Store(3, other).above(Decimal(3)).compile("sqlite") == (
        'SELECT "t"."id" FROM "things" AS "t" WHERE "t"."owner_id" = ? AND "t"."price" > ?',
        (3, 300),
    )
    assert store.above(Decimal(2)).compile("sqlite").sql.startswith('SELECT "things"."id"')
    assert Store.all_of_it().compile("sqlite") == ('SELECT "things"."id" FROM "things"', ())


def test_tables_as_arguments() -> None:
    def first(table: Any, limit: int) -> Query[Any]:
        return select(table.id).limit(limit)

    other = alias(Thing, "other")
    same(first, (Thing, 1), (other, 2), (Thing, 3), (other, 1), runs=2)


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        (lambda value: select(Thing.id) if value else select(Thing.name), "`if`"),
        (lambda value: select(Thing.id) if value == "x" else select(Thing.name), "a comparison"),
        (lambda value: select(Thing.id) if value > "x" else select(Thing.name), "a comparison"),
        (lambda value: select(Thing.id).where(Thing.name.like(f"%{value}%")), "a text made of it"),
        (lambda value: select(Thing.id).where(Thing.name.like("%" + value)), "arithmetic"),
        (lambda value: select(Thing.id).where(Thing.name == value.upper()), "its attribute 'upper'"),
        (lambda value: select(Thing.id).where(Thing.name.in_([*value])), "iteration"),
        (lambda value: select(Thing.id).limit(len(value)), "its length"),
        (lambda value: select(Thing.id) if "x" in value else select(Thing.name), "`in`"),
        (lambda value: select(Thing.id).where(Thing.name == value[0]), "an item"),
        (lambda value: select({"x": Thing.id}[value]), "a comparison"),
        (lambda value: select(Thing.id).limit(int(value)), "arithmetic"),
    ],
)
def test_what_asks_for_a_value_is_an_error(body: Callable[[Any], Query[Any]], operation: str) -> None:
    made = query(body)
    with pytest.raises(TraceError) as caught:
        made("x").compile("sqlite")
    assert operation in str(caught.value)
    assert "'value'" in str(caught.value)
    assert "when(value, …)" in str(caught.value)


def test_isinstance_tells_the_class() -> None:
    def either(key: int | str) -> Query[Any]:
        return select(Thing.name).where(Thing.id == key if isinstance(key, int) else Thing.name == key)

    same(either, (1,), ("a",), (2,), ("b",), runs=2)


def test_a_value_that_needs_other_sql_gets_it() -> None:
    def cheap(price: Any) -> Query[Any]:
        return select(Thing.id).where(Thing.price < price)

    for dialect in DIALECTS:
        made = query(cheap)
        for price in (Decimal("1.5"), Decimal("1.505"), 2, 2.5, Decimal("7.25"), Decimal("1E+3")):
            assert made(price).compile(dialect) == cheap(price).compile(dialect)

    def numbered(number: int) -> Query[Any]:
        return select(Thing.id).where(Thing.id > number)

    for dialect in DIALECTS:
        counted = query(numbered)
        for number in (1, 2**31, 2**40, -(2**31), 7, True):
            assert counted(number).compile(dialect) == numbered(number).compile(dialect)
        with pytest.raises(EncodingError, match="64 bits"):
            counted(2**63).compile(dialect)


def test_bad_values_are_told_as_ever() -> None:
    @query
    def born(when: Any, limit: int = 1) -> Query[Any]:
        return select(Thing.id).where(Thing.born == when).limit(limit)

    assert born(date(2020, 1, 1)).compile("sqlite").parameters == ("2020-01-01", 1)
    with pytest.raises(CompileError, match="cannot be compared with str"):
        born("2020-01-01").compile("sqlite")
    with pytest.raises(EncodingError, match="is no date"):
        born(datetime(2020, 1, 1)).compile("sqlite")
    with pytest.raises(ValueError, match="a number of rows is not negative: -1"):
        born(date(2020, 1, 1), -1).compile("sqlite")

    @query
    def seen(moment: datetime) -> Query[Any]:
        return select(Thing.id).where(Thing.seen == moment)

    assert seen(datetime(2020, 1, 1, tzinfo=UTC)).compile("sqlite").parameters == ("2020-01-01 00:00:00.000000",)
    with pytest.raises((CompileError, EncodingError)):
        seen(datetime(2020, 1, 1)).compile("sqlite")


@feature("Composition", "prepared queries")
@feature("Prepared queries", "writes")
async def test_writes(things: Executor) -> None:
    @query
    def renamed(key: int, name: str, nick: str | None = None) -> Update[Thing]:
        return update(Thing).set(name=name, nick=nick).where(Thing.id == key)

    @query
    def gone(key: int) -> Query[Any]:
        return delete(Thing).where(Thing.id == key).returning(Thing.id, Thing.name)

    @query
    def copied(into: int, price: Decimal) -> Insert[Thing]:
        row = dict(THINGS[0]) | {"id": into, "price": price}
        return insert(Thing).values(**row)  # type: ignore[arg-type]  # a dictionary of all columns

    @query
    def emptied(name: str) -> Delete[Thing]:
        return delete(Thing).where(Thing.name == name)

    assert await things.execute(renamed(1, "z")) == 1
    assert await things.execute(renamed(2, "y", "why")) == 1
    assert await things.fetch_all(select(Thing.name, Thing.nick).where(Thing.id < 3).order_by(Thing.id)) == [
        ("z", None),
        ("y", "why"),
    ]
    assert await things.fetch_one(gone(1)) == (1, "z")
    assert await things.execute(copied(9, Decimal("3.25"))) == 1
    assert await things.execute(copied(10, Decimal("4.25"))) == 1
    assert await things.fetch_value(select(Thing.price).where(Thing.id == 10)) == Decimal("4.25")
    assert await things.execute(emptied("a")) == 2


class Page(Table, name="pages"):
    id = col.integer().primary_key()
    slug = col.text()
    live = col.boolean()

    one_that_is_live = index(slug, where=live == literal(True), unique=True)


async def test_upserts_by_a_partial_index(database: Database) -> None:
    """Its condition has no parameters: each dialect writes the value in its own way."""

    def put(slug: str) -> Any:  # an insert, which is no query, is compiled alike
        new = insert(Page).values(slug=slug, live=True)
        return new.on_conflict(Page.slug, where=Page.live == literal(True)).do_nothing()

    same(put, ("a",), ("b",))
    made, _ = prepared(put)
    await database.create_tables(Page)
    assert [await database.execute(made(slug)) for slug in "aab"] == [1, 0, 1]


async def test_a_batch_builds_none_of_its_statements(things: Executor) -> None:
    made, runs = prepared(lambda key, name: update(Thing).set(name=name).where(Thing.id == key))
    for name in ("x", "y", "z"):
        results: tuple[Any, ...] = await things.batch(made(1, name), made(2, name))
        assert results == (1, 1)
    assert len(runs) == 1
    found = await things.fetch_all(select(Thing.name).where(Thing.id < 3))
    assert found == [("z",), ("z",)]


@feature("Prepared queries", "whole tables, nested rows, streams")
async def test_all_ways_to_fetch(things: Executor) -> None:
    @query
    def thing(key: int) -> Select[Any]:
        return select(Thing).where(Thing.id == key)

    assert (await things.fetch_one(thing(2))).nick == "bee"
    assert await things.fetch_one_or_none(thing(7)) is None
    assert [row.id async for row in things.stream(thing(3))] == [3]
    assert [row.tags for row in await things.fetch_all(thing(1))] == [["x"]]

    @query
    def family(key: int) -> Query[Any]:
        child = alias(Thing, "child")
        return select(
            Thing.name, many(select(child.name).where(child.price > 1), on=child.owner_id == Thing.id).as_("children")
        ).where(Thing.id == key)

    for _ in range(2):
        assert sorted((await things.fetch_one(family(1))).children) == [("b%",), ("c",)]


def test_as_a_part_of_other_queries() -> None:
    @query
    def tame(name: str) -> Select[Any]:
        return select(Thing.id).where(Thing.tame, Thing.name == name)

    assert tame("a").limit(1).compile("sqlite") == (
        'SELECT "things"."id" FROM "things" WHERE "things"."tame" AND "things"."name" = ? LIMIT ?',
        ("a", 1),
    )
    other = alias(Thing, "other")
    outer = select(other.name).where(other.id.in_(tame("b")), exists(tame("c")))
    assert outer.compile("sqlite").parameters == ("b", "c")
    assert tame("a").union(tame("b")).compile("sqlite").parameters == ("a", "b")

    @query
    def outermost(name: str) -> Query[Any]:  # a prepared query in a prepared query
        return select(other.name).where(other.id.in_(tame(name)))

    assert outermost("q").compile("sqlite").parameters == ("q",)
    assert outermost("r").compile("sqlite").parameters == ("r",)


def test_values_in_all_places() -> None:
    def everywhere(text: str, number: int) -> Query[Any]:
        return (
            select(
                literal(number).as_("n"),
                fn.substring(Thing.name, number).as_("s"),
                fn.coalesce(Thing.nick, text).as_("c"),
                (Thing.id + number).as_("p"),
                sql("{} || {}", Thing.name, text, returns=str).as_("r"),
            )
            .where(
                Thing.name.startswith(text) | Thing.name.endswith(text) | Thing.name.contains(text),
                Thing.id.between(number, 10),
            )
            .group_by(Thing.id, Thing.id + number)
            .having(fn.count() >= number)
            .limit(number)
            .offset(number)
        )

    same(everywhere, ("a", 1), ("%", 2), ("*?[", 3))


def test_an_argument_that_is_a_query_is_not_kept() -> None:
    def within(inner: Select[Any]) -> Query[Any]:
        return select(Thing.name).where(Thing.id.in_(inner))

    made, runs = prepared(within)
    for number in range(3):
        inner = select(Thing.id).where(Thing.id > number)
        assert made(inner).compile("sqlite") == within(inner).compile("sqlite")
    assert len(runs) == 6 - 3


def test_what_cannot_be_prepared() -> None:
    async def later() -> None: ...

    def generator() -> Any:
        yield 1

    functions: list[Any] = [later, generator, lambda *names: None, lambda **names: None, print]
    for function in functions:
        with pytest.raises(TypeError, match="@query is for plain functions"):
            query(function)
    five: Any = lambda: 5  # noqa: E731  # what is tried
    with pytest.raises(TypeError, match="returns 5, which is no query"):
        query(five)().compile("sqlite")


async def test_many_arguments_are_one_parameter(things: Executor) -> None:
    @query
    def named(names: list[str]) -> Query[Any]:
        return select(fn.count()).from_(Thing).where(Thing.name.in_(names))

    assert await things.fetch_value(named(["a"] * 50_000)) == 1
    ordinary = select(fn.count()).from_(Thing).where(Thing.name.in_(["a"] * 50_000))
    if things.dialect.name == "d1":  # which is sent a document instead
        assert await things.fetch_value(ordinary) == 1
        return
    with pytest.raises(TooManyParameters):
        await things.fetch_value(ordinary)
