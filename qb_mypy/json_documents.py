"""Documents with other parts, and documents made of values: their types, and what JSON has no form for."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import CallExpr, Context, IndexExpr, MemberExpr, NameExpr
from mypy.nodes import Expression as Code
from mypy.plugin import FunctionContext, MethodContext
from mypy.typeops import make_simplified_union
from mypy.types import AnyType, Instance, NoneType, ProperType, Type, TypedDictType, TypeOfAny, get_proper_type

from qb_mypy import messages, windows
from qb_mypy.encoding import Expression, expr_type, expression, is_optional, lax, optional, union_of_refs, without_none
from qb_mypy.json_paths import SCALARS
from qb_mypy.names import AGGREGATE
from qb_mypy.operators import inside_aggregate, nullable_if
from qb_mypy.values import BOOL, FLOAT, INT, STR, class_name, describe, shown, storable

NO_JSON = SCALARS - {BOOL, INT, FLOAT, STR}
LIST, DICT = "builtins.list", "builtins.dict"


def changed(ctx: FunctionContext) -> Type:
    """`fn.json_set(User.settings["theme"], "dark")`, `fn.json_remove(…)`: the whole document."""
    api = _checker(ctx)
    part = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    if part is None:
        return ctx.default_return_type
    if part.is_column:
        messages.report(api, messages.not_a_part(describe(part)), ctx.context)
        return ctx.default_return_type
    parts = [part]
    for type in [type for group in ctx.arg_types[1:] for type in group]:
        value = expression(type, api)
        parts += [] if value is None else [value]
        _check_item(api, ctx.context, type)
        found = get_proper_type(type) if value is None else value.value
        if not storable(part.value, found):
            words = ("the value" if value is None else describe(value), shown(api, found))
            message = messages.written("the part", shown(api, part.value), *words)
            messages.report(api, message, ctx.context)
    document = document_of(api, ctx.args[0][0])
    whole: Type = AnyType(TypeOfAny.special_form) if document is None else document.value
    return expr_type(api, whole, union_of_refs(parts))


def document_of(api: TypeChecker, part: Code) -> Expression | None:
    """The document of a part, where it is written as `document[key]…`."""
    if not isinstance(part, IndexExpr):
        return None
    while isinstance(part, IndexExpr):
        part = part.base
    called = part.callee if isinstance(part, CallExpr) else None
    if isinstance(called, (MemberExpr, NameExpr)) and called.name == "json_value":  # a part itself
        return None
    found = api.lookup_type_or_none(part)
    return None if found is None else expression(found, api)


def merged(ctx: FunctionContext) -> Type:
    """`fn.json_merge(User.settings, {"theme": "dark"})`."""
    api = _checker(ctx)
    types = [type for group in ctx.arg_types for type in group]
    parts = [expression(type, api) for type in types]
    first = parts[0] if parts else None
    if first is None:
        return ctx.default_return_type
    for type, part in zip(types, parts, strict=True):
        value = get_proper_type(type) if part is None else part.value
        name = class_name(without_none(value))
        if isinstance(value, NoneType) or name in SCALARS or name == LIST:
            _report_operand(api, ctx.context, part, value, "fn.json_merge()", "objects")
    return expr_type(api, nullable_if(first.value, parts), union_of_refs(parts))


def length(ctx: FunctionContext) -> Type:
    """`fn.json_array_length(items)`."""
    api = _checker(ctx)
    items = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    if items is None:
        return ctx.default_return_type
    value = without_none(items.value)
    name = class_name(value)
    if name in SCALARS or name == DICT:
        _report_operand(api, ctx.context, items, value, "fn.json_array_length()", "lists")
    return expr_type(api, nullable_if(api.named_generic_type(INT, []), [items]), items.refs)


def object_of(ctx: FunctionContext) -> Type:
    """`fn.json_object(title=Album.title)`: a TypedDict."""
    api = _checker(ctx)
    types, names = ctx.arg_types[0], ctx.arg_names[0]
    values = [_check_item(api, ctx.context, type) for type in types]
    parts = [expression(type, api) for type in types]
    if any(name is None for name in names):  # **members
        return expr_type(api, expression(ctx.default_return_type, api).value, union_of_refs(parts))  # type: ignore[union-attr]  # an expression
    items = {name: value for name, value in zip(names, values, strict=True) if name is not None}
    made = TypedDictType(items, set(items), set(), api.named_generic_type("typing._TypedDict", []))
    return expr_type(api, made, lax(union_of_refs(parts)))


def list_of(ctx: FunctionContext) -> Type:
    """`fn.json_array(Album.title, Album.plays)`: a list of what the items have."""
    api = _checker(ctx)
    values = [_check_item(api, ctx.context, type) for type in ctx.arg_types[0]]
    item = make_simplified_union(values) if values else AnyType(TypeOfAny.special_form)
    made = api.named_generic_type(LIST, [item])
    return expr_type(api, made, lax(union_of_refs([expression(type, api) for type in ctx.arg_types[0]])))


def aggregated(ctx: FunctionContext) -> Type:
    """`fn.json_agg(Album.title)`: a list, never NULL."""
    api = _checker(ctx)
    part = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    if part is None:
        return ctx.default_return_type
    _check_item(api, ctx.context, ctx.arg_types[0][0])
    made = api.named_generic_type(LIST, [part.value])
    keys = [expression(type, api) for type in ctx.arg_types[1]] if len(ctx.arg_types) > 1 else []
    refs = union_of_refs([part, *keys, *windows.sort_keys(ctx)])
    return expr_type(api, made, inside_aggregate(refs), AGGREGATE)


def test(ctx: MethodContext, name: str) -> Type:
    """`document.has_key("x")`, `document.json_contains({…})`."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    document = expression(ctx.type, api)
    if document is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    value = without_none(document.value)
    kind = class_name(value)
    if kind in SCALARS or _is_enum(value) or (kind == LIST and name == "has_key"):
        _report_operand(api, ctx.context, document, value, f".{name}()", "JSON documents")
    other = expression(ctx.arg_types[0][0], api)
    if name == "json_contains":
        _check_item(api, ctx.context, ctx.arg_types[0][0])
    parts = [document, other]
    return expr_type(api, nullable_if(api.named_generic_type(BOOL, []), parts), union_of_refs(parts))


def _check_item(api: TypeChecker, where: Context, type: Type) -> Type:
    """The type of a value inside of a document; what JSON does not have is reported."""
    part = expression(type, api)
    value = get_proper_type(type) if part is None else part.value
    bare = without_none(value)
    if class_name(bare) in NO_JSON or _is_enum(bare):
        name = "the value" if part is None else describe(part)
        messages.report(api, messages.not_in_json(name, shown(api, value)), where)
    if isinstance(bare, Instance) and bare.last_known_value is not None:
        bare = bare.copy_modified(last_known_value=None)
        return optional(bare) if is_optional(value) else bare
    return value


def _report_operand(
    api: TypeChecker, where: Context, part: Expression | None, value: ProperType, function: str, kind: str
) -> None:
    name = "the value" if part is None else describe(part)
    messages.report(api, messages.wrong_operand(name, shown(api, value), function, kind), where)


def _is_enum(value: ProperType) -> bool:
    return isinstance(value, Instance) and value.type.is_enum


def _checker(ctx: FunctionContext) -> TypeChecker:
    assert isinstance(ctx.api, TypeChecker)
    return ctx.api
