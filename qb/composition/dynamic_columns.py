"""Columns that somebody names at run time: the sort keys of a web request, the fields of a report.

A name is looked up among those that are allowed. It never becomes SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, overload

from qb.columns import Column
from qb.derived import Derived
from qb.errors import SchemaError, UnknownName, closest
from qb.expressions import Expr, Ordering, SourceColumn
from qb.statements.sources import AnySource, AnyTable
from qb.tables import columns

E = TypeVar("E", bound=Expr[Any, Any])


@overload
def column_named(table: AnyTable, name: str, *, among: Iterable[str] | None = None) -> Column[Any, Any, Any]: ...
@overload
def column_named(table: Derived[Any, Any], name: str, *, among: Iterable[str] | None = None) -> SourceColumn[Any]: ...
def column_named(table: AnySource, name: str, *, among: Iterable[str] | None = None) -> Expr[Any, Any]:
    """The column of a table that has this attribute, if it is `among` those that are allowed (by default all).

        column_named(Album, "plays", among=("plays", "title"))      -- "albums"."plays"

    Raises UnknownName, which is a ValueError and lists what is allowed, when it is none of them.
    """
    return _found(allowed(table, among), name, "column")


@overload
def sort_keys(source: AnySource, keys: str, *, among: Iterable[str] | None = None) -> list[Ordering[Any]]: ...
@overload
def sort_keys(source: Mapping[str, Expr[Any, Any]], keys: str) -> list[Ordering[Any]]: ...
def sort_keys(
    source: AnySource | Mapping[str, Expr[Any, Any]], keys: str, *, among: Iterable[str] | None = None
) -> list[Ordering[Any]]:
    """Sort keys from a text such as `-plays,title`, where a minus sign means downwards.

        select(Album).order_by(*sort_keys(Album, "-plays,title", among=("plays", "title")))
        sort_keys({"plays": Album.plays, "tracks": fn.count(Album.id)}, "-tracks")

    The source is a table, of whose columns some or all are allowed, or a dictionary of what is. A key that
    comes again is left out; an empty text gives no keys.

    Raises UnknownName, which is a ValueError and lists what is allowed, when a key is none of that.
    """
    known = source if isinstance(source, Mapping) else allowed(source, among)
    orders: dict[str, Ordering[Any]] = {}
    for part in keys.split(","):
        key = part.strip()
        name = key.removeprefix("-")
        if key:
            found = _found(known, name, "sort key")
            orders.setdefault(name, found.desc() if key != name else found.asc())
    return list(orders.values())


def allowed(source: AnySource, among: Iterable[str] | None) -> Mapping[str, Expr[Any, Any]]:
    """The columns of a source, or some of them. Raises SchemaError when it does not have these."""
    found: Mapping[str, Expr[Any, Any]] = columns(source)
    if among is None:
        return found
    if isinstance(among, str):
        raise TypeError(f"among is several names, not one text: among=({among!r},)")
    names = list(among)
    for name in names:
        if name not in found:
            raise SchemaError(f"{source!r} has no column {name!r}{closest(name, found)}")
    return {name: found[name] for name in names}


def _found(known: Mapping[str, E], name: str, what: str) -> E:
    found = known.get(name)
    if found is None:
        near = closest(name, known)
        raise UnknownName(f"no {what} {name!r}{near or ':'} allowed are {', '.join(known) or 'none'}")
    return found
