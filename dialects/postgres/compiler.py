"""PostgreSQL's SQL, where it differs from the common base."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

from dialects.postgres.codecs import ENCODERS, PATTERNS
from qb import nodes
from qb.codecs import MICROSECOND
from qb.compiler import ATOM, QUOTED, Compiler
from qb.nodes import Expression, Parameter
from qb.types import INTEGERS, TEXTS, Array, Enum, SqlType, Timestamp

TYPE_NAMES = {
    "integer": "integer",
    "bigint": "bigint",
    "smallint": "smallint",
    "text": "text",
    "varchar": "varchar({0})",
    "boolean": "boolean",
    "real": "double precision",
    "numeric": "numeric({0}, {1})",
    "date": "date",
    "time": "time",
    "interval": "interval",
    "uuid": "uuid",
    "blob": "bytea",
    "json": "jsonb",
}
PLAIN = INTEGERS | TEXTS | {"boolean", "real"}
"""Kinds whose literals need no cast."""
LARGEST_INTEGER = 2**31 - 1


def type_name(type: SqlType) -> str:
    """PostgreSQL's name of a type."""
    if isinstance(type, Timestamp):
        return "timestamptz" if type.zone else "timestamp"
    if isinstance(type, Array):
        return f"{type_name(type.item)}[]"
    if isinstance(type, Enum):
        return QUOTED[type.name]
    return TYPE_NAMES[type.kind].format(*type.parameters())


def cast_name(type: SqlType) -> str:
    """The type to which a parameter is cast: without limits, which would cut values off silently."""
    return {"varchar": "text", "numeric": "numeric"}.get(type.kind) or type_name(type)


class PostgresCompiler(Compiler):
    """The compiler for PostgreSQL."""

    encoders = ENCODERS
    functions = MappingProxyType({"substring": "substr"})

    def placeholder(self) -> str:
        return f"${len(self.parameters)}"

    def placeholders(self, before: int, width: int, height: int) -> str:
        starts = range(before + 1, before + 1 + width * height, width)
        return ", ".join([f"({', '.join([f'${n}' for n in range(start, start + width)])})" for start in starts])

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        mark = super().bind(value, type, beside)
        if type.kind in INTEGERS and isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            return f"{mark}::bigint"
        if beside is not None and self.infers(type, beside):
            return mark
        return mark if type.kind == "any" else f"{mark}::{cast_name(type)}"

    def infers(self, type: SqlType, beside: SqlType) -> bool:
        """Whether PostgreSQL finds the type of a parameter by itself, from what stands beside it."""
        if type is beside:
            return True
        if type.kind in TEXTS:
            return beside.kind in TEXTS
        return type.kind == beside.kind and not isinstance(type, Timestamp)

    def literal(self, value: object, type: SqlType) -> str:
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'::bytea"
        if isinstance(value, timedelta):
            return f"'{value // MICROSECOND} microseconds'::interval"
        text = super().literal(value, type)
        plain = value is None or type.kind in PLAIN
        return text if plain else f"{text}::{type_name(type)}"

    def visit_affix(self, node: nodes.Affix) -> str:
        operand = self.operand(node.operand, ATOM)
        part, position = node.part, node.position
        if isinstance(part, Parameter):
            pattern = PATTERNS[position]
            return f"{operand} LIKE {self.bind(part.value, pattern, pattern)}"
        text = self.operand(part, ATOM)
        if position == "prefix":
            return f"starts_with({operand}, {text})"
        if position == "suffix":
            return f"right({operand}, length({text})) = {self.operand(part, ATOM)}"
        return f"strpos({operand}, {text}) > 0"

    def function_round(self, node: nodes.Function) -> str:
        number, digits = node.arguments
        count = self.operand(digits, 0)
        if node.type.kind == "real":  # PostgreSQL rounds floats half to even, and only to whole numbers
            return f"round({self.visit(number)}::numeric, {count})::double precision"
        return f"round({self.visit(number)}, {count})"

    def function_now(self, node: nodes.Function) -> str:
        return "now()"

    def function_current_date(self, node: nodes.Function) -> str:
        return "(now() AT TIME ZONE 'UTC')::date"

    def date_part(self, node: nodes.Function) -> str:
        """A part of a date or time as a number."""
        moment = node.arguments[0]
        text = self.operand(moment, ATOM)
        if isinstance(moment.type, Timestamp) and moment.type.zone:
            text += " AT TIME ZONE 'UTC'"
        part = f"extract({node.name} FROM {text})"
        return f"{'trunc' if node.name == 'second' else ''}({part})::integer"

    function_year = function_month = function_day = date_part
    function_hour = function_minute = function_second = date_part

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        if node.name == "avg":
            return f"{text}::double precision"
        if node.name == "sum" and node.arguments[0].type.kind == "bigint":
            return f"{text}::bigint"  # PostgreSQL answers in numeric
        return text

    def as_float(self, node: Expression) -> str:
        return f"{self.operand(node, ATOM)}::double precision"
