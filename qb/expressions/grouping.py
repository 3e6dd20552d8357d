"""Several groupings in one select: what `.group_by(…)` takes besides columns."""

from __future__ import annotations

from typing import Any

from qb import nodes
from qb.expressions import Expr, expression
from qb.typevars import Refs, Value

Keys = Expr[Any, Any] | tuple[Expr[Any, Any], ...]


class GroupingKeys(Expr[Value, Refs]):
    """A group key that stands for several groupings."""

    __slots__ = ()


def rollup(*keys: Keys) -> GroupingKeys[Any, Any]:
    """Groups, subtotals and the total: by all keys, by all but the last, and so on, and by none.

        select(Album.artist_id, Album.title, fn.count()).group_by(rollup(Album.artist_id, Album.title))

    A key that a row is not grouped by is NULL in it; `fn.grouping(key)` tells. A tuple of keys counts as one.
    For PostgreSQL.
    """
    return GroupingKeys(nodes.GroupingSets("ROLLUP", tuple(map(_set, _some(keys, "rollup")))))


def cube(*keys: Keys) -> GroupingKeys[Any, Any]:
    """Groups by every choice among the keys: `cube(a, b)` is by both, by each of them, and by none."""
    return GroupingKeys(nodes.GroupingSets("CUBE", tuple(map(_set, _some(keys, "cube")))))


def grouping_sets(*sets: Keys) -> GroupingKeys[Any, Any]:
    """Groups by each of these: a key, a tuple of keys, `()` for one group of all rows, or a rollup or cube.

    select(Album.artist_id, Album.plays, fn.count()).group_by(
        grouping_sets((Album.artist_id, Album.plays), Album.artist_id, ())
    )
    """
    return GroupingKeys(nodes.GroupingSets("GROUPING SETS", tuple(map(_set, _some(sets, "grouping_sets")))))


def _some(keys: tuple[Keys, ...], function: str) -> tuple[Keys, ...]:
    if not keys:
        raise TypeError(f"{function}() needs a key")
    return keys


def _set(keys: Keys) -> tuple[nodes.Expression, ...]:
    return tuple([expression(key, "group key") for key in (keys if isinstance(keys, tuple) else (keys,))])
