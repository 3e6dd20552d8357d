"""The SQL syntax tree: plain data, with no knowledge of tables, builders or dialects.

Nodes are slotted and immutable once built. Expression nodes carry their SQL type; statement nodes have a field
for each clause. Those that simple selects do not have are imported when they are first used.
"""

from typing import TYPE_CHECKING

from qb.lazy import lazily
from qb.nodes.base import Column, Expression, Node, Projection, Source, Statement, WholeSource
from qb.nodes.compound import Compound, Output
from qb.nodes.conditions import ABSENT, Absent
from qb.nodes.operators import (
    Affix,
    Between,
    Binary,
    Collate,
    Comparison,
    Distinction,
    In,
    IsNull,
    Like,
    Match,
    Unary,
)
from qb.nodes.order import Order
from qb.nodes.select import Lock, Select
from qb.nodes.sources import Cte, CteReference, Derived, ForeignKeys, Join, Table, ValuesTable
from qb.nodes.subqueries import Exists, Subquery
from qb.nodes.values import Default, Excluded, Label, Null, Parameter, Raw, Unbound

if TYPE_CHECKING:
    from qb.nodes.branches import Case, When
    from qb.nodes.casts import Cast
    from qb.nodes.functions import COUNT_ALL, Aggregate, Function, OrderedSet
    from qb.nodes.grouping import GroupingSets
    from qb.nodes.json import JsonPath
    from qb.nodes.merge import Merge, MergeClause
    from qb.nodes.nested import Nested
    from qb.nodes.quantified import Quantified
    from qb.nodes.requirement import Requirement
    from qb.nodes.tuples import TupleComparison, TupleIn
    from qb.nodes.windows import Bound, Frame, Over, Window, WindowFunction
    from qb.nodes.writes import Assignment, ConflictTarget, Delete, Insert, OnConflict, Update, Values
else:
    __getattr__ = lazily(
        __name__,
        {
            **dict.fromkeys(("Case", "When"), "qb.nodes.branches"),
            "Cast": "qb.nodes.casts",
            **dict.fromkeys(("COUNT_ALL", "Aggregate", "Function", "OrderedSet"), "qb.nodes.functions"),
            "GroupingSets": "qb.nodes.grouping",
            "JsonPath": "qb.nodes.json",
            **dict.fromkeys(("Merge", "MergeClause"), "qb.nodes.merge"),
            "Nested": "qb.nodes.nested",
            "Quantified": "qb.nodes.quantified",
            "Requirement": "qb.nodes.requirement",
            **dict.fromkeys(("TupleComparison", "TupleIn"), "qb.nodes.tuples"),
            **dict.fromkeys(("Bound", "Frame", "Over", "Window", "WindowFunction"), "qb.nodes.windows"),
            **dict.fromkeys(
                ("Assignment", "ConflictTarget", "Delete", "Insert", "OnConflict", "Update", "Values"),
                "qb.nodes.writes",
            ),
        },
    )

__all__ = [
    "ABSENT",
    "COUNT_ALL",
    "Absent",
    "Affix",
    "Aggregate",
    "Assignment",
    "Between",
    "Binary",
    "Bound",
    "Case",
    "Cast",
    "Collate",
    "Column",
    "Comparison",
    "Compound",
    "ConflictTarget",
    "Cte",
    "CteReference",
    "Default",
    "Delete",
    "Derived",
    "Distinction",
    "Excluded",
    "Exists",
    "Expression",
    "ForeignKeys",
    "Frame",
    "Function",
    "GroupingSets",
    "In",
    "Insert",
    "IsNull",
    "Join",
    "JsonPath",
    "Label",
    "Like",
    "Lock",
    "Match",
    "Merge",
    "MergeClause",
    "Nested",
    "Node",
    "Null",
    "OnConflict",
    "Order",
    "OrderedSet",
    "Output",
    "Over",
    "Parameter",
    "Projection",
    "Quantified",
    "Raw",
    "Requirement",
    "Select",
    "Source",
    "Statement",
    "Subquery",
    "Table",
    "TupleComparison",
    "TupleIn",
    "Unary",
    "Unbound",
    "Update",
    "Values",
    "ValuesTable",
    "When",
    "WholeSource",
    "Window",
    "WindowFunction",
]
