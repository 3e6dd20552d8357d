"""`qb check`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import SCHEMA, Command

SETTINGS = '[tool.qb]\nschema = "music.schema"\nurl = "sqlite:///app.db"\n'


@pytest.fixture
def started(project: Path, qb: Command) -> Path:
    """A table, and a migration that takes a column of it away."""
    (project / "pyproject.toml").write_text(SETTINGS)
    (project / "music" / "schema.py").write_text(SCHEMA + "    year = col.integer().nullable()\n")
    assert qb("migrate", "new", "create artists").returncode == 0
    assert qb("migrate", "up").returncode == 0
    (project / "music" / "schema.py").write_text(SCHEMA)
    assert qb("migrate", "new", "drop year", "--allow").returncode == 0
    return project


def test_what_is_found(qb: Command, started: Path) -> None:
    done = qb("check")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "0002_drop_year: drop column artists.year",
        '  destroys: the values of "artists.year" go [drop-column]',
        '    look first: SELECT count(*) FROM "artists" WHERE "artists"."year" IS NOT NULL',
        "    safer: first release programs that do not use it, and drop it then",
    ]
    (found,) = json.loads(qb("check", "--json").stdout)["findings"]
    assert found == {
        "migration": "0002_drop_year",
        "statement": 'ALTER TABLE "artists" DROP COLUMN "year"',
        "operation": "drop column artists.year",
        "rule": "drop-column",
        "danger": "destroys",
        "table": "artists",
        "text": 'the values of "artists.year" go',
        "probe": 'SELECT count(*) FROM "artists" WHERE "artists"."year" IS NOT NULL',
        "recipe": "first release programs that do not use it, and drop it then",
        "allowed": None,
        "rows": None,
        "settled": False,
    }
    assert qb("check", "--fail-on", "breaks").returncode == 0
    assert qb("check", "--since", "0002") == (0, "Nothing in the migrations is dangerous.\n", "")


def test_what_belongs_to_one_statement_stands_together(qb: Command, started: Path) -> None:
    assert qb("migrate", "new", "by hand", "--empty").returncode == 0
    text = "ALTER TABLE artists ADD COLUMN born INTEGER NOT NULL;\nDELETE FROM artists;\n"
    (started / "migrations" / "0003_by_hand.sql").write_text(text)
    assert qb("migrate", "accept").returncode == 0
    lines = [line for line in qb("check", "--since", "0002").stdout.splitlines() if line[:4] != "    "]
    assert lines == [
        "0003_by_hand: add column artists.born (INTEGER, not null)",
        '  breaks: programs that run meanwhile insert rows without "artists.born", which fail [required-column]',
        '  needs check: it fails where "artists" has rows, which get no value in "born" [required-values]',
        "0003_by_hand: DELETE FROM artists",
        '  destroys: rows of "artists" go [delete-rows]',
    ]


def test_the_rows_that_are_there_count(qb: Command, started: Path) -> None:
    assert qb("check", "--probe") == (0, "1 of no concern for the rows that are there.\n", "")
    raw = sqlite3.connect(started / "app.db", isolation_level=None)
    raw.execute("INSERT INTO artists (name, year) VALUES ('x', 1), ('y', NULL)")
    raw.close()
    done = qb("check", "--probe")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "    found: 1"
    assert json.loads(qb("check", "--probe", "--json").stdout)["findings"][0]["rows"] == 1
    assert qb("migrate", "up").returncode == 0
    assert qb("check", "--probe").stdout == "Nothing in the migrations is dangerous.\n"


def test_what_is_allowed_in_a_file(qb: Command, started: Path) -> None:
    path = started / "migrations" / "0002_drop_year.sql"
    path.write_text(f"-- qb: allow drop-column: nobody reads it\n{path.read_text()}")
    assert "0002_drop_year.sql was edited since it was made" in qb("check").stderr
    assert qb("migrate", "accept").returncode == 0
    assert qb("check") == (0, "1 allowed, with a reason.\n", "")
    assert json.loads(qb("check", "--json").stdout)["findings"][0]["allowed"] == "nobody reads it"
    assert qb("migrate", "up").returncode == 0


def test_what_is_allowed_in_a_project(qb: Command, started: Path) -> None:
    allow = '[[tool.qb.allow]]\nrule = "drop-column"\ntable = "artists"\nreason = "nobody reads it"\n'
    idle = '[[tool.qb.allow]]\nrule = "drop-table"\nreason = "later"\n'
    (started / "pyproject.toml").write_text(SETTINGS + allow)
    assert qb("check") == (0, "1 allowed, with a reason.\n", "")
    (started / "pyproject.toml").write_text(SETTINGS + allow + idle)
    done = qb("check")
    assert (done.returncode, done.stdout.splitlines()[1]) == (
        0,
        "  advice: [tool.qb] allows drop-table, and nothing of it is found [unused-allow]",
    )
    assert qb("check", "--fail-on", "advice").returncode == 1
    (started / "pyproject.toml").write_text(SETTINGS + allow.replace("drop-column", "drop-colum"))
    done = qb("check")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no rule 'drop-colum' to allow: docs/migration-rules.md has them all" in done.stderr


def test_tables_as_they_are_declared(qb: Command, started: Path) -> None:
    schema = f"""{SCHEMA}
class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
"""
    (started / "music" / "schema.py").write_text(schema)
    done = qb("check", "--since", "0002")
    assert (done.returncode, done.stdout.splitlines()[:2]) == (
        0,
        [
            "as declared: table albums",
            '  advice: "albums" has no index of artist_id: who deletes from "artists" looks at every row '
            "[foreign-key-index]",
        ],
    )
