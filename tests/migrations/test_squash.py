"""A chain of migrations becomes one: new databases get it, and those that have the chain have it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dialects.d1.migrations.migrating import WranglerApplied
from qb import Database, Table, col, index, select, sql
from qb.dialect import Dialect, find_dialect
from qb.errors import DatabaseError
from qb.migrations import operations as ops
from qb.migrations.branches import merge
from qb.migrations.errors import MigrationError, MigrationFailed
from qb.migrations.files import Folder
from qb.migrations.history import Applied
from qb.migrations.making import draft, write
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.squash import squash
from qb.schema.introspect import introspect
from qb.schema.objects import Column, Enum, ForeignKey, Index, IndexKey, Key, Name, Schema
from qb.schema.objects import Table as TableOf
from tests.migrations.engines import sorted_columns

ENGINES = ("sqlite", "postgres", "d1")


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
    title = col.text()


class Artist2(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()
    country = col.text().default("?")


class Artist3(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.varchar(20)
    country = col.text().default("?")
    by_name = index(name)


NAMES = ["0001_tables", "0002_country", "0003_fill", "0004_narrow", "0005_name", "0006_last"]
FILL = """-- The first artist; its name has a ; in it.
INSERT INTO artists (id, name, country) VALUES (1, 'a;b', 'x'); -- and its albums
INSERT INTO albums VALUES (1, 1, 't')
"""


def schema_of(dialect: Dialect, *tables: type[Table]) -> Schema:
    return dialect.ddl().description.describe(tables)


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Folder:
    """Two tables, of which one gets a column, rows, and another type; and then something at the end."""
    dialect = database.dialect
    folder = Folder(tmp_path / "migrations")
    steps = [schema_of(dialect, *tables) for tables in ([Artist, Album], [Artist2, Album], [Artist3, Album])]
    write(folder, "tables", draft(dialect, Schema(steps[0].dialect), steps[0]))
    write(folder, "country", draft(dialect, steps[0], steps[1]))
    folder.add("fill", Script(()), Script(("DELETE FROM albums", "DELETE FROM artists")), steps[1])
    (folder.path / "0003_fill.sql").write_text(FILL)
    Folder(folder.path).accept()
    folder = Folder(folder.path)
    write(folder, "narrow", draft(dialect, steps[1], steps[2]))
    folder.add("name", Script(("UPDATE artists SET name = 'c' WHERE id = 1",)), Script(()), steps[2])
    folder.add("last", Script(("CREATE TABLE extra (id INTEGER)",)), Script(("DROP TABLE extra",)), steps[2])
    assert list(folder.migrations) == NAMES
    return folder


def squashed(folder: Folder, dialect: Dialect, first: str | None = None, last: str | None = None) -> Folder:
    """The folder as a process reads it after `qb migrate squash`."""
    folder = Folder(folder.path)
    folder.replace(squash(dialect, folder, first, last).migration)
    again = Folder(folder.path)
    assert again.problems == []
    assert again.migrations == folder.migrations
    return again


async def content(db: Database) -> list[tuple[str, str, str]]:
    query = select(Artist3.name, Artist3.country, Album.title).join(Album, on=Album.artist_id == Artist3.id)
    return [(name, country, title) for name, country, title in await db.fetch_all(query)]


async def structure(db: Database) -> Schema:
    """What is in the database, but for the order of columns."""
    return sorted_columns(await introspect(db))


async def states(db: Database, folder: Folder) -> dict[str, str]:
    return {each.name: each.state for each in await Runner(db, folder).status()}


async def noted(db: Database) -> list[str]:
    return [row.name for row in await db.fetch_all(select(Applied.name).order_by(Applied.name))]


async def test_a_new_database_needs_one(database: Database, folder: Folder) -> None:
    found = squash(database.dialect, folder, last="5")
    assert found.by_hand == ("0003_fill", "0005_name")
    assert found.migration.parts == tuple(NAMES[:5])
    assert FILL.splitlines()[0] in found.migration.up
    assert [each.name for each in folder.path.glob("*.sql")] != ["0005_name.sql"], "nothing is written yet"
    after = squashed(folder, database.dialect, last="0005_name")
    assert sorted(each.name for each in folder.path.glob("*.sql")) == ["0005_name.sql", "0006_last.sql"]
    assert sorted(each.name for each in (folder.path / "squashed").glob("*.sql")) == [
        f"{each}.sql" for each in NAMES[:5]
    ]
    assert "ADD COLUMN" not in after.find("5").up, "what qb wrote first is as it is in the end"
    assert await states(database, after) == {"0005_name": "pending", "0006_last": "pending"}
    assert await Runner(database, after).up() == ["0005_name", "0006_last"]
    assert await noted(database) == ["0005_name", "0006_last"]
    assert await content(database) == [("c", "x", "t")]


async def test_a_new_database_is_as_one_that_was_migrated_step_by_step(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up()
    before = await structure(database)
    after = squashed(folder, database.dialect)
    assert await Runner(database, after).up() == []
    assert await Runner(database, after).down() == ["0006_last"]
    assert await noted(database) == []
    assert {table.name.name for table in (await structure(database)).tables} <= {"qb_migrations"}
    assert await Runner(database, after).up() == ["0006_last"]
    assert await content(database) == [("c", "x", "t")]
    assert await noted(database) == ["0006_last"]
    assert await structure(database) == before


async def test_a_database_that_has_all_is_up_to_date(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up("0005")
    after = squashed(folder, database.dialect, last="5")
    status = await Runner(database, after).status()
    assert [(each.name, each.state, each.replaces) for each in status] == [
        ("0005_name", "applied", tuple(NAMES[:5])),
        ("0006_last", "pending", ()),
    ]
    assert status[0].applied_at is not None
    assert await Runner(database, after).up() == ["0006_last"]
    assert await noted(database) == NAMES, "the program of yesterday still understands it"
    assert await Runner(database, after).down() == ["0006_last"]
    assert [each.name for each in await Runner(database, after).applied()] == ["0005_name"]
    assert await Runner(database, after).down() == ["0005_name"]
    assert await noted(database) == []
    assert await Runner(database, after).up() == ["0005_name", "0006_last"]
    assert await noted(database) == ["0005_name", "0006_last"]


@pytest.mark.parametrize("applied", [True, False])
async def test_what_was_applied_in_parts_is_settled_as_one(database: Database, folder: Folder, applied: bool) -> None:
    await Runner(database, folder).up("0005")
    after = squashed(folder, database.dialect, last="5")
    await Runner(database, after).resolve("0005_name", applied=applied)
    assert await noted(database) == ["0005_name"] * applied
    assert (await states(database, after))["0005_name"] == ("applied" if applied else "pending")


@pytest.mark.not_on_d1("statements outside of a batch")
async def test_a_way_back_that_stops_after_all_was_applied_in_parts(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up("0005")
    after = squashed(folder, database.dialect, last="5")
    down = Script(("DELETE FROM albums", "DELETE FROM later"), transactional=False)
    (after.path / "down" / "0005_name.sql").write_text(down.text())
    after.accept()
    runner = Runner(database, Folder(after.path))
    with pytest.raises(MigrationFailed, match="0005_name failed on its way back in statement 2 of 2; its first 1 stat"):
        await runner.down()
    assert await states(database, runner.folder) == {"0005_name": "halfway down", "0006_last": "pending"}
    assert await noted(database) == NAMES[:5]
    await database.execute(sql("CREATE TABLE later (id INTEGER)"))
    assert await runner.down() == ["0005_name"]
    assert await noted(database) == []


@pytest.mark.parametrize("done", [1, 3, 4])
async def test_a_database_that_stands_within_goes_on_with_the_parts(
    database: Database, folder: Folder, done: int
) -> None:
    await Runner(database, folder).up(NAMES[done - 1])
    after = squashed(folder, database.dialect, last="5")
    expected = dict.fromkeys(NAMES[:done], "applied") | dict.fromkeys(NAMES[done:], "pending")
    assert await states(database, after) == expected
    assert await Runner(database, after).up("4") == NAMES[done:4]
    assert await Runner(database, after).down() == ["0004_narrow"]
    assert await Runner(database, after).up() == NAMES[3:]
    assert await states(database, after) == {"0005_name": "applied", "0006_last": "applied"}
    assert await content(database) == [("c", "x", "t")]


async def test_a_database_that_stands_within_and_the_parts_are_gone(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up("0002")
    after = squashed(folder, database.dialect, last="5")
    (after.path / "squashed" / "0004_narrow.sql").unlink()
    after = Folder(after.path)
    assert after.problems == [], "nobody has to keep them"
    assert await states(database, after) == {"0005_name": "between", "0006_last": "pending"}
    with pytest.raises(
        MigrationError, match=r"stands within them, after 0002_country: to go on with them, bring .*squashed"
    ):
        await Runner(database, after).up()
    assert await noted(database) == NAMES[:2]


async def test_what_is_squashed_is_squashed_again(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up("0002")
    once = squashed(folder, database.dialect, "3", "5")
    assert list(once.migrations) == ["0001_tables", "0002_country", "0005_name", "0006_last"]
    assert await Runner(database, once).up("5") == ["0005_name"]
    assert await noted(database) == ["0001_tables", "0002_country", "0005_name"]
    twice = squashed(once, database.dialect)
    assert twice.find("6").parts == tuple(NAMES)
    assert sorted(each.name for each in folder.path.glob("*.sql")) == ["0006_last.sql"]
    assert await states(database, twice) == dict.fromkeys(NAMES[:5], "applied") | {"0006_last": "pending"}
    with pytest.raises(MigrationError, match="0005_name was applied as one with 0003_fill, 0004_narrow, and cannot be"):
        await Runner(database, twice).down()
    assert await Runner(database, twice).up() == ["0006_last"]
    assert await states(database, twice) == {"0006_last": "applied"}
    assert await Runner(database, twice).down() == ["0006_last"]
    assert await noted(database) == []
    assert await Runner(database, twice).up() == ["0006_last"]
    assert await content(database) == [("c", "x", "t")]


async def test_all_of_it_again_under_the_same_name(database: Database, folder: Folder) -> None:
    once = squashed(folder, database.dialect, "3", "5")
    await Runner(database, once).up()
    twice = squashed(once, database.dialect, None, "5")
    assert twice.find("5").parts == tuple(NAMES[:5])
    assert await states(database, twice) == {"0005_name": "applied", "0006_last": "applied"}
    assert await Runner(database, twice).down(to="5") == ["0006_last"]


async def test_a_part_that_was_edited_is_named(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up("0002")
    (folder.path / "0002_country.sql").write_text("SELECT 1;")
    Folder(folder.path).accept()
    after = squashed(folder, database.dialect, last="5")
    assert (await states(database, after))["0002_country"] == "edited"
    with pytest.raises(MigrationError, match="0002_country was edited after it was applied"):
        await Runner(database, after).up()
    await Runner(database, after).resolve("0002_country", applied=True)
    assert await Runner(database, after).up("3") == ["0003_fill"]


async def test_an_edited_one_is_named(database: Database, folder: Folder) -> None:
    after = squashed(folder, database.dialect, last="5")
    await Runner(database, after).up("5")
    with (after.path / "0005_name.sql").open("a") as file:
        file.write("SELECT 1;")
    assert [str(each) for each in Folder(after.path).problems] == [
        "0005_name: 0005_name.sql was edited since it was made"
    ]
    Folder(after.path).accept()
    assert (await states(database, Folder(after.path)))["0005_name"] == "edited"
    await Runner(database, Folder(after.path)).resolve("0005_name", applied=True)
    assert (await states(database, Folder(after.path)))["0005_name"] == "applied"


async def test_a_history_with_a_hole_is_an_error(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up()
    await Runner(database, folder).resolve("0002_country", applied=False)
    after = squashed(folder, database.dialect)
    with pytest.raises(MigrationError, match="0002_country was not applied, and 0003_fill, which follows it, was"):
        await Runner(database, after).up()
    assert await Runner(database, after).baseline("2") == ["0002_country"]
    assert await states(database, after) == {"0006_last": "applied"}


async def test_it_counts_as_applied_where_the_tables_are_there(database: Database, folder: Folder) -> None:
    await Runner(database, folder).up()
    await database.execute(sql("DELETE FROM qb_migrations"))
    if database.dialect.name == "d1":
        await database.execute(sql("DELETE FROM d1_migrations"))
    after = squashed(folder, database.dialect, last="5")
    assert await Runner(database, after).baseline("5") == ["0005_name"]
    assert await states(database, after) == {"0005_name": "applied", "0006_last": "pending"}


# The folder


@pytest.fixture
def chain(tmp_path: Path) -> Folder:
    """Migrations that somebody wrote, one after the other."""
    folder = Folder(tmp_path / "by hand")
    for name in "abcd":
        folder.add(
            name, Script((f"CREATE TABLE {name} (id INTEGER)",)), Script((f"DROP TABLE {name}",)), Schema("sqlite")
        )
    return folder


SQLITE = find_dialect("sqlite")


def test_what_is_written(chain: Folder) -> None:
    after = squashed(chain, SQLITE, "2", "3")
    assert (chain.path / "0003_c.sql").read_text() == (
        "-- In the place of 0002_b to 0003_c: a database that has these has this.\n\n"
        "-- 0002_b, as it was written\n\nCREATE TABLE b (id INTEGER);\n\n"
        "-- 0003_c, as it was written\n\nCREATE TABLE c (id INTEGER);\n"
    )
    assert after.find("3").down_script().statements == ("DROP TABLE c", "DROP TABLE b")
    assert after.find("3").parents == ("0001_a",)
    assert after.ancestors("4") == {"0001_a", "0003_c"}
    with pytest.raises(MigrationError, match=r"no migration '0002_b' in .*it is in 0003_c now, by `qb migrate squash`"):
        after.find("0002_b")
    after.add("e", Script(()), None, Schema("sqlite"))
    assert list(Folder(chain.path).migrations) == ["0001_a", "0003_c", "0004_d", "0005_e"]


def test_no_way_back_where_one_has_none(chain: Folder) -> None:
    (chain.path / "down" / "0002_b.sql").unlink()
    Folder(chain.path).accept()
    assert squash(SQLITE, Folder(chain.path)).migration.down is None
    assert squash(SQLITE, Folder(chain.path), "3").migration.down is not None


def test_a_branch_from_the_end_of_the_chain_goes_on(chain: Folder) -> None:
    """Two people: one has squashed, the other has made a migration that follows the last one, as it was."""
    digest = json.loads((chain.path / "snapshots" / "0004_d.json").read_text())["parents"]["0003_c"]
    after = squashed(chain, SQLITE, "2", "3")
    claimed = json.loads((chain.path / "snapshots" / "0004_d.json").read_text())["parents"]["0003_c"]
    assert claimed == digest, "its file is as it was"
    after.add("other", Script(("SELECT 1",)), None, Schema("sqlite"), ["0003_c"])
    assert [each.name for each in Folder(chain.path).heads()] == ["0004_d", "0005_other"]
    assert merge(Folder(chain.path)).parents == ("0004_d", "0005_other")
    assert Folder(chain.path).problems == []


def test_a_branch_from_within_the_chain_is_named(chain: Folder) -> None:
    chain.add("late", Script(("SELECT 1",)), None, Schema("sqlite"), ["0002_b"])
    with pytest.raises(
        MigrationError, match=r"0005_late follows 0002_b, which would not be there any more: squash up to"
    ):
        squash(SQLITE, chain, last="4")
    assert squash(SQLITE, chain, last="2").migration.parts == ("0001_a", "0002_b")
    for path in chain.path.rglob("0005_late.*"):  # as long as the other one has not merged it
        path.rename(chain.path.parent / f"{path.parent.name}{path.suffix}")
    Folder(chain.path).accept()
    squashed(Folder(chain.path), SQLITE)
    (chain.path.parent / "by hand.sql").rename(chain.path / "0005_late.sql")
    (chain.path.parent / "snapshots.json").rename(chain.path / "snapshots" / "0005_late.json")
    Folder(chain.path).accept()
    assert [str(each) for each in Folder(chain.path).problems] == [
        "0005_late: it follows 0002_b, which is in 0004_d now: make it anew"
    ]


def test_branches_that_have_met(chain: Folder) -> None:
    chain.add("other", Script(("CREATE TABLE other (id INTEGER)",)), None, Schema("sqlite"), ["0003_c"])
    with pytest.raises(MigrationError, match="0004_d and 0005_other follow the same migration"):
        squash(SQLITE, chain)
    merge(chain)
    chain.add("end", Script(("SELECT 1",)), None, Schema("sqlite"))
    with pytest.raises(
        MigrationError, match=r"0006_merge … 0007_end begin with more than one branch \(0004_d, 0005_other\)"
    ):
        squash(SQLITE, chain, "6")
    found = squash(SQLITE, chain, "4", "6").migration
    assert (found.parts, found.parents) == (("0004_d", "0005_other", "0006_merge"), ("0003_c",))
    after = squashed(chain, SQLITE, "4", "6")
    assert after.ancestors("7") == {"0001_a", "0002_b", "0003_c", "0006_merge"}


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("4", None, "there is nothing to join with 0004_d"),
        (None, "1", "there is nothing to join with 0001_a"),
        ("3", "2", "0002_b does not follow 0003_c"),
        ("9", None, "no migration '9'"),
    ],
)
def test_what_is_no_chain(chain: Folder, first: str | None, last: str | None, words: str) -> None:
    with pytest.raises(MigrationError, match=words):
        squash(SQLITE, chain, first, last)
    with pytest.raises(MigrationError, match="there are no migrations in nowhere"):
        squash(SQLITE, Folder(Path("nowhere")))


def test_nothing_is_squashed_while_something_is_wrong(chain: Folder) -> None:
    (chain.path / "0002_b.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=r"0002_b\.sql was edited since it was made"):
        squash(SQLITE, Folder(chain.path))


def test_a_part_that_is_edited_is_noticed(chain: Folder) -> None:
    squashed(chain, SQLITE)
    (chain.path / "squashed" / "0002_b.sql").write_text("SELECT 1;")
    assert [str(each) for each in Folder(chain.path).problems] == [
        "0004_d: squashed/0002_b.sql was edited since it was made"
    ]


def test_comments_and_what_does_not_end(chain: Folder) -> None:
    (chain.path / "0002_b.sql").write_text("-- why\nCREATE TABLE b (id INTEGER) -- no end")
    Folder(chain.path).accept()
    found = squash(SQLITE, Folder(chain.path)).migration
    assert "-- why\nCREATE TABLE b (id INTEGER) -- no end\n;\n" in found.up
    assert [each.split()[2] for each in found.script().statements] == list("abcd")


# What cannot be one


def by_hand(path: Path, dialect: str, schema: Schema, *scripts: Script) -> Folder:
    folder = Folder(path)
    for number, each in enumerate(scripts):
        folder.add(f"n{number}", each, Script(()), schema)
    return folder


def test_what_runs_outside_of_a_transaction(tmp_path: Path) -> None:
    scripts = Script(("CREATE TABLE a (id int)",)), Script(("VACUUM",), transactional=False), Script(("SELECT 1",))
    folder = by_hand(tmp_path, "postgres", Schema("postgres"), *scripts)
    words = (
        "0002_n1 runs outside of a transaction, and the others in one: squash what comes before it and what comes after"
    )
    with pytest.raises(MigrationError, match=words):
        squash(find_dialect("postgres"), folder)


def test_a_way_back_that_runs_outside_of_a_transaction(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "postgres", Schema("postgres"), Script(("CREATE TABLE a (id int)",)))
    folder.add("n1", Script(("SELECT 1",)), Script(("VACUUM",), transactional=False), Schema("postgres"))
    with pytest.raises(MigrationError, match="0002_n1 runs outside of a transaction, and the others in one"):
        squash(find_dialect("postgres"), folder)


PARENT = TableOf(Name("p"), (Column("id", "integer"),), Key(("id",), "p_pkey"))
CHILD = TableOf(Name("c"), (Column("p_id", "integer"),), foreign_keys=(ForeignKey(("p_id",), Name("p"), ("id",)),))


def with_key(dialect: str, **changes: Any) -> Schema:
    key = replace(CHILD.foreign_keys[0], **changes)
    return Schema(dialect, tables=(replace(CHILD, foreign_keys=(key,)), PARENT))


@pytest.mark.parametrize(
    ("statement", "changes", "is_refused"),
    [
        ("DELETE FROM p", {"on_delete": "CASCADE"}, True),
        ("INSERT OR REPLACE INTO p VALUES (1)", {"on_delete": "SET NULL"}, True),
        ("UPDATE p SET id = 2", {"on_update": "CASCADE"}, True),
        ("UPDATE p SET id = replace(id, '1', '2')", {"on_delete": "CASCADE"}, False),
        ("DELETE FROM p", {"on_delete": "RESTRICT"}, False),
        ("INSERT INTO p VALUES (1)", {"on_delete": "CASCADE"}, False),
    ],
)
def test_foreign_keys_off_and_rows_that_they_act_on(
    tmp_path: Path, statement: str, changes: dict[str, str], is_refused: bool
) -> None:
    off = Script(("SELECT 1",), foreign_keys=False)
    folder = by_hand(tmp_path, "sqlite", with_key("sqlite", **changes), Script((statement,)), off)
    if not is_refused:
        assert not squash(SQLITE, folder).migration.script().foreign_keys
        return
    with pytest.raises(
        MigrationError, match="0001_n0 changes rows that foreign keys act on, and 0002_n1 wants these off"
    ):
        squash(SQLITE, folder)


def test_rows_whose_constraints_wait_for_the_end(tmp_path: Path) -> None:
    schema = with_key("postgres", deferral="deferred")
    scripts = Script(("INSERT INTO c VALUES (1)",)), Script(("ALTER TABLE c ADD x int",))
    folder = by_hand(tmp_path, "postgres", schema, *scripts)
    with pytest.raises(
        MigrationError, match="0001_n0 changes rows while constraints wait for the end of its transaction"
    ):
        squash(find_dialect("postgres"), folder)
    backwards = by_hand(tmp_path / "x", "postgres", schema, *reversed(scripts))
    assert squash(find_dialect("postgres"), backwards).by_hand == ("0001_n0", "0002_n1")


# PostgreSQL

MOOD = Enum(Name("mood"), ("good",))
ALBUMS = TableOf(Name("albums"), (Column("id", "integer"), Column("mood", '"mood"')))
BASE = Schema("postgres", enums=(MOOD,), tables=(ALBUMS,))
LABELLED = replace(BASE, enums=(Enum(Name("mood"), ("good", "bad")),))
DEFAULTED = replace(
    LABELLED, tables=(replace(ALBUMS, columns=(ALBUMS.columns[0], replace(ALBUMS.columns[1], default="'bad'"))),)
)
INDEXED = replace(DEFAULTED, tables=(replace(DEFAULTED.tables[0], indexes=(Index("by_mood", (IndexKey("mood"),)),)),))


async def test_labels_and_indexes_beside_others(postgres_db: Database, tmp_path: Path) -> None:
    """From the beginning it is one transaction: nobody uses the database yet. Later it is none."""
    dialect = find_dialect("postgres")
    folder = Folder(tmp_path / "migrations")
    write(folder, "base", draft(dialect, Schema("postgres"), BASE))
    folder.add("fill", Script(("INSERT INTO albums VALUES (1, 'good')",)), None, BASE)
    write(folder, "labels", draft(dialect, BASE, LABELLED))
    write(folder, "default", draft(dialect, LABELLED, DEFAULTED))
    operation = ops.CreateIndex(Name("albums"), INDEXED.tables[0].indexes[0], concurrently=True)
    (stage,) = dialect.renderer().stages(DEFAULTED, [operation])
    folder.add("index", stage.script, Script(()), INDEXED, operations=stage.operations)
    with pytest.raises(MigrationError, match="0005_index runs outside of a transaction"):
        squash(dialect, folder, "3")
    with pytest.raises(MigrationError, match="not all of these can be done in one transaction"):
        squash(dialect, folder, "3", "4")
    assert await Runner(postgres_db, squashed(folder, dialect)).up() == ["0005_index"]
    await postgres_db.execute(sql("INSERT INTO albums (id) VALUES (2)"))
    found = await introspect(postgres_db)
    assert {index.name for table in found.tables for index in table.indexes} == {"by_mood"}


# D1: wrangler goes by names, too


async def test_wranglers_history(d1_db: Database, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "migrations")
    for name in "abcd":
        folder.add(name, Script((f"CREATE TABLE {name} (id INTEGER)",)), Script((f"DROP TABLE {name}",)), Schema("d1"))
    await Runner(d1_db, folder).up()
    await d1_db.execute(sql("DROP TABLE qb_migrations"))  # as after wrangler
    after = squashed(folder, d1_db.dialect, "2")
    assert await states(d1_db, after) == {"0001_a": "applied", "0004_d": "applied"}
    assert await Runner(d1_db, after).down() == ["0004_d"]
    names = await d1_db.fetch_all(select(WranglerApplied.name))
    assert [row.name for row in names] == ["0001_a.sql"]
    assert await states(d1_db, after) == {"0001_a": "applied", "0004_d": "pending"}
    await Runner(d1_db, after).up()
    await d1_db.execute(sql("DELETE FROM qb_migrations"))
    assert await states(d1_db, after) == {"0001_a": "applied", "0004_d": "applied"}, "by the last name alone"


async def test_wrangler_does_nothing_twice(d1_db: Database, tmp_path: Path) -> None:
    """wrangler does not know that the database stands within: a statement stops it."""
    folder = Folder(tmp_path / "migrations")
    folder.add("a", Script(("CREATE TABLE a (id INTEGER)",)), None, Schema("d1"))
    folder.add("b", Script(("INSERT INTO a VALUES (1)",)), None, Schema("d1"))
    folder.add("c", Script(("INSERT INTO a VALUES (2)",)), None, Schema("d1"))
    await Runner(d1_db, folder).up("2")
    script = squash(d1_db.dialect, folder, "2").migration.script()
    with pytest.raises(DatabaseError, match="has a part of what this migration was squashed of"):
        await d1_db.execute(sql(script.statements[0].replace("{}", "{{}}")))
    assert await Runner(d1_db, squashed(folder, d1_db.dialect, "2")).up() == ["0003_c"]
    assert await d1_db.fetch_value(select(sql("(SELECT count(*) FROM a)", returns=int).as_("n"))) == 2
