"""Decimals as SQLite keeps them: whole numbers of their smallest unit, brought to one scale where they meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qb import nodes
from qb.compiler import ATOM, Compiler
from qb.nodes import Expression, Parameter
from qb.types import INTEGERS, REAL, WIDEST, Numeric, SqlType


class ScaledCompiler(Compiler):
    """Renders numbers at a scale."""

    def at_scale(self, node: Expression, scale: int) -> str:
        """A number as a whole number of units of 10^-scale."""
        if isinstance(node, Parameter):
            return self.bind(node.value, Numeric(WIDEST, scale))
        return self.rescaled(node, scale)

    def rescaled(self, node: Expression, scale: int) -> str:
        """Likewise, whatever it is: a value with more digits is rounded, too."""
        kind = node.type
        if kind.kind == "real":
            return f"CAST(round({self.operand(node, ATOM)} * {10**scale}) AS INTEGER)"
        own = kind.scale if isinstance(kind, Numeric) else 0
        if kind.kind not in INTEGERS and not isinstance(kind, Numeric):
            return self.operand(node, ATOM)
        if own == scale:
            return self.operand(node, ATOM)
        if own < scale:
            return f"({self.operand(node, ATOM)} * {10 ** (scale - own)})"
        unit = 10 ** (own - scale)  # halves away from zero, as PostgreSQL rounds a numeric
        text, again = self.operand(node, ATOM), self.operand(node, ATOM)
        return f"(({text} + CASE WHEN {again} < 0 THEN {-(unit // 2)} ELSE {unit // 2} END) / {unit})"

    def as_float(self, node: Expression) -> str:
        kind = node.type
        if isinstance(kind, Numeric) and kind.scale:
            return f"({self.operand(node, ATOM)} / {10**kind.scale}.0)"
        return f"CAST({self.visit(node)} AS REAL)"

    def comparable(self, sides: Sequence[Expression], ordered: bool = False) -> Callable[[Expression], str]:
        scale = common_scale(*sides)
        if scale is not None:
            return lambda side: self.at_scale(side, scale)
        if any(side.type.kind == "numeric" for side in sides):
            return self.as_float
        return super().comparable(sides, ordered)

    def result(self, node: Expression, type: SqlType) -> str:
        if isinstance(node, nodes.Null):
            return "NULL"
        if isinstance(type, Numeric):
            return self.at_scale(node, type.scale)
        if type.kind == "real" and node.type.kind != "real":
            return self.bind(node.value, REAL) if isinstance(node, Parameter) else self.as_float(node)
        return super().result(node, type)


def common_scale(*sides: Expression) -> int | None:
    """The scale at which all of these compare exactly; None when no decimal is among them, or a float is."""
    scales = [side.type.scale for side in sides if isinstance(side.type, Numeric)]
    return max(scales) if scales and all(side.type.kind != "real" for side in sides) else None
