"""Table classes: their columns, and the sources that they are in queries."""

from __future__ import annotations

from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.nodes import AssignmentStmt, CallExpr, Context, Expression, NameExpr, TypeInfo, Var
from mypy.plugin import AttributeContext, FunctionContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from qb_mypy import dependencies, messages
from qb_mypy.encoding import class_info, literals, strings
from qb_mypy.memory import Memory, OfTypes
from qb_mypy.names import ALIAS, COLUMN, DERIVED, TABLE, short
from qb_mypy.refs import ANY_SOURCE, Ref
from qb_mypy.rules import Message


class Source(NamedTuple):
    """A table, an alias or a sub-query in a query."""

    name: str
    """The full name of the table class, or the name of the alias or sub-query: what refs and facts carry."""
    table: TypeInfo | None
    """None for a sub-query."""
    fields: tuple[tuple[str, Type], ...] = ()
    """The names and values of a sub-query's columns."""

    @property
    def is_renamed(self) -> bool:
        """Whether it goes by a name of its own in the query."""
        return self.table is None or self.name != self.table.fullname

    def values(self) -> dict[str, Type]:
        """What its columns hold, by name, in their order."""
        if self.table is None:
            return dict(self.fields)
        return {name: column.args[0] for name, column in columns(self.table).items()}


def declaring_calls(info: TypeInfo) -> dict[str, Expression]:
    """The right sides of the assignments in a class body that can be columns; none for a class from the cache."""
    calls: dict[str, Expression] = {}
    for statement in info.defn.defs.body:
        if isinstance(statement, AssignmentStmt) and isinstance(statement.rvalue, CallExpr):
            for target in statement.lvalues:
                if isinstance(target, NameExpr):
                    calls[target.name] = statement.rvalue
    return calls


def own_names(info: TypeInfo) -> list[str]:
    """The names of a class body, in the order of declaration where that is known."""
    order: list[str] = info.metadata.get("qb", {}).get("columns", [])
    calls = declaring_calls(info)
    known = order or list(calls)
    return known + [name for name in info.names if name not in known]


def column_names(info: TypeInfo) -> list[str]:
    """The names that can be columns, those of mixins first, as at run time."""
    names: dict[str, None] = {}
    for base in reversed(info.mro):
        if base.fullname not in (TABLE, "builtins.object"):
            names.update(dict.fromkeys(own_names(base)))
    return [name for name in names if not name.startswith("__")]


def declared_column(info: TypeInfo, name: str) -> Instance | None:
    """The type of a column as its declaration gives it: no name, no source. None when it is no column, or is
    not inferred yet.
    """
    symbol = info.get(name)
    if symbol is None or not isinstance(symbol.node, Var) or symbol.node.type is None:
        return None
    type = get_proper_type(symbol.node.type)
    return type if isinstance(type, Instance) and type.type.fullname == COLUMN else None


def columns(info: TypeInfo) -> dict[str, Instance]:
    """The columns of a table, in the order of declaration."""
    dependencies.note(info)
    found = {name: declared_column(info, name) for name in column_names(info)}
    return {name: column for name, column in found.items() if column is not None}


def columns_are_known(api: TypeChecker, info: TypeInfo, where: Context) -> bool:
    """Whether all columns of a table are inferred. If not, mypy is asked to come back to what it checks: it may
    be a function before the class, in the same module.
    """
    for name in column_names(info):
        symbol = info.get(name)
        if symbol is not None and isinstance(symbol.node, Var) and symbol.node.type is None:
            api.handle_cannot_determine_type(name, where)
            return False
    return True


def table_named(api: TypeChecker, fullname: str) -> TypeInfo | None:
    """The table class of a full name; None when there is none."""
    module, _, name = fullname.rpartition(".")
    symbol = api.modules[module].names.get(name) if module in api.modules else None
    node = None if symbol is None else symbol.node
    return node if isinstance(node, TypeInfo) and node.has_base(TABLE) else None


def column_of(api: TypeChecker, source: Source, name: str) -> Instance | None:
    """The type of `source.name`, with its name and source."""
    column = None if source.table is None else declared_column(source.table, name)
    if column is None:
        return None
    return bound(api, column, source.name, name)


_BOUND: Memory[tuple[int, str, str], tuple[Instance, Instance]] = Memory()


def bound(api: TypeChecker, column: Instance, source: str, name: str) -> Instance:
    """A column with its name and source."""
    key = id(column), source, name
    known = _BOUND.get(key)
    if known is not None:
        return known[1]
    ref = literals(api, [Ref(source, name).encode()])
    # With the column itself: as long as it is here, its identity is no other's.
    return _BOUND.keep(key, (column, column.copy_modified(args=[column.args[0], column.args[1], ref])))[1]


def source_of(type: Type) -> Source | None:
    """The source that a table class or an alias is; None for anything else."""
    proper = get_proper_type(type)
    if isinstance(proper, TypeType):
        return _table_source(proper.item)
    if isinstance(proper, CallableType):
        return _table_source(get_proper_type(proper.ret_type)) if proper.is_type_obj() else None
    fullname = proper.type.fullname if isinstance(proper, Instance) else None
    if fullname not in (ALIAS, DERIVED):
        return None
    assert isinstance(proper, Instance)
    if fullname == ALIAS:
        table = _table_source(get_proper_type(proper.args[0]))
        names = strings(proper.args[1])
        if table is not None and names:
            return Source(names[0], table.table)
    else:
        names, items = strings(proper.args[1]), get_proper_type(proper.args[0])
        if names and isinstance(items, TupleType):
            return Source(names[0], None, tuple(field_of(item) for item in items.items))
    return None


