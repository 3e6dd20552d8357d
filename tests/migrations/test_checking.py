"""What is found in files: of what qb wrote there, of what people wrote, and of tables as they are declared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qb import Database
from qb.dialect import find_dialect
from qb.migrations.checks.checking import Found, check, check_declared
from qb.migrations.checks.probing import is_settled, probed
from qb.migrations.files import Folder
from qb.migrations.making import draft, write
from qb.migrations.runner import Runner
from qb.schema.canonical import canonical
from qb.schema.objects import Column, ForeignKey, Index, IndexKey, Key, Name, Schema, Table
from tests.migrations.engines import SqliteEngine

TYPES = {"postgres": ("integer", "text"), "sqlite": ("INTEGER", "TEXT"), "d1": ("INTEGER", "TEXT")}


def schema(dialect: str, *more: Column, indexes: tuple[Index, ...] = ()) -> Schema:
    """A table that references another."""
    number, text = TYPES[dialect]
    id = Column("id", number, dialect != "postgres")
    parent = Table(Name("owners"), (id, Column("name", text)), Key(("id",), named(dialect, "owners_pkey")))
    key = ForeignKey(("owner_id",), parent.name, ("id",), name=named(dialect, "albums_owner_id_fkey"))
    columns = (id, Column("owner_id", number), Column("title", text), *more)
    child = Table(
        Name("albums"), columns, Key(("id",), named(dialect, "albums_pkey")), foreign_keys=(key,), indexes=indexes
    )
    return Schema(dialect, tables=(parent, child))


def named(dialect: str, name: str) -> str | None:
    """The name of a constraint, where it has one."""
    return name if dialect == "postgres" else None


def written(path: Path, *schemas: Schema) -> Folder:
    """A folder with migrations from each schema to the next."""
    folder = Folder(path)
    before = Schema(schemas[0].dialect)
    for number, each in enumerate(map(canonical, schemas)):
        write(folder, f"step {number}", draft(find_dialect(each.dialect), before, each))
        before = each
    return folder


def edited(folder: Folder, name: str, edit: dict[str, str]) -> Folder:
    """With another text in a file, which is accepted."""
    path = folder.path / f"{name}.sql"
    text = path.read_text()
    for old, new in edit.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    Folder(folder.path).accept()
    return Folder(folder.path)


def codes(folder: Folder, dialect: str) -> list[str]:
    """The rules of what is found."""
    found = check(find_dialect(dialect), folder, folder.migrations.values())
    return [each.finding.rule.code for each in found if each.finding.rule.code != "statement-timeout"]


INDEX = Index("by_title", (IndexKey("title"),))


def test_what_qb_wrote_is_not_read_again(tmp_path: Path) -> None:
    folder = written(tmp_path, schema("postgres"), schema("postgres", indexes=(INDEX,)))
    assert codes(folder, "postgres") == ["create-index"]
    found = check(find_dialect("postgres"), folder, folder.migrations.values())
    assert (found[0].migration, found[0].statement) == (
        "0002_step_1",
        'CREATE INDEX "by_title" ON "albums" ("title")',
    )


def test_what_is_written_in_another_way_counts(tmp_path: Path) -> None:
    folder = written(tmp_path, schema("postgres"), schema("postgres", indexes=(INDEX,)))
    folder = edited(folder, "0002_step_1", {"CREATE INDEX": "-- qb: no transaction\n\ncreate index concurrently"})
    assert codes(folder, "postgres") == []


def test_what_is_added_by_hand_is_read_with_the_rest(tmp_path: Path) -> None:
    folder = written(tmp_path, schema("postgres"), schema("postgres", Column("year", "integer")))
    folder = edited(folder, "0002_step_1", {"integer;": "integer;\nUPDATE albums SET year = 1;\nDROP INDEX by_title;"})
    assert codes(folder, "postgres") == ["backfill", "unread"], "nothing is known of the index"
    folder = edited(folder, "0002_step_1", {"DROP INDEX by_title;": "DELETE FROM albums;"})
    assert codes(folder, "postgres") == ["backfill", "delete-rows"]


@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
def test_a_rebuild_is_what_qb_wrote(tmp_path: Path, dialect: str) -> None:
    before = schema(dialect)
    owners = replace(
        before.tables[0], columns=(before.tables[0].columns[0], Column("name", "TEXT", collation="NOCASE"))
    )
    folder = written(tmp_path, before, replace(before, tables=(owners, before.tables[1])))
    assert codes(folder, dialect) == ["rebuild"] * (2 if dialect == "d1" else 1)
    name = list(folder.migrations)[-1]
    folder = edited(folder, name, {"DROP TABLE": "DELETE FROM albums WHERE id > 5;\n\nDROP TABLE"})
    assert "delete-rows" in codes(folder, dialect)
    assert "drop-table" not in codes(folder, dialect)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ALTER TABLE albums ADD COLUMN year INTEGER", []),
        ("ALTER TABLE albums ADD year INTEGER NOT NULL", ["required-column", "required-values"]),
        ("ALTER TABLE albums DROP COLUMN title", ["drop-column"]),
        ("ALTER TABLE albums RENAME TO records", ["rename-table"]),
        ("DROP TABLE [albums]", ["drop-table"]),
        ("delete from `albums` where id = 1", ["delete-rows"]),
        ("BEGIN", ["transaction-control"]),
        ("CREATE TABLE more (id INTEGER PRIMARY KEY, t); CREATE UNIQUE INDEX i ON more (t)", []),
        ("PRAGMA foreign_keys = off", []),
        ("CREATE TRIGGER t AFTER INSERT ON albums BEGIN DELETE FROM owners; END", []),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
def test_by_hand_on_sqlite(tmp_path: Path, dialect: str, sql: str, found: list[str]) -> None:
    folder = written(tmp_path, schema(dialect), schema(dialect, Column("year", "INTEGER")))
    text = (folder.path / "0002_step_1.sql").read_text()
    assert codes(edited(folder, "0002_step_1", {text: f"{sql};"}), dialect) == found


REBUILT = (
    "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO new SELECT id, name FROM owners; "
    "DROP TABLE owners; ALTER TABLE new RENAME TO owners;"
)


@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
@pytest.mark.parametrize(
    ("action", "off", "found"),
    [
        ("CASCADE", False, ["rebuild", "drop-parent"]),
        ("SET NULL", False, ["rebuild", "drop-parent"]),
        (None, False, ["rebuild"]),
        ("CASCADE", True, ["rebuild"]),
    ],
)
def test_a_rebuild_by_hand(
    tmp_path: Path, sqlite_engine: SqliteEngine, dialect: str, action: str | None, off: bool, found: list[str]
) -> None:
    """Where foreign keys are on, DROP TABLE deletes the rows first, and what is to happen to their children happens."""
    first = schema(dialect)
    (key,) = first.tables[1].foreign_keys
    child = replace(first.tables[1], foreign_keys=(replace(key, on_delete=action),))
    first = replace(first, tables=(first.tables[0], child))
    folder = written(tmp_path, first, replace(first, tables=(first.tables[0],)))
    text = (folder.path / "0002_step_1.sql").read_text()
    folder = edited(folder, "0002_step_1", {text: "-- qb: foreign keys off\n\n" * off + REBUILT})
    if dialect == "d1" and off:  # where they are always on
        found = ["rebuild", "drop-parent"]
    assert codes(folder, dialect) == found

    engine = sqlite_engine
    engine.migrate(folder.migrations["0001_step_0"].script())
    engine.execute("INSERT INTO owners (id) VALUES (1)", "INSERT INTO albums (id, owner_id) VALUES (5, 1)")
    listed = check(find_dialect(dialect), folder, [folder.migrations["0002_step_1"]])
    probes = [each.finding.probe for each in listed if each.finding.rule.code == "drop-parent"]
    assert [engine.rows(probe or "") for probe in probes] == [[(1,)]] * ("drop-parent" in found)
    if dialect == "sqlite" and action is not None:
        engine.migrate(folder.migrations["0002_step_1"].script())
        kept = engine.rows("SELECT id FROM albums WHERE owner_id = 1") == [(5,)]
        assert kept == ("drop-parent" not in found)


def test_foreign_keys_without_an_index() -> None:
    (found,) = check_declared(find_dialect("postgres"), schema("postgres"))
    assert (found.finding.rule.code, found.finding.text, found.migration) == (
        "foreign-key-index",
        '"albums" has no index of owner_id: who deletes from "owners" looks at every row',
        None,
    )
    indexed = schema("postgres", indexes=(Index("i", (IndexKey("owner_id"), IndexKey("title"))),))
    partial = schema("postgres", indexes=(Index("i", (IndexKey("owner_id"),), where="true"),))
    later = schema("postgres", indexes=(Index("i", (IndexKey("title"), IndexKey("owner_id"))),))
    counts = [len(check_declared(find_dialect("postgres"), each)) for each in (indexed, partial, later)]
    assert counts == [0, 1, 1]


async def asked(db: Database, folder: Folder) -> dict[str, tuple[int | None, bool]]:
    """What is said of what is pending: by the rule, what its probe gives, and whether it is of no concern."""
    found: list[Found] = await probed(db, check(db.dialect, folder, await Runner(db, folder).pending()))
    return {each.finding.rule.code: (each.rows, is_settled(each, small=2)) for each in found}


async def test_what_a_database_says(tmp_path: Path, database: Database) -> None:
    """On every engine: an empty table, a small one, and one with rows in the way."""
    dialect = database.dialect.name
    kind = TYPES[dialect][1]
    before = schema(dialect)
    columns = (*before.tables[1].columns[:2], Column("title", kind, False))
    unique = Index("one_title", (IndexKey("title"),), unique=True)
    after = replace(before, tables=(before.tables[0], replace(before.tables[1], columns=columns, indexes=(unique,))))
    folder = written(tmp_path, before, after)
    await Runner(database, folder).up("1")

    always = {"forbid-null": (None, False), "new-constraint": (None, False)}
    found = await asked(database, folder)
    assert {code: found[code] for code in always} == always
    assert {code: each for code, each in found.items() if not each[1] and code not in always} in (
        {},
        {"statement-timeout": (None, False)},
    ), "nothing is in an empty table"

    await run(database, "INSERT INTO albums (id, title) VALUES (1, NULL), (2, 'x')")
    found = await asked(database, folder)
    assert (found["null-values"], found["duplicates"]) == ((1, False), (0, True))
    lengthy = {"rebuild", "not-null-scan", "create-index"} & found.keys()
    assert {found[code] for code in lengthy} == {(2, True)}

    await run(database, "INSERT INTO albums (id, title) VALUES (3, 'x')")
    found = await asked(database, folder)
    assert found["duplicates"] == (1, False)
    assert {found[code] for code in lengthy} == {(3, False)}


async def test_a_probe_about_what_is_not_there_yet(tmp_path: Path, database: Database) -> None:
    dialect = database.dialect.name
    folder = written(tmp_path, schema(dialect), schema(dialect, Column("year", TYPES[dialect][0])), schema(dialect))
    await Runner(database, folder).up("1")
    assert (await asked(database, folder))["drop-column"] == (None, False)


async def run(db: Database, statement: str) -> None:
    """A statement that is no query."""
    async with db.driver.acquire() as connection:
        await connection.execute(statement, ())
