"""Functions over windows, and the WINDOW clause."""

from __future__ import annotations

from qb import nodes
from qb.compiler.aggregates import NO_WINDOWS, ORDER_BY, WINDOW, AggregateCompiler
from qb.errors import CompileError
from qb.identifiers import QUOTED, seen
from qb.nodes import Expression
from qb.rewriting import alike, own_parts

NONE_YET: dict[str, nodes.Window] | None = None


class WindowCompiler(AggregateCompiler):
    """Renders functions over windows."""

    windows = NONE_YET
    """The named windows of the select in hand, by their names."""

    def visit_window_function(self, node: nodes.WindowFunction) -> str:
        raise CompileError(f"{node.name}() is a window function: write .over(…) after it")

    def visit_over(self, node: nodes.Over) -> str:
        clause, function = self.clause, node.function
        if clause in NO_WINDOWS:
            raise CompileError(self.misplaced(f"{function.name}() over a window", clause))
        self.clause = WINDOW
        call = self.aggregate(function) if isinstance(function, nodes.Aggregate) else self.visit_function(function)
        window = node.window
        named = window.base if window.name is None else window
        if named is not None and not self.named(named, clause):
            window = window.flattened()
        if window.name is None:
            text = f"{call} OVER ({self.definition(window)})"
        else:
            text = f"{call} OVER {QUOTED[window.name]}"
        self.clause = clause
        return self.cast_aggregate(function, text) if isinstance(function, nodes.Aggregate) else text

    def named(self, window: nodes.Window, clause: str | None) -> bool:
        """Note a window for the WINDOW clause. False when that is written already: it stands before ORDER BY."""
        assert window.name is not None
        if self.windows is None:
            self.windows = {}
        known = self.windows.get(window.name)
        if known is not None:
            if known is not window and not alike(known, window):
                raise CompileError(f'two windows of this query are named "{window.name}"')
            return True
        if any(seen(name) == seen(window.name) for name in self.windows):
            raise CompileError(f'"{window.name}" differs from another window only in case, which SQLite ignores')
        if clause == ORDER_BY:
            return False
        if window.base is not None and not shifts(window):
            self.named(window.base, clause)  # each stands after its base
        for part in own_parts(window):  # rendered later, but FROM must know of them now
            if isinstance(part, nodes.Column):
                self.uses[part.source] = part
        self.windows[window.name] = window
        return True

    def window_clause(self, windows: dict[str, nodes.Window]) -> str:
        """WINDOW."""
        clause, self.clause = self.clause, WINDOW
        items = [f"{QUOTED[name]} AS ({self.definition(window)})" for name, window in windows.items()]
        self.clause = clause
        return " WINDOW " + ", ".join(items)

    def definition(self, window: nodes.Window) -> str:
        """What stands in the parentheses of a window."""
        if shifts(window):
            window = window.flattened()
        parts = []
        if window.base is not None:
            assert window.base.name is not None
            parts.append(QUOTED[window.base.name])
        if window.partition_by:
            parts.append(f"PARTITION BY {self.visit_all(window.partition_by)}")
        if window.order_by:
            parts.append(f"ORDER BY {self.window_order(window)}")
        if window.frame is not None:
            parts.append(self.frame(window.frame, window))
        return " ".join(parts)

    def window_order(self, window: nodes.Window) -> str:
        """The sort keys of a window."""
        return self.visit_all(window.order_by)

    def frame(self, frame: nodes.Frame, window: nodes.Window) -> str:
        """Which rows count."""
        start, end = (self.bound(bound, frame, window) for bound in (frame.start, frame.end))
        text = f"{frame.mode} BETWEEN {start} AND {end}"
        return text if frame.exclude is None else f"{text} EXCLUDE {frame.exclude}"

    def bound(self, bound: nodes.Bound, frame: nodes.Frame, window: nodes.Window) -> str:
        """One end of a frame."""
        if bound.direction == "CURRENT ROW":
            return bound.direction
        if bound.offset is None:
            return f"UNBOUNDED {bound.direction}"
        offset = self.range_offset(bound.offset, window) if frame.mode == "RANGE" else self.visit(bound.offset)
        return f"{offset} {bound.direction}"

    def range_offset(self, offset: Expression, window: nodes.Window) -> str:
        """How far the values of the sort key may be away."""
        return self.visit(offset)


def shifts(window: nodes.Window) -> bool:
    """Whether the frame adds to the sort key: then a dialect may have to write the two in another form."""
    frame = window.frame
    return frame is not None and frame.mode == "RANGE" and not (frame.start.offset is frame.end.offset is None)
