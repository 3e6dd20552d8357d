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
from qb.identifiers import PATHS, QUOTED, seen
from qb.schema.declared import Declared, EnumDeclaration, SchemaDeclaration, Text, apart
from qb.schema.declared import Sequence as DeclaredSequence
from qb.schema.declared import Trigger as DeclaredTrigger
from qb.schema.declared import View as DeclaredView
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
)
from qb.tables import Definition, definition_of, resolve
from qb.types import Array, SqlType
from qb.types import Enum as EnumType


class Description:
    """Describes tables in the SQL of one dialect."""

    dialect: ClassVar[str]
    expressions: ClassVar[type[Compiler]]
    """A compiler for expressions inside DDL: columns without their table, values as literals."""
    type_names: ClassVar[Mapping[str, str]]
    """By the kind of a SQL type: its name, with the type's parameters as `{0}`, `{1}`."""

    def describe(self, declared: Iterable[Declared]) -> Schema:
        """Tables and other objects as data, in their order, with the types that they need.

        Raises SchemaError when two tables have one name, and UnsupportedError for what the dialect does not have.
        """
        tables, others = apart(declared)
        definitions = list(dict.fromkeys([definition_of(table) for table in tables]))
        named: dict[tuple[str | None, str], Definition] = {}
        for each in definitions:
            other = named.setdefault((each.schema, seen(each.name)), each)
            if other is not each:
                raise SchemaError(f"{other.model.__name__} and {each.model.__name__} are both named {each.name!r}")
        return Schema(
            self.dialect,
            schemas=tuple([self.schema(each) for each in others if isinstance(each, SchemaDeclaration)]),
            enums=self.enums(definitions, [each for each in others if isinstance(each, EnumDeclaration)]),
            sequences=tuple([self.sequence(each) for each in others if isinstance(each, DeclaredSequence)]),
            tables=tuple([self.table(each) for each in definitions]),
            views=self.views([each for each in others if isinstance(each, DeclaredView)]),
            triggers=self.triggers([each for each in others if isinstance(each, DeclaredTrigger)]),
        )

    def schema(self, declared: SchemaDeclaration) -> str:
        """A schema."""
        raise UnsupportedError(f"{self.dialect} has no CREATE SCHEMA, and schema_named({declared.name!r}) is one")

    def sequence(self, declared: DeclaredSequence) -> Sequence:
        """A sequence."""
        raise UnsupportedError(f"{self.dialect} has no sequences, and sequence({declared.name!r}) is one")

    def views(self, declared: Iterable[DeclaredView]) -> tuple[View, ...]:
        """The views that the dialect is to have."""
        texts = [(each, self.text_of(each.text)) for each in declared]
        return tuple([self.view(each, text) for each, text in texts if text is not None])

    def view(self, declared: DeclaredView, text: str) -> View:
        """One of them."""
        name = Name(declared.name, declared.schema)
        if not text.lstrip().upper().startswith("CREATE"):
            title = QUOTED[name.name] if name.schema is None else PATHS[name.schema, name.name]
            text = f"CREATE {'MATERIALIZED ' if declared.materialized else ''}VIEW {title} AS\n{text}"
        return View(name, text, declared.materialized, tuple([self.index(each) for each in declared.indexes]))

    def triggers(self, declared: Iterable[DeclaredTrigger]) -> tuple[Trigger, ...]:
        """The triggers that the dialect is to have."""
        texts = [(each, self.text_of(each.text)) for each in declared]
        return tuple([Trigger(each.name, self.triggering(each), text) for each, text in texts if text is not None])

    def triggering(self, declared: DeclaredTrigger) -> Name:
        """What a trigger is on."""
        on = declared.on
        if isinstance(on, str):
            return Name(on, declared.schema)
        source = definition_of(on if isinstance(on, type) else on()).source
        return Name(source.name, source.schema)

    def text_of(self, text: Text) -> str | None:
        """The SQL for this dialect, as it has to stand in the text of a statement; None when there is none."""
        found = text if isinstance(text, str) else text.get(self.dialect)
        return None if found is None else found.strip().rstrip(";").rstrip()

    def enums(self, definitions: Iterable[Definition], declared: Iterable[EnumDeclaration]) -> tuple[Enum, ...]:
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
                *[self.key(definition, rule, "key") for rule in rules if isinstance(rule, constraints.Unique)],
            ),
            checks=(
                *[check for each in declared for check in self.column_checks(definition, each)],
                *[
                    Check(self.expression(rule.condition), rule.name or self.implied_name(definition, (), "check"))
                    for rule in rules
                    if isinstance(rule, constraints.Check)
                ],
            ),
            foreign_keys=tuple([self.foreign_key(definition, key) for key in definition.foreign_keys]),
            exclusions=tuple(
                [self.exclusion(definition, rule) for rule in rules if isinstance(rule, constraints.Exclude)]
            ),
            indexes=tuple([self.index(index) for index in definition.indexes]),
            options=self.table_options(definition),
            comment=self.comment(definition.comment),
        )

    def table_options(self, definition: Definition) -> tuple[str, ...]:
        """What follows the columns."""
        return ()

    def comment(self, text: str | None) -> str | None:
        """A comment on a table or a column, where the dialect has some."""
        return None

    def column(self, declared: Declaration) -> Column:
        """One column."""
        computed = declared.computed
        return Column(
            name=declared.name,
            type=self.type_name(declared.type) if declared.sql_type is None else declared.sql_type,
            nullable=self.is_nullable(declared),
            default=None if declared.default is None else self.default(declared.default, declared.type),
            generated=None if computed is None else self.generated(computed, declared),
            identity=self.identity(declared),
            form=self.form(declared.type),
            collation=declared.collation,
            comment=self.comment(declared.comment),
        )

    def form(self, type: SqlType) -> str | None:
        """What values of a type are where its name does not say so."""
        return None

    def generated(self, expression: nodes.Expression, declared: Declaration) -> Generated:
        """How the column is computed."""
        return Generated(self.expressions().assigned(expression, declared.type), declared.stored)

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
                return self.key(definition, rule, "pkey")
        columns = tuple([column.declaration.name for column in definition.primary_key()])
        return Key(columns, self.implied_name(definition, (), "pkey")) if columns else None

    def key(self, definition: Definition, rule: constraints.Keyed, suffix: str) -> Key:
        """A primary key or a unique constraint that stands among the constraints."""
        columns = names_of(rule.columns)
        implied = self.implied_name(definition, () if suffix == "pkey" else columns, suffix)
        return Key(columns, rule.name or implied, rule.deferral, names_of(rule.include), rule.nulls_distinct)

    def exclusion(self, definition: Definition, rule: constraints.Exclude) -> Exclusion:
        """An exclusion constraint. Raises UnsupportedError where there are none."""
        raise UnsupportedError(f"{definition.model.__name__}: exclude() is for PostgreSQL, and this is {self.dialect}")

    def unique(self, definition: Definition, declared: Declaration) -> Key:
        """What makes one column unique."""
        return Key((declared.name,), self.implied_name(definition, (declared.name,), "key"))

    def column_checks(self, definition: Definition, declared: Declaration) -> list[Check]:
        """The conditions on one column: those that are declared, and those by which the dialect keeps to the type."""
        written = [(self.expression(condition), name) for condition, name in declared.checks]
        implied = [] if declared.sql_type is not None else self.type_conditions(declared)
        return [
            self.column_check(definition, declared, text, name)
            for text, name in [*written, *[(text, None) for text in implied]]
        ]

    def column_check(self, definition: Definition, declared: Declaration, condition: str, name: str | None) -> Check:
        """One of them."""
        return Check(condition, name or self.implied_name(definition, (declared.name,), "check"), declared.name)

    def type_conditions(self, declared: Declaration) -> list[str]:
        """What other engines know by the type."""
        return []

    def foreign_key(self, definition: Definition, key: constraints.ForeignKey) -> ForeignKey:
        """One foreign key."""
        columns, targets = names_of(key.columns), self.targets(definition, key)
        table = targets[0].source
        assert isinstance(table, nodes.Table)
        return ForeignKey(
            columns,
            Name(table.name, table.schema),
            names_of(targets),
            on_delete=said(key.reference.on_delete, "no action"),
            on_update=said(key.reference.on_update, "no action"),
            name=key.name or self.implied_name(definition, columns, "fkey"),
            deferral=key.reference.deferral,
            match=said(key.reference.match, "simple"),
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
        )

    def index_key(self, key: nodes.Node) -> IndexKey:
        """A column or an expression, with its direction."""
        operand, descending, nulls, collation = key, False, None, None
        if isinstance(key, nodes.Order):
            operand, descending, nulls = key.operand, key.descending, key.nulls
        if isinstance(operand, nodes.Collate):
            collation = operand.name
            operand = operand.operand
        if nulls == ("FIRST" if descending else "LAST"):
            nulls = self.usual_nulls(nulls)
        if isinstance(operand, nodes.Column):
            return IndexKey(operand.name, None, descending, nulls, collation)
        return IndexKey(None, self.indexed(operand), descending, nulls, collation)

    def usual_nulls(self, nulls: str) -> str | None:
        """Where NULLs are in an index, when that is said of the direction that has them there on PostgreSQL."""
        return nulls

    def indexed(self, operand: nodes.Node) -> str:
        """An expression that an index is sorted by."""
        text = self.expression(operand)
        return text if isinstance(operand, nodes.Function) else f"({text})"

    def expression(self, node: nodes.Node) -> str:
        """An expression inside DDL."""
        return self.expressions().visit(node)


class DdlExpressions(Inline, Compiler):
    """Mixed into a dialect's compiler: columns stand without their table, values are literals."""


def said(word: str | None, usual: str) -> str | None:
    """A word of SQL; None for what is meant by saying nothing."""
    return None if word in (None, usual) else word.upper()


def names_of(columns: Iterable[nodes.Expression]) -> tuple[str, ...]:
    """The names of bound columns in the database."""
    return tuple([column.name for column in columns if isinstance(column, nodes.Column)])
