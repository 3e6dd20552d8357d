"""The rules of `qb check` as a whole."""

from __future__ import annotations

from qb.migrations.checks.rules import RULES
from tests.migrations import test_by_hand, test_safety
from tests.migrations.rule_table import MAKE, PAGE, page

ELSEWHERE = {
    "drop-parent": "SQLite's and D1's: in test_checking",
    "rebuild": "SQLite's and D1's: in test_checking and test_safety",
    "foreign-key-index": "of tables as they are declared: in test_checking",
    "unused-allow": "in test_allowing",
    "statement-timeout": "of a script as a whole: in test_by_hand",
    "transaction-control": "of a script as a whole: in test_by_hand",
    "long-name": "in test_by_hand, by what becomes of the name",
    "skipped-index": "in test_by_hand, by what becomes of the index",
}
"""Rules that are tested otherwise than by what an operation or a statement does to a PostgreSQL full of rows."""


def test_the_page_of_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/migration-rules.md is old: {MAKE}"


def test_every_rule_is_held_against_what_happens() -> None:
    tried = {code for case in test_safety.CASES for code in case.said}
    tried |= {code for case in test_by_hand.CASES for code in case.said}
    tried |= {code for _, said in test_by_hand.REFUSED for code in said}
    assert tried.isdisjoint(ELSEWHERE)
    assert tried | ELSEWHERE.keys() == RULES.keys()
