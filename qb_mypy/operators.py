"""Operators, methods and functions of expressions: their values, their refs, and what does not go together."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.plugin import FunctionContext, MethodContext
from mypy.typeops import make_simplified_union
from mypy.types import (
    AnyType,
    Instance,
    NoneType,
    ProperType,
    Type,
    TypeOfAny,
    UnionType,
    get_proper_type,
)

from qb_mypy import messages
from qb_mypy.encoding import (
    AGGREGATE,
    LABELED,
    Expression,
    Ref,
    class_info,
    expr_type,
    expression,
    facts_of,
    is_optional,
    lax,
    literals,
    optional,
    refs_type,
    strings,
    union_of_refs,
    without_none,
)

COMPARISONS = {
    "__eq__": "==",
    "__ne__": "!=",
    "__lt__": "<",
    "__le__": "<=",
    "__gt__": ">",
    "__ge__": ">=",
    "between": "between",
    "not_between": "not_between",
}
ARITHMETIC = {
    "__add__": "+",
    "__radd__": "+",
    "__sub__": "-",
    "__rsub__": "-",
    "__mul__": "*",
    "__rmul__": "*",
    "__truediv__": "/",
    "__rtruediv__": "/",
    "__floordiv__": "//",
    "__rfloordiv__": "//",
    "__mod__": "%",
    "__rmod__": "%",
}
LOGIC = frozenset({"__and__", "__or__"})
TEXT_TESTS = frozenset({"like", "not_like", "ilike", "startswith", "endswith", "contains"})
MEMBERSHIP = frozenset({"in_", "not_in"})
NULL_TESTS = frozenset({"is_null", "is_not_null"})

INT, FLOAT, DECIMAL, STR = "builtins.int", "builtins.float", "decimal.Decimal", "builtins.str"
NUMBERS = frozenset({INT, FLOAT, DECIMAL, "builtins.bool"})


def comparison(ctx: MethodContext, operator: str) -> Type:
    """`a == b` and its like: a bool, or None where an operand is NULL."""
    api, left = _self(ctx)
    if left is None:
        return ctx.default_return_type
    types = [type for group in ctx.arg_types for type in group]
    parts = [left, *[expression(type, api) for type in types]]
    for type in types:
        check_comparable(api, ctx, left, type)
    if operator in ("==", "!=") and isinstance(get_proper_type(types[0]), NoneType):
        return expr_type(api, _bool(api), lax(left.refs))
    return expr_type(api, _nullable_if(_bool(api), parts), union_of_refs(parts))


def membership(ctx: MethodContext) -> Type:
    """`a.in_(…)`: of values, expressions or a select."""
    api, left = _self(ctx)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    options = get_proper_type(ctx.arg_types[0][0])
    refs: list[Ref] | None = left.refs
    if isinstance(options, Instance) and options.type.has_base("qb.query.Query"):
        values = selected_values(options)
        if values is not None and len(values) != 1:
            message = f"A sub-query in .in_() selects one column, but this one has {len(values)}"
            messages.report(api, message, ctx.context, messages.TYPE)
        elif values is not None:
            _check_types(api, ctx.context, left, values[0], "the sub-query's column")
        free = free_refs(options)
        refs = None if refs is None or free is None else refs + free
        return expr_type(api, _nullable_if(_bool(api), [left]), refs)
    item = _item_type(api, options)
    if item is None:
        return expr_type(api, _nullable_if(_bool(api), [left]), refs)
    part = expression(item, api)
    check_comparable(api, ctx, left, item)
    return expr_type(api, _nullable_if(_bool(api), [left, part]), union_of_refs([left, part]))


def arithmetic(ctx: MethodContext, operator: str, reflected: bool) -> Type:
    """`a + b` and its like."""
    api, own = _self(ctx)
    if own is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    other_type = ctx.arg_types[0][0]
    other = expression(other_type, api)
    other_value = other.value if other is not None else get_proper_type(other_type)
    pair = (other_value, own.value) if reflected else (own.value, other_value)
    value = result_of(api, operator, without_none(pair[0]), without_none(pair[1]))
    if value is None:
        words = [describe(own), _plain(api, own.value)], [
            "the other side" if other is None else describe(other),
            _plain(api, other_value),
        ]
        first, second = (words[1], words[0]) if reflected else words
        message = messages.no_arithmetic(operator, *first, *second)
        messages.report(api, message, ctx.context, messages.TYPE)
        value = AnyType(TypeOfAny.from_error)
    parts = [own, other if other is not None else Expression(other_value, [])]
    return expr_type(api, _nullable_if(value, parts), union_of_refs([own, other]))


def result_of(api: TypeChecker, operator: str, left: ProperType, right: ProperType) -> Type | None:
    """The type of `left operator right` in SQL; None when there is no such operator."""
    if isinstance(left, AnyType) or isinstance(right, AnyType):
        return AnyType(TypeOfAny.special_form)
    names = {_name(left), _name(right)}
    if names == {STR} and operator == "+":
        return api.named_generic_type(STR, [])
    if not names <= NUMBERS or "builtins.bool" in names:
        return None
    if operator == "/":
        return api.named_generic_type(FLOAT, [])
    if operator in ("//", "%"):
        return api.named_generic_type(INT, []) if names == {INT} else None
    if FLOAT in names:
        return api.named_generic_type(FLOAT, [])
    if DECIMAL in names:
        return left if _name(left) == DECIMAL else right
    return api.named_generic_type(INT, [])


def logic(ctx: MethodContext) -> Type:
    """`a & b`, `a | b`."""
    api, left = _self(ctx)
    if left is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    parts = [left, expression(ctx.arg_types[0][0], api)]
    for part in parts:
        if part is not None and not isinstance(part.value, AnyType):
            if _name(without_none(part.value)) != "builtins.bool":
                message = f"{describe(part)} is {_plain(api, part.value)}, not a condition"
                messages.report(api, message, ctx.context, messages.TYPE)
    return expr_type(api, _nullable_if(_bool(api), parts), union_of_refs(parts))


def text_test(ctx: MethodContext, method: str) -> Type:
    """`a.like(…)`, `a.startswith(…)` and their like."""
    api, left = _self(ctx)
    if left is None:
        return ctx.default_return_type
    types = [type for group in ctx.arg_types for type in group]
    parts = [left, *[expression(type, api) for type in types]]
    if not isinstance(left.value, AnyType) and _name(without_none(left.value)) != STR:
        message = messages.not_text(method, describe(left), _plain(api, left.value))
        messages.report(api, message, ctx.context, messages.TYPE)
    else:
        for type in types:
            check_comparable(api, ctx, left, type)
    return expr_type(api, _nullable_if(_bool(api), parts), union_of_refs(parts))


def null_test(ctx: MethodContext) -> Type:
    """`a.is_null()`: always true or false."""
    api, operand = _self(ctx)
    return ctx.default_return_type if operand is None else expr_type(api, _bool(api), lax(operand.refs))


def inverted(ctx: MethodContext) -> Type:
    """`~a`."""
    api, operand = _self(ctx)
    if operand is None:
        return ctx.default_return_type
    return expr_type(api, _nullable_if(_bool(api), [operand]), operand.refs)


def labelled(ctx: MethodContext) -> Type:
    """`a.as_("name")`."""
    api, operand = _self(ctx)
    if operand is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    names = strings(ctx.arg_types[0][0])
    name: Type = literals(api, names) if names else AnyType(TypeOfAny.special_form)
    return Instance(class_info(api, LABELED), [operand.value, refs_type(api, operand.refs), name])


def filtered(ctx: MethodContext) -> Type:
    """`fn.count(…).filter(predicate)` reads what the predicates read."""
    api, own = _self(ctx)
    if own is None:
        return ctx.default_return_type
    predicates = [expression(type, api) for group in ctx.arg_types for type in group]
    refs = union_of_refs([own, *predicates])
    return expr_type(api, own.value, _inside_aggregate(refs), AGGREGATE)


def function(ctx: FunctionContext) -> Type:
    """Any function of `fn`: its plain return type, with the refs of its arguments."""
    api = _checker(ctx)
    result = get_proper_type(ctx.default_return_type)
    own = expression(result, api)
    if own is None:
        return ctx.default_return_type
    assert isinstance(result, Instance)
    parts = [expression(type, api) for group in ctx.arg_types for type in group]
    refs = union_of_refs(parts)
    value = own.value
    if result.type.fullname == AGGREGATE:
        refs = _inside_aggregate(refs)
    else:
        value = get_proper_type(_nullable_if(value, parts))
    return result.copy_modified(args=[value, refs_type(api, refs)])


def coalesce(ctx: FunctionContext) -> Type:
    """`fn.coalesce(a, b, …)`: NULL only where all of them are."""
    api = _checker(ctx)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    first = parts[0] if parts else None
    if first is None:
        return ctx.default_return_type
    values = []
    for type, part in zip(types, parts, strict=True):
        if part is None:
            check_comparable(api, ctx, first, type)
        else:
            _check_types(api, ctx.context, first, part.value, describe(part))
        values.append(get_proper_type(type) if part is None else part.value)
    always = any(part is None and not is_optional(value) for part, value in zip(parts, values, strict=True))
    result = without_none(first.value)
    if not always and all(is_optional(value) for value in values):
        result = get_proper_type(optional(result))
    refs = lax(union_of_refs(parts))
    last = parts[-1]
    if refs is not None and not always and last is not None and last.refs:
        refs = [ref for ref in refs if ref not in (lax(last.refs) or [])] + last.refs
    return expr_type(api, result, refs)


def nullif(ctx: FunctionContext) -> Type:
    """`fn.nullif(a, b)`: may be NULL, whatever its arguments."""
    api = _checker(ctx)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    first = parts[0] if parts else None
    if first is None:
        return ctx.default_return_type
    for type in types[1:]:
        check_comparable(api, ctx, first, type)
    return expr_type(api, optional(first.value), union_of_refs(parts))


def exists(ctx: FunctionContext) -> Type:
    """`exists(select)` reads what the select takes from the query around it."""
    api = _checker(ctx)
    query = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    if not isinstance(query, Instance):
        return ctx.default_return_type
    return expr_type(api, _bool(api), lax(free_refs(query)))


def raw(ctx: FunctionContext) -> Type:
    """`sql("…{}…", …)` reads what its holes read."""
    api = _checker(ctx)
    result = get_proper_type(ctx.default_return_type)
    if not isinstance(result, Instance) or len(ctx.arg_types) < 2:
        return ctx.default_return_type
    refs = lax(union_of_refs([expression(type, api) for type in ctx.arg_types[1]]))
    value = get_proper_type(result.args[0])
    unknown = isinstance(value, Instance) and value.type.fullname == "builtins.object"
    return result.copy_modified(
        args=[AnyType(TypeOfAny.special_form) if unknown else value, refs_type(api, refs)]
    )


def literal(ctx: FunctionContext) -> Type:
    """`literal(value)` reads nothing."""
    api = _checker(ctx)
    own = expression(ctx.default_return_type, api)
    return ctx.default_return_type if own is None else expr_type(api, own.value, [])


def column_value(ctx: FunctionContext) -> Type:
    """`excluded(column)`: the column's type; it belongs to the row that an insert tried."""
    api = _checker(ctx)
    own = expression(ctx.default_return_type, api)
    return ctx.default_return_type if own is None else expr_type(api, own.value, [])


