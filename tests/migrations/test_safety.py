"""What is said of operations, held against what really happens: the probes count the rows in the way, and PostgreSQL
takes the locks and rewrites the tables that it is said to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from dialects.postgres.harmless import FUNCTIONS
from dialects.postgres.migrations.safety import VOLATILE
from dialects.postgres.migrations.sync import both
from qb.dialect import find_dialect
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.checks import rules
from qb.migrations.checks.finding import Finding
from qb.migrations.diff import diff
from qb.migrations.operations import Constraint, Operation
from qb.migrations.wording import described
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
    View,
)
from tests.migrations.albums import (
    ALBUMS,
    BEFORE,
    BY_CODE,
    BY_PLAYS,
    COLUMNS,
    ID,
    LABELLED,
    LOUD,
    MOOD,
    NAME,
    NOTED,
    NUMBERS,
    OWNED,
    OWNERS,
    ROWS,
    SPARE,
)
from tests.migrations.engines import PostgresEngine, SqliteEngine
from tests.migrations.observing import Observer


def column(name: str) -> Column:
    """One of the columns."""
    return next(each for each in COLUMNS if each.name == name)


def altered(name: str, using: str | None = None, **changes: object) -> ops.AlterColumn:
    """A column changes."""
    return ops.AlterColumn(ALBUMS, column(name), replace(column(name), **changes), using)  # type: ignore[arg-type]  # its fields


def added(**constraint: object) -> ops.AddConstraint:
    """A constraint comes."""
    return ops.AddConstraint(ALBUMS, Constraint(**constraint))  # type: ignore[arg-type]  # its fields


def index(**parts: object) -> Index:
    """An index on the plays."""
    return replace(Index("i", (IndexKey("plays"),)), **parts)  # type: ignore[arg-type]  # its fields


@dataclass(frozen=True)
class Case:
    """An operation, and what is said of it."""

    operation: Operation
    said: dict[str, int | None] = field(default_factory=dict)
    """By the code of a rule, what its probe counts in the awkward rows."""
    first: tuple[str, ...] = ()
    """Settings of the session."""
    fitting: tuple[str, ...] = ()
    """What makes the fitting rows fit this, too."""
    same: dict[str, str] = field(default_factory=dict)
    """Values that mean the same under another name."""


ALL = ROWS + 4
KEY = ForeignKey(("owner_id",), OWNERS, ("id",), name="f")
EXCLUDED = Exclusion("e", 'EXCLUDE USING btree ("plays" WITH =)')
MORE = Index("more", (IndexKey("title"), IndexKey("plays")))
CASES = [
    Case(ops.CreateSchema("more")),
    Case(
        ops.RenameSchema("elsewhere", "more"),
        {"rename-schema": None},
        ("ALTER VIEW loud SET SCHEMA elsewhere", "SET LOCAL search_path = here, elsewhere, public"),
    ),
    Case(ops.DropSchema("elsewhere")),
    Case(ops.CreateEnum(Enum(Name("size"), ("small",)))),
    Case(ops.DropEnum(BEFORE.enums[1])),
    Case(ops.RenameEnum(MOOD.name, Name("feeling")), {"rename-type": None}),
    Case(ops.RenameEnum(MOOD.name, Name("mood", "elsewhere")), {"rename-type": None}),
    Case(ops.AddLabel(MOOD.name, "new")),
    Case(ops.RenameLabel(MOOD.name, "bad", "awful"), {"rename-label": None}, same={"bad": "awful"}),
    Case(
        ops.ReplaceEnum(MOOD, Enum(MOOD.name, ("good",))), {"gone-labels": 1, "drop-label": None, "replace-enum": ALL}
    ),
    Case(ops.ReplaceEnum(MOOD, Enum(MOOD.name, ("bad", "good"))), {"replace-enum": ALL}),
    Case(ops.CreateSequence(Sequence(Name("more")))),
    Case(ops.DropSequence(NUMBERS), {"drop-sequence": None}),
    Case(ops.AlterSequence(NUMBERS, replace(NUMBERS, options="INCREMENT BY 2"))),
    Case(ops.AlterSequence(NUMBERS, replace(NUMBERS, table=ALBUMS, column="code"))),
    Case(ops.AlterSequence(OWNED, replace(OWNED, table=None, column=None))),
    Case(ops.RenameSequence(NUMBERS.name, Name("no")), {"rename-sequence": None}),
    Case(ops.RenameSequence(NUMBERS.name, Name("numbers", "elsewhere")), {"rename-sequence": None}),
    Case(ops.CreateTable(Table(Name("tracks"), COLUMNS[:1], Key(("id",), "tracks_pkey")))),
    Case(ops.Backfill(ALBUMS, "plays", "0", "plays < 0", ())),  # with rows, see the tests of what is done online
    Case(ops.CreateTable(Table(Name("tracks"), (column("owner_id"),), foreign_keys=(KEY,)))),
    Case(ops.DropTable(BEFORE.tables[2]), {"drop-table": ROWS + 1}),
    Case(ops.RenameTable(ALBUMS, Name("records")), {"rename-table": None, "stale-name": None}),
    Case(ops.RenameTable(SPARE, Name("spare", "elsewhere")), {"rename-table": None}),
    Case(ops.RenameTable(ALBUMS, Name("albums", "elsewhere")), {"rename-table": None}),
    Case(ops.AlterTable(SPARE, (), (), "x", "y")),
    Case(ops.RenameColumn(ALBUMS, "plays", "heard"), {"rename-column": None}),
    Case(ops.RenameColumn(ALBUMS, "number", "no"), {"rename-column": None, "stale-name": None}),
    Case(ops.DropColumn(ALBUMS, column("owner_id")), {"drop-column": ROWS + 2}),
    Case(ops.DropColumn(ALBUMS, column("twice")), {"drop-computed": None}),
    Case(ops.AddColumn(ALBUMS, NAME)),
    Case(ops.AddColumn(ALBUMS, replace(NAME, nullable=False, default="''"))),
    Case(ops.AddColumn(ALBUMS, replace(NAME, default="now()"))),
    Case(ops.AddColumn(ALBUMS, replace(NAME, default="random()")), {"volatile-default": ALL}),
    Case(ops.AddColumn(ALBUMS, replace(NAME, default="upper('a(b)')"))),
    Case(ops.AddColumn(ALBUMS, replace(NAME, default="there.stamp()")), {"volatile-default": ALL}),
    Case(
        ops.AddColumn(ALBUMS, replace(NAME, nullable=False), "'x'"),
        {"required-column": None, "filled-column": ALL},
    ),
    Case(ops.AddColumn(ALBUMS, replace(NAME, nullable=False, default="'y'"), "'x'"), {"filled-column": ALL}),
    Case(
        ops.AddColumn(ALBUMS, replace(NAME, nullable=False)),
        {"required-column": None, "required-values": ALL},
        fitting=("TRUNCATE albums",),
    ),
    Case(ops.AddColumn(ALBUMS, Column("n", "bigint", False, identity=Identity("always"))), {"numbered-column": ALL}),
    Case(
        ops.AddColumn(ALBUMS, Column("n", "bigint", False, "nextval('fresh')")),
        {"numbered-column": ALL},
        ("CREATE SEQUENCE fresh",),
    ),
    Case(ops.AddColumn(ALBUMS, Column("n", "bigint", generated=Generated('"plays" * 2'))), {"stored-column": ALL}),
    Case(altered("plays", type="bigint"), {"retype": ALL}),
    Case(altered("plays", type="smallint"), {"unfit-values": 1, "change-type": None, "retype": ALL}),
    Case(
        altered("plays", type="boolean"),
        {"unfit-values": ALL - 1, "change-type": None, "retype": ALL},
        fitting=("UPDATE albums SET plays = id % 2",),
        same={"0": "false", "1": "true"},
    ),
    Case(altered("plays", type="numeric(10, 2)"), {"unfit-values": 0, "change-type": None, "retype": ALL}),
    Case(altered("plays", type="text"), {"change-type": None, "retype": ALL}),
    Case(altered("plays", '"plays" + 1'), {"replace-values": ALL - 1, "retype": ALL}),
    Case(
        altered("plays", """"plays" || 'x'""", type="text"),
        {"replace-values": ALL - 1, "change-type": None, "retype": ALL},
    ),
    Case(altered("number", type="bigint"), {"retype": ALL, "serial-sequence": None}),
    Case(altered("plays", nullable=False), {"forbid-null": None, "null-values": 1, "not-null-scan": ALL}),
    Case(altered("label", nullable=False)),
    Case(altered("code", nullable=True), {"allow-null": None}),
    Case(altered("plays", default="0")),
    Case(altered("year", default=None), {"drop-default": None}),
    Case(altered("year", default=None, identity=Identity("by default")), {"numbering-scan": ALL}),
    Case(altered("year", default=None, identity=Identity("always")), {"computed-column": None, "numbering-scan": ALL}),
    Case(altered("code", identity=Identity("by default"))),
    Case(
        altered("plays", generated=Generated('"id" * 2')),
        {
            "computed-column": None,
            "replace-values": ALL - 1,
            "stored-column": ALL,
            "drop-index": ALL,
            "create-index": ALL,
        },
    ),
    Case(altered("twice", generated=None)),
    Case(altered("plays", comment="how often")),
    Case(altered("title", type="varchar(30)")),
    Case(altered("title", type="text")),
    Case(altered("title", type="varchar(5)"), {"unfit-values": 1, "change-type": None, "retype": ALL}),
    Case(altered("title", collation="C"), {"recollate": ALL}),
    Case(altered("mood", type="text"), {"change-type": None, "retype": ALL}),
    Case(altered("label", collation="C"), {"check-scan": ALL}),
    Case(altered("at", type="timestamptz"), {"unfit-values": 0, "change-type": None, "retype": 0}),
    Case(
        altered("at", type="timestamptz"),
        {"unfit-values": 0, "change-type": None, "retype": ALL},
        ("SET LOCAL TimeZone = 'Europe/Berlin'",),
    ),
    Case(added(check=Check('"plays" > 5', "c")), {"new-constraint": None, "conflicting-rows": 2, "check-scan": ALL}),
    Case(added(check=Check('"plays" > 5', "c", valid=False)), {"new-constraint": None}),
    Case(added(unique=Key(("plays",), "u")), {"new-constraint": None, "duplicates": 1, "key-index": ALL}),
    Case(added(foreign_key=KEY), {"new-constraint": None, "conflicting-rows": 1, "foreign-key-scan": ALL}),
    Case(added(foreign_key=replace(KEY, valid=False)), {"new-constraint": None}),
    Case(added(exclusion=EXCLUDED), {"new-constraint": None, "conflicting-rows": None, "exclusion-index": ALL}),
    Case(ops.DropConstraint(ALBUMS, Constraint(primary_key=BEFORE.tables[1].primary_key)), {"drop-key": None}),
    Case(ops.DropConstraint(ALBUMS, Constraint(check=LABELLED))),
    Case(ops.RenameConstraint(ALBUMS, "labelled", "has_label")),
    Case(ops.ValidateConstraint(SPARE, "late"), {"conflicting-rows": 1}),
    Case(ops.CreateIndex(ALBUMS, index()), {"create-index": ALL}),
    Case(ops.CreateIndex(ALBUMS, index(unique=True)), {"new-constraint": None, "duplicates": 1, "create-index": ALL}),
    Case(
        ops.CreateIndex(ALBUMS, index(unique=True, where='"id" <> 9001')),
        {"new-constraint": None, "duplicates": 0, "create-index": ALL},
    ),
    Case(ops.DropIndex(ALBUMS, BY_PLAYS), {"drop-index": ALL}),
    Case(ops.DropIndex(ALBUMS, BY_CODE), {"drop-key": None, "drop-index": ALL}),
    Case(ops.RenameIndex(ALBUMS, "by_plays", "i")),
    Case(ops.CreateView(View(Name("more"), 'CREATE VIEW "more" AS SELECT "id" FROM "albums"'))),
    Case(ops.DropView(LOUD), {"drop-view": None}),
    Case(
        ops.CreateTrigger(
            replace(NOTED, name="more", sql=NOTED.sql.replace("noted", "more").replace("INSERT", "DELETE"))
        )
    ),
    Case(ops.DropTrigger(NOTED), {"drop-trigger": None}),
]


def findings(before: Schema, *operations: Operation) -> tuple[Finding, ...]:
    """What is said."""
    return find_dialect(before.dialect).renderer().safety().findings(before, operations)


def count(engine: PostgresEngine | SqliteEngine, found: Finding) -> int | None:
    """What a probe counts."""
    if found.probe is None:
        return None
    ((number,),) = engine.rows(found.probe)
    return int(number)


@pytest.mark.parametrize("case", CASES, ids=lambda case: described(case.operation))
def test_what_is_said_is_what_happens(servers: tuple[Observer, Observer], case: Case) -> None:
    fitting, awkward = servers
    (stage,) = find_dialect("postgres").renderer().stages(BEFORE, [case.operation])
    found = findings(BEFORE, *stage.operations)
    with awkward.prepared(*case.first):
        counts = {each: count(awkward.engine, each) for each in found}
    assert {each.rule.code: number for each, number in counts.items()} == case.said
    is_in_the_way = any(each.danger == "needs check" and number != 0 for each, number in counts.items())
    assert awkward.fails([*case.first, *stage.script.statements]) == is_in_the_way

    with fitting.prepared(*case.first, *case.fitting):
        said: set[str] = {each.danger for each in found if count(fitting.engine, each) != 0}
        happens = fitting.dangers(stage.script.statements, case.same)
    if isinstance(case.operation, ops.DropIndex):
        happens.add("locks")  # for an instant, but there is a way without it: see the test of what is concurrent
    if {each.rule for each in found} & {rules.DROP_TABLE, rules.DROP_COLUMN, rules.DROP_SEQUENCE}:
        said.add("breaks")  # which goes without saying
    assert happens == summed(said)


def summed(said: set[str]) -> set[str]:
    """What can be seen of dangers where all rows fit: who waits for a rewrite waits for all else."""
    said = said - {"needs check", "advice"}
    if "rewrites" in said:
        said -= {"locks"}
    return said


def test_which_functions_are_volatile(servers: tuple[Observer, Observer]) -> None:
    rows = servers[0].engine.rows(
        "SELECT proname FROM pg_proc WHERE provolatile = 'v' AND pronamespace = 'pg_catalog'::regnamespace"
    )
    assert FUNCTIONS & {name for (name,) in rows} == VOLATILE


def test_every_operation_is_tried() -> None:
    assert {type(case.operation).__name__ for case in CASES} == set(Operation.kinds)


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
    columns = tuple([each for each in COLUMNS if each.generated is None])
    twice = Column("twice", "bigint", generated=Generated('"plays" * 2'))
    unique = Index("u", (IndexKey("twice"),), unique=True)
    table = replace(BEFORE.tables[1], columns=(*columns, twice), checks=(), indexes=(unique,))
    before = replace(BEFORE, tables=(BEFORE.tables[0], table), triggers=())
    (stage,) = find_dialect("postgres").renderer().stages(before, [altered("plays", type="bigint")])
    assert [type(each) for each in stage.operations] == [
        ops.DropIndex,
        ops.DropColumn,
        ops.AlterColumn,
        ops.AddColumn,
        ops.CreateIndex,
    ]
    assert {each.danger for each in findings(before, *stage.operations)} == {"locks", "rewrites"}


@pytest.mark.parametrize(
    ("type", "said"), [("bigint", set()), ("smallint", {"change-type"}), ("text", {"change-type"})]
)
def test_a_column_that_takes_the_place_of_another(type: str, said: set[str]) -> None:
    """As `--online` does: under its name, programs find what triggers have kept in step with it."""
    old, new = column("year"), replace(column("year"), name="__new_year", type=type)
    sync = both(ALBUMS, "year", "__new_year")
    before = applied(BEFORE, [ops.AddColumn(ALBUMS, new), ops.CreateTrigger(sync)])
    loosened = ops.AlterColumn(ALBUMS, old, replace(old, nullable=True, default=None))
    renames = (ops.RenameColumn(ALBUMS, "year", "__old_year"), ops.RenameColumn(ALBUMS, "__new_year", "year"))
    found = findings(before, ops.DropTrigger(sync), loosened, *renames)
    assert {each.rule.code for each in found} == said
    assert {each.rule.code for each in findings(before, loosened)} == {"allow-null"}
    assert {each.rule.code for each in findings(before, renames[0])} == {"rename-column"}


def test_a_sequence_forgets_where_it_stands() -> None:
    sequence = Sequence(Name("n"))
    (found,) = findings(replace(BEFORE, sequences=(sequence,)), ops.DropSequence(sequence))
    assert (found.danger, found.text) == ("destroys", 'where the sequence "n" stands is forgotten')


def test_words() -> None:
    (found,) = findings(BEFORE, ops.DropColumn(ALBUMS, column("plays")))
    assert found == Finding(
        rules.DROP_COLUMN,
        ops.DropColumn(ALBUMS, column("plays")),
        ALBUMS,
        'the values of "albums.plays" go',
        'SELECT count(*) FROM "albums" WHERE "albums"."plays" IS NOT NULL',
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
        (
            "sqlite",
            {"type": "INTEGER"},
            [("breaks", "albums", None), ("needs check", "albums", 1), ("rewrites", "albums", 2)],
        ),
        (
            "sqlite",
            {"nullable": False},
            [("breaks", "albums", None), ("needs check", "albums", 1), ("rewrites", "albums", 2)],
        ),
        ("sqlite", {"comment": "x"}, []),
        ("d1", {"collation": "NOCASE"}, [("rewrites", "albums", 2), ("rewrites", "tracks", 1)]),
    ],
)
def test_sqlite(
    sqlite_engine: SqliteEngine, dialect: str, change: dict[str, object], expected: list[tuple[str, str, int | None]]
) -> None:
    before = Schema(dialect, tables=(PARENT, CHILD))
    title = replace(PARENT.columns[1], **change)  # type: ignore[arg-type]  # its fields
    after = replace(before, tables=(replace(PARENT, columns=(PARENT.columns[0], title)), CHILD))
    sqlite_engine.execute(
        *find_dialect("sqlite").ddl().create_all(before),
        "INSERT INTO albums VALUES (1, 'x'), (2, NULL)",
        "INSERT INTO tracks VALUES (1, 1)",
    )
    found = findings(before, *diff(before, after))
    assert [
        (each.danger, "tracks" if '"tracks"' in each.text else "albums", count(sqlite_engine, each)) for each in found
    ] == expected
