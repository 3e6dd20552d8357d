"""From declared tables to the data of a schema. A dialect subclasses `Description` where its types or rules differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from qb import constraints, nodes
from qb.columns import Column as DeclaredColumn
from qb.columns import Declaration
from qb.compiler import Compiler
from qb.compiler.inline import Inline
from qb.errors import SchemaError, UnsupportedError
from qb.identifiers import seen
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
)
from qb.tables import Definition, definition_of, resolve
from qb.tables import Table as DeclaredTable
from qb.types import Array, SqlType
from qb.types import Enum as EnumType


class Description:
    """Describes tables in the SQL of one dialect."""

    dialect: ClassVar[str]
    expressions: ClassVar[type[Compiler]]
    """A compiler for expressions inside DDL: columns without their table, values as literals."""
    type_names: ClassVar[Mapping[str, str]]
    """By the kind of a SQL type: its name, with the type's parameters as `{0}`, `{1}`."""

    def describe(self, tables: Iterable[type[DeclaredTable]]) -> Schema:
        """The tables as data, in their order, with the types that they need.

        Raises SchemaError when two of them have one name.
        """
        definitions = list(dict.fromkeys([definition_of(table) for table in tables]))
        named: dict[tuple[str | None, str], Definition] = {}
        for each in definitions:
            other = named.setdefault((each.schema, seen(each.name)), each)
            if other is not each:
                raise SchemaError(f"{other.model.__name__} and {each.model.__name__} are both named {each.name!r}")
        return Schema(
            self.dialect, enums=self.enums(definitions), tables=tuple([self.table(each) for each in definitions])
        )

    def enums(self, definitions: Iterable[Definition]) -> tuple[Enum, ...]:
        """The enum types that must be there before the tables."""
        return ()

    def table(self, definition: Definition) -> Table:
        """One table."""
        declared = [column.declaration for column in definition.columns.values()]
        rules = definition.constraints
        return Table(
            name=Name(definition.source.name, definition.source.schema),
            columns=tuple([self.column(each) for each in declared]),
            primary_key=self.primary_key(definition),
            uniques=(
                *[self.unique(definition, each) for each in declared if each.unique],
                *[Key(names_of(rule.columns), rule.name) for rule in rules if isinstance(rule, constraints.Unique)],
            ),
            checks=(
                *[check for each in declared for check in self.column_checks(definition, each)],
                *[
                    Check(self.expression(rule.condition), rule.name)
                    for rule in rules
                    if isinstance(rule, constraints.Check)
                ],
            ),
            foreign_keys=tuple([self.foreign_key(definition, key) for key in definition.foreign_keys]),
            indexes=tuple([self.index(index) for index in definition.indexes]),
            options=self.table_options(),
        )

    def table_options(self) -> tuple[str, ...]:
        """What every table of the dialect has after its columns."""
        return ()

    def column(self, declared: Declaration) -> Column:
        """One column."""
        computed = declared.computed
        return Column(
            name=declared.name,
            type=self.type_name(declared.type),
            nullable=self.is_nullable(declared),
            default=None if declared.default is None else self.default(declared.default, declared.type),
            generated=None if computed is None else Generated(self.expressions().assigned(computed, declared.type)),
            identity=self.identity(declared),
            form=self.form(declared.type),
        )

    def form(self, type: SqlType) -> str | None:
        """What values of a type are where its name does not say so."""
        return None

    def is_nullable(self, declared: Declaration) -> bool:
        """Whether the column is without NOT NULL."""
        return declared.nullable

    def identity(self, declared: Declaration) -> Identity | None:
        """How the column is numbered."""
        return None

    def default(self, expression: nodes.Expression, type: SqlType) -> str:
        """The text after DEFAULT."""
        text = self.expressions().assigned(expression, type)
        return text if isinstance(expression, (nodes.Parameter, nodes.Null)) else f"({text})"

    def type_name(self, type: SqlType) -> str:
        """The name of a type."""
        if isinstance(type, Array):
            return self.array_name(type)
        if isinstance(type, EnumType):
            return self.enum_name(type)
        return self.type_names[type.kind].format(*type.parameters())

    def array_name(self, type: Array) -> str:
        """The name of an array type."""
        raise UnsupportedError(f"this dialect has no arrays, but a column is {type!r}")

    def enum_name(self, type: EnumType) -> str:
        """The name of an enum type."""
        raise NotImplementedError

    def primary_key(self, definition: Definition) -> Key | None:
        """The primary key, be it of one column or of several."""
        for rule in definition.constraints:
            if isinstance(rule, constraints.PrimaryKey):
                return Key(names_of(rule.columns), rule.name)
        columns = tuple([column.declaration.name for column in definition.primary_key()])
        return Key(columns, self.implied_name(definition, (), "pkey")) if columns else None

    def unique(self, definition: Definition, declared: Declaration) -> Key:
        """What makes one column unique."""
        return Key((declared.name,), self.implied_name(definition, (declared.name,), "key"))

    def column_checks(self, definition: Definition, declared: Declaration) -> list[Check]:
        """The conditions on one column."""
        return [self.column_check(definition, declared, text) for text in self.column_conditions(declared)]

    def column_check(self, definition: Definition, declared: Declaration, condition: str) -> Check:
        """One of them."""
        return Check(condition, self.implied_name(definition, (declared.name,), "check"), declared.name)

    def column_conditions(self, declared: Declaration) -> list[str]:
        """Their texts."""
        return [] if declared.check is None else [self.expression(declared.check)]

    def foreign_key(self, definition: Definition, key: constraints.ForeignKey) -> ForeignKey:
        """One foreign key."""
        columns, targets = names_of(key.columns), self.targets(definition, key)
        table = targets[0].source
        assert isinstance(table, nodes.Table)
        return ForeignKey(
            columns,
            Name(table.name, table.schema),
            names_of(targets),
            on_delete=key.reference.on_delete and key.reference.on_delete.upper(),
            on_update=key.reference.on_update and key.reference.on_update.upper(),
            name=key.name or self.implied_name(definition, columns, "fkey"),
        )

    def targets(self, definition: Definition, key: constraints.ForeignKey) -> list[nodes.Column]:
        """The columns that a foreign key points to."""
        what = f"{definition.model.__name__}.{', '.join(names_of(key.columns))}"
        try:
            found: tuple[DeclaredColumn, ...] = resolve(key.reference, key.columns, what)
        except NameError as error:
            raise SchemaError(f"{what} references what is not defined: {error}") from error
        return [column.node for column in found if isinstance(column.node, nodes.Column)]

    def implied_name(self, definition: Definition, columns: tuple[str, ...], suffix: str) -> str | None:
        """The name that the engine gives to a constraint that is declared without one; None where it gives none."""
        return None

    def index(self, index: constraints.Index) -> Index:
        """One index."""
        assert index.name is not None
        return Index(
            index.name,
            tuple([self.index_key(key) for key in index.keys]),
            index.unique,
            None if index.where is None else self.expression(index.where),
            self.included(index),
        )

    def included(self, index: constraints.Index) -> tuple[str, ...]:
        """The columns that an index carries besides its keys."""
        return ()

    def index_key(self, key: nodes.Node) -> IndexKey:
        """A column or an expression, with its direction."""
        operand, descending, nulls = key, False, None
        if isinstance(key, nodes.Order):
            operand, descending, nulls = key.operand, key.descending, key.nulls
        if isinstance(operand, nodes.Column):
            return IndexKey(operand.name, None, descending, nulls)
        text = self.expression(operand)
        return IndexKey(None, text if isinstance(operand, nodes.Function) else f"({text})", descending, nulls)

    def expression(self, node: nodes.Node) -> str:
        """An expression inside DDL."""
        return self.expressions().visit(node)


class DdlExpressions(Inline, Compiler):
    """Mixed into a dialect's compiler: columns stand without their table, values are literals."""


def names_of(columns: Iterable[nodes.Expression]) -> tuple[str, ...]:
    """The names of bound columns in the database."""
    return tuple([column.name for column in columns if isinstance(column, nodes.Column)])
