"""Window functions, and the windows that they look at."""

from __future__ import annotations

from qb.nodes.base import Expression, Node
from qb.nodes.functions import Function
from qb.nodes.order import Order


class WindowFunction(Function):
    """A function of the rows of a window: it stands nowhere but in front of OVER."""

    __slots__ = ()


class Bound(Node):
    """One end of a frame. `direction` is PRECEDING, FOLLOWING or CURRENT ROW; no offset means UNBOUNDED."""

    __slots__ = ("direction", "offset")

    def __init__(self, direction: str, offset: Expression | None) -> None:
        self.direction = direction
        self.offset = offset


class Frame(Node):
    """Which rows of the partition count. `mode` is ROWS, RANGE or GROUPS; `exclude` is written after EXCLUDE."""

    __slots__ = ("end", "exclude", "mode", "start")

    def __init__(self, mode: str, start: Bound, end: Bound, exclude: str | None) -> None:
        self.mode = mode
        self.start = start
        self.end = end
        self.exclude = exclude


class Window(Node):
    """A window. One with a name stands in the WINDOW clause; one with a base takes over what that has."""

    __slots__ = ("base", "frame", "name", "order_by", "partition_by")

    def __init__(
        self,
        name: str | None,
        base: Window | None,
        partition_by: tuple[Expression, ...],
        order_by: tuple[Order, ...],
        frame: Frame | None,
    ) -> None:
        self.name = name
        self.base = base
        self.partition_by = partition_by
        self.order_by = order_by
        self.frame = frame

    def flattened(self) -> Window:
        """The same without a base and a name."""
        if self.base is None:
            return self if self.name is None else Window(None, None, self.partition_by, self.order_by, self.frame)
        base = self.base.flattened()
        return Window(None, None, base.partition_by, self.order_by or base.order_by, self.frame)


class Over(Expression):
    """`function OVER (window)`."""

    __slots__ = ("function", "window")

    def __init__(self, function: Function, window: Window) -> None:
        self.function = function
        self.window = window
        self.type = function.type
