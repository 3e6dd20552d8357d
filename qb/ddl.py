"""CREATE statements for declared tables. A dialect subclasses `Ddl` and overrides what it spells differently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar

from qb import constraints, nodes
from qb.columns import Column, Declaration, Reference
from qb.compiler import Compiler
from qb.compiler.inline import Inline
from qb.errors import SchemaError, UnsupportedError
from qb.identifiers import PATHS, QUOTED
from qb.nodes import Node
from qb.tables import Definition, Table, definition_of, resolve
from qb.types import Array, Enum, SqlType


class Ddl:
    """Writes the DDL of one dialect."""

    expressions: ClassVar[type[Compiler]]
    """A compiler for expressions inside DDL: columns without their table, values as literals."""
    type_names: ClassVar[Mapping[str, str]]
    """By the kind of a SQL type: its name, with the type's parameters as `{0}`, `{1}`."""
    adds_keys: ClassVar[bool] = True
    """Whether ALTER TABLE can add a foreign key; otherwise it may name a table that is created later."""

    def create(self, tables: Iterable[type[Table]]) -> list[str]:
        """The statements that create the tables, referenced tables first."""
        statements: list[str] = []
        definitions = [definition_of(table) for table in tables]
        ordered, circular = self.order(definitions)
        late = circular if self.adds_keys else ()
        statements += self.create_types(definitions)
        for definition in ordered:
            statements.append(self.create_table(definition, late))
        for definition in ordered:
            statements += [self.create_index(definition, index) for index in definition.indexes]
        for definition in ordered:
            statements += self.add_late_keys(definition, late)
        return statements

    def order(self, definitions: Sequence[Definition]) -> tuple[list[Definition], set[constraints.ForeignKey]]:
        """Referenced tables before those that reference them, and the keys that close a circle."""
        waiting = {definition.source: definition for definition in definitions}
        keys = {d.source: [(key, self.target(d, key)) for key in d.foreign_keys] for d in definitions}
        ordered: list[Definition] = []
        while waiting:
            ready = [
                source
                for source in waiting
                if all(target is source or target not in waiting for _, target in keys[source])
            ]
            if not ready:
                break
            ordered += [waiting.pop(source) for source in ready]
        circle = set(waiting)
        late = {key for source in circle for key, target in keys[source] if target in circle and target is not source}
        return ordered + list(waiting.values()), late

    def target(self, definition: Definition, key: constraints.ForeignKey) -> nodes.Table:
        """The table that a foreign key points to."""
        column = self.target_columns(definition, key)[0].node
        assert isinstance(column, nodes.Column)
        assert isinstance(column.source, nodes.Table)
        return column.source

    def target_columns(self, definition: Definition, key: constraints.ForeignKey) -> tuple[Column, ...]:
        """The columns that a foreign key points to."""
        what = f"{definition.model.__name__}.{', '.join(names_of(key.columns))}"
        try:
            return resolve(key.reference, key.columns, what)
        except NameError as error:
            raise SchemaError(f"{what} references what is not defined: {error}") from error

    def create_types(self, definitions: Sequence[Definition]) -> list[str]:
        """What must be there before the tables."""
        return []

    def add_late_keys(self, definition: Definition, late: Collection[constraints.ForeignKey]) -> list[str]:
        """The foreign keys that could not be in CREATE TABLE."""
        table = self.table_name(definition.source)
        return [
            f"ALTER TABLE {table} ADD {self.foreign_key(definition, key)}"
            for key in definition.foreign_keys
            if key in late
        ]

    def create_table(self, definition: Definition, late: Collection[constraints.ForeignKey] = ()) -> str:
        """CREATE TABLE."""
        parts = [self.column(definition, column.declaration) for column in definition.columns.values()]
        parts += [self.constraint(item) for item in definition.constraints]
        parts += [self.foreign_key(definition, key) for key in definition.foreign_keys if key not in late]
        body = ",\n  ".join(parts)
        return f"CREATE TABLE {self.table_name(definition.source)} (\n  {body}\n){self.table_options()}"

    def table_name(self, table: nodes.Table) -> str:
        """The quoted name of a table, with its schema."""
        return QUOTED[table.name] if table.schema is None else PATHS[table.schema, table.name]

    def table_options(self) -> str:
        """What follows the closing parenthesis of CREATE TABLE."""
        return ""

    def column(self, definition: Definition, declared: Declaration) -> str:
        """One column with what belongs to it alone."""
        text = f"{QUOTED[declared.name]} {self.type_name(declared.type)}"
        if declared.primary_key:
            text += self.primary_key(declared)
        elif not declared.nullable:
            text += " NOT NULL"
        if declared.default is not None:
            text += f" DEFAULT {self.default(declared.default, declared.type)}"
        if declared.computed is not None:
            text += f" GENERATED ALWAYS AS ({self.expressions().assigned(declared.computed, declared.type)}) STORED"
        if declared.unique:
            text += " UNIQUE"
        for check in self.column_checks(declared):
            text += f" CHECK ({check})"
        return text

    def primary_key(self, declared: Declaration) -> str:
        """The primary key of a single column."""
        return " PRIMARY KEY"

    def column_checks(self, declared: Declaration) -> list[str]:
        """The conditions on one column."""
        return [] if declared.check is None else [self.expression(declared.check)]

    def default(self, expression: nodes.Expression, type: SqlType) -> str:
        """The text after DEFAULT."""
        text = self.expressions().assigned(expression, type)
        return text if isinstance(expression, (nodes.Parameter, nodes.Null)) else f"({text})"

    def type_name(self, type: SqlType) -> str:
        """The name of a type."""
        if isinstance(type, Array):
            return self.array_name(type)
        if isinstance(type, Enum):
            return self.enum_name(type)
        return self.type_names[type.kind].format(*type.parameters())

    def array_name(self, type: Array) -> str:
        """The name of an array type."""
        raise UnsupportedError(f"this dialect has no arrays, but a column is {type!r}")

    def enum_name(self, type: Enum) -> str:
        """The name of an enum type."""
        raise NotImplementedError

    def constraint(self, item: constraints.Constraint) -> str:
        """One constraint of the table."""
        assert item.name is not None
        prefix = f"CONSTRAINT {QUOTED[item.name]} "
        if isinstance(item, constraints.PrimaryKey):
            return f"{prefix}PRIMARY KEY ({quoted_names(item.columns)})"
        if isinstance(item, constraints.Unique):
            return f"{prefix}UNIQUE ({quoted_names(item.columns)})"
        assert isinstance(item, constraints.Check)
        return f"{prefix}CHECK ({self.expression(item.condition)})"

    def foreign_key(self, definition: Definition, key: constraints.ForeignKey) -> str:
        """One foreign key."""
        targets = [column.node for column in self.target_columns(definition, key)]
        table = self.table_name(self.target(definition, key))
        prefix = f"CONSTRAINT {QUOTED[key.name]} " if key.name else ""
        text = f"{prefix}FOREIGN KEY ({quoted_names(key.columns)}) REFERENCES {table} ({quoted_names(targets)})"
        return text + actions(key.reference)

    def create_index(self, definition: Definition, index: constraints.Index) -> str:
        """CREATE INDEX."""
        assert index.name is not None
        keys = ", ".join([self.index_key(key) for key in index.keys])
        text = (
            f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {QUOTED[index.name]} "
            f"ON {self.table_name(definition.source)} ({keys})"
        )
        text += self.include(index)
        return text if index.where is None else f"{text} WHERE {self.expression(index.where)}"

    def index_key(self, key: Node) -> str:
        """A column, or an expression in parentheses, with its direction."""
        if not isinstance(key, nodes.Order):
            text = self.expression(key)
            return text if isinstance(key, (nodes.Column, nodes.Function)) else f"({text})"
        text = self.index_key(key.operand) + (" DESC" if key.descending else "")
        return text if key.nulls is None else f"{text} NULLS {key.nulls}"

    def include(self, index: constraints.Index) -> str:
        """The columns that an index carries besides its keys."""
        return ""

    def expression(self, node: Node) -> str:
        """An expression inside DDL."""
        return self.expressions().visit(node)


class DdlExpressions(Inline, Compiler):
    """Mixed into a dialect's compiler: columns stand without their table, values are literals."""


def names_of(columns: Iterable[nodes.Expression]) -> list[str]:
    """The names of bound columns in the database."""
    return [column.name for column in columns if isinstance(column, nodes.Column)]


def quoted_names(columns: Iterable[nodes.Expression]) -> str:
    """The names of bound columns, quoted, with commas."""
    return ", ".join([QUOTED[name] for name in names_of(columns)])


def actions(reference: Reference) -> str:
    """ON DELETE and ON UPDATE."""
    text = f" ON DELETE {reference.on_delete.upper()}" if reference.on_delete else ""
    return text + (f" ON UPDATE {reference.on_update.upper()}" if reference.on_update else "")
