"""Table classes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, overload

from qb import nodes
from qb.definitions import Definition, resolve
from qb.errors import closest
from qb.identifiers import snake_case

if TYPE_CHECKING:
    from qb.aliases import Alias
    from qb.columns import Column
    from qb.derived import Derived
    from qb.expressions import SourceColumn

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
    it is in, `renamed_from` its former name, with the schema where that was another (`"archive.artists"`). Columns and
    constraints may also come from plain classes (mixins) among the bases, or from a base that is `abstract=True`: it is
    no table itself, but helpers can be typed with it. `comment` is what PostgreSQL says of the table, and `options` are
    its storage parameters (`options={"fillfactor": 70}`); on SQLite a table may be `without_rowid`, or `strict=False`
    to take values of any type. Raises SchemaError, naming table and column, where a declaration is wrong.
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
        comment: str | None = None,
        strict: bool = True,
        without_rowid: bool = False,
        options: Mapping[str, object] | None = None,
    ) -> None:
        if abstract:
            cls.__qb_abstract__ = True
            return
        from qb.declaring import Declaring

        declaring = Declaring(cls, Table, name or snake_case(cls.__name__), schema, renamed_from)
        cls.__qb_definition__ = definition = declaring.finish()
        definition.comment, definition.strict, definition.without_rowid = comment, strict, without_rowid
        definition.options = dict(options or {})
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


@overload
def columns(table: type[Table] | Alias[Any, Any]) -> dict[str, Column[Any, Any, Any]]: ...
@overload
def columns(table: Derived[Any, Any]) -> dict[str, SourceColumn[Any]]: ...
def columns(table: Any) -> Any:  # each overload states what comes of what
    """The columns of a table, an alias or a sub-query, by attribute, in their order."""
    source = getattr(table, "__qb_source__", None)
    if source is None:
        raise TypeError(f"{table!r} is not a table")
    return {column.attribute: getattr(table, column.attribute) for column in source.columns}


__all__ = ["Definition", "Table", "columns", "definition_of", "foreign_keys", "resolve"]
