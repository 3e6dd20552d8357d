"""The rules of `qb check` as a whole."""

from __future__ import annotations

from tests.migrations.rule_table import MAKE, PAGE, page


def test_the_page_of_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/migration-rules.md is old: {MAKE}"
