"""Row types: tuples with names for selected columns, `Row[Album]` for whole tables, and reading them by name."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.checker import TypeChecker
from mypy.constant_fold import constant_fold_expr
from mypy.plugin import AttributeContext, MethodContext
from mypy.types import AnyType, Instance, ProperType, TupleType, Type, TypedDictType, TypeOfAny, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import class_info, expression, is_optional, optional, strings, without_none
from qb_mypy.facts import Facts
from qb_mypy.memory import OfTypes
from qb_mypy.names import COLUMN, LABELED, ROW, SOURCE_COLUMN, short
from qb_mypy.presence import NOTHING_MISSING, Present, present
from qb_mypy.refs import Ref
from qb_mypy.tables import Source, columns, columns_are_known, declared_column, not_there, source_of, table_bound_to
from qb_mypy.values import describe


def row_type(api: TypeChecker, items: Sequence[Type], there: Present) -> ProperType:
    """The row for a projection."""
    if len(items) == 1:
        source = source_of(items[0])
        if source is not None:
            return whole_row(api, source, there)
    values = [item_value(api, item, there) for item in items]
    return named_row(api, [item_name(item) for item in items], values)


def whole_row(api: TypeChecker, source: Source, there: Present = NOTHING_MISSING) -> ProperType:
    """The row of all columns of a source."""
    if source.table is not None and source.name not in there.missing:
        return Instance(class_info(api, ROW), [Instance(source.table, [])])
    fields = source.values()
    values = [_field_value(f"{source.name}.{name}", source.name, value, there) for name, value in fields.items()]
    return named_row(api, list(fields), values)


def _field_value(name: str, source: str, value: Type, there: Present) -> Type:
    if name in there.proven:
        return without_none(value)
    return optional(value) if source in there.missing else value


def named_row(api: TypeChecker, names: Sequence[str | None], values: Sequence[Type]) -> TupleType:
    """A row with these names, where there are any, and values."""
    named = {name: value for name, value in zip(names, values, strict=True) if name is not None}
    # A condition may keep it from being NULL, and what is read only may be narrower in a subtype.
    read_only = {name for name, value in named.items() if is_optional(value)}
    fields = TypedDictType(named, set(named), read_only, api.named_generic_type("typing._TypedDict", []))
    return TupleType(list(values), Instance(class_info(api, ROW), [fields]))


def item_value(api: TypeChecker, item: Type, there: Present = NOTHING_MISSING) -> Type:
    """The type of one item of a row."""
    source = source_of(item)
    if source is not None:
        whole: Type = whole_row(api, source)
        return optional(whole) if source.name in there.missing else whole
    part = expression(item, api)
    if part is None:
        return AnyType(TypeOfAny.special_form)
    value = without_none(part.value) if there.denies(part) else part.value
    return optional(value) if any(map(there.lacks, part.refs or ())) else value


_NAMES: OfTypes[str | None] = OfTypes()


def item_name(item: Type) -> str | None:
    """The name of one item of a row; None when it has none."""
    known = _NAMES.get(id(item))
    return _NAMES.of(item, _item_name(item)) if known is None else known[1]


def _item_name(item: Type) -> str | None:
    source = source_of(item)
    if source is not None:
        return source.name if source.table is None or source.is_renamed else snake_case(source.table.name)
    proper = get_proper_type(item)
    if isinstance(proper, Instance) and proper.type.fullname in (COLUMN, SOURCE_COLUMN):
        refs = strings(proper.args[-1])
        return Ref.decode(refs[0]).column if refs else None
    if isinstance(proper, Instance) and proper.type.fullname == LABELED:
        names = strings(proper.args[2])
        return names[0] if names else None
    return None


_REFS: OfTypes[list[Ref] | None] = OfTypes()


def item_refs(api: TypeChecker, item: Type) -> list[Ref] | None:
    """What one item of a projection reads; None when that is unknown."""
    known = _REFS.get(id(item))
    return _REFS.of(item, _item_refs(api, item)) if known is None else known[1]


def _item_refs(api: TypeChecker, item: Type) -> list[Ref] | None:
    source = source_of(item)
    if source is not None:
        return [Ref(source.name, "*")]
    part = expression(item, api)
    return None if part is None or part.refs is None else [ref for ref in part.refs if not ref.is_mark]


def items_of(query: Instance) -> list[ProperType] | None:
    """The types of the items of a query's row; None when they are unknown."""
    row = get_proper_type(query.args[0]) if query.args else None
    if isinstance(row, TupleType):
        return [get_proper_type(item) for item in row.items]
    table = whole_table(row)
    if table is not None:
        return [get_proper_type(column.args[0]) for column in columns(table.type).values()]
    return None


