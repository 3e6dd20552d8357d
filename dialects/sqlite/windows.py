"""Windows on SQLite: what it keeps as text or in another unit is no number that a RANGE frame could add to."""

from __future__ import annotations

from dialects.sqlite.scaled import ScaledCompiler
from qb import nodes
from qb.compiler.windows import shifts
from qb.nodes import Expression
from qb.types import Numeric

DAY = 86_400_000_000


class WindowCompiler(ScaledCompiler):
    """RANGE frames over dates, times and decimals."""

    def window_order(self, window: nodes.Window) -> str:
        if not shifts(window):
            return super().window_order(window)
        key = window.order_by[0]
        text = self.as_number(key.operand, range_scale(window)) + (" DESC" if key.descending else "")
        return text if key.nulls is None else f"{text} NULLS {key.nulls}"

    def as_number(self, key: Expression, scale: int) -> str:
        """The sort key as a number: moments in microseconds, from wherever their count starts."""
        kind = key.type.kind
        if kind == "numeric":
            return self.at_scale(key, scale)
        if kind == "date":
            return f"CAST(julianday({self.visit(key)}) AS INTEGER) * {DAY}"
        if kind in ("time", "timestamp"):  # strftime() would round the microseconds
            width = 8 if kind == "time" else 19
            whole = f"CAST(strftime('%s', substr({self.visit(key)}, 1, {width})) AS INTEGER)"
            return f"{whole} * 1000000 + CAST(substr({self.visit(key)}, {width + 2}, 6) AS INTEGER)"
        return self.visit(key)

    def range_offset(self, offset: Expression, window: nodes.Window) -> str:
        if offset.type.kind == "numeric":
            return self.at_scale(offset, range_scale(window))
        return super().range_offset(offset, window)


def range_scale(window: nodes.Window) -> int:
    """The scale at which a sort key and the offsets from it are whole numbers."""
    frame = window.frame
    assert frame is not None
    numbers = [window.order_by[0].operand, frame.start.offset, frame.end.offset]
    return max(
        [number.type.scale for number in numbers if number is not None and isinstance(number.type, Numeric)] or [0]
    )
