"""The SQL syntax tree: plain data, with no knowledge of tables, builders or dialects.

Nodes are slotted and immutable once built. Expression nodes carry their SQL type; statement nodes have a field
for each clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from qb.types import BIGINT, BOOLEAN, TEXT, SqlType


class Node:
    """A piece of SQL syntax."""

    __slots__ = ()


# --- sources: what columns belong to ---------------------------------------------------------------


class Source(Node):
    """Something with columns; `label` is what they are qualified with."""

    __slots__ = ("label",)
    label: str


class Table(Source):
    """A table, or an alias of one. Compared by identity: two aliases are two sources."""

    __slots__ = ("alias", "columns", "name", "schema")

    def __init__(self, name: str, schema: str | None = None, alias: str | None = None) -> None:
        self.name = name
        self.schema = schema
        self.alias = alias
        self.label = alias or name
        self.columns: tuple[Column, ...] = ()


class Join(Node):
    """A joined source. `kind` is INNER, LEFT, RIGHT, FULL or CROSS."""

    __slots__ = ("kind", "on", "source")

    def __init__(self, kind: str, source: Source, on: Expression | None) -> None:
        self.kind = kind
        self.source = source
        self.on = on


# --- expressions -----------------------------------------------------------------------------------


class Expression(Node):
    """A node that has a value."""

    __slots__ = ("type",)
    type: SqlType


class Column(Expression):
    """A column of a source. `attribute` is its name in Python, `name` its name in the database."""

    __slots__ = ("attribute", "name", "path", "source")

    def __init__(self, source: Source, name: str, attribute: str, type: SqlType) -> None:
        self.source = source
        self.name = name
        self.attribute = attribute
        self.path = (source.label, name)
        self.type = type


class Unbound(Expression):
    """A column whose table class is still being defined."""

    __slots__ = ()

    def __init__(self, type: SqlType) -> None:
        self.type = type


class Parameter(Expression):
    """A value that is bound, never written into the SQL."""

    __slots__ = ("value",)

    def __init__(self, value: object, type: SqlType) -> None:
        self.value = value
        self.type = type


class Null(Expression):
    """NULL."""

    __slots__ = ()

    def __init__(self, type: SqlType) -> None:
        self.type = type


class Default(Expression):
    """The database's default for a column, in VALUES. `declared` is what the declaration says it is."""

    __slots__ = ("declared",)

    def __init__(self, declared: Expression | None, type: SqlType) -> None:
        self.declared = declared
        self.type = type


class Binary(Expression):
    """`left operator right`: arithmetic, `||`, AND, OR."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression, type: SqlType) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.type = type


class Comparison(Binary):
    """`left operator right`, true or false: `=`, `<>`, `<`, `<=`, `>`, `>=`."""

    __slots__ = ()

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.type = BOOLEAN


class Unary(Expression):
    """NOT or a minus sign before an operand."""

    __slots__ = ("operand", "operator")

    def __init__(self, operator: str, operand: Expression, type: SqlType) -> None:
        self.operator = operator
        self.operand = operand
        self.type = type


class IsNull(Expression):
    """`operand IS [NOT] NULL`."""

    __slots__ = ("negated", "operand")

    def __init__(self, operand: Expression, negated: bool) -> None:
        self.operand = operand
        self.negated = negated
        self.type = BOOLEAN


class In(Expression):
    """`operand [NOT] IN (…)`: of expressions, or of one sub-query."""

    __slots__ = ("negated", "operand", "options")

    def __init__(self, operand: Expression, options: tuple[Expression, ...] | Subquery, negated: bool) -> None:
        self.operand = operand
        self.options = options
        self.negated = negated
        self.type = BOOLEAN


class Between(Expression):
    """`operand [NOT] BETWEEN low AND high`."""

    __slots__ = ("high", "low", "negated", "operand")

    def __init__(self, operand: Expression, low: Expression, high: Expression, negated: bool) -> None:
        self.operand = operand
        self.low = low
        self.high = high
        self.negated = negated
        self.type = BOOLEAN


class Like(Expression):
    """`operand [NOT] LIKE pattern`, the pattern written by the caller."""

    __slots__ = ("ignore_case", "negated", "operand", "pattern")

    def __init__(self, operand: Expression, pattern: Expression, negated: bool, ignore_case: bool) -> None:
        self.operand = operand
        self.pattern = pattern
        self.negated = negated
        self.ignore_case = ignore_case
        self.type = BOOLEAN


class Affix(Expression):
    """A case-sensitive test for a prefix, suffix or substring; `part` is taken as it is, without wildcards."""

    __slots__ = ("operand", "part", "position")

    def __init__(self, operand: Expression, part: Expression, position: str) -> None:
        self.operand = operand
        self.part = part
        self.position = position
        self.type = BOOLEAN


class Function(Expression):
    """A function by qb's name for it; each dialect knows its own spelling."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: tuple[Expression, ...], type: SqlType) -> None:
        self.name = name
        self.arguments = arguments
        self.type = type


class Aggregate(Function):
    """An aggregate function; no arguments means `count(*)`."""

    __slots__ = ("distinct", "filter")

    def __init__(
        self,
        name: str,
        arguments: tuple[Expression, ...],
        type: SqlType,
        distinct: bool = False,
        filter: Expression | None = None,
    ) -> None:
        super().__init__(name, arguments, type)
        self.distinct = distinct
        self.filter = filter


