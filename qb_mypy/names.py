"""The full names of qb's classes, which the plugin knows by them alone."""

from __future__ import annotations

EXPR = "qb.expressions.core.Expr"
LABELED = "qb.expressions.core.Labeled"
AGGREGATE = "qb.expressions.aggregates.AggregateExpr"
WINDOWED = "qb.expressions.windows.WindowExpr"
WINDOW_FUNCTION = "qb.expressions.windows.WindowFunction"
FRAME_FUNCTION = "qb.expressions.windows.FrameFunction"
WINDOW = "qb.expressions.windows.Window"
GROUPING = "qb.expressions.grouping.GroupingKeys"
ORDERED_SET = "qb.expressions.ordered_sets.OrderedSetFunction"
CONTINUOUS = "qb.expressions.ordered_sets.Continuous"
ORDERED_SETS = (ORDERED_SET, CONTINUOUS)
SQL = "qb.expressions.escape.Sql"
QUANTIFIER = "qb.expressions.quantifiers.Quantifier"
ORDERING = "qb.expressions.core.Ordering"
COLUMN = "qb.columns.Column"
SOURCE_COLUMN = "qb.expressions.core.SourceColumn"
EXPRESSIONS = (EXPR, COLUMN, SOURCE_COLUMN, LABELED, AGGREGATE, WINDOWED, SQL)
REQUIRED = "qb.columns.Required"
DEFAULTED = "qb.columns.Defaulted"
GENERATED = "qb.columns.Generated"
TABLE = "qb.tables.Table"
ALIAS = "qb.aliases.Alias"
DERIVED = "qb.derived.Derived"
ROW = "qb.rows.Row"
ROW_VALUE = "qb.expressions.row_values.RowValue"
QUERY = "qb.queries.Query"
INSTANCES = "qb.queries.Instances"
SELECT = "qb.statements.select.Select"
COMPOUND = "qb.statements.selection.Compound"
SELECTIONS = (SELECT, COMPOUND)
RETURNING = "qb.statements.returning.Returning"
INSERT = "qb.statements.insert.Insert"
CONFLICT = "qb.statements.insert.Conflict"
UPDATE = "qb.statements.update.Update"
DELETE = "qb.statements.delete.Delete"
MERGE = "qb.statements.merge.Merge"
MATCHED = "qb.statements.merge.Matched"
NOT_MATCHED = "qb.statements.merge.NotMatched"
NOT_MATCHED_BY_SOURCE = "qb.statements.merge.NotMatchedBySource"
WRITES = (INSERT, UPDATE, DELETE, MERGE)
DATABASE = "qb.running.database.Database"
EXECUTOR = "qb.running.executor.Executor"
COMPILABLE = "qb.queries.Compilable"


def short(name: str) -> str:
    """The last part of a full name, as people write it."""
    return name.rpartition(".")[2]
