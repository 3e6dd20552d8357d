"""Everything that can be declared is created, and found again."""

from __future__ import annotations

from types import ModuleType

import pytest

from qb import (
    Database,
    Table,
    col,
    enum_type,
    exclude,
    index,
    insert,
    materialized_view,
    schema_named,
    select,
    sequence,
    sql,
    trigger,
    unique,
    view,
)
from qb.dialect import find_dialect
from qb.errors import InvalidSql, SchemaError, UnsupportedError
from qb.schema.canonical import canonical
from qb.schema.declared import declared_in
from qb.schema.introspect import introspect, normalised
from qb.schema.objects import Name
from tests.features import feature
from tests.schema import everything_postgres, everything_sqlite
from tests.schema.everything_sqlite import Person
from tests.schema.running import created, run


def describe(dialect: str, *declared: object) -> object:
    return find_dialect(dialect).ddl().description.describe(declared)  # type: ignore[arg-type]  # mistakes, too


async def test_everything_of_sqlite(sqlite_db: Database) -> None:
    declared = declared_in(everything_sqlite)
    ddl = find_dialect("sqlite").ddl()
    described = ddl.description.describe(declared)
    await sqlite_db.create_tables(*declared)
    found = canonical(await introspect(sqlite_db))
    assert found == canonical(await normalised(sqlite_db, described))
    assert found.unknown == ()
    assert found.table(Name("pages")) == canonical(described).table(Name("pages")), "nothing to be normalised"
    assert [view.sql.splitlines()[0] for view in found.views] == [
        'CREATE VIEW "renamed" (who) AS SELECT name FROM young',
        'CREATE VIEW "young" AS',
    ]
    await sqlite_db.execute(insert(Person).values(name="Eve", seen=sql("'2024-01-01 00:00:00'")))
    assert await sqlite_db.fetch_one(select(Person.id, Person.shout, Person.whisper)) == (1, "EVE", "eve")


@pytest.fixture
async def db(postgres_db: Database) -> Database:
    await run(postgres_db, "DROP SCHEMA IF EXISTS app CASCADE")
    return postgres_db


async def test_everything_of_postgres(db: Database) -> None:
    declared = declared_in(everything_postgres)
    described = find_dialect("postgres").ddl().description.describe(declared)
    expected = canonical(await normalised(db, described))
    await db.create_tables(*declared)
    found = await created(db, schemas=("app",))
    assert found.tables == expected.tables
    assert found.views == expected.views
    assert (found.enums, found.sequences, found.triggers) == (expected.enums, expected.sequences, expected.triggers)
    assert found.schemas == expected.schemas == ("app",)
    assert found.unknown == ()
    room = found.table(Name("rooms"))
    declared_room = described.table(Name("rooms"))
    assert [column.type for column in room.columns] == [column.type for column in declared_room.columns]
    assert [column.identity for column in room.columns] == [column.identity for column in declared_room.columns]
    assert room.options == declared_room.options
    assert len(found.views) == 3
    await run(db, "DROP SCHEMA app CASCADE")


@feature("Tables", "identity columns that an insert cannot give", sqlite="refused")
async def test_a_number_that_is_always_generated(postgres_db: Database) -> None:
    class Ticket(Table, name="tickets"):
        number = col.integer().identity(always=True, start=1000)
        name = col.text()

    await postgres_db.create_tables(Ticket)
    await postgres_db.execute(insert(Ticket).values(name="x"))
    assert await postgres_db.fetch_all(select(Ticket)) == [(1000, "x")]
    with pytest.raises(InvalidSql, match='cannot insert a non-DEFAULT value into column "number"'):
        await postgres_db.execute(insert(Ticket).values(name="y", number=5))  # type: ignore[qb-type]  # on purpose


@feature("Tables", "collations")
async def test_collations(database: Database) -> None:
    name = {"sqlite": "NOCASE", "postgres": "C"}[database.dialect.name]

    class Word(Table, name="words"):
        text = col.text(collation=name)

    await database.create_tables(Word)
    await database.execute(insert(Word).values_many([{"text": "b"}, {"text": "A"}, {"text": "B"}]))
    found = [row.text for row in await database.fetch_all(select(Word).order_by(Word.text, sql("lower(text)")))]
    assert found == (["A", "b", "B"] if name == "NOCASE" else ["A", "B", "b"])


async def test_a_column_of_another_type(database: Database) -> None:
    class Thing(Table, name="things", strict=False):
        id = col.integer().primary_key()
        name = col.custom("varchar(7)", str).unique()
        flag = col.custom("boolean", bool).default(True)

    await database.create_tables(Thing)
    await database.execute(insert(Thing).values(name="x"))
    assert await database.fetch_all(select(Thing)) == [(1, "x", True)]
    columns = (await introspect(database)).tables[0].columns
    assert [column.type for column in columns[1:]] == ["varchar(7)", "boolean"]


