"""Windows: what `.over(…)` takes, `window(…)`, and what comes of them."""

from __future__ import annotations

from datetime import timedelta
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn

from qb import nodes, types
from qb.errors import CompileError
from qb.expressions import Expr, Ordering, expression, operand
from qb.identifiers import check_identifier
from qb.typevars import Extent, Refs, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

Key = Expr[Any, Any]
SortKey = Expr[Any, Any] | Ordering[Any]
Keys = Key | tuple[Key, ...] | list[Key] | None
SortKeys = SortKey | tuple[SortKey, ...] | list[SortKey] | None
Rows = tuple[int | None, int | None] | None
Range = tuple["int | float | Decimal | timedelta | None", "int | float | Decimal | timedelta | None"] | None
Exclusion = Literal["current row", "group", "ties", "no others"]

EXCLUSIONS = ("current row", "group", "ties", "no others")
MOMENTS = frozenset({"date", "time", "timestamp", "interval"})


class WindowExpr(Expr[Value, Refs]):
    """A function over a window: one value for each row."""

    __slots__ = ()
    node: nodes.Over


class WindowFunction(Generic[Value, Refs]):
    """A function that needs a window: an expression only with `.over(…)`."""

    __slots__ = ("node",)

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, node: nodes.WindowFunction) -> None:
        self.node = node

    def over(
        self,
        window: Window[Any, Any] | None = None,
        /,
        *,
        partition_by: Keys = None,
        order_by: SortKeys = None,
        rows: Rows = None,
        range_: Range = None,
        groups: Rows = None,
        exclude: Exclusion | None = None,
    ) -> WindowExpr[Value, Refs]:
        """`OVER (PARTITION BY … ORDER BY …)`: see `AggregateExpr.over`."""
        return over(self.node, window, partition_by, order_by, rows, range_, groups, exclude)

    def __repr__(self) -> str:
        return f"<{self.node.name}() without .over(…)>"

    if not TYPE_CHECKING:

        @property
        def __qb_source__(self) -> NoReturn:  # what select() and its like look for in what is no expression
            raise CompileError(f"{self.node.name}() is a window function: write .over(…) after it")


class FrameFunction(WindowFunction[Value, Refs]):
    """A window function of one row of the frame: NULL where the frame is empty."""

    __slots__ = ()


class Window(Generic[Refs, Extent]):
    """A window with a name: what `window(…)` returns."""

    __slots__ = ("node",)

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, node: nodes.Window) -> None:
        self.node = node


