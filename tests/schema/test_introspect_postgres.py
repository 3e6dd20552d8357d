"""What is in a PostgreSQL is found, in its own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb import Database
from qb.dialect import find_dialect
from qb.schema.canonical import canonical
from qb.schema.introspect import introspect, normalised
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Table,
    Trigger,
    Unknown,
    View,
)
from tests.ddl.test_create_tables import Chicken, Defaults, Egg, Owner, Thing
from tests.schema.running import created, run

DDL = find_dialect("postgres").ddl()


async def test_declared_tables_are_found_as_the_engine_says_them(postgres_db: Database) -> None:
    described = DDL.description.describe([Owner, Thing, Defaults, Egg, Chicken])
    expected = canonical(await normalised(postgres_db, described))
    assert (await introspect(postgres_db)).tables == (), "nothing stays"
    assert await created(postgres_db, *DDL.create_all(described)) == expected
    assert canonical(await normalised(postgres_db, expected)) == expected
    by_name = {table.name.name: table for table in described.tables}
    for table in expected.tables:  # what is in nobody's words is as it was declared
        declared = by_name[table.name.name]
        assert [(column.name, column.type, column.nullable, column.identity) for column in table.columns] == [
            (column.name, column.type, column.nullable, column.identity) for column in declared.columns
        ]
        assert table.primary_key == declared.primary_key
        assert sorted(table.foreign_keys, key=str) == sorted(declared.foreign_keys, key=str)


ROOMS = Table(
    Name("rooms"),
    (
        Column("id", "integer", False, identity=Identity("by default")),
        Column("code", "bigint", False, identity=Identity("always", "START WITH 5 INCREMENT BY 2 CACHE 3 CYCLE")),
        Column("name", "text", default="'it''s'::text", collation="C", comment="it's"),
        Column("twice", "integer", generated=Generated("(id * 2)")),
        Column("number", "integer", False, "nextval('numbers'::regclass)"),
        Column("moods", '"Mood"[]', default="'{}'::\"Mood\"[]"),
        Column("kind", "varchar(30)"),
        Column("short", "char(3)"),
        Column("amount", "numeric(6, 2)"),
        Column("any_amount", "numeric"),
        Column("some", "varchar"),
        Column("moment", "timestamptz(3)", default="CURRENT_TIMESTAMP(3)"),
        Column("clock", "timestamp(0)"),
        Column("hour", "time"),
        Column("zoned", "timetz"),
        Column("single", "real"),
        Column("net", "inet[]"),
        Column("during", "tstzrange"),
        Column("bits", "varbit(5)"),
        Column("length", "interval day to second(3)"),
    ),
    Key(("id",), "the key", include=("name",)),
    (
        Key(("code", "name"), "codes", "deferred"),
        Key(("kind",), "kinds", "immediate"),
        Key(("amount",), "amounts", nulls_distinct=False),
    ),
    (Check("(id > 0)", "positive"), Check("(length(name) > 1)", "later", valid=False)),
    exclusions=(
        Exclusion("free", "EXCLUDE USING gist (during WITH &&) WHERE ((id > 5)) DEFERRABLE INITIALLY DEFERRED"),
    ),
    indexes=(
        Index(
            "all of it",
            (
                IndexKey("name", descending=True, collation="POSIX", operator_class="text_pattern_ops"),
                IndexKey(None, "lower(name)", nulls="FIRST"),
                IndexKey(None, "((id + 1))", descending=True, nulls="LAST"),
            ),
            True,
            "(id > 5)",
            ("kind", "amount"),
            nulls_distinct=False,
            options="fillfactor=70, deduplicate_items=off",
        ),
        Index("by net", (IndexKey("net"),), method="gin", options="fastupdate=off"),
    ),
    options=("WITH (fillfactor=80, autovacuum_enabled=false)",),
    comment="where\nit is",
)
EVERYTHING = Schema(
    "postgres",
    schemas=("app",),
    enums=(Enum(Name("Mood"), ("it's good", "bad")), Enum(Name("size", "app"), ("big",))),
    sequences=(
        Sequence(Name("counter", "app"), "AS smallint START WITH 9 INCREMENT BY -1 MINVALUE -5 MAXVALUE 10"),
        Sequence(Name("numbers"), "AS integer", ROOMS.name, "number"),
    ),
    tables=(
        ROOMS,
        Table(
            Name("guests", "app"),
            (Column("room", "integer"), Column("other", "integer"), Column("size", '"app"."size"')),
            foreign_keys=(
                ForeignKey(("room",), ROOMS.name, ("id",), "CASCADE", "SET NULL", "one", "deferred", "FULL"),
                ForeignKey(("other",), ROOMS.name, ("id",), 'SET NULL ("other")', name="two", valid=False),
            ),
        ),
    ),
    views=(
        View(Name("a"), 'CREATE VIEW "a" WITH (security_barrier=true) AS\n SELECT b.id\n   FROM b'),
        View(Name("b"), 'CREATE VIEW "b" AS\n SELECT rooms.id\n   FROM rooms'),
        View(
            Name("counts", "app"),
            'CREATE MATERIALIZED VIEW "app"."counts" WITH (fillfactor=70) AS\n'
            " SELECT count(*) AS n\n   FROM rooms\nWITH NO DATA",
            True,
            (Index("by n", (IndexKey("n"),), True),),
        ),
    ),
    triggers=(
        Trigger(
            "touch",
            ROOMS.name,
            "CREATE TRIGGER touch BEFORE UPDATE OF name ON rooms FOR EACH ROW WHEN (old.id > 5) "
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ),
    ),
)


@pytest.fixture
async def db(postgres_db: Database) -> Database:
    """One in which nobody has a schema named app any more."""
    await run(postgres_db, "DROP SCHEMA IF EXISTS app CASCADE")
    return postgres_db


async def test_everything_that_a_schema_can_say(db: Database) -> None:
    found = await created(db, *DDL.create_all(EVERYTHING), schemas=("app",))
    assert found == canonical(EVERYTHING)
    again = await normalised(db, found)
    assert canonical(again) == found
    await run(db, "DROP SCHEMA app CASCADE")
    without = await introspect(db)
    assert canonical(without).tables == tuple([table for table in found.tables if table.name.schema is None])
    assert without.schemas == ()


@pytest.mark.parametrize(
    ("statements", "unknown"),
    [
        (["CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"], [("function", "f(a integer)")]),
        (["CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'"], [("procedure", "p()")]),
        (["CREATE DOMAIN d AS int CHECK (value > 1)"], [("domain", "d")]),
        (["CREATE TYPE pair AS (a int, b int)"], [("composite type", "pair")]),
        (["CREATE TYPE r AS RANGE (subtype = int)"], [("range type", "r")]),
        (["CREATE COLLATION c (locale = 'C')"], [("collation", "c")]),
        (["CREATE TABLE p (a int) PARTITION BY LIST (a)", "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)"],
         [("partitioned table", "p"), ("partition", "p1")]),
        (["CREATE STATISTICS s ON a, b FROM t"], [("statistics", "s")]),
        (["CREATE TEXT SEARCH CONFIGURATION s (COPY = simple)"], [("text search configuration", "s")]),
        (["COMMENT ON INDEX t_pkey IS 'x'"], [("comment", "t_pkey")]),
        (["CREATE VIEW v AS SELECT 1", "COMMENT ON VIEW v IS 'x'"], [("comment", "v")]),
        (["CREATE TYPE e AS ENUM ('a')", "COMMENT ON TYPE e IS 'x'"], [("comment", "e")]),
        (["CREATE VIEW v AS SELECT 1", "GRANT SELECT ON v TO PUBLIC"], [("grant", "v")]),
    ],
)  # fmt: skip
async def test_what_is_not_modelled_is_named(
    postgres_db: Database, statements: list[str], unknown: list[tuple[str, str]]
) -> None:
    found = await created(postgres_db, "CREATE TABLE t (a int PRIMARY KEY, b int)", *statements)
    assert [(each.kind, each.name) for each in found.unknown] == unknown
    assert {each.table for each in found.unknown} == {None}
    assert [table.name.name for table in found.tables] == ["t"]


@pytest.mark.parametrize(
    ("statement", "unknown"),
    [
        ("ALTER TABLE t SET UNLOGGED", ("table option", "UNLOGGED")),
        ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", ("table option", "ROW LEVEL SECURITY")),
        ("ALTER TABLE t REPLICA IDENTITY FULL", ("table option", "REPLICA IDENTITY")),
        ("GRANT SELECT ON t TO PUBLIC", ("table option", "GRANT")),
        ("CREATE POLICY mine ON t USING (a > 1)", ("policy", "mine")),
        ("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", ("rule", "r")),
        ("ALTER TABLE t ALTER b SET STORAGE plain", ("column option", "b: STORAGE plain")),
        ("ALTER TABLE t ALTER b SET STATISTICS 5", ("column option", "b: STATISTICS 5")),
        ("ALTER TABLE t ALTER b SET (n_distinct = 5)", ("column option", "b: n_distinct=5")),
        ("GRANT SELECT (b) ON t TO PUBLIC", ("column option", "b: GRANT")),
        ("CLUSTER t USING i", ("index option", "i: CLUSTER")),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1) NO INHERIT", ("constraint option", "c: NO INHERIT")),
        ("COMMENT ON CONSTRAINT t_pkey ON t IS 'x'", ("comment", "t_pkey")),
        (
            "CREATE TRIGGER z BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();"
            "ALTER TABLE t DISABLE TRIGGER z",
            ("trigger option", "z: DISABLE"),
        ),
    ],
)
async def test_what_a_table_has_that_is_not_modelled_is_named(
    postgres_db: Database, statement: str, unknown: tuple[str, str]
) -> None:
    found = await created(
        postgres_db, "CREATE TABLE t (a int PRIMARY KEY, b text)", "CREATE INDEX i ON t (b)", *statement.split(";")
    )
    assert found.unknown == (Unknown(*unknown, Name("t")),)


async def test_an_inherited_table_and_an_invalid_index(postgres_db: Database) -> None:
    await run(postgres_db, "CREATE TABLE p (a int)", "CREATE TABLE c (b int) INHERITS (p)", "INSERT INTO c VALUES (1)")
    await run(postgres_db, "INSERT INTO c VALUES (1)")
    with pytest.raises(Exception, match="could not create unique index"):
        await run(postgres_db, "CREATE UNIQUE INDEX CONCURRENTLY broken ON c (a)")
    found = await created(postgres_db)
    assert found.unknown == (
        Unknown("table option", "INHERITS", Name("c")),
        Unknown("index option", "broken: INVALID", Name("c")),
    )


async def test_what_an_extension_has_is_the_extension(postgres_db: Database) -> None:
    db = postgres_db
    found = await created(db, "CREATE EXTENSION IF NOT EXISTS citext", "CREATE TABLE t (a citext, b citext[])")
    try:
        assert found.unknown == (Unknown("extension", "citext"),)
        assert [column.type for column in found.tables[0].columns] == ["citext", "citext[]"]
        assert (await normalised(db, found)).tables == found.tables
    finally:
        await run(db, "DROP EXTENSION citext CASCADE")


async def test_the_settings_of_the_session_say_nothing(postgres_url: str) -> None:
    odd = {"TimeZone": "Asia/Tokyo", "DateStyle": "German", "IntervalStyle": "sql_standard"}
    async with Database.connect(postgres_url) as plain, Database.connect(postgres_url, server_settings=odd) as other:
        await run(plain, *DDL.create_all(DDL.description.describe([Defaults])))
        assert await introspect(plain) == await introspect(other)
        async with other.transaction() as tx:
            await introspect(tx)
            assert await tx._together([("SHOW DateStyle", (), list)]) == [[("German, DMY",)]]


def test_a_view_comes_after_those_that_it_reads() -> None:
    views = replace(EVERYTHING, tables=()).views
    text = "\n".join(DDL.create_all(Schema("postgres", views=views)))
    assert text.index('VIEW "b"') < text.index('VIEW "a"')
