"""INSERT and UPDATE: what they take, as keyword arguments and as dictionaries."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_POS, ARG_STAR, TypeInfo
from mypy.plugin import AnalyzeTypeContext, MethodContext, MethodSigContext
from mypy.typeanal import TypeAnalyser
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    Type,
    TypedDictType,
    TypeOfAny,
    UnionType,
    get_proper_type,
)

from qb_mypy import messages
from qb_mypy.declarations import columns_while_analyzing
from qb_mypy.encoding import (
    EXPR,
    GENERATED,
    REQUIRED,
    TABLE,
    class_info,
    expression,
    optional,
)
from qb_mypy.operators import comparable, describe
from qb_mypy.tables import columns


def table_of(statement: Type) -> TypeInfo | None:
    """The table of an Insert, an Update or a Delete."""
    proper = get_proper_type(statement)
    if isinstance(proper, Instance) and proper.args:
        table = get_proper_type(proper.args[0])
        if isinstance(table, Instance) and table.type.has_base(TABLE):
            return table.type
    return None


def values(ctx: MethodSigContext) -> FunctionLike:
    """`.values(…)` with a keyword argument for each column, those without a default required."""
    return _keywords(ctx, table_of(ctx.type), all_optional=False)


def assigned(ctx: MethodSigContext) -> FunctionLike:
    """`.set(…)` with a keyword argument for each column, none required."""
    return _keywords(ctx, table_of(ctx.type), all_optional=True)


def updated_on_conflict(ctx: MethodSigContext) -> FunctionLike:
    """`.do_update(…)` of an upsert, likewise."""
    conflict = get_proper_type(ctx.type)
    insert = conflict.args[0] if isinstance(conflict, Instance) and conflict.args else None
    return _keywords(ctx, None if insert is None else table_of(insert), all_optional=True)


def many_values(ctx: MethodSigContext) -> FunctionLike:
    """`.values_many(rows)` takes dictionaries with the table's keys."""
    table = table_of(ctx.type)
    if table is None:
        return ctx.default_signature
    assert isinstance(ctx.api, TypeChecker)
    found = {name: (column.args[0], _insertion(column)) for name, column in columns(table).items()}
    row = new_row(found, ctx.api.named_generic_type("typing._TypedDict", []), partial=False)
    rows = ctx.api.named_generic_type("typing.Iterable", [row])
    return ctx.default_signature.copy_modified(arg_types=[rows])


def _keywords(ctx: MethodSigContext, table: TypeInfo | None, all_optional: bool) -> FunctionLike:
    if table is None:
        return ctx.default_signature
    assert isinstance(ctx.api, TypeChecker)
    signature = ctx.default_signature
    kept = [
        position for position, kind in enumerate(signature.arg_kinds) if kind in (ARG_POS, ARG_STAR)
    ]
    types = [signature.arg_types[position] for position in kept]
    kinds = [signature.arg_kinds[position] for position in kept]
    names = [signature.arg_names[position] for position in kept]
    expr = class_info(ctx.api, EXPR)
    unknown = AnyType(TypeOfAny.special_form)
    for name, column in columns(table).items():
        if _insertion(column) == GENERATED:
            continue
        value = column.args[0]
        types.append(UnionType.make_union([value, Instance(expr, [value, unknown])]))
        required = _insertion(column) == REQUIRED and not all_optional
        kinds.append(ARG_NAMED if required else ARG_NAMED_OPT)
        names.append(name)
    return signature.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)


def _insertion(column: Instance) -> str:
    marker = get_proper_type(column.args[1])
    return marker.type.fullname if isinstance(marker, Instance) else ""


def new_row(columns: dict[str, tuple[Type, str]], fallback: Instance, partial: bool) -> TypedDictType:
    """The dictionary that an insert takes, or (`partial`) an update."""
    items = {name: type for name, (type, insertion) in columns.items() if insertion != GENERATED}
    required = {name for name in items if columns[name][1] == REQUIRED and not partial}
    return TypedDictType(items, required, set(), fallback)


def analyze_row(ctx: AnalyzeTypeContext, partial: bool) -> Type:
    """The annotations `NewRow[Album]` and `RowPatch[Album]`."""
    name = "RowPatch" if partial else "NewRow"
    if len(ctx.type.args) != 1:
        ctx.api.fail(f"{name}[…] takes one table", ctx.context, code=messages.TYPE)
        return AnyType(TypeOfAny.from_error)
    assert isinstance(ctx.api, TypeAnalyser)
    table = get_proper_type(ctx.api.analyze_type(ctx.type.args[0]))
    if isinstance(table, AnyType) or not isinstance(table, Instance):
        return AnyType(TypeOfAny.special_form)  # a type variable, or not analyzed yet: mypy comes again
    if not table.type.has_base(TABLE):
        ctx.api.fail(f'{name}[…] takes a table, not "{table.type.name}"', ctx.context, code=messages.TYPE)
        return AnyType(TypeOfAny.from_error)
    found = columns_while_analyzing(table.type, ctx.api)
    if found is None:
        return AnyType(TypeOfAny.special_form)
    return new_row(found, ctx.api.named_type("typing._TypedDict"), partial)


def default(ctx: MethodContext) -> Type:
    """`.default(value)`: of the column's type."""
    assert isinstance(ctx.api, TypeChecker)
    column = expression(ctx.type, ctx.api)
    if column is None or not ctx.arg_types[0]:
        return ctx.default_return_type
    value = get_proper_type(ctx.arg_types[0][0])
    if not comparable(get_proper_type(optional(column.value)), value):
        message = messages.default_type(
            messages.shown(ctx.api, column.value), messages.shown(ctx.api, value)
        )
        messages.report(ctx.api, message, ctx.context, messages.TYPE)
    return ctx.default_return_type


__all__ = [
    "analyze_row",
    "assigned",
    "default",
    "describe",
    "many_values",
    "new_row",
    "table_of",
    "updated_on_conflict",
    "values",
]
