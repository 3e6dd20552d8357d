"""Sources under other names, and what columns they have."""

from __future__ import annotations

from functools import partial
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from qb import nodes
from qb.columns import Column
from qb.identifiers import check_identifier
from qb.tables import Definition, definition_of, foreign_keys
from qb.typevars import Name

if TYPE_CHECKING:
    from qb.derived import Derived
    from qb.tables import Table

TB = TypeVar("TB", bound="Table", covariant=True)
D = TypeVar("D", bound="Derived[Any, Any]")


class Alias(Generic[TB, Name]):
    """A table under another name; has the columns of the table."""

    __qb_definition__: Definition
    __qb_source__: nodes.Table

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Column[Any, Any, Any]: ...
    else:
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, definition: Definition, name: str) -> None:
        check_identifier(name, f"the alias of {definition.model.__name__}")
        source = nodes.Table(definition.name, definition.schema, name)
        bound = {}
        for attribute, column in definition.columns.items():
            declared = column.declaration
            node = nodes.Column(source, declared.name, attribute, column.node.type, declared.nullable)
            bound[attribute] = Column[Any, Any, Any](node, column.declaration)
        source.columns = tuple([column.node for column in bound.values()])  # type: ignore[misc]  # bound above
        if definition.foreign_keys:
            source.foreign_keys = partial(foreign_keys, definition, source)
        self.__dict__.update(bound, __qb_definition__=definition, __qb_source__=source)

    def __repr__(self) -> str:
        return f"alias({self.__qb_definition__.model.__name__}, {self.__qb_source__.label!r})"


@overload
def alias(table: type[TB], name: str) -> type[TB]: ...
@overload
def alias(table: D, name: str) -> D: ...
def alias(table: Any, name: str) -> Any:  # each overload states what comes of what
    """The table or common table expression as a second source: `parent = alias(Category, "parent")`,
    `"categories" AS "parent"`.
    """
    if hasattr(table, "__qb_source__") and not hasattr(table, "__qb_definition__"):
        from qb.derived import renamed

        return renamed(table, name)
    return Alias(definition_of(table), name)
