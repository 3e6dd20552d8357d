"""Values: which of them SQL compares, adds and stores, and how they are called in messages."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    LiteralType,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    TypeType,
    UnionType,
    get_proper_type,
)

from qb_mypy import messages
from qb_mypy.encoding import Expression, expression, is_optional, without_none
from qb_mypy.names import QUERY

BOOL, INT, FLOAT, DECIMAL = "builtins.bool", "builtins.int", "builtins.float", "decimal.Decimal"
LIST = "builtins.list"
STR, BYTES, TIMEDELTA = "builtins.str", "builtins.bytes", "datetime.timedelta"
DATE, TIME, DATETIME = "datetime.date", "datetime.time", "datetime.datetime"
UUID = "uuid.UUID"
INTERVAL = "datetime.timedelta"
NUMBERS = frozenset({INT, FLOAT, DECIMAL})
STORED_AS = {INT: {INT}, DECIMAL: {INT, DECIMAL}, FLOAT: {INT, FLOAT}}
"""The numbers that a column of each kind holds exactly."""


def class_name(type: ProperType) -> str | None:
    """The class of a value's type; None when it may be anything."""
    if isinstance(type, TypedDictType):
        return "builtins.dict"
    if isinstance(type, (TypeType, FunctionLike)):
        return "builtins.type"
    found = _instance(type)
    if found is None or found.type.fullname == "builtins.object" or found.type.is_protocol:
        return None
    return found.type.fullname


def comparable(left: ProperType, right: ProperType) -> bool:
    """Whether SQL compares the two: the same class, or two kinds of number."""
    if isinstance(left, UnionType):
        return any(comparable(get_proper_type(item), right) for item in left.items)
    if isinstance(right, UnionType):
        return all(comparable(left, get_proper_type(item)) for item in right.items)
    first, second = class_name(left), class_name(right)
    if first is None or second is None or first == second:
        return True
    if first in NUMBERS and second in NUMBERS:
        return True
    # To Python a bool is an int and a datetime a date, but not to SQL.
    if BOOL in (first, second) or {first, second} == {DATE, DATETIME}:
        return False
    left_class, right_class = _instance(left), _instance(right)
    if left_class is None or right_class is None:
        return False
    return left_class.type.has_base(second) or right_class.type.has_base(first)


def storable(column: ProperType, value: ProperType) -> bool:
    """Whether a column of a type holds a value of another: comparable, and nothing is cut off."""
    if is_optional(value) and not is_optional(column):
        return False
    bare, given = without_none(column), without_none(value)
    kinds = STORED_AS.get(class_name(bare) or "")
    if kinds is not None and class_name(given) in NUMBERS:
        return class_name(given) in kinds
    return comparable(bare, given)


def result_of(api: TypeChecker, operator: str, left: ProperType, right: ProperType) -> Type | None:
    """The type of `left operator right` in SQL; None when there is no such operator."""
    if isinstance(left, AnyType) or isinstance(right, AnyType):
        return AnyType(TypeOfAny.special_form)
    names = {class_name(left), class_name(right)}
    if names == {STR} and operator == "+":
        return api.named_generic_type(STR, [])
    if names == {LIST} and operator == "+":
        return left
    if names == {TIMEDELTA} and operator in ("+", "-"):
        return left
    moments = {DATE, DATETIME}
    if class_name(left) in moments and operator in ("+", "-") and class_name(right) == TIMEDELTA:
        return left
    if class_name(right) in moments and operator == "+" and class_name(left) == TIMEDELTA:
        return right
    if operator == "-" and names in ({DATE}, {DATETIME}):
        return api.named_generic_type(TIMEDELTA, [])
    if not names <= NUMBERS:
        return None
    if operator == "/":
        return api.named_generic_type(FLOAT, [])
    if operator in ("//", "%") and FLOAT in names:
        return None
    if FLOAT in names:
        return api.named_generic_type(FLOAT, [])
    if DECIMAL in names:
        return left if class_name(left) == DECIMAL else right
    return api.named_generic_type(INT, [])


def check_comparable(api: TypeChecker, where: Context, left: Expression, right: Type) -> bool:
    """Report a comparison of types that have no value in common. `right` is the type of any Python object."""
    part = expression(right, api)
    value = get_proper_type(right) if part is None else part.value
    if isinstance(value, Instance) and value.type.has_base(QUERY):
        messages.report_of_operator(api, messages.select_as_value(), where)
        return False
    return check_types(api, where, left, value, "the value" if part is None else describe(part))


def check_types(api: TypeChecker, where: Context, left: Expression, right: ProperType, name: str) -> bool:
    """Likewise for two values of expressions."""
    if comparable(without_none(left.value), without_none(right)):
        return True
    message = messages.compared(describe(left), shown(api, left.value), name, shown(api, right))
    messages.report_of_operator(api, message, where)
    return False


def check_never_null(api: TypeChecker, where: Context, left: Expression, operator: str, right: Type) -> bool:
    """Report an operator other than `==` whose plain operand is None, or may be."""
    value = get_proper_type(right)
    if not is_optional(value):
        return True
    message = messages.never_true(describe(left), operator, isinstance(value, NoneType))
    messages.report_of_operator(api, message, where)
    return False


def describe(part: Expression) -> str:
    """An operand in words: a column by its name."""
    refs = [ref for ref in part.refs or () if not ref.is_mark]
    if part.is_column and len(refs) == 1:
        return refs[0].display()
    return "the expression"


def shown(api: TypeChecker, type: Type) -> str:
    """A value's type in words, without None."""
    if isinstance(get_proper_type(type), NoneType):
        return "NULL"
    bare = without_none(type)
    if isinstance(bare, Instance) and bare.last_known_value is not None:
        bare = bare.copy_modified(last_known_value=None)
    return messages.quoted(api, bare).strip('"')


def _instance(type: ProperType) -> Instance | None:
    if isinstance(type, Instance):
        return type
    if isinstance(type, (LiteralType, TypedDictType)):
        return type.fallback
    return type.partial_fallback if isinstance(type, TupleType) else None
