"""`qb migrate bundle`: what it writes, and how a pipeline asks whether that is as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.migrations.files import Folder
from qb.migrations.scripts import Script
from qb.schema.objects import Schema
from tests.cli.conftest import Command


@pytest.fixture
def folder(project: Path) -> Folder:
    folder = Folder(project / "migrations")
    folder.add("one", Script(("CREATE TABLE one (id INTEGER)",)), None, Schema("d1"))
    return folder


def test_a_module_is_written(qb: Command, project: Path, folder: Folder) -> None:
    assert qb("migrate", "bundle", "bundled.py").stdout == "wrote bundled.py\n"
    assert (project / "bundled.py").read_text() == (
        '"""The migrations of this Worker. `qb migrate bundle` has written it, and does so again: do not edit it."""\n'
        "\n"
        "MIGRATIONS = (\n"
        "    (\n"
        '        "0001_one",\n'
        f'        "{folder.find("0001").checksum}",\n'
        "        (),\n"
        "        (\n"
        '            "CREATE TABLE one (id INTEGER)",\n'
        "        ),\n"
        "    ),\n"
        ")\n"
    )


def test_whether_it_is_as_the_folder_is_can_be_asked(qb: Command, folder: Folder) -> None:
    asked = ("migrate", "bundle", "bundled.py", "--check")
    words = "Error: bundled.py is not as the migrations are: run `qb migrate bundle bundled.py`\n"
    missing = qb(*asked)
    assert (missing.returncode, missing.stderr) == (1, words)
    qb("migrate", "bundle", "bundled.py")
    assert qb(*asked) == (0, "", "")
    folder.add("two", Script(("CREATE TABLE two (id INTEGER)",)), None, Schema("d1"))
    assert qb(*asked).stderr == words


def test_what_d1_cannot_run_is_told(qb: Command, project: Path, folder: Folder) -> None:
    folder.add("two", Script(("CREATE TABLE two (id INTEGER)",), foreign_keys=False), None, Schema("d1"))
    done = qb("migrate", "bundle", "bundled.py")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: 0002_two is not made for D1, where each migration is one batch")
    assert not (project / "bundled.py").exists()