# Inside


def selected_values(query: Instance) -> list[ProperType] | None:
    """The types of what a query selects; None when they are unknown."""
    from qb_mypy.rows import items_of

    return items_of(query)


def free_refs(query: Instance) -> list[Ref] | None:
    """What a sub-query reads of the query around it; None when that is unknown."""
    from qb_mypy.queries import scope_of

    scope = scope_of(query)
    return None if scope is None else [use.ref for use in scope.free]


def check_comparable(api: TypeChecker, ctx: MethodContext | FunctionContext, left: Expression, right: Type) -> None:
    """Report a comparison of types that have no value in common."""
    part = expression(right, api)
    value = get_proper_type(right) if part is None else part.value
    _check_types(api, ctx.context, left, value, "the value" if part is None else describe(part))


def _check_types(api: TypeChecker, where: Context, left: Expression, right: ProperType, name: str) -> None:
    if not comparable(without_none(left.value), without_none(right)):
        message = messages.compared(describe(left), _plain(api, left.value), name, _plain(api, right))
        messages.report_of_operator(api, message, where, messages.TYPE)


def comparable(left: ProperType, right: ProperType) -> bool:
    """Whether SQL compares the two: the same class, or two kinds of number."""
    if isinstance(left, UnionType):
        return any(comparable(get_proper_type(item), right) for item in left.items)
    if isinstance(right, UnionType):
        return all(comparable(left, get_proper_type(item)) for item in right.items)
    first, second = _name(left), _name(right)
    if first is None or second is None or first == second:
        return True
    if first in NUMBERS and second in NUMBERS:
        return "builtins.bool" not in (first, second)
    if {first, second} == {"datetime.date", "datetime.datetime"}:
        return False  # a datetime is a date to Python, but not to SQL
    left_class, right_class = _instance(left), _instance(right)
    if left_class is None or right_class is None:
        return True
    return left_class.type.has_base(right_class.type.fullname) or right_class.type.has_base(
        left_class.type.fullname
    )