def field_of(item: Type) -> tuple[str, Type]:
    """The name and the value of one column of a sub-query, which are kept as a `Labeled`."""
    labelled = get_proper_type(item)
    assert isinstance(labelled, Instance)
    name, *_ = strings(labelled.args[2]) or [""]
    return name, labelled.args[0]


def table_of(statement: Type) -> TypeInfo | None:
    """The table of an Insert, an Update or a Delete."""
    proper = get_proper_type(statement)
    if isinstance(proper, Instance) and proper.args:
        source = _table_source(get_proper_type(proper.args[0]))
        return None if source is None else source.table
    return None


_SOURCES: OfTypes[Source | None] = OfTypes()


def _table_source(type: ProperType) -> Source | None:
    if not isinstance(type, Instance):
        return None
    info = type.type
    known = _SOURCES.get(id(info))
    if known is not None:
        return known[1]
    is_table = info.has_base(TABLE) and info.fullname != TABLE
    return _SOURCES.of(info, Source(info.fullname, info) if is_table else None)


def any_source(type: Type) -> Source | None:
    """What is known of `type[T]`: the columns of the table that T is bound to."""
    proper = get_proper_type(type)
    variable = proper.item if isinstance(proper, TypeType) else None
    bound_to = table_bound_to(variable) if variable is not None else None
    return None if bound_to is None else Source(ANY_SOURCE, bound_to)


def table_bound_to(type: Type) -> TypeInfo | None:
    """The table or mixin that a type variable is bound to; None for a bare `Table`, and for anything else."""
    proper = get_proper_type(type)
    limit = get_proper_type(proper.upper_bound) if isinstance(proper, TypeVarType) else None
    if isinstance(limit, Instance) and limit.type.fullname not in (TABLE, "builtins.object"):
        return limit.type
    return None


def class_attribute(ctx: AttributeContext, fullname: str) -> Type:
    """`Album.title`: the declared column, with its name and source."""
    column = get_proper_type(ctx.default_attr_type)
    if not isinstance(column, (Instance, AnyType)):
        return ctx.default_attr_type
    owner, _, name = fullname.rpartition(".")
    source = source_of(ctx.type) or any_source(ctx.type)
    if isinstance(column, AnyType) and source is not None and source.table and source.table.get(name) is None:
        return missing_attribute(ctx, source, name)
    if not isinstance(column, Instance) or column.type.fullname != COLUMN:
        return ctx.default_attr_type
    whole = get_proper_type(ctx.type)
    if source is not None:
        owner = source.name
    elif not isinstance(whole, UnionType):
        return ctx.default_attr_type
    elif any(any_source(item) is not None for item in whole.items):  # mypy asks for one after the other
        owner = ANY_SOURCE
    assert isinstance(ctx.api, TypeChecker)
    declared = None if source is None or source.table is None else declared_column(source.table, name)
    # mypy gives a copy of the declared type; of the declared one itself it is known what comes of it.
    return bound(ctx.api, column if declared is None else declared, owner, name)


def missing_attribute(ctx: AttributeContext, source: Source, name: str) -> Type:
    """`Album.titel`, or `Album.__name__`, which all classes have."""
    assert isinstance(ctx.api, TypeChecker)
    assert source.table is not None
    of_classes = ctx.api.lookup_typeinfo("builtins.type").get(name)
    if of_classes is not None:
        return of_classes.type or ctx.default_attr_type
    if not columns_are_known(ctx.api, source.table, ctx.context):
        return AnyType(TypeOfAny.special_form)
    words = source.table.name if source.name == ANY_SOURCE else short(source.name)
    message = messages.unknown_column(words, name, list(columns(source.table)))
    messages.report(ctx.api, message, ctx.context)
    return AnyType(TypeOfAny.from_error)


def not_there(ctx: AttributeContext, message: Message) -> Type:
    """A name that a row, an alias or a sub-query does not have."""
    assert isinstance(ctx.api, TypeChecker)
    if type(ctx.context) is Context:
        # Nobody wrote it: mypy looks whether it fits a Protocol, and takes any answer but this for a yes.
        return ctx.api.named_generic_type("builtins.object", [])
    messages.report(ctx.api, message, ctx.context)
    return AnyType(TypeOfAny.from_error)


def alias_attribute(ctx: AttributeContext, name: str) -> Type:
    """`parent.title`, where `parent = alias(…)`."""
    assert isinstance(ctx.api, TypeChecker)
    source = source_of(ctx.type)
    if source is None or source.table is None:
        return ctx.default_attr_type
    column = column_of(ctx.api, source, name)
    if column is None:
        if not columns_are_known(ctx.api, source.table, ctx.context):
            return AnyType(TypeOfAny.special_form)
        return not_there(ctx, messages.unknown_column(source.name, name, list(columns(source.table))))
    return column


def alias(ctx: FunctionContext) -> Type:
    """`alias(Album, "a")` is `Alias[Album, "a"]`, where plain typing says `type[Album]`."""
    assert isinstance(ctx.api, TypeChecker)
    given = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types[0] else None
    source = None if given is None else source_of(given)
    names = strings(ctx.arg_types[1][0]) if ctx.arg_types[1] else None
    if source is None:
        return ctx.default_return_type
    name = names[0] if names else f"alias of {short(source.name)}"
    literal = LiteralType(name, ctx.api.named_generic_type("builtins.str", []))
    if source.table is None:
        assert isinstance(given, Instance)
        return given.copy_modified(args=[given.args[0], literal, *given.args[2:]])
    args: list[Type] = [Instance(source.table, []), literal]
    return Instance(class_info(ctx.api, ALIAS), args)
