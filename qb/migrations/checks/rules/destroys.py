"""Values that go for good."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

DROP_TABLE = Rule(
    "drop-table",
    "destroys",
    "a table that goes with all its rows",
    "first release programs that do not use it; then rename it, and drop it when nobody missed it",
)
DROP_COLUMN = Rule(
    "drop-column",
    "destroys",
    "a column that goes with its values",
    "first release programs that do not use it, and drop it then",
)
REPLACE_VALUES = Rule(
    "replace-values",
    "destroys",
    "a column whose values are replaced by others: by an expression, or because it is computed from now on",
    "add another column for the new values, and drop the old one when nobody misses it",
)
DROP_SEQUENCE = Rule(
    "drop-sequence",
    "destroys",
    "a sequence that goes, and with it the number at which it stands",
    "note its last_value first, in case that numbers must go on from there",
)
DROP_PARENT = Rule(
    "drop-parent",
    "destroys",
    "a table of SQLite or D1 that is dropped while foreign keys are on: its rows are deleted first, and with ON DELETE "
    "CASCADE those that reference them, even where the table is only rebuilt",
    "let `qb migrate new` write it; or begin the file with `-- qb: foreign keys off`, which D1 does not have",
)
TRUNCATE = Rule(
    "truncate",
    "destroys",
    "a TRUNCATE; with CASCADE, the rows of every table go that references it",
    "name all tables that are meant instead of CASCADE, or delete in batches what is meant",
)
DELETE_ROWS = Rule(
    "delete-rows",
    "destroys",
    "a DELETE",
    "keep the rows elsewhere first, and delete in batches",
)
