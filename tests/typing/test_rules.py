"""Rules are turned off by name, from every file that configures mypy, and mypy notices."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qb_mypy.messages
from qb_mypy import settings
from qb_mypy.messages import RULES
from qb_mypy.rules import QB
from tests.typing.harness import CASES, SCHEMA
from tests.typing.rule_table import MAKE, PAGE, page

PROGRAM = """
from schema import Album, Artist
from qb import select

Album.id == "x"
select(Album.title).where(Artist.id == 5).compile("sqlite")
"""
COMPARISON = "program.py:5: error: Album.id is int, but the value is str: they cannot be compared  [qb-type]"
MISSING_SOURCE = "program.py:6: error: Artist.id is used in .where(), but Artist is not in this query"
FORGOTTEN = """
from qb import Database, sql

async def main(db: Database) -> None:
    db.execute(sql("vacuum"))
    await db.execute(sql("vacuum"))
"""
DOES_NOTHING = "execute() does nothing until it is awaited: write await in front of it"
NO_RULE = "There is no rule"
GROUP_BY = 'did you mean "group-by"?'
NO_OPTION = "[qb_mypy] has no option"
NO_LIST = '"disable" of [qb_mypy] is a list of the names of rules'
MYPY = "[mypy]\nstrict = True\nplugins = qb_mypy.plugin\n"


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"{PAGE.name} is old: make it new with `{MAKE}`"


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_something(name: str) -> None:
    rule = RULES[name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert rule.code is QB or rule.code.sub_code_of is QB
    assert rule.messages
    assert not rule.about.endswith(".")


def test_every_word_is_said_by_one_rule() -> None:
    said = [message for rule in RULES.values() for message in rule.messages]
    assert sorted(said) == sorted(set(said))
    assert all(callable(getattr(qb_mypy.messages, message)) for message in said)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("mypy.ini", f"{MYPY}\n[qb_mypy]\ndisable = group-by, every-row\n"),
        ("setup.cfg", f"{MYPY}\n[qb_mypy]\ndisable =\n    group-by,\n    every-row\n"),
        (".mypy.ini", f"{MYPY}\n[qb_mypy]\ndisable =\n    group-by\n    every-row\n"),
        ("pyproject.toml", '[tool.mypy]\n[tool.qb_mypy]\ndisable = ["group-by", "every-row"]\n'),
    ],
)
def test_every_file_can_turn_rules_off(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    found = settings.read(tmp_path / file)
    assert found.disabled == {"group-by", "every-row"}
    assert not found.errors


@pytest.mark.parametrize(("file", "text"), [("mypy.ini", MYPY), ("pyproject.toml", "[tool.mypy]\nstrict = true\n")])
def test_no_section_turns_nothing_off(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    assert settings.read(tmp_path / file) == settings.Settings()


@pytest.mark.parametrize(
    ("file", "text", "errors"),
    [
        (
            "mypy.ini",
            "\n[qb_mypy]\ndisable = group-bi\n",
            [f'3: error: {NO_RULE} "group-bi"; did you mean "group-by"?'],
        ),
        ("mypy.ini", "[qb_mypy]\n\ndisable = x\n  yy\n", [f'3: error: {NO_RULE} "x"', f'4: error: {NO_RULE} "yy"']),
        ("setup.cfg", "[qb_mypy]\ndisabled = cast\n", [f'2: error: {NO_OPTION} "disabled"; did you mean "disable"?']),
        ("pyproject.toml", "[tool.qb_mypy]\ndisable = 5\n", [f"2: error: {NO_LIST}"]),
        ("pyproject.toml", "[tool.qb_mypy]\ndisable = [5]\n", [f"2: error: {NO_LIST}"]),
        ("pyproject.toml", "[tool]\nqb_mypy = true\n", ["2: error: [qb_mypy] is a section"]),
    ],
)
def test_what_is_wrong_is_said_at_its_line(file: str, text: str, errors: list[str], tmp_path: Path) -> None:
    path = tmp_path / file
    path.write_text(text)
    assert list(settings.read(path).errors) == [f"{path}:{error}  [qb]" for error in errors]


def run(folder: Path, *command: str) -> tuple[str, int]:
    """What mypy or its daemon says, and its exit status."""
    line = [sys.executable, "-m", *command, "program.py"]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.stdout + done.stderr, done.returncode


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / SCHEMA).write_text((CASES / SCHEMA).read_text())
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


@pytest.fixture
def daemon(project: Path) -> Iterator[Path]:
    yield project
    subprocess.run([sys.executable, "-m", "mypy.dmypy", "stop"], cwd=project, capture_output=True, check=False)


def steps() -> Iterator[tuple[str, list[str], int]]:
    """One configuration after the other: what the section says, what is reported, and the exit status."""
    yield "", [COMPARISON, MISSING_SOURCE], 1
    yield "disable = comparison", [MISSING_SOURCE], 1
    yield "disable = missing-source", [COMPARISON], 1
    yield "disable = comparisons", ['mypy.ini:6: error: There is no rule "comparisons"; did you mean "comparison"?'], 2
    yield "disable = comparison, missing-source", [], 0


def configure(folder: Path, section: str) -> None:
    (folder / "mypy.ini").write_text(f"{MYPY}\n[qb_mypy]\n{section}\n")


def test_mypy_checks_again_what_the_configuration_changes(project: Path) -> None:
    for section, expected, status in steps():
        configure(project, section)
        for _ in "cold", "warm":
            said, returned = run(project, "mypy")
            errors = [line for line in said.splitlines() if ": error: " in line]
            assert len(errors) == len(expected), said
            assert all(error.startswith(start) for error, start in zip(errors, expected, strict=True)), said
            assert returned == status


def test_the_daemon_checks_again_what_the_configuration_changes(daemon: Path) -> None:
    for section, expected, status in steps():
        configure(daemon, section)
        said, returned = run(daemon, "mypy.dmypy", "run", "--")
        errors = [line for line in said.splitlines() if ": error: " in line]
        assert len(errors) == len(expected), said
        assert all(error.startswith(start) for error, start in zip(errors, expected, strict=True)), said
        assert returned == status


def test_a_call_that_is_not_awaited_is_reported_once_whatever_mypy_is_told(project: Path) -> None:
    (project / "program.py").write_text(FORGOTTEN)
    for option, expected in (
        ("", 'program.py:5: error: Value of type "Coroutine[Any, Any, Affected]" must be used  [unused-coroutine]'),
        ("disable_error_code = unused-coroutine\n", f"program.py:5: error: {DOES_NOTHING}  [qb-type]"),
    ):
        (project / "mypy.ini").write_text(MYPY + option)
        said, _ = run(project, "mypy")
        assert [line for line in said.splitlines() if ": error: " in line] == [expected]
