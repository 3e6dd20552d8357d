"""Table classes: collecting what their bodies declare, and checking it on the spot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from qb import constraints, nodes, types
from qb.columns import Column, Declaration, Reference
from qb.errors import SchemaError, closest
from qb.expressions import Expr, Ordering
from qb.identifiers import check_identifier, snake_case
from qb.transform import own_parts, transform

TB = TypeVar("TB", bound="Table", covariant=True)


class Definition:
    """What is declared of one table, bound to it."""

    __slots__ = (
        "columns",
        "constraints",
        "foreign_keys",
        "indexes",
        "model",
        "name",
        "renamed_from",
        "row_name",
        "schema",
        "source",
    )

    def __init__(self, model: type[Table], name: str, schema: str | None, renamed_from: str | None) -> None:
        self.model = model
        self.name = name
        self.schema = schema
        self.renamed_from = renamed_from
        self.row_name = snake_case(model.__name__)
        self.source = nodes.Table(name, schema)
        self.columns: dict[str, Column[Any, Any, Any]] = {}
        self.constraints: list[constraints.Constraint] = []
        """All but the foreign keys, which include those of single columns."""
        self.foreign_keys: list[constraints.ForeignKey] = []
        self.indexes: list[constraints.Index] = []

    def column(self, attribute: str) -> Column[Any, Any, Any]:
        """The column of an attribute. Raises SchemaError with the nearest name when there is none."""
        try:
            return self.columns[attribute]
        except KeyError:
            raise SchemaError(
                f"{self.model.__name__} has no column {attribute!r}{closest(attribute, self.columns)}"
            ) from None

    def primary_key(self) -> tuple[Column[Any, Any, Any], ...]:
        """The columns of the primary key; empty when the table has none."""
        single = tuple([c for c in self.columns.values() if c.declaration.primary_key])
        for constraint in self.constraints:
            if isinstance(constraint, constraints.PrimaryKey):
                by_node = {column.node: column for column in self.columns.values()}
                return tuple([by_node[node] for node in constraint.columns])
        return single


if TYPE_CHECKING:
    TableType = type
else:

    class TableType(type):
        """Says which column was meant; type checkers know without it."""

        def __getattr__(cls, name: str) -> None:
            definition = cls.__dict__.get("__qb_definition__")
            known = () if definition is None else definition.columns
            raise AttributeError(f"{cls.__name__} has no column {name!r}{closest(name, known)}")


class Table(metaclass=TableType):
    """The base of all tables: a subclass declares one, and is then a source of columns for queries.

        class Artist(Table, name="artists"):
            id = col.integer().primary_key()
            name = col.text().unique()

    `name` is the table's name in the database (by default the class's, in snake case), `schema` the schema
    it is in, `renamed_from` its former name. Columns and constraints may also come from plain classes
    (mixins) among the bases, or from a base that is `abstract=True`: it is no table itself, but helpers can be typed
    with it. Raises SchemaError, naming table and column, where a declaration is wrong.
    """

    __qb_definition__: ClassVar[Definition]
    __qb_source__: ClassVar[nodes.Table]
    __qb_abstract__: ClassVar[bool]

    def __init_subclass__(
        cls,
        *,
        name: str | None = None,
        schema: str | None = None,
        renamed_from: str | None = None,
        abstract: bool = False,
    ) -> None:
        if abstract:
            cls.__qb_abstract__ = True
            return
        declaring = Declaring(cls, name or snake_case(cls.__name__), schema, renamed_from)
        cls.__qb_definition__ = definition = declaring.finish()
        cls.__qb_source__ = definition.source
        if definition.foreign_keys:
            definition.source.foreign_keys = partial(foreign_keys, definition, definition.source)
        for attribute, column in definition.columns.items():
            setattr(cls, attribute, column)
        for attribute, constraint in declaring.named.items():
            setattr(cls, attribute, constraint)

    def __new__(cls) -> Table:  # never returns
        raise TypeError(f"{cls.__name__} describes a table and has no instances: rows come from queries")


def foreign_keys(definition: Definition, source: nodes.Table) -> nodes.ForeignKeys:
    """The foreign keys of a table or an alias; those to tables that are not defined yet are left out."""
    own = {column.attribute: column for column in source.columns}
    found = []
    for key in definition.foreign_keys:
        names = [column.attribute for column in key.columns if isinstance(column, nodes.Column)]
        try:
            targets = resolve(key.reference, key.columns, f"{definition.model.__name__}.{', '.join(names)}")
        except NameError:
            continue
        others = [target.node for target in targets if isinstance(target.node, nodes.Column)]
        found.append((tuple([own[name] for name in names]), tuple(others)))
    return found


def definition_of(table: object) -> Definition:
    """What is declared of a table class or an alias. Raises TypeError for anything else."""
    definition = getattr(table, "__qb_definition__", None)
    if definition is None and "__qb_abstract__" in getattr(table, "__dict__", ()):
        raise TypeError(f"{table!r} is abstract: its subclasses are tables")
    if definition is None:
        raise TypeError(f"{table!r} is not a table")
    return definition  # type: ignore[no-any-return]  # set by Table and Alias only


class Declaring:
    """Turns one class body into a Definition."""

    def __init__(self, model: type[Table], name: str, schema: str | None, renamed_from: str | None) -> None:
        self.label = model.__name__
        check_identifier(name, self.label)
        for other in (schema, renamed_from):
            if other is not None:
                check_identifier(other, self.label)
        self.model = model
        self.definition = Definition(model, name, schema, renamed_from)
        self.bound: dict[nodes.Node, nodes.Column] = {}
        self.named: dict[str, constraints.Constraint] = {}
        """The constraints and indexes by attribute, bound to the table."""

    def finish(self) -> Definition:
        """Bind everything, check everything."""
        body = self.body()
        for attribute, value in body.items():
            if isinstance(value, Column):
                self.add_column(attribute, value.declaration, value.node)
        if not self.definition.columns:
            raise SchemaError(f"{self.label} has no columns")
        self.definition.source.columns = tuple(self.bound.values())
        for column in self.definition.columns.values():
            self.bind_declaration(column.declaration)
            reference = column.declaration.reference
            if reference is not None:
                self.definition.foreign_keys.append(constraints.ForeignKey((column.node,), reference))
        for attribute, value in body.items():
            if isinstance(value, constraints.Constraint):
                self.add_constraint(attribute, value)
        self.check_primary_key()
        self.check_constraint_names()
        self.check_references()
        return self.definition

    def body(self) -> dict[str, Any]:  # whatever a class body holds
        """The attributes of the mixins and of the class itself, in the order of declaration."""
        found: dict[str, Any] = {}
        for cls in reversed(self.model.__mro__):
            if cls in (object, Table, Generic):
                continue
            if cls is not self.model and issubclass(cls, Table) and "__qb_abstract__" not in vars(cls):
                raise SchemaError(
                    f"{self.label} inherits from the table {cls.__name__}: "
                    f"put the shared columns into a class of their own (a mixin, or a base with abstract=True)"
                )
            found.update({k: v for k, v in vars(cls).items() if not k.startswith("__")})
        for attribute, value in found.items():
            if isinstance(value, Expr) and not isinstance(value, Column):
                raise SchemaError(
                    f"{self.label}.{attribute} is an expression, not a column: "
                    f"a computed column is col.….generated({attribute} …)"
                )
            if isinstance(value, Ordering):
                raise SchemaError(f"{self.label}.{attribute} is a sort key, not a column: index(column.desc())")
        return found

    def add_column(self, attribute: str, declared: Declaration, unbound: nodes.Node) -> None:
        what = f"{self.label}.{attribute}"
        name = declared.name or attribute
        check_identifier(name, what)
        if declared.renamed_from is not None:
            check_identifier(declared.renamed_from, what)
        for other in self.definition.columns.values():
            if other.declaration.name.lower() == name.lower():
                raise SchemaError(f"{what} and {self.label}.{other.declaration.attribute} are both named {name!r}")
        if unbound in self.bound:
            raise SchemaError(f"{what} is the same column as {self.label}.{self.bound[unbound].attribute}")
        if declared.primary_key and declared.nullable:
            raise SchemaError(f"{what} is the primary key and cannot be nullable")
        if declared.computed is not None and declared.default is not None:
            raise SchemaError(f"{what} is generated and cannot have a default")
        declaration = declared.changed(name=name, attribute=attribute)
        node = nodes.Column(self.definition.source, name, attribute, declared.type, declared.nullable)
        self.bound[unbound] = node
        self.definition.columns[attribute] = Column(node, declaration)

    def bind_declaration(self, declaration: Declaration) -> None:
        what = f"{self.label}.{declaration.attribute}"
        for field in ("default", "computed", "check"):
            expression = getattr(declaration, field)
            if expression is not None:
                setattr(declaration, field, self.bind(expression, what))
        if any(isinstance(part, nodes.Column) for part in own_parts(declaration.default)):
            raise SchemaError(f"{what}: a default reads no columns, because there is no row yet: use .generated(…)")
        default = declaration.default
        if isinstance(default, nodes.Parameter) and not fits(default.type, declaration.type):
            raise SchemaError(f"{what}: the default {default.value!r} does not fit {declaration.type!r}")

    def add_constraint(self, attribute: str, constraint: constraints.Constraint) -> None:
        what = f"{self.label}.{attribute}"
        new = object.__new__(type(constraint))
        for cls in type(constraint).__mro__:
            for field in getattr(cls, "__slots__", ()):
                setattr(new, field, self.bind(getattr(constraint, field), what))
        new.name = constraint.name or f"{self.definition.name}_{attribute}"
        check_identifier(new.name, what)
        self.named[attribute] = new
        if isinstance(new, constraints.Index):
            self.definition.indexes.append(new)
        elif isinstance(new, constraints.ForeignKey):
            self.definition.foreign_keys.append(new)
        else:
            self.definition.constraints.append(new)

    def bind(self, value: Any, what: str) -> Any:  # a field of a constraint: nodes, or plain data
        """The same syntax over this table's columns."""
        if isinstance(value, tuple):
            return tuple([self.bind(item, what) for item in value])
        if not isinstance(value, nodes.Node):
            return value

        for part in own_parts(value):
            if isinstance(part, (nodes.Aggregate, nodes.Over, nodes.WindowFunction)):
                kind = "an aggregate" if isinstance(part, nodes.Aggregate) else "a function over a window"
                raise SchemaError(f"{what} has {kind}, but it is about one row")

        def replace(node: nodes.Node) -> nodes.Node:
            if isinstance(node, nodes.Unbound):
                if node not in self.bound:
                    raise SchemaError(f"{what} uses a column that is not in {self.label}")
                return self.bound[node]
            if isinstance(node, nodes.Column) and node.source is not self.definition.source:
                raise SchemaError(f'{what} uses "{node.source.label}"."{node.name}", a column of another table')
            return node

        return transform(value, replace)

    def check_primary_key(self) -> None:
        keys = [c.declaration.attribute for c in self.definition.columns.values() if c.declaration.primary_key]
        composite = [c for c in self.definition.constraints if isinstance(c, constraints.PrimaryKey)]
        if len(keys) + len(composite) > 1:
            raise SchemaError(
                f"{self.label} has two primary keys ({', '.join(keys)}): "
                f"a key of several columns is key = primary_key({', '.join(keys) or 'a, b'})"
            )
        for column in self.definition.primary_key():
            if column.declaration.nullable:
                raise SchemaError(
                    f"{self.label}.{column.declaration.attribute} is in the primary key and cannot be nullable"
                )

    def check_constraint_names(self) -> None:
        seen = set()
        definition = self.definition
        for item in (*definition.constraints, *definition.foreign_keys, *definition.indexes):
            if item.name is None:
                continue
            if item.name.lower() in seen:
                raise SchemaError(f"{self.label} has two constraints or indexes named {item.name!r}")
            seen.add(item.name.lower())

    def check_references(self) -> None:
        """Check the foreign keys whose other side is defined already; the rest is checked when used."""
        for key in self.definition.foreign_keys:
            names = ", ".join([f"{self.label}.{node.attribute}" for node in key.columns])  # type: ignore[attr-defined]  # bound
            try:
                resolve(key.reference, key.columns, names)
            except NameError:
                continue


