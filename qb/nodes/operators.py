"""Operators and predicates."""

from __future__ import annotations

from qb.nodes.base import Expression
from qb.nodes.subqueries import Subquery
from qb.nodes.values import Parameter
from qb.types import BOOLEAN, SqlType


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


class Distinction(Comparison):
    """`left IS [NOT] DISTINCT FROM right`, to which NULL is a value like any other."""

    __slots__ = ()


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
    """`operand [NOT] IN (…)`: of expressions, of one sub-query, or of one parameter that is a list."""

    __slots__ = ("negated", "operand", "options")

    def __init__(
        self, operand: Expression, options: tuple[Expression, ...] | Subquery | Parameter, negated: bool
    ) -> None:
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


class Match(Expression):
    """A test whether a regular expression fits somewhere in a text."""

    __slots__ = ("ignore_case", "negated", "operand", "pattern")

    def __init__(self, operand: Expression, pattern: Expression, negated: bool, ignore_case: bool) -> None:
        self.operand = operand
        self.pattern = pattern
        self.negated = negated
        self.ignore_case = ignore_case
        self.type = BOOLEAN


class Collate(Expression):
    """`operand COLLATE name`."""

    __slots__ = ("name", "operand")

    def __init__(self, operand: Expression, name: str) -> None:
        self.operand = operand
        self.name = name
        self.type = operand.type
