"""The annotations `Row[Album]`, `NewRow[Album]` and `RowPatch[Album]`."""

from __future__ import annotations

from mypy.nodes import TypeInfo
from mypy.plugin import AnalyzeTypeContext
from mypy.typeanal import TypeAnalyser
from mypy.types import AnyType, Instance, ProperType, Type, TypeOfAny, TypeVarType, UnboundType, get_proper_type

from qb_mypy import messages
from qb_mypy.declarations import columns_while_analyzing
from qb_mypy.names import ROW, TABLE
from qb_mypy.writes import new_row


def row(ctx: AnalyzeTypeContext) -> Type:
    """`Row[Album]`; without a table it may be any row."""
    table = _table(ctx, "Row") if ctx.type.args else AnyType(TypeOfAny.special_form)
    return _analyser(ctx).named_type(ROW, [table])


def dictionary(ctx: AnalyzeTypeContext, partial: bool) -> Type:
    """`NewRow[Album]`, `RowPatch[Album]`."""
    table = _table(ctx, "RowPatch" if partial else "NewRow")
    if not isinstance(table, Instance):
        return AnyType(TypeOfAny.special_form)  # a type variable, an error, or not analyzed yet: mypy comes again
    found = columns_while_analyzing(table.type, _analyser(ctx))
    if found is None:
        return AnyType(TypeOfAny.special_form)
    return new_row(found, _analyser(ctx).named_type("typing._TypedDict"), partial)


def _table(ctx: AnalyzeTypeContext, name: str) -> ProperType:
    """The one argument."""
    if len(ctx.type.args) != 1:
        messages.report(ctx.api, messages.one_table(name), ctx.context)
        return AnyType(TypeOfAny.from_error)
    table = get_proper_type(_analyser(ctx).analyze_type(ctx.type.args[0]))
    if isinstance(table, (AnyType, TypeVarType)):
        return table
    # The bases of a class that is still being analyzed are not known.
    if isinstance(table, Instance) and (_is_table(table.type) or not table.type.mro):
        return table
    given = ctx.type.args[0]
    words = given.name if isinstance(given, UnboundType) else str(given)
    messages.report(ctx.api, messages.no_table(name, words), ctx.context)
    return AnyType(TypeOfAny.from_error)


def _is_table(info: TypeInfo) -> bool:
    return info.has_base(TABLE) and info.fullname != TABLE


def _analyser(ctx: AnalyzeTypeContext) -> TypeAnalyser:
    assert isinstance(ctx.api, TypeAnalyser)
    return ctx.api
