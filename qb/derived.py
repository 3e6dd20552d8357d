"""Queries as sources: sub-queries in FROM, common table expressions, and rows of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic

from qb import nodes
from qb.columns import Column
from qb.errors import CompileError
from qb.expressions import SourceColumn, operand
from qb.identifiers import check_identifier, twin
from qb.nodes import Cte, CteReference, Source, Statement, ValuesTable
from qb.rows import flat, output_name
from qb.types import SqlType
from qb.typevars import Name, Projection, Refs


class Derived(Generic[Projection, Name, Refs]):
    """A query or some values as a source: its columns are attributes.

    top = select(Album.artist_id, fn.max(Album.plays).as_("most")).group_by(Album.artist_id).subquery("top")
    select(Artist.name, top.most).join(top, on=top.artist_id == Artist.id)
    """

    __qb_source__: Source

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> SourceColumn[Any]: ...
    else:
        __class_getitem__ = classmethod(GenericAlias)

        def __getattr__(self, name: str) -> None:
            from qb.errors import closest

            known = [column.name for column in self.__qb_source__.columns]
            raise AttributeError(f'"{self.__qb_source__.label}" has no column {name!r}{closest(name, known)}')

    def __init__(self, source: Source) -> None:
        columns = {column.name: SourceColumn[Any, Any](column) for column in source.columns}
        self.__dict__.update(columns, __qb_source__=source)

    def __repr__(self) -> str:
        return f"<Derived {self.__qb_source__.label!r}: {', '.join(c.name for c in self.__qb_source__.columns)}>"


def outputs(query: Statement, what: str) -> list[tuple[str, SqlType]]:
    """The names and types of what a query gives. Raises CompileError where a column has no name, or two have one."""
    found: dict[str, SqlType] = {}
    for item in flat(query.projection, what):
        name = output_name(item)
        if name is None:
            raise CompileError(f"{what}: name each selected expression with .as_(…)")
        if name in found:
            raise CompileError(f'{what}: two of its columns are named "{name}": name one of them with .as_(…)')
        found[name] = item.type
    if not found:
        raise CompileError(f"{what} returns no rows: add .returning(…)")
    check_names(found, what)
    return list(found.items())


def check_names(names: Iterable[str], what: str) -> None:
    """Raise when an engine would not know one column from another by its name, and might read the wrong one."""
    names = list(names)
    for name in names:
        check_identifier(name, what)
        if name.startswith("__") and name.endswith("__"):
            raise CompileError(f'{what}: Python keeps names like "{name}" for itself: name the column with .as_(…)')
        if name.lower() in ("true", "false"):
            raise CompileError(f'{what}: SQLite does not find a column that is named "{name}"')
    again = twin(names)
    if again is not None:
        raise CompileError(f'{what}: "{again}" differs from another of its columns only in case, which SQLite ignores')


def subquery(query: Statement, name: str, lateral: bool = False) -> Derived[Any, Any]:
    """A query in FROM."""
    check_identifier(name, "a sub-query in FROM")
    return Derived(nodes.Derived(query, name, outputs(query, f'the sub-query "{name}"'), lateral))


def cte(
    query: Statement, name: str, materialized: bool | None = None, columns: Sequence[str] = ()
) -> Derived[Any, Any]:
    """A query in WITH."""
    what = f'the common table expression "{name}"'
    check_identifier(name, "a common table expression")
    if not columns:
        return Derived(CteReference(Cte(name, query, materialized), outputs(query, what)))
    items = flat(query.projection, what)
    if len(columns) != len(items):
        raise CompileError(f"{what} has {len(items)} columns, and its column list {len(columns)}")
    check_names(columns, what)
    types = [(column, item.type) for column, item in zip(columns, items, strict=True)]
    return Derived(CteReference(Cte(name, query, materialized, tuple(columns)), types))


def renamed(derived: Derived[Any, Any], name: str) -> Derived[Any, Any]:
    """The same source once more, under another name."""
    check_identifier(name, "an alias")
    source = derived.__qb_source__
    columns = [(column.name, column.type) for column in source.columns]
    if isinstance(source, CteReference):
        return Derived(CteReference(source.cte, columns, name))
    if isinstance(source, nodes.Derived):
        return Derived(nodes.Derived(source.query, name, columns, source.lateral))
    assert isinstance(source, ValuesTable)
    return Derived(ValuesTable(source.rows, name, columns))


def values(name: str, rows: Iterable[Sequence[object]], /, **columns: Column[Any, Any, Any]) -> Derived[Any, Any]:
    """Rows of values as a source; `columns` are the kinds of what is in them.

        wanted = values("wanted", [(1, "Blue"), (2, "Hejira")], id=col.integer(), title=col.text())
        select(Album.plays).from_(Album).join(wanted, on=wanted.id == Album.id)

    Raises CompileError when there are no rows, or one has another number of values.
    """
    check_identifier(name, "values()")
    kinds = [(attribute, column.node.type) for attribute, column in columns.items()]
    check_names(columns, f"values({name!r})")
    found = [tuple(row) for row in rows]
    if not found or not kinds:
        raise CompileError(f"values({name!r}) needs a row and a column")
    for row in found:
        if len(row) != len(kinds):
            raise CompileError(f"values({name!r}): a row has {len(row)} values for {len(kinds)} columns")
    cells = tuple([tuple([operand(cell, type) for cell, (_, type) in zip(row, kinds, strict=True)]) for row in found])
    return Derived(ValuesTable(cells, name, kinds))
