"""What is declared of one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qb import nodes, types
from qb.columns import Column, Reference
from qb.errors import SchemaError, closest
from qb.identifiers import snake_case

if TYPE_CHECKING:
    from qb import constraints


class Definition:
    """What is declared of one table, bound to it."""

    __slots__ = (
        "columns",
        "comment",
        "constraints",
        "foreign_keys",
        "indexes",
        "model",
        "name",
        "options",
        "renamed_from",
        "row_name",
        "schema",
        "source",
        "strict",
        "without_rowid",
    )

    def __init__(self, model: type[Any], name: str, schema: str | None, renamed_from: str | None) -> None:
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
        self.comment: str | None = None
        self.strict = True
        self.without_rowid = False
        self.options: dict[str, object] = {}
        """PostgreSQL's storage parameters."""

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
            if constraint.key:
                by_node = {column.node: column for column in self.columns.values()}
                return tuple([by_node[node] for node in constraint.key])
        return single


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
        if not are_alike(column.type.kind, target.node.type.kind):
            raise SchemaError(f"{what} is {column.type!r}, but the column it references is {target.node.type!r}")
    return targets


def are_alike(one: str, other: str) -> bool:
    """Whether a column of one kind may reference one of the other."""
    kinds = {one, other}
    return one == other or kinds <= types.INTEGERS or kinds <= types.TEXTS or "any" in kinds
