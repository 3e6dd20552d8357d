"""The SQL of each operation on each engine, and what it does to tables with rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from qb.migrations import operations as ops
from qb.migrations.diff import diff
from qb.migrations.errors import MigrationError
from qb.migrations.hints import Hints
from qb.migrations.operations import Constraint, Operation
from qb.migrations.render import Stage
from qb.schema.objects import (
    Check,
    Column,
    Deferral,
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
from tests.migrations.engines import PostgresEngine, SqliteEngine, migrate

ALBUMS, TRACKS = Name("albums"), Name("tracks")


def stages(before: Schema, after: Schema, hints: Hints | None = None) -> tuple[Stage, ...]:
    """The way between two schemas."""
    return find_dialect(before.dialect).renderer().stages(before, diff(before, after, hints))


def sql(before: Schema, after: Schema, hints: Hints | None = None) -> list[str]:
    """Its SQL, which is one script; but for what gives views their privileges back, which test_privileges.py has."""
    (stage,) = stages(before, after, hints)
    return [statement for statement in stage.script.statements if "'qb.view_" not in statement]


# PostgreSQL


ID = Column("id", "integer", nullable=False)
PLAYS = Column("plays", "integer")


def albums(*columns: Column, **parts: object) -> Schema:
    """One table on PostgreSQL."""
    table = Table(ALBUMS, (ID, *columns))
    return Schema("postgres", tables=(replace(table, **parts),))  # type: ignore[arg-type]  # its fields


@pytest.mark.parametrize(
    ("change", "statements"),
    [
        ({"type": "bigint"}, ['ALTER TABLE "albums" ALTER COLUMN "plays" TYPE bigint']),
        ({"type": "text"}, ['ALTER TABLE "albums" ALTER COLUMN "plays" TYPE text']),
        (
            {"type": "boolean"},
            [
                'DO $qb$ BEGIN IF EXISTS (SELECT FROM "albums" WHERE ("plays"::boolean)::integer IS DISTINCT FROM '
                "\"plays\") THEN RAISE EXCEPTION USING MESSAGE = 'albums.plays has values that change as boolean'; "
                "END IF; END $qb$",
                'ALTER TABLE "albums" ALTER COLUMN "plays" TYPE boolean USING "plays"::boolean',
            ],
        ),
        ({"nullable": False}, ['ALTER TABLE "albums" ALTER COLUMN "plays" SET NOT NULL']),
        ({"default": "0"}, ['ALTER TABLE "albums" ALTER COLUMN "plays" SET DEFAULT 0']),
        ({"comment": "it's"}, ["COMMENT ON COLUMN \"albums\".\"plays\" IS 'it''s'"]),
        (
            {"nullable": False, "identity": Identity("always", "START WITH 5")},
            [
                'ALTER TABLE "albums" ALTER COLUMN "plays" SET NOT NULL',
                'ALTER TABLE "albums" ALTER COLUMN "plays" ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)',
                'SELECT setval(pg_get_serial_sequence(\'"albums"\', \'plays\'), max("plays")) FROM "albums" '
                'HAVING max("plays") IS NOT NULL',
            ],
        ),
        (
            {"generated": Generated('"id" * 2')},
            [
                'ALTER TABLE "albums" DROP COLUMN "plays"',
                'ALTER TABLE "albums" ADD COLUMN "plays" integer GENERATED ALWAYS AS ("id" * 2) STORED',
            ],
        ),
    ],
)
def test_a_column_changes_on_postgres(change: dict[str, object], statements: list[str]) -> None:
    other = replace(PLAYS, **change)  # type: ignore[arg-type]  # its fields
    assert sql(albums(PLAYS), albums(other)) == statements


def test_a_default_goes_while_its_type_changes() -> None:
    one, other = Column("a", "text", default="'1'"), Column("a", "integer", default="1")
    assert sql(albums(one), albums(other))[1:] == [
        'ALTER TABLE "albums" ALTER COLUMN "a" DROP DEFAULT',
        'ALTER TABLE "albums" ALTER COLUMN "a" TYPE integer USING "a"::integer',
        'ALTER TABLE "albums" ALTER COLUMN "a" SET DEFAULT 1',
    ]


def test_a_text_is_never_cut_off() -> None:
    one, other = Column("a", "text"), Column("a", "character varying(3)")
    assert sql(albums(one), albums(other)) == ['ALTER TABLE "albums" ALTER COLUMN "a" TYPE character varying(3)']


def test_an_identity_keeps_its_sequence() -> None:
    one = replace(ID, identity=Identity("by default", "START WITH 5 INCREMENT BY 2"))
    other = replace(ID, type="bigint", identity=Identity("always", "INCREMENT BY -3"))
    before, after = (
        Schema("postgres", tables=(Table(ALBUMS, (one,)),)),
        Schema("postgres", tables=(Table(ALBUMS, (other,)),)),
    )
    alter = 'ALTER TABLE "albums" ALTER COLUMN "id"'
    assert sql(before, after) == [
        f"{alter} TYPE bigint",
        f"{alter} SET GENERATED ALWAYS",
        f"{alter} SET INCREMENT BY -3",
        f"{alter} SET START WITH 1",
    ]


def test_a_column_is_filled_before_it_is_not_null() -> None:
    column = Column("title", "text", nullable=False)
    assert sql(albums(), albums(column), Hints(using={(ALBUMS, "title"): "'album ' || \"id\""})) == [
        'ALTER TABLE "albums" ADD COLUMN "title" text',
        'UPDATE "albums" SET "title" = \'album \' || "id"',
        'ALTER TABLE "albums" ALTER COLUMN "title" SET NOT NULL',
    ]


def test_columns_are_filled_while_a_constraint_is_deferred(postgres_engine: PostgresEngine) -> None:
    owner = Column("owner", "integer", nullable=False)
    key = ForeignKey(("owner",), ALBUMS, ("id",), name="albums_owner_fkey", deferral="deferred")
    parts = {"primary_key": Key(("id",), "albums_pkey"), "foreign_keys": (key,)}
    before, columns = albums(owner, **parts), [Column(name, "text", nullable=False) for name in ("title", "genre")]
    hints = Hints(using={(ALBUMS, "title"): "'album ' || id", (ALBUMS, "genre"): "'Rock'"})
    (stage,) = stages(before, albums(owner, *columns, **parts), hints)
    assert stage.script.statements[0] == "SET CONSTRAINTS ALL IMMEDIATE"

    postgres_engine.execute(*find_dialect("postgres").ddl().create_all(before))
    postgres_engine.execute("INSERT INTO albums VALUES (1, 2), (2, 2)")
    postgres_engine.migrate(stage.script)
    assert postgres_engine.rows("SELECT * FROM albums ORDER BY id") == [
        (1, 2, "album 1", "Rock"),
        (2, 2, "album 2", "Rock"),
    ]


@pytest.mark.parametrize(
    ("constraint", "is_deferred"),
    [
        (Constraint(unique=Key(("id",), deferral="deferred")), True),
        (Constraint(unique=Key(("id",), deferral="immediate")), False),
        (Constraint(foreign_key=ForeignKey(("id",), ALBUMS, ("id",))), False),
        (Constraint(check=Check("id > 0")), False),
        (Constraint(exclusion=Exclusion("e", "EXCLUDE (id WITH =) DEFERRABLE INITIALLY DEFERRED")), True),
        (Constraint(exclusion=Exclusion("e", "EXCLUDE (id WITH =)")), False),
    ],
)
def test_which_constraints_are_deferred(constraint: Constraint, is_deferred: bool) -> None:
    assert constraint.is_deferred == is_deferred


def test_what_reads_a_column_goes_while_its_type_changes() -> None:
    def schema(type: str) -> Schema:
        table = Table(
            ALBUMS,
            (ID, Column("plays", type), Column("twice", "integer", generated=Generated('"plays" * 2'))),
            Key(("id",), "albums_pkey"),
            checks=(Check('"plays" > 0', "positive"),),
            indexes=(Index("by_twice", (IndexKey("twice"),)), Index("by_plays", (IndexKey("plays"),))),
        )
        view = View(Name("heard"), 'CREATE VIEW heard AS SELECT "plays" FROM albums')
        return Schema("postgres", tables=(table,), views=(view,))

    assert sql(schema("integer"), schema("bigint")) == [
        'DROP VIEW "heard"',
        'DROP INDEX "by_twice"',
        'ALTER TABLE "albums" DROP CONSTRAINT "positive"',
        'ALTER TABLE "albums" DROP COLUMN "twice"',
        'ALTER TABLE "albums" ALTER COLUMN "plays" TYPE bigint',
        'ALTER TABLE "albums" ADD COLUMN "twice" integer GENERATED ALWAYS AS ("plays" * 2) STORED',
        'ALTER TABLE "albums" ADD CONSTRAINT "positive" CHECK ("plays" > 0)',
        'CREATE INDEX "by_twice" ON "albums" ("twice")',
        'CREATE VIEW heard AS SELECT "plays" FROM albums',
    ]


def test_both_ends_of_a_foreign_key_get_another_type(postgres_engine: PostgresEngine) -> None:
    def schema(type: str) -> Schema:
        parents = Table(Name("parents"), (Column("id", type, nullable=False),), Key(("id",), "parents_pkey"))
        key = ForeignKey(("up",), parents.name, ("id",), "CASCADE", name="children_up_fkey")
        children = Table(Name("children"), (Column("up", type),), foreign_keys=(key,))
        return Schema("postgres", tables=(parents, children))

    before, after = schema("integer"), schema("text")
    ddl = find_dialect("postgres").ddl()
    postgres_engine.execute(*ddl.create_all(before), "INSERT INTO parents VALUES (1), (2)")
    postgres_engine.execute("INSERT INTO children VALUES (2), (NULL)")
    migrate(postgres_engine, stages(before, after))
    assert postgres_engine.rows("SELECT up FROM children ORDER BY up") == [("2",), (None,)]
    done = postgres_engine.facts()
    postgres_engine.begin_again()
    postgres_engine.execute(*ddl.create_all(after))
    assert done == postgres_engine.facts()


def test_a_new_label_is_used_in_the_next_transaction() -> None:
    before = replace(albums(Column("mood", '"mood"')), enums=(Enum(Name("mood"), ("good",)),))
    after = replace(
        albums(Column("mood", '"mood"', default="'bad'::\"mood\"")), enums=(Enum(Name("mood"), ("good", "bad")),)
    )
    first, second = stages(before, after)
    assert first.script.statements == ("ALTER TYPE \"mood\" ADD VALUE 'bad'",)
    assert second.script.statements == ('ALTER TABLE "albums" ALTER COLUMN "mood" SET DEFAULT \'bad\'::"mood"',)
    assert first.operations == (ops.AddLabel(Name("mood"), "bad"),)


def test_the_labels_of_an_enum_go() -> None:
    column = Column("mood", '"mood"', default="'bad'::\"mood\"")
    before = replace(albums(column), enums=(Enum(Name("mood"), ("good", "bad")),))
    after = replace(albums(column), enums=(Enum(Name("mood"), ("bad",)),))
    assert sql(before, after) == [
        'ALTER TYPE "mood" RENAME TO "__old_mood"',
        "CREATE TYPE \"mood\" AS ENUM ('bad')",
        'ALTER TABLE "albums" ALTER COLUMN "mood" DROP DEFAULT',
        'ALTER TABLE "albums" ALTER COLUMN "mood" TYPE "mood" USING "mood"::text::"mood"',
        'ALTER TABLE "albums" ALTER COLUMN "mood" SET DEFAULT \'bad\'::"mood"',
        'DROP TYPE "__old_mood"',
    ]


def test_a_key_that_is_exchanged_takes_along_what_points_to_it() -> None:
    def schema(deferral: Deferral | None) -> Schema:
        parent = Table(ALBUMS, (ID,), uniques=(Key(("id",), "u", deferral),))
        key = ForeignKey(("album_id",), ALBUMS, ("id",), name="f")
        child = Table(TRACKS, (Column("album_id", "integer"),), foreign_keys=(key,))
        return Schema("postgres", tables=(parent, child))

    assert sql(schema("immediate"), schema(None)) == [
        'ALTER TABLE "tracks" DROP CONSTRAINT "f"',
        'ALTER TABLE "albums" DROP CONSTRAINT "u"',
        'ALTER TABLE "albums" ADD CONSTRAINT "u" UNIQUE ("id")',
        'ALTER TABLE "tracks" ADD CONSTRAINT "f" FOREIGN KEY ("album_id") REFERENCES "albums" ("id")',
    ]


def test_a_renamed_constraint_that_has_to_go_comes_back_by_its_new_name() -> None:
    def schema(name: str, type: str) -> Schema:
        table = Table(ALBUMS, (Column("id", type, nullable=False),), checks=(Check('"id" > 0', name),))
        return Schema(
            "postgres", tables=(replace(table, indexes=(Index(f"{name}_i", (IndexKey(None, '("id" + 1)'),)),)),)
        )

    assert sql(schema("one", "integer"), schema("other", "bigint")) == [
        'DROP INDEX "one_i"',
        'ALTER TABLE "albums" DROP CONSTRAINT "one"',
        'ALTER TABLE "albums" ALTER COLUMN "id" TYPE bigint',
        'ALTER TABLE "albums" ADD CONSTRAINT "other" CHECK ("id" > 0)',
        'CREATE INDEX "other_i" ON "albums" (("id" + 1))',
    ]


def test_a_materialized_view_comes_back_with_its_indexes() -> None:
    def schema(type: str) -> Schema:
        index = Index("by_id", (IndexKey("id"),), unique=True)
        view = View(Name("heard"), "CREATE MATERIALIZED VIEW heard AS TABLE albums", True, (index,))
        return replace(albums(Column("plays", type)), views=(view,))

    assert sql(schema("integer"), schema("bigint")) == [
        'DROP MATERIALIZED VIEW "heard"',
        'ALTER TABLE "albums" ALTER COLUMN "plays" TYPE bigint',
        "CREATE MATERIALIZED VIEW heard AS TABLE albums",
        'CREATE UNIQUE INDEX "by_id" ON "heard" ("id")',
    ]


def test_a_new_table_with_what_is_not_valid() -> None:
    """As `qb generate` writes it, so that `qb verify` finds what was declared."""
    key = ForeignKey(("id",), ALBUMS, ("id",), name="f", valid=False)
    table = Table(TRACKS, (ID,), checks=(Check('"id" > 0', "c", valid=False),), foreign_keys=(key,))
    after = replace(albums(), tables=(*albums().tables, table))
    assert sql(albums(), after) == [
        'CREATE TABLE "tracks" (\n  "id" integer NOT NULL\n)',
        'ALTER TABLE "tracks" ADD CONSTRAINT "c" CHECK ("id" > 0) NOT VALID',
        'ALTER TABLE "tracks" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "albums" ("id") NOT VALID',
    ]


def test_what_reads_a_name_that_another_table_gets() -> None:
    """The engine knows tables by more than their names: views and triggers would go with the renamed one."""
    records = Name("records")
    view = View(Name("heard"), "CREATE VIEW heard AS SELECT id FROM albums")
    trigger = Trigger("t", ALBUMS, "CREATE TRIGGER t AFTER DELETE ON albums …")
    before = replace(albums(), views=(view,), triggers=(trigger,))
    after = replace(before, tables=(*albums().tables, Table(records, (ID,))))
    assert sql(before, after, Hints({records: ALBUMS}, certain=True)) == [
        'DROP TRIGGER "t" ON "albums"',
        'DROP VIEW "heard"',
        'ALTER TABLE "albums" RENAME TO "records"',
        'CREATE TABLE "albums" (\n  "id" integer NOT NULL\n)',
        "CREATE VIEW heard AS SELECT id FROM albums",
        "CREATE TRIGGER t AFTER DELETE ON albums …",
    ]


def test_names_of_keys_that_are_exchanged() -> None:
    """A key is alone with its name, whatever table has it; a check has its table for itself."""

    def schema(one: str, other: str) -> Schema:
        tables = [
            Table(name, (ID,), Key(("id",), key), checks=(Check('"id" > 0', f"{name} positive"),))
            for name, key in ((ALBUMS, one), (TRACKS, other))
        ]
        return Schema("postgres", tables=tuple(tables))

    assert sql(schema("one", "two"), schema("two", "three")) == [
        'ALTER TABLE "tracks" RENAME CONSTRAINT "two" TO "three"',
        'ALTER TABLE "albums" RENAME CONSTRAINT "one" TO "two"',
    ]
    assert sql(schema("one", "two"), schema("two", "one")) == [
        'ALTER TABLE "tracks" RENAME CONSTRAINT "two" TO "__old_two"',
        'ALTER TABLE "albums" RENAME CONSTRAINT "one" TO "two"',
        'ALTER TABLE "tracks" RENAME CONSTRAINT "__old_two" TO "one"',
    ]


def test_a_foreign_key_to_what_an_index_makes_unique() -> None:
    """It is there before."""
    parent = Table(ALBUMS, (ID,), indexes=(Index("by_id", (IndexKey("id"),), unique=True),))
    child = Table(TRACKS, (ID,), foreign_keys=(ForeignKey(("id",), ALBUMS, ("id",), name="f"),))
    assert find_dialect("postgres").ddl().create_all(Schema("postgres", tables=(parent, child))) == [
        'CREATE TABLE "albums" (\n  "id" integer NOT NULL\n)',
        'CREATE TABLE "tracks" (\n  "id" integer NOT NULL\n)',
        'CREATE UNIQUE INDEX "by_id" ON "albums" ("id")',
        'ALTER TABLE "tracks" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "albums" ("id")',
    ]


KEY = Constraint(unique=Key(("id",), "u"))
OTHER = Sequence(Name("n", "app"), "INCREMENT BY 2 NO CYCLE")


@pytest.mark.parametrize(
    ("operation", "statements"),
    [
        (ops.CreateSchema("app"), ['CREATE SCHEMA "app"']),
        (ops.DropSchema("app"), ['DROP SCHEMA "app"']),
        (ops.DropEnum(Enum(Name("mood"), ("a",))), ['DROP TYPE "mood"']),
        (ops.RenameLabel(Name("mood"), "a", "it's"), ["ALTER TYPE \"mood\" RENAME VALUE 'a' TO 'it''s'"]),
        (ops.CreateSequence(OTHER), ['CREATE SEQUENCE "app"."n" INCREMENT BY 2 NO CYCLE']),
        (ops.DropSequence(OTHER), ['DROP SEQUENCE "app"."n"']),
        (
            ops.AlterSequence(Sequence(OTHER.name, "START WITH 5 MAXVALUE 9"), OTHER),
            ['ALTER SEQUENCE "app"."n" INCREMENT BY 2 NO CYCLE START WITH 1 NO MAXVALUE'],
        ),
        (
            ops.RenameTable(ALBUMS, Name("records", "app")),
            ['ALTER TABLE "albums" SET SCHEMA "app"', 'ALTER TABLE "app"."albums" RENAME TO "records"'],
        ),
        (
            ops.RenameTable(Name("it's", "app"), Name("records")),
            [
                """DO $qb$ BEGIN EXECUTE 'ALTER TABLE "app"."it''s" SET SCHEMA ' || """
                "quote_ident(current_schema()); END $qb$",
                'ALTER TABLE "it\'s" RENAME TO "records"',
            ],
        ),
        (ops.RenameSequence(OTHER.name, Name("n", "b")), ['ALTER SEQUENCE "app"."n" SET SCHEMA "b"']),
        (
            ops.AlterSequence(OTHER, Sequence(OTHER.name, "NO CYCLE INCREMENT BY 2", ALBUMS, "id")),
            ['ALTER SEQUENCE "app"."n" OWNED BY "albums"."id"'],
        ),
        (ops.RenameColumn(ALBUMS, "plays", "heard"), ['ALTER TABLE "albums" RENAME COLUMN "plays" TO "heard"']),
        (ops.AlterTable(ALBUMS, (), (), None, "x"), ["COMMENT ON TABLE \"albums\" IS 'x'"]),
        (ops.AlterTable(ALBUMS, (), (), "x", None), ['COMMENT ON TABLE "albums" IS NULL']),
        (ops.AddConstraint(ALBUMS, KEY), ['ALTER TABLE "albums" ADD CONSTRAINT "u" UNIQUE ("id")']),
        (ops.DropConstraint(ALBUMS, KEY), ['ALTER TABLE "albums" DROP CONSTRAINT "u"']),
        (ops.RenameConstraint(ALBUMS, "u", "v"), ['ALTER TABLE "albums" RENAME CONSTRAINT "u" TO "v"']),
        (ops.ValidateConstraint(ALBUMS, "u"), ['ALTER TABLE "albums" VALIDATE CONSTRAINT "u"']),
        (
            ops.CreateIndex(Name("t", "app"), Index("i", (IndexKey("id"),), unique=True), concurrently=True),
            ['CREATE UNIQUE INDEX CONCURRENTLY "i" ON "app"."t" ("id")'],
        ),
        (ops.DropIndex(Name("t", "app"), Index("i", ())), ['DROP INDEX "app"."i"']),
        (ops.DropIndex(ALBUMS, Index("i", ()), concurrently=True), ['DROP INDEX CONCURRENTLY "i"']),
        (ops.RenameIndex(Name("t", "app"), "i", "j"), ['ALTER INDEX "app"."i" RENAME TO "j"']),
        (ops.DropView(View(Name("v"), "", materialized=True)), ['DROP MATERIALIZED VIEW "v"']),
        (ops.DropTrigger(Trigger("t", ALBUMS, "")), ['DROP TRIGGER "t" ON "albums"']),
        (ops.CreateTrigger(Trigger("t", ALBUMS, "CREATE TRIGGER …")), ["CREATE TRIGGER …"]),
    ],
)
def test_operations_on_postgres(operation: Operation, statements: list[str]) -> None:
    from dialects.postgres.migrations.migrate import PostgresRenderer

    assert PostgresRenderer().statements(albums(PLAYS), operation) == statements


def test_what_is_concurrent_stands_alone() -> None:
    index = Index("i", (IndexKey("id"),))
    operations = (ops.CreateIndex(ALBUMS, index, concurrently=True), ops.AddColumn(ALBUMS, PLAYS))
    found = find_dialect("postgres").renderer().stages(albums(), operations)
    assert [(len(each.operations), each.script.transactional) for each in found] == [(1, True), (1, False)]


# SQLite and D1

PARENT = Table(ALBUMS, (Column("id", "INTEGER"), Column("title", "TEXT")), Key(("id",)))
CHILD = Table(
    TRACKS,
    (Column("id", "INTEGER"), Column("album_id", "INTEGER", nullable=False)),
    Key(("id",)),
    foreign_keys=(ForeignKey(("album_id",), ALBUMS, ("id",), "CASCADE"),),
)
STRICTER = replace(PARENT, columns=(PARENT.columns[0], Column("title", "TEXT", nullable=False, collation="NOCASE")))


def lite(*tables: Table, dialect: str = "sqlite", **parts: object) -> Schema:
    """A schema of SQLite."""
    return replace(Schema(dialect, tables=tables), **parts)  # type: ignore[arg-type]  # its fields


def test_what_alter_table_can_do_on_sqlite() -> None:
    more = Column("plays", "INTEGER", nullable=False, default="0")
    owner = Column("owner_id", "INTEGER")
    other = replace(
        PARENT,
        columns=(PARENT.columns[0], more, owner),
        checks=(Check('"plays" >= 0', column="plays"),),
        foreign_keys=(ForeignKey(("owner_id",), ALBUMS, ("id",), "SET NULL"),),
        indexes=(Index("by_plays", (IndexKey("plays"),)),),
    )
    assert sql(lite(PARENT), lite(other), Hints(dropped=frozenset({(ALBUMS, "title")}))) == [
        'ALTER TABLE "albums" ADD COLUMN "plays" INTEGER NOT NULL DEFAULT 0 CHECK ("plays" >= 0)',
        'ALTER TABLE "albums" ADD COLUMN "owner_id" INTEGER REFERENCES "albums" ("id") ON DELETE SET NULL',
        'ALTER TABLE "albums" DROP COLUMN "title"',
        'CREATE INDEX "by_plays" ON "albums" ("plays")',
    ]


SIMPLE = Table(Name("t"), (Column("id", "INTEGER"), Column("a", "TEXT"), Column("n", "INTEGER")), Key(("id",)))
KEYED = replace(SIMPLE, columns=(Column("id", "TEXT", nullable=False), *SIMPLE.columns[1:]))
BESIDE = Table(Name("others"), (Column("id", "INTEGER"),), Key(("id",)))
TO_BESIDE = ForeignKey(("x",), BESIDE.name, ("id",))


def with_column(column: Column, **parts: object) -> Table:
    """The simple table with one column more, and perhaps other things."""
    return replace(SIMPLE, columns=(*SIMPLE.columns, column), **parts)  # type: ignore[arg-type]  # its fields


def defaulted(default: str) -> Table:
    """With a column that has a default."""
    return with_column(Column("x", "TEXT", default=default))


X = Column("x", "INTEGER")
OF_X, OF_N = Check('"x" <> 7', column="x"), Check('"n" <> 7', column="n")
WAYS: list[tuple[Table, Table, bool]] = [
    # Before, after, and whether the table is rebuilt for it.
    *[(SIMPLE, defaulted(each), False) for each in ("5", "5.5", "-5", "+5", "'x'", "NULL", "TRUE", "x'00'")],
    *[(SIMPLE, defaulted(each), False) for each in ("(5)", "((5))", "('x')", "(-5)")],
    *[(SIMPLE, defaulted(each), True) for each in ("CURRENT_TIMESTAMP", "(1 + 1)", "(lower('X'))", "(5 - -5)")],
    (SIMPLE, with_column(replace(X, nullable=False, default="5")), False),
    (SIMPLE, with_column(replace(X, generated=Generated('"n" + 1', stored=False))), False),
    (SIMPLE, with_column(replace(X, generated=Generated('"n" + 1', stored=True))), True),
    (SIMPLE, with_column(replace(X, generated=Generated('"id" + 1', stored=False), nullable=False)), True),
    (SIMPLE, with_column(X, uniques=(Key(("x",)),)), True),
    (SIMPLE, with_column(X, foreign_keys=(TO_BESIDE,)), False),
    (SIMPLE, with_column(replace(X, default="5"), foreign_keys=(TO_BESIDE,)), True),
    (SIMPLE, with_column(X, foreign_keys=(replace(TO_BESIDE, columns=("n",)),)), True),
    (SIMPLE, with_column(X, checks=(OF_X,)), False),
    (SIMPLE, with_column(X, checks=(OF_N,)), True),
    (SIMPLE, with_column(X, checks=(Check('"x" <> "n"'),)), True),
    (SIMPLE, with_column(X, indexes=(Index("i", (IndexKey("x"),)),)), False),
    (with_column(X), SIMPLE, False),
    (with_column(X, indexes=(Index("i", (IndexKey("x"),)),)), SIMPLE, False),
    (with_column(X, checks=(OF_X,)), SIMPLE, False),
    (with_column(X, checks=(OF_X, OF_N)), replace(SIMPLE, checks=(OF_N,)), False),
    (with_column(X, checks=(OF_X, OF_N)), SIMPLE, True),
    (with_column(X, checks=(Check('"n" <> 7'),)), SIMPLE, True),
    (with_column(X, uniques=(Key(("x",)),)), SIMPLE, True),
    (with_column(X, foreign_keys=(TO_BESIDE,)), SIMPLE, True),
    (with_column(replace(X, generated=Generated('"n" + 1'))), SIMPLE, False),
    (with_column(replace(X, generated=Generated('"n" + 1'))), with_column(X), True),
    (SIMPLE, replace(SIMPLE, checks=(OF_N,)), True),
    (SIMPLE, replace(SIMPLE, options=("STRICT",)), True),
    (SIMPLE, replace(SIMPLE, comment="x"), False),
    (replace(SIMPLE, options=("WITHOUT ROWID",)), SIMPLE, True),
    (SIMPLE, replace(SIMPLE, options=("WITHOUT ROWID",)), True),
    (replace(KEYED, options=("WITHOUT ROWID",)), KEYED, True),
    (KEYED, replace(KEYED, options=("WITHOUT ROWID",)), True),
    (replace(SIMPLE, primary_key=None), SIMPLE, True),
    (SIMPLE, replace(SIMPLE, primary_key=None), True),
]


@pytest.mark.parametrize(("before", "after", "is_rebuilt"), WAYS)
def test_what_needs_a_rebuild_on_sqlite(sqlite: SqliteEngine, before: Table, after: Table, is_rebuilt: bool) -> None:
    """What is said to need none works in a table with rows, and both ways come to what is declared."""
    sqlite.execute(
        *find_dialect("sqlite").ddl().create_all(lite(before, BESIDE)),
        "INSERT INTO others VALUES (1), (5)",
        "INSERT INTO t (id, a, n) VALUES (1, 'x', 1), (2, NULL, NULL)",
    )
    rows = sqlite.rows("SELECT id, a, n FROM t ORDER BY id")
    assert len(rows) == 2
    way = stages(lite(before, BESIDE), lite(after, BESIDE), Hints(certain=True))
    assert any("CREATE TABLE" in each for stage in way for each in stage.script.statements) == is_rebuilt
    migrate(sqlite, way)
    assert sqlite.rows("SELECT id, a, n FROM t ORDER BY id") == rows
    done = sqlite.facts()
    sqlite.begin_again()
    sqlite.execute(*find_dialect("sqlite").ddl().create_all(lite(after, BESIDE)))
    assert done == sqlite.facts()


def test_a_rebuild_on_sqlite() -> None:
    before = lite(PARENT, CHILD)
    (stage,) = stages(before, lite(STRICTER, CHILD))
    assert not stage.script.foreign_keys
    assert stage.script.transactional
    assert list(stage.script.statements) == [
        "SELECT CASE WHEN (SELECT foreign_keys FROM pragma_foreign_keys) THEN json_extract('{}', 'this migration needs "
        "PRAGMA foreign_keys = off, before its transaction begins') WHEN (SELECT legacy_alter_table FROM "
        "pragma_legacy_alter_table) THEN json_extract('{}', 'this migration needs PRAGMA legacy_alter_table = off') "
        "END",
        "SELECT json_extract('{}', '\"albums\" has a column that this migration does not know: ' || name) "
        "FROM pragma_table_xinfo('albums') WHERE name COLLATE NOCASE NOT IN ('id', 'title')",
        "SELECT json_extract('{}', '\"albums\" has an index or a trigger that this migration does not know: ' || name) "
        "FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name = 'albums' COLLATE "
        "NOCASE AND name COLLATE NOCASE NOT IN ()",
        'CREATE TABLE "__new_albums" (\n  "id" INTEGER PRIMARY KEY,\n  "title" TEXT COLLATE "NOCASE" NOT NULL\n)',
        'INSERT OR ABORT INTO "__new_albums" ("id", "title")\nSELECT old."id", old."title" FROM "albums" AS old',
        'SELECT CASE WHEN (SELECT count(*) FROM "albums") <> (SELECT count(*) FROM "__new_albums") THEN '
        "json_extract('{}', 'not every row of \"albums\" was copied') END",
        'DROP TABLE "albums"',
        'ALTER TABLE "__new_albums" RENAME TO "albums"',
        "SELECT json_extract('{}', 'a row of \"tracks\" references a row that is not in ' || parent) "
        "FROM pragma_foreign_key_check('tracks') LIMIT 1",
    ]


def test_a_rebuild_on_d1_takes_the_children_along() -> None:
    (stage,) = stages(lite(PARENT, CHILD, dialect="d1"), lite(STRICTER, CHILD, dialect="d1"))
    assert stage.script.foreign_keys
    assert [each for each in stage.script.statements if not each.startswith("SELECT")] == [
        "PRAGMA defer_foreign_keys = on",
        'CREATE TABLE "__new_albums" (\n  "id" INTEGER PRIMARY KEY,\n  "title" TEXT COLLATE "NOCASE" NOT NULL\n)',
        'CREATE TABLE "__new_tracks" (\n  "id" INTEGER PRIMARY KEY,\n  "album_id" INTEGER NOT NULL,\n'
        '  FOREIGN KEY ("album_id") REFERENCES "__new_albums" ("id") ON DELETE CASCADE\n)',
        'INSERT OR ABORT INTO "__new_albums" ("id", "title")\nSELECT old."id", old."title" FROM "albums" AS old',
        'INSERT OR ABORT INTO "__new_tracks" ("id", "album_id")\nSELECT old."id", old."album_id" FROM "tracks" AS old',
        'DROP TABLE "tracks"',
        'ALTER TABLE "__new_tracks" RENAME TO "tracks"',
        'DROP TABLE "albums"',
        'ALTER TABLE "__new_albums" RENAME TO "albums"',
        "PRAGMA defer_foreign_keys = off",
    ]
    known = [each for each in stage.script.statements if "may reference" in each]
    assert known[0] == (
        "SELECT json_extract('{}', 'this migration does not know a table that may reference \"albums\": ' || name) "
        "FROM sqlite_master WHERE type = 'table' AND name COLLATE NOCASE NOT IN ('albums', 'tracks', '__new_albums', "
        "'__new_tracks') AND instr(lower(sql), 'references') AND instr(lower(sql), lower('albums'))"
    )


def test_a_new_table_refers_to_what_a_rebuilt_one_becomes() -> None:
    """Until then there is no such key, which stops every change of the parent."""
    parent = replace(PARENT, uniques=(Key(("title",)),))
    key = ForeignKey(("title",), ALBUMS, ("title",), "CASCADE")
    fresh = Table(Name("fresh"), (Column("title", "TEXT"),), foreign_keys=(key,))
    before, after = lite(PARENT, dialect="d1"), lite(parent, fresh, dialect="d1")
    assert (
        'CREATE TABLE "fresh" (\n  "title" TEXT,\n  FOREIGN KEY ("title") REFERENCES "__new_albums" ("title") '
        "ON DELETE CASCADE\n)"
    ) in sql(before, after)


@pytest.fixture
def engine(sqlite: SqliteEngine) -> SqliteEngine:
    """A parent, and a child that goes with it."""
    sqlite.execute(
        *find_dialect("sqlite").ddl().create_all(lite(PARENT, CHILD)),
        "INSERT INTO albums VALUES (1, '007'), (2, 'x')",
        "INSERT INTO tracks VALUES (1, 1), (2, 2)",
    )
    return sqlite


def test_a_rebuild_keeps_the_children(engine: SqliteEngine) -> None:
    migrate(engine, stages(lite(PARENT, CHILD), lite(STRICTER, CHILD)))
    assert engine.rows("SELECT * FROM tracks") == [(1, 1), (2, 2)]
    assert engine.rows("SELECT * FROM albums WHERE title = 'X'") == [(2, "x")]
    with pytest.raises(engine.library.error, match=r"(?i)foreign key constraint failed"):
        engine.execute("INSERT INTO tracks VALUES (3, 9)")


REBUILD = (lite(PARENT, CHILD), lite(STRICTER, CHILD))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("CREATE TRIGGER mine AFTER DELETE ON albums BEGIN SELECT 1; END", "does not know: mine"),
        ("CREATE INDEX mine ON albums (title)", "does not know: mine"),
        ("ALTER TABLE albums ADD COLUMN mine TEXT", "does not know: mine"),
        ("UPDATE albums SET title = NULL", "NOT NULL constraint failed: __new_albums.title"),
    ],
)
def test_what_stops_a_rebuild(engine: SqliteEngine, change: str, message: str) -> None:
    engine.execute(change)
    before = engine.rows("SELECT * FROM sqlite_master"), engine.rows("SELECT * FROM albums")
    with pytest.raises(engine.library.error, match=message):
        migrate(engine, stages(*REBUILD))
    assert (engine.rows("SELECT * FROM sqlite_master"), engine.rows("SELECT * FROM albums")) == before


def test_a_rebuild_with_foreign_keys_on_stops(engine: SqliteEngine) -> None:
    (stage,) = stages(*REBUILD)
    with pytest.raises(engine.library.error, match="this migration needs PRAGMA foreign_keys = off"):
        engine.migrate(replace(stage.script, foreign_keys=True))
    assert engine.rows("SELECT count(*) FROM tracks") == [(2,)]


def test_a_row_without_its_parent_stops(engine: SqliteEngine) -> None:
    engine.execute("PRAGMA foreign_keys = off", "INSERT INTO tracks VALUES (3, 9)")
    with pytest.raises(engine.library.error, match='a row of "tracks" references a row that is not in albums'):
        migrate(engine, stages(*REBUILD))
    assert engine.rows("SELECT count(*) FROM tracks") == [(3,)]


def test_a_value_that_would_change_stops(engine: SqliteEngine) -> None:
    numbers = replace(PARENT, columns=(PARENT.columns[0], Column("title", "INTEGER")))
    with pytest.raises(engine.library.error, match=r'a value of "albums"."title" changes in its new type'):
        migrate(engine, stages(lite(PARENT, CHILD), lite(numbers, CHILD)))
    hints = Hints(using={(ALBUMS, "title"): 'CAST("title" AS INTEGER) + 1'})
    migrate(engine, stages(lite(PARENT, CHILD), lite(numbers, CHILD), hints))
    assert engine.rows("SELECT * FROM albums") == [(1, 8), (2, 1)]


def test_rows_that_a_constraint_would_leave_out_stop(engine: SqliteEngine) -> None:
    engine.execute("UPDATE albums SET title = 'same'")
    unique = replace(PARENT, uniques=(Key(("title",), "u", on_conflict="REPLACE"),))
    with pytest.raises(engine.library.error, match="UNIQUE constraint failed"):
        migrate(engine, stages(lite(PARENT, CHILD), lite(unique, CHILD)))
    assert engine.rows("SELECT count(*) FROM albums") == [(2,)]


def test_rows_keep_their_numbers_and_counters_go_on(sqlite: SqliteEngine) -> None:
    plain = Table(Name("plain"), (Column("a", "TEXT"),))
    strict = Table(Name("strict"), (Column("a", "TEXT"),), options=("STRICT",))
    without = Table(Name("without"), (Column("a", "TEXT", nullable=False),), Key(("a",)), options=("WITHOUT ROWID",))
    counted = Table(
        Name("counted"),
        (Column("id", "INTEGER", identity=Identity("autoincrement")), Column("a", "TEXT")),
        Key(("id",)),
    )
    sqlite.execute(
        *find_dialect("sqlite").ddl().create_all(lite(plain, strict, without, counted)),
        "INSERT INTO plain (rowid, a) VALUES (7, 'x'), (3, 'y')",
        "INSERT INTO strict (rowid, a) VALUES (7, 'x'), (3, 'y')",
        "INSERT INTO without VALUES ('x')",
        "INSERT INTO counted VALUES (9, 'x')",
        "DELETE FROM counted",
    )
    tables = (plain, strict, without, counted)
    after = [replace(each, checks=(Check("\"a\" <> ''", "c"),)) for each in tables]
    migrate(sqlite, stages(lite(*tables), lite(*after)))
    assert sqlite.rows("SELECT rowid, a FROM plain") == [(3, "y"), (7, "x")]
    assert sqlite.rows("SELECT rowid, a FROM strict") == [(3, "y"), (7, "x")]
    assert sqlite.rows("SELECT a FROM without") == [("x",)]
    sqlite.execute("INSERT INTO counted (a) VALUES ('z')")
    assert sqlite.rows("SELECT id FROM counted") == [(10,)]


B = Column("b", "INTEGER")


@pytest.mark.parametrize(
    ("after", "rows"),
    [
        (Table(Name("t"), (Column("c", "TEXT"), B), Key(("b",))), [(None, 1), (None, 2)]),
        (Table(Name("t"), (replace(B, identity=Identity("autoincrement")),), Key(("b",))), [(1,), (2,)]),
        (Table(Name("t"), (replace(B, default="(2 + 5)"), Column("c", "TEXT", default="'x'"))), [(7, "x"), (7, "x")]),
        (Table(Name("t"), (Column("g", "INTEGER", generated=Generated('"b" + 1')), B)), [(None, None), (None, None)]),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_rows_of_which_nothing_stays(sqlite: SqliteEngine, after: Table, rows: list[object], count: int) -> None:
    before = Table(Name("t"), (Column("a", "INTEGER"),), Key(("a",)))
    sqlite.execute(*find_dialect("sqlite").ddl().create_all(lite(before)))
    sqlite.execute(*[f"INSERT INTO t VALUES ({number})" for number in (5, 9)[:count]])
    migrate(sqlite, stages(lite(before), lite(after), Hints(certain=True)))
    assert sqlite.rows("SELECT * FROM t") == rows[:count]


def test_names_in_what_fills_a_column_are_checked() -> None:
    column = Column("slug", "TEXT", nullable=False)
    after = replace(PARENT, columns=(*PARENT.columns, column))
    with pytest.raises(
        MigrationError,
        match=r'what fills "albums.slug" reads "titel", but "albums" has no such column, did you mean "title"',
    ):
        stages(lite(PARENT), lite(after), Hints(using={(ALBUMS, "slug"): 'lower("titel")'}))


@pytest.mark.parametrize(
    "parts", [{"schemas": ("app",)}, {"enums": (Enum(Name("m"), ("a",)),)}, {"sequences": (Sequence(Name("n")),)}]
)
def test_what_sqlite_does_not_have(parts: dict[str, object]) -> None:
    with pytest.raises(UnsupportedError):
        stages(lite(), lite(**parts))  # type: ignore[arg-type]  # its fields


def test_what_is_not_known_is_not_lost() -> None:
    unknown = Unknown("index that is not understood", "by_magic", ALBUMS)
    before = lite(PARENT, CHILD, unknown=(unknown,))
    with pytest.raises(
        MigrationError,
        match=r'"albums" has to be rebuilt, and would lose what qb does not know \(index .*: by_magic\)',
    ):
        stages(before, lite(STRICTER, CHILD))
    wider = replace(PARENT, columns=(*PARENT.columns, Column("plays", "INTEGER")))
    assert sql(before, lite(wider, CHILD)) == ['ALTER TABLE "albums" ADD COLUMN "plays" INTEGER']


def test_nothing_to_do() -> None:
    assert stages(lite(PARENT), lite(PARENT)) == ()
    assert stages(lite(PARENT), lite(replace(PARENT, comment="which SQLite does not keep"))) == ()
