"""`qb migrate` on a file of SQLite: what it says, and how it exits."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from qb.migrations.files import Folder
from qb.migrations.scripts import Script
from qb.schema.objects import Schema
from tests.cli.conftest import Command


@pytest.fixture
def migrations(project: Path) -> Folder:
    (project / "pyproject.toml").write_text('[tool.qb]\nurl = "sqlite:///${FILE}"\n')
    folder = Folder(project / "migrations")
    folder.add("one", Script(("CREATE TABLE one (id INTEGER)",)), Script(("DROP TABLE one",)), Schema("sqlite"))
    folder.add("two", Script(("CREATE TABLE two (id INTEGER)", "INSERT INTO one VALUES (5)")), None, Schema("sqlite"))
    return folder


def tables(project: Path) -> list[str]:
    raw = sqlite3.connect(project / "app.db")
    names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    raw.close()
    return names


def test_the_whole_way(qb: Command, project: Path, migrations: Folder) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = qb("migrate", *arguments, FILE="app.db")
        assert done.stderr == ""
        return done.returncode, done.stdout

    code, out = run("status")
    assert (code, out.split()) == (0, ["migration", "state", "applied", "0001_one", "pending", "0002_two", "pending"])
    code, out = run("up", "--dry-run")
    assert (code, out) == (
        0,
        "-- 0001_one\n\nCREATE TABLE one (id INTEGER);\n\n"
        "-- 0002_two\n\nCREATE TABLE two (id INTEGER);\n\nINSERT INTO one VALUES (5);\n\n",
    )
    assert tables(project) == []
    assert run("up", "--to", "1") == (0, "applied 0001_one\n")
    assert tables(project) == ["one", "qb_migrations"]
    assert run("up") == (0, "applied 0002_two\n")
    assert run("up") == (0, "There is nothing to do.\n")
    assert run("up", "--json") == (0, '{\n  "applied": []\n}\n')
    data = json.loads(run("status", "--json")[1])
    assert [(each["name"], each["state"]) for each in data["migrations"]] == [
        ("0001_one", "applied"),
        ("0002_two", "applied"),
    ]
    assert data["problems"] == []


def test_down_and_baseline(qb: Command, project: Path, migrations: Folder) -> None:
    def run(*arguments: str) -> str:
        done = qb("migrate", *arguments, FILE="app.db")
        return done.stdout + done.stderr

    assert run("up", "--to", "0001_one") == "applied 0001_one\n"
    assert run("down") == "undone 0001_one\n"
    assert tables(project) == ["qb_migrations"]
    assert run("baseline", "0002") == "noted 0001_one\nnoted 0002_two\n"
    assert run("down") == "Error: 0002_two has no way back: there is no down/0002_two.sql\n"
    assert run("resolve", "0002_two", "reverted") == "0002_two counts as never applied.\n"
    assert run("resolve", "1", "reverted") == "0001_one counts as never applied.\n"
    assert (
        run("resolve", "1", "reverted") == "Error: nothing of 0001_one was ever applied: there is nothing to resolve\n"
    )
    assert run("resolve", "3", "applied").startswith("Error: no migration '3' in ")
    assert "Missing argument '{applied|reverted}'" in run("resolve", "0002_two")


def test_what_fails_is_said_and_what_was_done_before_it(qb: Command, project: Path, migrations: Folder) -> None:
    migrations.add("wrong", Script(("SELECT 1", "SELECT x")), None, Schema("sqlite"))
    done = qb("migrate", "up", FILE="app.db")
    assert (done.returncode, done.stdout) == (1, "applied 0001_one\napplied 0002_two\n")
    assert "Error: 0003_wrong failed in statement 2 of 2; nothing of it is done: no such column" in done.stderr
    (project / "migrations" / "0001_one.sql").write_text("SELECT 1;")
    done = qb("migrate", "status", FILE="app.db")
    assert (done.returncode, done.stderr) == (1, "0001_one: 0001_one.sql was edited since it was made\n")
    assert "edited" in done.stdout
    done = qb("migrate", "accept")
    assert done.stdout == (
        "0001_one: 0001_one.sql was edited since it was made\nThe lock file is as the migrations are now.\n"
    )
    assert "`qb migrate resolve 0001_one applied`" in qb("migrate", "up", FILE="app.db").stderr


def test_what_is_missing_is_said(qb: Command, project: Path, migrations: Folder) -> None:
    done = qb("migrate", "up")
    assert (done.returncode, done.stdout) == (1, "")
    assert "sqlite:///${FILE} needs the variable FILE of the environment, which is not set" in done.stderr
    (project / "pyproject.toml").unlink()
    done = qb("migrate", "up")
    assert (done.returncode, done.stdout) == (2, "")
    assert "which database? Give --url, or set `url` in [tool.qb]" in done.stderr
    done = qb("migrate", "status", "--url", "sqlite:///app.db", "--migrations", "nowhere")
    assert (done.returncode, done.stdout) == (0, "There are no migrations in nowhere.\n")


def test_branches_are_joined(qb: Command, project: Path, migrations: Folder) -> None:
    migrations.add("three", Script(("SELECT 1",)), None, Schema("sqlite"), ["0001_one"])
    done = qb("migrate", "up", FILE="app.db")
    assert "0002_two and 0003_three follow the same migration: two branches of history" in done.stderr
    assert qb("migrate", "merge", "both ways").stdout == "wrote 0004_both_ways\n"
    assert qb("migrate", "up", FILE="app.db").stdout.split()[1::2] == [
        *("0001_one", "0002_two", "0003_three", "0004_both_ways")
    ]
    assert "there are 1 branches of history" in qb("migrate", "merge").stderr


def test_what_stopped_halfway_is_said(qb: Command, project: Path, migrations: Folder) -> None:
    up = Script(("CREATE TABLE three (id INTEGER)", "VACUUM", "INSERT INTO one VALUES (6)"), transactional=False)
    down = Script(("DELETE FROM one WHERE id = 6", "VACUUM", "DROP TABLE three"), transactional=False)
    migrations.add("three", up, down, Schema("sqlite"))

    def run(*arguments: str) -> tuple[int, str, str]:
        done = qb("migrate", *arguments, FILE="app.db")
        return done.returncode, done.stdout, done.stderr

    def sql(statement: str) -> None:
        raw = sqlite3.connect(project / "app.db")
        raw.execute(statement)
        raw.close()

    assert run("up")[0] == 0
    sql("ALTER TABLE three RENAME TO lost")
    code, out, error = run("down")
    assert (code, out) == (1, "")
    assert "0003_three failed on its way back in statement 3 of 3; its first 2 statements are done: no such" in error
    code, out, error = run("status")
    assert (code, error) == (
        1,
        "0003_three stopped on its way back after 2 of 3 statements: `qb migrate down` goes on from there\n",
    )
    assert "0003_three  halfway down" in out
    (found,) = [each for each in json.loads(run("status", "--json")[1])["migrations"] if each["name"] == "0003_three"]
    assert (found["state"], found["done"], found["statements"]) == ("halfway down", 2, 3)
    assert run("up") == (
        1,
        "",
        "Error: 0003_three stopped on its way back after 2 of 3 statements: `qb migrate down` goes on from there; then "
        "it can be applied again\n",
    )
    sql("ALTER TABLE lost RENAME TO three")
    assert run("down") == (0, "undone 0003_three\n", "")
    sql("ALTER TABLE one RENAME TO lost")
    assert run("up")[0] == 1
    code, out, error = run("status")
    assert (code, error) == (1, "0003_three stopped after 2 of 3 statements: `qb migrate up` goes on from there\n")
    assert "0003_three  halfway " in out
    assert "`qb migrate resolve 0003_three reverted`" in run("down")[2]
    assert run("resolve", "0003_three", "reverted") == (0, "0003_three counts as never applied.\n", "")
    assert "0003_three  pending" in run("status")[1]
