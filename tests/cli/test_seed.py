"""`qb seed`: a table of what was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

SEEDS = """
from qb.migrations.seeds import seed
from music.schema import Artist

artists = seed(Artist, [{"name": "${FIRST}"}, {"name": "Bach"}], by=[Artist.name])
"""


@pytest.fixture(autouse=True)
def seeds(project: Path, qb: Command) -> None:
    (project / "music" / "seeds.py").write_text(SEEDS)
    (project / "pyproject.toml").write_text(
        '[tool.qb]\nschema = "music.schema"\nseeds = "music.seeds"\nurl = "sqlite:///app.db"\n'
    )
    import sqlite3

    raw = sqlite3.connect(project / "app.db")
    raw.executescript(qb("generate").stdout)
    raw.close()


def test_a_table_of_what_was_written(qb: Command) -> None:
    done = qb("seed", FIRST="Brahms")
    assert done == (0, "table    when        rows  written\nartists  if_missing  2     2      \n", "")
    assert qb("seed", "music.seeds", FIRST="Brahms").stdout.split()[-1] == "0"
    data = json.loads(qb("seed", "--json", FIRST="Satie").stdout)
    assert data == {"seeds": [{"table": "artists", "when": "if_missing", "rows": 2, "written": 1}]}


def test_what_is_missing(qb: Command) -> None:
    done = qb("seed")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: the seeds need FIRST in the environment: nothing is written\n"
    assert "music.schema declares no seeds" in qb("seed", "music.schema").stderr
    assert "music.nothing cannot be imported" in qb("seed", "music.nothing").stderr