def test_objects_are_found_where_they_are_declared() -> None:
    module = ModuleType("m")
    vars(module).update(a=Person, b=Person, c=everything_sqlite.young, d=Table, e=5)
    assert declared_in(module) == [Person, everything_sqlite.young]
    with pytest.raises(SchemaError, match="m declares no tables"):
        declared_in(ModuleType("m"))


def test_sql_by_dialect() -> None:
    both = view("v", {"sqlite": "SELECT 1", "postgres": "SELECT 2"})
    mine = trigger("t", "v", {"sqlite": "CREATE TRIGGER t …"})
    for dialect, text, count in (("sqlite", "1", 1), ("postgres", "2", 0)):
        found = find_dialect(dialect).ddl().description.describe([both, mine])
        assert found.views[0].sql == f'CREATE VIEW "v" AS\nSELECT {text}'
        assert len(found.triggers) == count


class Base(Table, name="base"):
    id = col.integer().primary_key()
    other = col.integer().nullable()


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: col.integer().primary_key(generated="never"), "generated='never'"),  # type: ignore[call-overload]  # on purpose
        (lambda: col.text().primary_key(autoincrement=True), "integers that the database generates"),
        (lambda: col.text().identity(), "identity\\(\\) is for integers"),
        (lambda: col.integer().references(lambda: Base.id, initially="later"), "initially='later'"),  # type: ignore[arg-type]  # on purpose
        (lambda: col.integer().references(lambda: Base.id, match="partly"), "match='partly'"),  # type: ignore[arg-type]  # on purpose
        (lambda: col.custom(" ", str), "needs the name of a type"),
        (lambda: unique(col.text(), on_conflict="abort"), "on_conflict='abort'"),  # type: ignore[arg-type]  # on purpose
        (lambda: exclude(), "needs a column with an operator"),
        (lambda: exclude((col.text(), "= OR")), "'= OR' is no operator"),
        (lambda: index(col.text(), operator_class=["a", "b"]), "1 keys, and 2 operator classes"),
        (lambda: sequence("s", type="text"), "'text' is no type of a sequence"),  # type: ignore[arg-type]  # on purpose
        (lambda: enum_type(everything_postgres.Unused, renamed_from="a\0b"), "enum_type\\(\\): the name .* NUL"),
        (lambda: sequence("s", renamed_from=""), "sequence\\(\\): the name is ''"),
        (lambda: view("", "SELECT 1"), "view\\(\\): the name is ''"),
        (lambda: schema_named("a\0b"), "NUL"),
        (lambda: schema_named("a", renamed_from=""), "schema_named\\(\\): the name is ''"),
        (lambda: materialized_view("v", "SELECT 1", index(sql("a"))), "has a name"),
    ],
)
def test_mistakes(declare: object, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        declare()  # type: ignore[operator]  # a lambda


def test_an_index_without_a_name() -> None:
    with pytest.raises(SchemaError, match=r"T.i: an index has a name"):

        class T(Table):
            word = col.text()
            i = index(word, name="")


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (sequence("s"), "has no sequences"),
        (schema_named("s"), "no CREATE SCHEMA"),
        (materialized_view("v", "SELECT 1"), "no materialized views"),
    ],
)
def test_what_sqlite_does_not_have(declared: object, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        describe("sqlite", declared)


def test_what_a_table_of_sqlite_does_not_have() -> None:
    class Excluding(Table):
        id = col.integer().primary_key()
        one = exclude((id, "="))

    class Deferring(Table):
        id = col.integer().primary_key()
        one = unique(id, deferrable=True)

    class Equal(Table):
        id = col.integer().primary_key()
        one = index(id, unique=True, nulls_distinct=False)

    class Numbered(Table):
        id = col.integer().identity()

    for declared, message in (
        (Excluding, "exclude\\(\\) is for PostgreSQL"),
        (Deferring, "SQLite has no deferrable keys"),
        (Equal, "NULLs are equal"),
        (Numbered, "SQLite numbers the primary key alone, and id is another column"),
    ):
        with pytest.raises(UnsupportedError, match=message):
            describe("sqlite", declared)
        describe("postgres", declared)


def test_a_storage_parameter_is_no_sql() -> None:
    class T(Table, options={"fillfactor": "70); DROP TABLE x"}):
        id = col.integer().primary_key()

    with pytest.raises(SchemaError, match="no storage parameter"):
        describe("postgres", T)


def test_a_name_that_only_sqlite_keeps_whole() -> None:
    class T(Table):
        id = col.integer().primary_key()
        long = index(id, name="x" * 64)

    assert "x" * 64 in str(describe("sqlite", T))
    with pytest.raises(SchemaError, match=r"T: the name .* 63 bytes"):
        describe("postgres", T)
