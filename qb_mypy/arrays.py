"""What is asked of PostgreSQL's arrays."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import MethodContext
from mypy.types import AnyType, Instance, Type, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import expr_type, expression, union_of_refs, without_none
from qb_mypy.operators import nullable_if
from qb_mypy.values import BOOL, LIST, check_comparable, check_never_null, class_name, comparable, describe, shown

TESTS = ("has", "contains_all", "contained_by", "overlaps")


def test(ctx: MethodContext, name: str) -> Type:
    """`Album.tags.has("x")`, `Album.tags.overlaps(["x", "y"])`."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    array = expression(ctx.type, api)
    if array is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    given = ctx.arg_types[0][0]
    other = expression(given, api)
    value = without_none(array.value)
    if not isinstance(value, AnyType) and class_name(value) != LIST:
        message = messages.wrong_operand(describe(array), shown(api, array.value), f".{name}()", "arrays")
        messages.report(api, message, ctx.context)
    elif isinstance(value, Instance) and check_never_null(api, ctx.context, array, name, given):
        item = get_proper_type(value.args[0])
        found = without_none(given if other is None else other.value)
        if name == "has":
            check_comparable(api, ctx.context, array._replace(value=item, is_column=False), given)
        elif not (class_name(found) == LIST and isinstance(found, Instance) and comparable_items(item, found)):
            words = (describe(array), shown(api, array.value), "the value" if other is None else describe(other))
            message = messages.compared(*words, shown(api, found))
            messages.report(api, message, ctx.context)
    parts = [array, other]
    return expr_type(api, nullable_if(api.named_generic_type(BOOL, []), parts), union_of_refs(parts))


def comparable_items(item: Type, found: Instance) -> bool:
    """Whether the items of a list are of a kind; an empty list fits all."""
    other = get_proper_type(found.args[0])
    return comparable(without_none(item), without_none(other)) if not is_empty(other) else True


def is_empty(item: Type) -> bool:
    """Whether it is the type of the items of an empty list."""
    return type(get_proper_type(item)).__name__ == "UninhabitedType"
