"""Rows that may not fit."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

REQUIRED_VALUES = Rule(
    "required-values",
    "needs check",
    "a new column that is NOT NULL, while the rows that are there get no value",
    "give it a default; or add it without NOT NULL, fill it in batches, and make it NOT NULL in a later migration",
)
NULL_VALUES = Rule(
    "null-values",
    "needs check",
    "a column that becomes NOT NULL, where rows may have NULL",
    "replace the NULLs in batches first",
)
DUPLICATES = Rule(
    "duplicates",
    "needs check",
    "a unique constraint, a primary key or a unique index, where rows may agree",
    "find the rows that agree, and change or remove all but one, first",
)
CONFLICTING_ROWS = Rule(
    "conflicting-rows",
    "needs check",
    "a check, a foreign key or an exclusion constraint that rows may break",
    "mend the rows first; or add it NOT VALID, mend them, and validate it in the next migration",
)
UNFIT_VALUES = Rule(
    "unfit-values",
    "needs check",
    "a column that gets a type which may not have all of its values",
    "say how the values are converted",
)
GONE_LABELS = Rule(
    "gone-labels",
    "needs check",
    "a label that is removed from an enum type, where rows may have it",
    "give these rows other labels first",
)
