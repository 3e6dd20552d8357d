"""CAST on SQLite, between the forms in which it keeps values."""

from __future__ import annotations

from dialects.sqlite.scaled import ScaledCompiler
from qb import nodes
from qb.compiler import ATOM
from qb.errors import UnsupportedError
from qb.nodes import Expression
from qb.types import INTEGERS, TEXTS, Numeric, SqlType, Varchar


class CastCompiler(ScaledCompiler):
    """Renders CAST."""

    def visit_cast(self, node: nodes.Cast) -> str:
        operand, target = node.operand, node.type
        kind = operand.type.kind
        if operand.type == target:
            return self.operand(operand, ATOM)
        if isinstance(target, Varchar):
            return f"substr({self.as_text(operand)}, 1, {target.length})"
        if target.kind == "text":
            return self.as_text(operand)
        if isinstance(target, Numeric) and kind != "any":
            return self.text_at_scale(operand, target.scale) if kind in TEXTS else self.rescaled(operand, target.scale)
        if target.kind == "real":
            return self.as_float(operand)
        if target.kind in INTEGERS:
            return self.as_integer(operand)
        if target.kind == "boolean" and kind in INTEGERS:
            return f"({self.operand(operand, ATOM)} <> 0)"
        if kind == "timestamp":
            start = {"date": ", 1, 10", "time": ", 12"}.get(target.kind)
            return self.operand(operand, ATOM) if start is None else f"substr({self.visit(operand)}{start})"
        if kind == "date":
            return f"({self.operand(operand, ATOM)} || ' 00:00:00.000000')"
        raise refused(operand.type, target)

    def as_integer(self, node: Expression) -> str:
        """As a whole number, rounded."""
        kind = node.type.kind
        if kind == "numeric":
            return self.rescaled(node, 0)
        text = self.visit(node)
        return f"CAST({f'round({text})' if kind == 'real' else text} AS INTEGER)"

    def as_text(self, node: Expression) -> str:
        """As the text that PostgreSQL makes of it."""
        kind = node.type
        if kind.kind == "boolean":
            return f"CASE {self.operand(node, ATOM)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
        if isinstance(kind, Numeric) and kind.scale:
            sign, whole, rest = (self.operand(node, ATOM) for _ in range(3))
            unit, zeros = 10**kind.scale, "0" * kind.scale
            return (
                f"(substr('-', 1, {sign} < 0) || abs({whole} / {unit}) || '.' || "
                f"substr('{zeros}' || abs({rest} % {unit}), -{kind.scale}))"
            )
        if kind.kind in INTEGERS or kind.kind in ("numeric", "any"):
            return f"CAST({self.visit(node)} AS TEXT)"
        return self.operand(node, ATOM)  # kept as the text that it is

    def text_at_scale(self, node: Expression, scale: int) -> str:
        """The digits of a text as a whole number of units of 10^-scale; a float in between would lose halves."""
        sign, whole, whole_end, rest, rest_start = (f"trim({self.visit(node)})" for _ in range(5))
        digits = scale + 1
        return (
            f"(CASE WHEN {sign} LIKE '-%' THEN -1 ELSE 1 END * "
            f"((abs(CAST(substr({whole}, 1, instr({whole_end} || '.', '.') - 1) AS INTEGER)) * {10**digits} + "
            f"CAST(substr(substr({rest}, instr({rest_start} || '.', '.') + 1) || '{'0' * digits}', 1, {digits}) "
            f"AS INTEGER) + 5) / 10))"
        )


def refused(own: SqlType, target: SqlType) -> UnsupportedError:
    """The error for a cast whose result might be no value of the type."""
    return UnsupportedError(
        f"SQLite keeps {target!r} as text in one form and cannot make it of {own!r}: convert the value in Python"
    )
