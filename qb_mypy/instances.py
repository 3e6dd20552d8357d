"""`.into(Cls)` and `into=Cls`: rows as instances of a class, whose fields must fit the columns."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import Context
from mypy.plugin import MethodContext
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    TypeVarType,
    get_proper_type,
)

from qb_mypy import messages, scope
from qb_mypy.encoding import is_optional, literals, mapped, without_none
from qb_mypy.names import INSTANCES, QUERY, ROW, SELECT
from qb_mypy.records import class_of, collections_in, fields_of, is_model, is_record, is_unknown, members, name_of
from qb_mypy.rows import whole_table
from qb_mypy.tables import columns, columns_are_known
from qb_mypy.values import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    DECIMAL,
    FLOAT,
    INT,
    STR,
    TIME,
    TIMEDELTA,
    UUID,
    class_name,
    shown,
)

PLAIN = frozenset({BOOL, BYTES, DATE, DATETIME, DECIMAL, FLOAT, INT, STR, TIME, TIMEDELTA, UUID})
CONVERTED = frozenset({(DECIMAL, FLOAT), (FLOAT, DECIMAL), (INT, DECIMAL), (DATE, DATETIME)})
"""What pydantic makes of another plain value, whichever it is."""


def into(ctx: MethodContext) -> Type:
    """`query.into(Cls)`: still the same query, of which all is known that was before."""
    query, result = get_proper_type(ctx.type), get_proper_type(ctx.default_return_type)
    if not isinstance(query, Instance) or not isinstance(result, Instance) or result.type.fullname != INSTANCES:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    if ctx.arg_types and ctx.arg_types[0]:
        check(ctx.api, query, ctx.arg_types[0][0], ctx.context)
    if query.type.fullname in (SELECT, INSTANCES):
        return result.copy_modified(args=[result.args[0], *query.args[1:]])
    scope.check_statement(ctx.api, query, ctx.context)
    unknown = AnyType(TypeOfAny.special_form)
    return result.copy_modified(args=[result.args[0], unknown, literals(ctx.api, [])])


def check_run(ctx: MethodContext, query: Type) -> None:
    """`db.fetch_…(query, into=Cls)`."""
    assert isinstance(ctx.api, TypeChecker)
    if "into" in ctx.callee_arg_names:
        for argument in ctx.arg_types[ctx.callee_arg_names.index("into")]:
            check(ctx.api, query, argument, ctx.context)


def check(api: TypeChecker, query: Type, argument: Type, where: Context) -> None:
    """Report a class that does not fit the rows of a query."""
    target = class_of(argument)
    if target is None or isinstance(target, (AnyType, TypeVarType)) or is_unknown(target):
        return
    if not is_record(target):
        messages.report(api, messages.no_class_for_rows(name_of(target)), where)
        return
    for each in members(get_proper_type(query)):
        if isinstance(each, Instance) and each.type.has_base(QUERY):
            check_row(api, get_proper_type(mapped(api, each, QUERY).args[0]), target, where)


def check_row(api: TypeChecker, row: ProperType, target: ProperType, where: Context) -> None:
    """Report what of a row does not fit a class."""
    found, fields = columns_of(api, row, where), fields_of(api, target)
    if found is None or fields is None:
        return
    cls, (given, are_all_named) = name_of(target), found
    if not are_all_named:
        messages.report(api, messages.nameless_for_field(cls), where)
    for name, column in given.items():
        if name in fields:
            check_field(api, f"{cls}.{name}", fields[name].type, column, is_model(target), where)
    unknown = [name for name in given if name not in fields]
    if unknown:
        messages.report(api, messages.no_field(cls, unknown, list(fields)), where)
    meant = "".join([messages.closest(name, fields) for name in unknown])
    missing = [name for name, field in fields.items() if field.is_required and name not in given]
    missing = [name for name in missing if f'"{name}"' not in meant]
    if missing:
        messages.report(api, messages.no_column_for(cls, missing, list(given)), where)


def columns_of(api: TypeChecker, row: ProperType, where: Context) -> tuple[dict[str, ProperType], bool] | None:
    """The columns of a row by name, and whether all have one; None when they are unknown."""
    table = whole_table(row)
    if table is not None:
        if not columns_are_known(api, table.type, where):
            return None
        return {name: get_proper_type(column.args[0]) for name, column in columns(table.type).items()}, True
    if not isinstance(row, TupleType) or row.partial_fallback.type.fullname != ROW:
        return None
    fields = get_proper_type(row.partial_fallback.args[0])
    if not isinstance(fields, TypedDictType):
        return None
    return {name: get_proper_type(value) for name, value in fields.items.items()}, len(fields.items) == len(row.items)


def check_field(
    api: TypeChecker, field: str, held: ProperType, column: ProperType, is_validated: bool, where: Context
) -> None:
    """Report a field that cannot hold what its column has."""
    if isinstance(held, (AnyType, TypeVarType)) or isinstance(column, AnyType):
        return
    bare = without_none(column)
    may_be_null = is_optional(column) and not any(accepts_none(member) for member in members(held))
    records = [member for member in members(held) if is_record(member)]
    if is_row(bare) and len(records) == 1:
        if may_be_null:
            messages.report(api, messages.absent_in_field(field, name_of(records[0])), where)
        check_row(api, bare, records[0], where)
        return
    inner = row_in_list(bare)
    records = [member for item in collections_in(held) for member in members(item) if is_record(member)]
    if inner is not None and len(records) == 1:
        check_row(api, inner, records[0], where)
        return
    if not fits(api, bare, held, is_validated):
        message = messages.other_field_type(field, shown(api, held), shown(api, bare))
        if is_row(bare) or inner is not None:
            message = messages.rows_in_field(field, shown(api, held), inner is not None)
        messages.report(api, message, where)
    elif may_be_null:
        messages.report(api, messages.null_in_field(field, shown(api, held)), where)


def fits(api: TypeChecker, column: ProperType, held: ProperType, is_validated: bool) -> bool:
    """Whether a field holds the values of a column; a model is trusted to take what it holds in no other way."""
    if is_subtype(column, held, options=api.options):
        return True
    if not is_validated or is_row(column) or row_in_list(column) is not None:
        return False
    given = class_name(column)
    wanted = [class_name(member) for member in members(held) if not isinstance(member, NoneType)]
    return given not in PLAIN or any(name not in PLAIN or (given, name) in CONVERTED for name in wanted)


def accepts_none(type: ProperType) -> bool:
    return is_subtype(NoneType(), type)


def is_row(type: ProperType) -> bool:
    """Whether this is a row."""
    instance = type.partial_fallback if isinstance(type, TupleType) else type
    return isinstance(instance, Instance) and instance.type.fullname == ROW


def row_in_list(type: ProperType) -> ProperType | None:
    """The rows of which this is a list."""
    if not isinstance(type, Instance) or type.type.fullname != "builtins.list":
        return None
    item = get_proper_type(type.args[0])
    return item if is_row(item) else None
