"""Parts of JSON documents: their types follow from the document's, as at run time."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.constant_fold import constant_fold_expr
from mypy.plugin import FunctionContext, MethodContext
from mypy.typeops import make_simplified_union
from mypy.types import (
    AnyType,
    Instance,
    LiteralType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    UnionType,
    get_proper_type,
)

from qb_mypy import messages
from qb_mypy.encoding import Expression, expr_type, expression, is_optional, optional, strings, without_none
from qb_mypy.names import short
from qb_mypy.values import BOOL, BYTES, DATE, DATETIME, DECIMAL, FLOAT, INT, STR, TIME, TIMEDELTA, describe, shown

SCALARS = frozenset({BOOL, INT, FLOAT, DECIMAL, STR, BYTES, TIMEDELTA, DATE, TIME, DATETIME, "uuid.UUID"})
MAPPINGS = ("typing.Mapping", "builtins.dict")
SEQUENCES = ("typing.Sequence", "builtins.list")


def part(ctx: MethodContext) -> Type:
    """`User.settings["theme"]`: the part's type, or None where there may be no such part."""
    api, document = ctx.api, expression(ctx.type, ctx.api)  # type: ignore[arg-type]  # the checker, as below
    assert isinstance(api, TypeChecker)
    if document is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    key_type = get_proper_type(ctx.arg_types[0][0])
    key = constant_fold_expr(ctx.args[0][0], api.tree.fullname)
    if not isinstance(key, (str, int)):
        texts = strings(key_type)
        key = texts[0] if texts is not None and len(texts) == 1 else None
    if isinstance(key, bool):
        messages.report(api, messages.no_key(shown(api, key_type)), ctx.context)
        return ctx.default_return_type
    value = _part(api, ctx, document, key_type, key)
    if is_optional(document.value):
        value = optional(value)
    return expr_type(api, value, document.refs)


def value(ctx: FunctionContext) -> Type:
    """`fn.json_value(document, "a", returns=col.text())` reads the document; what it returns is only a type."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    document = expression(ctx.arg_types[0][0], api) if ctx.arg_types[0] else None
    result = expression(ctx.default_return_type, api)
    if document is None or result is None:
        return ctx.default_return_type
    found = without_none(document.value)
    if isinstance(found, Instance) and (found.type.fullname in SCALARS or found.type.is_enum):
        message = messages.no_parts(describe(document), shown(api, document.value))
        messages.report(api, message, ctx.context)
    return expr_type(api, result.value, document.refs)


def _part(
    api: TypeChecker, ctx: MethodContext, document: Expression, key_type: ProperType, key: str | int | None
) -> Type:
    """The type of the part of a document that is there. `key` is None where it is not known."""
    value = without_none(document.value)
    if isinstance(value, TypedDictType):
        return _of_typed_dict(api, ctx, document, value, key_type, key)
    if isinstance(value, TupleType):
        return _of_tuple(api, ctx, document, value, key_type, key)
    if isinstance(value, UnionType):
        return api.named_generic_type("builtins.object", [])
    if isinstance(value, LiteralType):
        value = value.fallback
    if not isinstance(value, Instance):
        return AnyType(TypeOfAny.special_form)
    if value.type.fullname in SCALARS or value.type.is_enum:
        message = messages.no_parts(describe(document), shown(api, document.value))
        messages.report(api, message, ctx.context)
        return AnyType(TypeOfAny.from_error)
    if value.type.fullname in MAPPINGS:
        _check_key(api, ctx, document, key_type, STR, "texts")
        return optional(value.args[1])
    if value.type.fullname in (*SEQUENCES, "builtins.tuple"):
        _check_key(api, ctx, document, key_type, INT, "whole numbers")
        return optional(value.args[0])
    return optional(api.named_generic_type("builtins.object", []))


def _of_typed_dict(
    api: TypeChecker,
    ctx: MethodContext,
    document: Expression,
    value: TypedDictType,
    key_type: ProperType,
    key: str | int | None,
) -> Type:
    if not _check_key(api, ctx, document, key_type, STR, "texts"):
        return AnyType(TypeOfAny.from_error)
    if not isinstance(key, str):
        return optional(make_simplified_union(list(value.items.values())))
    if key not in value.items:
        message = messages.unknown_key(name_of(value), key, list(value.items))
        messages.report(api, message, ctx.context)
        return AnyType(TypeOfAny.from_error)
    found = value.items[key]
    return found if key in value.required_keys else optional(found)


def name_of(value: TypedDictType) -> str:
    """The name of a TypedDict; that of json_object() has none."""
    name = short(value.fallback.type.fullname)
    return "The object" if name.startswith("_") else f'"{name}"'


def _of_tuple(
    api: TypeChecker,
    ctx: MethodContext,
    document: Expression,
    value: TupleType,
    key_type: ProperType,
    key: str | int | None,
) -> Type:
    if not _check_key(api, ctx, document, key_type, INT, "whole numbers"):
        return AnyType(TypeOfAny.from_error)
    if not isinstance(key, int):
        return optional(make_simplified_union(list(value.items)))
    if not -len(value.items) <= key < len(value.items):
        message = messages.no_index(describe(document), len(value.items), key)
        messages.report(api, message, ctx.context)
        return AnyType(TypeOfAny.from_error)
    return value.items[key]


def _check_key(
    api: TypeChecker, ctx: MethodContext, document: Expression, key_type: ProperType, wanted: str, keys: str
) -> bool:
    """Report a key that is no text, or an index that is no whole number."""
    if isinstance(key_type, LiteralType):
        key_type = key_type.fallback
    if (
        not isinstance(key_type, Instance)
        or key_type.type.fullname not in (STR, INT)
        or key_type.type.fullname == wanted
    ):
        return True  # what is neither, mypy reports itself
    message = messages.wrong_key(describe(document), shown(api, document.value), keys, shown(api, key_type))
    messages.report(api, message, ctx.context)
    return False
