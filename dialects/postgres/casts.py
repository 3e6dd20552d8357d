"""CAST on PostgreSQL, where its own would depend on settings or round in another way."""

from __future__ import annotations

from dialects.postgres.names import type_name
from qb import nodes
from qb.compiler import ATOM, Compiler
from qb.nodes import Column, Expression
from qb.types import INTEGERS, TEXTS, WIDEST, Numeric, Timestamp

FORMATS = {"date": "YYYY-MM-DD", "time": "HH24:MI:SS.US", "timestamp": "YYYY-MM-DD HH24:MI:SS.US"}


class CastCompiler(Compiler):
    """Renders CAST."""

    def visit_cast(self, node: nodes.Cast) -> str:
        operand, target = node.operand, node.type
        kind = operand.type
        if target.kind == "boolean" and kind.kind in INTEGERS:
            return f"({self.operand(operand, ATOM)} <> 0)"
        moment = kind != target and isinstance(kind, Timestamp) and kind.zone
        text = self.in_utc(operand) if moment else self.visit(operand)
        if kind.kind in FORMATS and target.kind in TEXTS:
            text = f"to_char({text}, '{FORMATS[kind.kind]}')"
        elif isinstance(kind, Numeric) and target.kind in TEXTS and not isinstance(operand, Column):
            text = f"CAST({text} AS {type_name(Numeric(WIDEST, kind.scale))})"  # its zeros, however it was computed
        elif kind.kind == "real" and target.kind in INTEGERS:
            text = f"round(CAST({text} AS numeric))"  # else halves would go to the even number
        elif kind.kind == "boolean" and target.kind in ("bigint", "smallint"):
            text = f"CAST({text} AS integer)"
        elif isinstance(target, Timestamp) and target.zone and kind != target:
            return f"(CAST({text} AS timestamp) AT TIME ZONE 'UTC')"
        return f"CAST({text} AS {type_name(target)})"

    def in_utc(self, node: Expression) -> str:
        """A date or time; a moment as its date and time of day in UTC."""
        text = self.operand(node, ATOM)
        return f"{text} AT TIME ZONE 'UTC'" if isinstance(node.type, Timestamp) and node.type.zone else text