def resolve(
    reference: Reference, columns: tuple[nodes.Expression, ...], what: str
) -> tuple[Column[Any, Any, Any], ...]:
    """The columns that a foreign key points to. Raises SchemaError when they are none, NameError when their
    table is not defined yet.
    """
    find: Callable[[], Any] = reference.find  # a lambda of the user's: anything may come back
    try:
        found = find()
    except AttributeError as error:
        raise SchemaError(f"{what} references a column that does not exist: {error}") from error
    targets = found if isinstance(found, tuple) else (found,)
    for target in targets:
        if not isinstance(target, Column) or not isinstance(target.node, nodes.Column):
            raise SchemaError(f"{what} references {target!r}, which is not a column of a table")
        if isinstance(target.node.source, nodes.Table) and target.node.source.alias is not None:
            raise SchemaError(f"{what} references {target!r}, a column of an alias: name the table itself")
    if len(targets) != len(columns):
        raise SchemaError(f"{what} references {len(targets)} columns: as many as it has itself")
    for column, target in zip(columns, targets, strict=True):
        if column.type.kind != target.node.type.kind and not _integers(column, target.node):
            raise SchemaError(f"{what} is {column.type!r}, but the column it references is {target.node.type!r}")
    return targets


def fits(value: types.SqlType, column: types.SqlType) -> bool:
    """Whether a column can keep a value of a type as it is."""
    if isinstance(value, types.Numeric) and isinstance(column, types.Numeric):
        return value.scale <= column.scale
    families = [types.INTEGERS, types.TEXTS]
    return (
        value.kind == column.kind
        or any(value.kind in family and column.kind in family for family in families)
        or (value.kind in types.INTEGERS and column.kind in types.NUMBERS)
    )


def _integers(*sides: nodes.Expression) -> bool:
    return all(side.type.kind in types.INTEGERS for side in sides)