def window(
    name: str,
    *,
    base: Window[Any, Any] | None = None,
    partition_by: Keys = None,
    order_by: SortKeys = None,
    rows: Rows = None,
    range_: Range = None,
    groups: Rows = None,
    exclude: Exclusion | None = None,
) -> Window[Any, Any]:
    """A window for several functions of one select, which gets the WINDOW clause by itself.

        w = window("w", partition_by=Album.artist_id, order_by=Album.released)
        select(fn.rank().over(w), fn.lag(Album.plays).over(w))

    `base` is a window that this one adds to: its ORDER BY if that has none, and its frame. Raises CompileError
    when the base has what this one says, too, and for a frame that cannot be.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a window is a text, not {name!r}")
    check_identifier(name, "window()")
    return Window(definition(name, base, partition_by, order_by, rows, range_, groups, exclude))


def over(
    function: nodes.Function,
    named: Window[Any, Any] | None,
    partition_by: Keys,
    order_by: SortKeys,
    rows: Rows,
    range_: Range,
    groups: Rows,
    exclude: Exclusion | None,
) -> WindowExpr[Any, Any]:
    """The function over a window; each caller states the exact type."""
    if named is not None and not isinstance(named, Window):
        raise TypeError(f"over() takes a window(…) and keywords, not {named!r}: write partition_by= or order_by=")
    frameless = rows is None and range_ is None and groups is None and exclude is None
    if named is not None and partition_by is None and order_by is None and frameless:
        return WindowExpr(nodes.Over(function, named.node))
    node = definition(None, named, partition_by, order_by, rows, range_, groups, exclude)
    return WindowExpr(nodes.Over(function, node))


def definition(
    name: str | None,
    base: Window[Any, Any] | None,
    partition_by: Keys,
    order_by: SortKeys,
    rows: Rows,
    range_: Range,
    groups: Rows,
    exclude: Exclusion | None,
) -> nodes.Window:
    """The node of a window."""
    partition = tuple([expression(key, "partition key") for key in several(partition_by)])
    order = sort_keys(order_by)
    below = None if base is None else base.node
    if below is not None:
        if below.frame is not None:
            raise CompileError(f'the window "{below.name}" has a frame, and cannot be the base of another')
        if partition:
            raise CompileError(f'partition_by is said in the base "{below.name}" alone')
        if order and below.flattened().order_by:
            raise CompileError(f'the base "{below.name}" has an order_by already')
    sorted_by = order or (() if below is None else below.flattened().order_by)
    return nodes.Window(name, below, partition, order, frame(rows, range_, groups, exclude, sorted_by))


def several(keys: Any) -> tuple[Any, ...]:  # whatever the caller gave is checked one by one
    """One key or several, as a tuple."""
    if keys is None:
        return ()
    return tuple(keys) if isinstance(keys, (tuple, list)) else (keys,)


def sort_keys(keys: SortKeys) -> tuple[nodes.Order, ...]:
    """The nodes of what an `order_by=` takes."""
    return tuple([
        key.node if isinstance(key, Ordering) else nodes.Order(expression(key, "sort key"), False)
        for key in several(keys)
    ])  # fmt: skip


def frame(
    rows: Rows,
    range_: Range,
    groups: Rows,
    exclude: Exclusion | None,
    order: tuple[nodes.Order, ...],
) -> nodes.Frame | None:
    """The node of a frame, if there is one."""
    given = [(mode, ends) for mode, ends in (("ROWS", rows), ("RANGE", range_), ("GROUPS", groups)) if ends is not None]
    if len(given) > 1:
        raise CompileError("a window has one frame: rows=, range_= or groups=")
    if exclude is not None and exclude not in EXCLUSIONS:
        raise CompileError(f"exclude={exclude!r} is none of {', '.join(EXCLUSIONS)}")
    if not given:
        if exclude is None:
            return None
        given = [("RANGE", (None, 0))]  # what a window without a frame has
    mode, ends = given[0]
    word = {"ROWS": "rows", "RANGE": "range_", "GROUPS": "groups"}[mode]
    if not is_pair(ends):
        raise CompileError(f"{word}= is a start and an end, each None, 0 or an offset: {word}=(-2, 0), not {ends!r}")
    start, end = ends
    if mode == "GROUPS" and not order:
        raise CompileError("groups= counts rows that are equal in the order: add order_by=")
    if mode == "RANGE":
        offset_type = range_type(order, [item for item in ends if item is not None and item != 0])
    else:
        offset_type = types.BIGINT
        for item in ends:
            if item is not None and item.__class__ is not int:
                raise CompileError(f"{word}= counts in whole numbers, not {item!r}")
    if start is not None and end is not None and (value_of(start) > value_of(end)):
        raise CompileError(f"{word}={ends!r} ends before it starts")
    return nodes.Frame(
        mode,
        bound(start, offset_type, "PRECEDING"),
        bound(end, offset_type, "FOLLOWING"),
        None if exclude is None else exclude.upper(),
    )


def is_pair(ends: object) -> bool:
    """Whether a caller gave a start and an end."""
    return isinstance(ends, tuple) and len(ends) == 2


def bound(offset: Any, type: types.SqlType, unbounded: str) -> nodes.Bound:
    """One end of a frame."""
    if offset is None:
        return nodes.Bound(unbounded, None)
    size = value_of(offset)
    if size == 0:
        return nodes.Bound("CURRENT ROW", None)
    return nodes.Bound("PRECEDING" if size < 0 else "FOLLOWING", operand(abs(offset), type))


def value_of(offset: Any) -> Any:
    """An offset as a number: 0 stands for no time, too."""
    return offset // timedelta(microseconds=1) if isinstance(offset, timedelta) else offset


def range_type(order: tuple[nodes.Order, ...], offsets: Iterable[object]) -> types.SqlType:
    """The SQL type of the offsets of a RANGE frame."""
    offsets = list(offsets)
    if not offsets:
        return types.BIGINT
    if len(order) != 1:
        raise CompileError("offsets in range_= need one sort key to add to: say order_by= with one key")
    kind = order[0].operand.type
    if kind.kind in MOMENTS:
        fitting: tuple[type, ...] = (timedelta,)
    elif kind.kind in types.NUMBERS:
        fitting = (int,) if kind.kind in types.INTEGERS else kind.python  # type: ignore[assignment]  # a tuple for these
    else:
        raise CompileError(f"offsets in range_= are for numbers, dates and times, and the sort key is {kind!r}")
    for offset in offsets:
        if not isinstance(offset, fitting) or isinstance(offset, bool):
            words = " or ".join([cls.__name__ for cls in fitting])
            raise CompileError(f"the sort key is {kind!r}: its offsets in range_= are {words}, not {offset!r}")
    return types.INTERVAL if kind.kind in MOMENTS else kind
