"""What a table declares beside its columns: it is about one row, and reads the columns of this table alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mypy.checker import TypeChecker
from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    IndexExpr,
    LambdaExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    SetExpr,
    TupleExpr,
    UnaryExpr,
)
from mypy.plugin import FunctionContext
from mypy.types import CallableType, Instance, TupleType, Type, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import expression, strings, without_none
from qb_mypy.keys import known_keys
from qb_mypy.names import AGGREGATE, COLUMN, WINDOWED
from qb_mypy.refs import Ref
from qb_mypy.tables import table_named
from qb_mypy.values import NUMBERS, class_name, comparable, describe, shown


def declared(ctx: FunctionContext, name: str) -> Type:
    """`check(…)`, `exclude(…)`, `index(…)`, `unique(…)`, `primary_key(…)`."""
    assert isinstance(ctx.api, TypeChecker)
    check_row(ctx.api, [node for group in ctx.args for node in group], f"{name}()")
    return ctx.default_return_type


def foreign_key(ctx: FunctionContext) -> Type:
    """`foreign_key(a, b, references=lambda: (Other.a, Other.b))`: as many columns of these types, and a key."""
    assert isinstance(ctx.api, TypeChecker)
    api = ctx.api
    check_row(api, ctx.args[0], "foreign_key()")
    find = get_proper_type(ctx.arg_types[1][0]) if len(ctx.arg_types) > 1 and ctx.arg_types[1] else None
    found = get_proper_type(find.ret_type) if isinstance(find, CallableType) else None
    if not isinstance(found, TupleType) or any(kind.is_star() for kind in ctx.arg_kinds[0]):
        return ctx.default_return_type
    if len(found.items) != len(ctx.arg_types[0]):
        message = messages.reference_width(len(ctx.arg_types[0]), len(found.items))
        messages.report(api, message, ctx.context)
        return ctx.default_return_type
    for ours, theirs in zip(ctx.arg_types[0], found.items, strict=True):
        check_reference(api, ctx.context, ours, theirs)
    check_key(api, ctx.context, found.items)
    return ctx.default_return_type


def check_reference(api: TypeChecker, where: Context, column: Type, other: Type) -> None:
    """Report a column that references one of another type."""
    own, target = expression(column, api), expression(other, api)
    if own is None or target is None:
        return
    ours, theirs = without_none(own.value), without_none(target.value)
    numbers = {class_name(ours), class_name(theirs)} & NUMBERS
    if not comparable(ours, theirs) or len(numbers) > 1:
        message = messages.reference_type(shown(api, ours), describe(target), shown(api, theirs))
        messages.report(api, message, where)


def check_key(api: TypeChecker, where: Context, columns: Sequence[Type]) -> None:
    """Report a foreign key to columns that may have the same values in several rows."""
    refs = [part.refs[0] for part in [expression(column, api) for column in columns] if part is not None and part.refs]
    table = table_named(api, refs[0].source) if refs else None
    keys = None if table is None else known_keys(table)
    if table is None or keys is None or {ref.source for ref in refs} != {table.fullname} or len(refs) < len(columns):
        return
    names = [ref.column for ref in refs]
    if not any(set(key) == set(names) for key in keys):
        messages.report(api, messages.reference_key(table.name, names, keys), where)


def check_row(api: TypeChecker, nodes: Iterable[Expression], call: str) -> None:
    """Report what a declaration cannot have: aggregates, functions over windows, columns of other tables."""
    own = api.scope.active_class()
    for node in nodes:
        found = _Reader(api, node)
        if found.window is not None:
            messages.report(api, messages.window_in_declaration(call), found.window)
        if found.aggregate is not None:
            messages.report(api, messages.aggregate_in_declaration(call), found.aggregate)
        for place, ref in found.columns:
            if ref is None or table_named(api, ref.source) is None:
                continue
            if own is not None and not own.has_base(ref.source):
                messages.report(api, messages.other_table(ref.display(), call), place)
                break


def check_default(api: TypeChecker, node: Expression, call: str) -> None:
    """Report what a default cannot have: it is made before there is a row."""
    found = _Reader(api, node)
    if found.window is not None:
        messages.report(api, messages.window_in_declaration(call), found.window)
    if found.aggregate is not None:
        messages.report(api, messages.aggregate_in_declaration(call), found.aggregate)
    for place, ref in found.columns[:1]:
        name = place.name if isinstance(place, (MemberExpr, NameExpr)) else "A column"
        messages.report(api, messages.default_reads(name if ref is None else ref.display()), place)


class _Reader:
    """Finds what an expression of a class body reads: its own columns have no refs yet, so the types do not tell."""

    def __init__(self, api: TypeChecker, node: Expression) -> None:
        self.api = api
        self.aggregate: Context | None = None
        self.window: Context | None = None
        self.columns: list[tuple[RefExpr, Ref | None]] = []
        """With their sources, as far as these are known."""
        self._read(node)

    def _read(self, node: Expression) -> None:
        type = get_proper_type(self.api.lookup_type_or_none(node))
        fullname = type.type.fullname if isinstance(type, Instance) else ""
        if isinstance(node, CallExpr) and fullname == WINDOWED:
            self.window = self.window or node
        elif isinstance(node, CallExpr) and fullname == AGGREGATE:
            self.aggregate = self.aggregate or node
        elif isinstance(node, RefExpr) and isinstance(type, Instance) and fullname == COLUMN:
            texts = strings(type.args[2])
            self.columns.append((node, Ref.decode(texts[0]) if texts else None))
        else:
            for part in _parts(node):
                self._read(part)


def _parts(node: Expression) -> Sequence[Expression]:
    """The expressions that one is made of."""
    match node:
        case CallExpr():
            return [node.callee, *node.args]
        case MemberExpr() | UnaryExpr():
            return [node.expr]
        case OpExpr():
            return [node.left, node.right]
        case ComparisonExpr():
            return node.operands
        case IndexExpr():
            return [node.base, node.index]
        case ListExpr() | SetExpr() | TupleExpr():
            return node.items
        case LambdaExpr():
            return [node.expr()]
    return []
