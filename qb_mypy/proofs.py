"""What a condition proves: the columns that are not NULL in a row for which it is true.

It is read from the condition as it is written: of a variable, or what a function returns, nobody knows which condition
it is. (A type argument could not tell: an expression that reads less is a subtype of one that reads more.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.nodes import CallExpr, ComparisonExpr, MemberExpr, NameExpr, OpExpr, UnaryExpr
from mypy.nodes import Expression as Written
from mypy.types import AnyType, Instance, LiteralType, NoneType, ProperType, TypedDictType, UnionType, get_proper_type

from qb_mypy.encoding import expression, is_optional, without_none
from qb_mypy.names import EXPR, QUERY
from qb_mypy.operators import item_types
from qb_mypy.values import LIST, class_name

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%"})
TEXT_TESTS = frozenset(
    {"like", "not_like", "ilike", "not_ilike", "startswith", "endswith", "contains", "matches", "not_matches"}
)
SAME = frozenset({"as_", "collate"})
"""Methods that give what they are called on."""
FUNCTIONS = frozenset({"lower", "upper", "length", "abs", "trim", "ltrim", "rtrim", "year", "month", "day"})
"""Functions of `fn` that are NULL where their first argument is."""


class Proven(NamedTuple):
    """A column that is not NULL."""

    column: str
    """As `source.column`."""
    source: str
    is_nullable: bool
    """Whether it may be by its declaration."""


def when_true(api: TypeChecker, node: Written) -> set[Proven]:
    """What is not NULL where a condition is true."""
    return _decided(api, node, True)


def _decided(api: TypeChecker, node: Written, truth: bool) -> set[Proven]:
    """What is not NULL where a condition is true, or where it is false."""
    if isinstance(node, OpExpr) and node.op in ("&", "|"):
        both = [_decided(api, operand, truth) for operand in (node.left, node.right)]
        return both[0] | both[1] if (node.op == "&") == truth else both[0] & both[1]
    if isinstance(node, UnaryExpr) and node.op == "~":
        return _decided(api, node.expr, not truth)
    if isinstance(node, ComparisonExpr) and len(node.operators) == 1:
        return _compared(api, node.operators[0], node.operands, truth)
    if isinstance(node, CallExpr):
        return _called(api, node, truth)
    return _strict(api, node)


def _compared(api: TypeChecker, operator: str, operands: Sequence[Written], truth: bool) -> set[Proven]:
    if operator not in COMPARISONS:
        return set()
    types = [_type(api, operand) for operand in operands]
    if any(type is None for type in types):
        return set()
    plain = [type for type in types if type is not None and not _is_expression(type)]
    if not all(_is_never_none(type) for type in plain):  # it may be IS NULL
        null_is = {"==": False, "!=": True}.get(operator)
        if null_is is not truth or any(isinstance(type, AnyType) for type in plain):
            return set()
    return _all(_strict(api, operand) for operand in operands)


def _called(api: TypeChecker, node: CallExpr, truth: bool) -> set[Proven]:
    callee = node.callee
    if isinstance(callee, (NameExpr, MemberExpr)) and callee.fullname.startswith("qb.expressions.conditions."):
        if any(kind.is_star() for kind in node.arg_kinds) or callee.name not in ("all_of", "any_of") or not node.args:
            return set()
        parts = [_decided(api, argument, truth) for argument in node.args]
        return set.union(*parts) if (callee.name == "all_of") == truth else set.intersection(*parts)
    owner = _type(api, callee.expr) if isinstance(callee, MemberExpr) else None
    if not isinstance(callee, MemberExpr) or owner is None or not _is_expression(owner):
        return _strict(api, node)
    if callee.name == "is_not_null" or callee.name == "is_null":
        return _strict(api, callee.expr) if (callee.name == "is_not_null") == truth else set()
    if callee.name == "in_" and truth and len(node.args) == 1:
        return _strict(api, callee.expr) if _never_holds_none(api, node.args[0]) else set()
    if callee.name == "between" and truth:
        found = _strict(api, callee.expr)
        return found.union(*[_strict(api, argument) for argument in node.args])
    if callee.name in TEXT_TESTS:
        return _strict(api, callee.expr)
    return _strict(api, node)


def _strict(api: TypeChecker, node: Written) -> set[Proven]:
    """What is not NULL where an expression is not."""
    type = _type(api, node)
    part = None if type is None else expression(type, api)
    if part is None or part.refs is None:
        return set()
    if part.is_column:
        if len(part.refs) != 1:
            return set()
        (ref,) = part.refs
        return {Proven(f"{ref.source}.{ref.column}", ref.source, is_optional(part.value))}
    if isinstance(node, OpExpr) and node.op in ARITHMETIC and class_name(without_none(part.value)) not in (LIST, None):
        return _strict(api, node.left) | _strict(api, node.right)
    if isinstance(node, UnaryExpr) and node.op in ("-", "~"):
        return _strict(api, node.expr)
    if isinstance(node, ComparisonExpr) and len(node.operators) == 1:
        types = [_type(api, operand) for operand in node.operands]
        if all(type is not None and (_is_expression(type) or _is_never_none(type)) for type in types):
            return _all(_strict(api, operand) for operand in node.operands)
        return set()
    if isinstance(node, CallExpr) and isinstance(node.callee, MemberExpr):
        callee = node.callee
        if callee.name in FUNCTIONS and callee.fullname.startswith("qb.fn.") and node.args:
            return _strict(api, node.args[0])
        owner = _type(api, callee.expr)
        if callee.name in SAME and owner is not None and _is_expression(owner):
            return _strict(api, callee.expr)
    return set()


def _all(found: Iterable[set[Proven]]) -> set[Proven]:
    return set[Proven]().union(*found)


def _type(api: TypeChecker, node: Written) -> ProperType | None:
    type = api.lookup_type_or_none(node)
    return None if type is None else get_proper_type(type)


def _is_expression(type: ProperType) -> bool:
    return isinstance(type, Instance) and type.type.has_base(EXPR)


def _is_never_none(type: ProperType | None) -> bool:
    """Whether a plain value cannot be None, nor anything that is made of other values."""
    if isinstance(type, UnionType):
        return all(_is_never_none(get_proper_type(item)) for item in type.items)
    if isinstance(type, NoneType) or type is None:
        return False
    return isinstance(type, (Instance, LiteralType, TypedDictType)) and class_name(type) is not None


def _never_holds_none(api: TypeChecker, node: Written) -> bool:
    """Whether what `.in_(…)` takes is a select, or has no None among its items."""
    type = _type(api, node)
    if isinstance(type, Instance) and type.type.has_base(QUERY):
        return True
    items = [] if type is None else [get_proper_type(item) for item in item_types(api, type, node)]
    return bool(items) and all(_is_expression(item) or _is_never_none(item) for item in items)
