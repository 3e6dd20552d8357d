"""What is allowed, by a comment ahead of a statement or by the settings of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.dialect import find_dialect
from qb.migrations.checks.allowing import Allowance, in_script, in_settings
from qb.migrations.checks.checking import Found, check, unused
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.scripts import Script, parsed
from tests.migrations.albums import ALBUMS, BEFORE

FILE = """\
-- qb: allow drop-column: nobody reads it any more
ALTER TABLE albums DROP COLUMN plays;

ALTER TABLE albums DROP COLUMN title;
-- they are found by their titles
-- qb: allow create-index, duplicates: there are hardly any
CREATE INDEX i ON albums (code);
"""


def checked(tmp_path: Path, text: str, *allowed: Allowance) -> list[Found]:
    """What is found in a file."""
    folder = Folder(tmp_path)
    before = folder.add("before", Script(("SELECT 1",)), None, BEFORE)
    migration = folder.add("x", Script(()), None, BEFORE)
    (tmp_path / f"{migration.name}.sql").write_text(text)
    folder = Folder(tmp_path)
    folder.accept()
    after = [each for each in Folder(tmp_path).migrations.values() if each.name != before.name]
    found = check(find_dialect("postgres"), folder, after, allowed)
    return [each for each in found if each.finding.rule.code != "statement-timeout"]


def shown(found: list[Found]) -> list[tuple[str, str | None]]:
    """What is found, and why it is allowed."""
    return [(each.finding.rule.code, each.allowed) for each in found]


def test_a_comment_is_about_the_statement_that_follows(tmp_path: Path) -> None:
    found = checked(tmp_path, FILE)
    assert shown(found) == [
        ("drop-column", "nobody reads it any more"),
        ("drop-column", None),
        ("create-index", "there are hardly any"),
        ("unused-allow", None),
    ]
    assert found[0].statement == "ALTER TABLE albums DROP COLUMN plays"
    assert found[3].finding.text == "the comment allows duplicates, and nothing of it is found"


def test_the_runner_does_not_mind_the_comments() -> None:
    script = parsed("-- qb: allow drop-table: gone\n-- qb: no transaction\nDROP TABLE x;", "postgres")
    assert script == Script(("DROP TABLE x",), transactional=False)


def test_settings_are_about_a_rule_and_perhaps_a_table(tmp_path: Path) -> None:
    text = "ALTER TABLE albums DROP COLUMN plays; DROP TABLE spare;"
    every, one = Allowance("drop-column", "all are read by nobody"), Allowance("drop-table", "empty", "spare")
    other, idle = Allowance("drop-column", "not this", "spare"), Allowance("rename-table", "never")
    found = checked(tmp_path, text, other, every, one, idle)
    assert shown(found) == [("drop-column", "all are read by nobody"), ("drop-table", "empty")]
    assert [each.finding.text for each in unused(found, [other, every, one, idle])] == [
        "[tool.qb] allows drop-column of spare, and nothing of it is found",
        "[tool.qb] allows rename-table, and nothing of it is found",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-- qb: allow drop-colum: why", "there is no rule 'drop-colum' to allow"),
        ("-- qb: allow drop-column", "drop-column is allowed without a reason: -- qb: allow drop-column: the reason"),
        ("-- qb: allow drop-column:  ", "drop-column is allowed without a reason"),
        ("-- qb: allow drop-column, : why", "there is no rule ''"),
    ],
)
def test_comments_that_say_nothing(line: str, words: str) -> None:
    with pytest.raises(MigrationError) as caught:
        in_script(f"{line}\nSELECT 1", "postgres")
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("all", "x: [[tool.qb.allow]] takes the texts rule, reason and table, and has 'all'"),
        ([{"rule": "drop-table"}], "and has {'rule': 'drop-table'}"),
        ([{"rule": "drop-table", "reason": 1}], "takes the texts"),
        ([{"rule": "drop-table", "reason": "x", "tables": "y"}], "takes the texts"),
        ([{"rule": "drop", "reason": "x"}], "there is no rule 'drop' to allow"),
        ([{"rule": "drop-table", "reason": " "}], "without a reason"),
    ],
)
def test_settings_that_say_nothing(settings: object, words: str) -> None:
    with pytest.raises(MigrationError) as caught:
        in_settings(settings, "x")
    assert words in str(caught.value)


def test_settings() -> None:
    (found,) = in_settings([{"rule": "drop-table", "reason": "x", "table": "albums"}], "x")
    assert (found, str(found)) == (Allowance("drop-table", "x", str(ALBUMS)), "drop-table of albums")
