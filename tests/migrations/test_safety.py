"""What is said of operations, held against what really happens: the probes count the rows in the way, and PostgreSQL
takes the locks and rewrites the tables that it is said to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import asyncpg
import pytest

from qb.dialect import find_dialect
from qb.migrations import operations as ops
from qb.migrations.diff import diff
from qb.migrations.operations import Constraint, Operation
from qb.migrations.safety import Finding
from qb.schema.objects import (
    Check,
    Column,
    Enum,
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
    View,
)
from tests.migrations.engines import PostgresEngine, SqliteEngine, migrate
from tests.postgres_server import PostgresServer

ALBUMS, OWNERS = Name("albums"), Name("owners")
ID, NAME = Column("id", "integer", nullable=False), Column("name", "text")
COLUMNS = (
    ID,
    Column("plays", "integer"),
    Column("title", "character varying(20)"),
    Column("mood", '"mood"'),
    Column("owner_id", "integer"),
)
BEFORE = Schema(
    "postgres",
    enums=(Enum(Name("mood"), ("good", "bad")),),
    tables=(
        Table(OWNERS, (ID, NAME), Key(("id",), "owners_pkey")),
        Table(
            ALBUMS,
            COLUMNS,
            Key(("id",), "albums_pkey"),
            indexes=(Index("by_plays", (IndexKey("plays"),)), Index("by_title", (IndexKey("title"),))),
        ),
    ),
)
ROWS = (
    "INSERT INTO owners VALUES (1, 'x')",
    "INSERT INTO albums VALUES (1, 5, 'a', 'good', 1), (2, 5, 'long title', 'bad', 7), (3, NULL, NULL, NULL, NULL)",
)


def column(name: str) -> Column:
    """One of the columns."""
    return next(each for each in COLUMNS if each.name == name)


def altered(name: str, **changes: object) -> ops.AlterColumn:
    """A column changes."""
    return ops.AlterColumn(ALBUMS, column(name), replace(column(name), **changes))  # type: ignore[arg-type]  # its fields


def added(**constraint: object) -> ops.AddConstraint:
    """A constraint comes."""
    return ops.AddConstraint(ALBUMS, Constraint(**constraint))  # type: ignore[arg-type]  # its fields


def index(**parts: object) -> Index:
    """An index on the plays."""
    return replace(Index("i", (IndexKey("plays"),)), **parts)  # type: ignore[arg-type]  # its fields


KEY = ForeignKey(("owner_id",), OWNERS, ("id",), name="f")
EXPECTED: list[tuple[Operation, list[tuple[str, int | None]]]] = [
    # The operation, and of each finding the danger and what its probe counts.
    (ops.DropTable(BEFORE.tables[1]), [("destroys", 3)]),
    (ops.RenameTable(ALBUMS, Name("records")), [("breaks", None)]),
    (ops.RenameColumn(ALBUMS, "plays", "heard"), [("breaks", None)]),
    (ops.DropColumn(ALBUMS, column("owner_id")), [("destroys", 2)]),
    (ops.AddColumn(ALBUMS, NAME), []),
    (ops.AddColumn(ALBUMS, replace(NAME, nullable=False, default="''")), []),
    (ops.AddColumn(ALBUMS, replace(NAME, default="now()")), []),
    (ops.AddColumn(ALBUMS, replace(NAME, default="random()")), [("rewrites", 3)]),
    (ops.AddColumn(ALBUMS, replace(NAME, nullable=False), "'x'"), [("breaks", None), ("rewrites", 3)]),
    (ops.AddColumn(ALBUMS, Column("n", "bigint", False, identity=Identity("always"))), [("rewrites", 3)]),
    (ops.AddColumn(ALBUMS, Column("n", "bigint", generated=Generated('"plays" * 2'))), [("rewrites", 3)]),
    (altered("plays", type="bigint"), [("rewrites", 3)]),
    (altered("plays", type="smallint"), [("needs check", 0), ("rewrites", 3)]),
    (altered("plays", type="boolean"), [("needs check", 2), ("rewrites", 3)]),
    (altered("plays", nullable=False), [("breaks", None), ("needs check", 1), ("locks", 3)]),
    (altered("plays", default="0"), []),
    (altered("plays", generated=Generated('"id" * 2')), [("destroys", 2), ("rewrites", 3)]),
    (altered("title", type="character varying(30)"), []),
    (altered("title", type="text"), []),
    (altered("title", type="character varying(5)"), [("needs check", 1), ("rewrites", 3)]),
    (altered("title", collation="C"), [("rewrites", 3)]),
    (added(check=Check('"plays" > 5', "c")), [("breaks", None), ("needs check", 2), ("locks", 3)]),
    (added(check=Check('"plays" > 5', "c", valid=False)), [("breaks", None)]),
    (added(unique=Key(("plays",), "u")), [("breaks", None), ("needs check", 1), ("locks", 3)]),
    (added(foreign_key=KEY), [("breaks", None), ("needs check", 1), ("locks", 3)]),
    (added(foreign_key=replace(KEY, valid=False)), [("breaks", None)]),
    (ops.DropConstraint(ALBUMS, Constraint(primary_key=Key(("id",), "albums_pkey"))), [("breaks", None)]),
    (ops.CreateIndex(ALBUMS, index()), [("locks", None)]),
    (ops.CreateIndex(ALBUMS, index(), concurrently=True), []),
    (ops.CreateIndex(ALBUMS, index(unique=True)), [("needs check", 1), ("locks", None)]),
    (ops.CreateIndex(ALBUMS, index(unique=True, where='"id" > 1')), [("needs check", 0), ("locks", None)]),
    (ops.DropIndex(ALBUMS, BEFORE.tables[1].indexes[0]), [("locks", None)]),
    (ops.DropIndex(ALBUMS, BEFORE.tables[1].indexes[0], concurrently=True), []),
    (ops.RenameIndex(ALBUMS, "by_plays", "i"), []),
    (ops.AddLabel(Name("mood"), "new"), []),
    (ops.RenameLabel(Name("mood"), "bad", "awful"), [("breaks", None)]),
    (ops.ReplaceEnum(BEFORE.enums[0], Enum(Name("mood"), ("good",))), [("needs check", 1), ("rewrites", 3)]),
    (ops.ReplaceEnum(BEFORE.enums[0], Enum(Name("mood"), ("bad", "good"))), [("rewrites", 3)]),
]


@pytest.fixture(scope="module")
def postgres(postgres_server: PostgresServer) -> Iterator[PostgresEngine]:
    """A schema of its own."""
    with asyncio.Runner() as loop:
        first: asyncpg.Connection = loop.run(asyncpg.connect(postgres_server.url))
        loop.run(first.execute("CREATE DATABASE safety"))
        loop.run(first.close())
        connection = loop.run(asyncpg.connect(postgres_server.url, database="safety"))
        yield PostgresEngine(loop, connection)
        loop.run(connection.close())


def findings(before: Schema, *operations: Operation) -> tuple[Finding, ...]:
    """What is said."""
    return find_dialect(before.dialect).renderer().safety().findings(before, operations)


def count(engine: PostgresEngine | SqliteEngine, found: Finding) -> int | None:
    """What a probe counts."""
    if found.probe is None:
        return None
    ((number,),) = engine.rows(found.probe)
    return int(number)


@pytest.mark.parametrize(("operation", "expected"), EXPECTED)
def test_postgres(postgres: PostgresEngine, operation: Operation, expected: list[tuple[str, int | None]]) -> None:
    postgres.empty()
    postgres.execute(*find_dialect("postgres").ddl().create_all(BEFORE), *ROWS)
    found = findings(BEFORE, operation)
    assert [(each.danger, count(postgres, each)) for each in found] == expected

    files: dict[str, int] = dict(postgres.rows(FILES))
    stages = find_dialect("postgres").renderer().stages(BEFORE, [operation])
    in_the_way = any(each.danger == "needs check" and count(postgres, each) for each in found)
    if in_the_way:
        with pytest.raises(asyncpg.PostgresError):
            migrate(postgres, stages)
        return
    if getattr(operation, "concurrently", False):
        migrate(postgres, stages)
        return
    postgres.execute("BEGIN", *[each for stage in stages for each in stage.script.statements])
    locks = {mode for (mode,) in postgres.rows(LOCKS)}
    now: dict[str, int] = dict(postgres.rows(FILES))
    postgres.execute("ROLLBACK")
    filled = isinstance(operation, ops.AddColumn) and operation.using is not None  # row by row, in the same file
    is_rewritten = any(now.get(name, file) != file for name, file in files.items())
    assert (is_rewritten == any(each.danger == "rewrites" for each in found) and not filled) or filled
    if isinstance(operation, ops.CreateIndex):
        assert "ShareLock" in locks
    if isinstance(operation, ops.AddConstraint) and operation.constraint.foreign_key is not None:
        assert locks & EXCLUSIVE == {"ShareRowExclusiveLock"}


LOCKS = """SELECT DISTINCT mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND c.relnamespace = 'here'::regnamespace AND c.relkind = 'r'"""
FILES = """SELECT relname, relfilenode FROM pg_class
    WHERE relnamespace = 'here'::regnamespace AND relkind IN ('r', 'i')"""
EXCLUSIVE = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}


def test_new_tables_are_empty() -> None:
    table = Table(Name("new"), (ID,))
    operations = [
        ops.CreateTable(table),
        ops.AddColumn(table.name, replace(NAME, default="random()")),
        ops.CreateIndex(table.name, Index("j", (IndexKey("id"),))),
    ]
    assert findings(BEFORE, *operations) == ()


def test_what_comes_back_breaks_nothing() -> None:
    view, trigger = View(Name("v"), "CREATE VIEW v AS SELECT 1"), Trigger("t", ALBUMS, "CREATE TRIGGER t …")
    key = Constraint(primary_key=Key(("id",), "albums_pkey"))
    gone = (ops.DropView(view), ops.DropTrigger(trigger), ops.DropConstraint(ALBUMS, key))
    before = replace(BEFORE, views=(view,), triggers=(trigger,))
    assert [each.danger for each in findings(before, *gone)] == ["breaks"] * 3
    back = (ops.CreateView(view), ops.CreateTrigger(trigger), ops.AddConstraint(ALBUMS, key))
    assert [(each.operation, each.danger) for each in findings(before, *gone, *back)] == [(back[2], "locks")]


def test_what_goes_meanwhile_is_not_in_danger() -> None:
    twice = Column("twice", "bigint", generated=Generated('"plays" * 2'))
    unique = Index("u", (IndexKey("twice"),), unique=True)
    table = replace(BEFORE.tables[1], columns=(*COLUMNS, twice), indexes=(unique,))
    before = replace(BEFORE, tables=(BEFORE.tables[0], table))
    (stage,) = find_dialect("postgres").renderer().stages(before, [altered("plays", type="bigint")])
    assert [type(each) for each in stage.operations] == [
        ops.DropIndex,
        ops.DropColumn,
        ops.AlterColumn,
        ops.AddColumn,
        ops.CreateIndex,
    ]
    assert {each.danger for each in findings(before, *stage.operations)} == {"locks", "rewrites"}


def test_a_sequence_forgets_where_it_stands() -> None:
    sequence = Sequence(Name("n"))
    (found,) = findings(replace(BEFORE, sequences=(sequence,)), ops.DropSequence(sequence))
    assert (found.danger, found.text) == ("destroys", 'where the sequence "n" stands is forgotten')


def test_words() -> None:
    (found,) = findings(BEFORE, ops.DropColumn(ALBUMS, column("plays")))
    assert found == Finding(
        ops.DropColumn(ALBUMS, column("plays")),
        "destroys",
        'the values of "albums.plays" go',
        'SELECT count(*) FROM "albums" WHERE "plays" IS NOT NULL',
        "first release programs that do not use it, and drop it then",
    )


# SQLite and D1

PARENT = Table(ALBUMS, (Column("id", "INTEGER"), Column("title", "TEXT")), Key(("id",)))
CHILD = Table(
    Name("tracks"),
    (Column("id", "INTEGER"), Column("album_id", "INTEGER")),
    Key(("id",)),
    foreign_keys=(ForeignKey(("album_id",), ALBUMS, ("id",)),),
)


@pytest.mark.parametrize(
    ("dialect", "change", "expected"),
    [
        ("sqlite", {"type": "INTEGER"}, [("needs check", "albums", 1), ("rewrites", "albums", 2)]),
        (
            "sqlite",
            {"nullable": False},
            [("breaks", "albums", None), ("needs check", "albums", 1), ("rewrites", "albums", 2)],
        ),
        ("sqlite", {"comment": "x"}, []),
        ("d1", {"collation": "NOCASE"}, [("rewrites", "albums", 2), ("rewrites", "tracks", 1)]),
    ],
)
def test_sqlite(dialect: str, change: dict[str, object], expected: list[tuple[str, str, int | None]]) -> None:
    before = Schema(dialect, tables=(PARENT, CHILD))
    title = replace(PARENT.columns[1], **change)  # type: ignore[arg-type]  # its fields
    after = replace(before, tables=(replace(PARENT, columns=(PARENT.columns[0], title)), CHILD))
    engine = SqliteEngine()
    engine.execute(
        *find_dialect("sqlite").ddl().create_all(before),
        "INSERT INTO albums VALUES (1, 'x'), (2, NULL)",
        "INSERT INTO tracks VALUES (1, 1)",
    )
    found = findings(before, *diff(before, after))
    assert [
        (each.danger, "tracks" if '"tracks"' in each.text else "albums", count(engine, each)) for each in found
    ] == expected