def selection_of(api: TypeChecker, query: Instance) -> list[tuple[str | None, str, ProperType]] | None:
    """The name, the words for messages and the type of each column of a query; None when they are unknown."""
    values = items_of(query)
    packed = get_proper_type(query.args[1]) if len(query.args) > 1 else None
    if values is None or not isinstance(packed, TupleType):
        return None
    source = source_of(packed.items[0]) if len(packed.items) == 1 else None
    if source is not None:
        names = list(source.values())
        return [(name, f"{short(source.name)}.{name}", value) for name, value in zip(names, values, strict=True)]
    parts = [expression(item, api) for item in packed.items]
    found = []
    for item, part, value in zip(packed.items, parts, values, strict=True):
        name = item_name(item)
        is_plain = part is not None and (part.is_column or name is None)
        words = describe(part) if part is not None and is_plain else f'the selected "{name}"'
        found.append((name, words, value))
    return found


def field_names(query: Instance) -> list[str]:
    """The names of the columns of a query's rows, in any order."""
    row = get_proper_type(query.args[0])
    fallback = row.partial_fallback if isinstance(row, TupleType) else None
    fields = get_proper_type(fallback.args[0]) if fallback is not None and fallback.args else None
    return list(fields.items) if isinstance(fields, TypedDictType) else []


def whole_table(row: ProperType | None) -> Instance | None:
    """The table of a `Row[Album]`; None for other rows."""
    if isinstance(row, Instance) and row.type.fullname == ROW and row.args:
        table = get_proper_type(row.args[0])
        if isinstance(table, Instance):
            return table
    return None


def attribute(ctx: AttributeContext, name: str) -> Type:
    """`row.title`."""
    assert isinstance(ctx.api, TypeChecker)
    row = ctx.type.partial_fallback if isinstance(ctx.type, TupleType) else ctx.type
    if not isinstance(row, Instance) or not row.args:
        return ctx.default_attr_type
    fields = get_proper_type(row.args[0])
    if isinstance(fields, TypedDictType):
        if name in fields.items:
            return fields.items[name]
        unnamed = isinstance(ctx.type, TupleType) and len(ctx.type.items) > len(fields.items)
        word = messages.unnamed_in_row if unnamed else messages.unknown_in_row
        return not_there(ctx, word(name, list(fields.items)))
    table = whole_table(row)
    info = table_bound_to(row.args[0]) if table is None else table.type
    if info is None:
        return ctx.default_attr_type
    column = declared_column(info, name)
    if column is not None:
        return column.args[0]
    if not columns_are_known(ctx.api, info, ctx.context):
        return AnyType(TypeOfAny.special_form)
    return not_there(ctx, messages.unknown_column(info.name, name, list(columns(info))))


def item(ctx: MethodContext) -> Type:
    """`row[0]` of a whole row of a table."""
    assert isinstance(ctx.api, TypeChecker)
    table = whole_table(get_proper_type(ctx.type))
    index = constant_fold_expr(ctx.args[0][0], ctx.api.tree.fullname) if ctx.args[0] else None
    if table is None or not isinstance(index, int):
        return ctx.default_return_type
    if not columns_are_known(ctx.api, table.type, ctx.context):
        return AnyType(TypeOfAny.special_form)
    values = list(columns(table.type).values())
    if not -len(values) <= index < len(values):
        message = messages.no_item(short(table.type.fullname), len(values), index)
        messages.report(ctx.api, message, ctx.context)
        return AnyType(TypeOfAny.from_error)
    return values[index].args[0]


def snake_case(name: str) -> str:
    """`PlaylistTrack` as `playlist_track`: the name of a table's row beside others."""
    text = "".join(["_" + letter.lower() if letter.isupper() else letter for letter in name])
    return text.removeprefix("_")


def present_in(api: TypeChecker, facts: Facts, items: Sequence[Type]) -> Present:
    """What is in every row of a select of these items."""
    if not facts.kinds and not facts.proven and not facts.rolled:  # whatever there is, is there
        return present(facts, ())
    read = () if facts.from_ else [ref.source for item in items for ref in item_refs(api, item) or ()]
    return present(facts, [source for source in dict.fromkeys(read) if source not in facts.joined])
