"""qb: SQL as typed Python expressions.

from qb import Table, col, fn, select, insert, update, delete, Database
"""

from typing import TYPE_CHECKING

from qb import col, fn
from qb.aliases import alias, columns
from qb.columns import Column
from qb.constraints import check, foreign_key, index, primary_key, unique
from qb.database import Database
from qb.errors import QbError
from qb.executor import Executor
from qb.expressions import Expr, exists, literal, sql
from qb.inferred import inferred
from qb.lazy import lazily
from qb.queries import Query
from qb.rows import NewRow, Row, RowPatch, Rows
from qb.statements.select import Select, select
from qb.tables import Table
from qb.transaction import Transaction

if TYPE_CHECKING:
    from qb.branches import case
    from qb.casts import cast
    from qb.conditions import all_of, any_of, when
    from qb.derived import values
    from qb.dynamic_columns import column_named, sort_keys
    from qb.grouping import cube, grouping_sets, rollup
    from qb.keysets import cursor_of, keyset
    from qb.narrowing import narrowed
    from qb.prepared import query
    from qb.quantifiers import all_, any_
    from qb.relations import many, one
    from qb.row_values import tuple_
    from qb.statements.delete import Delete, delete
    from qb.statements.insert import Insert, excluded, insert
    from qb.statements.merge import Merge, merge
    from qb.statements.update import Update, update
    from qb.transform import transform
    from qb.user_functions import function
    from qb.windows import window
else:
    __getattr__ = lazily(
        __name__,
        {
            "case": "qb.branches",
            "cast": "qb.casts",
            **dict.fromkeys(("all_of", "any_of", "when"), "qb.conditions"),
            "function": "qb.user_functions",
            "tuple_": "qb.row_values",
            **dict.fromkeys(("column_named", "sort_keys"), "qb.dynamic_columns"),
            **dict.fromkeys(("cursor_of", "keyset"), "qb.keysets"),
            **dict.fromkeys(("Delete", "delete"), "qb.statements.delete"),
            **dict.fromkeys(("Insert", "excluded", "insert"), "qb.statements.insert"),
            **dict.fromkeys(("Merge", "merge"), "qb.statements.merge"),
            **dict.fromkeys(("Update", "update"), "qb.statements.update"),
            **dict.fromkeys(("cube", "grouping_sets", "rollup"), "qb.grouping"),
            "narrowed": "qb.narrowing",
            **dict.fromkeys(("all_", "any_"), "qb.quantifiers"),
            "transform": "qb.transform",
            "values": "qb.derived",
            "query": "qb.prepared",
            "many": "qb.relations",
            "one": "qb.relations",
            "window": "qb.windows",
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
    "excluded",
    "exists",
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
    "merge",
    "narrowed",
    "one",
    "primary_key",
    "query",
    "rollup",
    "select",
    "sort_keys",
    "sql",
    "transform",
    "tuple_",
    "unique",
    "update",
    "values",
    "when",
    "window",
]
