"""DDL: exact text for each dialect, and constraints that hold on each engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from qb import (
    Database,
    Table,
    alias,
    check,
    col,
    delete,
    fn,
    foreign_key,
    index,
    insert,
    literal,
    primary_key,
    select,
    sql,
    unique,
)
from qb.dialect import find_dialect
from qb.errors import (
    CheckViolated,
    EncodingError,
    ForeignKeyViolated,
    InvalidSql,
    InvalidValue,
    NotNullViolated,
    QbError,
    SchemaError,
    UndefinedTable,
    UniqueViolated,
    UnsupportedError,
)
from tests.features import feature

ENGINES = ("sqlite", "postgres", "d1")


class Mood(Enum):
    GOOD = "it's good"
    BAD = "bad"


class Owner(Table, name='the "owners"'):
    id = col.integer().primary_key()
    name = col.text("Full Name").unique()
    mood = col.enum(Mood).default(Mood.BAD)


class Thing(Table, name="things"):
    kind = col.varchar(3)
    number = col.smallint()
    owner_id = col.integer().references(lambda: Owner.id, on_delete="cascade", on_update="restrict")
    parent_kind = col.varchar(3).nullable()
    parent_number = col.smallint().nullable()
    price = col.numeric(6, 2).default(Decimal("-1.50")).check(lambda price: price > Decimal("-2.505"))
    fee = col.numeric(6, 4).default(1)
    total = col.numeric(7, 3).generated(price + fee)
    note = col.text().default("it's; DROP TABLE things --\\").nullable()
    starts = col.date().default(date(2024, 2, 29))
    ends = col.date().nullable()
    flag = col.boolean().default(True)

    key = primary_key(kind, number)
    parent = foreign_key(
        parent_kind, parent_number, references=lambda: (Thing.kind, Thing.number), on_delete="set null"
    )
    in_order = check(ends > starts, number > 0)
    one_price = unique(owner_id, price, name="one price")
    by_price = index(price.desc(), owner_id)
    by_name = index(fn.lower(kind), unique=True, where=flag & (number > 5))
    by_sum = index(number + 1, include=(note,))


class Chicken(Table, name="chickens"):
    id = col.integer().primary_key(generated=False)
    egg_id = col.integer().nullable().references(lambda: Egg.id)
    mother_id = col.integer().nullable().references(lambda: Chicken.id)


class Egg(Table, name="eggs"):
    id = col.integer().primary_key(generated=False)
    chicken_id = col.integer().references(lambda: Chicken.id)


class Defaults(Table, name="defaults"):
    id = col.integer().primary_key(generated=False)
    integer = col.integer().default(-5)
    bigint = col.bigint().default(2**40)
    text = col.text().default("é'\"\n")
    boolean = col.boolean().default(False)
    real = col.real().default(1.5)
    infinite = col.real().default(float("-inf"))
    numeric = col.numeric(10, 3).default(Decimal("1E+3"))
    date = col.date().default(date(1, 2, 3))
    time = col.time().default(time(9, 30, 0, 5))
    moment = col.timestamp().default(datetime(2024, 1, 1, 12, tzinfo=UTC))
    clock = col.timestamp(zone=False).default(datetime(2024, 1, 1, 12))
    interval = col.interval().default(timedelta(days=-1, microseconds=1))
    uuid = col.uuid().default(UUID(int=5))
    blob = col.blob().default(b"\0'\xff")
    json = col.json(dict[str, object]).default({"a": ["'", None]})
    mood = col.enum(Mood).default(Mood.GOOD)
    nothing = col.text().default(None).nullable()  # type: ignore[qb-type]  # a default that is NULL
    now = col.timestamp().default_sql(fn.now())
    today = col.date().default_sql(fn.current_date())
    text_now = col.text().default_sql(fn.upper(sql("'x'", returns=str)) + "y")
    halves = col.numeric(4, 2).default_sql(literal(Decimal("0.25")) * 2)


SQLITE = [
    '''CREATE TABLE "the ""owners""" (
  "id" INTEGER PRIMARY KEY,
  "Full Name" TEXT NOT NULL UNIQUE,
  "mood" TEXT NOT NULL DEFAULT 'bad' CHECK ("mood" IN ('it''s good', 'bad'))
) STRICT''',
    '''CREATE TABLE "things" (
  "kind" TEXT NOT NULL CHECK (length("kind") <= 3),
  "number" INTEGER NOT NULL,
  "owner_id" INTEGER NOT NULL,
  "parent_kind" TEXT CHECK (length("parent_kind") <= 3),
  "parent_number" INTEGER,
  "price" INTEGER NOT NULL DEFAULT -150 CHECK (("price" * 10) > (-2505)) CHECK (abs("price") < 1000000),
  "fee" INTEGER NOT NULL DEFAULT 10000 CHECK (abs("fee") < 1000000),
  "total" INTEGER NOT NULL GENERATED ALWAYS AS ((((("price" * 100) + "fee") + CASE WHEN (("price" * 100) + "fee") < 0 THEN -5 ELSE 5 END) / 10)) STORED CHECK (abs("total") < 10000000),
  "note" TEXT DEFAULT 'it''s; DROP TABLE things --\\',
  "starts" TEXT NOT NULL DEFAULT '2024-02-29',
  "ends" TEXT,
  "flag" INTEGER NOT NULL DEFAULT 1 CHECK ("flag" IN (0, 1)),
  CONSTRAINT "things_key" PRIMARY KEY ("kind", "number"),
  CONSTRAINT "things_in_order" CHECK ("ends" > "starts" AND "number" > 0),
  CONSTRAINT "one price" UNIQUE ("owner_id", "price"),
  FOREIGN KEY ("owner_id") REFERENCES "the ""owners""" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "things_parent" FOREIGN KEY ("parent_kind", "parent_number") REFERENCES "things" ("kind", "number") ON DELETE SET NULL
) STRICT''',  # noqa: E501  # the DDL as it is
    """CREATE INDEX "things_by_price" ON "things" ("price" DESC, "owner_id")""",
    """CREATE UNIQUE INDEX "things_by_name" ON "things" (lower("kind")) WHERE "flag" AND "number" > 5""",
    """CREATE INDEX "things_by_sum" ON "things" (("number" + 1))""",
]

POSTGRES = [
    """CREATE TYPE "mood" AS ENUM ('it''s good', 'bad')""",
    '''CREATE TABLE "the ""owners""" (
  "id" integer NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  "Full Name" text NOT NULL,
  "mood" "mood" NOT NULL DEFAULT 'bad'::"mood",
  CONSTRAINT "the ""owners""_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "the ""owners""_Full Name_key" UNIQUE ("Full Name")
)''',
    '''CREATE TABLE "things" (
  "kind" varchar(3) NOT NULL,
  "number" smallint NOT NULL,
  "owner_id" integer NOT NULL,
  "parent_kind" varchar(3),
  "parent_number" smallint,
  "price" numeric(6, 2) NOT NULL DEFAULT '-1.50'::numeric(6, 2),
  "fee" numeric(6, 4) NOT NULL DEFAULT '1'::numeric(6, 4),
  "total" numeric(7, 3) NOT NULL GENERATED ALWAYS AS ("price" + "fee") STORED,
  "note" text DEFAULT 'it''s; DROP TABLE things --\\',
  "starts" date NOT NULL DEFAULT '2024-02-29'::date,
  "ends" date,
  "flag" boolean NOT NULL DEFAULT TRUE,
  CONSTRAINT "things_key" PRIMARY KEY ("kind", "number"),
  CONSTRAINT "things_price_check" CHECK ("price" > '-2.505'::numeric(38, 3)),
  CONSTRAINT "things_in_order" CHECK ("ends" > "starts" AND "number" > 0),
  CONSTRAINT "one price" UNIQUE ("owner_id", "price"),
  CONSTRAINT "things_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "the ""owners""" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "things_parent" FOREIGN KEY ("parent_kind", "parent_number") REFERENCES "things" ("kind", "number") ON DELETE SET NULL
)''',  # noqa: E501  # the DDL as it is
    """CREATE INDEX "things_by_price" ON "things" ("price" DESC, "owner_id")""",
    """CREATE UNIQUE INDEX "things_by_name" ON "things" (lower("kind")) WHERE "flag" AND "number" > 5""",
    """CREATE INDEX "things_by_sum" ON "things" (("number" + 1)) INCLUDE ("note")""",
]


def create(dialect: str, *tables: type[Table]) -> list[str]:
    return find_dialect(dialect).ddl().create(tables)


def test_everything_on_sqlite() -> None:
    assert create("sqlite", Thing, Owner) == SQLITE


def test_everything_on_postgres() -> None:
    assert create("postgres", Thing, Owner) == POSTGRES


def test_d1_is_sqlite() -> None:
    assert create("d1", Thing, Owner) == SQLITE


def names(statements: list[str]) -> list[str]:
    return [statement.split('"')[1] for statement in statements if statement.startswith("CREATE TABLE")]


def test_referenced_tables_come_first() -> None:
    class A(Table):
        id = col.integer().primary_key().references(lambda: B.id)

    class B(Table):
        id = col.integer().primary_key().references(lambda: C.id)

    class C(Table):
        id = col.integer().primary_key()

    for dialect in ("sqlite", "postgres"):
        assert names(create(dialect, A, B, C)) == ["c", "b", "a"]
        assert names(create(dialect, A, C)) == ["a", "c"], "in the order given, where nothing decides"


@pytest.mark.parametrize("dialect", ["sqlite", "d1", "postgres"])
def test_two_tables_of_one_name(dialect: str) -> None:
    class Other(Table, name="EGGS"):
        id = col.integer().primary_key()

    with pytest.raises(SchemaError, match="Egg and Other are both named 'EGGS'"):
        create(dialect, Egg, Chicken, Other)
    assert create(dialect, Egg, Chicken, Egg) == create(dialect, Egg, Chicken)


def test_a_circle_is_closed_afterwards() -> None:
    postgres = create("postgres", Egg, Chicken)
    assert [statement for statement in postgres if statement.startswith("ALTER")] == [
        'ALTER TABLE "eggs" ADD CONSTRAINT "eggs_chicken_id_fkey" '
        'FOREIGN KEY ("chicken_id") REFERENCES "chickens" ("id")',
        'ALTER TABLE "chickens" ADD CONSTRAINT "chickens_egg_id_fkey" FOREIGN KEY ("egg_id") REFERENCES "eggs" ("id")',
    ]
    assert not any(statement.startswith("ALTER") for statement in create("sqlite", Egg, Chicken))


@feature("Tables", "tables that reference each other")
async def test_a_circle_holds(database: Database) -> None:
    await database.create_tables(Egg, Chicken)
    await database.execute(insert(Chicken).values(id=1))
    await database.execute(insert(Egg).values(id=1, chicken_id=1))
    await database.execute(insert(Chicken).values(id=2, egg_id=1, mother_id=1))
    for wrong in ({"egg_id": 9}, {"mother_id": 9}):
        with pytest.raises(ForeignKeyViolated):
            await database.execute(insert(Chicken).values(id=3, **wrong))
    with pytest.raises(ForeignKeyViolated):
        await database.execute(insert(Egg).values(id=2, chicken_id=9))


GIVEN: dict[str, Any] = {"kind": "a", "number": 1, "owner_id": 1}


@pytest.fixture
async def things(database: Database) -> Database:
    await database.create_tables(Thing, Owner)
    await database.execute(insert(Owner).values(id=1, name="Eve"))
    await database.execute(insert(Thing).values(**GIVEN))
    return database


@feature("Tables", "defaults and generated columns")
async def test_defaults_and_generated_columns(things: Database) -> None:
    assert await things.fetch_all(select(Thing)) == [
        (
            "a",
            1,
            1,
            None,
            None,
            Decimal("-1.5"),
            Decimal(1),
            Decimal("-0.5"),
            "it's; DROP TABLE things --\\",
            date(2024, 2, 29),
            None,
            True,
        ),
    ]
    assert await things.fetch_all(select(Owner)) == [(1, "Eve", Mood.BAD)]


@feature("Tables", "keys, foreign keys, unique, CHECK, NOT NULL")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "a", "number": 1, "price": 5}, UniqueViolated),
        ({"number": 2}, UniqueViolated),  # the price of one owner
        ({"number": 2, "price": 5, "owner_id": 2}, ForeignKeyViolated),
        ({"number": 2, "price": 5, "parent_kind": "x", "parent_number": 1}, ForeignKeyViolated),
        ({"number": 0, "price": 5}, CheckViolated),
        ({"number": 2, "price": Decimal("-2.51")}, CheckViolated),
        ({"number": 2, "price": 5, "ends": date(2024, 2, 28)}, CheckViolated),
        ({"number": 2, "price": 5, "kind": None}, NotNullViolated),
        ({"number": 2, "price": 5, "flag": None}, NotNullViolated),
        ({"number": None, "price": 5}, NotNullViolated),
        ({"number": 2, "price": 5, "kind": "long"}, EncodingError),
        ({"number": 2, "price": 10000}, EncodingError),
    ],
)
async def test_a_row_that_breaks_a_rule_is_refused(
    things: Database, changes: dict[str, Any], error: type[QbError]
) -> None:
    with pytest.raises(error):
        await things.execute(insert(Thing).values(**{**GIVEN, **changes}))
    assert await things.fetch_value(select(fn.count()).from_(Thing)) == 1


async def test_rules_that_sql_text_cannot_break_either(sqlite_db: Database) -> None:
    """What PostgreSQL refuses by type."""
    await sqlite_db.create_tables(Thing, Owner, Defaults)
    for text in (
        'INSERT INTO "the ""owners""" ("Full Name", mood) VALUES (\'x\', \'other\')',
        "INSERT INTO defaults (id, boolean) VALUES (1, 2)",
        "INSERT INTO defaults (id, json) VALUES (1, '{')",
        "INSERT INTO defaults (id, numeric) VALUES (1, 10000000000)",
    ):
        with pytest.raises(CheckViolated):
            await sqlite_db.execute(sql(text))
    with pytest.raises(InvalidValue):
        await sqlite_db.execute(sql("INSERT INTO defaults (id, integer) VALUES (1, 'x')"))


@feature("Tables", "partial indexes, indexes on expressions")
async def test_a_partial_unique_index(things: Database) -> None:
    row = {**GIVEN, "kind": "B", "price": 1}
    await things.execute(insert(Thing).values(**{**row, "number": 6}))
    await things.execute(insert(Thing).values(**{**row, "number": 7, "price": 2, "flag": False}))
    with pytest.raises(UniqueViolated):
        await things.execute(insert(Thing).values(**{**row, "number": 8, "kind": "b", "price": 3}))


@feature("Tables", "ON DELETE, ON UPDATE")
async def test_actions_of_foreign_keys(things: Database) -> None:
    await things.execute(
        insert(Thing).values(**{**GIVEN, "number": 2, "price": 5, "parent_kind": "a", "parent_number": 1})
    )
    await things.execute(delete(Thing).where(Thing.number == 1))
    child = await things.fetch_one(select(Thing.number, Thing.parent_kind, Thing.parent_number))
    assert child == (2, None, None)
    await things.execute(delete(Owner).where(Owner.id == 1))
    assert await things.fetch_all(select(Thing.number)) == []


@pytest.mark.not_on_d1("infinity")
async def test_a_default_of_every_kind(database: Database) -> None:
    await database.create_tables(Defaults)
    await database.execute(insert(Defaults).values(id=1))
    row = await database.fetch_one(select(Defaults))
    *constants, now, today, text_now, halves = row
    assert constants == [
        1,
        -5,
        2**40,
        "é'\"\n",
        False,
        1.5,
        float("-inf"),
        Decimal(1000),
        date(1, 2, 3),
        time(9, 30, 0, 5),
        datetime(2024, 1, 1, 12, tzinfo=UTC),
        datetime(2024, 1, 1, 12),
        timedelta(days=-1, microseconds=1),
        UUID(int=5),
        b"\0'\xff",
        {"a": ["'", None]},
        Mood.GOOD,
        None,
    ]
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert abs(today - now.date()) <= timedelta(days=1)
    assert (text_now, halves) == ("Xy", Decimal("0.5"))


@pytest.mark.not_on_d1("infinity")
async def test_many_rows_that_leave_out_different_columns_keep_every_default(database: Database) -> None:
    await database.create_tables(Defaults)
    await database.execute(insert(Defaults).values(id=1))
    columns = [name for name in vars(Defaults) if not name.startswith("_") and name != "id"]
    rows = [
        {"id": number + 2, name: None if name == "nothing" else await default(database, name)}
        for number, name in enumerate(columns)
    ]
    await database.execute(insert(Defaults).values_many(rows))  # type: ignore[arg-type]  # rows of different keys
    one, other = alias(Defaults, "one"), alias(Defaults, "other")
    for name in set(columns) - {"now", "nothing"}:
        same = select(other.id).from_(one).join(other, on=getattr(one, name) == getattr(other, name)).where(one.id == 1)
        assert len(await database.fetch_all(same)) == len(columns) + 1, name


async def default(database: Database, name: str) -> Any:
    return await database.fetch_value(select(getattr(Defaults, name)).where(Defaults.id == 1))


async def test_an_index_on_an_expression_with_a_text(database: Database) -> None:
    class Page(Table, name="pages"):
        id = col.integer().primary_key()
        path = col.text().check(lambda path: path.startswith("/") & ~path.endswith("%") & path.contains("a_"))
        drafts = index(path, where=path.startswith("/drafts") | path.like("%x"))

    await database.create_tables(Page)
    await database.execute(insert(Page).values(path="/a_"))
    for wrong in ("a_", "/a_%", "/ab"):
        with pytest.raises(CheckViolated):
            await database.execute(insert(Page).values(path=wrong))


@feature("Tables", "any name, quoted")
async def test_names_with_quotes(database: Database) -> None:
    class Odd(Table, name='o"d; d'):
        id = col.integer('i"d').primary_key()
        select = col.text("SELECT")
        one = unique(select, name="it's")
        two = index(id, select.desc(), name='"')  # a name in SQL

    await database.create_tables(Odd)
    await database.execute(insert(Odd).values(select="x"))
    assert await database.fetch_all(select(Odd).where(Odd.select == "x")) == [(1, "x")]


@feature("Running", "create_tables: all or none")
async def test_a_failure_leaves_no_table(database: Database) -> None:
    class Bad(Table, name="bad"):
        id = col.integer().primary_key()
        wrong = col.integer().default_sql(sql("no_such_function()", returns=int))
        also = index(sql("no_such_column", returns=int))

    with pytest.raises(InvalidSql, match="no_such_"):
        await database.create_tables(Owner, Bad)
    with pytest.raises(UndefinedTable):
        await database.fetch_all(select(Owner))


def test_what_a_dialect_has_no_type_for() -> None:
    class Lists(Table):
        numbers = col.array(col.integer())

    class Wide(Table):
        amount = col.numeric(19, 2)

    assert '"numbers" integer[] NOT NULL' in create("postgres", Lists)[0]
    with pytest.raises(UnsupportedError, match="no arrays"):
        create("sqlite", Lists)
    with pytest.raises(UnsupportedError, match="18 digits"):
        create("sqlite", Wide)


@feature("Tables", "arrays", sqlite="refused")
async def test_arrays_on_postgres(postgres_db: Database) -> None:
    class Lists(Table):
        id = col.integer().primary_key()
        numbers = col.array(col.integer()).default([1, 2])
        words = col.array(col.text()).default(["a'b", 'c"d', "", "{e,f}"])
        moods = col.array(col.enum(Mood)).default([])
        prices = col.array(col.numeric(5, 2)).nullable()

    await postgres_db.create_tables(Lists)
    await postgres_db.execute(insert(Lists).values(moods=[Mood.GOOD, Mood.BAD], prices=[Decimal("1.5"), None]))  # type: ignore[list-item]  # NULL in an array
    await postgres_db.execute(insert(Lists).values())
    assert await postgres_db.fetch_all(
        select(Lists.numbers, Lists.words, Lists.moods, Lists.prices).order_by(Lists.id)
    ) == [
        ([1, 2], ["a'b", 'c"d', "", "{e,f}"], [Mood.GOOD, Mood.BAD], [Decimal("1.5"), None]),
        ([1, 2], ["a'b", 'c"d', "", "{e,f}"], [], None),
    ]
    assert await postgres_db.fetch_value(select(fn.count()).from_(Lists).where(Lists.numbers == [1, 2])) == 2
