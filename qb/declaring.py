"""Collecting what the body of a table class declares, and checking it on the spot."""

from __future__ import annotations

from typing import Any, Generic

from qb import constraints, nodes, types
from qb.columns import Column, Declaration
from qb.definitions import Definition, resolve
from qb.errors import SchemaError
from qb.expressions import Expr, Ordering
from qb.identifiers import LONGEST_NAME, check_identifier
from qb.rewriting import own_parts, transform


class Declaring:
    """Turns one class body into a Definition."""

    def __init__(
        self, model: type[Any], base: type[Any], name: str, schema: str | None, renamed_from: str | None
    ) -> None:
        self.label = model.__name__
        check_identifier(name, self.label)
        if schema is not None:
            check_identifier(schema, self.label)
        if renamed_from is not None:
            check_identifier(renamed_from, self.label, None)  # its schema may stand before it
        self.model = model
        self.base = base
        """What all tables have in common: `Table`, which is on the floor above."""
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
                name = column.declaration.reference_name
                self.definition.foreign_keys.append(constraints.ForeignKey((column.node,), reference, name))
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
            if cls in (object, self.base, Generic):
                continue
            if cls is not self.model and issubclass(cls, self.base) and "__qb_abstract__" not in vars(cls):
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
        for given in (declared.reference_name, *[name for _, name in declared.checks]):
            if given is not None:
                check_identifier(given, what)
        if declared.computed is not None and declared.default is not None:
            raise SchemaError(f"{what} is generated and cannot have a default")
        declaration = declared.changed(name=name, attribute=attribute)
        node = nodes.Column(self.definition.source, name, attribute, declared.type, declared.nullable)
        self.bound[unbound] = node
        self.definition.columns[attribute] = Column(node, declaration)

    def bind_declaration(self, declaration: Declaration) -> None:
        what = f"{self.label}.{declaration.attribute}"
        for field in ("default", "computed", "checks"):
            setattr(declaration, field, self.bind(getattr(declaration, field), what))
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
        new.name = f"{self.definition.name}_{attribute}" if constraint.name is None else constraint.name or None
        if new.name is not None:
            check_identifier(new.name, what, None if constraint.name else LONGEST_NAME)
        elif isinstance(new, constraints.Index):
            raise SchemaError(f"{what}: an index has a name")
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
