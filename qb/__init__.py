"""qb: SQL as typed Python expressions.

from qb import Table, col, fn, select, insert, update, delete, Database

Names are imported when they are first used: a Worker that only reads never loads what writes.
"""

from typing import TYPE_CHECKING

from qb.lazy import lazily
from qb.tables import columns  # at once: a module of this name would come to stand for it

if TYPE_CHECKING:
    from qb import col, fn
    from qb.aliases import alias
    from qb.columns import Column
    from qb.composition.dynamic_columns import column_named, sort_keys
    from qb.composition.keysets import cursor_of, keyset
    from qb.composition.narrowing import narrowed
    from qb.constraints import check, exclude, foreign_key, index, primary_key, unique
    from qb.derived import values
    from qb.errors import QbError
    from qb.expressions import Expr, exists, literal, sql
    from qb.expressions.branches import case
    from qb.expressions.casts import cast
    from qb.expressions.conditions import all_of, any_of, when
    from qb.expressions.grouping import cube, grouping_sets, rollup
    from qb.expressions.quantifiers import all_, any_
    from qb.expressions.row_values import tuple_
    from qb.expressions.user_functions import function
    from qb.expressions.windows import window
    from qb.inference import inferred
    from qb.prepared import query
    from qb.queries import Query
    from qb.relations import many, one
    from qb.rewriting import transform
    from qb.rows import NewRow, Row, RowPatch, Rows
    from qb.running.database import Database
    from qb.running.executor import Executor
    from qb.running.transaction import Transaction
    from qb.schema.declared import enum_type, materialized_view, schema_named, sequence, trigger, view
    from qb.statements.delete import Delete, delete
    from qb.statements.insert import Insert, excluded, insert
    from qb.statements.merge import Merge, merge
    from qb.statements.requirements import expect, require
    from qb.statements.select import Select, select
    from qb.statements.update import Update, update
    from qb.tables import Table
else:
    __getattr__ = lazily(
        __name__,
        {
            "col": "qb.col",
            "fn": "qb.fn",
            "alias": "qb.aliases",
            "Column": "qb.columns",
            **dict.fromkeys(("column_named", "sort_keys"), "qb.composition.dynamic_columns"),
            **dict.fromkeys(("cursor_of", "keyset"), "qb.composition.keysets"),
            "narrowed": "qb.composition.narrowing",
            **dict.fromkeys(
                ("enum_type", "materialized_view", "schema_named", "sequence", "trigger", "view"), "qb.schema.declared"
            ),
            **dict.fromkeys(("check", "exclude", "foreign_key", "index", "primary_key", "unique"), "qb.constraints"),
            "Database": "qb.running.database",
            "values": "qb.derived",
            "QbError": "qb.errors",
            "Executor": "qb.running.executor",
            "case": "qb.expressions.branches",
            "cast": "qb.expressions.casts",
            **dict.fromkeys(("all_of", "any_of", "when"), "qb.expressions.conditions"),
            **dict.fromkeys(("Expr", "exists", "literal"), "qb.expressions.core"),
            "sql": "qb.expressions.escape",
            **dict.fromkeys(("cube", "grouping_sets", "rollup"), "qb.expressions.grouping"),
            **dict.fromkeys(("all_", "any_"), "qb.expressions.quantifiers"),
            "tuple_": "qb.expressions.row_values",
            "function": "qb.expressions.user_functions",
            "window": "qb.expressions.windows",
            "inferred": "qb.inference",
            "query": "qb.prepared",
            "Query": "qb.queries",
            **dict.fromkeys(("many", "one"), "qb.relations"),
            "transform": "qb.rewriting",
            **dict.fromkeys(("NewRow", "Row", "RowPatch", "Rows"), "qb.rows"),
            **dict.fromkeys(("Delete", "delete"), "qb.statements.delete"),
            **dict.fromkeys(("expect", "require"), "qb.statements.requirements"),
            **dict.fromkeys(("Insert", "excluded", "insert"), "qb.statements.insert"),
            **dict.fromkeys(("Merge", "merge"), "qb.statements.merge"),
            **dict.fromkeys(("Select", "select"), "qb.statements.select"),
            **dict.fromkeys(("Update", "update"), "qb.statements.update"),
            "Table": "qb.tables",
            "Transaction": "qb.running.transaction",
        },
    )

__all__ = [
    "Column",
    "Database",
    "Delete",
    "Executor",
    "Expr",
    "Insert",
    "Merge",
    "NewRow",
    "QbError",
    "Query",
    "Row",
    "RowPatch",
    "Rows",
    "Select",
    "Table",
    "Transaction",
    "Update",
    "alias",
    "all_",
    "all_of",
    "any_",
    "any_of",
    "case",
    "cast",
    "check",
    "col",
    "column_named",
    "columns",
    "cube",
    "cursor_of",
    "delete",
    "enum_type",
    "exclude",
    "excluded",
    "exists",
    "expect",
    "fn",
    "foreign_key",
    "function",
    "grouping_sets",
    "index",
    "inferred",
    "insert",
    "keyset",
    "literal",
    "many",
    "materialized_view",
    "merge",
    "narrowed",
    "one",
    "primary_key",
    "query",
    "require",
    "rollup",
    "schema_named",
    "select",
    "sequence",
    "sort_keys",
    "sql",
    "transform",
    "trigger",
    "tuple_",
    "unique",
    "update",
    "values",
    "view",
    "when",
    "window",
]
