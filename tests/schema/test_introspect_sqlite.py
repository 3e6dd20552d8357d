"""What is in an SQLite database is found, as it was declared or written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from qb import Database
from qb.dialect import find_dialect
from qb.schema.canonical import canonical, canonical_table
from qb.schema.introspect import introspect, normalised
from qb.schema.objects import (
    Check,
    Column,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
    Trigger,
    Unknown,
    View,
)
from tests.ddl.test_create_tables import Chicken, Defaults, Egg, Owner, Thing
from tests.schema.running import created, run

DDL = find_dialect("sqlite").ddl()
DECLARED = [Owner, Thing, Defaults, Egg, Chicken]


async def table(db: Database, statement: str, *more: str) -> Table:
    """The first table that is found after these statements."""
    schema = await created(db, statement, *more)
    assert schema.unknown == ()
    return schema.tables[0]


async def test_declared_tables_are_found_as_they_are_described(sqlite_db: Database) -> None:
    described = DDL.description.describe(DECLARED)
    found = await created(sqlite_db, *DDL.create_all(described))
    assert found == canonical(described) == canonical(await normalised(sqlite_db, described))


EVERYTHING = Schema(
    "sqlite",
    tables=(
        Table(
            Name("Parents"),
            (Column("id", "INTEGER", identity=Identity("autoincrement")), Column("Name", "varchar (30)")),
            Key(("id",), "the key", on_conflict="FAIL"),
            (Key(("Name", "id"), "names", on_conflict="REPLACE"), Key(("Name",), on_conflict="IGNORE")),
            (Check('"Name" <> \'--\' || "id"', "named"), Check("\"Name\" > ''", column="Name")),
        ),
        Table(
            Name('o"d; d'),
            (
                Column("a", "TEXT", False, "'it''s'", collation="NOCASE"),
                Column("b", "INTEGER", default="-5"),
                Column("c", "INTEGER", default="(abs(-1) + length('x'))", nullable=False),
                Column("d", "TEXT", generated=Generated("a || b")),
                Column("e", "TEXT", generated=Generated("a || '/*' || b", stored=False)),
                Column("f", "BLOB", default="x'00ff'"),
            ),
            Key(("b", "a")),
            foreign_keys=(
                ForeignKey(("b",), Name("Parents"), ("id",), "CASCADE", "SET NULL", "f", "deferred", "FULL"),
                ForeignKey(("c",), Name('o"d; d'), (), "RESTRICT"),
                ForeignKey(("a", "b"), Name('o"d; d'), ("b", "a"), "SET DEFAULT", deferral="immediate"),
            ),
            indexes=(
                Index("by a", (IndexKey("a", descending=True), IndexKey("b", collation="RTRIM")), True, '"c" > 1'),
                Index("by e", (IndexKey(None, 'lower("a") || b', collation="NOCASE", descending=True),)),
            ),
            options=("STRICT", "WITHOUT ROWID"),
        ),
    ),
    views=(View(Name("v"), 'CREATE VIEW "v" (x) AS SELECT 1 -- one'),),
    triggers=(
        Trigger(
            "t", Name("Parents"), 'CREATE TRIGGER "t" AFTER INSERT ON "Parents" BEGIN SELECT ";"; SELECT \'END\'; END'
        ),
    ),
)


async def test_everything_that_a_schema_can_say(sqlite_db: Database) -> None:
    statements = DDL.create_all(EVERYTHING)
    found = await created(sqlite_db, *statements)
    strict = EVERYTHING.tables[1]
    columns = {column.name: column for column in found.table(strict.name).columns}
    assert not columns["b"].nullable, "in the primary key of a table without rowids"
    expected = EVERYTHING.tables[0], found.table(strict.name)
    assert found.tables[0] == canonical(Schema("sqlite", tables=expected)).tables[0]
    assert canonical(found) == found


async def test_what_was_found_is_created_and_found_again(sqlite_db: Database) -> None:
    found = await created(sqlite_db, *DDL.create_all(EVERYTHING))
    async with Database.connect("sqlite://") as other:
        assert await created(other, *DDL.create_all(found)) == found


ODD = """create table if not exists main.[odd] /* ( */ (
  'a' integer primary key asc on conflict abort AUTOINCREMENT, -- , "b"
  `b``` "my type" ( 1 , 2 ) constraint one not null constraint two default +5 constraint three check (b <> ')'),
  c, key text collate nocase unique default CURRENT_TIMESTAMP references P on delete no action deferrable,
  text default (  -  .5  ) REFERENCES p(x) match simple on update set  default not deferrable initially deferred,
  date VARCHAR generated always as (key || ' )') , double /* of */ precision default "x" null,
  constraint u UNIQUE(A, KEY) check (c in ('{}', '[')) foreign /* no comma */ key (c) references ODD (B)
) without rowid"""


async def test_every_spelling_is_understood(sqlite_db: Database) -> None:
    odd = ODD.replace(" without rowid", "")
    found = await created(sqlite_db, "CREATE TABLE p(X TEXT UNIQUE)", odd.replace("`b```", "b"))
    read = found.table(Name("odd"))
    assert read == canonical_table(
        Table(
            Name("odd"),
            (
                Column("a", "INTEGER", identity=Identity("autoincrement")),
                Column("b", '"my type" ( 1 , 2 )', nullable=False, default="5"),
                Column("c", ""),
                Column("key", "TEXT", default="CURRENT_TIMESTAMP", collation="NOCASE"),
                Column("text", "", default="-.5"),
                Column("date", "VARCHAR", generated=Generated("key || ' )'", stored=False)),
                Column("double", "precision", default='"x"'),
            ),
            Key(("a",)),
            (Key(("key",)), Key(("a", "key"), "u")),
            (Check("c in ('{}', '[')"), Check("b <> ')'", "three", "b")),
            (
                ForeignKey(("key",), Name("p"), (), deferral="immediate"),
                ForeignKey(("text",), Name("p"), ("X",), on_update="SET DEFAULT"),
                ForeignKey(("c",), Name("odd"), ("b",)),
            ),
        )
    )
    assert found.unknown == (
        Unknown("table option", "CONSTRAINT one: NOT NULL of b", Name("odd")),
        Unknown("table option", "CONSTRAINT two: DEFAULT of b", Name("odd")),
    )


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ("a INTEGER PRIMARY KEY DESC", "PRIMARY KEY DESC of a"),
        ("a TEXT NOT NULL ON CONFLICT REPLACE", "NOT NULL ON CONFLICT REPLACE of a"),
        ("a TEXT, UNIQUE (a COLLATE NOCASE)", "COLLATE NOCASE of a in a key"),
        ("a, b, PRIMARY KEY (b, a DESC)", "DESC of a in a key"),
        ("a CONSTRAINT c COLLATE RTRIM", "CONSTRAINT c: COLLATE of a"),
        ("a CONSTRAINT c", "CONSTRAINT c: nothing"),
    ],
)
async def test_what_a_table_has_that_is_not_modelled_is_named(sqlite_db: Database, columns: str, what: str) -> None:
    found = await created(sqlite_db, f"CREATE TABLE t ({columns})")
    assert found.unknown == (Unknown("table option", what, Name("t")),)


async def test_indexes_as_they_are_written(sqlite_db: Database) -> None:
    found = await table(
        sqlite_db,
        "CREATE TABLE t (a TEXT COLLATE nocase, b)",
        "CREATE INDEX i1 ON T (A COLLATE NOCASE, [b] desc, b COLLATE rtrim ASC, a collate binary)",
        "create unique index if not exists i2 on t (lower(a) || ')' collate nocase desc, b + 1) where b is not null",
        "CREATE INDEX i3 ON t ('b', (a))",
    )
    assert found.indexes == (
        Index(
            "i1",
            (
                IndexKey("a"),
                IndexKey("b", descending=True),
                IndexKey("b", collation="RTRIM"),
                IndexKey("a", collation="BINARY"),
            ),
        ),
        Index(
            "i2",
            (
                IndexKey(None, "lower(a) || ')'", collation="NOCASE", descending=True),
                IndexKey(None, "b + 1"),
            ),
            True,
            "b is not null",
        ),
        Index("i3", (IndexKey("b"), IndexKey("a"))),
    )


async def test_what_is_no_table_of_the_application(sqlite_db: Database) -> None:
    found = await created(
        sqlite_db,
        "CREATE TABLE d1_migrations (id)",
        "CREATE TABLE _cf_KV (key)",
        "CREATE TABLE mine (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE VIRTUAL TABLE words USING fts5(text)",
        "CREATE INDEX i ON mine(id)",
        "ANALYZE",
    )
    assert [each.name for each in found.tables] == [Name("mine")]
    assert {(each.kind, each.name) for each in found.unknown} == {
        ("virtual table", "words"),
        *[("shadow table", f"words_{part}") for part in ("config", "content", "data", "docsize", "idx")],
    }


async def test_an_attached_database(sqlite_db: Database) -> None:
    await run(sqlite_db, "ATTACH ':memory:' AS other")
    statements = ["CREATE TABLE other.p (id INTEGER PRIMARY KEY)", "CREATE TABLE other.c (p REFERENCES P(ID))"]
    await run(sqlite_db, *statements, "CREATE INDEX other.i ON c (p)", "CREATE VIEW other.v AS SELECT 1")
    assert await introspect(sqlite_db) == Schema("sqlite")
    found = await introspect(sqlite_db, ["other"])
    assert found.table(Name("c", "other")).foreign_keys == (ForeignKey(("p",), Name("p", "other"), ("id",)),)
    assert found.table(Name("c", "other")).indexes == (Index("i", (IndexKey("p"),)),)
    assert found.views == (View(Name("v", "other"), "CREATE VIEW v AS SELECT 1"),)


async def test_a_table_that_is_not_understood_is_named_and_has_its_columns() -> None:
    """SQLite reads its own old mistakes, and what editors of sqlite_master wrote."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute("CREATE TABLE t (a\N{NO-BREAK SPACE}b TEXT)")
        name = raw.execute("SELECT name FROM pragma_table_xinfo('t')").fetchone()[0]
    assert name == "a\N{NO-BREAK SPACE}b"
    async with Database.connect("sqlite://") as db:
        found = await created(db, "CREATE TABLE t (a\N{NO-BREAK SPACE}b TEXT)")
    assert found.tables[0].columns == (Column(name, "TEXT"),)
    assert [(each.kind, each.table) for each in found.unknown] == [("table that is not understood", Name("t"))]
