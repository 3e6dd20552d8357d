"""Pages by keyset: each begins where the one before it ended, however far it is from the first.

OFFSET reads and throws away all rows before a page, and shifts when rows come or go; a keyset does neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from qb import nodes
from qb.composition.cursors import decode, encode
from qb.errors import CompileError
from qb.expressions import Expr, Ordering, expression
from qb.expressions.conditions import all_of, any_of
from qb.expressions.row_values import RowValue
from qb.nodes import Order
from qb.rows import Row, outer_joined, output_name
from qb.statements.select import Select

Q = TypeVar("Q", bound=Select[Any, Any, Any])
Key = Expr[Any, Any] | Ordering[Any]
Place = Sequence[object] | str
"""Where a page begins: the keys' values in a row, or what `cursor_of` makes of them."""
REVERSED = {None: None, "FIRST": "LAST", "LAST": "FIRST"}


def keyset(query: Q, *, by: Iterable[Key], size: int, after: Place | None = None, before: Place | None = None) -> Q:
    """A page of a query: the `size` rows after (or before) a place, sorted by some keys.

        keyset(select(Album), by=(Album.plays.desc(), Album.id), size=20, after=(300, 7))

    The keys' values together must be unique, so the last key is usually the primary key. NULLs come last unless a
    key says `.nulls_first()`. `after` is None for the first page, then the keys' values in the last row, or
    `cursor_of` that row. The rows `before` a place come in reverse, the nearest first: `rows[::-1]` is the page.

    Raises CompileError when the query is grouped or has an order or a limit already, InvalidCursor when a
    cursor is not one of these keys.
    """
    node = query.node
    if not isinstance(node, nodes.Select):
        raise TypeError(f"keyset() takes a select, not {type(query).__name__}")
    for clause in ("order_by", "limit", "offset", "group_by"):
        if getattr(node, clause):
            raise CompileError(f"keyset() has its own order and limit, and the query has {clause}() already")
    if after is not None and before is not None:
        raise CompileError("keyset() takes after=… or before=…, not both")
    if size < 1:
        raise ValueError(f"keyset(size={size}): a page has at least one row")
    keys = orders(by)
    outer = outer_joined(node)
    nullable = [may_be_null(key.operand, outer) for key in keys]
    keys = [
        Order(key.operand, key.descending, (key.nulls or "LAST") if null else None)
        for key, null in zip(keys, nullable, strict=True)
    ]
    place = after
    if before is not None:
        place = before
        keys = [Order(key.operand, not key.descending, REVERSED[key.nulls]) for key in keys]
    if place is not None:
        query = query.where(beyond(keys, values_of(place, orders(by))))
    return query.order_by(*[Ordering[Any](key) for key in keys]).limit(size)


def cursor_of(row: Sequence[object], by: Iterable[Key]) -> str:
    """The place of a row among rows sorted by these keys, as text for a URL: `keyset(…, after=cursor)`.

    The row has the keys' columns under their names; otherwise give the keys' values, as a tuple. The text is no
    secret and not signed: whoever changes it gets another page, or InvalidCursor.
    """
    keys = orders(by)
    values: Sequence[object] = row
    if isinstance(row, Row):
        names = [output_name(key.operand) for key in keys]
        for name in names:
            if name is None or name not in row._fields:
                what = "expression" if name is None else f'"{name}"'
                raise CompileError(
                    f"cursor_of() finds no {what} in the row, which has {', '.join(row._fields)}: give the values of "
                    f"the keys, as a tuple"
                )
        values = [getattr(row, name) for name in names if name is not None]
    return encode(checked(values, keys), keys)


def orders(by: Iterable[Key]) -> list[Order]:
    """The nodes of the keys."""
    keys = [key.node if isinstance(key, Ordering) else Order(expression(key, "sort key"), False) for key in by]
    if not keys:
        raise CompileError("a keyset needs a sort key")
    return keys


def values_of(place: Place, keys: Sequence[Order]) -> Sequence[object]:
    """The keys' values at a place."""
    return decode(place, keys) if isinstance(place, str) else checked(place, keys)


def checked(values: Sequence[object], keys: Sequence[Order]) -> Sequence[object]:
    """The values, if they are as many as the keys."""
    if len(values) != len(keys):
        raise CompileError(f"a place among {len(keys)} sort keys has as many values, not {len(values)}")
    return values


def may_be_null(node: nodes.Expression, outer: frozenset[nodes.Source]) -> bool:
    """Whether a key may be NULL. Raises CompileError for an aggregate, which WHERE cannot read."""
    if isinstance(node, nodes.Label):
        return may_be_null(node.operand, outer)
    if isinstance(node, nodes.Aggregate):
        raise CompileError("keyset() cannot sort by an aggregate: make the query a .subquery(), and sort by its column")
    return not isinstance(node, nodes.Column) or node.nullable or node.source in outer


def beyond(keys: Sequence[Order], values: Sequence[object]) -> Expr[bool]:
    """Whether a row comes after a place."""
    directions = {key.descending for key in keys}
    plain = all(key.nulls is None and key.operand.type.kind not in ("enum", "numeric") for key in keys)
    if len(keys) > 1 and len(directions) == 1 and plain and None not in values:
        row = RowValue[Any, Any](tuple([key.operand for key in keys]))
        return row < tuple(values) if keys[0].descending else row > tuple(values)
    found: Expr[bool] | None = None
    for key, value in reversed(list(zip(keys, values, strict=True))):
        equal: Expr[bool] = Expr[Any](key.operand) == value
        ways = following(key, value)
        if found is not None:
            ways.append(equal & found)
        found = any_of(*ways)
    assert found is not None
    first = keys[0]
    if len(keys) > 1 and first.nulls is None:  # says nothing new, but an index can serve it
        limit = Expr[Any](first.operand)
        return all_of(limit <= values[0] if first.descending else limit >= values[0], found)
    return found


def following(key: Order, value: object) -> list[Expr[bool]]:
    """The ways in which a key comes after a value."""
    own = Expr[Any](key.operand)
    if value is None:
        return [own.is_not_null()] if key.nulls == "FIRST" else []
    later = own < value if key.descending else own > value
    return [later, own.is_null()] if key.nulls == "LAST" else [later]