class Excluded(Expression):
    """The value that an upsert tried to insert."""

    __slots__ = ("column",)

    def __init__(self, column: Column) -> None:
        self.column = column
        self.type = column.type


class Subquery(Expression):
    """A SELECT as a value, or as the right side of IN."""

    __slots__ = ("select",)

    def __init__(self, select: Select, type: SqlType) -> None:
        self.select = select
        self.type = type


class Exists(Expression):
    """`EXISTS (select)`."""

    __slots__ = ("select",)

    def __init__(self, select: Select) -> None:
        self.select = select
        self.type = BOOLEAN


class Raw(Expression):
    """SQL text from the caller, with holes: `texts` has one piece more than `holes`."""

    __slots__ = ("holes", "texts")

    def __init__(self, texts: tuple[str, ...], holes: tuple[Node, ...], type: SqlType = TEXT) -> None:
        self.texts = texts
        self.holes = holes
        self.type = type


class Label(Expression):
    """`operand AS name`, in a projection."""

    __slots__ = ("name", "operand")

    def __init__(self, operand: Expression, name: str) -> None:
        self.operand = operand
        self.name = name
        self.type = operand.type


class WholeTable(Node):
    """All columns of a table in a projection; `name` is the row's attribute when it is one of several."""

    __slots__ = ("name", "table")

    def __init__(self, table: Table, name: str) -> None:
        self.table = table
        self.name = name


class Order(Node):
    """A sort key. `nulls` is FIRST, LAST or None (the engine's own choice)."""

    __slots__ = ("descending", "nulls", "operand")

    def __init__(self, operand: Expression, descending: bool, nulls: str | None = None) -> None:
        self.operand = operand
        self.descending = descending
        self.nulls = nulls


Projection = tuple[Expression | WholeTable, ...]
"""What a statement returns, column by column."""


# --- statements ------------------------------------------------------------------------------------


class Statement(Node):
    """A whole statement."""

    __slots__ = ("projection",)
    projection: Projection

    def copy(self) -> Self:
        """A new statement with the same clauses."""
        cls = type(self)
        new = object.__new__(cls)
        new.projection = self.projection
        for clause in cls.__slots__:
            setattr(new, clause, getattr(self, clause))
        return new


class Select(Statement):
    """SELECT. `sources` are those given in FROM; when empty, it is the one selected source that is not joined."""

    __slots__ = (
        "distinct",
        "group_by",
        "having",
        "joins",
        "limit",
        "offset",
        "order_by",
        "sources",
        "where",
    )

    def __init__(
        self,
        projection: Projection,
        sources: tuple[Source, ...] = (),
        joins: tuple[Join, ...] = (),
        where: Expression | None = None,
        group_by: tuple[Expression, ...] = (),
        having: Expression | None = None,
        order_by: tuple[Order, ...] = (),
        limit: Expression | None = None,
        offset: Expression | None = None,
        distinct: bool = False,
    ) -> None:
        self.projection = projection
        self.sources = sources
        self.joins = joins
        self.where = where
        self.group_by = group_by
        self.having = having
        self.order_by = order_by
        self.limit = limit
        self.offset = offset
        self.distinct = distinct

    def copy(self) -> Self:
        """A new statement with the same clauses: written out, because every builder call makes one."""
        return type(self)(
            self.projection,
            self.sources,
            self.joins,
            self.where,
            self.group_by,
            self.having,
            self.order_by,
            self.limit,
            self.offset,
            self.distinct,
        )


class Values(Node):
    """The rows of an insert. A cell is a plain value (bound with its column's type) or an expression; `plain`
    says that none is an expression.
    """

    __slots__ = ("plain", "rows")

    def __init__(self, rows: Sequence[tuple[Any, ...]], plain: bool = False) -> None:
        self.rows = rows
        self.plain = plain


class OnConflict(Node):
    """ON CONFLICT: `assignments` None means DO NOTHING."""

    __slots__ = ("assignments", "target", "where")

    def __init__(
        self,
        target: tuple[Column, ...],
        assignments: tuple[Assignment, ...] | None,
        where: Expression | None = None,
    ) -> None:
        self.target = target
        self.assignments = assignments
        self.where = where


class Assignment(Node):
    """`column = value`."""

    __slots__ = ("column", "value")

    def __init__(self, column: Column, value: Expression) -> None:
        self.column = column
        self.value = value


class Insert(Statement):
    """INSERT. Neither values nor select means DEFAULT VALUES."""

    __slots__ = ("columns", "on_conflict", "select", "table", "values")

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.table = table
        self.columns: tuple[Column, ...] = ()
        self.values: Values | None = None
        self.select: Select | None = None
        self.on_conflict: OnConflict | None = None


class Update(Statement):
    """UPDATE."""

    __slots__ = ("all_rows", "assignments", "sources", "table", "where")

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.table = table
        self.assignments: tuple[Assignment, ...] = ()
        self.sources: tuple[Source, ...] = ()
        self.where: Expression | None = None
        self.all_rows = False


class Delete(Statement):
    """DELETE."""

    __slots__ = ("all_rows", "sources", "table", "where")

    def __init__(self, table: Table) -> None:
        self.projection = ()
        self.table = table
        self.sources: tuple[Source, ...] = ()
        self.where: Expression | None = None
        self.all_rows = False


COUNT_ALL = Aggregate("count", (), BIGINT)
