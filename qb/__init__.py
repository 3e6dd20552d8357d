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
    from qb.composition.dynamic_columns import column_named, sort_keys
    from qb.composition.keysets import cursor_of, keyset
    from qb.composition.narrowing import narrowed
    from qb.derived import values
    from qb.expressions.branches import case
    from qb.expressions.casts import cast
    from qb.expressions.conditions import all_of, any_of, when
    from qb.expressions.grouping import cube, grouping_sets, rollup
    from qb.expressions.quantifiers import all_, any_
    from qb.expressions.row_values import tuple_
    from qb.expressions.user_functions import function
    from qb.expressions.windows import window
    from qb.prepared import query
    from qb.relations import many, one
    from qb.statements.delete import Delete, delete
    from qb.statements.insert import Insert, excluded, insert
    from qb.statements.merge import Merge, merge
    from qb.statements.update import Update, update
    from qb.transform import transform
else:
    __getattr__ = lazily(
        __name__,
        {
            "case": "qb.expressions.branches",
            "cast": "qb.expressions.casts",
            **dict.fromkeys(("all_of", "any_of", "when"), "qb.expressions.conditions"),
            "function": "qb.expressions.user_functions",
            "tuple_": "qb.expressions.row_values",
            **dict.fromkeys(("column_named", "sort_keys"), "qb.composition.dynamic_columns"),
            **dict.fromkeys(("cursor_of", "keyset"), "qb.composition.keysets"),
            **dict.fromkeys(("Delete", "delete"), "qb.statements.delete"),
            **dict.fromkeys(("Insert", "excluded", "insert"), "qb.statements.insert"),
            **dict.fromkeys(("Merge", "merge"), "qb.statements.merge"),
            **dict.fromkeys(("Update", "update"), "qb.statements.update"),
            **dict.fromkeys(("cube", "grouping_sets", "rollup"), "qb.expressions.grouping"),
            "narrowed": "qb.composition.narrowing",
            **dict.fromkeys(("all_", "any_"), "qb.expressions.quantifiers"),
            "transform": "qb.transform",
            "values": "qb.derived",
            "query": "qb.prepared",
            "many": "qb.relations",
            "one": "qb.relations",
            "window": "qb.expressions.windows",
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
