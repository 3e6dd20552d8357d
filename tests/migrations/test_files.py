"""The folder of migrations: what is written, what is read, and what is noticed when somebody edits it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qb.migrations.errors import MigrationError
from qb.migrations.files import LOCK, Folder
from qb.migrations.scripts import Script, parsed
from qb.schema.objects import Column, Name, Schema, Table


def schema(*names: str) -> Schema:
    return Schema("sqlite", tables=tuple([Table(Name(name), (Column("id", "INTEGER"),)) for name in names]))


def script(*statements: str) -> Script:
    return Script(statements)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "migrations")
    folder.add("create a", script("CREATE TABLE a (id INTEGER)"), script("DROP TABLE a"), schema("a"))
    folder.add("Create B", script("CREATE TABLE b (id INTEGER)", "INSERT INTO b VALUES (';')"), None, schema("a", "b"))
    return folder


def test_what_is_written(folder: Folder) -> None:
    files = sorted(path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file())
    assert files == [
        "0001_create_a.sql",
        "0002_create_b.sql",
        "down/0001_create_a.sql",
        LOCK,
        "snapshots/0001_create_a.json",
        "snapshots/0002_create_b.json",
    ]
    assert (folder.path / "0002_create_b.sql").read_text() == (
        "CREATE TABLE b (id INTEGER);\n\nINSERT INTO b VALUES (';');\n"
    )
    snapshot = json.loads((folder.path / "snapshots/0002_create_b.json").read_text())
    assert list(snapshot) == ["parents", "operations", "format", "dialect", "tables"]
    assert list(snapshot["parents"]) == ["0001_create_a"]


def test_it_is_read_as_it_was_written(folder: Folder) -> None:
    again = Folder(folder.path)
    assert again.problems == []
    assert again.migrations == folder.migrations
    assert again.head() == again.find("0002") == folder.migrations["0002_create_b"]
    assert again.find("0001_create_a").down_script() == script("DROP TABLE a")
    assert again.ancestors("0002") == {"0001_create_a"}
    with pytest.raises(MigrationError, match=r"0002_create_b has no way back: there is no down/0002_create_b\.sql"):
        again.find("0002").down_script()
    with pytest.raises(MigrationError, match=r"no migration '0003' in .* \(there are: 0001_create_a, 0002_create_b\)"):
        again.find("0003")


def test_an_empty_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "nothing")
    assert (folder.migrations, folder.problems, folder.head()) == ({}, [], None)


def edit(name: str, text: str = "-- edited") -> object:
    return lambda path: (path / name).write_text(text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edit("0001_create_a.sql"), "0001_create_a: 0001_create_a.sql was edited since it was made"),
        (edit("down/0001_create_a.sql"), "down/0001_create_a.sql was edited"),
        (edit("down/0002_create_b.sql"), "0002_create_b: down/0002_create_b.sql is new"),
        (edit("0003_own.sql"), "0003_own: snapshots/0003_own.json is gone"),
        (edit("create.sql"), "create.sql is not named like a migration"),
        (edit("snapshots/0001_create_a.json", "{}"), "snapshots/0001_create_a.json cannot be read"),
        (lambda path: (path / "0001_create_a.sql").unlink(), "0001_create_a.sql is gone, and schema.lock.json has it"),
        (lambda path: (path / "snapshots/0002_create_b.json").unlink(), "snapshots/0002_create_b.json is gone"),
        (lambda path: (path / LOCK).unlink(), "schema.lock.json does not have it"),
    ],
)
def test_what_somebody_changed_is_named_and_nothing_goes_on(folder: Folder, change: object, words: str) -> None:
    change(folder.path)  # type: ignore[operator]  # each is a function of a path
    again = Folder(folder.path)
    assert words in "\n".join([str(problem) for problem in again.problems])
    for go_on in (again.check, lambda: again.add("next", script("SELECT 1"), None, schema())):
        with pytest.raises(MigrationError) as caught:
            go_on()
        assert words in str(caught.value)


def test_a_snapshot_that_was_made_anew_shows_in_what_follows_it(folder: Folder) -> None:
    path = folder.path / "snapshots/0001_create_a.json"
    path.write_text(path.read_text().replace('"a"', '"other"'))
    assert [str(problem) for problem in Folder(folder.path).problems] == [
        "0001_create_a: snapshots/0001_create_a.json was edited since it was made",
        "0002_create_b: it was made when snapshots/0001_create_a.json was another",
    ]


def test_what_is_accepted_is_no_problem(folder: Folder) -> None:
    (folder.path / "0001_create_a.sql").write_text("CREATE TABLE a (id INTEGER) STRICT;")
    Folder(folder.path).accept()
    again = Folder(folder.path)
    assert again.problems == []
    assert again.find("0001").script() == script("CREATE TABLE a (id INTEGER) STRICT")


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\n{}\n=======\n{}\n", "{}", "[]", '{"migrations"'])
def test_a_lock_file_of_two_branches(folder: Folder, text: str) -> None:
    lock = folder.path / LOCK
    ours = lock.read_text()
    lock.write_text(text)
    with pytest.raises(
        MigrationError,
        match=r"schema\.lock\.json cannot be read \(.*\): where two branches have changed it, take either side and run "
        r"`qb migrate accept`",
    ):
        Folder(folder.path)
    lock.write_text(ours)
    assert Folder(folder.path).problems == []


def test_migrations_that_follow_one_another_in_a_circle(folder: Folder) -> None:
    snapshot = folder.path / "snapshots/0001_create_a.json"
    data = json.loads(snapshot.read_text())
    snapshot.write_text(json.dumps(data | {"parents": {"0002_create_b": "x"}}))
    with pytest.raises(
        MigrationError,
        match=r"the migrations of .* follow one another in a circle: \[.*0001_create_a.*0002_create_b.*\]",
    ):
        Folder(folder.path)


def test_two_branches_have_two_heads(folder: Folder) -> None:
    one = folder.add("one", script("SELECT 1"), None, schema("a", "b", "one"), ["0002_create_b"])
    other = folder.add("other", script("SELECT 2"), None, schema("a", "b", "other"), ["0002_create_b"])
    again = Folder(folder.path)
    assert again.heads() == [one, other]
    with pytest.raises(MigrationError, match="0003_one and 0004_other follow the same migration"):
        again.head()
    merge = again.add("merge", script(), None, schema("a", "b", "one", "other"), [one.name, other.name])
    assert Folder(folder.path).head() == merge
    assert again.ancestors(merge.name) == {"0001_create_a", "0002_create_b", "0003_one", "0004_other"}


def test_what_comes_late_comes_where_it_belongs(folder: Folder) -> None:
    """A branch whose migrations have lower numbers than what was merged before."""
    folder.add("late", script("SELECT 1"), None, schema("a", "b"), ["0002_create_b"])
    folder.add("early", script("SELECT 2"), None, schema("a", "b"), ["0001_create_a"])
    (folder.path / "0004_early.sql").rename(folder.path / "0000_early.sql")
    for kind in ("snapshots/{}.json",):
        (folder.path / kind.format("0004_early")).rename(folder.path / kind.format("0000_early"))
    assert list(Folder(folder.path).migrations) == ["0001_create_a", "0000_early", "0002_create_b", "0003_late"]


@pytest.mark.parametrize("title", ["", " ", "a/b", "../x", "é", "a.b", "a\0"])
def test_what_cannot_be_a_name(folder: Folder, title: str) -> None:
    with pytest.raises(MigrationError, match="cannot be the name of a file"):
        folder.add(title, script("SELECT 1"), None, schema())


def test_how_a_script_wants_to_be_run() -> None:
    for transactional in (True, False):
        for foreign_keys in (True, False):
            written = Script(("SELECT 1", "SELECT 2"), transactional, foreign_keys)
            assert parsed(written.text(), "sqlite") == written
    assert Script(("SELECT 1",), False, False).text() == (
        "-- qb: no transaction\n-- qb: foreign keys off\n\nSELECT 1;\n"
    )
    text = "-- about it\n--qb\n-- qb:no transaction\nSELECT 1;\n-- qb: foreign keys off\nSELECT 2"
    assert parsed(text, "sqlite") == Script(("SELECT 1", "SELECT 2"), transactional=False)
    with pytest.raises(MigrationError, match="'-- qb: no transactions': there are the marks"):
        parsed("-- qb: no transactions\nSELECT 1", "sqlite")