def describe(part: Expression) -> str:
    """An operand in words: `Album.title`, or what it is made of."""
    if part.refs and len(part.refs) == 1 and not part.refs[0].lax and not part.refs[0].aggregated:
        return part.refs[0].display()
    return "the expression"


def _plain(api: TypeChecker, type: Type) -> str:
    bare = without_none(type)
    if isinstance(bare, Instance) and bare.last_known_value is not None:
        bare = bare.copy_modified(last_known_value=None)
    return messages.shown(api, bare).strip('"') if not isinstance(get_proper_type(type), NoneType) else "NULL"


def _instance(type: ProperType) -> Instance | None:
    from mypy.types import LiteralType, TupleType, TypedDictType

    if isinstance(type, Instance):
        return type
    if isinstance(type, (LiteralType, TypedDictType)):
        return type.fallback
    return type.partial_fallback if isinstance(type, TupleType) else None


def _name(type: ProperType) -> str | None:
    """The class of a type; None when anything may be compared with it."""
    found = _instance(type)
    if found is None or found.type.fullname == "builtins.object" or found.type.is_protocol:
        return None
    return found.type.fullname


def _item_type(api: TypeChecker, options: ProperType) -> Type | None:
    """What iterating over a type gives."""
    from mypy.types import TupleType

    if isinstance(options, TupleType):
        return make_simplified_union(options.items) if options.items else None
    if not isinstance(options, Instance):
        return None
    iterable = api.lookup_typeinfo("typing.Iterable")
    if not options.type.has_base(iterable.fullname):
        return None
    from mypy.maptype import map_instance_to_supertype

    return map_instance_to_supertype(options, iterable).args[0]


def _inside_aggregate(refs: list[Ref] | None) -> list[Ref] | None:
    return None if refs is None else [ref._replace(lax=True, aggregated=True) for ref in refs]


def _nullable_if(value: Type, parts: list[Expression | None]) -> Type:
    return optional(value) if any(part is not None and is_optional(part.value) for part in parts) else value


def _bool(api: TypeChecker) -> Instance:
    return api.named_generic_type("builtins.bool", [])


def _checker(ctx: MethodContext | FunctionContext) -> TypeChecker:
    assert isinstance(ctx.api, TypeChecker)
    return ctx.api


def _self(ctx: MethodContext) -> tuple[TypeChecker, Expression | None]:
    api = _checker(ctx)
    return api, expression(ctx.type, api)
